"""A line's EmotionTrack as rules for the tokens of its sentences: what the voice feels at each sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion, EmotionTrack
from studio.emotion.track import NONVERBAL, places_of
from tts.post import LEVEL_SHARE
from tts.prosody.rules import Rule, rule_for
from tts.text.sentence import Sentence

Floats = npt.NDArray[np.float64]

# What an emphasis does to a word, of the figures for a contrastive accent in English (Eady & Cooper 1986: F0 peak +4 to
# +5 st, word 1.25-1.4 times as long); "strong" all of it, "moderate" 0.6, "reduced" the opposite of half.
_ACCENT_PITCH, _ACCENT_LENGTH, _ACCENT_LEVEL = 3.5, 1.3, 3.0
_ACCENT_SIZES = {"strong": 1.0, "moderate": 0.6, "none": 0.0, "reduced": -0.5}


@dataclass(frozen=True, eq=False)
class Course:
    """The rule at each of a sentence's T tokens, pads included."""

    rules: tuple[Rule, ...]

    def of(self, field: str) -> Floats:
        """One field of the rules, [T]."""
        return np.array([getattr(r, field) for r in self.rules], float)

    def over(self, field: str, counts: npt.NDArray[np.int64]) -> Floats:
        """One field of the rules, each token's value repeated `counts` [T] times."""
        return np.repeat(self.of(field), counts)

    def mean(self, field: str) -> float:
        return float(self.of(field).mean())


@dataclass(frozen=True, eq=False)
class Feeling:
    """A track laid over the sentences of a text: places[i][w] is where word w of sentence i stands in the track."""

    track: EmotionTrack
    places: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, track: EmotionTrack, text: str, sentences: Sequence[Sentence]) -> Feeling:
        """track: in words of `text`."""
        flat = places_of([w for s in sentences for w in s.words], text)
        ends = np.cumsum([len(s.words) for s in sentences]).tolist()
        return cls(track, tuple(tuple(flat[a:b]) for a, b in zip([0, *ends], ends, strict=False)))

    def mean(self, index: int) -> Rule:
        """The rule of a sentence as a whole."""
        places = self.places[index]
        return _rule(self.track.mean(places[0], places[-1] + 1) if places else self.track.emotion)

    def course(self, index: int, sentence: Sentence) -> Course:
        """The rule of each token of sentence `index`."""
        return Course(tuple(self._marked(_rule(self.track.at(p)), p) for p in self._tokens(index, sentence)))

    def emotions(self, index: int, sentence: Sentence) -> npt.NDArray[np.float32]:
        """`Emotion.vector()` of what the voice feels at each token of sentence `index`, [T, 27]."""
        return np.stack([_vector(self.track.at(p)) for p in self._tokens(index, sentence)])

    def asked(self, index: int, sentence: Sentence) -> tuple[Floats, Floats, Floats]:
        """What marks ask for at each token of sentence `index`, [T]: accents, factors of the rate, semitones."""
        values = [self._marks(p) for p in self._tokens(index, sentence)]
        accents = np.array([_ACCENT_SIZES.get(str(v.get("emphasis")), 0.0) for v in values])
        rates, shifts = (np.array([float(v.get(k) or none) for v in values]) for k, none in (("rate", 1), ("pitch", 0)))
        return accents, rates, shifts

    def _tokens(self, index: int, sentence: Sentence) -> list[float]:
        """Where in the track each token stands, pads included; what lies between words stands with the word before."""
        words = self.places[index]
        found: list[float] = []
        for at, word in enumerate(sentence.word_of):
            if word is None:
                found.append(found[-1] if found else float(words[0] if words else 0))
                continue
            own = [i for i, w in enumerate(sentence.word_of) if w == word]
            found.append(words[word] + (at - own[0] + 0.5) / (own[-1] - own[0] + 1))
        return [found[0], *found, found[-1]]

    def between(self, index: int) -> dict[int, list[int]]:
        """What is asked for before words of sentence `index`, and after its last for the word one further: pauses and
        sounds that are no words, by their number among the track's marks.

        What comes after the text's last word belongs to the last sentence.
        """
        places = self.places[index]
        last = index + 1 == len(self.places)
        before = max((p for earlier in self.places[:index] for p in earlier), default=-1)
        found: dict[int, list[int]] = {}
        for number, mark in enumerate(self.track.marks):
            if mark.kind not in ("pause", *NONVERBAL) or not places:
                continue
            if mark.start > places[-1] and last:
                found.setdefault(len(places), []).append(number)
            elif before < mark.start <= places[-1]:
                found.setdefault(next(w for w, p in enumerate(places) if p >= mark.start), []).append(number)
        return found

    def _marks(self, place: float) -> dict[str, float | str | None]:
        """The values of the marks that cover a place."""
        if not self.track.marks:
            return {}
        covering = (self.track.marked(kind, place) for kind in ("emphasis", "rate", "pitch", "volume"))
        return {m.kind: m.value for m in covering if m is not None}

    def _marked(self, rule: Rule, place: float) -> Rule:
        value = self._marks(place)
        if not value:
            return rule
        accent = _ACCENT_SIZES.get(str(value.get("emphasis")), 0.0)
        return replace(
            rule,
            rate=rule.rate * float(value.get("rate") or 1.0),
            pitch=rule.pitch + float(value.get("pitch") or 0.0) + _ACCENT_PITCH * accent,
            level=rule.level + float(value.get("volume") or 0.0) / LEVEL_SHARE + _ACCENT_LEVEL * accent,
            vowels=rule.vowels * _ACCENT_LENGTH**accent,
            consonants=rule.consonants * _ACCENT_LENGTH ** (accent / 2),
        )


@lru_cache(maxsize=1024)
def _rule(emotion: Emotion) -> Rule:
    """What the voice does; what only brow or mouth feel is not heard."""
    return rule_for(emotion.at("voice"))


@lru_cache(maxsize=1024)
def _vector(emotion: Emotion) -> npt.NDArray[np.float32]:
    return emotion.at("voice").vector()
