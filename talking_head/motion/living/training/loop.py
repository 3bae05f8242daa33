"""Training: seeded, in torch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from talking_head.motion.living.channels import BLINK, CHANNELS, RATE
from talking_head.motion.living.diffusion import NOISIEST
from talking_head.motion.living.training.network import LifeNetwork
from talking_head.motion.living.training.takes import Take, batches

_LENGTH, _BATCH = round(5.0 * RATE), 24
# The learning rate rises over so many steps and falls over the last share of them.
_RATE, _WARM, _FALLING, _DECAY = 1.5e-3, 100, 0.5, 0.02
# The weights that are shipped are a mean of those of the last steps, each counting so much less than the next.
_MEAN = 0.998
# Beside the error: of how fast things move, or it all comes out blurred and trembling. Blinks are rare.
_CHANGE, _BLINKS = 2.0, 2.0
_EVERY = 100


def train(takes: Sequence[Take], out: Path, steps: int, seed: int) -> None:
    """Write the weights to `out`."""
    torch.manual_seed(seed)
    network, mean = LifeNetwork(), LifeNetwork()
    mean.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    weight = torch.ones(len(CHANNELS))
    weight[BLINK] = _BLINKS
    started, total = time.monotonic(), 0.0
    for step, drawn in enumerate(batches(takes, _LENGTH, _BATCH, seed), 1):
        motion, conditions, there = (torch.from_numpy(part) for part in drawn)
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(step / _WARM, 1.0) * min((steps - step + 1) / (_FALLING * steps), 1.0)
        level = torch.rand(len(motion))
        angle = level[:, None, None] * NOISIEST * torch.pi / 2
        noisy = (angle.cos() * motion + angle.sin() * torch.randn_like(motion)) * there
        error = (network(noisy, level, conditions) - motion) * there
        change = error.diff(dim=1) * there[:, 1:]
        loss = ((error.square() * weight).sum() + _CHANGE * (change.square() * weight).sum()) / there.sum()
        loss = loss / len(CHANNELS)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        _follow(mean, network, min(_MEAN, step / (step + 20)))
        total += float(loss.detach())
        if step % _EVERY == 0 or step == steps:
            print(f"{step}: loss {total / _EVERY:.3f}, {time.monotonic() - started:.0f} s", flush=True)
            total = 0.0
            _ship(mean, out)
        if step >= steps:
            break


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, share: float) -> None:
    for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
        kept.lerp_(now, 1.0 - share)


def _ship(network: nn.Module, out: Path) -> None:
    part = out.with_suffix(".part")
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, part)
    part.replace(out)
