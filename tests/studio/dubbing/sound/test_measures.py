"""The meter and the limiter by themselves."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from studio.dubbing.sound.blocks import BLOCK, RATE, windows
from studio.dubbing.sound.layouts import MONO, STEREO, SURROUND_5_1, layout_for
from studio.dubbing.sound.limiter import limited
from studio.dubbing.sound.metering import LoudnessMeter, TruePeakMeter
from studio.errors import InputError


def tone(frequency, decibels, seconds):
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * frequency * np.arange(seconds * RATE) / RATE)).astype("f4")


def measured(layout, sound):
    meter = LoudnessMeter(layout)
    for first in range(0, len(sound), 12_345):
        meter.hear(sound[first : first + 12_345])
    return meter.integrated()


def test_the_signals_of_ebu_tech_3341():
    # Case 1 and 2: 1 kHz in both channels at -23 and -33 dBFS; EBU allows 0.1 LU.
    for level in (-23, -33):
        pair = np.repeat(tone(1000, level, 20)[:, None], 2, axis=1)
        assert measured(STEREO, pair) == pytest.approx(level, abs=0.1)
    # Case 3: what is far softer before and after is gated out.
    parts = [tone(1000, -36, 10), tone(1000, -23, 60), tone(1000, -36, 10)]
    pair = np.repeat(np.concatenate(parts)[:, None], 2, axis=1)
    assert measured(STEREO, pair) == pytest.approx(-23, abs=0.1)
    # Case 6: 5.1 with the surrounds at -30, the centre at -24, left and right at -28 dBFS.
    levels = (-28, -28, -24, None, -30, -30)
    surround = np.stack([np.zeros(20 * RATE, "f4") if x is None else tone(1000, x, 20) for x in levels], axis=1)
    assert measured(SURROUND_5_1, surround) == pytest.approx(-23, abs=0.1)


def test_silence_has_no_loudness():
    assert measured(MONO, np.zeros((RATE, 1), "f4")) == -np.inf
    assert measured(MONO, np.zeros((0, 1), "f4")) == -np.inf


def test_peaks_between_samples_are_held_too():
    # A quarter of the rate, half way between samples: they reach 0.707 of the wave.
    wave = np.sin(2 * np.pi * (RATE / 4) * np.arange(RATE) / RATE + np.pi / 4).astype("f4")[:, None]
    assert np.abs(wave).max() == pytest.approx(0.707, abs=0.001)
    held = np.concatenate(list(limited([wave], 1.0, -1.0)))
    peak = np.abs(resample_poly(held[2000:-2000], 16, 1, axis=0)).max()
    assert 10 ** (-1.5 / 20) < peak <= 10 ** (-1.0 / 20)


def test_the_highest_peak_is_found_between_samples_and_between_blocks():
    sound = np.random.default_rng(1).standard_normal((3 * RATE, 2)).astype("f4") * 0.01
    at = np.arange(-40, 40)
    # A pulse of half the band, its top half way between two samples.
    pulse = (0.8 * np.sinc((at + 0.5) / 2) * np.hanning(80)).astype("f4")
    sound[RATE - 40 : RATE + 40, 1] += pulse
    wanted = 20 * np.log10(np.abs(resample_poly(sound, 4, 1, axis=0)).max())
    assert wanted > 20 * np.log10(np.abs(sound).max()) + 0.5
    for cut in (RATE - 3, RATE, RATE + 5, RATE + 4790, 10):
        meter = TruePeakMeter(2)
        for block in (sound[:cut], sound[cut : cut + 7], sound[cut + 7 :]):
            meter.hear(block)
        assert meter.dbtp == pytest.approx(wanted, abs=0.01)
    assert TruePeakMeter(1).dbtp == -np.inf


def test_what_is_under_the_ceiling_is_left_alone():
    sound = np.random.default_rng(0).uniform(-0.4, 0.4, (BLOCK + 777, 2)).astype("f4")
    out = np.concatenate(list(limited([sound[:BLOCK], sound[BLOCK:]], 1.0, -1.0)))
    np.testing.assert_array_equal(out, sound)


def test_windows_hold_what_is_around_each_block():
    sound = np.arange(25, dtype="f4")[:, None] + 1
    found = list(windows([sound[:10], sound[10:20], sound[20:]], 6))
    padded = np.concatenate([np.zeros((6, 1)), sound, np.zeros((6, 1))])
    assert [w.first for w in found] == [0, 10, 20]
    for window, end in zip(found, (10, 20, 25), strict=True):
        np.testing.assert_array_equal(window.sound, padded[window.first : end + 12])
        np.testing.assert_array_equal(window.block, sound[window.first : end])


def test_layouts_take_every_count_of_channels():
    assert [layout_for(n).name for n in (0, 1, 2, 3, 6, 7, 8)] == [
        *("stereo", "mono", "stereo", "5.1", "5.1", "7.1", "7.1")
    ]
    with pytest.raises(InputError, match="16 channels"):
        layout_for(16)
