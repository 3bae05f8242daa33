"""The acoustic model's decoder on a CPU, for some of a sentence's frames, with statistics that are not their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.acoustic import Encoding, Kokoro
from tts.acoustic.generator import Generator, Room
from tts.acoustic.names import Name

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
# Of each of the generator's normalisations, the mean and deviation of its channels, [2, C].
Channels = Mapping[str, Floats]

# The decoder's first part, a tenth of its time, normalises over its frames too. It runs over so many beyond those
# wanted (2 s): most of an ordinary sentence.
_AHEAD = 80


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the decoder is given of a sentence: tokens' frames [T], F0 in Hz and energy [2F]."""

    encoding: Encoding
    frames: Ints
    f0: Floats
    energy: Floats


class NormedGenerator(Generator):
    """A generator that notes its statistics in `measured`, or uses those it is given. It shares the weights of another.

    A generator by itself normalises over all it is given; so a beginning would not sound as it does in its sentence.
    """

    def __init__(self, like: Generator, channels: Channels | None) -> None:
        vars(self).update(vars(like))
        self._channels = channels
        self.measured: dict[str, Floats] = {}

    def _normalising(self, name: Name, x: Floats, gain: Floats, offset: Floats, room: Room) -> tuple[Floats, Floats]:
        if self._channels is None:
            inverse, shift = super()._normalising(name, x, np.ones_like(gain), np.zeros_like(offset), room)
            self.measured[str(name)] = np.stack([-shift / inverse, 1 / inverse])
            return gain * inverse, offset + gain * shift
        mean, deviation = self._channels[str(name)]
        return gain / deviation, offset - mean * gain / deviation


class Decoder(Kokoro):
    """What `Kokoro.sound` does on a CPU, with its generator exchanged. It shares the weights of another Kokoro."""

    def __init__(self, kokoro: Kokoro, channels: Channels | None = None) -> None:
        vars(self).update(vars(kokoro))
        self.generator = NormedGenerator(kokoro._generator, channels)

    @staticmethod
    def serves(kokoro: Kokoro) -> bool:
        """Whether this is how it decodes; on a GPU it is not."""
        return kokoro._on_cpu

    def decoded(self, drawn: Drawn, start: int, stop: int) -> Floats:
        """The samples of frames [start, stop)."""
        until = min(stop + _AHEAD, len(drawn.energy) // 2)
        spread = np.repeat(drawn.encoding.text, drawn.frames, axis=1)[None, :, :until]
        f0, energy = (c[None, : 2 * until] for c in (drawn.f0, drawn.energy))
        names = [o.name for o in self._session("source").get_outputs()]
        outputs = self._run("source", text_frames=spread, f0=f0, energy=energy, style=drawn.encoding.style)
        source = dict(zip(names, outputs, strict=True))

        def window(values: Floats) -> Floats:
            # Steps come in whole numbers to a frame; the second stage has one more, of the graph's reflection pad.
            steps, more = divmod(values.shape[2], until)
            return np.ascontiguousarray(values[:, :, start * steps : stop * steps + more])

        line, source_0, source_1 = (window(source[n]) for n in ("line", "source_0", "source_1"))
        (line,) = self._run("between", sum=self.generator.stage(0, line, source_0, source))
        (audio,) = self._run("tail", sum=self.generator.stage(1, line, source_1, source))
        return audio
