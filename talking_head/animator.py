"""The engine `animator.photo`: one photograph's face says a line."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio import checkpoints
from studio.acting import DEFAULT_FPS, Acting
from studio.devices import check_device
from studio.emotion import EmotionTrack
from studio.engines import Progress
from studio.errors import InputError
from studio.framing import Background, Framing
from studio.performance import Clip, Speech
from studio.performance.mixing import as_long, together
from talking_head.driving import acted_motion
from talking_head.landmarks import Landmarker
from talking_head.motion.attention import toward_speakers
from talking_head.portrait import MAX_SIDE, check_source, read_group, read_portrait
from talking_head.renderer import GroupRenderer, PhotoRenderer, matte
from talking_head.rig import Rig
from talking_head.visual_dubbing import DubbedFilm, FilmFaces, Line, Rest, check_asked, dub_faces, look_at

Source = str | Path | npt.NDArray[np.uint8]


class PhotoAnimator:
    """`studio.engines.Animator` by keypoints: a mesh of the photograph's own face, moved by ARKit coefficients.

    device: "auto", "cpu" or "cuda:N" (else InputError); all do the same. Motion and pictures are made on the processor,
    also for "cuda:N": a frame takes it a few milliseconds, and nothing here runs on a GPU.

    Models load on first use and stay; so does the last portrait made ready, until its file changes or another is given.
    """

    checkpoints = ("face-landmarker",)

    def __init__(self, device: str = "auto") -> None:
        check_device(device)
        self._landmarker = Landmarker()
        self._ready: tuple[tuple[object, ...], PhotoRenderer] | None = None
        self._looked: tuple[tuple[object, ...], FilmFaces] | None = None
        self._lock = threading.Lock()

    def prepare(
        self,
        portrait: Source | None,
        *,
        face: int | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Make a portrait ready, so that `animate` starts at once. Raises InputError as `animate` would."""
        self._renderer(portrait, face, framing or Framing(), progress)

    def animate(
        self,
        portrait: Source | None,
        speech: Speech,
        *,
        track: EmotionTrack,
        seed: int,
        face: int | None = None,
        acting: Acting | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]) say `speech`, feeling `track`.

        face: which one, counted from 1 at the largest; None takes the largest, with a log line when there are several.
        acting: how else the face is to act it; None is `Acting()`.  framing: None is `Framing()`, 1920 pixels at most.
        Raises InputError when there is no picture, no usable face, or no such face.
        """
        renderer = self._renderer(portrait, face, framing or Framing(), progress)
        return Clip(speech, acted_motion(speech, track, seed, acting or Acting()), renderer, track)

    def animate_group(
        self,
        portrait: Source,
        speeches: Mapping[int, Speech],
        *,
        tracks: Mapping[int, EmotionTrack],
        seed: int,
        acting: Acting | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let each face, counted from 1 at the largest, say its speech, feeling its track; all begin at once.

        Who has said all of it listens. Raises InputError as `animate`, and for a crop: a group is shown whole.
        """
        acting, framing = acting or Acting(), framing or Framing()
        if framing.crop != "whole":
            raise InputError("A group is shown whole: leave the crop out.")
        if progress:
            progress("preparing the portraits", 0, 1)
        size = MAX_SIDE if framing.size is None else framing.size
        portraits = read_group(portrait, tuple(speeches), self._landmarker, size)
        if framing.background is not None:
            checkpoints.fetch([matte.CHECKPOINT], progress)
        renderer = GroupRenderer(portraits, Rig.load(), framing.background)
        if progress:
            progress("preparing the portraits", 1, 1)
        length = max(s.seconds for s in speeches.values())
        lasting = [as_long(speech, length) for speech in speeches.values()]
        across = [p.landmarks[:, 0] for p in portraits]
        places = [(float(x.mean()), float(np.ptp(x))) for x in across]
        aims = toward_speakers(lasting, places, acting.fps or DEFAULT_FPS)
        # Two who listen with one seed would blink as one.
        motions = [
            acted_motion(speech, tracks[face], seed + face, acting, toward=aim)
            for face, speech, aim in zip(speeches, lasting, aims, strict=True)
        ]
        # Lengths in samples of two rates may differ by a frame.
        first, *others = (m.first(min(map(len, motions))) for m in motions)
        return Clip(together(list(speeches.values())), first, renderer.beside(others))

    def animate_film(
        self,
        film: str | Path,
        speech: Speech,
        *,
        start: float,
        track: EmotionTrack | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> DubbedFilm:
        """Let a face of a film say `speech` from `start` seconds on, in the pose of each frame.

        track: what its mouth feels; None is what was spoken with. face: in each shot, counted from 1 at the largest;
        None is who speaks there. Raises InputError when there is no film, or the line starts after its end.
        """
        return dub_faces(film, [Line(speech, start, track, face)], landmarker=self._landmarker, progress=progress)

    def look_at_film(self, film: str | Path, *, progress: Progress | None = None) -> FilmFaces:
        """Look at all of a film's faces: its `people`, who is the `speaker` of a stretch, and `mouth_activity`.

        The last film looked at is remembered until its file changes. Raises InputError when there is no film.
        """
        with self._lock:
            key = _identity(Path(film))
            if self._looked is None or self._looked[0] != key:
                self._looked = (key, look_at(film, landmarker=self._landmarker, progress=progress))
            return self._looked[1]

    def dub_film(
        self,
        film: str | Path,
        lines: Sequence[tuple[Speech, float, int | None]],
        silences: Sequence[tuple[float, float]] = (),
        *,
        progress: Progress | None = None,
    ) -> DubbedFilm:
        """Let a film's people say lines, any number of them, in place of their own: (what, from which second on, who).

        who: a number of the film's `people`; None is whose lips move there, nobody where they are out of the picture.
        silences: (start, end) in seconds of what was said in the film and is not said now: those lips rest. Outside of
        lines and silences, and where no face can be drawn, the film stays as it is.
        Raises InputError when there is no film, nothing to say, or a line or silence starts after the film's end.
        """
        said = [Line(speech, start, person=who, dubbed=True) for speech, start, who in lines]
        rests = [Rest(start, end) for start, end in silences]
        check_asked(film, said, rests)
        return self.look_at_film(film, progress=progress).dub(said, rests)

    def _renderer(
        self, portrait: Source | None, face: int | None, framing: Framing, progress: Progress | None
    ) -> PhotoRenderer:
        if portrait is None:
            raise InputError("There is no photograph: give one, or use the built-in head, which needs none.")
        size, background = MAX_SIDE if framing.size is None else framing.size, framing.background
        with self._lock:
            key = (*_identity(portrait), face, size, framing.crop, *_behind(background))
            if self._ready is None or self._ready[0] != key:
                if progress:
                    progress("preparing the portrait", 0, 2)
                read = read_portrait(portrait, face, self._landmarker, size, framing.crop)
                if progress:
                    progress("preparing the portrait", 1, 2)
                if background is not None:
                    checkpoints.fetch([matte.CHECKPOINT], progress)
                self._ready = (key, PhotoRenderer(read, Rig.load(), background))
                if progress:
                    progress("preparing the portrait", 2, 2)
            return self._ready[1]


def _behind(background: Background | None) -> tuple[object, ...]:
    """What tells one background from another; a picture's file as `_identity`."""
    if isinstance(background, Path) or (isinstance(background, str) and Path(background).suffix):
        return _identity(background)
    return _identity(background) if isinstance(background, np.ndarray) else (background,)


def _identity(portrait: Source) -> tuple[object, ...]:
    """What tells one photograph from another, and a file from what it was before."""
    check_source(portrait)
    if isinstance(portrait, np.ndarray):
        pixels = hashlib.blake2b(np.ascontiguousarray(portrait).data, digest_size=16).digest()
        return (portrait.shape, portrait.dtype.str, pixels)
    path = Path(portrait).absolute()
    try:
        status = path.stat()
    except (OSError, ValueError):  # `read_portrait` says what is wrong with it
        return (path,)
    return (path, status.st_mtime_ns, status.st_size)
