"""How near fitted voices come to people: python -m tts.voice.trial FOLDER... [--rounds 100]

Each folder holds recordings of one person. The first half of them is fitted to, the other half held out. Printed:
ECAPA cosine to the held-out half, of the stock voice nearest the first half and of the fitted one, saying the line
the search listened to and one that it did not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from studio.errors import InputError
from studio.evaluation.speaker_similarity import embedding
from tts.acoustic.kokoro import SAMPLE_RATE, Floats, Kokoro
from tts.text import Reader
from tts.voice import stock
from tts.voice.colour import colour
from tts.voice.fitting import ROUNDS, fit
from tts.voice.listening import listen
from tts.voice.rendering import said
from tts.voice.space import space

_CONSENT = "A recording published for research under an open licence, fitted to measure the method."
# TIMIT's second calibration sentence.
_OTHER_LINE = "Don't ask me to carry an oily rag like that."


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    kokoro = Kokoro("cpu")
    (other,) = Reader(british=False).read(_OTHER_LINE)
    rows = []
    print(f"{'person':<10}{'nearest':<16}{'stock':>8}{'fitted':>8}   other line: {'stock':>8}{'fitted':>8}")
    for folder in given.folders:
        files = sorted(f for f in folder.iterdir() if f.suffix in (".flac", ".wav"))
        if len(files) < 2:
            raise InputError(f"{folder} has {len(files)} recordings: half of them are held out, so give two or more.")
        half = len(files) // 2
        held_out = listen(files[half:]).embedding
        fitted = fit(files[:half], consent=_CONSENT, rounds=given.rounds, device="cpu")
        row = [
            float(_heard(kokoro, ids, table, bands) @ held_out)
            for ids in (list(space().ids), other.ids)
            for table, bands in (
                (stock.table(fitted.nearest), np.zeros_like(fitted.bands)),
                (fitted.table, fitted.bands),
            )
        ]
        rows.append(row)
        print(_line(folder.name, fitted.nearest, row), flush=True)
    print(_line("mean", "", np.mean(rows, axis=0).tolist()))


def _heard(kokoro: Kokoro, ids: list[int], table: Floats, bands: Floats) -> Floats:
    """The embedding of a line in a style table and a colour."""
    return embedding(colour(said(kokoro, ids, table[len(ids) - 3][None]), SAMPLE_RATE, bands), SAMPLE_RATE)


def _line(person: str, nearest: str, row: list[float]) -> str:
    return f"{person:<10}{nearest:<16}{row[0]:8.3f}{row[1]:8.3f}   {'':12}{row[2]:8.3f}{row[3]:8.3f}"


if __name__ == "__main__":
    main()
