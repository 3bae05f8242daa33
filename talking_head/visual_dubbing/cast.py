"""Who is who in a film: people known again in other shots."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.errors import CheckpointError
from talking_head.visual_dubbing.analysis import Shot
from talking_head.visual_dubbing.identity import Recogniser
from talking_head.visual_dubbing.report import Person
from talking_head.visual_dubbing.store import Store
from talking_head.visual_dubbing.track import Track

Floats = npt.NDArray[np.float32]

_LOG = logging.getLogger("affetto")

# Cosine above which faces are one person's (OpenCV Zoo's threshold on LFW). Of the faces at hand two people's were at
# most .25 alike, one woman's, weeping, laughing and behind a hand, .37 to .88.
_ALIKE = 0.363
# A face turned further than this is not known for sure, degrees.
_TOO_TURNED = 45.0


def cast(tracks: Sequence[Track], store: Store, *, required: bool) -> dict[int, int]:
    """The number of the person of each track, by the track's; people are counted from 1 in the order they come.

    Where the network that knows faces can't be had each track is somebody else, with a warning, unless that is
    `required`: then it raises CheckpointError.
    """
    ordered = sorted(tracks, key=lambda t: (int(t.frames[0]), -float(np.median(t.size)), t.number))
    groups = list(range(len(ordered)))
    if len(ordered) > 1:
        try:
            groups = _groups(ordered, store)
        except CheckpointError as e:
            if required:
                raise
            _LOG.warning("people are not known again in other shots: %s", e)
    numbers: dict[int, int] = {}
    return {t.number: numbers.setdefault(g, len(numbers) + 1) for t, g in zip(ordered, groups, strict=True)}


def people(shots: Sequence[Shot], numbers: dict[int, int], scores: dict[int, float], fps: float) -> tuple[Person, ...]:
    """Everybody in some shots, as a cast. scores: how much each person speaks."""
    tracks: dict[int, list[Track]] = {}
    for track in (t for s in shots for t in s.tracks):
        tracks.setdefault(numbers[track.number], []).append(track)
    return tuple(_person(n, tracks[n], scores.get(n, 0.0), fps) for n in sorted(tracks))


def _person(number: int, tracks: Sequence[Track], score: float, fps: float) -> Person:
    best = max(tracks, key=lambda t: t.view.merit)
    start, end = min(float(t.frames[0]) for t in tracks), max(float(t.frames[-1] + 1) for t in tracks)
    sizes = np.concatenate([t.size for t in tracks])
    view = best.view
    low, high = view.corner + view.points[:, :2].min(axis=0), view.corner + view.points[:, :2].max(axis=0)
    left, top, right, bottom = (round(float(x)) for x in np.concatenate([low, high]) * view.scale)
    return Person(
        number,
        start / fps,
        end / fps,
        sum(len(t.frames) for t in tracks) / fps,
        float(np.median(sizes)),
        score,
        (view.frame + 0.5) / fps,
        (left, top, right, bottom),
    )


def _groups(tracks: Sequence[Track], store: Store) -> list[int]:
    """For each track the first one of the same person: groups are joined, the most alike first, by their mean faces."""
    recogniser = Recogniser()
    means = np.array([_face(t, store, recogniser) for t in tracks]) * [[len(t.frames) ** 0.5] for t in tracks]
    spans = np.array([(t.frames[0], t.frames[-1]) for t in tracks])
    # Who is seen at the same time is somebody else.
    apart = (spans[:, None, 0] <= spans[None, :, 1]) & (spans[:, None, 1] >= spans[None, :, 0])
    group = np.arange(len(tracks))
    alike = np.where(apart, -1.0, _cosines(means, means))
    while True:
        a, b = sorted(int(i) for i in np.unravel_index(alike.argmax(), alike.shape))
        if alike[a, b] < _ALIKE:
            return group.tolist()
        means[a] += means[b]
        group[group == b] = a
        apart[a] |= apart[b]
        apart[:, a] = apart[a]
        gone = group[np.arange(len(tracks))] != np.arange(len(tracks))
        alike[a] = np.where(apart[a] | gone, -1.0, _cosines(means[a][None], means)[0])
        alike[:, a] = alike[a]
        alike[b] = alike[:, b] = -1.0


def _face(track: Track, store: Store, recogniser: Recogniser) -> Floats:
    """float32 [128] of the person of a track, zero where the face is never seen well enough to know."""
    if np.abs(track.turned[:, 1]).min() > _TOO_TURNED:
        return np.zeros(128, np.float32)
    mean = np.sum([recogniser.embed(store.picture(place), points) for place, points in track.looks], axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _cosines(a: Floats, b: Floats) -> Floats:
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    return np.asarray(a @ b.T / np.maximum(lengths, 1e-9), np.float32)
