"""What SSML's attributes mean in numbers: rates, pitches, volumes, pauses, styles and their degrees.

Names (slow, x-high, soft, ...) stand for the values Azure states for them (Microsoft, "Customize voice and sound with
SSML"); SSML itself leaves them to each engine. What lies beyond the ranges of marks is held at their ends, with a
warning; every function raises InputError with line and column for what can't be read.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.interchange.xml import Element
from studio.emotion.labels import either, known, meaning_of
from studio.emotion.track import RANGES
from studio.emotion.vocabularies import VOCABULARIES

_log = logging.getLogger("affetto")

_RATES = {"x-slow": 0.5, "slow": 0.64, "medium": 1.0, "fast": 1.55, "x-fast": 2.0, "default": 1.0}
_PITCHES = {"x-low": 0.55, "low": 0.8, "medium": 1.0, "high": 1.2, "x-high": 1.45, "default": 1.0}
# Counted from medium here, which is SSML's default.
_VOLUMES = {"x-soft": 0.2, "soft": 0.4, "medium": 0.6, "default": 0.6, "loud": 0.8, "x-loud": 1.0}
_BREAKS = {"none": 0.0, "x-weak": 0.25, "weak": 0.5, "medium": 0.75, "strong": 1.0, "x-strong": 1.25}
# Hz that a relative pitch in Hz is counted from: halfway, in octaves, from a man's mean in reading to a woman's (about
# 120 and 210 Hz).
_BASE_PITCH = 160.0
# Azure's styles that are manners of speaking rather than feelings.
_MANNERS = frozenset(
    {
        *("advertisement", "assistant", "chat", "chat-casual", "conversation", "customerservice", "livecommercial"),
        *("documentary-narration", "narration-professional", "narration-relaxed", "lyrical", "poetry-reading", "story"),
        *("newscast", "newscast-casual", "newscast-formal", "sports_commentary", "shouting", "whispering"),
    }
)
# An ordinary style (a degree of 1) is felt this strongly: plainly heard, with room above.
_ORDINARY = 0.7

_QUANTITY = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)\s*(%|st|Hz|dB|)", re.IGNORECASE)
_TIME = re.compile(r"\+?(\d+\.?\d*|\.\d+)\s*(ms|s)")


def warn(element: Element, sentence: str) -> None:
    """Tells that something of an element is left out."""
    _log.warning("%s, line %d, column %d: %s.", element.where, element.line, element.column, sentence)


def one_of(element: Element, attribute: str, allowed: Iterable[str], default: str) -> str:
    """An attribute that is one of several words."""
    text = (element.get(attribute) or default).strip()
    if text not in allowed:
        raise element.error(f"the {attribute} of <{element.tag}> is {text!r}, but must be {either(list(allowed))}.")
    return text


def rate_of(element: Element, text: str) -> float:
    """A factor: a name, "80%" or "0.8" of the normal rate, "+20%" more than it."""
    if text in _RATES:
        return _RATES[text]
    sign, number, unit = _quantity(element, "rate", text, ("%", ""), "slow, 80%, +20% or 0.8")
    share = number / 100 if unit == "%" else number
    return held(element, "rate", 1 + share if sign else share)


def pitch_of(element: Element, text: str) -> float:
    """Semitones up or down: a name, "+2st", "+10%" or "+20Hz". A pitch in absolute Hz gives 0 and a warning."""
    if text in _PITCHES:
        return 12 * math.log2(_PITCHES[text])
    sign, number, unit = _quantity(element, "pitch", text, ("st", "%", "hz"), "high, +2st, -10% or +20Hz")
    if unit == "hz" and not sign:
        warn(element, f"the pitch {text!r} is not followed, for every voice has its own; say how much it changes")
        return 0.0
    ratio = max(1 + number / (100 if unit == "%" else _BASE_PITCH), 1e-9)
    semitones = number if unit == "st" else 12 * math.log2(ratio)
    return held(element, "pitch", semitones)


def volume_of(element: Element, text: str) -> float:
    """dB up or down: a name, "+6dB", "-20%", or a share of the full volume from "0" to "100"."""
    if text == "silent":
        return RANGES["volume"].low
    if text in _VOLUMES:
        return 20 * math.log10(_VOLUMES[text] / _VOLUMES["medium"])
    sign, number, unit = _quantity(element, "volume", text, ("db", "%", ""), "soft, +6dB, -20% or 80")
    ratio = number / 100 + (1 if sign else 0)
    if unit != "db" and ratio <= 0:
        return RANGES["volume"].low
    return held(element, "volume", number if unit == "db" else 20 * math.log10(ratio))


def pause_of(element: Element) -> float:
    """Seconds of a `<break>`: its time, or what its strength stands for."""
    strength, text = one_of(element, "strength", _BREAKS, "medium"), element.get("time")
    if text is None:
        return _BREAKS[strength]
    time = _TIME.fullmatch(text.strip())
    seconds = math.nan if time is None else float(time[1]) / (1000 if time[2] == "ms" else 1)
    if math.isnan(seconds):
        raise element.error(f"the time of <break> is {text[:40]!r}, but must be like '500ms' or '0.5s'.")
    return held(element, "pause", seconds)


def held(element: Element, kind: str, value: float) -> float:
    """A mark's value within its range, with a warning where it lay outside."""
    allowed = RANGES[kind]
    if value not in allowed:
        told = f"a {kind} of {value:.4g} is beyond what is spoken, {allowed}"
        warn(element, f"{told}; it is held at {allowed.held(value):g}")
    return allowed.held(value)


def style_of(element: Element) -> Emotion:
    """The Emotion of `mstts:express-as`: its style, as strong as its styledegree says."""
    style = (element.get("style") or element.get("type") or "").strip()
    if not style:
        raise element.error("<express-as> needs a style, such as 'sad'.")
    strength, plain = _strength(element), style.lower()
    azure = VOCABULARIES["azure-styles"]
    if plain in azure.terms:
        return azure.emotion(plain) * strength
    if plain in _MANNERS or not known(plain):
        warn(element, f"the style {style!r} is no emotion known here; it is spoken as neutral")
        return NEUTRAL
    weights, offset = meaning_of(plain)
    return (Emotion.of(weights) + Emotion.from_vad(*offset)) * strength


def _strength(element: Element) -> float:
    text = element.get("styledegree")
    degree = _QUANTITY.fullmatch("1" if text is None else text.strip())
    value = math.nan if degree is None or degree[1] or degree[3] else float(degree[2])
    if not 0.01 <= value <= 2.0:
        raise element.error(f"the styledegree is {text!r}, but must be a number from 0.01 to 2.")
    return _ORDINARY * value if value <= 1.0 else _ORDINARY + (1.0 - _ORDINARY) * (value - 1.0)


def _quantity(element: Element, attribute: str, text: str, units: tuple[str, ...], such: str) -> tuple[str, float, str]:
    """(sign, number with it, unit in lower case)."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None or found[3].lower() not in units:
        raise element.error(f"the {attribute} of <{element.tag}> is {text[:40]!r}, but must be like {such}.")
    return found[1], float(found[1] + found[2]), found[3].lower()
