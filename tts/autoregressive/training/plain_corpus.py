"""The acoustic model's own readings of much text by all voices: what teaches neutral prosody.

    python -m tts.autoregressive.training.plain_corpus DATA OUT --readings 9000

DATA holds emobank and goemotions (text only is used). OUT is an npz of flat arrays, written anew.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tts.acoustic import Kokoro
from tts.autoregressive.plain import plain_reading
from tts.prosody import lengths
from tts.text import Reader, Sentence
from tts.voice import VOICES, resolve

# Lines of this many words; of letters and common marks only.
_WORDS = range(2, 31)
_READABLE = re.compile(r"[A-Za-z0-9 ,.;:!?'\-]+")
SEED = 20261120


def texts(data: Path) -> list[str]:
    """Sentences of EmoBank (news, letters, fiction, blogs) and GoEmotions (comments), shuffled, each once."""
    found = []
    with (data / "emobank" / "emobank.csv").open(encoding="utf-8", newline="") as rows:
        found += [row["text"].strip() for row in csv.DictReader(rows)]
    for path in sorted((data / "goemotions" / "original").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as rows:
            found += [row[0].strip() for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE) if row]
    kept = sorted({t for t in found if _READABLE.fullmatch(t) and len(t.split()) in _WORDS})
    np.random.default_rng(SEED).shuffle(kept)
    return kept


def readings(data: Path, count: int) -> Iterator[tuple[str, Sentence]]:
    """(voice, sentence) pairs: each sentence by a voice at random."""
    draw = np.random.default_rng(SEED + 1)
    readers = {"en-US": Reader(british=False), "en-GB": Reader(british=True)}
    names = list(VOICES)
    made = 0
    for text in texts(data):
        voice = names[draw.integers(len(names))]
        for sentence in readers[VOICES[voice].language].read(text)[:2]:
            if 4 <= len(sentence.symbols) <= 200:
                yield voice, sentence
                made += 1
        if made >= count:
            return


def row(kokoro: Kokoro, voice: str, sentence: Sentence) -> dict[str, npt.NDArray]:
    """One reading as arrays of T tokens."""
    encoding = kokoro.encode(sentence.ids, resolve(voice).style(len(sentence.symbols)))
    f0, energy = kokoro.contour(encoding, lengths.whole(encoding.durations))
    sound, amid, margin = lengths.parts(encoding.durations, energy)
    plain = plain_reading(encoding.durations, f0, energy, margin)
    return {
        "features": encoding.prosody.T.astype(np.float16),
        "ids": np.array(sentence.ids, np.int16),
        "word_of": np.array([-1, *(-1 if w is None else w for w in sentence.word_of), -1], np.int16),
        "sound": sound.astype(np.float32),
        "amid": amid.astype(np.float32),
        "margin": margin.astype(np.int16),
        "pitch": plain.pitch.astype(np.float32),
        "slope": plain.slope.astype(np.float32),
        "voiced": plain.voiced.astype(np.float32),
        "energy": plain.energy.astype(np.float32),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--readings", type=int, default=9000)
    arguments = parser.parse_args()
    kokoro = Kokoro("cpu")
    rows: list[dict[str, npt.NDArray]] = []
    names = []
    for voice, sentence in readings(arguments.data, arguments.readings):
        rows.append(row(kokoro, voice, sentence))
        names.append(voice)
        if len(rows) % 500 == 0:
            print(f"{len(rows)} of {arguments.readings} readings", flush=True)
    arrays = {key: np.concatenate([r[key] for r in rows]) for key in rows[0]}
    arrays |= {"offsets": np.cumsum([0, *(len(r["ids"]) for r in rows)]), "voices": np.array(names)}
    np.savez(arguments.out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
