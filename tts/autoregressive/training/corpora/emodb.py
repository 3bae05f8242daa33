"""EMO-DB's recordings and the phone times labelled by hand.

Burkhardt, Paeschke, Rolfes, Sendlmeier & Weiss (2005), "A database of German emotional speech", Interspeech; CC0 in
audEERING's edition. Ten sentences, ten speakers, seven emotions. A file's name: speaker 03, sentence a01, emotion F,
version a.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from studio.errors import InputError
from tts.text.symbols import Kind

EMOTIONS = {
    "F": "happy",
    "T": "sad",
    "W": "angry",
    "A": "afraid",
    "E": "disgusted",
    "L": "bored",
    "N": "neutral",
}
_MEN = frozenset(("03", "10", "11", "12", "15"))
# As the speakers say them, in the labels' SAMPA; a stop is its closure, release and aspiration together. 6 = ɐ,
# 9 = œ, @ = ə, C = ç, N = ŋ, R = the uvular r.
SENTENCES = {
    "a01": "d 6 l a p m l i k t aU f d I m aI s S R a N k",
    "a02": "d a s v I l z i a m I t v O x a p g e b m",
    "a04": "h OY t @ a b m t k 9 n t I C @ s i m z a g N",
    "a05": "d @ s S v a t s @ b l a t p a p i6 b @ f I n d @ t s I C d a o b m n e b m d I m h O l t s S t Y k",
    "a07": "I n z i b m S t U n n v I t @ s z o v aI t z aI n",
    "b01": "v a s z I n d @ n d a s f Y t y t n d i d a U n t @ d @ m t I S t e n",
    "b02": "z i h a b m @ s g R a d @ h o x g @ t R a g N U n t j E t s g e n z i v i d 6 R U n t 6",
    "b03": "a n d e n v O x N E n n b I n I C j E t s I m 6 n a x h aU z @ g @ f a n U n t h a b @ "
    "a k n @ s b @ z u x t",
    "b09": "I C v I l d a s e b m v E k b R I N U n d a n m I t k a l v a s t R I N k g e n",
    "b10": "d i v I t aU f d @ m p l a t s z aI n v o v i6 z i I m 6 h I n l e g N",
}
# Letters of the labels that the sentences above write otherwise.
_SAME = {"X": "R", "4": "R", "r": "R", "B": "b", "D": "d", "G": "g", "V": "v", "H": "h", "L": "l", "J": "j"}
_VOWELS, _SONORANTS, _STOPS = frozenset("aeiouyAEIOUY@698"), frozenset("mnNlRj"), frozenset("pbtdkg?")
_LINE = re.compile(r"^\s*([\d.]+)\s+-?\d+\s*(.*)$")


@dataclass(frozen=True)
class Phone:
    """symbol: SAMPA.  start, end: seconds.  accent: 0 (none) to 3 (the sentence's main accent), as labelled."""

    symbol: str
    start: float
    end: float
    accent: int


@dataclass(frozen=True)
class Utterance:
    """A recording.  phones: for each phone of its sentence the one heard, or None; pause: seconds paused amid it.

    recognition, naturalness: share of listeners who heard the emotion, who found it natural.
    """

    path: Path
    speaker: str
    gender: str
    sentence: str
    emotion: str
    phones: tuple[Phone | None, ...]
    pause: float
    recognition: float
    naturalness: float


def kind(symbol: str) -> Kind:
    """The kind of a SAMPA symbol."""
    first = symbol[0]
    if first in _VOWELS:
        return Kind.VOWEL
    if first in _SONORANTS:
        return Kind.SONORANT
    return Kind.STOP if first in _STOPS else Kind.FRICATIVE


def read(folder: Path) -> list[Utterance]:
    """All recordings of the corpus's folder (wav/, labels/, erkennung.txt). Raises InputError when it isn't one."""
    paths = sorted((folder / "wav").glob("*.flac")) + sorted((folder / "wav").glob("*.wav"))
    if not paths or not (folder / "labels").is_dir():
        raise InputError(f"{folder} is not EMO-DB: it needs recordings in wav/ and their phone labels in labels/.")
    judged = _judged(folder / "erkennung.txt")
    utterances = []
    for path in paths:
        name = path.stem
        # One recording has two label files, one of them empty; two have an empty one only and are left out.
        labels = [_phones(p) for p in (folder / "labels").glob(f"{name}*.lablaut")]
        heard, pause = max(labels, key=lambda found: len(found[0]), default=([], 0.0))
        if not heard:
            continue
        sentence = name[2:5]
        recognition, naturalness = judged.get(name, (np.nan, np.nan))
        utterances.append(
            Utterance(
                path,
                name[:2],
                "male" if name[:2] in _MEN else "female",
                sentence,
                EMOTIONS[name[5]],
                _matched(SENTENCES[sentence].split(), heard),
                pause,
                recognition,
                naturalness,
            )
        )
    return utterances


def _judged(path: Path) -> dict[str, tuple[float, float]]:
    rows = re.findall(r"(\w{7})\.wav\s+([\d,]+)\s+([\d,]+)", path.read_text("latin1").replace("\xa0", " "))
    return {name: (float(a.replace(",", ".")) / 100, float(b.replace(",", ".")) / 100) for name, a, b in rows}


def _phones(path: Path) -> tuple[list[Phone], float]:
    """The phones of a label file, and the seconds of pauses. A label stands at the start of its sound.

    Labels of a change within a sound (+lar, -sth) and the parts of a stop (t, !t, tasp) belong to the sound before.
    """
    rows = [m.groups() for m in map(_LINE.match, path.read_text("latin1").split("#", 1)[1].splitlines()) if m]
    marks: list[tuple[str, float, int]] = []
    for time, label in rows:
        fields = label.split()
        symbol = fields[0] if fields and fields[0][0] not in "+-" else ""
        if symbol == "." or symbol.startswith("("):
            marks.append((symbol, float(time), 0))
            continue
        accent = next((int(f) for f in fields[1:] if f in "123"), 0)
        part = symbol.startswith("!") or symbol.endswith("asp")
        if marks and (not symbol.lstrip("+-") or (part and marks[-1][0][:1] in _STOPS)):
            marks[-1] = (*marks[-1][:2], max(marks[-1][2], accent))
            continue
        plain = symbol.strip("!_[+:").removesuffix("asp")
        if plain:
            marks.append((_SAME.get(plain, plain), float(time), accent))
    spans = list(pairwise(marks))
    pause = sum(after[1] - here[1] for here, after in spans if here[0].startswith("("))
    return [Phone(s, start, after[1], a) for (s, start, a), after in spans if not s.startswith("(")], pause


def _matched(wanted: list[str], heard: list[Phone]) -> tuple[Phone | None, ...]:
    """For each symbol wanted the phone heard for it, by least edits; None where it was left out."""
    missing = 1.0
    cost = np.zeros((len(wanted) + 1, len(heard) + 1))
    cost[:, 0], cost[0] = missing * np.arange(len(wanted) + 1), missing * np.arange(len(heard) + 1)
    for i, symbol in enumerate(wanted, 1):
        for j, phone in enumerate(heard, 1):
            swap = cost[i - 1, j - 1] + _difference(symbol, phone.symbol)
            cost[i, j] = min(swap, cost[i - 1, j] + missing, cost[i, j - 1] + missing)
    found: list[Phone | None] = [None] * len(wanted)
    i, j = len(wanted), len(heard)
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + _difference(wanted[i - 1], heard[j - 1].symbol)):
            i, j = i - 1, j - 1
            found[i] = heard[j]
        elif np.isclose(cost[i, j], cost[i - 1, j] + missing):
            i -= 1
        else:
            j -= 1
    return tuple(found)


def _difference(a: str, b: str) -> float:
    if a == b:
        return 0.0
    # Two sounds of different kinds are never each other's reading.
    return 0.5 if kind(a) is kind(b) else 2.5
