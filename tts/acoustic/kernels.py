"""What the generator does between its products, compiled: each pass reads and writes its values once.

Arrays are steps by channels, so that the inner loop runs over channels, which all have a place in a vector register.
All work on rows [start, end), for threads to share, and release the interpreter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Adding and subtracting 1.5 * 2**23 rounds a float32 to the nearest whole number (half to even).
_ROUND = np.float32(12582912.0)
# sin(pi r) for r in [-0.5, 0.5] as an odd polynomial, least squares at 2001 Chebyshev nodes: 3e-9 off before
# float32 rounds it.
_S1, _S3, _S5, _S7, _S9 = (np.float32(c) for c in (3.1415926, -5.1677069, 2.5500312, -0.5980442, 0.0772184))
# Sums in float32 over this many rows lose nothing that shows in eight bits; they are gathered in float64.
_SUMMED = 64

_compiled = compiled(fastmath={"nnan", "nsz", "contract"})


@_compiled
def sums(x: Floats, start: int, end: int, total: Doubles) -> None:
    """Adds each channel's sum and sum of squares to total [2, C]."""
    channels = x.shape[1]
    one, two = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    for first in range(start, end, _SUMMED):
        one[:] = 0.0
        two[:] = 0.0
        for t in range(first, min(first + _SUMMED, end)):
            for c in range(channels):
                one[c] += x[t, c]
                two[c] += x[t, c] * x[t, c]
        for c in range(channels):
            total[0, c] += one[c]
            total[1, c] += two[c]


@_compiled
def activate(
    x: Floats, gain: Floats, offset: Floats, alpha: Floats, start: int, end: int, out: Floats, bounds: Floats
) -> None:
    """out = v + sin(alpha v)^2 / alpha, where v = gain x + offset; bounds [2, C] widen to its least and greatest."""
    channels = x.shape[1]
    turns, inverse = alpha / np.float32(np.pi), np.float32(1.0) / alpha
    low, high = bounds[0], bounds[1]
    for t in range(start, end):
        for c in range(channels):
            v = gain[c] * x[t, c] + offset[c]
            turn = v * turns[c]
            r = turn - ((turn + _ROUND) - _ROUND)
            s = r * r
            sine = r * (_S1 + s * (_S3 + s * (_S5 + s * (_S7 + s * _S9))))
            y = v + sine * sine * inverse[c]
            out[t, c] = y
            low[c] = y if y < low[c] else low[c]
            high[c] = y if y > high[c] else high[c]


@_compiled
def windows(
    x: Floats,
    per_unit: np.float32,
    zero: int,
    step: int,
    before: int,
    start: int,
    end: int,
    quantised: Bytes,
    out: Bytes,
) -> None:
    """Rows `start` to `end` of the taps side by side, in bytes: out [end - start, K * C].

    A byte is round(x * per_unit) + zero; rows outside of x are `zero`. quantised: room for the rows the taps reach.
    """
    rows, channels = x.shape
    taps = out.shape[1] // channels
    reach = end - start + step * (taps - 1)
    shift = np.float32(zero)
    for i in range(reach):
        t = start - before + i
        if t < 0 or t >= rows:
            quantised[i] = zero
        else:
            for c in range(channels):
                q = ((x[t, c] * per_unit + _ROUND) - _ROUND) + shift
                q = q if q > np.float32(0.0) else np.float32(0.0)
                q = q if q < np.float32(255.0) else np.float32(255.0)
                quantised[i, c] = np.uint8(np.int32(q))
    for i in range(end - start):
        for k in range(taps):
            for c in range(channels):
                out[i, k * channels + c] = quantised[i + k * step, c]


@_compiled
def add(x: Floats, more: Floats, start: int) -> None:
    """x[start:] += more, in place."""
    for t in range(more.shape[0]):
        for c in range(more.shape[1]):
            x[start + t, c] += more[t, c]
