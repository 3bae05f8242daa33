"""Train the diffusion that lets faces live, on takes of people who speak.

    python -m talking_head.motion.living.train TAKES OUT.safetensors --held-out NAME ... --steps 4000

TAKES is a folder of CSVs that `affetto track` wrote, each with the sound of the same name beside it. What is held out
is not learned from; `talking_head.motion.living.compare` judges by it. Needs torch (the `train` extra).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from talking_head.motion.living.channels import RATE
from talking_head.motion.living.training.takes import read_takes


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("takes", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--held-out", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    takes = [t for t in read_takes(given.takes) if t.name not in given.held_out]
    print(f"{len(takes)} takes, {sum(len(t.motion) for t in takes) / RATE:.0f} s", flush=True)
    from talking_head.motion.living.training.loop import train

    train(takes, given.out, given.steps, given.seed)


if __name__ == "__main__":
    main()
