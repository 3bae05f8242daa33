"""The parts of a dub that need no model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.dubbing import places
from studio.dubbing.batch import _of_folder, dub_all
from studio.dubbing.cutting import cut, onset
from studio.dubbing.lines import uncovered
from studio.dubbing.settings import DubSettings
from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance import Phoneme, Speech, Word

RATE = 24_000


def speech() -> Speech:
    """A tone from 0.1 s on, as three words of half a second."""
    samples = np.zeros(round(1.6 * RATE), np.float32)
    samples[RATE // 10 :] = 0.3 * np.sin(2 * np.pi * 200 * np.arange(len(samples) - RATE // 10) / RATE)
    words = tuple(Word(text, 0.1 + i / 2, 0.6 + i / 2) for i, text in enumerate(("one", "two", "three")))
    phonemes = tuple(Phoneme("ə", w.start, w.end) for w in words)
    return Speech(samples, RATE, "one two three", phonemes, words, EmotionTrack(), "", 0)


def test_the_onset_is_where_the_sound_begins() -> None:
    assert onset(speech()) == pytest.approx(0.1, abs=0.01)  # the level is heard over 10 ms
    assert onset(Speech.silence(1.0)) == 0.0


def test_a_line_is_cut_behind_a_whole_word_and_ends_softly() -> None:
    said, left_out = cut(speech(), 1.3)
    assert left_out == ("three",)
    assert [w.text for w in said.words] == ["one", "two"]
    assert 1.1 <= said.seconds <= 1.3
    assert abs(said.samples[-1]) < 1e-6
    assert np.array_equal(said.samples[: RATE // 2], speech().samples[: RATE // 2])
    assert cut(speech(), 2.0) == (speech(), ()) or cut(speech(), 2.0)[1] == ()


def test_what_is_not_covered_is_left() -> None:
    assert uncovered([(0.0, 2.0), (3.0, 4.0)], [(0.5, 1.0), (1.9, 3.5)]) == [(0.0, 0.5), (1.0, 1.9), (3.5, 4.0)]
    assert uncovered([(0.0, 2.0)], []) == [(0.0, 2.0)]
    assert uncovered([(0.0, 2.0)], [(0.03, 2.0)]) == []  # less than a frame or two is not seen


def test_settings_survive_the_way_through_a_job() -> None:
    settings = DubSettings(cast=Path("cast.toml"), lips="follow", speed=(0.9, 1.1), separator=("s", "{input}"), seed=3)
    given = settings.inputs()
    given["cast"] = Path(str(given["cast"]))
    assert DubSettings.of(given) == settings
    assert settings.told()["speed"] == "0.9 1.1"
    assert "stems" not in settings.told()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"emotion": "loud"}, "\\(emotion\\) auto, source, face or none, not 'loud'"),
        ({"lips": "on"}, "\\(lips\\) is off, follow or render"),
        ({"under": "delete"}, "\\(under\\) is remove, duck or silence"),
        ({"speed": (1.1, 1.2)}, "range of speed is around 1"),
        ({"duck_db": 3.0}, "can't be ducked by 3.0 dB"),
        ({"seed": "luck"}, "seed is a whole number"),
    ],
)
def test_what_a_dub_cannot_be_is_said(given: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        DubSettings(**given)


def test_results_lie_beside_the_film_and_are_named_after_it() -> None:
    out = places.usual_out(Path("a/film.mp4"), "de")
    assert out == Path("a/film.de.dub.mp4")
    assert places.usual_out(Path("film.mkv")) == Path("film.dub.mkv")
    assert places.subtitles_of(out) == Path("a/film.de.dub.srt")
    assert places.report_of(out) == Path("a/film.de.dub.report.html")


def test_a_folder_has_a_dub_for_each_script_beside_a_film(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.srt", "a.de.srt", "a.dub.mp4", "a.dub.srt", "b.mkv", "b.vtt", "c.mp4", "notes.txt"):
        (tmp_path / name).touch()
    found = {(one.film.name, one.script.name, one.settings.language) for one in _of_folder(tmp_path, DubSettings())}
    assert found == {("a.mp4", "a.srt", None), ("a.mp4", "a.de.srt", "de"), ("b.mkv", "b.vtt", None)}


def test_a_film_that_cannot_be_dubbed_does_not_keep_others_from_it(tmp_path: Path) -> None:
    manifest = tmp_path / "films.jsonl"
    entries = [{"film": "gone.mp4", "script": "gone.srt"}, {"film": "lost.mp4", "script": "lost.srt"}]
    manifest.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    results = dub_all(manifest, DubSettings())
    assert [r.film.name for r in results] == ["gone.mp4", "lost.mp4"]
    assert all(isinstance(r.made, InputError) for r in results)


def test_a_manifest_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    manifest = tmp_path / "films.jsonl"
    manifest.write_text('{"film": "a.mp4", "script": "a.srt"}\n{"film": 3}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"films.jsonl, line 2"):
        dub_all(manifest, DubSettings())
    with pytest.raises(InputError, match="no film with a script beside it"):
        dub_all(tmp_path, DubSettings())
