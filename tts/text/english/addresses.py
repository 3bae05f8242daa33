"""Web and e-mail addresses, files, @names, #tags, and names out of code."""

from __future__ import annotations

import re

from tts.text.english import tables
from tts.text.english.letters import spelled
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_NAMES = {
    **{".": "dot", "/": "slash", "-": "dash", "_": "underscore", ":": "colon", "?": "question mark", "=": "equals"},
    **{"&": "and", "#": "hash", "@": "at", "+": "plus", "%": "percent", "~": "tilde"},
}
_ENDINGS = {row["written"]: row["said"] for row in tables.rows("endings")}
_FILES = "|".join(row["written"] for row in tables.rows("endings") if row["of"] == "file")
_DOMAINS = (
    "com|org|net|edu|gov|info|io|ai|dev|app|co|tv|me|uk|us|ca|au|de|fr|es|it|nl|ch|at|be|eu|in|jp|br|pt|se|no|ie|nz"
)
_TAIL = r"(?:[/?#](?:[^\s<>\"“”]*[\w/])?)?"
_HOST = rf"(?:[\w-]+\.)+(?:{_DOMAINS})(?![\w-])(?::\d+)?{_TAIL}"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")


def _address(text: str, numbers: Numbers) -> str:
    """What stands between the signs as words, the signs by their names."""
    text = re.sub(r"^(?:https?|ftp)://(?:www\.)?|^www\.", "", text, flags=re.IGNORECASE).rstrip("/")
    said = []
    for piece in re.findall(r"[^\W_]+|[\W_]", text):
        said.append(_NAMES.get(piece, "") if not piece.isalnum() else _piece(piece, numbers))
    return " ".join(filter(None, said))


def _piece(piece: str, numbers: Numbers) -> str:
    words = []
    for part in _CAMEL.split(piece):
        if part.isdigit():
            words.append(numbers.plain(part) if len(part) < 5 else numbers.digits(part))
        elif part.lower() in _ENDINGS:
            words.append(_ENDINGS[part.lower()])
        elif len(part) == 1 or (part.isupper() and len(part) < 5) or not re.search(r"[aeiouyAEIOUY]", part):
            words.append(spelled(part) if len(part) < 5 else part)
        else:
            words.append(part.lower())
    return " ".join(words)


def in_words(name: str, numbers: Numbers) -> str:
    """A name out of code: snake_case, camelCase, and their like."""
    return " ".join(_piece(p, numbers) for p in name.split("_") if p)


def _handle(found: re.Match[str], numbers: Numbers) -> str:
    return f"{'at' if found[0][0] == '@' else 'hashtag'} {in_words(found[1], numbers)}"


def _file(found: re.Match[str], numbers: Numbers) -> str | None:
    name, _, ending = found[0].rpartition(".")
    if not name:
        return f"dot {_ENDINGS.get(ending.lower(), spelled(ending))}"
    return f"{_address(name, numbers)} dot {_ENDINGS[ending.lower()]}"


RULES = (
    Rule(re.compile(r"(?<![\w.])[\w.+-]*\w@[\w-]+(?:\.[\w-]+)*\.\w+"), lambda m, n: _address(m[0], n)),
    Rule(re.compile(r"\b(?:https?|ftp)://(?:[^\s<>\"“”]*[\w/])", re.IGNORECASE), lambda m, n: _address(m[0], n)),
    Rule(re.compile(rf"(?<![\w@.-])(?:www\.)?{_HOST}", re.IGNORECASE), lambda m, n: _address(m[0], n)),
    Rule(re.compile(rf"(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:{_FILES})(?![\w-])", re.IGNORECASE), _file),
    Rule(re.compile(r"(?<!\w)\.(?:NET|[a-z]{2,12})(?![\w.])"), _file),
    Rule(re.compile(r"(?<![\w@])@(\w+)"), _handle),
    Rule(re.compile(r"(?<![\w&#])#(?=\w*[A-Za-z])(\w+)"), _handle),
    Rule(re.compile(r"(?<![\w&])#(?=\d)"), lambda m, n: "number "),
    Rule(re.compile(r"\b([A-Z])\+\+(?!\+)"), lambda m, n: f"{m[1]}. plus plus"),
    Rule(re.compile(r"\b([A-GJ])[#♯]"), lambda m, n: f"{m[1]}. sharp"),
    Rule(re.compile(r"(?<!\w)_*[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+_*(?!\w)"), lambda m, n: in_words(m[0], n)),
    Rule(re.compile(r"\b[A-Z]{2,}(?:[A-Z][a-z]{2,})+\b"), lambda m, n: in_words(m[0], n)),
    Rule(re.compile(r"\b[a-z]+(?:[A-Z][a-z0-9]*)+\b"), lambda m, n: in_words(m[0], n)),
)
