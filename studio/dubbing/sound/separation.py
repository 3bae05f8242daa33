"""Speech taken out of a film's sound by a command that the user names."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from studio.dubbing.sound.blocks import RATE
from studio.dubbing.sound.layouts import Layout
from studio.dubbing.sound.wav import BlockWav
from studio.errors import InputError

# A separator may pad or cut a little; what differs by more than this is of another length.
_TOLERANCE_SECONDS = 0.1


def check_separator(command: Sequence[str]) -> None:
    """Raise InputError when a command lacks the places of what it reads and writes."""
    for place in ("{input}", "{output}"):
        if not any(place in part for part in command[1:]):
            raise InputError(f"The separator {' '.join(command)!r} has no {place}: give it where the WAV goes.")
    if shutil.which(command[0]) is None:
        raise InputError(f"The separator {command[0]!r} is no program that is found here: give its path.")


def separate(
    command: Sequence[str], blocks: Iterable[npt.NDArray[np.float32]], layout: Layout, samples: int, folder: Path
) -> Path:
    """Run the separator on a film's sound (blocks [T, C], `samples` in all); the WAV of what it left.

    command: a program and its arguments, in which {input} and {output} become WAV files; no shell sees it.
    folder: for those files. Raises InputError when it fails, or what it wrote is no sound of the same length.
    """
    before, after = folder / "film.wav", folder / "background.wav"
    with BlockWav(before, layout, "FLOAT") as wav:
        for block in blocks:
            wav.append(block)
    places = [part.replace("{input}", str(before)).replace("{output}", str(after)) for part in command]
    with tempfile.TemporaryFile() as log:
        try:
            done = subprocess.run(places, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
        except OSError as e:
            raise InputError(f"The separator {command[0]!r} can't be run: {(e.strerror or str(e)).lower()}.") from e
        if done.returncode:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()
            raise InputError(f"The separator {command[0]!r} failed: {said[-1] if said else 'it gave no reason'}")
    before.unlink()
    try:
        about = soundfile.info(after)
    except (soundfile.LibsndfileError, OSError) as e:
        raise InputError(f"The separator {command[0]!r} wrote no sound to {{output}} that can be read.") from e
    if abs(about.frames / about.samplerate - samples / RATE) > _TOLERANCE_SECONDS:
        raise InputError(
            f"The separator {command[0]!r} wrote {about.frames / about.samplerate:.2f} s of sound "
            f"from {samples / RATE:.2f} s: they must be as long."
        )
    return after
