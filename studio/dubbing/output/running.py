"""ffmpeg run to its end, told how far it is, its faults turned into sentences."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg

from studio.errors import InputError

LOCAL = ("-protocol_whitelist", "file,pipe")
"""Before the `-i` of a file that this project wrote: it may still name no other place than files."""


def run_ffmpeg(
    arguments: Sequence[str], out: Path, told: Callable[[float], None] | None = None, folder: Path | None = None
) -> str:
    """Run ffmpeg, as an argument list; what it said. out: the file being made, to tell of it.

    told: gets the seconds that are done. folder: where it runs. Raises InputError when it fails; it does not
    outlive this call.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "warning", "-y"]
    command += ["-nostats", "-progress", "pipe:1", *arguments]
    with tempfile.TemporaryFile() as log:
        encoder = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=folder)
        assert encoder.stdout is not None
        try:
            for line in encoder.stdout:
                name, _, value = line.partition(b"=")
                if told and name == b"out_time_us" and value.strip().isdigit():
                    told(int(value) / 1e6)
            status = encoder.wait()
        finally:
            encoder.kill()
            encoder.stdout.close()
            encoder.wait()
        log.seek(0)
        said = log.read().decode(errors="replace").strip()
    if status:
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise InputError(f"{out} can't be written: the disk is full.")
        raise InputError(f"{out} could not be encoded: {said.splitlines()[-1] if said else 'no reason given'}")
    return said
