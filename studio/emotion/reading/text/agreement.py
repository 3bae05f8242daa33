"""How often the reading of a list of directions agrees with what a director meant by them.

    python -m studio.emotion.reading.text.agreement docs/directions.csv --page docs/directions.md

A row names the category that fits best, others a colleague would accept as well, and the signs of valence and arousal
against neutral speech (0: not scored).
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

from studio.emotion.emotion import Emotion
from studio.emotion.reading.text.direction import read_text
from studio.media.files import written_whole

# Weaker than this is as good as none.
_NEUTRAL_UNDER = 0.15


@dataclass(frozen=True)
class Judged:
    """One direction: what was meant, what was read, and where the two agree (None: not scored)."""

    direction: str
    wanted: str
    emotion: Emotion
    category: bool
    valence: bool | None
    arousal: bool | None

    @property
    def agrees(self) -> bool:
        """In everything that is scored."""
        return self.category and self.valence is not False and self.arousal is not False


def judge(table: Path) -> list[Judged]:
    """Read every direction of a table (columns direction, category, also, valence, arousal)."""
    with table.open(newline="", encoding="utf-8") as f:
        return [_judged(row) for row in csv.DictReader(f)]


def shares(judged: list[Judged]) -> dict[str, float]:
    """Shares of agreement, of the rows scored: category, valence, arousal, and all three at once."""
    told = {"category": [j.category for j in judged]}
    told["valence"] = [j.valence for j in judged if j.valence is not None]
    told["arousal"] = [j.arousal for j in judged if j.arousal is not None]
    told["all three"] = [j.agrees for j in judged]
    return {name: sum(right) / len(right) for name, right in told.items()}


def page(judged: list[Judged]) -> str:
    """The list with every reading, misses first, as Markdown."""
    lines = [
        "# Directions, and how they are read",
        "",
        "Written by `python -m studio.emotion.reading.text.agreement`; how the list came about stands in",
        "`docs/decisions/0008-emotion-from-a-text.md`. A miss is marked in the columns where it is one.",
        "",
        "| " + " | ".join(f"{name} {share:.0%}" for name, share in shares(judged).items()) + " |",
        "|---|---|---|---|",
        "",
        "| direction | meant | read | category | valence | arousal |",
        "|---|---|---|---|---|---|",
    ]
    for j in sorted(judged, key=lambda j: j.agrees):
        marks = ["" if right is not False else "miss" for right in (j.category, j.valence, j.arousal)]
        read = ", ".join(f"{c} {w:.2f}" for c, w in sorted(j.emotion.labels.items(), key=lambda x: -x[1])) or "neutral"
        valence, arousal, _ = j.emotion.vad
        lines.append(
            f"| {j.direction} | {j.wanted} | {read}; v {valence:+.2f}, a {arousal:+.2f} | {' | '.join(marks)} |"
        )
    return "\n".join(lines) + "\n"


def _judged(row: dict[str, str]) -> Judged:
    emotion = read_text(row["direction"])
    accepted = {row["category"], *filter(None, row["also"].split("|"))}
    nearest = emotion.nearest if emotion.intensity >= _NEUTRAL_UNDER else "neutral"
    valence, arousal, _ = emotion.vad
    signs = [
        None if row[k] == "0" else (x > 0) == (row[k] == "+") and x != 0
        for k, x in (("valence", valence), ("arousal", arousal))
    ]
    wanted = " or ".join([row["category"], *filter(None, row["also"].split("|"))])
    wanted += f"; v {row['valence']}, a {row['arousal']}"
    return Judged(row["direction"], wanted, emotion, nearest in accepted, *signs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--page", type=Path, help="Markdown to write")
    asked = parser.parse_args()
    found = judge(asked.table)
    for name, share in shares(found).items():
        print(f"{name:<10}{share:6.1%}")
    if asked.page:
        with written_whole(asked.page) as part:
            part.write_text(page(found), encoding="utf-8")
