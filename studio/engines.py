"""The contracts engines keep, and how an engine is found.

`studio` imports no engine. A package offers one through the entry-point group ``affetto.engines``, under the name
``<kind>.<name>``: ``speaker.kokoro``, ``animator.photo``. The entry point is a class that takes ``device``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from studio.acting import Acting
from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.framing import Framing
from studio.performance import Clip, Phoneme, Speech, Word
from studio.performance.chunk import Bookmark, Chunk
from studio.performance.tracked import Tracked

GROUP = "affetto.engines"

_LOG = logging.getLogger("affetto")

# Called with (what is being done, how much is done, out of how much).
Progress = Callable[[str, float, float], None]
FilmSound = Literal["replace", "over"]


@dataclass(frozen=True)
class Voice:
    """A voice a Speaker has. language: BCP-47 tag; gender: "female" or "male" as the voice's makers name it."""

    name: str
    language: str
    gender: str


@dataclass(frozen=True)
class Lengths:
    """How long a line takes to say, in seconds.

    shortest, longest: what `seconds` may be asked for.  natural: what it takes when none are.
    spoken: the `seconds` in which its words keep their natural lengths: less than `natural` by the silence around a
    line that a length asked for does without. `spoken / seconds` is a line's tempo.
    words: about when each of `words_of(text)` is said, in `natural` seconds; phonemes: likewise; neither of sounds that
    are no words.
    """

    shortest: float
    natural: float
    longest: float
    spoken: float
    words: tuple[Word, ...] = ()
    phonemes: tuple[Phoneme, ...] = ()


class Speaker(Protocol):
    """text -> Speech. checkpoints: the names in the manifest of what it needs; they are fetched before it is used."""

    sample_rate: int
    checkpoints: Sequence[str]

    def __init__(self, device: str = "auto") -> None:
        """device: "auto", "cpu" or "cuda:N". Loads nothing yet."""

    def voices(self) -> Sequence[Voice]:
        """The voices it has, best first within a language."""
        ...

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

        track: the emotion over the line, in words or seconds; its marks as far as the engine can follow them.
        Raises InputError for an unknown voice, nothing to say, or a length or pin out of reach (with the reach).
        """
        ...

    def lengths(self, text: str, *, voice: str, track: EmotionTrack, delivery: Delivery) -> Lengths:
        """How long `speak` would take to say `text` in this delivery, whatever its `seconds`; nothing is sounded.

        Raises InputError as `speak`, but for a length out of reach.
        """
        ...

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
        """`count` readings of `text` that differ, the best first; arguments and errors as of `speak`.

        Each has a seed of its own, and `speak` with that seed in the same delivery says it again.
        """
        ...

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
        """`speak` in chunks, each made when it is asked for; closing it stops the work.

        prompt: sound comes as soon as it can; else a chunk is a sentence, and ends with a bookmark.
        after: go on from there; the chunks are those of a stream that was not interrupted, to the sample.
        Raises InputError as `speak`, and for a delivery with a length or with pins.
        """
        ...


class Animator(Protocol):
    """portrait + Speech -> FaceMotion -> frames. checkpoints: as of a Speaker."""

    checkpoints: Sequence[str]

    def __init__(self, device: str = "auto") -> None:
        """device: "auto", "cpu" or "cuda:N". Loads nothing yet."""

    def prepare(
        self,
        portrait: str | Path | npt.NDArray[np.uint8] | None,
        *,
        face: int | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Look at a portrait before there is anything to say. Raises InputError as `animate` would."""
        ...

    def animate(
        self,
        portrait: str | Path | npt.NDArray[np.uint8] | None,
        speech: Speech,
        *,
        track: EmotionTrack,
        seed: int,
        face: int | None = None,
        acting: Acting | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]) say `speech` with the feeling of `track`.

        speech: without phonemes it is a recording, whose lips are heard.
        face: which one, counted from 1 at the largest; None takes the largest and says so when there are several.
        acting: how else the face is to act it; None is `Acting()`.  framing: how the picture is shown; None is
            `Framing()`.
        Raises InputError when there is no picture, no usable face, or no such face.
        """
        ...


class GroupAnimator(Animator, Protocol):
    """An Animator that can also let several faces of one picture speak."""

    def animate_group(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        speeches: Mapping[int, Speech],
        *,
        tracks: Mapping[int, EmotionTrack],
        seed: int,
        acting: Acting | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let each face, counted from 1 at the largest, say its speech, feeling its track; all begin at once.

        Who has said all of it listens. Raises InputError as `animate`.
        """
        ...


class Relipped(Protocol):
    """A film whose faces say new lines, drawn when it is saved.

    report: where they are drawn (`drawn`, spans) and what is left, for people by str(), as JSON by `describe()`.
    """

    report: Any
    size: tuple[int, int]
    fps: float

    def __len__(self) -> int: ...

    def frames(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield every frame of the film, RGB uint8 [height, width, 3]."""
        ...

    def save(self, path: str | Path, *, sound: FilmSound = "replace", progress: Progress | None = None) -> Path:
        """Write an MP4. sound: "replace" silences the film's own while a line is said, "over" lays the line over it."""
        ...


class FilmAnimator(Animator, Protocol):
    """An Animator that can also let the faces of a film say new lines."""

    def animate_film(
        self,
        film: str | Path,
        speech: Speech,
        *,
        start: float,
        track: EmotionTrack | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Relipped:
        """Let a face say `speech` from `start` seconds on. track: what its mouth feels; None is what was spoken with.

        face: in each shot, counted from 1 at the largest; None is who speaks there. Where no face can say it, the film
        stays as it is. Raises InputError when there is no film, or the line starts after its end.
        """
        ...


class SeenPerson(Protocol):
    """Somebody seen in a film. number: counted from 1 in the order in which they come, the same in every shot."""

    @property
    def number(self) -> int: ...


class SeenMouth(Protocol):
    """A person's mouth. times: seconds [n] in which it is seen.  aperture: [n] 0 closed to 1 wide open.

    spans: (start, end) in seconds in which it moves as in speech.
    """

    @property
    def times(self) -> npt.NDArray[np.float64]: ...

    @property
    def aperture(self) -> npt.NDArray[np.float32]: ...

    @property
    def spans(self) -> tuple[tuple[float, float], ...]: ...


class SeenFilm(Protocol):
    """The faces of a film, looked at once."""

    @property
    def people(self) -> Sequence[SeenPerson]: ...

    def mouth_activity(self, person: int) -> SeenMouth:
        """How a person's mouth moves."""
        ...


class DubAnimator(FilmAnimator, Protocol):
    """A FilmAnimator that knows a film's people apart and draws all lines of a dub in one pass."""

    def look_at_film(self, film: str | Path, *, progress: Progress | None = None) -> SeenFilm:
        """Look at all of a film's faces. Raises InputError when there is no film."""
        ...

    def dub_film(
        self,
        film: str | Path,
        lines: Sequence[tuple[Speech, float, int | None]],
        silences: Sequence[tuple[float, float]] = (),
        *,
        progress: Progress | None = None,
    ) -> Relipped:
        """Let people say lines in place of their own: (what, from how many seconds on, the number of who).

        None for who is whose lips move there. silences: spans in seconds of what was said and is not now: lips rest.
        Elsewhere, and where no face can be drawn, the film stays as it is.
        Raises InputError when there is no film, nothing to say, or a line or silence starts after the film's end.
        """
        ...


class Tracker(Protocol):
    """photograph or film -> FaceMotion. checkpoints: as of a Speaker."""

    checkpoints: Sequence[str]

    def __init__(self, device: str = "auto") -> None:
        """device: "auto", "cpu" or "cuda:N". Loads nothing yet."""

    def track(
        self,
        source: str | Path | npt.NDArray[np.uint8],
        *,
        face: int | None = None,
        fps: float | None = None,
        progress: Progress | None = None,
    ) -> Tracked:
        """Follow one face through a film (a file), or read it off a photograph (a file, or RGB uint8 [H, W, 3]).

        face: which one, counted from 1 at the largest; None takes the largest and says so when there are several.
        fps: how many frames of a film are looked at in a second; None takes all.
        Raises InputError when there is no photograph or film, no face in it, or no such face.
        """
        ...


def available(kind: str) -> list[str]:
    """Names of the installed engines of a kind ("speaker", "animator", "tracker"), sorted."""
    prefix = kind + "."
    return sorted({e.name.removeprefix(prefix) for e in entry_points(group=GROUP) if e.name.startswith(prefix)})


def load(kind: str, name: str, device: str = "auto") -> Any:
    """Make the engine `kind.name`. Raises InputError when none of that name is installed."""
    for entry in entry_points(group=GROUP):
        if entry.name == f"{kind}.{name}":
            _LOG.info("engine %s.%s from %s, device %s", kind, name, entry.value, device)
            return entry.load()(device=device)
    raise InputError(f"There is no {kind} named {name!r}; installed: {', '.join(available(kind)) or 'none'}.")
