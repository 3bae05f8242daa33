"""Kokoro's 28 English voices, by name; `tts.voice` has blends, mixes and fitted ones too."""

from __future__ import annotations

from studio.engines import Voice
from tts.acoustic.kokoro import Floats
from tts.voice import resolve, stock

VOICES = stock.VOICES


def voice(name: str) -> Voice:
    """The voice of that name. Raises InputError that offers the nearest names."""
    return stock.voice(name)


def style(name: str, symbols: int) -> Floats:
    """The voice's style for a sentence of so many symbols (pads not counted), [1, 256]."""
    return resolve(name).style(symbols)
