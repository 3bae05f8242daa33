"""The pauses of a reader: around headings and between sections, beyond those of sentences and paragraphs.

A voice pauses by itself after a sentence (0.45 s) and a paragraph (0.8 s). A listener can't see a heading or a blank
between sections; readers of books tell them by a longer silence, about two seconds before a heading and well over one
after it. A judgement, like those of the voice: heard beside half and double of each.
"""

from __future__ import annotations

import re

from studio.emotion.marks import escaped
from studio.emotion.spoken import is_ssml

# Seconds on top of a paragraph's pause.
_BEFORE_HEADING, _AFTER_HEADING, _BETWEEN_SECTIONS = 1.2, 0.5, 1.0
# A line by itself of at most so many words, that ends without a mark, is a heading; a line of speech has one.
_HEADING_WORDS = 12
_ENDS_OPEN = re.compile(r"[^.!?…,;:\"”'’)\]—-]\Z")
_NAMED = re.compile(r"(chapter|part|book|act|scene|section|prologue|epilogue|appendix|introduction)\b", re.IGNORECASE)
_MARKDOWN = re.compile(r"#{1,6}\s+")
_TAG = re.compile(r"\[[^][]*\]")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def paced(text: str, *, plain: bool = False) -> str:
    """The text with those pauses written in as marks. An SSML document comes back as it is.

    plain: brackets and stars in the text are no marks, but are read or passed over as in any text.
    """
    if is_ssml(text) and not plain:
        return text
    out: list[str] = []
    pause = 0.0
    for written in _PARAGRAPHS.split(text.replace("\r\n", "\n").strip()):
        if not re.search(r"\w", written):
            # Three stars, a rule: a new section.
            pause = max(pause, _BETWEEN_SECTIONS)
            continue
        paragraph = _MARKDOWN.sub("", written, count=1) if _MARKDOWN.match(written) else written
        heading = paragraph != written or _is_heading(paragraph)
        if heading:
            pause = max(pause, _BEFORE_HEADING)
        paragraph = escaped(paragraph, r"(\\*)([][*])", "") if plain else paragraph
        out.append(f"[pause {pause:g}s] {paragraph}" if out and pause else paragraph)
        pause = _AFTER_HEADING if heading else 0.0
    return "\n\n".join(out)


def _is_heading(paragraph: str) -> bool:
    said = _TAG.sub("", paragraph).strip()
    words = len(said.split())
    if not 0 < words <= _HEADING_WORDS or "\n" in said:
        return False
    return bool(_ENDS_OPEN.search(said) or _NAMED.match(said))
