"""What the text reader learns from: GoEmotions, EmoBank, the Glasgow Norms, and directions written for this project.

Folders as their makers publish them: ``goemotions/original/{train,dev,test}.tsv`` and ``goemotions/ekman/`` (Demszky et
al. 2020, Apache-2.0), ``emobank/emobank.csv`` (Buechel & Hahn 2017, CC BY-SA 4.0), ``glasgow_norms/glasgow_norms.csv``
(Scott et al. 2019, CC BY 4.0). Directions lie beside the code (`directions.csv`, `directions_more.csv`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion.emotion import Emotion
from studio.emotion.labels import CATEGORIES
from studio.emotion.reading.text.heads import DIRECTION_LABELS, EKMAN, GOEMOTIONS, emobank_to_vad, glasgow_to_vad

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts [N] and, by head, what they should give: float32 [N, outputs of the head]."""

    texts: list[str]
    targets: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.texts)


def goemotions(data: Path, split: str) -> Corpus:
    """Comments with their 27 emotions or neutral, and these grouped as Ekman's (many-hot)."""
    texts, fine = _many_hot(data / "goemotions" / "original" / f"{split}.tsv", len(GOEMOTIONS))
    _, coarse = _many_hot(data / "goemotions" / "ekman" / f"{split}.tsv", len(EKMAN))
    return Corpus(texts, {"goemotions": fine, "ekman": coarse})


def emobank(data: Path, *splits: str) -> Corpus:
    """Sentences with valence, arousal and dominance in [-1, 1] (their 1..5, middle 3)."""
    with (data / "emobank" / "emobank.csv").open(newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["split"] in splits and r["text"].strip()]
    rated = np.array([[float(r[k]) for k in "VAD"] for r in rows], np.float32)
    return Corpus([r["text"] for r in rows], {"emobank": emobank_to_vad(rated)})


def glasgow(data: Path) -> Corpus:
    """Words with valence, arousal and dominance as `studio.emotion.norms` counts them, unclipped."""
    with (data / "glasgow_norms" / "glasgow_norms.csv").open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    rated = np.array([[float(r[k]) for k in ("Valence", "Arousal", "Dominance")] for r in rows], np.float32)
    # "bank (money)" tells its sense in brackets.
    return Corpus([r["Word"].replace("(", ", ").replace(")", "") for r in rows], {"glasgow": glasgow_to_vad(rated)})


def directions(*names: str) -> Corpus:
    """Directions, of tables beside the code: shares of CATEGORIES and neutral, their strength, and VAD."""
    rows: list[dict[str, str]] = []
    for name in names:
        with resources.files("studio.emotion.reading.text").joinpath(name).open(encoding="utf-8") as f:
            rows += csv.DictReader(f)
    targets = np.zeros((len(rows), len(DIRECTION_LABELS) + 4), np.float32)
    for i, row in enumerate(rows):
        emotion = Emotion.parse(row["emotion"])
        weights = np.array([emotion.labels.get(c, 0.0) for c in CATEGORIES])
        total = weights.sum()
        targets[i, : len(CATEGORIES)] = weights / max(total, 1.0e-6)
        targets[i, len(CATEGORIES)] = float(total == 0)
        targets[i, len(DIRECTION_LABELS)] = min(total, 1.0)
        targets[i, -3:] = float(row["valence"]), float(row["arousal"]), emotion.vad[2]
    return Corpus([r["direction"] for r in rows], {"direction": targets})


def _many_hot(path: Path, n: int) -> tuple[list[str], Floats]:
    with path.open(encoding="utf-8", newline="\n") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    hot = np.zeros((len(rows), n), np.float32)
    for i, row in enumerate(rows):
        hot[i, [int(k) for k in row[1].split(",")]] = 1.0
    return [r[0] for r in rows], hot
