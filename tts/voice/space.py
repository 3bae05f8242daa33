"""Where voices lie: Kokoro's timbres as a space of few axes, and what ECAPA hears of the stock voices in it.

`tts.voice.learning` made ``checkpoints/voice_space.safetensors``; its card is ``checkpoints/voice_space.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from studio import checkpoints
from tts.acoustic.kokoro import Floats
from tts.voice.stock import ALL, TIMBRE

FILE = "voice_space.safetensors"


@dataclass(frozen=True, eq=False)
class Space:
    """K axes, each as long as the stock voices' standard deviation along it.

    ids: tokens of the line that was said.  mean: [128]; axes: [K, 128].
    Of the N stock voices `names`, saying the line: places [N, K]; embeddings [N, 192]; pitches, median ln F0, [N];
    spreads, standard deviation of ln F0, [N].
    """

    ids: tuple[int, ...]
    names: tuple[str, ...]
    mean: Floats
    axes: Floats
    places: Floats
    embeddings: Floats
    pitches: Floats
    spreads: Floats

    @property
    def row(self) -> int:
        """Of a style table, for the line: its tokens but for the two pads, counted from one."""
        return len(self.ids) - 3

    def timbre(self, place: npt.NDArray[np.floating]) -> Floats:
        """Columns 0-127 of a style for the line, [128], at a place [K]."""
        return np.asarray(self.mean + place @ self.axes, np.float32)

    def gender(self, log_f0: float) -> str:
        """That of the stock voices whose mean pitch is nearer: ECAPA is a poor judge of it across real and made."""
        by_gender = {
            gender: np.mean([p for n, p in zip(self.names, self.pitches, strict=True) if ALL[n].gender == gender])
            for gender in ("female", "male")
        }
        return min(by_gender, key=lambda gender: abs(float(by_gender[gender]) - log_f0))

    def pitch(self, log_f0: Floats | float) -> Floats:
        """ln F0 in standard deviations of the stock voices', from their mean."""
        return np.asarray((log_f0 - self.pitches.mean()) / self.pitches.std())


@cache
def space() -> Space:
    """The one that ships. Raises CheckpointError when it is damaged."""
    path = checkpoints.bundled(FILE)
    try:
        with safe_open(path, "numpy") as file:
            about = json.loads(file.metadata()["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        found = Space(ids=tuple(about["ids"]), names=tuple(about["names"]), **tensors)
        if found.mean.shape != (TIMBRE,) or found.axes.shape[1:] != (TIMBRE,):
            raise ValueError("no timbres")
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as e:
        raise checkpoints.damaged(path) from e
    return found
