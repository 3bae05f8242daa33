"""From noise to motion in a few steps, over windows that overlap.

Ho, Jain & Abbeel 2020 (diffusion), Nichol & Dhariwal 2021 (the cosine schedule), Song, Meng & Ermon 2021 (DDIM),
Bar-Tal et al. 2023 (MultiDiffusion: what overlapping windows say of a step is averaged before the next).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from talking_head.motion.living.channels import CHANNELS, RATE

Floats = npt.NDArray[np.float32]

# A network's guess of the clean motion: (noisy [N, C], noise level, conditions [N, K]) -> [N, C].
Denoiser = Callable[[Floats, float, Floats], Floats]

STEPS = 12
# Seconds of a window, and by how much the next one overlaps it.
WINDOW, OVERLAP = 12.0, 6.0
# The least signal at the highest noise level: the schedule starts from noise and nothing else.
NOISIEST = 0.999


def signal_and_noise(level: float) -> tuple[float, float]:
    """Shares of motion and noise at a level in 0..1; their squares add up to 1."""
    angle = level * NOISIEST * np.pi / 2
    return float(np.cos(angle)), float(np.sin(angle))


def sample(denoise: Denoiser, conditions: Floats, seed: int) -> Floats:
    """A motion [N, CHANNELS] for `conditions` [N, K]: the same for the same seed."""
    noise = np.random.default_rng([int(seed) & (2**64 - 1), 0x11FE])
    # Drawn step after step, so that a longer line begins as a shorter one does.
    x = noise.standard_normal((len(conditions), len(CHANNELS)), np.float32)
    levels = np.linspace(1.0, 0.0, STEPS + 1)
    for level, after in pairwise(levels):
        clean = _by_windows(denoise, x, float(level), conditions)
        signal, noisiness = signal_and_noise(float(level))
        rest = (x - signal * clean) / noisiness
        signal, noisiness = signal_and_noise(float(after))
        x = (signal * clean + noisiness * rest).astype(np.float32)
    return x


def _by_windows(denoise: Denoiser, x: Floats, level: float, conditions: Floats) -> Floats:
    """The clean motion as all windows see it, each counting less towards its edges, where it sees less."""
    window, hop = round(WINDOW * RATE), round((WINDOW - OVERLAP) * RATE)
    if len(x) <= window:
        return denoise(x, level, conditions)
    total, weights = np.zeros_like(x), np.zeros((len(x), 1), np.float32)
    ramp = np.minimum(np.arange(window) + 1, window - np.arange(window))
    inside = np.minimum(ramp / (OVERLAP * RATE), 1.0).astype(np.float32)[:, None]
    for first in [*range(0, len(x) - window, hop), len(x) - window]:
        here = slice(first, first + window)
        weight = inside.copy()
        # Nothing lies before the first window or after the last.
        if first == 0:
            weight[: window // 2] = 1.0
        if first == len(x) - window:
            weight[window // 2 :] = 1.0
        total[here] += weight * denoise(x[here], level, conditions[here])
        weights[here] += weight
    return total / weights
