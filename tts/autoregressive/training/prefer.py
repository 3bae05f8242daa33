"""Direct preference optimisation (Rafailov et al. 2023): the takes heard as meant become likelier, the others less so.

    python -m tts.autoregressive.training.prefer WEIGHTS HEARD PLAIN DEPARTURES OUT [--steps 100]

WEIGHTS: of `train`, which had PLAIN and DEPARTURES to learn from. HEARD: the folder that `listening` wrote. OUT: the
safetensors to write.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from tts.autoregressive.inputs import BUDGETED
from tts.autoregressive.tokens import SCALES
from tts.autoregressive.training.corpora.departure import load
from tts.autoregressive.training.feelings import Feelings
from tts.autoregressive.training.network import Config, Transformer
from tts.autoregressive.training.readings import PlainCorpus, batches
from tts.autoregressive.training.train import as_tensors, losses, split

SEED = 5
_RATE, _BETA, _BATCH = 2e-5, 0.1, 8
# Takes nearer to each other in worth (log chance of the emotion) are not told apart.
_MARGIN = 0.5
# What was learned is learned on beside the preferences, this much: by preferences alone, plain readings, which no pair
# speaks of, rose by 2.2 semitones in 60 steps.
_KEPT, _KEPT_BATCH = 2.0, 16
# How much the better take's own likelihood counts besides: without it both may become unlikely (Pang et al. 2024).
_ANCHOR = 0.2


@dataclass(frozen=True, eq=False)
class Pair:
    """The same line and emotion, said better and worse: batches of one."""

    better: dict[str, Tensor]
    worse: dict[str, Tensor]


def pairs(folder: Path) -> list[Pair]:
    """Of every line and emotion the best take against the worst, and the second best against the second worst."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            worth = stored["worth"]
            order = np.argsort(worth)
            for low, high in zip(order[: len(order) // 2][:2], order[::-1][:2], strict=False):
                if worth[high] - worth[low] > _MARGIN:
                    found.append(Pair(_batch(stored, int(high)), _batch(stored, int(low))))
    return found


def _batch(stored: np.lib.npyio.NpzFile, take: int) -> dict[str, Tensor]:
    prefix = f"{take}."
    rows: dict[str, npt.NDArray] = {k.removeprefix(prefix): stored[k] for k in stored.files if k.startswith(prefix)}
    tensors = {k: torch.from_numpy(v)[None] for k, v in rows.items()}
    out = {k: t.float() if t.is_floating_point() else t.long() for k, t in tensors.items()}
    return {**out, "budget": torch.zeros(1, out["ids"].shape[1], BUDGETED)}


def log_likelihood(model: Transformer, batch: dict[str, Tensor]) -> Tensor:
    """Of all decisions of a reading but the pitch of what has no voice, summed."""
    logits = model(batch)
    total = torch.zeros(())
    for name in SCALES:
        each = functional.log_softmax(logits[name], dim=-1).gather(-1, batch[name][..., None])[..., 0]
        total = total + (each * batch["voiced"] if name in ("pitch", "slope") else each).sum()
    return total


def prefer(weights: Path, heard: Path, plain: Path, feelings: Feelings, out: Path, steps: int) -> None:
    """Learn from the pairs in `heard`; every tenth is kept out and tells how often the better take is preferred."""
    corpus = PlainCorpus(plain)
    kept = batches([(corpus, split(corpus)[0])], feelings, SEED, _KEPT_BATCH)
    torch.manual_seed(SEED)
    model, reference = Transformer(Config()), Transformer(Config())
    for network in (model, reference):
        network.load_state_dict(load_file(weights))
        network.eval()
    found = pairs(heard)
    held, learned = found[::10], [p for i, p in enumerate(found) if i % 10]
    with torch.no_grad():
        before = {id(p): log_likelihood(reference, p.better) - log_likelihood(reference, p.worse) for p in found}
    optimiser = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.0)
    draw = np.random.default_rng(SEED)
    for step in range(steps + 1):
        if step % 50 == 0:
            with torch.no_grad():
                gains = [float(_gain(model, p, before[id(p)])[0]) for p in held]
            print(
                f"step {step}: kept-out pairs preferred {np.mean([g > 0 for g in gains]):.2f}, by {np.mean(gains):.2f}"
            )
        optimiser.zero_grad()
        for i in draw.choice(len(learned), _BATCH, replace=False):
            gain, better = _gain(model, learned[i], before[id(learned[i])])
            tokens = learned[i].better["ids"].numel()
            loss = -functional.logsigmoid(_BETA * gain) - _ANCHOR * better / tokens
            (loss / _BATCH).backward()
        (_KEPT * torch.stack(list(losses(model, as_tensors(next(kept), "cpu")).values())).sum()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    save_file(model.state_dict(), out, model.config.as_text())


def _gain(model: Transformer, pair: Pair, before: Tensor) -> tuple[Tensor, Tensor]:
    """By how much likelier the better take is against the worse one than for the reference; and its likelihood."""
    better = log_likelihood(model, pair.better)
    return better - log_likelihood(model, pair.worse) - before, better


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("heard", type=Path)
    parser.add_argument("plain", type=Path)
    parser.add_argument("departures", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=100)
    a = parser.parse_args()
    prefer(a.weights, a.heard, a.plain, Feelings(load(a.departures)), a.out, a.steps)


if __name__ == "__main__":
    main()
