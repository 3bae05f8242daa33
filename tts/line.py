"""A text on its way to be spoken: its sentences, each prepared for a prosody, and the silences around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.emotion import EmotionTrack, words_of
from studio.engines import Progress
from tts.acoustic import Kokoro
from tts.asides import Asked, asides, asked_before
from tts.prosody import breath, lengths
from tts.prosody.course import Feeling
from tts.prosody.reading import Prepared
from tts.prosody.silence import Edges, edges
from tts.text import Sentence
from tts.voice import ResolvedVoice


@dataclass(frozen=True, eq=False)
class Planner:
    """What it takes to prepare a sentence of one text. pauses: seconds put before words for the sake of pins, by
    (sentence, word).  seed: of the delivery; sounds that are no words are drawn by it."""

    kokoro: Kokoro
    voice: ResolvedVoice
    sentences: tuple[Sentence, ...]
    feeling: Feeling
    pauses: Mapping[tuple[int, int], float]
    seed: int = 0

    def prepared(self, index: int) -> Prepared:
        """A sentence as a prosody needs it."""
        asked = self._asked(index)
        feeling = self.feeling
        seconds = {word: a.seconds for word, a in asked.items()}
        sentence, pauses = breath.with_pauses(self.sentences[index], feeling.mean(index).pause, seconds)
        encoding = self.kokoro.encode(sentence.ids, self.voice.style(len(sentence.symbols)))
        f0, energy = self.kokoro.contour(encoding, lengths.whole(encoding.durations))
        _, _, margin = lengths.parts(encoding.durations, energy)
        accents, rates, shifts = feeling.asked(index, sentence)
        within = any(0 < word < len(sentence.words) for word in asked)
        return Prepared(
            index=index,
            sentence=sentence,
            encoding=encoding,
            bands=self.voice.bands,
            f0=f0,
            energy=energy,
            margin=margin,
            course=feeling.course(index, sentence),
            emotions=feeling.emotions(index, sentence),
            accents=accents,
            rates=rates,
            shifts=shifts,
            pauses=pauses if within else {},
            breaths={} if within else pauses,
            asides=asides(self.kokoro, self.voice, sentence, asked, pauses),
        )

    def edges(self, index: int) -> Edges:
        """The silences around a sentence."""
        asked = self._asked(index)
        before, after = (asked[w].seconds if w in asked else 0.0 for w in (0, len(self.sentences[index].words)))
        return edges(self.sentences, index, before, after)

    def _asked(self, index: int) -> dict[int, Asked]:
        more = {word: seconds for (sentence, word), seconds in self.pauses.items() if sentence == index}
        return asked_before(self.feeling, index, self.seed, more)


@dataclass(frozen=True, eq=False)
class Line:
    """A text, prepared. edges: the silences around each sentence.  level: dB over neutral, of the line as a whole."""

    text: str
    planner: Planner
    sentences: tuple[Prepared, ...]
    edges: tuple[Edges, ...]
    level: float

    def place(self, word: int) -> tuple[int, int] | None:
        """The sentence and its word that say the first of `words_of(text)[word]`; None where it is not said."""
        for i, places in enumerate(self.planner.feeling.places):
            if word in places:
                return i, places.index(word)
        return None

    def word(self, word: int) -> str:
        return words_of(self.text)[word]

    def seeded(self, seed: int) -> Line:
        """The line with its sounds that are no words drawn by another seed."""
        if seed == self.planner.seed or not any(p.asides for p in self.sentences):
            return self
        return _prepared(self.text, replace(self.planner, seed=seed))

    def paused(self, pauses: Mapping[tuple[int, int], float]) -> Line:
        """The line with seconds of pause before words, by (sentence, word)."""
        planner = replace(self.planner, pauses=pauses)
        changed = {i for i, _ in {**pauses, **self.planner.pauses}}
        prepared = tuple(planner.prepared(i) if i in changed else s for i, s in enumerate(self.sentences))
        return replace(self, planner=planner, sentences=prepared)


def planned(
    kokoro: Kokoro,
    voice: ResolvedVoice,
    text: str,
    sentences: Sequence[Sentence],
    track: EmotionTrack,
    seed: int = 0,
    progress: Progress | None = None,
) -> Line:
    """The line `text`, read as `sentences`, with the emotion of `track`, which counts in words."""
    planner = Planner(kokoro, voice, tuple(sentences), Feeling.of(track, text, sentences), {}, seed)
    return _prepared(text, planner, progress)


def _prepared(text: str, planner: Planner, progress: Progress | None = None) -> Line:
    prepared, count = [], len(planner.sentences)
    for i in range(count):
        if progress:
            progress("reading", i, count)
        prepared.append(planner.prepared(i))
    if progress:
        progress("reading", count, count)
    level = float(np.concatenate([p.course.of("level") for p in prepared]).mean())
    return Line(text, planner, tuple(prepared), tuple(map(planner.edges, range(count))), level)
