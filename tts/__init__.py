"""text -> Speech: the Kokoro-82M acoustic model, its durations and pitch decided by a prosody of rules."""

from tts.speaker import KokoroSpeaker

__all__ = ["KokoroSpeaker"]
