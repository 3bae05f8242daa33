"""The flow: text -> sentences -> a line, prepared -> a prosody's readings, fitted -> sound -> Speech."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.emotion.track import Mark
from studio.engines import Lengths, Progress, Voice
from studio.errors import InputError
from studio.media.sound import read_sound
from studio.performance import Speech, timed_words
from studio.performance.chunk import Bookmark, Chunk
from tts import post, takes, timeline, wordless
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.asides import TIMING_ROUNDS, heard_in, timed_before
from tts.copying.copied import copied
from tts.fitting import Fitted, fitted
from tts.lengths import lengths, word_times
from tts.line import Line, planned
from tts.prosodies import prosody
from tts.prosody.reading import Prosody, Take
from tts.rendering import said
from tts.streaming import Stream
from tts.text import LANGUAGES, Lexicon, Sentence, reader_for
from tts.voice import ALL, ResolvedVoice, resolve

_LIKELIEST = Take(0, temperature=0.0)

_LOG = logging.getLogger("affetto")


class KokoroSpeaker:
    """Speaks in Kokoro-82M's voices, their blends and mixes, and voices fitted to recordings (`tts.voice.notation`).

    A `studio.engines.Speaker`; loads its weights on first use.
    """

    sample_rate = SAMPLE_RATE
    checkpoints = ("kokoro", "kokoro-voices")

    def __init__(self, device: str = "auto", prosody: Prosody | None = None) -> None:
        """device: "auto", "cpu" or "cuda:N". Raises InputError when there is none such.

        prosody: decides in place of the one a Delivery names.
        """
        self._kokoro = Kokoro(device)
        self._own = prosody

    def voices(self) -> Sequence[Voice]:
        """American, British, then those of other languages; best first within a language."""
        return tuple(v for v in ALL.values() if v.language in LANGUAGES)

    def speak(
        self,
        text: str,
        *,
        voice: str,
        track: EmotionTrack,
        delivery: Delivery,
        progress: Progress | None = None,
    ) -> Speech:
        """Say `text`. With `delivery.seconds`, the result has exactly ``round(seconds * sample_rate)`` samples.

        track: the emotion, which may turn within the line; of its marks, laughs and the like, pauses, emphasis, rate,
        pitch and volume are followed, the others kept. A text of laughs and the like alone is that sound (`wordless`).
        Raises InputError for an unknown voice, nothing to say, or a length or pin out of reach (with the reach).
        """
        if wordless.is_wordless(text, track):
            return wordless.spoken(self._kokoro, resolve(voice), text, track, delivery)
        return self.say(self.plan(text, voice, track, delivery, progress), voice, track, delivery.seed, progress)

    def lengths(self, text: str, *, voice: str, track: EmotionTrack, delivery: Delivery) -> Lengths:
        """How long `speak` would take, whatever `delivery.seconds` is; nothing is sounded but a text of laughs alone.

        Raises InputError as `speak`, but for a length out of reach.
        """
        if wordless.is_wordless(text, track):
            return wordless.lengths(self._kokoro, resolve(voice), track, delivery)
        line, decides = self._prepared(text, voice, track, replace(delivery, seconds=None), None)
        return lengths(line, decides, delivery, Take(delivery.seed, delivery.temperature))

    def takes(
        self,
        text: str,
        count: int,
        *,
        voice: str,
        track: EmotionTrack,
        delivery: Delivery,
        progress: Progress | None = None,
    ) -> tuple[Speech, ...]:
        """`count` readings of `text` that truly differ (see `tts.takes`), the best first. Arguments as of `speak`.

        `speak` with a take's seed in the same delivery says it again. The line is said once more, neutrally, to rank
        the takes by. Raises InputError as `speak`, and for a delivery of which there is but one reading.
        """
        takes.check_delivery(delivery)
        if wordless.is_wordless(text, track):
            raise InputError(
                "Of sounds without a word there are no takes to choose from: another seed is another sound."
            )
        line, decides = self._prepared(text, voice, track, delivery, progress)
        drawn = takes.chosen(self._kokoro, line, decides, Take(delivery.seed, delivery.temperature), count)
        plain = replace(delivery, seconds=None, pins=(), like=None, like_text=None, temperature=0.0, prosody="rules")
        unmoved = EmotionTrack(marks=_ways_to_read(track))
        with _unwarned():
            neutral = self.speak(text, voice=voice, track=unmoved, delivery=plain, progress=progress)
        said = []
        for seed in drawn.seeds:
            plan = fitted(line.seeded(seed), decides, delivery, Take(seed, delivery.temperature))
            said.append(self.say(plan, voice, track, seed, progress))
        order = takes.ranked([s.samples for s in said], neutral.samples, SAMPLE_RATE, track.emotion, drawn.likely)
        return tuple(said[i] for i in order)

    def stream(
        self,
        text: str,
        *,
        voice: str,
        track: EmotionTrack,
        delivery: Delivery,
        prompt: bool = True,
        after: Bookmark | None = None,
    ) -> Generator[Chunk]:
        """`speak` in chunks, each made when it is asked for; the reading is the same.

        prompt: the first sentences come in parts, so that sound comes soon; else a chunk is a sentence.
        after: go on from there.  Raises InputError as `speak`, and for a delivery with a length or with pins.
        """
        speaking = resolve(voice)
        if wordless.is_wordless(text, track):
            return wordless.chunks(self._kokoro, speaking, text, track, delivery, after)
        sentences = _sentences(text, speaking, track, delivery)
        decides = self._prosody(delivery, speaking, sentences)
        return Stream(self._kokoro, speaking, text, sentences, track, decides, delivery, prompt).chunks(after)

    def plan(
        self, text: str, voice: str, track: EmotionTrack, delivery: Delivery, progress: Progress | None = None
    ) -> Fitted:
        """The line as it is to be said: its sentences prepared, read by the prosody, fitted into their time."""
        line, decides = self._prepared(text, voice, track, delivery, progress)
        return fitted(line, decides, delivery, Take(delivery.seed, delivery.temperature))

    def say(self, plan: Fitted, voice: str, track: EmotionTrack, seed: int, progress: Progress | None = None) -> Speech:
        """A planned line as speech; voice, track and seed are those it was planned with."""
        line, samples = plan.line, plan.samples
        spans: list[list[timeline.Span]] = []
        pieces = []
        for i, (prepared, fit) in enumerate(zip(line.sentences, plan.sentences, strict=True)):
            if progress:
                progress("speaking", i, len(line.sentences))
            sound, heard = said(self._kokoro, prepared, fit, line.level)
            pieces.append(sound)
            spans.append(heard)
        if progress:
            progress("speaking", len(line.sentences), len(line.sentences))
        joined = np.concatenate(pieces)
        if len(joined) > samples:
            # Frames are whole and `samples` may not be: what is over, less than 25 ms, lies in the last silence.
            joined = post.windowed(joined, 0, samples, SAMPLE_RATE)
        joined = post.levelled(joined, SAMPLE_RATE, line.level)
        offsets = [0, *np.cumsum([len(p) // FRAME for p in pieces])[:-1].tolist()]
        words = timeline.words([p.sentence for p in line.sentences], spans, offsets, samples)
        phonemes = timeline.phonemes(spans, offsets, samples)
        return Speech(
            samples=joined,
            sample_rate=SAMPLE_RATE,
            text=line.text,
            phonemes=phonemes,
            words=words,
            track=heard_in(track.in_seconds(timed_words(line.text, words)), phonemes),
            voice=voice,
            seed=seed,
        )

    def _prepared(
        self, text: str, voice: str, track: EmotionTrack, delivery: Delivery, progress: Progress | None
    ) -> tuple[Line, Prosody]:
        """The line, and who decides how it is read."""
        speaking = resolve(voice)
        sentences = _sentences(text, speaking, track, delivery)
        decides = self._prosody(delivery, speaking, sentences)

        def line(track: EmotionTrack, progress: Progress | None = None) -> Line:
            return planned(self._kokoro, speaking, text, sentences, track, delivery.seed, progress)

        if track.unit == "seconds":
            track = _in_words(track, line, decides, delivery)
        return line(track, progress), decides

    def _prosody(self, delivery: Delivery, speaking: ResolvedVoice, sentences: Sequence[Sentence]) -> Prosody:
        """Who decides how the line is read: the recording it is to be said like, or the prosody that was named."""
        if self._own:
            return self._own
        if delivery.like is None:
            return prosody(delivery.prosody)
        samples, rate = read_sound(delivery.like)
        return copied(samples, rate, delivery.like_text, list(sentences), speaking.language, self._kokoro)


def _sentences(text: str, speaking: ResolvedVoice, track: EmotionTrack, delivery: Delivery) -> tuple[Sentence, ...]:
    """The text as the reader of the voice's language reads it, with the user's pronunciations."""
    lexicon = Lexicon.load(delivery.lexicon) if delivery.lexicon else Lexicon()
    return tuple(reader_for(speaking.language).read(text, lexicon=lexicon, marks=_ways_to_read(track)))


def _ways_to_read(track: EmotionTrack) -> tuple[Mark, ...]:
    """The marks of how to read words: needed before anything is timed, so that a track in seconds has none."""
    return tuple(m for m in track.marks if m.kind == "say-as") if track.unit == "words" else ()


def _in_words(
    track: EmotionTrack, line: Callable[[EmotionTrack], Line], decides: Prosody, delivery: Delivery
) -> EmotionTrack:
    """A track in seconds counted in the words of the line that `line` makes of a track.

    When each word comes is known once the line is fitted, and how it is said depends on the emotion: what the line as a
    whole is felt as tells the times well enough. Pauses and laughs take time of their own, and each moves what comes
    after it: the line is timed again with them until each is before the word it was before. What is out of reach is
    refused or told of the line itself.
    """
    rough, loosely = EmotionTrack.constant(track.emotion), replace(delivery, nearest=True)
    before: list[int] = []
    for _ in range(TIMING_ROUNDS):
        with _unwarned():
            found = track.in_words(word_times(fitted(line(rough), decides, loosely, _LIKELIEST)))
        if (places := timed_before(found)) == before:
            break
        before, rough = places, replace(rough, marks=found.marks)
    return found


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without this thread's warnings of a line that is only measured: the line to be heard is warned of by itself."""
    own = threading.get_ident()

    def others(record: logging.LogRecord) -> bool:
        return record.thread != own

    _LOG.addFilter(others)
    try:
        yield
    finally:
        _LOG.removeFilter(others)
