"""What a chunk says of itself besides its sound: phonemes, words and emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack, words_of
from studio.performance import Phoneme, Word
from studio.performance.chunk import Bookmark, Chunk
from tts import timeline
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.asides import heard_in
from tts.fitting import Fit
from tts.prosody.reading import Prepared
from tts.streaming.pieces import in_seconds, piece
from tts.text import Sentence

Samples = npt.NDArray[np.float32]
# places[i][w]: which of the text's words (`words_of`) word w of sentence i is.
Places = Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class About:
    """A sentence on its way into chunks. place: where it begins."""

    text: str
    track: EmotionTrack
    places: Places
    place: Bookmark
    voice: str
    seed: int

    def chunk(
        self, samples: Samples, sentence: Sentence, spans: list[timeline.Span], done: int, bookmark: Bookmark | None
    ) -> Chunk:
        """The chunk that begins `done` samples into the sentence.  spans: of the whole sentence."""
        offset, begun = self.place.samples // FRAME, self.place.samples + done
        start, end = begun / SAMPLE_RATE, (begun + len(samples)) / SAMPLE_RATE
        total = self.place.samples + sum(s.end - s.start for s in spans) * FRAME

        def begins(item: Phoneme | Word) -> bool:
            return start <= item.start + 0.5 / SAMPLE_RATE < end

        phonemes = tuple(filter(begins, timeline.phonemes([spans], [offset], total)))
        words = {i: w for i, w in _words(sentence, spans, offset).items() if begins(w)}
        return Chunk(
            samples=samples,
            sample_rate=SAMPLE_RATE,
            start=start,
            phonemes=phonemes,
            words=tuple(words.values()),
            track=heard_in(self._track(words, done, bookmark is not None, start, end), phonemes),
            bookmark=bookmark,
            text=self.text,
            voice=self.voice,
            seed=self.seed,
        )

    def _track(self, words: Mapping[int, Word], done: int, ends: bool, start: float, end: float) -> EmotionTrack:
        index, places = self.place.sentences, self.places
        last = ends and index + 1 == len(places)
        if self.track.unit == "seconds":
            return piece(self.track, start, end, last)
        own = places[index]
        first = (own[min(words)] if words else own[-1]) if done else own[0] if index else 0
        after = max(own[max(words)] + 1, first) if words else first
        if ends:
            after = len(words_of(self.text)) if last else places[index + 1][0]
        by_place = {own[i]: w for i, w in words.items()}
        timed: list[Word] = []
        for p in range(first, after):
            at = timed[-1].end if timed else start
            timed.append(by_place.get(p, Word("", at, at)))
        return in_seconds(piece(self.track, first, max(after, first), last), timed, start, end)


def expected_words(text: str, places: Places, place: Bookmark, prepared: Prepared, fit: Fit) -> list[Word]:
    """About when each of the text's words is said, known up to the sentence at `place`; those before are said by its
    start, those after by its end."""
    start = place.samples / SAMPLE_RATE
    ends = start + (fit.lead + np.cumsum(fit.reading.frames)) * FRAME / SAMPLE_RATE
    said: dict[int, Word] = {}
    for index, word in enumerate(prepared.sentence.words):
        own = [t for t, w in enumerate((None, *prepared.sentence.word_of, None)) if w == index]
        if own:
            said[places[place.sentences][index]] = Word(word, float(ends[own[0] - 1]), float(ends[own[-1]]))
    words: list[Word] = []
    first = min(said, default=0)
    for p in range(len(words_of(text))):
        at = start if p < first else words[-1].end if words else start
        words.append(said.get(p, Word("", at, at)))
    return words


def _words(sentence: Sentence, spans: list[timeline.Span], offset: int) -> dict[int, Word]:
    """The sentence's words that are said, by their number. offset: frames of the line before the sentence."""
    said = {}
    for index, text in enumerate(sentence.words):
        own = [s for s in spans if s.word == index]
        if own:
            start, end = ((offset + f) * FRAME / SAMPLE_RATE for f in (own[0].start, own[-1].end))
            said[index] = Word(text, start, end)
    return said
