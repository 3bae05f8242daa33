"""A film's own sound in blocks, on the film's clock."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.blocks import BLOCK, RATE
from studio.dubbing.sound.layouts import Layout
from studio.errors import InputError
from studio.media.probe import FILM_INPUT

Sound = npt.NDArray[np.float32]


def silence(layout: Layout, samples: int) -> Iterator[Sound]:
    """Blocks [T, C] of nothing, `samples` in all."""
    for first in range(0, samples, BLOCK):
        yield np.zeros((min(BLOCK, samples - first), layout.channels), np.float32)


def film_blocks(
    path: Path, layout: Layout, samples: int, options: tuple[str, ...] = FILM_INPUT, stream: int = 0
) -> Iterator[Sound]:
    """The sound of a file as blocks [T, C] at 48 kHz, `samples` in all: cut where longer, silent where shorter.

    It starts at the film's zero, also where its sound begins later, has gaps, or its clock runs on another base.
    options: ffmpeg's for this input; stream: which of its sound tracks, from 0.
    Raises InputError when none of it can be read.
    """
    # async=1 fills what is missing between packets and cuts what overlaps: every packet lies at its own time.
    filters = f"aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts={layout.name}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", *options]
    command += ["-i", f"file:{path.absolute()}", "-map", f"0:a:{stream}", "-af", filters, "-f", "f32le", "pipe:1"]
    with tempfile.TemporaryFile() as log:
        decoder = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, bufsize=1 << 20)
        assert decoder.stdout is not None
        try:
            for first in range(0, samples, BLOCK):
                block = np.zeros((min(BLOCK, samples - first), layout.channels), np.float32)
                got = np.frombuffer(decoder.stdout.read(block.nbytes), "<f4").reshape(-1, layout.channels)
                if not len(got) and not first:
                    raise InputError(f"The sound of {path} is damaged: none of it can be read.")
                block[: len(got)] = got
                # A damaged packet may decode to what is no sound.
                yield np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        finally:
            decoder.kill()
            decoder.stdout.close()
            decoder.wait()
