"""The network in torch; its weights are those of `talking_head.listening.network`, name by name."""

from __future__ import annotations

import torch
from torch import nn

from talking_head.listening.mel import BANDS
from talking_head.listening.network import DILATIONS, OUTPUTS, STEP, WIDTH
from talking_head.listening.training.phones import PHONES


class Block(nn.Module):
    """A dilated convolution and a mixing of channels, added to what came in."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, T, WIDTH] -> the same."""
        # As one product, which is faster on a CPU than a convolution.
        d, count, near = self.near.dilation[0], x.shape[1], self.near
        padded = nn.functional.pad(self.norm(x), (0, 0, d, d))
        taps = torch.cat([padded[:, t * d : t * d + count] for t in range(3)], dim=-1)
        kernel = near.weight.permute(0, 2, 1).reshape(WIDTH, 3 * WIDTH)
        return x + self.mix(torch.relu(nn.functional.linear(taps, kernel, near.bias)))


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
        self.phones = nn.Linear(WIDTH, STEP * PHONES)

    def forward(self, bands: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Coefficients, then logits of contact and voice; logits of kinds of sounds, [B, N, PHONES]."""
        batch, count, _ = bands.shape
        x = self.into(bands.reshape(batch, count // STEP, STEP * BANDS))
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.out(x).reshape(batch, count, OUTPUTS), self.phones(x).reshape(batch, count, PHONES)
