"""The words for emotions: 24 categories that an Emotion mixes, and every other term told in them.

A term (of any vocabulary, everywhere the same) has a place in valence-arousal-dominance that is the rating of a word
by people, and the categories it belongs to. The tables are categories.csv, vocabularies/terms.csv (see
`studio.emotion.norms` for how their numbers come about) and vocabularies/emoji.csv.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from studio.errors import InputError

VAD = tuple[float, float, float]

NEUTRAL_LABEL = "neutral"

# What is left off emoji: variation selectors, skin tones, and the sign of the person's gender.
_VARIANTS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2640\u2642]")
# Between words only: the sign of an opposite ("-happy") is no part of a label.
_SEPARATORS = re.compile(r"(?<=[^\W_])[\s_\-–/&,]+(?=[^\W_])")

# Endings of English word forms, and what stands in their place in the word itself.
# fmt: off
_ENDINGS = (
    ("ily", "y"), ("ically", "ic"), ("ly", ""), ("ly", "le"), ("iness", "y"), ("ness", ""),
    ("ing", ""), ("ing", "e"), ("ied", "y"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", ""),
)
# fmt: on
_COMPARISONS = (("ier", "y"), ("iest", "y"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"))
# Shorter stems would make a word of emotion out of others ("car" out of "caring"); of words known as they stand, three
# letters do ("sadly").
_SHORTEST_STEM, _SHORTEST_KNOWN = 4, 3


@dataclass(frozen=True)
class _Meaning:
    weights: tuple[tuple[str, float], ...]
    offset: VAD


def rows(*path: str) -> list[dict[str, str]]:
    """The rows of a table of this package."""
    with resources.files("studio.emotion").joinpath(*path).open(encoding="utf-8") as f:
        return list(csv.DictReader(f))


def _vad(row: dict[str, str]) -> VAD:
    return float(row["valence"]), float(row["arousal"]), float(row["dominance"])


def _forms(row: dict[str, str]) -> list[str]:
    return row["forms"].split("|") if row["forms"] else []


_CATEGORY_ROWS = rows("categories.csv")
CATEGORY_VAD: dict[str, VAD] = {row["category"]: _vad(row) for row in _CATEGORY_ROWS}
CATEGORIES: tuple[str, ...] = tuple(CATEGORY_VAD)
# Other forms of a category's own word; they are the category exactly.
SYNONYMS: dict[str, str] = {form: row["category"] for row in _CATEGORY_ROWS for form in _forms(row)}

# The basic emotions that each other category is a kind of, for engines that know only those: the families of Shaver,
# Schwartz, Kirson & O'Connor 1987 (love, joy, surprise, anger, sadness, fear), with contempt beside disgust (Ekman &
# Heider 1988), and where these have no place (tired, curious, confident) the basic emotions nearest in VAD.
KIN: dict[str, tuple[str, ...]] = {
    "excited": ("happy", "surprised"),
    "proud": ("happy",),
    "loving": ("happy", "calm"),
    "tender": ("calm",),
    "hopeful": ("happy", "calm"),
    "amused": ("happy",),
    "content": ("calm", "happy"),
    "nervous": ("afraid",),
    "ashamed": ("sad", "afraid"),
    "frustrated": ("angry",),
    "contemptuous": ("disgusted", "angry"),
    "grieving": ("sad",),
    "lonely": ("sad",),
    "tired": ("bored", "sad"),
    "curious": ("surprised", "happy"),
    "confident": ("happy", "calm"),
}
# Opposites by name rather than by their place in VAD, where that of happy lies nearest to bored: joy and sadness are
# opposed on Plutchik's wheel (1980) and across Russell's circumplex (1980) alike.
OPPOSITE: dict[str, tuple[str, ...]] = {"happy": ("sad",), "sad": ("happy",)}


def without_variants(text: str) -> str:
    """A text whose emoji have no skin tone, no gender and no selector."""
    return _VARIANTS.sub("", text)


def normal(label: str) -> str:
    """A label as it is looked up: no case, one space for what separates words, no variants of emoji."""
    words = _SEPARATORS.sub(" ", without_variants(label).casefold()).split()
    return " ".join(w for w in words if w != "and" or len(words) == 1)


def _term(row: dict[str, str]) -> _Meaning:
    families = row["families"].split("+")
    weights = tuple(zip(families, map(float, row["weights"].split("+")), strict=True))
    # Three digits times three digits: six tell the difference exactly.
    v, a, d = (round(x - sum(w * CATEGORY_VAD[c][i] for c, w in weights), 6) for i, x in enumerate(_vad(row)))
    return _Meaning(weights, (v, a, d))


def _known() -> tuple[dict[str, _Meaning], list[str], list[str]]:
    """What each normal label means, the labels as they are written, and the emoji."""
    meanings: dict[str, _Meaning] = {NEUTRAL_LABEL: _Meaning((), (0.0, 0.0, 0.0))}
    written = [*CATEGORIES, NEUTRAL_LABEL, *SYNONYMS]
    for label, category in [(c, c) for c in CATEGORIES] + list(SYNONYMS.items()):
        meanings[normal(label)] = _Meaning(((category, 1.0),), (0.0, 0.0, 0.0))
    for row in rows("vocabularies", "terms.csv"):
        for label in (row["term"], *_forms(row)):
            meanings[normal(label)] = _term(row)
            written.append(label)
    emoji = [normal(row["emoji"]) for row in rows("vocabularies", "emoji.csv")]
    for sign, row in zip(emoji, rows("vocabularies", "emoji.csv"), strict=True):
        meanings[sign] = meanings[normal(row["label"])]
    return meanings, written, emoji


def _without(word: str, endings: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for ending, instead in endings:
        if word.endswith(ending):
            base = word[: -len(ending)] + instead
            yield base
            if len(base) > 2 and base[-1] == base[-2]:  # saddest, sobbing
                yield base[:-1]


def _stems(word: str, shortest: int = _SHORTEST_STEM) -> list[str]:
    """The words that `word` may be a form of, nearest first: frighteningly, frightening, frighten."""
    found = [word]
    for stem in found:
        found.extend(s for s in _without(stem, _ENDINGS) if len(s) >= shortest and s not in found)
    return found


def _by_stem(meanings: dict[str, _Meaning]) -> dict[str, _Meaning]:
    """What the stems of known words mean, where only one thing."""
    found: dict[str, set[_Meaning]] = {}
    for word, meaning in meanings.items():
        for stem in _stems(word):
            found.setdefault(stem, set()).add(meaning)
    return {stem: next(iter(some)) for stem, some in found.items() if len(some) == 1}


_MEANINGS, _WRITTEN, _emoji = _known()
_STEM_MEANINGS = _by_stem(_MEANINGS)
# Without variants, the longest first, for finding them in a text.
EMOJI: tuple[str, ...] = tuple(sorted(_emoji, key=len, reverse=True))
# The labels of several words (being hurt, fears-confirmed, Jealousy & Envy) as `normal` has them, the longest first.
PHRASES: tuple[str, ...] = tuple(sorted({w for w in map(normal, _WRITTEN) if " " in w}, key=len, reverse=True))


def _find(label: str) -> _Meaning | None:
    word = normal(label)
    if word in _MEANINGS:
        return _MEANINGS[word]
    # Short words double their last consonant ("sadder"), so that "sober" is no form of "sob".
    compared = [
        base
        for base in _without(word, _COMPARISONS)
        if len(base) >= _SHORTEST_STEM or base[-1:] in "aeiouy" or word.startswith(base + base[-1])
    ]
    forms = [*_stems(word, _SHORTEST_KNOWN), *compared]
    for known, words in ((_MEANINGS, forms), (_STEM_MEANINGS, _stems(word))):
        for candidate in words:
            if candidate in known:
                return known[candidate]
    return None


def known(label: str) -> bool:
    """Whether a label means something here."""
    return _find(label) is not None


def meaning_of(label: str) -> tuple[dict[str, float], VAD]:
    """What a label stands for: {category: weight} and the offset in valence, arousal and dominance beyond them.

    A label is a category, a term of any vocabulary, another form of either (sadness, furiously, angrier), an emoji,
    or "neutral"; case, hyphens, underscores and spaces do not matter. Raises InputError that offers the nearest known
    labels.
    """
    meaning = _find(label)
    if meaning is not None:
        return dict(meaning.weights), meaning.offset
    near = difflib.get_close_matches(label.strip().lower(), _WRITTEN, n=3, cutoff=0.5)
    offer = f"did you mean {either(near)}?" if near else f"known ones are {', '.join(CATEGORIES)}, neutral."
    raise InputError(f"There is no emotion named {label.strip()!r}: {offer}")


def either(words: list[str]) -> str:
    """``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
