"""Scripts: subtitles in and out, who speaks and how, the cast, and where there is none: transcription, translation."""

from studio.dubbing.script.cast import NO_CAST, Cast, Role, read_cast
from studio.dubbing.script.cue import Cue, Repair, Script
from studio.dubbing.script.feelings import By, Felt, felt
from studio.dubbing.script.notation import emotion_of
from studio.dubbing.script.reading import SUFFIXES, read_script
from studio.dubbing.script.transcription import transcribe
from studio.dubbing.script.translation import translated
from studio.dubbing.script.translators import TranslationConfig, read_translation
from studio.dubbing.script.writing import shown, write_srt, write_vtt

__all__ = [
    "NO_CAST",
    "SUFFIXES",
    "By",
    "Cast",
    "Cue",
    "Felt",
    "Repair",
    "Role",
    "Script",
    "TranslationConfig",
    "emotion_of",
    "felt",
    "read_cast",
    "read_script",
    "read_translation",
    "shown",
    "transcribe",
    "translated",
    "write_srt",
    "write_vtt",
]
