"""How well lips are heard: closures found, the jaw's course and lag, and stillness, on takes with timelines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, resample_poly, sosfiltfilt

from studio.performance import arkit_index
from talking_head.listening.closures import Closure
from talking_head.listening.hearing import RATE, Heard, hear
from talking_head.listening.network import Network
from talking_head.listening.training import takes
from talking_head.listening.training.augmentation import mixed, noise
from talking_head.listening.training.takes import Take
from talking_head.listening.training.targets import CONTACT, VOICE, targets

Floats = npt.NDArray[np.float32]
Change = Callable[[Floats, np.random.Generator], tuple[Floats, int]]

# Seconds between the middles of a closure and of the one heard for it.
WITHIN = 0.06
# Frames either way that a lag is looked for.
_LAGS = 20


@dataclass(frozen=True)
class Figures:
    """Over takes: shares of closures found and of those heard that are any; correlation and lag (s; > 0: heard late) of
    the jaw; correlation of the aperture (jaw and lips without contact); share of frames in which voice is told right;
    travel of the jaw in a second of pause."""

    closures: int
    found: float
    right: float
    jaw: float
    lag: float
    aperture: float
    voice: float
    pause: float

    def __str__(self) -> str:
        return (
            f"{self.closures} closures, found {100 * self.found:.1f} %, right {100 * self.right:.1f} %; jaw r "
            f"{self.jaw:.3f}, lag {1000 * self.lag:+.0f} ms; aperture r {self.aperture:.3f}; voice "
            f"{100 * self.voice:.1f} %; travel in pauses {self.pause:.3f}/s"
        )


def figures(chosen: Sequence[Take], network: Network, change: Change | None = None, seed: int = 0) -> Figures:
    """Of takes as they are, or of what `change` makes of their samples: (samples, rate)."""
    rng = np.random.default_rng(seed)
    counts = np.zeros(3)
    heard_jaw, asked_jaw, heard_open, asked_open, voices, travel = [], [], [], [], [], []
    for take in chosen:
        samples, rate = change(take.samples, rng) if change else (take.samples, takes.RATE)
        heard, asked = hear(samples, rate, network), targets(take)
        n = min(len(asked), len(heard.voice))
        wanted = reference_closures(asked[:, CONTACT])
        counts += len(wanted), matched(wanted, heard.closures), len(heard.closures)
        gap = np.zeros((_LAGS, 1), np.float32)
        heard_jaw += [heard.pose[:n, arkit_index("jawOpen")][:, None], gap]
        asked_jaw += [asked[:n, :1], gap]
        heard_open += [aperture(heard)[:n]]
        asked_open += [(asked[:n, 0] + 0.5 * asked[:n, 1]) * (1.0 - asked[:n, CONTACT])]
        voices += [(heard.voice[:n] == 1.0) == (asked[:n, VOICE] > 0.5)]
        quiet = asked[1:n, VOICE] == 0.0
        travel += [np.abs(np.diff(heard.pose[:n, arkit_index("jawOpen")]))[quiet]]
    jaw, lag = _lagged(np.concatenate(asked_jaw)[:, 0], np.concatenate(heard_jaw)[:, 0])
    opening = float(np.corrcoef(np.concatenate(heard_open), np.concatenate(asked_open))[0, 1])
    total, hits, given = counts
    still = np.concatenate(travel)
    return Figures(
        int(total),
        hits / max(total, 1),
        hits / max(given, 1),
        jaw,
        lag,
        opening,
        float(np.concatenate(voices).mean()),
        float(still.mean() * RATE) if len(still) else 0.0,
    )


def reference_closures(touching: Floats) -> list[Closure]:
    """Those of a timeline; touching: [N], 1 while the lips touch. Two in touch are one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (touching > 0.5).astype(np.int8), [0])))).reshape(-1, 2)
    found: list[Closure] = []
    for first, end in edges.tolist():
        if found and first / RATE - found[-1].end < 0.04:
            first = round(found.pop().start * RATE)
        found.append(Closure(first / RATE, end / RATE))
    return found


def matched(wanted: Sequence[Closure], heard: Sequence[Closure]) -> int:
    """How many of those wanted have one heard of their own WITHIN of them, middle to middle."""
    free = [(c.start + c.end) / 2 for c in heard]
    hits = 0
    for c in wanted:
        near = min(free, key=lambda m: abs(m - (c.start + c.end) / 2), default=np.inf)
        if abs(near - (c.start + c.end) / 2) <= WITHIN:
            free.remove(near)
            hits += 1
    return hits


def aperture(heard: Heard) -> Floats:
    """How far the mouth is open, [N]: jaw and half the lower lip, nothing where lips touch."""
    opened = heard.pose[:, arkit_index("jawOpen")] + 0.5 * heard.pose[:, arkit_index("mouthLowerDownLeft")]
    return np.asarray(opened * (1.0 - heard.contact), np.float32)


def noisy(samples: Floats, rng: np.random.Generator) -> tuple[Floats, int]:
    """Coloured noise 10 dB under it."""
    return mixed(samples, noise(len(samples), rng), 10.0), takes.RATE


def in_a_room(samples: Floats, rng: np.random.Generator) -> tuple[Floats, int]:
    """Half a second of reverberation as loud as the direct sound less 3 dB."""
    t = np.arange(takes.RATE // 2) / takes.RATE
    tail = rng.standard_normal(len(t)) * 10 ** (-6 * t)
    tail[: takes.RATE // 200] = 0.0
    tail *= 10 ** (-3 / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return fftconvolve(samples, tail)[: len(samples)].astype(np.float32), takes.RATE


def by_telephone(samples: Floats, rng: np.random.Generator) -> tuple[Floats, int]:
    """300 to 3400 Hz at 8 kHz, by the mu law."""
    narrow = sosfiltfilt(butter(4, (300, 3400), "band", fs=takes.RATE, output="sos"), samples)
    x = resample_poly(narrow, 1, 2)
    x /= np.abs(x).max() + 1e-9
    bent = np.rint(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return (np.sign(bent) * np.expm1(np.abs(bent) * np.log(256)) / 255).astype(np.float32), takes.RATE // 2


CHANGES: dict[str, Change | None] = {"clean": None, "noise 10 dB": noisy, "room": in_a_room, "telephone": by_telephone}


def _lagged(asked: Floats, heard: Floats) -> tuple[float, float]:
    """Correlation without a lag, and the lag at which it is highest (a parabola through the highest three)."""
    rs = np.array([np.corrcoef(asked, np.roll(heard, -k))[0, 1] for k in range(-_LAGS, _LAGS + 1)])
    best = int(np.clip(rs.argmax(), 1, 2 * _LAGS - 1))
    a, b, c = rs[best - 1 : best + 2]
    return float(rs[_LAGS]), float(best - _LAGS + 0.5 * (a - c) / (a - 2 * b + c)) / RATE
