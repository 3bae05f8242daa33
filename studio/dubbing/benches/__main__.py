"""The whole bench, with its options."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio.dubbing.benches.bench import KILLS, MINUTES, Cast, bench
from studio.errors import AffettoError
from studio.media.files import check_place, written_whole


def main() -> None:
    parser = argparse.ArgumentParser(prog="studio.dubbing.benches", description="Measure the dub.")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of the long film")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--face", type=Path, action="append", default=[], help="a photograph of Ana, then of Luis")
    parser.add_argument("--group", type=Path, help="a photograph of two or more")
    parser.add_argument("--pair", type=int, nargs=2, default=(1, 2), help="whose faces there, counted from the largest")
    parser.add_argument("--scratch", type=Path, help="keep films and figures here, and go on from what is there")
    parser.add_argument("--write", type=Path, help="a Markdown file to write")
    arguments = parser.parse_args()
    try:
        if arguments.write:
            check_place(arguments.write, ".md")
        if arguments.scratch:
            arguments.scratch.mkdir(parents=True, exist_ok=True)
        first, second = arguments.pair
        cast = Cast(tuple(arguments.face), arguments.group, (first, second))
        report = bench(cast, arguments.minutes, arguments.kills, arguments.scratch, _told)
    except AffettoError as e:
        sys.exit(f"studio.dubbing.benches: {e}")
    if arguments.write:
        with written_whole(arguments.write) as part:
            part.write_text(report.text(), encoding="utf-8")
    else:
        print(report.text())


def _told(stage: str, done: float, total: float) -> None:
    print(f"{stage} ({done:g} of {total:g})", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
