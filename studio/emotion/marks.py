"""Marks in a text as characters: finding them, taking them out so that the text reads well, escaping what is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from studio.errors import InputError

_PIECE = re.compile(
    r"""(?P<slashes>(?:\\\\)*)
    (?: \\(?P<literal>[][*]) | \[(?P<body>[^][]*)\] | (?P<stars>\*+) | (?P<bracket>[][]) )""",
    re.VERBOSE,
)
# Stars are emphasis where they hug words on one line, as in Markdown; in "5 * 3", "2*3*4" or a footnote they are text.
_STARRED = re.compile(r"(?<![\w*\\])(\*\*?)(?![\s*])((?:[^*\n\\]|\\.)+)(?<!\s)\1(?![\w*])")
_LONE_PUNCTUATION = re.compile(r"[.,;:!?…)\]}»”’]+(?=\s|$)")


@dataclass
class Tag:
    """A mark where it stands: `body` without brackets, `at` in the source, `place` in the text without marks."""

    body: str
    at: int
    stars: str = ""
    place: int = 0


def _items(text: str) -> Iterator[str | Tag]:
    """Text and marks in turn, escapes resolved."""
    stars = {at: m[1] for m in _STARRED.finditer(text) for at in (m.start(), m.end() - len(m[1]))}
    at = 0
    for m in _PIECE.finditer(text):
        yield text[at : m.start()] + m["slashes"][::2]
        at = m.end()
        here = m.start() + len(m["slashes"])
        if m["literal"]:
            yield m["literal"]
        elif m["body"] is not None:
            yield Tag(m["body"].strip(), here)
        elif m["bracket"]:
            what = "[ is not closed" if m["bracket"] == "[" else "] was not opened"
            literal = f"one that is no mark is written \\{m['bracket']}"
            raise InputError(f"{place_in(text, here)}: the bracket {what}; {literal}.")
        elif here in stars:
            yield Tag("", here, stars[here])
        else:
            yield m["stars"]
    yield text[at:]


def without_marks(text: str) -> tuple[str, list[Tag]]:
    """The text with its marks taken out so that it reads well, and the marks. Raises InputError for a lone bracket."""
    return _joined(_items(text))


@dataclass
class _Run:
    """Marks that nothing but blanks part, and the text after them."""

    tags: list[Tag] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)
    text: str = ""


def _joined(items: Iterable[str | Tag]) -> tuple[str, list[Tag]]:
    """The text with each run of marks taken out so that it reads well, and the marks with their places in it."""
    runs = [_Run()]
    for item in items:
        if isinstance(item, str):
            runs[-1].text += item
        elif runs[-1].tags and not runs[-1].text.strip():
            runs[-1].blanks.append(runs[-1].text)
            runs[-1].tags.append(item)
            runs[-1].text = ""
        else:
            runs.append(_Run([item]))
    out = runs[0].text
    for run in runs[1:]:
        text, before = run.text.lstrip(), out.rstrip()
        blanks = [out[len(before) :], *run.blanks, run.text[: len(run.text) - len(text)]]
        for tag in run.tags:
            tag.place = len(before)
        out = before + _gap(before, blanks, text) + text
    return out, [tag for run in runs for tag in run.tags]


def _gap(before: str, blanks: Sequence[str], after: str) -> str:
    """What stands between two pieces of text where marks and these blanks stood."""
    if not before or not after:
        return blanks[-1] if before else blanks[0]
    if not any(blanks):
        # "Stop.[angry]Get out": a new sentence, whoever forgot the blank.
        return " " if before[-1] in ".!?…,;:" and after[0].isalpha() else ""
    if not blanks[-1] and before[-1] not in ".!?…" and _LONE_PUNCTUATION.match(after):
        return ""
    return max(blanks, key=lambda b: (b.count("\n"), len(b)))


def escaped(text: str, special: str, tags: str) -> str:
    """Text that reads as itself, also where tags follow it."""
    escaped = re.sub(special, r"\1\1\\\2", text)
    return escaped + escaped[len(escaped.rstrip("\\")) :] if tags else escaped


def cores_of(text: str) -> list[tuple[int, int]]:
    """Where each word of `words_of` has its first and last letter, [start, end): without the punctuation it carries."""
    cores = []
    for token in re.finditer(r"\S+", text):
        letters = [m.start() for m in re.finditer(r"\w", token[0])]
        if letters:
            cores.append((token.start() + letters[0], token.start() + letters[-1] + 1))
    return cores


def place_in(text: str, at: int) -> str:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"Line {line}, column {column}"
