"""The channel layouts a dub can have, and where its dialogue goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.errors import InputError


@dataclass(frozen=True)
class Layout:
    """name: ffmpeg's; speakers: ffmpeg's names of its channels, in order; mask: of WAVE_FORMAT_EXTENSIBLE."""

    name: str
    speakers: tuple[str, ...]
    mask: int

    @property
    def channels(self) -> int:
        return len(self.speakers)

    @property
    def dialogue(self) -> npt.NDArray[np.float32]:
        """The share of each channel [C] in a spoken line: the centre where there is one, else a phantom centre.

        The powers add up to one, so that a line is as loud (BS.1770) in every layout.
        """
        if "FC" in self.speakers:
            return np.array([s == "FC" for s in self.speakers], np.float32)
        return np.array([np.sqrt(0.5) * (s in ("FL", "FR")) for s in self.speakers], np.float32)

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """The weight of each channel [C] in the loudness: ITU-R BS.1770-4, tables 3 and 4."""
        # Surrounds at the listener's side count 1.5 dB more; in 7.1 those are the side ones, in 5.1 the only ones.
        beside = ("SL", "SR") if "SL" in self.speakers else ("BL", "BR")
        return np.array([0.0 if s == "LFE" else 1.41 if s in beside else 1.0 for s in self.speakers])


MONO = Layout("mono", ("FC",), 0x4)
STEREO = Layout("stereo", ("FL", "FR"), 0x3)
SURROUND_5_1 = Layout("5.1", ("FL", "FR", "FC", "LFE", "BL", "BR"), 0x3F)
SURROUND_7_1 = Layout("7.1", ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"), 0x63F)


def layout_for(channels: int) -> Layout:
    """The layout a film's sound of so many channels is dubbed in; one without channels is dubbed in stereo.

    What lies between two layouts (3.0, quad, 5.0, 6.1) becomes the larger, none of its channels mixed with another.
    """
    if channels > SURROUND_7_1.channels:
        raise InputError(f"The film's sound has {channels} channels; up to 8 (7.1) can be dubbed.")
    if channels == 1:
        return MONO
    return STEREO if channels in (0, 2) else SURROUND_5_1 if channels <= SURROUND_5_1.channels else SURROUND_7_1
