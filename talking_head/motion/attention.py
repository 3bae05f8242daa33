"""Listeners look at who speaks: the eyes turn there, and the head a part of the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, gaussian_filter1d

from studio.errors import InputError
from studio.performance import Speech
from talking_head.motion.curves import Array
from talking_head.motion.line import Line
from talking_head.motion.statistics import SILENT, loudness

# The head takes about half of a turn of gaze of over 20 degrees, less of a small one (Fuller 1992; Freedman 2008), and
# no more than a photograph can show without its far cheek (decision 6); radians, reached softly.
_SHARE, _MOST = 0.5, np.deg2rad(12.0)
# Eyes turn at most this far in the head, a glance's range.
_GLANCE = np.deg2rad(22.0)
# The eyes go first, and the head follows within half a second; seconds, standard deviations.
_EYES, _HEAD = 0.02, 0.14
# A neighbour in a group photograph is looked at by a glance aside that grows with how many widths of a face are between
# them, radians: a real turn to one who sits beside would show the ear.
_NEIGHBOUR, _FARTHEST = 0.16, 0.5

# A pause of this length is still the same speaker's, and a listener turns this long after somebody begins (gaze follows
# the change of speaker by about 0.3 s: Foulsham et al. 2010), seconds.
_PAUSE, _REACTION = 0.7, 0.3
# A recording that is never louder is silent, dB of full scale.
_NOTHING = -60.0


def toward_neighbour(widths: float) -> float:
    """What `compose_motion(toward=...)` takes for one who speaks `widths` of the listener's face to the viewer's right.

    Negative widths are to the viewer's left. Radians, positive to the listener's left, which is the viewer's right.
    """
    return float(_FARTHEST * np.tanh(_NEIGHBOUR * widths / _FARTHEST))


def toward_speakers(speeches: Sequence[Speech], places: Sequence[tuple[float, float]], fps: float) -> list[Array]:
    """For each face of a group what `compose_motion(toward=...)` takes while all of them say their `speeches` at once.

    places: where each face is in the picture, (middle, width) in pixels across. Who speaks looks at the viewer; who
    listens at the first who does, and on for as long as nobody else begins. [F] radians each, of each one's own frames.
    """
    counts = [max(1, round(s.seconds * fps)) for s in speeches]
    speaking = [_speaking(s, n, fps) for s, n in zip(speeches, counts, strict=True)]
    found = []
    for i, (middle, width) in enumerate(places):
        aims, seen = np.zeros(counts[i]), 0.0
        for frame in range(counts[i]):
            others = [j for j, s in enumerate(speaking) if j != i and frame < len(s) and s[frame]]
            if speaking[i][frame]:
                seen = 0.0
            elif others:
                seen = toward_neighbour((places[others[0]][0] - middle) / max(width, 1.0))
            aims[frame] = seen
        found.append(aims)
    return found


def _speaking(speech: Speech, count: int, fps: float) -> npt.NDArray[np.bool_]:
    """[F] whether others have noticed that somebody speaks: within phrases, a reaction's time late."""
    level = loudness(speech, count, fps)
    loud = float(np.quantile(level, 0.95))
    sounds = level > max(loud - SILENT, _NOTHING)
    pause, late = round(_PAUSE * fps), round(_REACTION * fps)
    joined = binary_closing(np.pad(sounds, pause), iterations=max(1, pause // 2))[pause : pause + count]
    return np.concatenate([np.zeros(min(late, count), bool), joined[: count - min(late, count)]])


def turned(rotation: Array, line: Line, toward: float | npt.NDArray[np.floating]) -> tuple[Array, Array]:
    """The head's rotation [F, 3] with its share of the turn, and what the eyes turn besides, [F, 2 (pitch, yaw)].

    The eyes' reflex against the head is left to `eyes.look`, which sees the rotation. Raises InputError if `toward` is
    neither a number nor one for each frame.
    """
    count = len(line.times)
    aims = np.asarray(toward, np.float64)
    if aims.shape not in ((), (count,)) or not np.isfinite(aims).all():
        raise InputError(f"A listener looks toward one angle, or one for each of {count} frames.")
    aside = np.zeros((count, 2))
    if not aims.any():
        return rotation, aside
    aims = np.broadcast_to(aims, (count,))
    head = gaussian_filter1d(_MOST * np.tanh(_SHARE * aims / _MOST), _HEAD * line.fps, mode="nearest")
    aims = gaussian_filter1d(aims, _EYES * line.fps, mode="nearest")
    rotation = rotation + np.stack([0 * head, head, 0 * head], axis=1)
    # `look` takes nine tenths of the head's turn off the eyes again.
    aside[:, 1] = 0.9 * head + _GLANCE * np.tanh((aims - head) / _GLANCE)
    return rotation, aside
