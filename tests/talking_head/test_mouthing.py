"""How wide words are mouthed: marks on words, a lip scale, and what stays readable on the lips."""

from __future__ import annotations

import numpy as np
import pytest

from studio import Studio
from studio.emotion import EmotionTrack
from studio.emotion.script import read_script
from studio.emotion.track import Mark
from studio.errors import InputError
from studio.performance import Phoneme, Speech, Word, arkit_index
from talking_head.motion.line import Line
from talking_head.motion.lips import Articulation, articulate
from talking_head.motion.mouthing import mouthing, opened

TIMES = np.arange(0.5, 100) / 25.0
WORDS = [Word(w, i + 0.2, i + 0.9) for i, w in enumerate(["one", "two", "three", "four"])]
SYMBOLS = [
    (" ", 0.3),
    ("m", 0.1),
    ("ˈɑ", 0.2),
    ("f", 0.12),
    ("ə", 0.1),
    ("b", 0.1),
    ("ˈu", 0.24),
    ("s", 0.1),
    ("ˈæ", 0.2),
]


@pytest.fixture(scope="module")
def mouth() -> Articulation:
    ends = np.cumsum([seconds for _, seconds in SYMBOLS])
    phonemes = tuple(Phoneme(s, b - n, b) for (s, n), b in zip(SYMBOLS, ends.tolist(), strict=True))
    t = np.arange(round(ends[-1] * 8000)) / 8000
    hum = 0.1 * np.sin(2 * np.pi * 120 * t).astype(np.float32)
    line = Line.of(Speech(hum, 8000, "", phonemes, (), EmotionTrack(), "none", 0), 100.0)
    return articulate(line, np.ones(len(line.times)))


def course(mouth: Articulation, name: str) -> np.ndarray:
    return mouth.pose[:, arkit_index(name)]


def test_marked_words_are_mouthed_as_marked_and_the_others_as_ever() -> None:
    script = read_script("one [mouth wide]two[/mouth] three [mouth barely]four[/mouth]")
    widths = mouthing(script.track.in_seconds(WORDS), TIMES)
    middles = [widths[np.abs(TIMES - (w.start + w.end) / 2).argmin()] for w in WORDS]
    assert middles == pytest.approx([1.0, 1.4, 1.0, 0.5], abs=0.01)
    # From wide to ordinary in about a sound, and never at once.
    assert np.abs(np.diff(widths)).max() < 0.3
    assert widths[np.abs(TIMES - 1.05).argmin()] == pytest.approx(1.0, abs=0.01)


def test_the_inner_mark_holds_and_the_scale_of_the_line_multiplies() -> None:
    marks = (Mark("mouth", 0.0, 4.0, 1.5), Mark("mouth", 1.0, 2.0, 0.5), Mark("rate", 0.0, 4.0, 2.0))
    track = EmotionTrack((), "seconds", marks)
    assert mouthing(track, np.array([0.5, 1.5, 3.0])) == pytest.approx([1.5, 0.5, 1.5], abs=0.01)
    assert mouthing(track, np.array([0.5, 1.5]), 0.8) == pytest.approx([1.2, 0.4], abs=0.01)
    # Together they stay in the range of each.
    assert mouthing(track, np.array([0.5, 1.5]), 1.6) == pytest.approx([1.6, 0.8], abs=0.01)
    assert mouthing(EmotionTrack((), "seconds"), TIMES, 0.7).tolist() == [0.7] * len(TIMES)


def test_what_cannot_be_mouthed_is_told() -> None:
    for scale in (0.2, 1.7, float("nan")):
        with pytest.raises(InputError, match=r"lip scale .* from 0\.3 to 1\.6"):
            mouthing(EmotionTrack((), "seconds"), TIMES, scale)
    with pytest.raises(InputError, match="seconds"):
        mouthing(EmotionTrack((), "words"), TIMES)


def test_ordinary_mouthing_changes_nothing(mouth: Articulation) -> None:
    assert np.allclose(opened(mouth, np.ones(len(mouth.pose))).pose, mouth.pose)


def test_wider_opens_wider_and_never_beyond_a_jaw(mouth: Articulation) -> None:
    scales = (0.3, 0.6, 1.0, 1.3, 1.6)
    jaws = [course(opened(mouth, np.full(len(mouth.pose), s)), "jawOpen").max() for s in scales]
    assert jaws == sorted(jaws)
    assert jaws[0] == pytest.approx(0.3 * jaws[2])
    assert 1.3 * jaws[2] < jaws[4] < 0.85
    gaping = Articulation(np.clip(mouth.pose * 1.7, 0, 1), mouth.contact)
    assert course(opened(gaping, np.full(len(mouth.pose), 1.6)), "jawOpen").max() < 0.86


@pytest.mark.parametrize("scale", [0.3, 1.6])
def test_closures_close_and_f_and_u_still_read(mouth: Articulation, scale: float) -> None:
    scaled = opened(mouth, np.full(len(mouth.pose), scale))
    assert np.array_equal(scaled.contact, mouth.contact)
    assert np.count_nonzero(scaled.contact == 1.0) >= 10
    assert np.array_equal(course(scaled, "mouthRollLower"), course(mouth, "mouthRollLower"))
    assert course(scaled, "mouthRollLower").max() > 0.5
    f = np.argmax(course(mouth, "mouthRollLower"))
    others = np.arange(len(mouth.pose[f])) != arkit_index("jawOpen")
    assert np.allclose(scaled.pose[f, others], mouth.pose[f, others]), "the teeth still show on the lower lip"
    assert course(scaled, "jawOpen")[f] <= course(mouth, "jawOpen")[f]
    pucker, spread = course(scaled, "mouthPucker"), course(scaled, "mouthStretchLeft")
    assert pucker.max() > 0.4, "u is round"
    assert np.argmax(pucker) == np.argmax(course(mouth, "mouthPucker"))
    assert spread.max() > 0.08
    assert scaled.pose.min() >= 0.0
    assert scaled.pose.max() <= 1.0


@pytest.mark.slow
def test_a_voice_says_marked_words_as_unmarked_ones_and_hands_the_mark_on() -> None:
    studio = Studio(device="cpu")
    plain, marked = (studio.speak(text, seed=1) for text in ("Keep it quiet.", "Keep [mouth barely]it quiet.[/mouth]"))
    assert np.array_equal(plain.samples, marked.samples)
    assert marked.text == plain.text
    (mark,) = marked.track.marks
    assert (mark.kind, mark.value) == ("mouth", 0.5)
    words = {w.text: w for w in marked.words}
    assert mark.start == pytest.approx(words["it"].start, abs=0.01)
    assert mouthing(marked.track, np.array([words["Keep"].start]))[0] == pytest.approx(1.0, abs=0.02)
    assert mouthing(marked.track, np.array([words["quiet"].start]))[0] == pytest.approx(0.5, abs=0.02)
