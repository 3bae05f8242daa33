"""Learn the head of the learned emotion reader, and say how well it hears speakers that it never heard.

    python -m studio.evaluation.emotion_reader_training DATA --out checkpoints/learned_emotion_reader.safetensors

DATA holds the folders emodb, librispeech_test_other, vctk and ljspeech. The protocol is the one of
`studio.emotion.reading.voice.train`: nested, one speaker left out at a time, virtual speakers and LibriSpeech's plain
speech learned from besides. Features are kept in the folder of --cache (default: a temporary one).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from safetensors.numpy import save_file

from studio.emotion.reading.voice.augment import Channel
from studio.emotion.reading.voice.corpora import EMODB_LETTERS, Rows
from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS, emotion_of
from studio.emotion.reading.voice.train import Task, figures, kept_out, relative
from studio.errors import InputError
from studio.evaluation.emotion_reader import WIDTH, Samples, learned_features
from studio.media.files import check_place, written_whole

VIRTUAL_SPEAKERS = 2
_PIECES = 2
_NAMES = tuple(f"moonshine{i}" for i in range(WIDTH))
# One neutral recording at hand is as likely as many: virtual speakers have one, two, three or all of theirs.
_REFERENCES = (1, 2, 3, None)
_NEAR_NEUTRAL = 0.2

# samples, rate, class, speaker, name
_Clip = tuple[Samples, int, int, str, str]


def _emodb(data: Path, virtual: int | None) -> Iterator[_Clip]:
    for i, path in enumerate(_files(data / "emodb" / "wav", "*.flac")):
        samples, rate = soundfile.read(path)
        if virtual is not None:
            channel = Channel.draw(np.random.default_rng([int(path.stem[:2]), virtual, 7]))
            samples = channel(samples, rate, np.random.default_rng([i, virtual]))
        yield samples, rate, CLASSES.index(EMODB_LETTERS[path.stem[5]]), path.stem[:2], path.stem


def _librispeech(data: Path) -> Iterator[_Clip]:
    """Two pieces of each recording, of every second recording in another room."""
    for i, path in enumerate(_files(data / "librispeech_test_other", "*/*.flac")):
        samples, rate = soundfile.read(path)
        rng = np.random.default_rng([i, 3])
        channel = Channel.draw(rng)
        at = 0
        for _ in range(_PIECES):
            n = int(rng.uniform(1.8, 4.2) * rate)
            if at + n > len(samples):
                break
            piece = samples[at : at + n]
            at += n
            yield channel(piece, rate, rng) if i % 2 else piece, rate, NEUTRAL_CLASS, path.parent.name, path.stem


def _plain(data: Path, pattern: str) -> Iterator[_Clip]:
    for path in _files(data, pattern):
        samples, rate = soundfile.read(path)
        yield samples, rate, NEUTRAL_CLASS, path.parent.name, path.stem


def _files(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise InputError(f"{folder} holds no {pattern}: give the folder that the four corpora lie in.")
    return files


def rows(cache: Path, name: str, clips: Callable[[], Iterator[_Clip]]) -> Rows:
    """Clips as features: out of the cache, or made and put there."""
    path = cache / f"{name}.npz"
    if not path.exists():
        made = [(learned_features(samples, rate), *rest) for samples, rate, *rest in clips()]
        x, label, speaker, clip = zip(*made, strict=True)
        with written_whole(path) as part, part.open("wb") as file:
            np.savez(file, x=np.array(x), label=label, speaker=speaker, clip=clip)
    with np.load(path) as held:
        return Rows(held["x"], held["label"], held["speaker"], held["clip"], _NAMES)


def _task(data: Path, cache: Path) -> Task:
    clean = rows(cache, "emodb", partial(_emodb, data, None))
    virtual = [rows(cache, f"emodb-{k}", partial(_emodb, data, k)) for k in range(VIRTUAL_SPEAKERS)]
    libri = rows(cache, "librispeech", partial(_librispeech, data))
    near = [relative(v, _REFERENCES[k % len(_REFERENCES)]) for k, v in enumerate(virtual)]
    return Task(relative(clean), near, [relative(libri.where(~kept_out(libri)))])


def _plain_speech(task: Task, data: Path, cache: Path) -> Iterator[str]:
    """Share of plain English that reads near neutral beside other recordings of the speaker."""
    corpora = {
        "VCTK": rows(cache, "vctk", partial(_plain, data / "vctk", "*/*.flac")),
        "LJSpeech": rows(cache, "ljspeech", partial(_plain, data / "ljspeech", "*.flac")),
    }
    libri = rows(cache, "librispeech", partial(_librispeech, data))
    corpora["LibriSpeech, speakers kept out"] = libri.where(kept_out(libri))
    model = task.final()
    for name, plain in corpora.items():
        read = [emotion_of(p) for p in model.probabilities(relative(plain).x)]
        far = [max(e.labels, key=e.labels.__getitem__) for e in read if e.intensity > _NEAR_NEUTRAL]
        counts = ", ".join(f"{c} {far.count(c)}" for c in CLASSES if c in far) or "–"
        yield f"| {name} | {100 * (1 - len(far) / len(read)):.0f} % of {len(read)} | {counts} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    check_place(arguments.out, ".safetensors")
    begun = time.time()
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        task = _task(arguments.data, cache)
        model = task.final()
        print(f"| trained on | accuracy | UAR | {' | '.join(CLASSES)} | log loss |\n|---|" + "---|" * 10)
        for line in [*figures(task, ablations=True), *_plain_speech(task, arguments.data, cache)]:
            print(line, flush=True)
    tensors = {
        f"relative.{part}": np.ascontiguousarray(getattr(model, part), np.float32)
        for part in ("mean", "scale", "weights", "bias")
    }
    tensors["relative.temperature"] = np.array([model.temperature], np.float32)
    with written_whole(arguments.out) as part_path:
        save_file(tensors, part_path, metadata={"features": " ".join(_NAMES), "classes": " ".join(CLASSES)})
    print(f"\n{arguments.out}: {arguments.out.stat().st_size:,} bytes in {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
