"""How well the text reader does on its corpora's own splits.

    python -m studio.emotion.reading.text.evaluate DATA

reads them with the shipped weights, in two minutes or so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.text import corpora
from studio.emotion.reading.text.heads import HEADS
from studio.emotion.reading.text.network import TextNetwork

Floats = npt.NDArray[np.float32]
# texts -> {head: outputs [N, n]}
Read = Callable[[list[str]], dict[str, Floats]]

# Logits a label's threshold is chosen among.
_GRID = np.linspace(-4.0, 3.0, 71)


def thresholds(read: Read, data: Path) -> dict[str, Floats]:
    """The logit above which each label of a comment counts as said: the best F1 on the dev split."""
    dev = corpora.goemotions(data, "dev")
    said = read(dev.texts)
    best = {}
    for head, wanted in dev.targets.items():
        scores = np.array([[f1(said[head][:, c] > z, wanted[:, c] > 0) for z in _GRID] for c in range(wanted.shape[1])])
        best[head] = _GRID[scores.argmax(axis=1)].astype(np.float32)
    return best


def figures(read: Read, data: Path) -> dict[str, object]:
    """Macro-F1 on GoEmotions and correlations on EmoBank, dev and test; thresholds are the dev split's."""
    best = thresholds(read, data)
    told: dict[str, object] = {}
    for split in ("dev", "test"):
        comments = corpora.goemotions(data, split)
        said = read(comments.texts)
        for head, wanted in comments.targets.items():
            scores = [f1(said[head][:, c] > z, wanted[:, c] > 0) for c, z in enumerate(best[head])]
            told[f"{head} macro-F1 {split}"] = round(float(np.mean(scores)), 4)
        sentences = corpora.emobank(data, split)
        rated, got = sentences.targets["emobank"], read(sentences.texts)["emobank"]
        told[f"emobank r {split}"] = [round(float(np.corrcoef(rated[:, i], got[:, i])[0, 1]), 4) for i in range(3)]
    return told


def f1(said: npt.NDArray[np.bool_], wanted: npt.NDArray[np.bool_]) -> float:
    """2 hits / (said + wanted)."""
    total = int(said.sum()) + int(wanted.sum())
    return 2.0 * int((said & wanted).sum()) / total if total else 0.0


def _shipped(texts: list[str]) -> dict[str, Floats]:
    network = TextNetwork()
    said = [network.read(text) for text in texts]
    return {head: np.stack([s[head] for s in said]) for head in HEADS}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder that holds goemotions and emobank")
    print(json.dumps(figures(_shipped, parser.parse_args().data), indent=1))
