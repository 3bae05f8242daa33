"""Acting: how a face is to act a line, besides what it feels. What `Delivery` is to a voice, this is to a face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, TypedDict, get_args

import numpy as np
import numpy.typing as npt

from studio.emotion.track import RANGES
from studio.errors import InputError
from studio.numeric import is_number
from studio.performance import FaceMotion
from studio.performance.tracked import Tracked

# Of a film, frames a second.
DEFAULT_FPS = 25.0
SLOWEST_FPS, FASTEST_FPS = 10.0, 120.0
# What moves head, brows, lids and gaze, besides what feeling and speech ask of them.
LifeName = Literal["procedural", "diffusion"]
# The strongest a driver leads a region of a face.
STRONGEST = 1.5


@dataclass(frozen=True)
class Drive:
    """How strongly a driver leads each region of a face: 0 leaves it alone, 1 shows what the driver does, up to 1.5.

    expression: brows, lids' tension, cheeks, nose, and what feeling puts on the mouth.  pose: the head.
    lips: all of the mouth and the jaw; 0 keeps the lips of the speech.  eyes: blinks and glances.
    back_and_forth: a film shorter than the line is played so, instead of ending softly.
    Raises InputError for a strength out of range.
    """

    expression: float = 1.0
    pose: float = 1.0
    lips: float = 0.0
    eyes: float = 1.0
    back_and_forth: bool = False

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self) if f.name != "back_and_forth"):
            value = getattr(self, name)
            if not (is_number(value) and 0.0 <= value <= STRONGEST):
                raise InputError(f"The drive of the {name} is {value!r}, but must be from 0 to {STRONGEST:g}.")


@dataclass(frozen=True, eq=False)
class Acting:
    """lip_scale: how wide the mouth moves, 1 as usual.

    fps: of the film; None is 25, or the rate of a motion that is given.
    expression: a face whose expression is held throughout; neutral: the same person at rest, to read it against.
    life: head, brows, blinks and gaze by rules ("procedural"), or learned from people ("diffusion").
    driver: a face that leads this one, as strongly as `drive` says.
    motion: the whole motion, made elsewhere: nothing of it is composed here, and the rest does not apply.
    Raises InputError for what is out of range.
    """

    lip_scale: float = 1.0
    fps: float | None = None
    expression: Tracked | None = None
    neutral: Tracked | None = None
    driver: Tracked | None = None
    drive: Drive = Drive()
    motion: FaceMotion | None = None
    life: LifeName = "procedural"

    def __post_init__(self) -> None:
        if not (is_number(self.lip_scale) and self.lip_scale in RANGES["mouth"]):
            raise InputError(f"The lip scale is {self.lip_scale!r}, but must be {RANGES['mouth']}.")
        if self.fps is not None and not (is_number(self.fps) and SLOWEST_FPS <= self.fps <= FASTEST_FPS):
            raise InputError(
                f"A film can't have {self.fps!r} frames a second: ask for {SLOWEST_FPS:g} to {FASTEST_FPS:g}."
            )
        if self.life not in get_args(LifeName):
            raise InputError(f"The life of a face is {' or '.join(get_args(LifeName))}, not {self.life!r}.")
        if self.neutral is not None and self.expression is None:
            raise InputError("A neutral picture is what an expression is read against: give its picture as well.")


# A photograph or a film: a file, RGB uint8 [H, W, 3], or what a tracker made of it.
Seen = str | Path | npt.NDArray[np.uint8] | Tracked


class ActingOptions(TypedDict, total=False):
    """An Acting as keyword options; `Studio.animate` says what each does."""

    lip_scale: float
    fps: float | None
    expression: Seen | None
    neutral: Seen | None
    drive: Seen | None
    strengths: Drive | None
    motion: str | Path | FaceMotion | None
    life: LifeName


def acting_of(options: ActingOptions, look_at: Callable[[Seen], Tracked], *, alone: bool) -> Acting:
    """An Acting as a person asks for it. Raises InputError as Acting does, and for what can't be read.

    look_at: follows the face of a photograph or a film.  alone: there is no speech, so that a driver leads the lips.
    """

    def seen(name: str) -> Tracked | None:
        source = options.get(name)
        return None if source is None else look_at(source)  # type: ignore[arg-type]

    if unknown := set(options) - set(ActingOptions.__annotations__):
        raise TypeError(f"{min(unknown)!r} is no option of a face's acting: {', '.join(ActingOptions.__annotations__)}")
    motion = options.get("motion")
    besides = [n for n in ("expression", "neutral", "drive", "strengths") if options.get(n) is not None]
    besides += ["life"] if "life" in options else []
    besides += ["lip_scale"] if options.get("lip_scale", 1.0) != 1.0 else []
    if motion is not None and besides:
        raise InputError(f"A motion made elsewhere is all that moves the face: leave {besides[0]} out.")
    strengths, driver = options.get("strengths"), seen("drive")
    if strengths is not None and driver is None:
        raise InputError("The strengths are those of a film that drives the face: give drive as well.")
    if driver is not None and len(driver.motion) == 1:
        raise InputError("A photograph drives nothing: a film does; give a photograph's face as expression.")
    return Acting(
        lip_scale=options.get("lip_scale", 1.0),
        fps=options.get("fps"),
        life=options.get("life", "procedural"),
        expression=seen("expression"),
        neutral=seen("neutral"),
        driver=driver,
        drive=strengths or Drive(lips=float(alone)),
        motion=motion if motion is None or isinstance(motion, FaceMotion) else FaceMotion.load(motion),
    )
