"""The recordings the voice reader learns from, as rows of features."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from studio.emotion.reading.voice.augment import Channel
from studio.emotion.reading.voice.features import features
from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS
from studio.errors import InputError

Floats = npt.NDArray[np.float64]

# The sixth letter of an EMO-DB file's name: the German word for the emotion.
EMODB_LETTERS = dict(zip("WLEAFTN", CLASSES, strict=True))
# The code that a cached row depends on.
_SOURCES = ("augment", "corpora", "features", "framing", "functionals", "pitch", "spectrum")

# features, class, speaker, name
_Clip = tuple[dict[str, float], int, str, str]


@dataclass(frozen=True)
class Rows:
    """Clips as features. x: [N, D]; label: index into CLASSES, [N]; speaker: [N]; clip: names, [N]."""

    x: Floats
    label: npt.NDArray[np.intp]
    speaker: npt.NDArray[np.str_]
    clip: npt.NDArray[np.str_]
    names: tuple[str, ...]

    def where(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """Some of the clips."""
        return Rows(self.x[mask], self.label[mask], self.speaker[mask], self.clip[mask], self.names)


def emodb(data: Path, cache: Path, virtual: int | None = None) -> Rows:
    """EMO-DB as recorded, or with each of its speakers made another one in another room: the `virtual`-th such.

    Raises InputError when the folder is not there.
    """

    def clips() -> Iterator[_Clip]:
        for i, path in enumerate(_files(data / "emodb" / "wav", "*.flac")):
            samples, rate = soundfile.read(path)
            if virtual is not None:
                channel = Channel.draw(np.random.default_rng([int(path.stem[:2]), virtual, 7]))
                samples = channel(samples, rate, np.random.default_rng([i, virtual]))
            yield features(samples, rate), CLASSES.index(EMODB_LETTERS[path.stem[5]]), path.stem[:2], path.stem

    return _rows(cache, f"emodb-{'clean' if virtual is None else virtual}", clips)


def librispeech(data: Path, cache: Path) -> tuple[Rows, Rows]:
    """LibriSpeech cut in up to six pieces of 1.8 to 4.2 s a recording, all neutral: (as recorded, in other rooms)."""

    def clips() -> Iterator[_Clip]:
        for i, path in enumerate(_files(data / "librispeech_test_other", "*/*.flac")):
            samples, rate = soundfile.read(path)
            rng = np.random.default_rng([i, 3])
            channel = Channel.draw(rng)
            at = 0
            for _ in range(6):
                n = int(rng.uniform(1.8, 4.2) * rate)
                if at + n > len(samples):
                    break
                piece = samples[at : at + n]
                at += n
                for version in (piece, channel(piece, rate, rng)):
                    yield features(version, rate), NEUTRAL_CLASS, path.parent.name, path.stem

    both = _rows(cache, "librispeech", clips)
    even = np.arange(len(both.x)) % 2 == 0
    return both.where(even), both.where(~even)


def _files(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise InputError(f"{folder} holds no {pattern}: give the folder that emodb and librispeech_test_other lie in.")
    return files


def _rows(cache: Path, name: str, clips: Callable[[], Iterator[_Clip]]) -> Rows:
    """Rows out of the cache, made first if need be; named by the code that makes them, so that none is stale."""
    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update(Path(__file__).with_name(f"{source}.py").read_bytes())
    path = cache / f"{name}-{digest.hexdigest()[:12]}.npz"
    if not path.exists():
        rows, label, speaker, clip = zip(*clips(), strict=True)
        x = np.array([list(r.values()) for r in rows], np.float32)
        np.savez(path, x=x, label=label, speaker=speaker, clip=clip, names=list(rows[0]))
    with np.load(path) as held:
        x = held["x"].astype(np.float64)
        return Rows(x, held["label"], held["speaker"], held["clip"], tuple(str(n) for n in held["names"]))
