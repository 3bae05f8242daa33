"""Lips heard from recordings of people: they close where m, b and p are said, rest in silence, and are the same over a
telephone, in noise and at any level. The speakers are none that the network learned from."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy.signal import butter, resample_poly, sosfiltfilt

from studio.errors import InputError
from studio.performance import arkit_index
from talking_head.listening import RATE, Heard, hear

FIXTURES = Path(__file__).parents[1] / "fixtures"
JAW, PUCKER = arkit_index("jawOpen"), arkit_index("mouthPucker")

Floats = npt.NDArray[np.float32]


def recording(name: str) -> tuple[Floats, int]:
    return soundfile.read(FIXTURES / name, dtype="float32")


@pytest.fixture(scope="module")
def read_aloud() -> tuple[Floats, int]:
    """A man reading English."""
    return recording("people/2033_a.flac")


@pytest.fixture(scope="module")
def heard(read_aloud: tuple[Floats, int]) -> Heard:
    return hear(*read_aloud)


def opened(heard: Heard) -> Floats:
    """How far the lips are apart."""
    return heard.pose[:, JAW] * (1.0 - heard.contact)


def alike(a: Heard, b: Heard) -> float:
    n = min(len(a.voice), len(b.voice))
    return float(np.corrcoef(opened(a)[:n], opened(b)[:n])[0, 1])


def labelled(name: str) -> list[tuple[float, float]]:
    """Where a recording of EMO-DB has the lips closed, by hand: from the start of a p, b or m to its burst or end."""
    lines = (FIXTURES / f"emodb/labels/{name}xx.lablaut").read_text("latin-1").split("#", 1)[1].splitlines()
    marks = [(float(fields[0]), fields[2]) for line in lines if len(fields := line.split()) > 2]
    closed: list[tuple[float, float]] = []
    for (start, symbol), (end, _) in pairwise(marks):
        if symbol in ("p", "b", "m"):
            closed.append((start, end))
    return closed


def test_lips_close_where_p_b_and_m_are_said() -> None:
    found: list[bool] = []
    heard_in_all = 0
    for name in ("03a01Nc", "03a01Fa", "03a01Wa"):
        heard = hear(*recording(f"emodb/wav/{name}.flac"))
        closed = heard.times[heard.contact == 1.0]
        for start, end in labelled(name):
            # Viewers notice sound that is 45 ms early (ITU-R BT.1359); 60 ms is what is asked of this network.
            found.append(bool(np.abs(closed - (start + end) / 2).min() <= 0.06 + (end - start) / 2))
        heard_in_all += len(heard.closures)
        assert (heard.contact == 1.0).mean() < 0.35
    # Of 309 by this speaker and another 96 % are found, and 79 % of those heard are any (checkpoints/lips.md).
    assert len(found) >= 9 and np.mean(found) >= 0.9
    assert heard_in_all <= 1.4 * len(found)


def test_lips_open_in_vowels_and_round_in_round_ones() -> None:
    heard = hear(*recording("emodb/wav/03a01Nc.flac"))
    # "Der Lappen liegt auf": by hand the a of Lappen lasts from .220 to .286 s, the i of liegt from .503 to .555.
    a, i = (
        heard.pose[(heard.times > start) & (heard.times < end)].mean(axis=0)
        for start, end in ((0.22, 0.286), (0.503, 0.555))
    )
    assert a[JAW] > 0.2
    assert a[JAW] > 1.5 * i[JAW]


def test_both_sides_of_the_mouth_do_the_same_within_reach_of_the_coefficients(heard: Heard) -> None:
    assert heard.pose.shape == (len(heard.voice), 52)
    assert heard.pose.dtype == heard.contact.dtype == heard.voice.dtype == np.float32
    assert heard.pose.min() >= 0.0 and heard.pose.max() <= 1.0
    left, right = arkit_index("mouthLowerDownLeft"), arkit_index("mouthLowerDownRight")
    assert heard.pose[:, left].max() > 0.1
    assert np.array_equal(heard.pose[:, left], heard.pose[:, right])


@pytest.mark.parametrize("kind", ["silence", "hiss", "hum"])
def test_a_sound_without_speech_leaves_the_mouth_closed_and_still(kind: str, heard: Heard) -> None:
    assert heard.voice.max() == 1.0 and heard.pose[:, JAW].max() > 0.2
    t = np.arange(4 * 16_000) / 16_000
    rng = np.random.default_rng(0)
    sound = {
        "silence": np.zeros(len(t)),
        "hiss": 0.05 * rng.standard_normal(len(t)),
        "hum": 0.1 * np.sin(2 * np.pi * 100 * t) + 0.002 * rng.standard_normal(len(t)),
    }[kind]
    heard = hear(sound.astype(np.float32), 16_000)
    assert len(heard.voice) == 4 * RATE
    assert not heard.closures
    # A hundredth of the jaw's way is not seen.
    assert heard.pose.max() < 0.01
    assert heard.voice.max() < 0.5


def test_the_mouth_rests_in_a_pause_and_is_back_in_time(read_aloud: tuple[Floats, int], heard: Heard) -> None:
    samples, rate = read_aloud
    pause = (0.0005 * np.random.default_rng(1).standard_normal(2 * rate)).astype(np.float32)
    resumed = hear(np.concatenate([samples, pause, samples]), rate)
    n = len(samples) // (rate // RATE)
    amid = resumed.pose[n + 60 : n + 140]
    assert amid.max() < 0.02
    assert np.abs(np.diff(amid, axis=0)).max() < 0.003
    after = opened(resumed)[n + 2 * RATE :][: len(heard.voice) - 20]
    assert np.corrcoef(after, opened(heard)[: len(after)])[0, 1] > 0.97


def test_half_the_level_moves_the_same_lips(read_aloud: tuple[Floats, int], heard: Heard) -> None:
    samples, rate = read_aloud
    softer = hear(samples / 2, rate)
    assert opened(heard).max() > 0.2
    assert np.abs(softer.pose - heard.pose).max() < 0.02


def test_a_telephone_moves_nearly_the_same_lips(read_aloud: tuple[Floats, int], heard: Heard) -> None:
    samples, rate = read_aloud
    narrow = sosfiltfilt(butter(4, (300, 3400), "band", fs=rate, output="sos"), samples)
    assert alike(hear(resample_poly(narrow, 8000, rate).astype(np.float32), 8000), heard) > 0.85


def test_noise_ten_decibels_below_leaves_the_lips_much_as_they_were(
    read_aloud: tuple[Floats, int], heard: Heard
) -> None:
    samples, rate = read_aloud
    noise = np.random.default_rng(2).standard_normal(len(samples)).astype(np.float32)
    noise *= np.sqrt((samples**2).mean()) * 10 ** (-10 / 20)
    assert alike(hear(samples + noise, rate), heard) > 0.75


def test_any_sample_rate_is_heard_at_the_same_times(read_aloud: tuple[Floats, int], heard: Heard) -> None:
    samples, rate = read_aloud
    odd = resample_poly(samples, 22_050, rate).astype(np.float32)
    assert alike(hear(odd, 22_050), heard) > 0.97
    assert alike(hear(resample_poly(samples, 48_000, rate).astype(np.float32), 48_000), heard) > 0.97


def test_a_long_recording_is_heard_as_its_parts_are(read_aloud: tuple[Floats, int], heard: Heard) -> None:
    samples, rate = read_aloud
    times = int(np.ceil(45 * rate / len(samples)))
    whole = hear(np.tile(samples, times), rate)
    n = len(samples) / rate * RATE
    last = opened(whole)[round((times - 1) * n) :][: int(n)]
    # Apart from the beginning and the end, where what lies around is another.
    assert np.corrcoef(last[60:-60], opened(heard)[: len(last)][60:-60])[0, 1] > 0.95


@pytest.mark.parametrize("fps", [12.0, 24.0, 60.0])
def test_every_closure_is_shown_at_any_frame_rate(heard: Heard, fps: float) -> None:
    frames = np.arange(0.5, len(heard.voice) / RATE * fps) / fps
    shown = heard.articulation(frames)
    assert len(heard.closures) >= 3
    for closure in heard.closures:
        assert shown.contact[np.abs(frames - (closure.start + closure.end) / 2).argmin()] == 1.0
    assert np.abs(shown.pose[:, JAW] - np.interp(frames, heard.times, heard.pose[:, JAW])).max() < 1e-6


def test_an_empty_sound_has_no_frames() -> None:
    heard = hear(np.zeros(0, np.float32), 16_000)
    assert heard.pose.shape == (0, 52)
    assert len(heard.contact) == len(heard.voice) == 0


@pytest.mark.parametrize(
    ("samples", "rate"),
    [(np.zeros((100, 2), np.float32), 16_000), (np.full(100, np.nan, np.float32), 16_000), (np.zeros(100), 0)],
)
def test_what_is_no_sound_is_refused_in_a_sentence(samples: Floats, rate: int) -> None:
    with pytest.raises(InputError, match=r"\.$"):
        hear(samples, rate)
