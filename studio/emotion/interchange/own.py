"""Affetto's own vocabulary of dimensions, which holds an Emotion whole and exactly.

Its items are the categories, the offset in valence, arousal and dominance, and both once more for each channel. A value
v in [0, 1] stands for 2 v - 1; with `-e1` after the vocabulary's name for ten times that, and so on. Decimals make it
exact: every float comes back bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal

from studio.emotion.emotion import CHANNELS, NEUTRAL, Emotion
from studio.emotion.interchange.annotations import EmotionVocabulary, Item
from studio.emotion.interchange.standard import NAMESPACE
from studio.emotion.interchange.xml import Element
from studio.emotion.labels import CATEGORIES

OFFSETS = ("valence-offset", "arousal-offset", "dominance-offset")
_ITEMS = (*CATEGORIES, *OFFSETS)
_URI = re.compile(r"#affetto-emotion(?:-e([1-9]\d{0,2}))?")
# Digits of the widest sum of doubles: from 1.8e308 down to 5e-324, with the 17 that a double has.
_EXACT = Context(prec=700)


def exponent_of(uri: str) -> int | None:
    """The power of ten that an item's range reaches, from the vocabulary's URI; None for another vocabulary's."""
    own = _URI.fullmatch(uri)
    return None if own is None else int(own[1] or 0)


def own_values(emotions: Sequence[Emotion]) -> tuple[str, dict[str, tuple[Decimal, ...]]]:
    """(the vocabulary's URI, {item: its value for each Emotion}); at least one item."""
    numbers = [numbers_of(e) for e in emotions]
    used = {name for each in numbers for name in each}
    exponent = 0
    while any(abs(x) > 10**exponent for each in numbers for x in each.values()):
        exponent += 1
    names = [n for n in _names(CHANNELS) if n in used] or [OFFSETS[0]]
    return f"#{_id(exponent)}", {n: tuple(_to_unit(each.get(n, 0.0), exponent) for each in numbers) for n in names}


def whole(values: Mapping[str, Decimal], exponent: int) -> Emotion:
    """The Emotion whose items have these values."""
    numbers = {name: _from_unit(x, exponent) for name, x in values.items()}

    def part(prefix: str) -> Emotion:
        weights = tuple((c, numbers[prefix + c]) for c in CATEGORIES if numbers.get(prefix + c, 0.0) != 0.0)
        v, a, d = (numbers.get(prefix + o, 0.0) for o in OFFSETS)
        return Emotion(weights, (v, a, d))

    shared, own = part(""), [(c, part(f"{c}.")) for c in CHANNELS]
    return Emotion(shared.weights, shared.offset, tuple((c, e) for c, e in own if e != NEUTRAL))


def own_vocabulary(uri: str, used: Iterable[str]) -> EmotionVocabulary:
    """The vocabulary of a URI, with the channels that the items in use speak of."""
    exponent = exponent_of(uri) or 0
    used = list(used)
    channels = [c for c in CHANNELS if any(n.startswith(f"{c}.") for n in used)]
    most = f"1{'0' * exponent}"
    said = (
        f"Affetto's emotion: how strongly each category is felt, and valence, arousal and dominance beyond what the "
        f"categories account for. 0 stands for -{most}, 0.5 for none (as does an item left out), 1 for {most}."
    )
    if channels:
        said += " What begins with the name of a channel (voice, brow, mouth) is felt there besides."
    info = Element((NAMESPACE, "info"), {}, (said,))
    return EmotionVocabulary(_id(exponent), "dimension", tuple(Item(n) for n in _names(channels)), info)


def numbers_of(emotion: Emotion) -> dict[str, float]:
    """What an Emotion is made of as {item: number}, without zeros."""

    def part(one: Emotion, prefix: str) -> dict[str, float]:
        pairs = [*one.weights, *zip(OFFSETS, one.offset, strict=True)]
        return {prefix + name: float(x) for name, x in pairs if x != 0.0}

    numbers = part(emotion, "")
    for channel, own in emotion.channels:
        numbers |= part(own, f"{channel}.")
    return numbers


def _names(channels: Sequence[str]) -> list[str]:
    return [*_ITEMS, *(f"{c}.{item}" for c in CHANNELS if c in channels for item in _ITEMS)]


def _id(exponent: int) -> str:
    return f"affetto-emotion-e{exponent}" if exponent else "affetto-emotion"


def _to_unit(x: float, exponent: int) -> Decimal:
    return _EXACT.divide(_EXACT.add(Decimal(repr(x)).scaleb(-exponent, _EXACT), Decimal(1)), Decimal(2))


def _from_unit(value: Decimal, exponent: int) -> float:
    return float(_EXACT.subtract(_EXACT.multiply(value, Decimal(2)), Decimal(1)).scaleb(exponent, _EXACT))
