"""GroupRenderer: several faces of one photograph, each with a motion of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.performance import FaceMotion
from talking_head.portrait import Portrait
from talking_head.renderer.backdrop import Backdrop, Background
from talking_head.renderer.face import MovingFace
from talking_head.renderer.threads import one_opencv_thread
from talking_head.rig import Rig

Picture = npt.NDArray[np.uint8]


class GroupRenderer:
    """Draws the faces of `portraits`, which share one image (`talking_head.portrait.read_group`).

    Each head moves as far as halfway to its neighbour's; what nobody moves is the photograph. Who is not speaking is
    given the motion of a listener: that of a `Speech` that is silent there blinks, looks about and breathes.
    Threads that share a renderer take turns.
    """

    def __init__(self, portraits: Sequence[Portrait], rig: Rig, background: Background | None = None) -> None:
        """background: as of `PhotoRenderer`."""
        if not portraits or any(p.image is not portraits[0].image for p in portraits):
            raise InputError("The faces of a group are read from one photograph, and there is at least one.")
        image = portraits[0].image
        self.height, self.width = image.shape[:2]
        self._lock = Lock()
        self._backdrop = Backdrop(image, [p.landmarks for p in portraits], background)
        self._faces = [MovingFace(portrait, rig, self._backdrop.cut) for portrait in portraits]

    @property
    def channels(self) -> int:
        """Of its frames: 4 with a transparent background, else 3."""
        return int(self._backdrop.still.shape[2])

    def render(self, motions: Sequence[FaceMotion]) -> Iterator[Picture]:
        """Yield an RGB frame uint8 [height, width, channels] for each moment of `motions`, one a face in their order.

        The frames are one array, drawn on anew. Raises InputError unless there are as many motions as faces, equally
        long and fast.
        """
        if len(motions) != len(self._faces):
            raise InputError(f"There are {len(self._faces)} faces and {len(motions)} motions; each face needs its own.")
        if len({(len(m), m.fps) for m in motions}) > 1:
            each = ", ".join(f"{len(m)} frames at {m.fps:g} fps" for m in motions)
            raise InputError(f"The motions of a group are equally long and fast; these are not: {each}.")
        return self._render(motions)

    def _render(self, motions: Sequence[FaceMotion]) -> Iterator[Picture]:
        canvas = self._backdrop.still.copy()
        for i in range(len(motions[0])):
            for face, motion in zip(self._faces, motions, strict=True):
                with self._lock, one_opencv_thread():
                    c = np.clip(motion.coefficients[i], 0, 1).astype(np.float32)
                    drawn = face.draw(c, motion.rotation[i], motion.translation[i])
                    self._backdrop.put(canvas, drawn, face.region, face.own)
            yield canvas

    def beside(self, others: Sequence[FaceMotion]) -> Beside:
        """A renderer of the first face, for a `Clip`, while the others, in their order, move by `others`."""
        return Beside(self, tuple(others))


@dataclass(frozen=True, eq=False)
class Beside:
    """The first face of a group as a `studio.performance.Renderer`; `others` are the motions of the rest."""

    group: GroupRenderer
    others: tuple[FaceMotion, ...]

    @property
    def channels(self) -> int:
        """Of its frames: 4 with a transparent background, else 3."""
        return self.group.channels

    @property
    def width(self) -> int:
        return self.group.width

    @property
    def height(self) -> int:
        return self.group.height

    def render(self, motion: FaceMotion) -> Iterator[Picture]:
        """As `GroupRenderer.render`, `motion` being that of the first face."""
        return self.group.render((motion, *self.others))
