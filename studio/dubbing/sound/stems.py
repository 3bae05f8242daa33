"""Stems: what each speaker says, and the film beneath, each in a file of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.layouts import Layout
from studio.dubbing.sound.wav import BlockWav
from studio.media.files import check_place, written_whole

Sound = npt.NDArray[np.float32]

BACKGROUND = "background"
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 60


def stem_paths(folder: Path, speakers: Iterable[str]) -> dict[str, Path]:
    """A file for each speaker, in their order. A name is told in letters and digits, so that it stays in the folder."""
    taken = {BACKGROUND}
    paths = {}
    for speaker in dict.fromkeys(speakers):
        plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", speaker)).strip("_")[:_LONGEST] or "speaker"
        name, n = plain, 1
        while name.casefold() in taken:
            n += 1
            name = f"{plain}_{n}"
        taken.add(name.casefold())
        paths[speaker] = folder / f"{name}.wav"
    return paths


class Stems:
    """The files while they are written. All have the film's layout, so that they add up to the mix before its gain."""

    def __init__(self, speakers: Mapping[str, BlockWav], below: BlockWav, dialogue: Sound) -> None:
        self._speakers, self._below, self._dialogue = speakers, below, dialogue

    def append(self, below: Sound, said: Mapping[str, Sound]) -> None:
        """below: the background's block [T, C]; said: what each speaker says in it, mono [T]."""
        self._below.append(below)
        for speaker, wav in self._speakers.items():
            sound = said.get(speaker)
            wav.append(np.zeros_like(below) if sound is None else sound[:, None] * self._dialogue)


@contextmanager
def written_stems(paths: Mapping[str, Path], below: Path, layout: Layout) -> Iterator[Stems]:
    """Stems as 32-bit float WAVs, which nothing clips; all or none."""
    with ExitStack() as files:

        def begin(path: Path) -> BlockWav:
            check_place(path, ".wav")
            return files.enter_context(BlockWav(files.enter_context(written_whole(path)), layout, "FLOAT"))

        yield Stems({speaker: begin(path) for speaker, path in paths.items()}, begin(below), layout.dialogue)
