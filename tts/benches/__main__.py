"""The whole bench, with its options."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio.errors import AffettoError
from studio.media.files import check_place, written_whole
from tts.benches.bench import DEFAULT_LINES, bench
from tts.benches.plan import SYSTEMS
from tts.benches.running import told


def main() -> None:
    parser = argparse.ArgumentParser(prog="tts.benches", description="Measure the voice beside others.")
    parser.add_argument(
        "--lines", type=int, default=DEFAULT_LINES, help="said with emotion, of 60; 12 takes half an hour"
    )
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="which, with commas between")
    parser.add_argument("--scratch", type=Path, help="keep sounds and judgements here, and go on from what is there")
    parser.add_argument("--workers", type=int, help="processes; as many as there are cores if left out")
    parser.add_argument("--untimed", action="store_true", help="leave speed out, on a machine with other work to do")
    parser.add_argument("--write", type=Path, help="a Markdown file to write")
    arguments = parser.parse_args()
    try:
        if arguments.write:
            check_place(arguments.write, ".md")
        names = arguments.systems.split(",")
        timed = not arguments.untimed
        report = bench(arguments.lines, names, arguments.scratch, arguments.workers, timed, told())
    except AffettoError as e:
        sys.exit(f"tts.benches: {e}")
    if arguments.write:
        with written_whole(arguments.write) as part:
            part.write_text(report.text(), encoding="utf-8")
    else:
        print(report.text())


if __name__ == "__main__":
    main()
