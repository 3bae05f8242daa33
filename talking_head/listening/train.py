"""Train the network that hears lips, and say how well it hears whom it never heard.

    python -m talking_head.listening.train DATA OUT.safetensors --takes TAKES --steps 3000

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
from talking_head.listening.training.heldout import is_held_out
from talking_head.listening.training.takes import Take, read


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--takes", type=Path, required=True, help="folder of what is gathered")
    parser.add_argument("--own", type=float, default=2700.0, help="seconds of the project's own speech")
    parser.add_argument("--people", type=float, default=900.0, help="seconds of people reading")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figures-only", action="store_true", help="judge OUT as it is")
    given = parser.parse_args()
    if not given.figures_only:
        gather(given.data, given.takes, given.own, given.people, given.seed)
        from talking_head.listening.training.loop import train

        train([t for t in read(given.takes) if not is_held_out(t)], given.out, given.steps, given.seed)
    _judge([t for t in read(given.takes) if is_held_out(t)], given.out)


def _judge(takes: list[Take], weights: Path) -> None:
    network = Network.load(weights)
    of_corpus = defaultdict(list)
    for take in takes:
        of_corpus[take.corpus].append(take)
    for corpus, chosen in of_corpus.items():
        for name, change in CHANGES.items():
            print(f"{corpus}, {name}: {figures(chosen, network, change)}", flush=True)


if __name__ == "__main__":
    main()
