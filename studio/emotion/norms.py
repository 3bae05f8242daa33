"""Fills in the numbers of categories.csv and vocabularies/terms.csv from the Glasgow Norms.

    python studio/emotion/norms.py glasgow_norms.csv

As a script, since importing the package takes the finished tables. Their first columns are written by hand: the
category or term, other forms of it, the rated word that stands for it (or several, `fear+disappointed`, for their
mean), and for a term the categories it belongs to and who says so. This adds valence, arousal and dominance, and for
a term the weights of its categories.

Source: Scott, Keitel, Becirspahic, Yao & Sereno (2019), The Glasgow Norms: Ratings of 5,500 words on nine scales,
Behavior Research Methods 51; CC BY 4.0. Ratings run from 1 to 9. Here they are counted from the rating of the word
"neutral" (5.2, 4.0, 4.8), so that the neutral emotion is the zero, and divided by 4, so that the scale's ends are
about +-1 (what reaches past, the arousal of "love", is held there).

Places are as rated. Weights keep the order of Plutchik's wheel (2001, The nature of emotions, fig. 6; the terms of
"plutchik" in vocabularies.csv, mild, basic and intense in turn), which ratings of words alone don't bear out ("ecstasy"
is rated below "joy"): an intense word is the whole of its feeling, a mild one at most MILD of the basic one.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Array = npt.NDArray[np.float64]

SCALES = ("Valence", "Arousal", "Dominance")
NUMBERS = ("valence", "arousal", "dominance")
# A category named for a term is always felt in it: at least this much of it.
LEAST_WEIGHT = 0.2
# Plutchik gives the order of the three, not their distances. The ratings of four of the eight mild words ask for more
# than this; less would leave "pensive", "apprehensive" and "accepting" hardly anything of their feeling to show.
MILD = 2 / 3


def read_ratings(norms: Path) -> dict[str, Array]:
    """{word: valence, arousal, dominance [3], counted from "neutral"} of every word of the norms."""
    with norms.open(newline="", encoding="utf-8") as f:
        rated = {row["Word"].lower(): np.array([float(row[s]) for s in SCALES]) for row in csv.DictReader(f)}
    return {word: (rating - rated["neutral"]) / 4 for word, rating in rated.items()}


def rating_of(words: str, ratings: dict[str, Array]) -> Array:
    """The mean rating of ``word+word``, held in [-1, 1]; KeyError when the norms lack a word."""
    mean = np.mean([ratings[w] for w in words.split("+")], axis=0)
    return np.array([min(max(round(float(x), 3), -1.0), 1.0) for x in mean])


def weights_of(place: Array, families: Sequence[Array], least: float = 0.0, most: float = 1.0) -> Array:
    """The weights [n] >= LEAST_WEIGHT with which the families' places come nearest to `place`.

    Their sum lies between `least` and `most`; to three digits, so that `most` is not passed.
    """
    basis = np.stack(families, axis=1)
    n = len(families)
    best = minimize(
        lambda w: float(np.sum((basis @ w - place) ** 2)),
        np.full(n, most / n),
        bounds=[(LEAST_WEIGHT, 1.0)] * n,
        constraints=[
            {"type": "ineq", "fun": lambda w: most - w.sum()},
            {"type": "ineq", "fun": lambda w: w.sum() - least},
        ],
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    weights = np.maximum(np.floor(best.x * 1000 + 1e-3) / 1000, LEAST_WEIGHT)
    # What rounding takes from the least sum goes to the greatest weight.
    weights[weights.argmax()] += max(0.0, least - weights.sum())
    return np.asarray(np.round(weights, 3))


def _wheel(vocabularies: Path) -> tuple[dict[str, str], set[str]]:
    """Plutchik's {mild word: its basic word}, and his intense words."""
    terms = next(row["terms"] for row in _read(vocabularies) if row["name"] == "plutchik").split("|")
    return dict(zip(terms[0::3], terms[1::3], strict=True)), set(terms[2::3])


def _rewrite(table: Path, rows: list[dict[str, str]]) -> None:
    with table.open("w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def _read(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def fill_in(norms: Path, categories: Path, terms: Path, vocabularies: Path) -> None:
    """Write the numbers into the tables of categories and terms.

    KeyError when the norms lack a word, or a term names no category.
    """
    ratings = read_ratings(norms)
    places: dict[str, Array] = {}
    rows = _read(categories)
    for row in rows:
        places[row["category"]] = rating_of(row["word"], ratings)
        row.update(zip(NUMBERS, (f"{x:g}" for x in places[row["category"]]), strict=True))
    _rewrite(categories, rows)
    basic, intense = _wheel(vocabularies)
    rows = _read(terms)
    sums: dict[str, float] = {}
    # Mild words last: they go by their basic one, which is the whole where it is a category itself.
    for row in sorted(rows, key=lambda r: r["term"] in basic):
        term, place = row["term"], rating_of(row["word"], ratings)
        most = MILD * sums.get(basic[term], 1.0) if term in basic else 1.0
        families = [places[f] for f in row["families"].split("+")]
        weights = weights_of(place, families, 1.0 if term in intense else 0.0, most)
        sums[term] = float(weights.sum())
        row.update(zip(NUMBERS, (f"{x:g}" for x in place), strict=True))
        row["weights"] = "+".join(f"{w:g}" for w in weights)
    _rewrite(terms, rows)


if __name__ == "__main__":
    here = Path(__file__).parent
    tables = here / "vocabularies"
    fill_in(Path(sys.argv[1]), here / "categories.csv", tables / "terms.csv", tables / "vocabularies.csv")
