"""Kokoro-82M: phonemes to sound, with a seam between durations, pitch and the decoder."""

from tts.acoustic.kokoro import FRAME, SAMPLE_RATE, Encoding, Kokoro

__all__ = ["FRAME", "SAMPLE_RATE", "Encoding", "Kokoro"]
