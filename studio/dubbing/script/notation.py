"""An emotion that a script gives, read without ever opening a file."""

from __future__ import annotations

import re
from functools import lru_cache

from studio.emotion import Emotion
from studio.emotion.script import read_script as read_marks
from studio.emotion.written import emotion_from_json
from studio.errors import InputError

_FILE = re.compile(r".*\.[a-z][a-z0-9]{1,8}\s*", re.IGNORECASE | re.DOTALL)
# What only a mark would hold: a number after a colon, an arrow, a command.
_MEANT = re.compile(
    r"[^\W\d]\w*\s*:\s*[-+]?[\d.]+\b|->|→|^(?:pause|rate|pitch|volume|mouth)\s*[:=]?\s*[-+]?\d|^vad\s*\(", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def emotion_of(written: str) -> Emotion:
    """The Emotion of the notation, of JSON or of a direction in free words.

    Unlike `Studio.feel` this never looks at the disk. Raises InputError for what names a file and what can't be read.
    """
    text = written.strip()
    if text.startswith(("{", "[", '"')):
        return emotion_from_json(text)
    try:
        return Emotion.parse(text)
    except InputError:
        if "/" in text or "\\" in text or _FILE.fullmatch(text):
            raise InputError(
                f"The emotion {text[:60]!r} names a file, and files named in a script are not opened: "
                "write an emotion, such as angry:0.7."
            ) from None
    return Emotion.coerce(text)


@lru_cache(maxsize=4096)
def is_emotion(text: str) -> bool:
    """Whether a text is an emotion in the notation: a label, an intensity, a sum."""
    try:
        Emotion.parse(text)
    except InputError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_mark(body: str) -> bool:
    """Whether what stands between brackets is a mark of this project, rather than a description or a name.

    Raises InputError for what is meant as one and can't be read, such as ``angrry:0.7``.
    """
    if body.startswith("/"):
        return True
    try:
        read_marks(f"[{body}] x")
    except InputError as e:
        if _MEANT.search(body):
            raise unplaced(e) from e
        return False
    return True


def unplaced(error: InputError) -> InputError:
    """The error of a mark without its place in a line by itself: who calls tells the file's."""
    return InputError(re.sub(r"^Line \d+, column \d+: (.)", lambda m: m[1].upper(), str(error)))
