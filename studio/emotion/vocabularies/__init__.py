"""Every vocabulary of the field, each mapped to the space of Emotion and back.

    vocabulary("plutchik").emotion("annoyance")
    vocabulary("indextts2").vector(Emotion.parse("on edge"))

The terms are as published (vocabularies.csv names the publications); what each means is in terms.csv.
"""

from __future__ import annotations

import difflib

from studio.emotion.labels import either, rows
from studio.emotion.vocabularies.vocabulary import Vocabulary
from studio.errors import InputError

__all__ = ["DYADS", "VOCABULARIES", "Vocabulary", "vocabulary"]


def _emoji() -> Vocabulary:
    """One emoji for each label: the first; the others of emoji.csv are read as labels like any."""
    first: dict[str, str] = {}
    for row in rows("vocabularies", "emoji.csv"):
        first.setdefault(row["label"], row["emoji"])
    return Vocabulary("emoji", "Emoji, one for each feeling", "Unicode CLDR short names", None, tuple(first.values()))


def _load() -> dict[str, Vocabulary]:
    pairs = {"plutchik-dyads": tuple((r["dyad"], r["first"], r["second"]) for r in rows("vocabularies", "dyads.csv"))}
    told = []
    for r in rows("vocabularies", "vocabularies.csv"):
        terms = tuple(r["terms"].split("|"))
        told.append(Vocabulary(r["name"], r["title"], r["source"], r["uri"] or None, terms, pairs.get(r["name"], ())))
    return {v.name: v for v in (*told, _emoji())}


VOCABULARIES: dict[str, Vocabulary] = _load()

# Plutchik's pairs and what each makes: DYADS[frozenset({"joy", "trust"})] == "love". Plutchik (1980), Emotion: a
# psychoevolutionary synthesis; secondary and tertiary ones as the literature lists them since.
DYADS: dict[frozenset[str], str] = {
    frozenset((first, second)): dyad for dyad, first, second in VOCABULARIES["plutchik-dyads"].pairs
}


def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of a name or of an EmotionML URI. Raises InputError that offers the nearest names."""
    wanted = name.strip().lower()
    for v in VOCABULARIES.values():
        if wanted == v.name or (v.uri and wanted == v.uri.lower()):
            return v
    near = difflib.get_close_matches(wanted, VOCABULARIES, n=3, cutoff=0.5)
    offer = f"did you mean {either(near)}?" if near else f"known ones are {', '.join(VOCABULARIES)}."
    raise InputError(f"There is no vocabulary named {name.strip()!r}: {offer}")
