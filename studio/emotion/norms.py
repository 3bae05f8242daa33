"""Writes categories.csv: valence, arousal and dominance of each category from the Glasgow Norms.

    python -m studio.emotion.norms glasgow_norms.csv studio/emotion/categories.csv

Source: Scott, Keitel, Becirspahic, Yao & Sereno (2019), The Glasgow Norms: Ratings of 5,500 words on nine scales,
Behavior Research Methods 51; CC BY 4.0. Ratings run from 1 to 9. Here they are counted from the rating of the word
"neutral" (5.2, 4.0, 4.8), so that the neutral emotion is the zero, and divided by 4, so that the scale's ends are
about +-1 (the one that reaches past, the arousal of "love", is held there).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

# category -> the word whose ratings stand for it
WORDS = {
    "happy": "happy",
    "sad": "sad",
    "angry": "angry",
    "afraid": "afraid",
    "surprised": "surprise",
    "disgusted": "disgusted",
    "calm": "calm",
    "bored": "bored",
    "excited": "excited",
    "proud": "proud",
    "loving": "love",
    "tender": "tender",
    "hopeful": "hopeful",
    "amused": "funny",
    "content": "satisfied",
    "nervous": "nervous",
    "ashamed": "ashamed",
    "frustrated": "frustrated",
    "contemptuous": "contempt",
    "grieving": "grief",
    "lonely": "lonely",
    "tired": "tired",
    "curious": "curious",
    "confident": "confident",
}


def categories(norms: Path) -> list[tuple[str, str, float, float, float]]:
    """(category, word, valence, arousal, dominance) for each category; KeyError when the norms lack a word."""
    with norms.open(newline="", encoding="utf-8") as f:
        rated = {row["Word"].lower(): row for row in csv.DictReader(f)}
    scales = ("Valence", "Arousal", "Dominance")
    zero = [float(rated["neutral"][s]) for s in scales]
    rows = []
    for category, word in WORDS.items():
        v, a, d = (min(round((float(rated[word][s]) - z) / 4, 3), 1.0) for s, z in zip(scales, zero, strict=True))
        rows.append((category, word, v, a, d))
    return rows


if __name__ == "__main__":
    table = categories(Path(sys.argv[1]))
    with Path(sys.argv[2]).open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(("category", "word", "valence", "arousal", "dominance"))
        out.writerows(table)
