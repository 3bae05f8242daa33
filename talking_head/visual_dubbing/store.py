"""What was seen of faces, kept on disk: a film of any length takes little memory."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES
from talking_head.landmarks import FaceLandmarks
from talking_head.landmarks.topology import N_LANDMARKS
from talking_head.visual_dubbing.lower_face import skin_around_mouth

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

SKIN = skin_around_mouth()
"""Landmarks at which the colours of the skin are kept."""

_FIELDS = (3 * N_LANDMARKS, len(ARKIT_NAMES), 3 * len(SKIN))


Kept = tuple[int, tuple[int, ...]]
"""Where in the store a picture is, and its shape."""


@dataclass(frozen=True, eq=False)
class Seen:
    """n sightings. points: [n, 478, 3] px of the film; coefficients: [n, 52]; skin: [n, K, 3] colours, 0 to 255."""

    points: Floats
    coefficients: Floats
    skin: Floats


class Store:
    """Sightings and pictures on disk, read back by number; gone when forgotten. Calls may come from several threads."""

    def __init__(self) -> None:
        # They live as long as the store.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._pictures = tempfile.TemporaryFile()  # noqa: SIM115
        self._count = 0
        self._lock = threading.Lock()  # a file has one place to read and write at

    def add(self, face: FaceLandmarks, points: Floats, skin: Floats) -> int:
        """Keep a sighting: its points in the film's pixels, colours [K, 3]. Returns its number."""
        row = np.concatenate([points.ravel(), face.coefficients, skin.ravel()]).astype(np.float32)
        with self._lock:
            self._file.seek(4 * self._count * sum(_FIELDS))
            self._file.write(row.tobytes())
            self._count += 1
            return self._count - 1

    def keep(self, picture: Picture) -> Kept:
        """Keep a picture; `picture` gives it back for what is returned."""
        with self._lock:
            place = self._pictures.seek(0, 2)
            self._pictures.write(np.ascontiguousarray(picture).tobytes())
        return place, picture.shape

    def picture(self, kept: Kept) -> Picture:
        place, shape = kept
        with self._lock:
            self._pictures.seek(place)
            return np.frombuffer(self._pictures.read(int(np.prod(shape))), np.uint8).reshape(shape)

    def read(self, rows: Iterable[int]) -> Seen:
        """The sightings of these numbers."""
        rows = [int(row) for row in rows]
        size = 4 * sum(_FIELDS)
        found = np.empty((len(rows), sum(_FIELDS)), np.float32)
        with self._lock:
            for i, row in enumerate(rows):
                self._file.seek(row * size)
                found[i] = np.frombuffer(self._file.read(size), np.float32)
        points, coefficients, skin = np.split(found, np.cumsum(_FIELDS)[:-1], axis=1)
        return Seen(points.reshape(-1, N_LANDMARKS, 3), coefficients, skin.reshape(len(rows), -1, 3))

    def close(self) -> None:
        self._file.close()
        self._pictures.close()
