"""The Python API. Finds the engines, keeps them warm, and passes each one's result to the next."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast, overload

import numpy as np
import numpy.typing as npt

from studio import checkpoints, engines
from studio.acting import Acting, ActingOptions, Seen, acting_of
from studio.delivery import DeliveryOptions, check_takes, delivery_of
from studio.emotion import EmotionTrack
from studio.engines import Animator, FilmAnimator, GroupAnimator, Progress, Relipped, Speaker, Tracker, Voice
from studio.errors import InputError
from studio.framing import Framing
from studio.performance import Clip, Speech
from studio.performance.chunk import Bookmark, Chunk
from studio.performance.tracked import Tracked

if TYPE_CHECKING:
    # What reads emotions takes most of a second to import (scipy.signal, scipy.optimize): it waits until one is read.
    from studio.emotion.script import Script
    from studio.feeling import Feelable, Sense

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

        from studio.feeling import Look, feel

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
        from studio.emotion.spoken import script_of

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
        *,
        takes: None = ...,
        context: Sequence[str] = ...,
        progress: Progress | None = ...,
        **how: Unpack[DeliveryOptions],
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
        context: Sequence[str] = ...,
        progress: Progress | None = ...,
        **how: Unpack[DeliveryOptions],
    ) -> tuple[Speech, ...]: ...

    def speak(
        self,
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        takes: int | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Speech | tuple[Speech, ...]:
        """Say `text`. With `seconds` the result has exactly ``round(seconds * sample_rate)`` samples.

        voice: a name, a blend ("af_heart*0.7+bf_emma*0.3"), the timbre of one with the prosody of another
            ("af_heart/bf_emma"), or a file that `affetto voice fit` made.
        text: may hold inline marks (``[sad]I knew it.[/sad] [pause 0.4s] [angry:0.9 -> calm]Get out.``) or be SSML.
        emotion: of what has no mark; anything `feel` reads, or "auto" for what each sentence implies by itself, with
            `context`, the lines before, in mind. None is neutral.
        takes: so many readings (2 to 16) that differ, the best first; the seed of one says it again.

        how, by keyword:

        seed: another take; 0 if left out.
        temperature: how freely takes depart from the likeliest reading, 0 to 2; 0.6 if left out.
        pins: when words start, in seconds: ``{"door": 1.2}``, where "the#2" is the second "the" and 7 the seventh
            word; or Pins. The rest is fitted around them.
        nearest: a length or a pin out of reach is met as closely as it can be, and the log says so.
        prosody: "autoregressive" (learned; if left out) or "rules" decides lengths, pitch and strength.
        like: a recording whose delivery, contour and tempo, is copied instead; like_text: its words, if known.
        lexicon: a CSV of own pronunciations: word, phonemes[, language].
        Raises InputError for anything given that can't be used, with what would do.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = delivery_of(script.text, seconds, how)
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
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Generator[Chunk]:
        """`speak` in chunks, each made when it is asked for, the first of them soon. Close it to stop the work.

        prompt: the first sentences are cut for the sake of the first sound; else a chunk is a sentence.
        after: the bookmark of a chunk, to go on behind it.
        how, and the rest: as of `speak`; `joined` makes a Speech of chunks.
        Raises InputError as `speak`, and for `seconds` or `pins`: a stream sounds before its end is planned.
        """
        script, voice = self._script(text, emotion, context, progress), str(voice)
        delivery = delivery_of(script.text, seconds, how)
        checkpoints.fetch(self.speaker.checkpoints, progress)
        return self.speaker.stream(
            script.text, voice=voice, track=script.track, delivery=delivery, prompt=prompt, after=after
        )

    def _script(self, text: str, emotion: Feelable, context: Sequence[str], progress: Progress | None) -> Script:
        """What is to be said, and how it is felt."""
        from studio.emotion.spoken import script_of

        if not isinstance(text, str):
            raise InputError(f"What to say is a string, not {type(text).__name__}.")
        auto = _is_auto(emotion)
        if context and not auto:
            raise InputError('The lines before (context) are looked at only with the emotion "auto": leave them out.')
        return script_of(text, None if auto else self.feel(emotion, overall=True, progress=progress), context)

    def animate(
        self,
        portrait: str | Path | npt.NDArray[np.uint8] | None,
        speech: Speech | str | Path | None = None,
        emotion: Feelable = None,
        seed: int | None = None,
        face: int | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
        **how: Unpack[ActingOptions],
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]; None for an animator that has one) say `speech`.

        speech: what `speak` made, or any recording: the path of a sound or of a film. Of one without a timeline the
            lips are heard, whatever the language. None: a film that drives is heard as well, a motion is silent.
        emotion: what the face shows, anything `feel` reads, or "auto" for what the voice sounds like; None is what
            the speech was spoken with.
        seed: of blinks and head motion; None is the speech's.
        face: which one, counted from 1 at the largest; None is the largest.
        framing: how large the film is, whole or cut around the head, and before what.

        how, by keyword:

        lip_scale: how wide the mouth moves, 0.3 to 1.6; 1 if left out.
        fps: of the film; 25, or a motion's own, if left out.
        expression: a picture (or film) of anybody whose expression the face holds throughout; neutral: the same person
            at rest, against which it is read more surely.
        drive: a film of anybody whose face leads this one; strengths: a Drive, how much of it.
        motion: the whole motion, a FaceMotion or the path of its CSV (Live Link Face); nothing else moves the face.

        A film's own faces are moved by `animate_film`, several of a picture by `animate_group`.
        Raises InputError for anything given that can't be used, with what would do.
        """
        if how.get("motion") is not None and (emotion is not None or seed is not None):
            raise InputError("A motion made elsewhere is all that moves the face: leave the emotion and the seed out.")
        acting = acting_of(how, lambda source: self._look_at(source, progress), alone=speech is None)
        speech = self._heard(speech, how.get("drive"), acting)
        checkpoints.fetch(self.animator.checkpoints, progress)
        started = time.perf_counter()
        clip = self.animator.animate(
            portrait,
            speech,
            track=self._shown(speech, emotion, progress),
            seed=speech.seed if seed is None else int(seed),
            face=face,
            acting=acting,
            framing=framing,
            progress=progress,
        )
        taken = time.perf_counter() - started
        _LOG.info("planned %d frames of %d x %d in %.2f s", len(clip), clip.width, clip.height, taken)
        return clip

    def animate_group(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        speeches: Mapping[int, Speech | str | Path],
        emotion: Feelable = None,
        seed: int = 0,
        framing: Framing | None = None,
        progress: Progress | None = None,
        **how: Unpack[ActingOptions],
    ) -> Clip:
        """Let several faces of one picture speak, each its own speech: ``{1: "bob.wav", 2: anna}``.

        speeches: by face, counted from 1 at the largest; all begin at once (silence before a line makes it an answer),
            and who has said all of it listens.  emotion: what all of them show; None is what each was spoken with.
        The rest as of `animate`; a film drives one face only, so that drive and motion don't apply.
        """
        if not speeches:
            raise InputError("There is nobody to speak: give each face its speech, {1: speech, 2: another}.")
        if how.get("drive") is not None or how.get("motion") is not None:
            raise InputError("A film or a motion leads one face: animate it alone.")
        acting = acting_of(how, lambda source: self._look_at(source, progress), alone=False)
        said = {face: s if isinstance(s, Speech) else Speech.of_file(s) for face, s in speeches.items()}
        animator = self.animator
        if not hasattr(animator, "animate_group"):
            raise InputError(f"The animator {self._animator_name!r} moves one face only.")
        checkpoints.fetch(animator.checkpoints, progress)
        return cast(GroupAnimator, animator).animate_group(
            portrait,
            said,
            tracks={face: self._shown(s, emotion, progress) for face, s in said.items()},
            seed=seed,
            acting=acting,
            framing=framing,
            progress=progress,
        )

    def animate_film(
        self,
        film: str | Path,
        speech: Speech | str | Path,
        start: float = 0.0,
        emotion: Feelable = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Relipped:
        """Let a face in a film say `speech` from `start` seconds on; its `save` writes the film, `report` tells of it.

        emotion: what the mouth shows besides, as of `animate`; the film's own expression stays.
        face: in each shot, counted from 1 at the largest; None is who speaks there. Frames in which no face can say it
            stay as they are. Raises InputError when there is no film, or the line starts after its end.
        """
        animator = self.animator
        if not hasattr(animator, "animate_film"):
            raise InputError(f"The animator {self._animator_name!r} moves no films.")
        said = speech if isinstance(speech, Speech) else Speech.of_file(speech)
        checkpoints.fetch(animator.checkpoints, progress)
        track = None if emotion is None else self._shown(said, emotion, progress)
        return cast(FilmAnimator, animator).animate_film(
            film, said, start=start, track=track, face=face, progress=progress
        )

    def _look_at(self, source: Seen, progress: Progress | None) -> Tracked:
        if isinstance(source, Tracked):
            return source
        checkpoints.fetch(self.tracker.checkpoints, progress)
        return self.tracker.track(source, progress=progress)

    def _heard(self, speech: Speech | str | Path | None, drive: Seen | None, acting: Acting) -> Speech:
        """What there is to hear in a film of this face."""
        if isinstance(speech, str | Path):
            return Speech.of_file(speech)
        if speech is not None:
            return speech
        if acting.motion is not None:
            return Speech.silence(acting.motion.seconds)
        if acting.driver is None:
            raise InputError("There is nothing to act: give a speech, a film that drives the face, or a motion.")
        if isinstance(drive, str | Path):
            with suppress(InputError):  # a film need not have sound
                return Speech.of_file(drive)
        return Speech.silence(acting.driver.motion.seconds)

    def _shown(self, speech: Speech, emotion: Feelable, progress: Progress | None) -> EmotionTrack:
        """What a face that says `speech` feels."""
        if emotion is None:
            return speech.track
        if not _is_auto(emotion):
            return self.feel(emotion, overall=True, progress=progress)
        from studio.feeling import voice_track

        return voice_track((speech.samples, speech.sample_rate))

    def perform(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        face: int | None = None,
        framing: Framing | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Clip:
        """`speak`, then `animate`: one line, one photograph, one emotion, one talking face.

        face, framing: as of `animate`.  The rest: as of `speak`.
        """
        if not _is_auto(emotion):
            emotion = self.feel(emotion, overall=True, progress=progress)
        # A portrait that can't be used should be said before a long text has been spoken.
        checkpoints.fetch(self.animator.checkpoints, progress)
        self.animator.prepare(portrait, face=face, framing=framing, progress=progress)
        speech = self.speak(text, voice, emotion, seconds, context=context, progress=progress, **how)
        return self.animate(portrait, speech, face=face, framing=framing, progress=progress)


def _is_auto(emotion: Feelable) -> bool:
    """Whether the line itself is to tell how it is felt."""
    from studio.feeling import AUTO

    return isinstance(emotion, str) and emotion.strip().lower() == AUTO
