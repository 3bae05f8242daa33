"""The network in torch; its weights are those of `talking_head.motion.living.network`, name by name."""

from __future__ import annotations

import torch
from torch import nn

from talking_head.motion.living.channels import CHANNELS
from talking_head.motion.living.network import DILATIONS, LEVELS, WIDTH
from talking_head.motion.living.voice import CONDITIONS


class Block(nn.Module):
    """A dilated convolution and a mixing of channels, scaled and shifted by the noise level, added to what came in."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.level = nn.Linear(WIDTH, 2 * WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Linear(WIDTH, WIDTH)
        nn.init.zeros_(self.level.weight)
        nn.init.zeros_(self.level.bias)

    def forward(self, x: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """[B, T, WIDTH], [B, WIDTH] -> [B, T, WIDTH]."""
        scale, shift = self.level(told)[:, None].chunk(2, dim=-1)
        normed = self.norm(x) * (1.0 + scale) + shift
        hidden = self.near(normed.transpose(1, 2)).transpose(1, 2)
        return x + self.mix(torch.relu(hidden))


class LifeNetwork(nn.Module):
    """[B, T, CHANNELS] noisy, [B] levels, [B, T, CONDITIONS] -> [B, T, CHANNELS] clean."""

    def __init__(self) -> None:
        super().__init__()
        self.into = nn.Linear(len(CHANNELS) + CONDITIONS, WIDTH)
        self.level = nn.Linear(LEVELS, WIDTH)
        self.blocks = nn.ModuleList(Block(d) for d in DILATIONS)
        self.norm = nn.LayerNorm(WIDTH)
        self.out = nn.Linear(WIDTH, len(CHANNELS))

    def forward(self, noisy: torch.Tensor, level: torch.Tensor, conditions: torch.Tensor) -> torch.Tensor:
        """As the class says."""
        turns = level[:, None] * torch.logspace(0.0, 7.0, LEVELS // 2, base=2.0) * torch.pi / 2
        told = nn.functional.silu(self.level(torch.cat([turns.sin(), turns.cos()], dim=1)))
        x = self.into(torch.cat([noisy, conditions], dim=-1))
        for block in self.blocks:
            x = block(x, told)
        return self.out(self.norm(x))
