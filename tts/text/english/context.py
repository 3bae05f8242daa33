"""What stands around a match."""

from __future__ import annotations

import re

_ARTICLE = re.compile(r"\b(?:an?|the|this|that|each|every|another)\s+$", re.IGNORECASE)
_NO_NOUN = (
    "and|or|is|was|are|were|of|in|on|at|to|for|from|by|with|than|as|if|when|that|we|he|she|they|you|it|per|away|long|"
    "tall|high|wide|deep|old|ago|more|less"
)
_NOUN = re.compile(rf"[ -](?!(?:{_NO_NOUN})\b)[a-z]")


def is_attribute(found: re.Match[str]) -> bool:
    """Whether a measure stands before its noun, where it has no plural: "a 5 km run"."""
    after = found.string[found.end() :]
    return bool(_ARTICLE.search(found.string[: found.start()]) and _NOUN.match(after)) or bool(
        re.match(r"-[a-z]", after)
    )


def before(found: re.Match[str], cue: str, words: int = 1) -> bool:
    """Whether one of the alternatives `cue` is among so many words before the match."""
    near = re.findall(r"[\w'’.]+", found.string[: found.start()])[-words:]
    return any(re.fullmatch(cue, w.strip("."), re.IGNORECASE) for w in near)


def after(found: re.Match[str], cue: str) -> bool:
    """Whether one of the alternatives `cue` is the next word."""
    return re.match(rf"\s*(?:{cue})\b", found.string[found.end() :]) is not None


def ends_sentence(found: re.Match[str]) -> bool:
    """Whether nothing is said after the match."""
    return re.search(r"\w", found.string[found.end() :]) is None
