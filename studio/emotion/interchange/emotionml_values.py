"""The attributes of EmotionML as values. What the Recommendation forbids is an InputError with line and column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from studio.emotion.interchange.annotations import Trace
from studio.emotion.interchange.xml import Element
from studio.emotion.labels import either

# Of xsd:float and xsd:integer what a double reaches, of a frequency as many digits as print on a line: longer ones
# would take Python's exact numbers hours.
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,320}", re.ASCII)
_FREQ = re.compile(r"(\d{1,40}(?:\.\d{0,40})?)\s*Hz", re.ASCII)
# xsd:NMTOKEN in its common characters; XML's full tables add rare letters.
TOKEN = re.compile(r"[\w.\-:·]+")


def trace_of(element: Element) -> Trace:
    """The `<trace>`."""
    text = element.get("freq")
    freq = _FREQ.fullmatch(text or "")
    if freq is None or Decimal(freq[1]) <= 0:
        raise element.error(
            f"the freq of <trace> must be a number over 0 with its unit, like '10Hz', not {said(text)}."
        )
    samples = (element.get("samples") or "").split()
    if not samples:
        raise element.error("<trace> needs samples: numbers from 0 to 1 with blanks between them.")
    values = [_in_unit(element, s, f"sample {i} of <trace>") for i, s in enumerate(samples, 1)]
    return Trace(Decimal(freq[1]), tuple(values))


def unit_of(element: Element, attribute: str) -> Decimal | None:
    """A number in [0, 1], or None where it is not given."""
    text = element.get(attribute)
    return None if text is None else _in_unit(element, text.strip(), f"the {attribute} of <{element.tag}>")


def whole_of(element: Element, attribute: str, least: int | None = None) -> int | None:
    """A whole number of milliseconds, at least `least`."""
    text = element.get(attribute)
    if text is None:
        return None
    value = int(text) if _INTEGER.fullmatch(text.strip()) else None
    if value is None or (least is not None and value < least):
        sort = "a whole number" if least is None else f"a whole number from {least} on"
        raise element.error(f"the {attribute} of <{element.tag}> is {text[:40]!r}, but must be {sort} (milliseconds).")
    return value


def one_of(element: Element, attribute: str, allowed: tuple[str, ...]) -> str | None:
    """One of several words."""
    text = element.get(attribute)
    if text is not None and text.strip() not in allowed:
        raise element.error(
            f"the {attribute} of <{element.tag}> is {text[:40]!r}, but must be {either(list(allowed))}."
        )
    return None if text is None else text.strip()


def tokens_of(element: Element, attribute: str) -> tuple[str, ...]:
    """Names (xsd:NMTOKENS)."""
    tokens = tuple((element.get(attribute) or "").split())
    wrong = next((t for t in tokens if not TOKEN.fullmatch(t)), None)
    if wrong is not None or (not tokens and element.get(attribute) is not None):
        raise element.error(f"the {attribute} of <{element.tag}> must be names with blanks between them.")
    return tokens


def near(name: str, known: Iterable[str]) -> str:
    """What may have been meant, as the end of a sentence."""
    all_ = list(known)
    near = difflib.get_close_matches(name, all_, n=3, cutoff=0.5)
    return f"did you mean {either(near)}?" if near else f"there is {', '.join(all_[:30])}."


def said(text: str | None) -> str:
    """A value in an error."""
    return "nothing" if text is None else repr(text[:40])


def _in_unit(element: Element, text: str, what: str) -> Decimal:
    try:
        value = Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        value = None
    if value is None or not 0 <= value <= 1:
        raise element.error(f"{what} is {text[:40]!r}, but must be a number from 0 to 1.")
    return value
