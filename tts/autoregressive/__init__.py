"""Prepared -> Reading: a transformer decides, token by token, how long, how high and how strongly a line is said."""

from tts.autoregressive.prosody import AutoregressiveProsody

__all__ = ["AutoregressiveProsody"]
