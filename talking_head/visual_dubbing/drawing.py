"""The frames of a film with other mouths, a face's lines and rests laid over one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from talking_head.visual_dubbing.line import Said, layered
from talking_head.visual_dubbing.plan import Part
from talking_head.visual_dubbing.scene import Scene
from talking_head.visual_dubbing.store import Store

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


def drawn(frames: Iterable[Picture], parts: Sequence[Part], store: Store, fps: float) -> Iterator[Picture]:
    """`frames` of a film, from its first, with `parts` drawn; the later ones lie over the earlier."""
    waiting = sorted(range(len(parts)), key=lambda i: int(parts[i].frames[0]))
    running: list[int] = []
    scenes: dict[int, Scene] = {}
    motions: dict[Said, tuple[int, Floats]] = {}
    last_of = {p.track.number: 0 for p in parts}
    for part in parts:
        last_of[part.track.number] = max(last_of[part.track.number], int(part.frames[-1]))
    for number, frame in enumerate(frames):
        running = [i for i in running if parts[i].frames[-1] >= number]
        while waiting and parts[waiting[0]].frames[0] <= number:
            running.append(waiting.pop(0))
        for gone in [said for said in motions if said.span[1] * fps + 1 < number]:
            del motions[gone]
        for over in [track for track in scenes if last_of[track] < number]:
            del scenes[over]
        layers: dict[int, list[tuple[float, Floats]]] = defaultdict(list)
        rows: dict[int, int] = {}
        for part in (parts[i] for i in sorted(running)):
            at = int(np.searchsorted(part.frames, number))
            if part.frames[at] != number:
                continue
            if part.said not in motions:
                motions[part.said] = part.said.motion(fps)
            first, coefficients = motions[part.said]
            does = coefficients[int(np.clip(number - first, 0, len(coefficients) - 1))]
            layers[part.track.number].append((float(part.shares[at]), does))
            rows[part.track.number] = int(part.rows[at])
            if part.track.number not in scenes:
                scenes[part.track.number] = Scene(part.track, store, fps)
        for track, wanted in layers.items():
            share, does = layered(wanted)
            frame = scenes[track].draw(frame, rows[track], does, share)
        yield frame
