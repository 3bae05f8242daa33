"""People reading English, timed by laying their words onto the acoustic model's rendering (`tts.alignment`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.emotion.reading.voice.framing import RATE
from studio.errors import InputError
from studio.evaluation.speech import transcribe
from studio.performance import Phoneme
from talking_head.listening.training.takes import Take
from talking_head.motion.visemes import viseme
from tts.acoustic import Kokoro
from tts.alignment import Alignment, align
from tts.autoregressive.training.corpora.human import Piece, pieces
from tts.autoregressive.training.corpora.measured import track, without_creak
from tts.text import symbols

_VOICES = {("en-US", "female"): "af_heart", ("en-US", "male"): "am_michael"}
_VOICES |= {("en-GB", "female"): "bf_emma", ("en-GB", "male"): "bm_george"}
_BETWEEN_HZ = 160.0
# Costs of an alignment beyond this are of words misheard (their own cost twelve recordings .71 to .85), as are more
# sounds passed over, or fewer or more symbols a second.
_COST, _PASSED_OVER, _TEMPO = 0.87, 0.08, (6.0, 22.0)
# Seconds by which the borders laid so come later than hand labels (of EMO-DB; `tts.alignment.rendering`). The network
# taught with EMO-DB finds closures 17 ms earlier than these borders have them.
_LATE = 0.018
# Seconds of silence within a sound that are a pause after it.
_PAUSE = 0.05


def people(data: Path) -> Iterator[Take]:
    """LJSpeech, VCTK and LibriSpeech (those in `data`), what fits its words. Raises InputError without any."""
    kokoro = Kokoro("cpu")
    for number, piece in enumerate(pieces(data)):
        timed = _timed(kokoro, piece)
        if timed:
            yield Take(piece.corpus, piece.speaker, f"{number}", piece.samples.astype(np.float32), timed)


def _timed(kokoro: Kokoro, piece: Piece) -> tuple[Phoneme, ...]:
    """Its sounds; none when its words are not known well enough."""
    text = piece.text or transcribe(piece.samples.astype(np.float32), RATE)
    f0 = without_creak(track(piece.samples, RATE)).f0
    if not re.search(r"[A-Za-z]{2}", text) or not np.isfinite(f0).any():
        return ()
    gender = piece.gender or ("male" if 2 ** (float(np.nanmedian(f0)) / 12) < _BETWEEN_HZ else "female")
    try:
        aligned = align(text, _VOICES[piece.language, gender], piece.samples, RATE, kokoro)
    except InputError:
        return ()
    return tuple(p for a in aligned for p in _phonemes(a)) if all(_fits(a) for a in aligned) else ()


def _fits(aligned: Alignment) -> bool:
    spoken = np.array([False, *(symbols.is_spoken(s) for s in aligned.sentence.symbols), False])
    lasting = (aligned.ends - aligned.starts - aligned.pauses)[spoken]
    tempo = len(lasting) / max(float(lasting.sum()), 1e-3)
    passed_over = lasting <= 0
    said = filter(symbols.is_spoken, aligned.sentence.symbols)
    # A timeline that lacks a closure which was made would teach that there is none, and call the one heard wrong.
    if any(missing and viseme(symbol).closes for symbol, missing in zip(said, passed_over, strict=True)):
        return False
    return aligned.cost < _COST and float(passed_over.mean()) < _PASSED_OVER and _TEMPO[0] < tempo < _TEMPO[1]


def _phonemes(aligned: Alignment) -> Iterator[Phoneme]:
    for symbol, start, end, pause in zip(
        f" {aligned.sentence.symbols} ", aligned.starts, aligned.ends, aligned.pauses, strict=True
    ):
        if end <= start:
            continue
        start, end = max(start - _LATE, 0.0), end - _LATE
        amid = symbols.is_spoken(symbol) and pause > _PAUSE
        sounds_until = float(end - pause if amid else end)
        if sounds_until > start:
            yield Phoneme(symbol, float(start), sounds_until)
        if amid:
            yield Phoneme(" ", sounds_until, float(end))
