"""The part of a Studio that moves faces: portrait or film + Speech -> Clip."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

import numpy as np
import numpy.typing as npt

from studio import checkpoints
from studio.acting import Acting, ActingOptions, Seen, acting_of
from studio.emotion import EmotionTrack
from studio.engines import DubAnimator, FilmAnimator, GroupAnimator, Progress, Relipped, SeenFilm
from studio.errors import InputError
from studio.framing import Framing
from studio.numeric import is_number, is_whole
from studio.performance import Clip, Speech
from studio.performance.mixing import as_long
from studio.performance.tracked import Tracked
from studio.warm_engines import WarmEngines, is_auto

if TYPE_CHECKING:
    # As in warm_engines: reading emotions is imported when one is read.
    from studio.feeling import Feelable

_LOG = logging.getLogger("affetto")


class Animating(WarmEngines):
    """Lets faces say what was spoken, or any recording."""

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
        life: "procedural" (if left out) or "diffusion" moves head, brows, blinks and gaze.
        fps: of the film; 25, or a motion's own, if left out.
        expression: a picture (or film) of anybody whose expression the face holds throughout; neutral: the same person
            at rest, against which it is read more surely.
        drive: a film of anybody whose face leads this one; strengths: a Drive, how much of it.
        motion: the whole motion, a FaceMotion or the path of its CSV (Live Link Face); nothing else moves the face.
            Where it ends before the speech its last frame is held, and silence follows a speech that ends before it.

        A film's own faces are moved by `animate_film`, several of a picture by `animate_group`.
        Raises InputError for anything given that can't be used, with what would do.
        """
        if how.get("motion") is not None and (emotion is not None or seed is not None):
            raise InputError("A motion made elsewhere is all that moves the face: leave the emotion and the seed out.")
        acting = acting_of(how, lambda source: self._look_at(source, progress), alone=speech is None)
        _check_face(face)
        speech = self._heard(speech, how.get("drive"), acting)
        if acting.motion is not None:
            # The shorter of the two waits for the other: silence, or the last pose.
            speech = as_long(speech, acting.motion.seconds)
            acting = replace(acting, motion=acting.motion.lasting(speech.seconds))
        checkpoints.fetch(self.animator.checkpoints, progress)
        started = time.perf_counter()
        clip = self.animator.animate(
            portrait,
            speech,
            track=self._shown(speech, emotion, progress),
            seed=speech.seed if seed is None else _seed(seed),
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
        if not (isinstance(speeches, Mapping) and speeches and all(map(is_whole, speeches))):
            raise InputError("Each face that speaks is given by its number, with its speech: {1: speech, 2: another}.")
        seed = _seed(seed)
        if how.get("drive") is not None or how.get("motion") is not None:
            raise InputError("A film or a motion leads one face: animate it alone.")
        acting = acting_of(how, lambda source: self._look_at(source, progress), alone=False)
        said = {face: _speech(s) for face, s in speeches.items()}
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
        said = _speech(speech)
        if not is_number(start):
            raise InputError(f"A line starts at a second of the film, not at {start!r}.")
        _check_face(face)
        checkpoints.fetch(animator.checkpoints, progress)
        track = None if emotion is None else self._shown(said, emotion, progress)
        return cast(FilmAnimator, animator).animate_film(
            film, said, start=start, track=track, face=face, progress=progress
        )

    def look_at_film(self, film: str | Path, progress: Progress | None = None) -> SeenFilm:
        """The faces of a film: its `people`, each with one number in every shot, and how their mouths move."""
        return self._dub_animator(progress).look_at_film(film, progress=progress)

    def dub_film(
        self,
        film: str | Path,
        lines: Sequence[tuple[Speech, float, int | None]],
        silences: Sequence[tuple[float, float]] = (),
        progress: Progress | None = None,
    ) -> Relipped:
        """Let a film's people say many lines in place of their own, in one pass; `animate_film` says a single one.

        lines: (what, from how many seconds on, the number of who in `look_at_film(film).people`, None for whose lips
            move there).  silences: spans in seconds of what was said in the film and is not now: lips rest.
        Raises InputError when there is no film, nothing to say, or a line or silence starts after the film's end.
        """
        return self._dub_animator(progress).dub_film(film, lines, silences, progress=progress)

    def _dub_animator(self, progress: Progress | None) -> DubAnimator:
        animator = self.animator
        if not hasattr(animator, "dub_film"):
            raise InputError(f"The animator {self._animator_name!r} dubs no films.")
        checkpoints.fetch(animator.checkpoints, progress)
        return cast(DubAnimator, animator)

    def _look_at(self, source: Seen, progress: Progress | None) -> Tracked:
        if isinstance(source, Tracked):
            return source
        checkpoints.fetch(self.tracker.checkpoints, progress)
        return self.tracker.track(source, progress=progress)

    def _heard(self, speech: Speech | str | Path | None, drive: Seen | None, acting: Acting) -> Speech:
        """What there is to hear in a film of this face."""
        if speech is not None:
            return _speech(speech)
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
        if not is_auto(emotion):
            return self.feel(emotion, overall=True, progress=progress)
        from studio.feeling import voice_track

        return voice_track((speech.samples, speech.sample_rate))


def _speech(given: object) -> Speech:
    """What is to be said, as a Speech."""
    if isinstance(given, Speech):
        return given
    if isinstance(given, str | Path):
        return Speech.of_file(given)
    raise InputError(f"A speech is what `speak` made or the path of a recording, not {type(given).__name__}.")


def _seed(given: object) -> int:
    if not is_whole(given):
        raise InputError(f"A seed is a whole number, not {given!r}.")
    return int(cast(int, given))


def _check_face(face: object) -> None:
    if not (face is None or is_whole(face)):
        raise InputError(f"A face is a number, counted from 1 at the largest, not {face!r}.")
