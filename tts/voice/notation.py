"""How a voice is written: a name, a blend, or the timbre of one with the prosody of another.

af_heart                          a stock voice
anna.voice                        a file that `affetto voice fit` wrote
af_heart*0.7+bf_emma*0.3          a blend; without weights, equal parts
af_heart/bf_emma                  timbre / prosody; either side may be a blend
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from studio.errors import InputError
from tts.voice import stock

SUFFIX = ".voice"

_LOG = logging.getLogger("affetto")


@dataclass(frozen=True)
class Part:
    """A voice's share of a blend: a stock name or a file's path; the weights of a blend come to 1."""

    name: str
    weight: float


Blend = tuple[Part, ...]


def parse(spec: str) -> tuple[Blend, Blend]:
    """The blend that gives the timbre and the one that gives the prosody. Raises InputError."""
    timbre, slash, prosody = _split(spec)
    if slash and not (timbre.strip() and prosody.strip()):
        raise InputError(f"{spec!r} lacks a side: write timbre/prosody, such as af_heart/bf_emma.")
    first = _blend(timbre, spec)
    return first, _blend(prosody, spec) if slash else first


def is_file(name: str) -> bool:
    """Whether a part names a file rather than a stock voice."""
    return name.lower().endswith(SUFFIX)


def _split(spec: str) -> tuple[str, str, str]:
    """At the slash that parts two sides. Slashes within the path of a file are its own."""
    slashes = [i for i, c in enumerate(spec) if c == "/"]
    for i in slashes:
        last = spec[:i].rpartition("+")[2].partition("*")[0].strip()
        if last in stock.ALL or is_file(last):
            return spec[:i], "/", spec[i + 1 :]
    if len(slashes) == 1 and SUFFIX not in spec.lower():
        return spec.partition("/")
    return spec, "", ""


def _blend(side: str, spec: str) -> Blend:
    terms = [_term(term, spec) for term in side.split("+")]
    given = [weight for _, weight in terms if weight is not None]
    if given and len(given) < len(terms):
        raise InputError(f"{spec!r} weighs some of its voices only: give each a weight, such as {terms[0][0]}*0.5.")
    total = sum(given) if given else float(len(terms))
    if given and abs(total - 1.0) > 1e-6 and len(terms) > 1:
        _LOG.warning("The weights of %r come to %g; they are taken as shares of that.", spec, total)
    return tuple(Part(name, (1.0 if weight is None else weight) / total) for name, weight in terms)


def _term(term: str, spec: str) -> tuple[str, float | None]:
    name, times, number = (s.strip() for s in term.partition("*"))
    if not name:
        raise InputError(f"{spec!r} is no voice: write a name, or a blend such as af_heart*0.7+bf_emma*0.3.")
    if not is_file(name):
        stock.voice(name)
    if not times:
        return name, None
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight > 0):
        raise InputError(f"The weight of {name} in {spec!r} is {number or 'missing'!r}: give a number over 0.")
    return name, weight
