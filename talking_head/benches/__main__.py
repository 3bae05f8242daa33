"""The whole bench, with its options."""

from __future__ import annotations

import argparse
import sys
from importlib import resources
from pathlib import Path

from studio.errors import AffettoError
from studio.media.files import check_place, written_whole
from talking_head.benches.bench import bench
from talking_head.benches.photographs import at_hand, photographs
from talking_head.benches.running import told


def main() -> None:
    parser = argparse.ArgumentParser(prog="talking_head.benches", description="Measure the face.")
    parser.add_argument(
        "--photographs", type=Path, help="a folder or file of faces; those of the demo and the tests if left out"
    )
    parser.add_argument("--film", type=Path, help="of a real face, to hold motion against; kept figures if left out")
    parser.add_argument("--workers", type=int, help="processes; as many as there are cores if left out")
    parser.add_argument("--untimed", action="store_true", help="leave speed out, on a machine with other work to do")
    parser.add_argument("--write", type=Path, help="a Markdown file to write")
    arguments = parser.parse_args()
    try:
        if arguments.write:
            check_place(arguments.write, ".md")
        if arguments.photographs:
            files = photographs([arguments.photographs])
        else:
            files = at_hand(Path(str(resources.files("apps.demo").joinpath("portrait.jpeg"))))
        report = bench(files, arguments.film, arguments.workers, not arguments.untimed, told())
    except AffettoError as e:
        sys.exit(f"talking_head.benches: {e}")
    if arguments.write:
        with written_whole(arguments.write) as part:
            part.write_text(report.text(), encoding="utf-8")
    else:
        print(report.text())


if __name__ == "__main__":
    main()
