"""Who speaks: Kokoro's voices, blends and mixes of them, and voices fitted to recordings."""

from tts.voice.file import FittedVoice, check_consent
from tts.voice.fitting import fit
from tts.voice.notation import SUFFIX
from tts.voice.resolved import ResolvedVoice, resolve
from tts.voice.stock import ALL, VOICES

__all__ = ["ALL", "SUFFIX", "VOICES", "FittedVoice", "ResolvedVoice", "check_consent", "fit", "resolve"]
