"""The report: its facts there and back, its judgement, and a page that stands alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from studio.dubbing.output.report import DubReport, Limits, LineReport, strict_failures, write_report
from studio.dubbing.output.report.feelings import in_words
from studio.errors import InputError

FITTING = LineReport(1, "ANNA", "Get out.", 1.0, 2.0, 1.0, 1.9, room=2.4, asked="angry:0.7", read="sad", clip="c/1.mp3")
LATE = LineReport(2, "BEN <b>&", 'He said "no".', 3.0, 4.0, 3.05, 4.5, asked="vad(0.4,0.2,0.1)", asked_by="its words")
LONG = LineReport(
    3, "ANNA", "One two three", 5.0, 6.0, 5.0, 6.0, speed=1.3, words_too_many=2, wer=0.5, heard="<i>Juan</i>"
)
REPORT = DubReport(
    *("film.mp4", "film.dub.mp4", 10.0, 10.0, 25.0, (FITTING, LATE, LONG)),
    **{"language": "es", "voices": {"ANNA": "af_heart"}, "loudness": -23.1, "true_peak": -1.2, "notes": ("A & B.",)},
)
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Every tag closed in its turn, every address kept."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
                self.addresses.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words += data


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(write_report(REPORT, tmp_path / "report.html").read_text(encoding="utf-8"))


def test_the_facts_are_the_same_after_json(tmp_path):
    assert DubReport.from_json(REPORT.to_json()) == REPORT
    write_report(REPORT, tmp_path / "report.html")
    assert DubReport.load(tmp_path / "report.json") == REPORT
    with pytest.raises(InputError, match="no report of a dub: film"):
        DubReport.from_json("{}")
    with pytest.raises(InputError, match="can't be read"):
        DubReport.load(tmp_path / "none.json")


def test_strict_tells_every_line_outside_the_limits_and_no_other():
    failures = strict_failures(REPORT)
    assert failures == [
        "Line 2 (BEN <b>&) starts 50 ms after its cue and ends 0.50 s past its slot.",
        "Line 3 (ANNA) is said at 1.30 times its natural tempo, has 2 words too many and is understood with 50 % of "
        "its words wrong.",
    ]
    wide = Limits(start_error=0.6, fastest=1.4, wer=0.6)
    assert strict_failures(REPORT, wide) == ["Line 3 (ANNA) has 2 words too many."]
    assert strict_failures(replace(REPORT, lines=(FITTING,))) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"mix_seconds": 10.2}, "5.0 frames longer"),
        ({"mix_seconds": 9.9}, "2.5 frames shorter"),
        ({"loudness": -21.0}, "at -21.0 LUFS, not -23.0"),
        ({"true_peak": -0.4}, "peaks at -0.4 dBTP, over -1.0"),
    ],
)
def test_strict_judges_the_whole(changed, told, tmp_path):
    report = replace(REPORT, lines=(FITTING,), **changed)
    (failure,) = strict_failures(report)
    assert told in failure
    assert failure in write_report(report, tmp_path / "report.html").read_text(encoding="utf-8")


def test_two_lines_of_one_speaker_at_once_are_a_problem_of_the_first():
    second = replace(FITTING, number=4, start=1.5, end=2.5, said_start=1.5, said_end=2.4)
    assert replace(REPORT, lines=(FITTING, second)).problems == {
        1: ["goes on while line 4 of its own speaker has begun"]
    }
    assert replace(REPORT, lines=(FITTING, replace(second, speaker="BEN"))).problems == {}


def test_the_page_is_well_formed_and_shows_every_line(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {"line-1", "line-2", "line-3"} <= set(page.ids)
    for line in REPORT.lines:
        assert line.text in page.words
        assert line.speaker in page.words
    assert "<i>Juan</i>" in page.words
    assert "A & B." in page.words
    # Emotions are in words, problems in sentences, above all lines too.
    assert "angry 70\N{NO-BREAK SPACE}%" in page.words
    assert "from its words" in page.words
    assert page.words.index("starts 50 ms after its cue") < page.words.index("Timeline")


def test_the_page_asks_for_nothing_from_elsewhere(page, tmp_path):
    assert "c/1.mp3" in page.addresses
    assert all(a.startswith("#") or a == "c/1.mp3" for a in page.addresses)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|@import|url\((?!#)", text)
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_number_of_lines(tmp_path, count):
    lines = tuple(
        replace(LATE, number=i + 1, start=3.0 * i, end=3.0 * i + 1, said_start=3.0 * i + 0.1, said_end=3.0 * i + 1)
        for i in range(count)
    )
    report = replace(REPORT, lines=lines, seconds=3.0 * count + 5, mix_seconds=3.0 * count + 5)
    page = Page(write_report(report, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert sum(i.startswith("line-") for i in page.ids) == count


def test_emotions_in_words():
    assert in_words("disgusted:0.41+bored:0.12") == "disgusted 41\N{NO-BREAK SPACE}%, bored 12\N{NO-BREAK SPACE}%"
    assert in_words("happy") == "happy"
    assert in_words("neutral") == "neutral"
    assert in_words("vad(0.8,0.5,0.3)").startswith("near ")
    assert in_words("of a later version(1)") == "of a later version(1)"
