"""Writes the departures of EMO-DB's actors, moved to English at ordinary strength.

python -m tts.autoregressive.training.corpora.departures EMODB OUT.npz [--acted ACTED.npz]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tts.autoregressive.training.corpora import acting, calibration, emodb
from tts.autoregressive.training.corpora.departure import LENGTH, PITCH, STRENGTH, Departure, save


def departures(emodb_folder: Path) -> list[Departure]:
    """Of each recording, and for surprise and calm those of happiness and boredom again; neutral ones with mean zero.

    Raises InputError when the folder does not hold EMO-DB.
    """
    return calibration.calibrated(acting.departures(emodb.read(emodb_folder)))


def table(some: Sequence[Departure]) -> str:
    """Mean (and standard deviation) of the terms by emotion."""
    lines = []
    for field, names in (("length", LENGTH), ("pitch", PITCH), ("strength", STRENGTH)):
        shown = [i for i, n in enumerate(names) if not n.startswith("course")]
        lines.append(f"{field:>9} " + " ".join(f"{names[i][:14]:>14}" for i in shown))
        for emotion in dict.fromkeys(d.emotion for d in some):
            values = np.array([getattr(d, field) for d in some if d.emotion == emotion])
            cells = (f"{values[:, i].mean():+6.2f} ({values[:, i].std():4.2f})" for i in shown)
            lines.append(f"{emotion:>9} " + " ".join(f"{c:>14}" for c in cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("emodb", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--acted", type=Path, help="write the departures as acted here")
    given = parser.parse_args()
    acted = acting.departures(emodb.read(given.emodb))
    if given.acted:
        save(acted, given.acted)
    made = calibration.calibrated(acted)
    save(made, given.out)
    print(f"As acted:\n{table(acted)}\nCalibrated:\n{table(made)}\n{len(made)} departures in {given.out}")


if __name__ == "__main__":
    main()
