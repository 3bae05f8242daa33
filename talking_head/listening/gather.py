"""The takes to learn lips from: made, or timed, once, and kept.

    python -m talking_head.listening.gather DATA TAKES --own 1970 --people 1180

DATA holds emobank or goemotions (the lines of the project's own voices), emodb, and ljspeech, vctk or
librispeech_test_other (words by Moonshine, of the `test` extra, where nobody wrote them down); what is missing is left
out. TAKES is a folder of npz files, written whole; a corpus that was gathered to its end is not gathered again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from studio.errors import InputError
from talking_head.listening.training.acted import acted
from talking_head.listening.training.own_speech import own_speech
from talking_head.listening.training.people import people
from talking_head.listening.training.takes import Take, kept


def gather(data: Path, out: Path, own: float, people_seconds: float, seed: int) -> None:
    """Gather each corpus in turn. own, people_seconds: of sound. Raises InputError when there is nothing to gather."""
    sources = {
        "own": own_speech(data, own, seed),
        "emodb": acted(data),
        "people": _up_to(people(data), people_seconds),
    }
    seconds = 0.0
    for name, takes in sources.items():
        done = out / f"{name}.done"
        if done.exists():
            print(f"{name}: there already", flush=True)
            continue
        try:
            for number, take in enumerate(kept(takes, out, name), 1):
                seconds += take.seconds
                if number % 25 == 0:
                    print(f"{name}: {number} takes, {seconds / 60:.1f} min in all", flush=True)
            done.touch()
        except InputError as e:
            print(f"{name}: left out ({e})", flush=True)
    if not any(out.glob("*.npz")):
        raise InputError(f"{data} holds no corpus to learn lips from.")


def _up_to(takes: Iterator[Take], seconds: float) -> Iterator[Take]:
    for take in takes:
        yield take
        seconds -= take.seconds
        if seconds <= 0:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("takes", type=Path)
    parser.add_argument("--own", type=float, default=1970.0, help="seconds of the project's own speech")
    parser.add_argument("--people", type=float, default=1180.0, help="seconds of people reading")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    gather(given.data, given.takes, given.own, given.people, given.seed)


if __name__ == "__main__":
    main()
