"""The Python API. Finds the engines, keeps them warm, and passes each one's result to the next."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypedDict, Unpack, overload

import numpy as np
import numpy.typing as npt

from studio import checkpoints, engines
from studio.delivery import DEFAULT_PROSODY, DEFAULT_TEMPERATURE, Delivery, Pins, ProsodyName, check_takes, pins_of
from studio.emotion import EmotionTrack
from studio.emotion.script import Script
from studio.emotion.spoken import script_of
from studio.engines import Animator, Progress, Speaker, Tracker, Voice
from studio.errors import InputError
from studio.feeling import AUTO, Feelable, Look, Sense, feel
from studio.performance import Clip, Speech
from studio.performance.chunk import Bookmark, Chunk

DEFAULT_VOICE = "af_heart"

_LOG = logging.getLogger("affetto")


class Studio:
    """Speaks lines and lets faces say them. Engines load on first use and stay warm.

    device: "auto" (a GPU where there is one), "cpu" or "cuda:N".
    speaker, animator, tracker: names of installed engines (entry points ``speaker.<name>``, ``animator.<name>``,
        ``tracker.<name>``).
    """

    def __init__(
        self,
        device: str = "auto",
        *,
        speaker: str = "kokoro",
        animator: str = "photo",
        tracker: str = "landmarks",
    ) -> None:
        self._device = device
        self._speaker_name = speaker
        self._animator_name = animator
        self._tracker_name = tracker

    @cached_property
    def speaker(self) -> Speaker:
        engine: Speaker = engines.load("speaker", self._speaker_name, self._device)
        return engine

    @cached_property
    def animator(self) -> Animator:
        engine: Animator = engines.load("animator", self._animator_name, self._device)
        return engine

    @cached_property
    def tracker(self) -> Tracker:
        engine: Tracker = engines.load("tracker", self._tracker_name, self._device)
        return engine

    def feel(
        self,
        value: Feelable,
        *,
        overall: bool = False,
        by: Sense | None = None,
        neutral: Sequence[str | Path] = (),
        start: float | None = None,
        end: float | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> EmotionTrack:
        """What anything a person has in hand resolves to; `speak`, `animate` and `perform` read theirs by this.

        value: an Emotion or EmotionTrack, notation (``"angry:0.8"``), a direction in free words, JSON or EmotionML,
            or the path of a recording, a photograph, a film, a document.
        overall: of a recording or a film the Emotion as a whole, as `speak` takes it, not over its time.
        by: of a film, read the "face" (if left out) or the "voice".
        neutral: other recordings, or pictures, of the same person at rest.
        start, end: seconds of the recording.  face: which one of a picture, counted from 1 at the largest.
        Raises InputError for what can't be read.
        """

        def tracker() -> Tracker:
            checkpoints.fetch(self.tracker.checkpoints, progress)
            return self.tracker

        look = Look(overall=overall, by=by, neutral=neutral, start=start, end=end, face=face)
        return feel(value, look, tracker, progress)

    def feel_line(self, text: str, context: Sequence[str] = ()) -> EmotionTrack:
        """What the words of a line imply, sentence by sentence; neutral when nothing. context: the lines before it.

        Where the text has marks (or is SSML), these say how it is felt. Raises InputError for nothing to read.
        """
        if not any(c.isalnum() for c in text):
            raise InputError("There is no line to read: write what is to be said.")
        return script_of(text, None, context).track

    def voices(self) -> Sequence[Voice]:
        """The voices `speak` can use."""
        return self.speaker.voices()

    @overload
    def speak(
        self,
        text: str,
        voice: str | Path = ...,
        emotion: Feelable = ...,
        seconds: float | None = ...,
        **how: Unpack[_How],
    ) -> Speech: ...

    @overload
    def speak(
        self,
        text: str,
        voice: str | Path = ...,
        emotion: Feelable = ...,
        seconds: float | None = ...,
        *,
        takes: int,
        **how: Unpack[_How],
    ) -> tuple[Speech, ...]: ...

    def speak(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        takes: int | None = None,
        seed: int = 0,
        temperature: float = DEFAULT_TEMPERATURE,
        pins: Pins | None = None,
        nearest: bool = False,
        prosody: ProsodyName = DEFAULT_PROSODY,
        like: str | Path | None = None,
        like_text: str | None = None,
        lexicon: str | Path | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Speech | tuple[Speech, ...]:
        """Say `text`. With `seconds` the result has exactly ``round(seconds * sample_rate)`` samples.

        voice: a name, a blend ("af_heart*0.7+bf_emma*0.3"), the timbre of one with the prosody of another
            ("af_heart/bf_emma"), or a file that `affetto voice fit` made.
        text: may hold inline marks (``[sad]I knew it.[/sad] [pause 0.4s] [angry:0.9 -> calm]Get out.``) or be SSML.
        emotion: of what has no mark; anything `feel` reads, or "auto" for what each sentence implies by itself, with
            `context`, the lines before, in mind. None is neutral.
        takes: so many readings (2 to 16) that differ, the best first; the seed of one says it again.
        seed: another take.  temperature: how freely takes depart from the likeliest reading, 0 to 2.
        pins: when words start, in seconds: ``{"door": 1.2}``, where "the#2" is the second "the" and 7 the seventh
            word; or Pins. The rest is fitted around them.
        nearest: a length or a pin out of reach is met as closely as it can be, and the log says so.
        prosody: "autoregressive" (learned) or "rules" decides lengths, pitch and strength.
        like: a recording whose delivery, contour and tempo, is copied instead; like_text: its words, if known.
        lexicon: a CSV of own pronunciations: word, phonemes[, language].
        Raises InputError for anything given that can't be used, with what would do.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = Delivery(
            seconds=seconds,
            nearest=nearest,
            seed=seed,
            temperature=temperature,
            pins=pins_of(pins, script.text),
            prosody=prosody,
            lexicon=lexicon,
            like=like,
            like_text=like_text,
        )
        count = None if takes is None else check_takes(takes)
        checkpoints.fetch(self.speaker.checkpoints, progress)
        started = time.perf_counter()
        speaker, track = self.speaker, script.track
        said: tuple[Speech, ...]
        if count is None:
            said = (speaker.speak(script.text, voice=voice, track=track, delivery=delivery, progress=progress),)
        else:
            said = speaker.takes(script.text, count, voice=voice, track=track, delivery=delivery, progress=progress)
        taken = time.perf_counter() - started
        for speech in said:
            _LOG.info("spoke %.2f s of %s, %s, seed %d", speech.seconds, voice, speech.track, speech.seed)
        _LOG.info("in %.2f s", taken)
        return said[0] if count is None else said

    def stream(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        prompt: bool = True,
        after: Bookmark | None = None,
        seed: int = 0,
        temperature: float = DEFAULT_TEMPERATURE,
        pins: Pins | None = None,
        prosody: ProsodyName = DEFAULT_PROSODY,
        like: str | Path | None = None,
        like_text: str | None = None,
        lexicon: str | Path | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Generator[Chunk]:
        """`speak` in chunks, each made when it is asked for, the first of them soon. Close it to stop the work.

        prompt: the first sentences are cut for the sake of the first sound; else a chunk is a sentence.
        after: the bookmark of a chunk, to go on behind it.  The rest as of `speak`; `joined` makes a Speech of chunks.
        Raises InputError as `speak`, and for `seconds` or `pins`: a stream sounds before its end is planned.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = Delivery(
            seconds=seconds,
            seed=seed,
            temperature=temperature,
            pins=pins_of(pins, script.text),
            prosody=prosody,
            lexicon=lexicon,
            like=like,
            like_text=like_text,
        )
        checkpoints.fetch(self.speaker.checkpoints, progress)
        return self.speaker.stream(
            script.text, voice=voice, track=script.track, delivery=delivery, prompt=prompt, after=after
        )

    def _script(self, text: str, emotion: Feelable, context: Sequence[str], progress: Progress | None) -> Script:
        """What is to be said, and how it is felt."""
        if not isinstance(text, str):
            raise InputError(f"What to say is a string, not {type(text).__name__}.")
        auto = isinstance(emotion, str) and emotion.strip().lower() == AUTO
        if context and not auto:
            raise InputError('The lines before (context) are looked at only with the emotion "auto": leave them out.')
        return script_of(text, None if auto else self.feel(emotion, overall=True, progress=progress), context)

    def animate(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        speech: Speech,
        emotion: Feelable = None,
        seed: int | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]) say `speech`.

        emotion: what the face shows, anything `feel` reads; None is what the speech was spoken with.
        seed: of blinks and head motion; None is the speech's.
        face: which one, counted from 1 at the largest; None is the largest.
        """
        checkpoints.fetch(self.animator.checkpoints, progress)
        started = time.perf_counter()
        clip = self.animator.animate(
            portrait,
            speech,
            track=speech.track if emotion is None else self.feel(emotion, overall=True, progress=progress),
            seed=speech.seed if seed is None else int(seed),
            face=face,
            progress=progress,
        )
        taken = time.perf_counter() - started
        _LOG.info("planned %d frames of %d x %d in %.2f s", len(clip), clip.width, clip.height, taken)
        return clip

    def perform(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        face: int | None = None,
        **how: Unpack[_How],
    ) -> Clip:
        """`speak`, then `animate`: one line, one photograph, one emotion, one talking face. how: as of `speak`."""
        progress = how.get("progress")
        if not (isinstance(emotion, str) and emotion.strip().lower() == AUTO):
            emotion = self.feel(emotion, overall=True, progress=progress)
        # A portrait that can't be used should be said before a long text has been spoken.
        checkpoints.fetch(self.animator.checkpoints, progress)
        self.animator.prepare(portrait, face=face, progress=progress)
        speech = self.speak(text, voice, emotion, seconds, **how)
        return self.animate(portrait, speech, face=face, progress=progress)


class _How(TypedDict, total=False):
    """What `speak` takes besides, as there."""

    seed: int
    temperature: float
    pins: Pins | None
    nearest: bool
    prosody: ProsodyName
    like: str | Path | None
    like_text: str | None
    lexicon: str | Path | None
    context: Sequence[str]
    progress: Progress | None
