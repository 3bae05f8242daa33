"""What the text reader is trained to get right, by head."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional


def loss_of(head: str, said: torch.Tensor, wanted: torch.Tensor, rare: torch.Tensor | None) -> torch.Tensor:
    """What is wrong with a head's outputs [B, n]."""
    if head in ("goemotions", "ekman"):
        return functional.binary_cross_entropy_with_logits(said, wanted, pos_weight=rare)
    if head == "direction":
        shares = functional.cross_entropy(said[:, :-4], wanted[:, :-4])
        strength = functional.binary_cross_entropy_with_logits(said[:, -4], wanted[:, -4])
        return shares + 0.5 * strength + 4.0 * functional.mse_loss(said[:, -3:], wanted[:, -3:])
    spread = wanted.std(0) + 1e-3
    error = (((said - wanted) / spread) ** 2).mean()
    # The concordance correlation asks for the order and the size at once (Lin 1989).
    return 0.5 * error + (1.0 - concordance(said, wanted)).mean() if head == "emobank" else 0.5 * error


def concordance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Lin's concordance correlation of each column, [n]."""
    covariance = ((a - a.mean(0)) * (b - b.mean(0))).mean(0)
    spread = a.var(0, unbiased=False) + b.var(0, unbiased=False) + (a.mean(0) - b.mean(0)) ** 2
    return 2 * covariance / (spread + 1e-6)


def rarity(wanted: np.ndarray) -> torch.Tensor:
    """How much more a label counts where it is present: the root of its odds, within 1..8."""
    share = wanted.mean(0)
    return torch.tensor(np.clip(np.sqrt((1 - share) / share), 1.0, 8.0))
