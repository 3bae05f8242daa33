"""The network in torch; its weights are those of `talking_head.listening.network`, name by name."""

from __future__ import annotations

import torch
from torch import nn

from talking_head.listening.mel import BANDS
from talking_head.listening.network import DILATIONS, OUTPUTS, STEP, WIDTH


class Block(nn.Module):
    """A dilated convolution and a mixing of channels, added to what came in."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, T, WIDTH] -> the same."""
        hidden = self.near(self.norm(x).transpose(1, 2)).transpose(1, 2)
        return x + self.mix(torch.relu(hidden))


class LipNetwork(nn.Module):
    """[B, N, BANDS] -> [B, N, OUTPUTS]; N is even."""

    def __init__(self) -> None:
        super().__init__()
        self.into = nn.Linear(STEP * BANDS, WIDTH)
        self.blocks = nn.ModuleList(Block(d) for d in DILATIONS)
        self.norm = nn.LayerNorm(WIDTH)
        self.out = nn.Linear(WIDTH, STEP * OUTPUTS)
        # A mouth at rest is the start, not one that trembles.
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, bands: torch.Tensor) -> torch.Tensor:
        """Coefficients, then logits of contact and voice."""
        batch, count, _ = bands.shape
        x = self.into(bands.reshape(batch, count // STEP, STEP * BANDS))
        for block in self.blocks:
            x = block(x)
        return self.out(self.norm(x)).reshape(batch, count, OUTPUTS)
