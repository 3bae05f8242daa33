"""Training: seeded, resumable, in torch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from talking_head.listening.network import COEFFICIENTS
from talking_head.listening.training.clips import Clips
from talking_head.listening.training.network import LipNetwork
from talking_head.listening.training.phones import UNKNOWN
from talking_head.listening.training.takes import Take
from talking_head.listening.training.targets import CONTACT, PHONE, VOICE

_BATCH = 6
# The learning rate rises over so many steps and falls over the last share of them.
_RATE, _WARM, _FALLING, _DECAY = 1.5e-3, 200, 0.5, 0.01
# The weights that are shipped are a mean of those of the last steps, each counting so much less than the next.
_MEAN = 0.999
# Beside a coefficient's error in units of its spread: of its change (or the mouth trembles), of contact and voice.
_CHANGE, _CONTACT, _VOICE, _PHONES = 4.0, 5.0, 0.3, 1.0
# The jaw is what is seen first. A closure missed is worse than one too many, and frames of it are few.
_JAW, _CLOSED = 3.0, 2.0
# A coefficient that hardly ever moves (the tongue) is not told apart more finely than this.
_LEAST = 0.03
_EVERY = 100


class _Batches(IterableDataset):
    def __init__(self, clips: Clips, seed: int) -> None:
        self._clips, self._seed = clips, seed

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return self._clips.batches(_BATCH, self._seed)


def train(takes: Sequence[Take], out: Path, steps: int, seed: int) -> None:
    """Write the weights to `out`, and every 100 steps what is needed to go on to a file beside it (.training)."""
    torch.manual_seed(seed)
    clips = Clips(takes)
    network, mean = LipNetwork(), LipNetwork()
    mean.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY, fused=True)
    resume, done = out.with_suffix(".training"), 0
    if resume.exists():
        state = torch.load(resume, weights_only=True)
        network.load_state_dict(state["network"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        done = state["done"]
    spread = torch.from_numpy(np.maximum(clips.spread(), _LEAST))
    started, total = time.monotonic(), 0.0
    # Another seed after a resumption: the clips drawn so far are not drawn again.
    source = DataLoader(_Batches(clips, seed + done), batch_size=None, num_workers=1, prefetch_factor=4)
    for step, (bands, said) in enumerate(source, done + 1):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(step / _WARM, 1.0) * min((steps - step + 1) / (_FALLING * steps), 1.0)
        with torch.autocast("cpu", torch.bfloat16):
            heard, phones = network(bands)
        loss = _loss(heard.float(), phones.float(), said, spread)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        _follow(mean, network, min(_MEAN, step / (step + 20)))
        total += float(loss.detach())
        if step % _EVERY == 0 or step == steps:
            print(f"{step}: loss {total / _EVERY:.3f}, {time.monotonic() - started:.0f} s", flush=True)
            total = 0.0
            state = {"network": network.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict()}
            _whole(state | {"done": step}, resume)
            _ship(mean, out)
        if step >= steps:
            break
    resume.unlink()


def _loss(heard: torch.Tensor, phones: torch.Tensor, said: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """Of [B, N, OUTPUTS] heard and asked for."""
    count = len(COEFFICIENTS)
    error = (heard[..., :count] - said[..., :count]) / spread[:count]
    weight = torch.ones(count)
    weight[0] = _JAW
    weight = weight / weight.sum()
    pose = (error.square() * weight).sum(-1).mean()
    change = (error.diff(dim=1).square() * weight).sum(-1).mean()
    positive = torch.tensor(_CLOSED)
    contact = nn.functional.binary_cross_entropy_with_logits(
        heard[..., CONTACT], said[..., CONTACT], pos_weight=positive
    )
    voice = nn.functional.binary_cross_entropy_with_logits(heard[..., VOICE], said[..., VOICE])
    kind = nn.functional.cross_entropy(phones.flatten(0, 1), said[..., PHONE].flatten().long(), ignore_index=UNKNOWN)
    return pose + _CHANGE * change + _CONTACT * contact + _VOICE * voice + _PHONES * kind


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, share: float) -> None:
    for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
        kept.lerp_(now, 1.0 - share)


def _whole(state: dict[str, object], path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def _ship(network: nn.Module, out: Path) -> None:
    part = out.with_suffix(".part")
    # In half precision, which moves no coefficient by a thousandth; the kinds of sounds are not heard at run time.
    shipped = {n: v.half().contiguous() for n, v in network.state_dict().items() if not n.startswith("phones.")}
    save_file(shipped, part)
    part.replace(out)
