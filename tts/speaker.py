"""The flow: text -> sentences -> lengths -> pitch -> sound -> Speech."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.emotion.track import NONVERBAL
from studio.engines import Progress, Voice
from studio.errors import InputError
from studio.performance import Speech, Word, timed_words
from tts import post, timeline
from tts.acoustic import FRAME, SAMPLE_RATE, Encoding, Kokoro, voices
from tts.prosody import breath, lengths, pitch
from tts.prosody.allocation import allocate, natural
from tts.prosody.course import Course, Feeling
from tts.prosody.variation import Take
from tts.text import Reader, Sentence

# Asked lengths reach from here to there, times the natural length. Faster, sounds fall under a frame and words are
# lost; slower, vowels turn into song.
SHORTEST, LONGEST = 0.7, 1.6
# Below this, a recogniser begins to miss words (docs/decisions/0004-voice-by-rule.md).
_CLEAR = 0.8
# Two are enough nine times in ten.
_CONTOUR_ROUNDS = 4

_LOG = logging.getLogger("affetto")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Planned:
    """A sentence on its way: what the model says of it, how long its tokens should be, which are pauses asked for."""

    sentence: Sentence
    encoding: Encoding
    take: Take
    course: Course
    plan: lengths.Plan
    pauses: tuple[int, ...]


class KokoroSpeaker:
    """Speaks English in the 28 voices of Kokoro-82M. A `studio.engines.Speaker`; loads its weights on first use."""

    sample_rate = SAMPLE_RATE
    checkpoints = ("kokoro", "kokoro-voices")

    def __init__(self, device: str = "auto") -> None:
        """device: "auto", "cpu" or "cuda:N". Raises InputError when there is none such."""
        self._kokoro = Kokoro(device)

    def voices(self) -> Sequence[Voice]:
        """American, then British, best first."""
        return tuple(voices.VOICES.values())

    def speak(
        self,
        text: str,
        *,
        voice: str,
        track: EmotionTrack,
        seconds: float | None,
        seed: int,
        progress: Progress | None = None,
    ) -> Speech:
        """Say `text`. With `seconds`, the result has exactly ``round(seconds * sample_rate)`` samples.

        track: the emotion, which may turn within the line; of its marks, pauses, emphasis, rate, pitch and volume are
        followed, the others kept.
        Raises InputError for an unknown voice, nothing to say, or a length out of reach (with the range in reach).
        """
        sentences = _reader(voices.voice(voice).language).read(text)
        if unsaid := sorted({m.kind for m in track.marks} & set(NONVERBAL)):
            _LOG.warning("This voice can't make a %s yet; the marks are kept in the timeline.", " or ".join(unsaid))
        if track.unit == "seconds":
            # When each word comes is known once the line is planned, and how it is planned depends on the emotion: what
            # the line as a whole is felt as tells the times well enough.
            flat = EmotionTrack.constant(track.emotion)
            known = self._planned(sentences, voice, Feeling.of(flat, text, sentences), seed, None)
            by_word = track.in_words(_word_times(known, text, seconds))
        else:
            by_word = track
        planned = self._planned(sentences, voice, Feeling.of(by_word, text, sentences), seed, progress)
        fits, samples = _fitted([p.plan for p in planned], seconds)
        level = float(np.concatenate([p.course.of("level") for p in planned]).mean())
        line: list[list[timeline.Span]] = []
        pieces: list[Samples] = []
        for i, (one, fit) in enumerate(zip(planned, fits, strict=True)):
            if progress:
                progress("speaking", i, len(planned))
            sound, spans = self._say(one, fit, level)
            pieces.append(sound)
            line.append(spans)
        if progress:
            progress("speaking", len(planned), len(planned))
        # Frames are whole and `samples` may not be: what is over, less than 25 ms, lies in the last silence.
        joined = post.levelled(np.concatenate(pieces)[:samples], SAMPLE_RATE, level)
        offsets = [0, *np.cumsum([len(p) // FRAME for p in pieces])[:-1].tolist()]
        words = timeline.words([p.sentence for p in planned], line, offsets, samples)
        return Speech(
            samples=joined,
            sample_rate=SAMPLE_RATE,
            text=text,
            phonemes=timeline.phonemes(line, offsets, samples),
            words=words,
            track=track.in_seconds(timed_words(text, words)),
            voice=voice,
            seed=seed,
        )

    def _planned(
        self, sentences: list[Sentence], voice: str, feeling: Feeling, seed: int, progress: Progress | None
    ) -> list[_Planned]:
        planned = []
        for i in range(len(sentences)):
            if progress:
                progress("reading", i, len(sentences))
            planned.append(self._plan(i, sentences, voice, feeling, seed))
        if progress:
            progress("reading", len(sentences), len(sentences))
        return planned

    def _plan(self, index: int, sentences: list[Sentence], voice: str, feeling: Feeling, seed: int) -> _Planned:
        asked = feeling.pauses(index)
        sentence, breaths = breath.with_pauses(sentences[index], feeling.mean(index).pause, asked)
        course = feeling.course(index, sentence)
        encoding = self._kokoro.encode(sentence.ids, voices.style(voice, len(sentence.symbols)))
        _, energy = self._kokoro.contour(encoding, lengths.whole(encoding.durations))
        take = Take(seed, index)
        variation = take.lengths([None, *sentence.word_of, None])
        edges = lengths.edges(sentences, index, asked.get(0, 0.0), asked.get(len(sentence.words), 0.0))
        plan = lengths.plan(sentence, encoding.durations, energy, course, variation, edges, breaths)
        return _Planned(sentence, encoding, take, course, plan, tuple(breaths) if asked else ())

    def _say(self, planned: _Planned, fit: lengths.Fitted, level: float) -> tuple[Samples, list[timeline.Span]]:
        """A sentence's sound, fit.total frames long, and what is heard when. level: dB of the line as a whole."""
        encoding = planned.encoding
        tokens, f0, energy = self._contour(encoding, fit)
        shaped = pitch.shape(f0, planned.course, tokens, planned.take.pitch(len(f0)))
        sound = self._kokoro.sound(encoding, tokens, shaped, energy)

        def along(field: str) -> npt.NDArray[np.float64]:
            return post.along(planned.course.of(field), tokens * FRAME, len(sound), SAMPLE_RATE)

        sound = post.tilt(post.dynamics(sound, SAMPLE_RATE, along("dynamics")), SAMPLE_RATE, along("tilt"))
        sound = post.gained(sound, post.LEVEL_SHARE * (along("level") - level))
        silent = lengths.within_pauses(tokens, planned.pauses)
        sound = post.silenced(sound, np.repeat(silent, FRAME), SAMPLE_RATE)
        start = lengths.heard(energy)[0] - fit.lead
        spans = timeline.spans(planned.sentence, tokens, lengths.pauses(energy) | silent, start, start + fit.total)
        return post.windowed(sound, start * FRAME, fit.total * FRAME, SAMPLE_RATE), spans

    def _contour(self, encoding: Encoding, fit: lengths.Fitted) -> tuple[Ints, Floats, Floats]:
        """Tokens' frames, F0 and energy such that what sounds fills the sentence but for its lead and trail.

        Stretched, a sound before a pause may take more or less of the pause than before. The model draws the contour
        in a hundredth of the decoder's time, so it is asked again with the difference shared out.
        """
        tokens = fit.tokens
        best: tuple[int, Ints, Floats, Floats] | None = None
        for _ in range(_CONTOUR_ROUNDS):
            f0, energy = self._kokoro.contour(encoding, tokens)
            start, end = lengths.heard(energy)
            missing = fit.total - fit.lead - fit.trail - (end - start)
            if best is None or abs(missing) < best[0]:
                best = abs(missing), tokens, f0, energy
            if missing == 0:
                break
            tokens = lengths.lengthened(tokens, start, end, missing)
        assert best is not None
        return best[1:]


@cache
def _reader(language: str) -> Reader:
    return Reader(british=language == "en-GB")


def _word_times(planned: list[_Planned], text: str, seconds: float | None) -> list[Word]:
    """About when each of `words_of(text)` will be said."""
    fits, _ = _fitted([p.plan for p in planned], seconds)
    words: list[Word] = []
    start = 0
    for one, fit in zip(planned, fits, strict=True):
        ends = start + fit.lead + np.cumsum(fit.tokens - one.plan.margin)
        for index, word in enumerate(one.sentence.words):
            own = [t for t, w in enumerate((None, *one.sentence.word_of, None)) if w == index]
            if own:
                before = float(ends[own[0] - 1])
                words.append(Word(word, before * FRAME / SAMPLE_RATE, float(ends[own[-1]]) * FRAME / SAMPLE_RATE))
        start += fit.total
    return timed_words(text, words)


def _fitted(plans: list[lengths.Plan], seconds: float | None) -> tuple[list[lengths.Fitted], int]:
    """Each sentence in whole frames, and the samples of the line."""
    targets = np.concatenate([p.targets for p in plans])
    floors = np.concatenate([p.floors for p in plans])
    frames = natural(targets, floors)
    samples = int(frames.sum()) * FRAME
    if seconds is not None:
        _check_reach(seconds, samples, int(floors.sum()) * FRAME)
        if seconds * SAMPLE_RATE < _CLEAR * samples:
            _LOG.warning(
                "%.2f s is %.2f times the natural length of this line: some words may be lost.",
                seconds,
                seconds * SAMPLE_RATE / samples,
            )
        hurried = round(seconds * SAMPLE_RATE) < samples
        samples = round(seconds * SAMPLE_RATE)
        elasticity = np.concatenate([lengths.hurried(p) if hurried else p.elasticity for p in plans])
        frames = allocate(targets, elasticity, floors, -(-samples // FRAME))
    parts = np.split(frames, np.cumsum([p.targets.size for p in plans])[:-1])
    return [lengths.fitted(p, f) for p, f in zip(plans, parts, strict=True)], samples


def _check_reach(seconds: float, natural_samples: int, least: int) -> None:
    low = max(SHORTEST * natural_samples, least) / SAMPLE_RATE
    high = LONGEST * natural_samples / SAMPLE_RATE
    if not (math.isfinite(seconds) and low - 0.5 / SAMPLE_RATE <= seconds <= high + 0.5 / SAMPLE_RATE):
        raise InputError(
            f"The line can't be said in {seconds:g} s: with this voice and emotion it takes from "
            f"{math.ceil(low * 100) / 100:.2f} to {math.floor(high * 100) / 100:.2f} s "
            f"({natural_samples / SAMPLE_RATE:.2f} s is natural)."
        )
