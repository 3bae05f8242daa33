"""What befalls a recording: rooms, microphones, telephones, codecs, noise and music. Nothing here moves it in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, sosfiltfilt

from talking_head.listening.mel import RATE

Floats = npt.NDArray[np.float32]
Random = np.random.Generator


def recorded(samples: Floats, rng: Random) -> Floats:
    """The sound [T] as some device recorded it somewhere, [T]; a third of all is left nearly as it is."""
    x = np.asarray(samples, np.float32)
    if rng.random() < 0.3:
        return mixed(x, noise(len(x), rng), rng.uniform(25.0, 50.0))
    steps: list[tuple[float, Callable[[Floats, Random], Floats]]] = [
        (0.5, _room),
        (0.6, _equalised),
        (0.3, _with_music),
        (0.7, lambda y, r: mixed(y, noise(len(y), r), r.uniform(5.0, 30.0))),
        (0.4, _narrowed),
        (0.15, _clipped),
        (0.25, _coarse),
        (0.25, _coded),
    ]
    for share, step in steps:
        if rng.random() < share:
            x = step(x, rng)
    return x


def hidden(bands: Floats, rng: Random) -> Floats:
    """Mel bands [N, B] in another timbre, some bands and some short times hidden (Park et al. 2019, "SpecAugment")."""
    count, width = bands.shape
    timbre = np.interp(np.linspace(0, 5, width), np.arange(6), rng.normal(0.0, 0.08, 6)) + rng.normal(0.0, 0.05)
    x = bands + timbre.astype(np.float32)
    mean = float(x.mean())
    for _ in range(int(rng.integers(0, 3))):
        first, wide = int(rng.integers(width)), int(rng.integers(1, 8))
        x[:, first : first + wide] = mean
    for _ in range(int(rng.integers(0, 4))):
        first, long = int(rng.integers(count)), int(rng.integers(1, 8))
        x[first : first + long] = mean
    return np.clip(x + rng.normal(0.0, 0.02, x.shape).astype(np.float32), -1.0, 1.5)


def mixed(speech: Floats, other: Floats, snr: float) -> Floats:
    """Speech and something so many dB under its mean power."""
    power = float((speech**2).mean()) / max(float((other**2).mean()), 1e-12)
    return np.asarray(speech + other * np.sqrt(power) * 10 ** (-snr / 20), np.float32)


def noise(count: int, rng: Random) -> Floats:
    """Hiss to rumble, steady or swelling, sometimes with a hum: [count], of power about 1."""
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    tilt = np.maximum(hertz, 30.0) ** -rng.uniform(-0.2, 1.2)
    x = np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * tilt, count)
    x /= np.sqrt((x**2).mean()) + 1e-12
    if rng.random() < 0.4:
        x *= np.exp(_wander(count, rng.uniform(0.5, 6.0), rng) * rng.uniform(0.2, 0.8))
    if rng.random() < 0.2:
        t = np.arange(count) / RATE
        x += rng.uniform(0.3, 1.5) * np.sin(2 * np.pi * rng.choice((50.0, 60.0, 100.0, 120.0)) * t)
    return np.asarray(x, np.float32)


def music(count: int, rng: Random) -> Floats:
    """Chords, a tune and a beat, [count], of power about 1."""
    t = np.arange(count) / RATE
    x = np.zeros(count)
    beat = rng.uniform(0.25, 0.6)
    scale = 110.0 * 2 ** (rng.integers(0, 12) / 12) * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    harmonics = rng.integers(2, 9)
    slope = rng.uniform(0.6, 2.0)
    for start in np.arange(-rng.uniform(0, beat), count / RATE, beat):
        since = t - start
        on = slice(*np.searchsorted(since, (0.0, 3 * beat)))
        here = since[on]
        for pitch in rng.choice(scale, rng.integers(1, 4)) * rng.choice((0.5, 1.0, 2.0)):
            tone = sum(h**-slope * np.sin(2 * np.pi * pitch * h * here) for h in range(1, harmonics))
            x[on] += tone * np.minimum(here / 0.01, 1.0) * np.exp(-here / beat)
        if rng.random() < 0.6:
            x[on] += rng.uniform(0.3, 2.0) * rng.standard_normal(len(here)) * np.exp(-here / rng.uniform(0.01, 0.06))
    return np.asarray(x / (np.sqrt((x**2).mean()) + 1e-12), np.float32)


@cache
def _record() -> Floats:
    """Music to take pieces of: it costs more to make than everything else here."""
    rng = np.random.default_rng(0)
    return np.concatenate([music(8 * RATE, rng) for _ in range(16)])


def piece_of_music(count: int, rng: Random) -> Floats:
    """[count], at most 60 s."""
    start = int(rng.integers(len(_record()) - count))
    return _record()[start : start + count]


def _with_music(x: Floats, rng: Random) -> Floats:
    return mixed(x, piece_of_music(len(x), rng), rng.uniform(3.0, 25.0))


def _room(x: Floats, rng: Random) -> Floats:
    """Decaying noise after the direct sound, which stays where it is; highs decay sooner."""
    t60 = rng.uniform(0.1, 0.8)
    t = np.arange(int(t60 * RATE)) / RATE
    tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / t60)
    dull = rng.uniform(0.0, 0.9)
    tail[1:] += dull * tail[:-1]
    tail[: int(rng.uniform(0.001, 0.01) * RATE)] = 0.0
    response = tail * 10 ** (-rng.uniform(0.0, 15.0) / 20) / (np.sqrt((tail**2).sum()) + 1e-9)
    response[0] += 1.0
    return np.asarray(fftconvolve(x, response)[: len(x)], np.float32)


def _equalised(x: Floats, rng: Random) -> Floats:
    """Up to 8 dB either way, smooth over octaves."""
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(x), 1 / RATE), 40.0) / 40.0)
    gains = np.interp(octaves, np.linspace(0, 7.7, 7), rng.uniform(-8.0, 8.0, 7))
    return np.asarray(np.fft.irfft(np.fft.rfft(x) * 10 ** (gains / 20), len(x)), np.float32)


def _narrowed(x: Floats, rng: Random) -> Floats:
    """A telephone's band or a small speaker's."""
    low, high = (300.0, 3400.0) if rng.random() < 0.5 else (rng.uniform(60.0, 400.0), rng.uniform(2500.0, 7500.0))
    return np.asarray(sosfiltfilt(butter(3, (low, high), "band", fs=RATE, output="sos"), x), np.float32)


def _clipped(x: Floats, rng: Random) -> Floats:
    """Too loud for the microphone."""
    most = float(np.abs(x).max()) + 1e-9
    drive = rng.uniform(1.5, 6.0)
    return np.asarray(np.tanh(x / most * drive) * most, np.float32)


def _coarse(x: Floats, rng: Random) -> Floats:
    """Eight bits, straight or by the mu law (ITU-T G.711)."""
    most = float(np.abs(x).max()) / rng.uniform(0.3, 1.0) + 1e-9
    y = x / most
    if rng.random() < 0.5:
        return np.asarray(np.rint(y * 127) / 127 * most, np.float32)
    bent = np.rint(np.sign(y) * np.log1p(255 * np.abs(y)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(bent) * np.expm1(np.abs(bent) * np.log(256)) / 255 * most, np.float32)


def _coded(x: Floats, rng: Random) -> Floats:
    """As a codec at few bits does: in each frame what lies far under its loudest neighbours is dropped, the rest is
    rounded."""
    size = 512
    padded = np.pad(x, (size, 2 * size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size).astype(np.float32)
    spectrum = np.fft.rfft(frames * window)
    size_of = np.abs(spectrum)
    around = np.asarray(_smoothed(size_of))
    kept = size_of > around * 10 ** (-rng.uniform(0.0, 12.0) / 20)
    step = around * rng.uniform(0.05, 0.5) + 1e-9
    rounded = np.rint(spectrum.real / step) * step + 1j * np.rint(spectrum.imag / step) * step
    coded = np.fft.irfft(np.where(kept, rounded, 0.0), size) * window
    out = np.zeros(len(padded) + size)
    for half in (0, 1):
        part = coded[half::2].reshape(-1)
        out[half * size // 2 :][: len(part)] += part
    return np.asarray(out[size:][: len(x)], np.float32)


def _smoothed(levels: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    total = np.cumsum(np.pad(levels, ((0, 0), (9, 8))), axis=1)
    return (total[:, 17:] - total[:, :-17]) / 17.0 if levels.shape[1] > 1 else levels


def _wander(count: int, hertz: float, rng: Random) -> Floats:
    """A smooth course about 0 of spread 1 that turns some `hertz` times a second."""
    points = rng.standard_normal(max(int(count / RATE * hertz), 2) + 2)
    return np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points).astype(np.float32)
