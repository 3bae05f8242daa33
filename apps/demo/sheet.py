"""Draws docs/emotions.jpg: one face, one line, six emotions.

python -m apps.demo.sheet [PORTRAIT] [SHEET.jpg]
"""

from __future__ import annotations

import sys
from importlib import resources
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio import Studio
from studio.media.files import written_whole

LINE = "I never thought I would see you here again."
EMOTIONS = ("happy:0.9", "sad:0.9", "angry:0.9", "afraid:0.9", "surprised:0.9", "disgusted:0.9")
# An open vowel, rounded lips, spread lips.
WORDS = ("thought", "you", "see")
CELL = (300, 348)


def draw_sheet(portrait: Path, sheet: Path) -> None:
    """A row for each moment, a column for each emotion; frames as the film would show them."""
    studio = Studio()
    width, height = CELL
    page = Image.new("RGB", (width * len(EMOTIONS), height * len(WORDS)), "white")
    label = ImageDraw.Draw(page)
    font = ImageFont.load_default(22)
    for column, emotion in enumerate(EMOTIONS):
        clip = studio.perform(portrait, LINE, emotion=emotion)
        words = {w.text.strip(".,").lower(): w for w in clip.speech.words}
        for row, word in enumerate(WORDS):
            middle = (words[word].start + words[word].end) / 2
            frame = next(islice(clip.frames(), round(middle * clip.fps), None))
            page.paste(_fit(frame), (column * width, row * height))
        label.text((column * width + 12, 10), emotion, fill="white", font=font, stroke_width=2, stroke_fill="black")
    with written_whole(sheet) as part:
        page.save(part, quality=88)


def _fit(frame: np.ndarray) -> Image.Image:
    """The frame scaled to cover a cell, cut evenly at the sides."""
    picture = Image.fromarray(frame)
    scale = max(CELL[0] / picture.width, CELL[1] / picture.height)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    left, top = (picture.width - CELL[0]) // 2, (picture.height - CELL[1]) // 3
    return picture.crop((left, top, left + CELL[0], top + CELL[1]))


if __name__ == "__main__":
    default = Path(str(resources.files("apps.demo").joinpath("portrait.jpeg")))
    draw_sheet(
        Path(sys.argv[1]) if len(sys.argv) > 1 else default,
        Path(sys.argv[2] if len(sys.argv) > 2 else "docs/emotions.jpg"),
    )
