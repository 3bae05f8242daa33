"""Draws readings from the transformer, token by token; with a time budget, so that it ends on the frame asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tts.autoregressive import kernels
from tts.autoregressive.inputs import BUDGETED, Inputs, budgeted
from tts.autoregressive.network import Network
from tts.autoregressive.tokens import DURATION, SCALES, Scale
from tts.prosody.reading import LONGEST, SHORTEST, Stretch, Take

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# Within a budget no token gets less or more than this share of its plain length while others can take it: what is left
# over would else gather at the end of a stretch.
_LEAST_SHARE, _MOST_SHARE, _MOST_MORE = 0.3, 2.6, 2.0
# The likeliest value is the mean over this many codes around the likeliest code: finer than the codes' steps.
_AROUND = 2
# What a person wouldn't do is not drawn: the least likely codes that together have less than this.
_TAIL = 0.05


@dataclass(frozen=True, eq=False)
class Drawn:
    """N readings of T tokens: what the codes stand for, [N, T] by scale; the mean log likelihood of a token, [N]."""

    values: dict[str, npt.NDArray[np.float64]]
    likelihood: npt.NDArray[np.float64]


def draw(
    network: Network,
    inputs: Inputs,
    takes: Sequence[Take],
    stretches: Sequence[Stretch] | None,
    guidance: float = 1.0,
) -> Drawn:
    """Readings, one for each take.

    stretches: parts of the line with their frames, or None for a free reading.  guidance: over 1, the logits move that
    many times as far from those of a neutral reading (classifier-free guidance, Ho & Salimans 2022).
    """
    count, n = len(inputs.ids), len(takes)
    known = network.known(inputs)[:, None]
    copies = 1
    if guidance != 1.0 and inputs.emotions.any():
        neutral = network.known(replace(inputs, emotions=np.zeros_like(inputs.emotions)))[:, None]
        known, copies = np.concatenate([np.repeat(known, n, 1), np.repeat(neutral, n, 1)], axis=1), 2
    state = network.begin(copies * n, count)
    heat = np.array([t.temperature for t in takes], float)
    likeliest = not heat.all()
    draws = np.stack([_draws(t, count) for t in takes], axis=-1)

    def of_all(values: npt.NDArray) -> npt.NDArray:
        return values if copies == 1 else np.concatenate((values, values))

    every = {name: (np.zeros(n, np.int64), np.full(n, scale.count - 1)) for name, scale in SCALES.items()}
    before = {name: np.full(copies * n, scale.count) for name, scale in SCALES.items()}
    codes = np.empty((len(SCALES), n, count), np.int64)
    chosen = np.empty((len(SCALES), n, count), np.float32)
    values = {name: np.zeros((n, count)) for name in SCALES}
    budgets = _Budgets(inputs, stretches, n)
    rows = np.arange(n)
    for i in range(count):
        x = network.step(state, known[i], of_all(budgets.told(i)), before)
        given: Floats | float = 0.0
        for scale, name in enumerate(SCALES):
            logits = network.inner(name, x, given)
            if copies == 2:
                logits = logits[n:] + np.float32(guidance) * (logits[:n] - logits[n:])
            low, high = budgets.allowed(i) if name == "duration" else every[name]
            chances = np.empty_like(logits)
            code = kernels.choose(logits, low, high, heat, draws[i, scale], _TAIL, chances)
            codes[scale, :, i], chosen[scale, :, i] = code, chances[rows, code]
            if likeliest:
                values[name][:, i] = _between(SCALES[name], chances, code)
            before[name] = of_all(code)
            given = given + network.given(name, before[name])
        codes[0, :, i] = budgets.spend(i, codes[0, :, i])
    for scale, name in enumerate(SCALES):
        drawn = (heat > 0) | (name == "duration")
        values[name] = np.where(drawn[:, None], SCALES[name].values(codes[scale]), values[name])
    return Drawn(values, np.log(np.maximum(chosen, 1e-9)).sum(axis=(0, 2)) / count)


class _Budgets:
    """What N readings have left to spend, pauses asked for not counted."""

    def __init__(self, inputs: Inputs, stretches: Sequence[Stretch] | None, takes: int) -> None:
        self.pauses = _pauses(inputs, stretches or ())
        self._open = inputs.fixed < 0
        self._plain = np.where(self._open, inputs.plain, 0.0)
        self._least = np.where(self._open, inputs.least, 0)
        widest = np.where(self._open, DURATION.count - 1, 0)
        soft = np.maximum(np.floor(_LEAST_SHARE * self._plain).astype(np.int64), self._least)
        most = np.minimum(np.ceil(_MOST_SHARE * self._plain + _MOST_MORE).astype(np.int64), widest)
        self._bounds = ((soft, np.maximum(most, soft)), (self._least, widest))
        self._end = np.full(len(inputs.ids), -1)
        self._begins = {s.first: s.frames - int(self.pauses[s.first : s.end].sum()) for s in stretches or ()}
        for s in stretches or ():
            self._end[s.first : s.end] = s.end
        self._left = np.zeros(takes, np.int64)
        self._free = np.zeros((takes, BUDGETED), np.float32)
        self._any = [(np.full(takes, low), np.full(takes, high)) for low, high in zip(*self._bounds[1], strict=True)]

    def told(self, i: int) -> Floats:
        """`budgeted` before token i, [takes, BUDGETED]."""
        takes, end = len(self._left), self._end[i]
        if i in self._begins:
            self._left = np.full(takes, self._begins[i])
        if end < 0:
            return self._free
        rest, tokens = self._plain[i:end].sum(), self._open[i:end].sum()
        return budgeted(self._left, np.full(takes, rest), np.full(takes, tokens))

    def allowed(self, i: int) -> tuple[Ints, Ints]:
        """The fewest and the most frames token i may get, [takes] each, so that its stretch can end on its frame."""
        end = self._end[i]
        if end < 0:
            return self._any[i]
        for least, most in self._bounds:
            low = np.maximum(least[i], self._left - most[i + 1 : end].sum())
            high = np.minimum(most[i], self._left - least[i + 1 : end].sum())
            if (low <= high).all():
                return low, high
        raise ValueError(f"Tokens {i} to {end} can't last {self._left.min()} frames.")

    def spend(self, i: int, frames: Ints) -> Ints:
        """What token i lasts in the end, [takes]: `frames`, or the pause asked for."""
        if not self._open[i]:
            return np.full(len(self._left), self.pauses[i])
        self._left = self._left - frames
        return frames


def _pauses(inputs: Inputs, stretches: Sequence[Stretch]) -> Ints:
    """Frames of the pauses asked for, 0 elsewhere, [T]: longer or shorter where a stretch could else not be said."""
    pauses = np.maximum(inputs.fixed, 0)
    for s in stretches:
        own = slice(s.first, s.end)
        asked = pauses[own].sum()
        if asked:
            sounds = inputs.fixed[own] < 0
            plain, least = inputs.plain[own][sounds].sum(), inputs.least[own][sounds].sum()
            # Past its reach a stretch leaves the rest to its pauses.
            shortest = max(SHORTEST * plain, least)
            said = np.clip(s.frames - asked, shortest, max(LONGEST * plain, shortest))
            ends = np.floor(np.cumsum(pauses[own]) * max(s.frames - said, 0) / asked)
            # What sounds in a pause, a laugh, needs all of it.
            pauses[own] = np.maximum(np.diff(ends, prepend=0), np.minimum(pauses[own], inputs.least[own]))
    return pauses


def _draws(take: Take, tokens: int) -> npt.NDArray[np.float64]:
    """A take's random numbers from 0 to 1, one for each of a token's decisions, [T, scales]."""
    rng = np.random.default_rng([0 if take.seed >= 0 else 1, abs(take.seed)])
    return rng.random((tokens, len(SCALES)))


def _between(scale: Scale, chances: Floats, codes: Ints) -> npt.NDArray[np.float64]:
    """The mean of the codes around `codes`, as values, [takes]."""
    near = np.abs(np.arange(scale.count) - codes[:, None]) <= _AROUND
    weights = chances * near
    return scale.values((weights * np.arange(scale.count)).sum(axis=-1) / weights.sum(axis=-1))
