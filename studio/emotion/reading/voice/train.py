"""Learn to hear the emotion of a voice, and say how well.

    python -m studio.emotion.reading.voice.train DATA --out checkpoints/voice_emotion.safetensors

DATA holds the folders emodb and librispeech_test_other. Prints leave-one-speaker-out figures as the model card has
them and writes the weights. Features are kept in the folder of --cache (default: a temporary one).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from studio.emotion.reading.voice.corpora import Rows, emodb, librispeech
from studio.emotion.reading.voice.fitting import (
    Moments,
    accuracy,
    fit,
    log_loss,
    nested,
    sum_of,
    temperature,
    uar,
)
from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS, LinearModel
from studio.media.files import check_place, written_whole

Floats = npt.NDArray[np.float64]

VIRTUAL_SPEAKERS = 8
SHRINKAGES = (0.05, 0.3)
# LibriSpeech counts as much as half of EMO-DB's neutral clips: enough that other people's plain speech reads neutral,
# and bored EMO-DB speech still reads bored (the card has the figures with and without).
LIBRISPEECH_SHARE = 0.5
_SEED = 7


def relative(rows: Rows, references: int | None = None) -> Rows:
    """Each clip less the mean of other neutral clips of its speaker: `references` of them by chance, None: all.

    Clips whose speaker has no other neutral clip are left out.
    """
    rng = np.random.default_rng(_SEED)
    out = np.full_like(rows.x, np.nan)
    kept = np.zeros(len(rows.x), bool)
    for i in range(len(rows.x)):
        others = np.flatnonzero((rows.speaker == rows.speaker[i]) & (rows.label == NEUTRAL_CLASS))
        others = others[others != i]
        if len(others):
            chosen = others if references is None else rng.permutation(others)[:references]
            out[i], kept[i] = rows.x[i] - rows.x[chosen].mean(axis=0), True
    return Rows(out, rows.label, rows.speaker, rows.clip, rows.names).where(kept)


def kept_out(rows: Rows) -> npt.NDArray[np.bool_]:
    """Every third speaker of LibriSpeech, [N]: not learned from, to see whether plain speech reads neutral."""
    _, rank = np.unique(rows.speaker, return_inverse=True)
    return rank % 3 == 0


def _speaker_moments(parts: list[Rows], centre: Floats) -> dict[str, Moments]:
    found = {}
    for speaker in np.unique(parts[0].speaker):
        mine = [p.where(p.speaker == speaker) for p in parts]
        x = np.nan_to_num(np.concatenate([m.x for m in mine]) - centre)
        found[str(speaker)] = Moments.of(x, np.concatenate([m.label for m in mine]))
    return found


class Task:
    """One of the two models: what it learns from and what it is tried on. Features are counted from `centre`."""

    def __init__(self, clean: Rows, virtual: list[Rows], libri: list[Rows]) -> None:
        self.clean = clean
        self.names = clean.names
        # Only so that sums of squares keep their digits: no result depends on it.
        self.centre = np.nanmean(clean.x, axis=0)
        self.plain = _speaker_moments([clean], self.centre)
        self.augmented = _speaker_moments([clean, *virtual], self.centre)
        neutral = sum(m.counts[NEUTRAL_CLASS] for m in self.augmented.values())
        n = sum(len(r.x) for r in libri)
        x = np.nan_to_num(np.concatenate([r.x for r in libri]) - self.centre)
        label = np.concatenate([r.label for r in libri])
        self.libri = Moments.of(x, label, LIBRISPEECH_SHARE * neutral / n)

    def clips(self, rows: Rows | None = None) -> dict[str, tuple[Floats, npt.NDArray[np.intp]]]:
        """What is tried on, by speaker."""
        rows = self.clean if rows is None else rows
        return {
            str(s): (rows.x[rows.speaker == s] - self.centre, rows.label[rows.speaker == s])
            for s in np.unique(rows.speaker)
        }

    def final(self) -> LinearModel:
        """Trained on everybody: the shrinkage best, and the temperature right, over speakers left out in turn."""
        whole = sum_of(self.augmented, self.libri)
        clips = self.clips()
        label = np.concatenate([clips[s][1] for s in self.augmented])
        models = {s: fit(whole - m, SHRINKAGES, self.names) for s, m in self.augmented.items()}
        held = {g: np.concatenate([m[g].logits(clips[s][0]) for s, m in models.items()]) for g in SHRINKAGES}
        best = max(SHRINKAGES, key=lambda g: uar(held[g], label))
        model = fit(whole, [best], self.names)[best]
        hot = temperature(held[best], label)
        print(f"  shipped: shrinkage {best}, temperature {hot:.2f}", flush=True)
        return LinearModel(self.names, model.mean + self.centre, model.scale, model.weights, model.bias, hot)


def figures(task: Task, ablations: bool) -> Iterator[str]:
    """Rows of the card's tables, with nested selection; ablations: also without what was added to EMO-DB."""
    configurations: dict[str, tuple[dict[str, Moments], Moments | None]] = {
        "shipped: EMO-DB, virtual speakers, LibriSpeech": (task.augmented, task.libri)
    }
    if ablations:
        configurations = {
            "EMO-DB as recorded": (task.plain, None),
            "EMO-DB and virtual speakers": (task.augmented, None),
            **configurations,
        }
    clips = task.clips()
    label = np.concatenate([clips[s][1] for s in task.plain])
    for name, (train, always) in configurations.items():
        found = nested(train, always, clips, SHRINKAGES, task.names)
        logits = np.concatenate([found[s][0] for s in task.plain])
        recalls = " | ".join(
            f"{100 * accuracy(logits[label == c], label[label == c]):.0f}" for c in range(len(CLASSES))
        )
        yield (
            f"| {name} | **{100 * accuracy(logits, label):.1f}** | {100 * uar(logits, label):.1f} | {recalls} | "
            f"{log_loss(logits, label):.2f} |"
        )
    by_speaker = ", ".join(f"{s} {100 * accuracy(*_pair(found, clips, s)):.0f}" for s in task.plain)
    yield f"\nBy speaker (shipped): {by_speaker}. Shrinkages chosen: {sorted({g for _, g in found.values()})}.\n"
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (label, logits.argmax(axis=1)), 1)
    yield from (f"| {c} | " + " | ".join(map(str, row)) + " |" for c, row in zip(CLASSES, table, strict=True))


def _pair(
    found: dict[str, tuple[Floats, float]], clips: dict[str, tuple[Floats, npt.NDArray[np.intp]]], speaker: str
) -> tuple[Floats, npt.NDArray[np.intp]]:
    return found[speaker][0], clips[speaker][1]


def tasks(data: Path, cache: Path) -> Iterator[tuple[str, Task]]:
    """The two models' tasks: "absolute" and "relative"."""
    clean = emodb(data, cache)
    virtual = [emodb(data, cache, k) for k in range(VIRTUAL_SPEAKERS)]
    libri = [rows.where(~kept_out(rows)) for rows in librispeech(data, cache)]
    yield "absolute", Task(clean, virtual, libri)
    # One neutral recording at hand is as likely as many: virtual speakers have one, two, three or all of theirs.
    counts = (1, 2, 3, None)
    near = [relative(v, counts[k % len(counts)]) for k, v in enumerate(virtual)]
    yield "relative", Task(relative(clean), near, [relative(r) for r in libri])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--ablations", action="store_true", help="figures of lesser training too")
    arguments = parser.parse_args()
    check_place(arguments.out, ".safetensors")
    begun = time.time()
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, npt.NDArray[np.float32]] = {}
        for which, task in tasks(arguments.data, cache):
            print(f"\n{which} (features {len(task.names)}, clips {len(task.clean.x)})", flush=True)
            model = task.final()
            for part in ("mean", "scale", "weights", "bias"):
                # In C order: safetensors writes the bytes as they lie, and the solver's lie by columns.
                tensors[f"{which}.{part}"] = np.ascontiguousarray(getattr(model, part), np.float32)
            tensors[f"{which}.temperature"] = np.array([model.temperature], np.float32)
            print(f"| trained on | accuracy | UAR | {' | '.join(CLASSES)} | log loss |\n|---|" + "---|" * 10)
            for line in figures(task, arguments.ablations):
                print(line, flush=True)
    with written_whole(arguments.out) as part_path:
        save_file(tensors, part_path, metadata={"features": " ".join(task.names), "classes": " ".join(CLASSES)})
    print(f"\n{arguments.out}: {arguments.out.stat().st_size:,} bytes in {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
