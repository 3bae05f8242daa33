"""Train the network that hears lips, and say how well it hears whom it never heard.

    python -m talking_head.listening.train DATA OUT.safetensors --takes TAKES

DATA is a folder of corpora (see `talking_head.listening.gather`), TAKES where what is made of them is kept. Stopped
and started again, it goes on where it was. Needs torch (the `train` extra).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from talking_head.listening.gather import gather
from talking_head.listening.network import Network
from talking_head.listening.training.figures import CHANGES, figures
from talking_head.listening.training.heldout import is_held_out, is_settling
from talking_head.listening.training.settling import found_and_right
from talking_head.listening.training.takes import Take, read


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--takes", type=Path, required=True, help="folder of what is gathered")
    parser.add_argument("--own", type=float, default=1970.0, help="seconds of the project's own speech")
    parser.add_argument("--people", type=float, default=1180.0, help="seconds of people reading")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figures-only", action="store_true", help="judge OUT as it is")
    given = parser.parse_args()
    if not given.figures_only:
        gather(given.data, given.takes, given.own, given.people, given.seed)
        from talking_head.listening.training.loop import train

        learned = [t for t in read(given.takes) if not is_held_out(t) and not is_settling(t)]
        train(learned, given.out, given.steps, given.seed)
    takes, network = read(given.takes), Network.load(given.out)
    for name, chosen in _by_corpus([t for t in takes if is_settling(t)]).items():
        for begins, found, right in found_and_right(chosen, network):
            print(f"settling, {name}, {begins}: found {100 * found:.1f} %, right {100 * right:.1f} %", flush=True)
    for name, chosen in _by_corpus([t for t in takes if is_held_out(t)]).items():
        for condition, change in CHANGES.items():
            print(f"{name}, {condition}: {figures(chosen, network, change)}", flush=True)


def _by_corpus(takes: list[Take]) -> dict[str, list[Take]]:
    found: dict[str, list[Take]] = defaultdict(list)
    for take in takes:
        found[take.corpus].append(take)
    return found


if __name__ == "__main__":
    main()
