"""The flow of a stream: sentence by sentence, the first in parts, each levelled and joined to the one before."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance.chunk import Bookmark, Chunk
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.asides import TIMING_ROUNDS, timed_before
from tts.fitting import Fit, fitted
from tts.line import Line, Planner
from tts.prosody.course import Feeling
from tts.prosody.reading import Contour, Prepared, Prosody, Take
from tts.prosody.silence import heard
from tts.rendering import contoured, said
from tts.streaming.about import About, expected_words
from tts.streaming.beginning import Beginning
from tts.streaming.cutting import FORWARD, calmest, stops
from tts.streaming.decoder import Decoder
from tts.streaming.level import Level
from tts.streaming.norms import norms
from tts.streaming.part import OVERLAP, Part
from tts.streaming.pieces import piece
from tts.text import Sentence
from tts.voice import ResolvedVoice

# Frames decoded behind a part: where it may be cut, the overlap with the next, and what the convolutions and the post
# stage reach.
_REACH = 4
_CONTEXT = FORWARD + OVERLAP // FRAME + _REACH

# So much sound tells how loud a voice is; less is as loud as its words happen to be.
_TELLING = 3 * SAMPLE_RATE
_LIKELIEST = Take(0, temperature=0.0)


@dataclass(frozen=True, eq=False)
class Stream:
    """A text on its way to be spoken in chunks. Nothing is done before a chunk is asked for, nor after the last was.

    track: in words or in seconds.  delivery: without a length and without pins (InputError says so of one with them).
    prompt: whether the first sentences are handed out in parts, so that sound comes soon; else a chunk is a sentence.
    """

    kokoro: Kokoro
    voice: ResolvedVoice
    text: str
    sentences: tuple[Sentence, ...]
    track: EmotionTrack
    prosody: Prosody
    delivery: Delivery
    prompt: bool = True

    def __post_init__(self) -> None:
        if self.delivery.seconds is not None or self.delivery.pins:
            raise InputError(
                "A stream sounds before its end is planned, so it takes no seconds and no pins: speak the line at once."
            )

    def chunks(self, after: Bookmark | None = None) -> Generator[Chunk]:
        """The chunks from the start, or from a bookmark on."""
        by_word = self.track if self.track.unit == "words" else EmotionTrack.constant(self.track.emotion)
        feeling = Feeling.of(by_word, self.text, list(self.sentences))
        planner = Planner(self.kokoro, self.voice, self.sentences, feeling, {}, self.delivery.seed)
        place = after or Bookmark()
        while place.sentences < len(self.sentences):
            for chunk in self._sentence(planner, place):
                yield chunk
                place = chunk.bookmark or place

    def _sentence(self, planner: Planner, place: Bookmark) -> Generator[Chunk]:
        """A sentence's chunks; the last of them has the bookmark of what follows."""
        if self.track.unit == "seconds":
            planner = self._felt_in_time(planner, place)
        whole = Beginning(self.kokoro)
        take = Take(self.delivery.seed, self.delivery.temperature)
        prepared, fit = self._fitted(planner, place.sentences, take)
        energy = contoured(whole, prepared, fit).energy
        start, level = heard(energy)[0] - fit.lead, prepared.course.mean("level")
        about = About(self.text, self.track, planner.feeling.places, place, self.voice.name, self.delivery.seed)
        part: Part | None = None
        for stop in self._stops(energy, start, fit, place):
            usual = norms(self.kokoro, self.voice.style)
            model = whole.upto(stop + _CONTEXT, Decoder(self.kokoro, usual.channels))
            sound, spans = said(model, prepared, fit, level)
            sound = sound[: (stop + _CONTEXT - start) * FRAME]
            end = calmest(sound, (stop - start) * FRAME)
            gain = Level(place.gain).after(sound[:end], level, self._louder(model, end, place)).gain
            part = Part.after(part, sound, end, gain)
            yield about.chunk(part.fresh, prepared.sentence, spans, part.start, None)
        sound, spans = said(whole, prepared, fit, level)
        gain = Level(place.gain).after(sound, level, self._louder(whole, len(sound), place)).gain
        part = Part.after(part, sound, len(sound), gain)
        done = Bookmark(place.sentences + 1, place.samples + len(sound), gain)
        yield about.chunk(part.fresh, prepared.sentence, spans, part.start, done)

    def _stops(self, energy: Contour, start: int, fit: Fit, place: Bookmark) -> list[int]:
        """The frames before which a sentence's parts end, but for the last. A GPU decodes any sentence at once."""
        if not (self.prompt and Decoder.serves(self.kokoro)):
            return []
        return stops(energy, start, start + fit.total, place.samples / SAMPLE_RATE)

    def _louder(self, model: Beginning, samples: int, place: Bookmark) -> float:
        """dB by which the sound decoded last is louder than the voice is, where it is short and nothing was before."""
        if place.gain is not None or samples > _TELLING or not Decoder.serves(self.kokoro):
            return 0.0
        return norms(self.kokoro, self.voice.style).louder(model.raw)

    def _fitted(self, planner: Planner, index: int, take: Take) -> tuple[Prepared, Fit]:
        """A sentence as it is read, by itself: without a length asked for, no other has a say in its frames."""
        prepared = planner.prepared(index)
        alone = Line(self.text, planner, (prepared,), (planner.edges(index),), prepared.course.mean("level"))
        return prepared, fitted(alone, self.prosody, self.delivery, take).sentences[0]

    def _felt_in_time(self, planner: Planner, place: Bookmark) -> Planner:
        """The planner with the sentence's emotion as the seconds of the track have it.

        When each word comes is known once the sentence is fitted, and how it is said depends on the emotion: what the
        line as a whole is felt as tells the times well enough, and its pauses and laughs are timed as in a line spoken
        at once.
        """
        start, last = place.samples / SAMPLE_RATE, place.sentences + 1 == len(self.sentences)
        rough, feeling, before = planner, planner.feeling, list[int]()
        for _ in range(TIMING_ROUNDS):
            prepared, fit = self._fitted(rough, place.sentences, _LIKELIEST)
            words = expected_words(self.text, feeling.places, place, prepared, fit)
            found = piece(self.track, start, start + fit.total * FRAME / SAMPLE_RATE, last).in_words(words)
            if (places := timed_before(found)) == before:
                break
            before = places
            rough = replace(planner, feeling=replace(feeling, track=replace(feeling.track, marks=found.marks)))
        return replace(planner, feeling=replace(feeling, track=found))
