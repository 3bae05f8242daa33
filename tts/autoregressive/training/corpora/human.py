"""Plain readings by people, token by token beside the acoustic model's own reading: what keeps prosody human.

    python -m tts.autoregressive.training.corpora.human DATA OUT.npz --pieces 150

DATA holds ljspeech (with its transcripts), vctk and librispeech_test_other (transcribed by Moonshine, of the `test`
extra). OUT is an npz of flat arrays, written anew.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from studio.emotion.reading.voice.framing import HOP, RATE, at_rate, levels
from studio.errors import InputError
from studio.evaluation.speech import transcribe
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.alignment import Alignment, align
from tts.alignment.features import silent_below
from tts.autoregressive.training.corpora.measured import Track, sounds, track, without_creak
from tts.autoregressive.training.plain_corpus import row
from tts.text import symbols

Floats = npt.NDArray[np.float64]
Row = dict[str, npt.NDArray]

# Seconds. Cut where it pauses at least so long; a shorter piece holds too few words to have a course.
_LONGEST, _SHORTEST, _PAUSE = 12.0, 1.5, 0.2
# VCTK's four (its speaker-info.txt); LJSpeech is one woman. LibriSpeech's are told by their median F0.
_VCTK = {"p225": "female", "p226": "male", "p227": "male", "p228": "female"}
_BETWEEN_HZ = 160.0
_VOICES = {
    ("en-US", "female"): "af_heart",
    ("en-US", "male"): "am_michael",
    ("en-GB", "female"): "bf_emma",
    ("en-GB", "male"): "bm_george",
}
# A sentence of so few sounds says nothing of prosody.
_FEWEST = 4
# Spoken symbols a second; outside, the words heard are not those said.
_TEMPO = (6.0, 22.0)
# More sounds than this passed over: the words don't fit the sound.
_PASSED_OVER = 0.08
# A longer pause (seconds) parts a heading from its text: no reading of one sentence.
_LONGEST_PAUSE = 1.2


@dataclass(frozen=True, eq=False)
class Piece:
    """samples: at framing.RATE.  text: None where nobody wrote it down.  gender: None where nobody told."""

    corpus: str
    speaker: str
    language: str
    samples: Floats
    text: str | None = None
    gender: str | None = None


def pieces(data: Path) -> Iterator[Piece]:
    """Of the three corpora in turn. Raises InputError without any."""
    sources = [_ljspeech(data / "ljspeech"), _vctk(data / "vctk"), _librispeech(data / "librispeech_test_other")]
    found = False
    for piece in chain.from_iterable(zip_longest(*sources)):
        if piece is not None:
            found = True
            yield piece
    if not found:
        raise InputError(f"{data} holds none of ljspeech, vctk and librispeech_test_other with recordings.")


def read(kokoro: Kokoro, piece: Piece) -> list[Row]:
    """Its sentences as arrays of T tokens; none where the words heard do not fit the sound.

    Those of `plain_corpus.row`, and of the person: human_sound, human_amid (frames that sound, that pause),
    human_pitch (semitones around the median of the piece, carried across unvoiced tokens), human_slope, human_voiced,
    human_level (dB around the median of its voiced sounds, carried across tokens passed over).
    """
    text = piece.text or transcribe(piece.samples.astype(np.float32), RATE)
    if not re.search(r"[A-Za-z]{2}", text):
        return []
    heard = without_creak(track(piece.samples, RATE))
    if not np.isfinite(heard.f0).any():
        return []
    median = float(np.nanmedian(heard.f0))
    gender = piece.gender or ("male" if 2 ** (median / 12) < _BETWEEN_HZ else "female")
    voice = _VOICES[piece.language, gender]
    try:
        aligned = align(text, voice, piece.samples, RATE, kokoro)
    except InputError:
        return []
    return [
        {
            **row(kokoro, voice, one.sentence),
            **_person(one, heard, median),
            "voices": np.array([voice]),
            "gender": np.array([gender]),
            "corpus": np.array([piece.corpus]),
            "speaker": np.array([piece.speaker]),
            "symbols": np.array([one.sentence.symbols]),
            "cost": np.array([one.cost]),
            "median_hz": np.array([2 ** (median / 12)]),
        }
        for one in aligned
        if _fits(one)
    ]


def _fits(aligned: Alignment) -> bool:
    spoken = np.array([False, *(symbols.is_spoken(s) for s in aligned.sentence.symbols), False])
    lasting = (aligned.ends - aligned.starts - aligned.pauses)[spoken]
    tempo = len(lasting) / max(float(lasting.sum()), 1e-3)
    first, last = np.flatnonzero(spoken)[[0, -1]]
    whole = float((lasting <= 0).mean()) < _PASSED_OVER and aligned.pauses[first : last + 1].max() < _LONGEST_PAUSE
    return _TEMPO[0] < tempo < _TEMPO[1] and whole and len(lasting) > _FEWEST


def _person(aligned: Alignment, heard: Track, median: float) -> Row:
    spoken = np.flatnonzero([False, *(symbols.is_spoken(s) for s in aligned.sentence.symbols), False])
    inside = np.arange(len(aligned.starts))
    inside = (inside >= spoken[0]) & (inside <= spoken[-1])
    per_second = SAMPLE_RATE / FRAME
    said = sounds(heard, aligned.starts, aligned.ends)
    steps = np.maximum((aligned.ends - aligned.starts) * RATE / HOP, 1e-9)
    voiced = np.minimum(said.voiced / steps, 1.0) * (aligned.ends > aligned.starts)
    level = said.level - np.nanmedian(said.level[voiced > 0.5])
    measured = {
        "sound": (aligned.ends - aligned.starts - aligned.pauses) * per_second * inside,
        "amid": aligned.pauses * per_second * inside,
        "pitch": _carried(said.pitch - median),
        "slope": np.clip(np.nan_to_num(said.slope), -12, 12),
        "voiced": voiced,
        "level": _carried(level),
    }
    return {f"human_{name}": values.astype(np.float32) for name, values in measured.items()}


def _carried(values: Floats) -> Floats:
    """The values [T] with those between them where they aren't known (NaN)."""
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known]) if len(known) else np.zeros(len(values))


def _ljspeech(folder: Path) -> Iterator[Piece]:
    table = folder / "metadata.csv"
    for line in table.read_text("utf-8").splitlines() if table.exists() else ():
        name, _, text = line.split("|")
        for path in folder.glob(f"{name}.*"):
            yield Piece("ljspeech", "LJ", "en-US", _samples(path), text, "female")


def _vctk(folder: Path) -> Iterator[Piece]:
    for speaker, gender in _VCTK.items():
        for path in sorted((folder / speaker).glob("*.flac")) + sorted((folder / speaker).glob("*.wav")):
            yield from (Piece("vctk", speaker, "en-GB", s, None, gender) for s in _cut(_samples(path)))


def _librispeech(folder: Path) -> Iterator[Piece]:
    for path in sorted(folder.glob("*/*.flac")):
        yield from (Piece("librispeech", path.parent.name, "en-US", s) for s in _cut(_samples(path)))


def _samples(path: Path) -> Floats:
    samples, rate = soundfile.read(path, dtype="float64")
    return at_rate(samples, rate)


def _cut(samples: Floats) -> Iterator[Floats]:
    """The recording in pieces of at most _LONGEST, cut amid its pauses; what can't be cut so is left out."""
    level = levels(samples)
    silent = level < silent_below(level - np.percentile(level, 95)) + np.percentile(level, 95)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], silent.astype(np.int8), [0]))))
    long = [(a + b) // 2 * HOP for a, b in edges.reshape(-1, 2) if (b - a) * HOP / RATE >= _PAUSE]
    places = [0, *long, len(samples)]
    start = 0
    for here, following in zip(places, [*places[1:], None], strict=True):
        if following is not None and (following - start) / RATE <= _LONGEST:
            continue
        if _SHORTEST <= (here - start) / RATE <= _LONGEST:
            yield samples[start:here]
        start = here


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=150)
    given = parser.parse_args()
    kokoro = Kokoro("cpu")
    rows: list[Row] = []
    dropped: list[str] = []
    for done, piece in enumerate(pieces(given.data), 1):
        found = read(kokoro, piece)
        rows += found
        dropped += [] if found else [piece.corpus]
        if done % 10 == 0:
            _save(rows, given.out)
            print(f"{done} pieces, {len(rows)} sentences, {len(dropped)} pieces dropped", flush=True)
        if done == given.pieces:
            break
    _save(rows, given.out)
    print(f"{len(rows)} sentences in {given.out}; dropped: { ({c: dropped.count(c) for c in set(dropped)}) }")


def _save(rows: list[Row], path: Path) -> None:
    """What there is so far, whole or not at all."""
    if not rows:
        return
    flat = {key: np.concatenate([r[key] for r in rows]) for key in rows[0]}
    flat["offsets"] = np.cumsum([0, *(len(r["ids"]) for r in rows)])
    part = path.with_name(f".{path.name}.part.npz")
    np.savez(part, allow_pickle=False, **flat)
    part.replace(path)


if __name__ == "__main__":
    main()
