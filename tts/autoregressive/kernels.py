"""The transformer's arithmetic for a few takes at once, compiled: a step is a hundred small products, which cost less
than to call numpy for them.

Matrices are [in, out]. All vectors of takes are [takes, ...], float32.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EPSILON = np.float32(1e-5)
# Of GELU's tanh form: the square root of 2 / pi, and Hendrycks & Gimpel's cubic.
_GELU, _CUBIC = np.float32(0.7978845608), np.float32(0.044715)
# tanh(x) for x in [-8, 8], beyond which it is 1, as x P(x^2) / Q(x^2), least squares at 4001 Chebyshev nodes: 6e-9 off
# before float32 rounds it (to 3e-7). Unlike the library's it has a vector's worth of values at a time.
_P0, _P2, _P4, _P6, _P8 = (np.float32(c) for c in (0.99999998, 0.13441181, 0.0035676836, 2.1830732e-05, 1.5141408e-08))
_Q2, _Q4, _Q6, _Q8 = (np.float32(c) for c in (0.46774504, 0.026149491, 0.00034049187, 8.4861894e-07))
_ONE, _HALF, _END = np.float32(1.0), np.float32(0.5), np.float32(8.0)

_compiled = compiled(fastmath={"nsz", "contract", "reassoc"})


@_compiled
def linear(x: Floats, weight: Floats, bias: Floats, out: Floats) -> None:
    """out = x @ weight + bias. The inputs' number is a multiple of four: so many rows of the weights at a time, each
    read once for all takes."""
    takes, inputs = x.shape
    outputs = weight.shape[1]
    for n in range(takes):
        for c in range(outputs):
            out[n, c] = bias[c]
    for i in range(0, inputs, 4):
        for n in range(takes):
            a, b, c, d = x[n, i], x[n, i + 1], x[n, i + 2], x[n, i + 3]
            for o in range(outputs):
                out[n, o] += a * weight[i, o] + b * weight[i + 1, o] + c * weight[i + 2, o] + d * weight[i + 3, o]


@_compiled
def normed(x: Floats, weight: Floats, bias: Floats, out: Floats) -> None:
    """Layer normalisation."""
    takes, width = x.shape
    for n in range(takes):
        mean, square = np.float32(0.0), np.float32(0.0)
        for c in range(width):
            mean += x[n, c]
        mean /= np.float32(width)
        for c in range(width):
            square += (x[n, c] - mean) * (x[n, c] - mean)
        scale = np.float32(1.0) / np.sqrt(square / np.float32(width) + _EPSILON)
        for c in range(width):
            out[n, c] = (x[n, c] - mean) * scale * weight[c] + bias[c]


@_compiled
def add(x: Floats, more: Floats) -> None:
    """x += more, in place."""
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            x[n, c] += more[n, c]


@_compiled
def gelu(x: Floats) -> None:
    """GELU's tanh form, in place."""
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            v = x[n, c]
            u = _GELU * (v + _CUBIC * v * v * v)
            u = u if u < _END else _END
            u = u if u > -_END else -_END
            s = u * u
            above = u * (_P0 + s * (_P2 + s * (_P4 + s * (_P6 + s * _P8))))
            below = _ONE + s * (_Q2 + s * (_Q4 + s * (_Q6 + s * _Q8)))
            x[n, c] = _HALF * v * (_ONE + above / below)


@_compiled
def attended(qkv: Floats, keys: Floats, values: Floats, at: int, out: Floats) -> None:
    """Position `at` attends to itself and those before. qkv: [takes, 3 * width]; keys, values: [takes, heads, T, D],
    which get its own."""
    takes, heads, _, size = keys.shape
    width = heads * size
    scale = np.float32(1.0 / math.sqrt(size))
    weights = np.empty(at + 1, np.float32)
    for n in range(takes):
        for h in range(heads):
            first = h * size
            for c in range(size):
                keys[n, h, at, c] = qkv[n, width + first + c]
                values[n, h, at, c] = qkv[n, 2 * width + first + c]
                out[n, first + c] = 0.0
            most = np.float32(-np.inf)
            for t in range(at + 1):
                score = np.float32(0.0)
                for c in range(size):
                    score += qkv[n, first + c] * keys[n, h, t, c]
                weights[t] = score * scale
                most = max(most, weights[t])
            total = np.float32(0.0)
            for t in range(at + 1):
                weights[t] = math.exp(weights[t] - most)
                total += weights[t]
            for t in range(at + 1):
                share = weights[t] / total
                for c in range(size):
                    out[n, first + c] += share * values[n, h, t, c]


@_compiled
def choose(logits: Floats, low: Ints, high: Ints, heat: Doubles, draws: Doubles, tail: float, chances: Floats) -> Ints:
    """A code from `low` to `high` for each take, [takes]: the likeliest at heat 0; else one drawn by draws [takes],
    each from 0 to 1, of all but the least likely that together have less than `tail`.

    chances: [takes, codes], filled with the probabilities of all.
    """
    takes, codes = logits.shape
    chosen = np.empty(takes, np.int64)
    left = np.empty(codes, np.float32)
    order = np.empty(codes, np.int64)
    summed = np.empty(codes, np.float64)
    for n in range(takes):
        most, total = np.float32(-np.inf), np.float32(0.0)
        for c in range(low[n], high[n] + 1):
            most = max(most, logits[n, c])
        for c in range(codes):
            inside = low[n] <= c <= high[n]
            chances[n, c] = math.exp(logits[n, c] - most) if inside else np.float32(0.0)
            total += chances[n, c]
        for c in range(codes):
            chances[n, c] /= total
            left[c] = chances[n, c]
        # The likeliest first, until what is left over is the tail.
        kept, seen, weight = 0, np.float32(0.0), 0.0
        while kept < codes and seen < np.float32(1.0 - tail):
            best = 0
            for c in range(1, codes):
                best = c if left[c] > left[best] else best
            order[kept] = best
            seen += left[best]
            weight += chances[n, best] ** (1.0 / heat[n]) if heat[n] > 0 else 1.0
            summed[kept] = weight
            left[best] = np.float32(-1.0)
            kept += 1
            if heat[n] <= 0:
                break
        wanted = draws[n] * weight if heat[n] > 0 else 0.0
        place = 0
        while place < kept - 1 and summed[place] < wanted:
            place += 1
        chosen[n] = order[place]
    return chosen


@_compiled
def block(
    x: Floats,
    keys: Floats,
    values: Floats,
    at: int,
    norm1: Floats,
    norm1_bias: Floats,
    qkv: Floats,
    qkv_bias: Floats,
    back: Floats,
    back_bias: Floats,
    norm2: Floats,
    norm2_bias: Floats,
    up: Floats,
    up_bias: Floats,
    down: Floats,
    down_bias: Floats,
) -> None:
    """A layer of the transformer at position `at`, x [takes, width] in place: attention, then a step by itself."""
    takes, width = x.shape
    near, change = np.empty((takes, width), np.float32), np.empty((takes, width), np.float32)
    three, wide = np.empty((takes, 3 * width), np.float32), np.empty((takes, up.shape[1]), np.float32)
    normed(x, norm1, norm1_bias, near)
    linear(near, qkv, qkv_bias, three)
    attended(three, keys, values, at, near)
    linear(near, back, back_bias, change)
    add(x, change)
    normed(x, norm2, norm2_bias, near)
    linear(near, up, up_bias, wide)
    gelu(wide)
    linear(wide, down, down_bias, change)
    add(x, change)


@_compiled
def head(x: Floats, inner: Floats, inner_bias: Floats, given: Floats, out: Floats, out_bias: Floats) -> Floats:
    """Logits of one scale, [takes, codes]. given: [takes, head width], added before the bend."""
    takes = len(x)
    bent, logits = np.empty((takes, inner.shape[1]), np.float32), np.empty((takes, out.shape[1]), np.float32)
    linear(x, inner, inner_bias, bent)
    add(bent, given)
    gelu(bent)
    linear(bent, out, out_bias, logits)
    return logits
