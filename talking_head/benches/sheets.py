"""Contact sheets and films of photographs, to be looked at.

python -m talking_head.benches.sheets PHOTOGRAPHS SHEETS [--only NAME] [--no-films]

For each face of each photograph: `<name>.jpg`, the photograph, seven emotions and twelve mouth shapes; `<name>.mp4`,
ten seconds of speech whose feeling changes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from studio import Studio
from studio.errors import AffettoError
from studio.media.files import written_whole
from studio.performance import Clip
from talking_head.benches.photographs import Sitter, photographs, sitters
from talking_head.benches.plan import EMOTIONS, MOUTHS, felt, mouthed
from talking_head.landmarks import Landmarker
from talking_head.motion import compose_motion
from talking_head.portrait import Portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig

Picture = npt.NDArray[np.uint8]

COLUMNS, CELL = 5, 320
# A cell shows so many sizes of the face; photographs are drawn so large that it has a pixel for each of its own.
_CLOSE, _SIDE = 1.4, 640
# Of a sheet: 1600 x 1280 pixels in under 400 kB.
_QUALITY = 85
FILM_SECONDS = 10.0
LINE = (
    "[surprised:0.9]You came back! [happy:0.9]I was hoping you would, and here you are. "
    "[sad:0.8]But my father moved away last summer, [angry:0.9]and nobody told me a thing about it!"
)


def sheet(sitter: Sitter) -> Image.Image:
    """The photograph, seven emotions at full intensity and twelve mouth shapes."""
    renderer = PhotoRenderer(sitter.portrait, Rig.load())
    x0, y0, x1, y1 = _around(sitter.portrait)
    cells = [("photograph", sitter.portrait.image)]
    cells += [(emotion, renderer.draw(felt(emotion))) for emotion in EMOTIONS]
    cells += [(word, renderer.draw(mouthed(sound))) for sound, word in MOUTHS.items()]
    return contact_sheet([(name, picture[y0:y1, x0:x1]) for name, picture in cells])


def _around(portrait: Portrait) -> tuple[int, int, int, int]:
    """The square of a picture that shows face, ears and neck."""
    points = portrait.landmarks[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    side = int(min(_CLOSE * (high - low).max(), *portrait.image.shape[:2]))
    corner = (low + high) / 2 - side / 2
    x, y = np.clip(corner, 0, np.array(portrait.image.shape[1::-1]) - side).astype(int)
    return int(x), int(y), int(x) + side, int(y) + side


def contact_sheet(cells: Sequence[tuple[str, Picture]], columns: int = COLUMNS, side: int = CELL) -> Image.Image:
    """Labelled square pictures, `columns` in a row."""
    rows = -(-len(cells) // columns)
    page = Image.new("RGB", (columns * side, rows * side))
    label, font = ImageDraw.Draw(page), ImageFont.load_default(20)
    for i, (name, picture) in enumerate(cells):
        x, y = i % columns * side, i // columns * side
        page.paste(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS), (x, y))
        label.text((x + 8, y + 6), name, fill="white", font=font, stroke_width=2, stroke_fill="black")
    return page


def draw(places: Sequence[Path], target: Path, only: Sequence[str] = (), films: bool = True) -> list[Path]:
    """Write a sheet, and with `films` a film, of each face of the photographs in `places`; returns what was written.

    only: names of faces; all if empty. Raises InputError when there are no photographs, or the place can't be written.
    """
    written = []
    speech = Studio().speak(LINE, seconds=FILM_SECONDS) if films else None
    for sitter in sitters(photographs(places), Landmarker(), _SIDE):
        if only and sitter.name not in only:
            continue
        page = target / f"{sitter.name}.jpg"
        with written_whole(page) as part:
            sheet(sitter).save(part, quality=_QUALITY)
        written.append(page)
        if speech is not None:
            motion = compose_motion(speech, speech.track, seed=0)
            clip = Clip(speech, motion, PhotoRenderer(sitter.portrait, Rig.load()))
            written.append(clip.save(target / f"{sitter.name}.mp4"))
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="talking_head.benches.sheets", description="Sheets and films of photographs.")
    parser.add_argument("photographs", type=Path, nargs="+", help="folders or files")
    parser.add_argument("target", type=Path, help="the folder to write to")
    parser.add_argument("--only", action="append", default=[], help="a face's name; may be given again")
    parser.add_argument("--no-films", action="store_true", help="sheets alone")
    arguments = parser.parse_args()
    try:
        for path in draw(arguments.photographs, arguments.target, arguments.only, not arguments.no_films):
            print(path)
    except AffettoError as e:
        sys.exit(f"talking_head.benches.sheets: {e}")


if __name__ == "__main__":
    main()
