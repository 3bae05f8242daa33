"""The film's own sound as it goes on beneath new lines: without its speech, where it is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound import centre
from studio.dubbing.sound.blocks import Window, windows
from studio.dubbing.sound.ducking import Ducking
from studio.dubbing.sound.layouts import Layout
from studio.dubbing.sound.room_tone import RoomTone

Sound = npt.NDArray[np.float32]
Under = Literal["remove", "duck", "silence"]

# What is left of two channels without their middle still holds the voice's echo: so much softer the line covers it.
_REST_DB = -6.0


def background(
    film: Iterable[Sound],
    ducking: Ducking,
    layout: Layout,
    under: Under,
    duck_db: float,
    tone: RoomTone | None,
    separated: Iterable[Sound] | None = None,
) -> Iterator[Sound]:
    """Blocks [T, C] of a film, its speech gone wherever `ducking` says.

    under: "remove" takes the centre out; "duck" lowers everything by `duck_db`; "silence" takes everything.
    separated: what a separator left of the film, which then takes its place there whatever `under` says.
    """
    others = separated if separated is not None else ()
    emptied = layout.dialogue > 0 if under == "remove" else np.ones(layout.channels, bool)
    for window, other in zip_longest(windows(film, centre.MARGIN), others):
        out = window.block.copy()
        for place, envelope in ducking.pieces(window.first, len(out)):
            away = envelope[:, None]
            if other is not None:
                out[place] += away * (other[place] - out[place])
                continue
            kept, rest_db = out[place], duck_db if under == "duck" else -np.inf
            if under == "remove":
                kept = kept - away * _speech(window, place, layout)
                rest_db = 0.0 if "FC" in layout.speakers else _REST_DB
            kept = kept * (1 - away * np.float32(1 - 10 ** (rest_db / 20)))
            noise = tone.tone(window.first + place.start, len(kept)) if tone else None
            # Powers add up: as the film goes the room comes, and nothing is heard to change.
            out[place] = kept if noise is None else kept + emptied * noise * np.sqrt(1 - (1 - away) ** 2)
        yield out


def _speech(window: Window, place: slice, layout: Layout) -> Sound:
    """A film's dialogue at a place of a block, [T, C]: its centre channel, or the middle of left and right."""
    speech = np.zeros_like(window.block[place])
    if "FC" in layout.speakers:
        channel = layout.speakers.index("FC")
        speech[:, channel] = window.block[place, channel]
    else:
        around = window.sound[place.start : place.stop + 2 * centre.MARGIN, :2]
        speech[:, :2] = centre.centre_of(window.first + place.start, around)[:, None]
    return speech
