"""Trains the prosody transformer and writes its weights.

    python -m tts.autoregressive.training.train PLAIN DEPARTURES OUT [--human HUMAN] [--minutes 45] [--device cpu]

PLAIN, DEPARTURES, HUMAN: what `plain_corpus`, `corpora.emodb` and `corpora.human` wrote. OUT: a folder for checkpoints,
`prosody.safetensors` and `curve.csv`. Started again with the same OUT, goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from tts.autoregressive.tokens import SCALES
from tts.autoregressive.training.corpora.departure import load
from tts.autoregressive.training.feelings import Feelings
from tts.autoregressive.training.network import Config, Transformer
from tts.autoregressive.training.readings import PlainCorpus, batches

SEED = 4
_BATCH, _RATE, _WARM_UP, _DECAY, _CLIP = 32, 1.5e-3, 200, 0.05, 1.0
# In a pass, each sentence read by a person comes up this often: there are few.
_HUMAN_TIMES = 8
# Neighbouring codes count as nearly right: a Gaussian of this many codes around the right one.
_BLUR = {"duration": 0.35, "pitch": 1.0, "slope": 0.8, "strength": 0.8}
# What unvoiced tokens get for pitch and slope is not heard.
_UNHEARD = 0.1


def blurred(codes: Tensor, count: int, width: float) -> Tensor:
    """Soft targets [..., count] around codes [...]."""
    distance = torch.arange(count, device=codes.device) - codes[..., None]
    weights = torch.exp(-0.5 * (distance / width) ** 2)
    return weights / weights.sum(dim=-1, keepdim=True)


def losses(model: Transformer, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Cross-entropy with blurred targets, mean over tokens, less the targets' own entropy, by scale."""
    logits = model(batch)
    out = {}
    for name, scale in SCALES.items():
        target = blurred(batch[name], scale.count, _BLUR[name])
        per_token = functional.kl_div(
            functional.log_softmax(logits[name].float(), dim=-1), target, reduction="none"
        ).sum(dim=-1)
        weight = batch["mask"]
        if name in ("pitch", "slope"):
            weight = weight * (_UNHEARD + (1 - _UNHEARD) * batch["voiced"])
        out[name] = (per_token * weight).sum() / weight.sum()
    return out


def as_tensors(batch: dict[str, npt.NDArray], device: str) -> dict[str, Tensor]:
    tensors = {k: torch.from_numpy(v).to(device) for k, v in batch.items()}
    return {k: t.long() if not t.is_floating_point() else t.float() for k, t in tensors.items()}


def split(corpus: PlainCorpus) -> tuple[list[int], list[int]]:
    """Readings to learn from, and every fiftieth to look at."""
    held = list(range(0, len(corpus), 50))
    return [i for i in range(len(corpus)) if i % 50], held


def measured(model: Transformer, rows: list[dict[str, Tensor]]) -> dict[str, float]:
    model.eval()
    with torch.no_grad():
        found = [{k: float(v) for k, v in losses(model, b).items()} for b in rows]
    model.train()
    return {k: float(np.mean([f[k] for f in found])) for k in SCALES}


def passes(
    corpora: list[tuple[PlainCorpus, list[int]]], feelings: Feelings, first: int
) -> Iterator[dict[str, npt.NDArray]]:
    """Batches without end, every pass with readings of its own."""
    number = first
    while True:
        yield from batches(corpora, feelings, SEED + number, _BATCH)
        number += 1


def train(plain: Path, human: Path | None, feelings: Feelings, out: Path, minutes: float, device: str) -> None:
    """Learn for `minutes`, the rate falling to zero along a cosine; a checkpoint every two minutes."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    corpus = PlainCorpus(plain)
    chosen, held = split(corpus)
    model = Transformer(Config()).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=_RATE, betas=(0.9, 0.98), weight_decay=_DECAY)
    begun, steps, last = time.monotonic(), 0, 0.0
    state, weights = out / "state.pt", out / "prosody.safetensors"
    spent = 0.0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(load_file(weights))
        optimiser.load_state_dict(saved["optimiser"])
        steps, spent = saved["steps"], saved["spent"]
    corpora = [(corpus, chosen)]
    if human is not None:
        people = PlainCorpus(human)
        corpora.append((people, list(range(len(people))) * _HUMAN_TIMES))
    looked_at = [as_tensors(b, device) for b in batches([(corpus, held)], feelings, SEED - 1, _BATCH)]
    for batch in passes(corpora, feelings, 1000 * steps):
        share = (spent + time.monotonic() - begun) / (60 * minutes)
        rate = (
            _RATE * min(1.0, (steps + 1) / _WARM_UP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(share, 1.0))))
        )
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast(device.partition(":")[0], torch.bfloat16):
            parts = losses(model, as_tensors(batch, device))
        loss = torch.stack(list(parts.values())).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
        optimiser.step()
        steps += 1
        if time.monotonic() - last > 120 or share >= 1:
            last = time.monotonic()
            figures = measured(model, looked_at)
            _keep(model, optimiser, state, weights, steps, spent + last - begun)
            _note(out / "curve.csv", steps, spent + last - begun, float(loss), figures)
        if share >= 1:
            return


def _keep(
    model: Transformer, optimiser: torch.optim.Optimizer, state: Path, weights: Path, steps: int, spent: float
) -> None:
    torch.save({"optimiser": optimiser.state_dict(), "steps": steps, "spent": spent}, state.with_suffix(".part"))
    save_file(model.state_dict(), weights.with_suffix(".part"), model.config.as_text())
    state.with_suffix(".part").rename(state)
    weights.with_suffix(".part").rename(weights)


def _note(curve: Path, steps: int, seconds: float, loss: float, figures: dict[str, float]) -> None:
    row = {"steps": steps, "minutes": round(seconds / 60, 2), "loss": round(loss, 4)}
    row |= {f"held out {k}": round(v, 4) for k, v in figures.items()}
    new = not curve.exists()
    with curve.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)
    print(row, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("plain", type=Path)
    parser.add_argument("departures", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--minutes", type=float, default=45.0)
    parser.add_argument("--device", default="cpu")
    a = parser.parse_args()
    train(a.plain, a.human, Feelings(load(a.departures)), a.out, a.minutes, a.device)


if __name__ == "__main__":
    main()
