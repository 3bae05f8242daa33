"""The sheet emotions are drawn on: shapes and text in the drawing's own units, with smooth edges."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Color = tuple[int, int, int]

# The drawing's own units; a width in pixels scales them.
WIDTH, HEIGHT = 1200, 900
# Drawn this much larger and scaled down: smooth edges.
OVERSAMPLING = 3

INK, SOFT, FAINT, WHITE, SHEET = (33, 37, 46), (100, 107, 120), (212, 216, 224), (255, 255, 255), (246, 247, 249)


class Page:
    """A picture addressed in the drawing's own units."""

    def __init__(self, width: int) -> None:
        self._size = (width, round(width * HEIGHT / WIDTH))
        self.scale = width / WIDTH * OVERSAMPLING
        large = (self._size[0] * OVERSAMPLING, self._size[1] * OVERSAMPLING)
        self.image = Image.new("RGB", large, SHEET)
        self._draw = ImageDraw.Draw(self.image)

    def finished(self) -> npt.NDArray[np.uint8]:
        return np.asarray(self.image.resize(self._size, Image.Resampling.BOX))

    def line(self, points: Sequence[tuple[float, float]], color: Color, width: float) -> None:
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self._draw.line(scaled, color, max(1, round(width * self.scale)), joint="curve")

    def dashes(self, a: tuple[float, float], b: tuple[float, float], color: Color, width: float) -> None:
        length = math.dist(a, b)
        for at in np.arange(0.0, length, 9.0):
            shares = (at / length, min(at + 5, length) / length)
            self.line([(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in shares], color, width)

    def disc(
        self, x: float, y: float, radius: float, fill: Color | None, edge: Color | None = None, w: float = 0
    ) -> None:
        box = [v * self.scale for v in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, fill, edge, round(w * self.scale))

    def box(
        self, box: Sequence[float], fill: Color | None, radius: float = 0, edge: Color | None = None, w: float = 0
    ) -> None:
        scaled = [v * self.scale for v in box]
        self._draw.rounded_rectangle(scaled, radius * self.scale, fill, edge, round(w * self.scale))

    @staticmethod
    def masked(mask: Image.Image, box: Sequence[float], radius: float, scale: float) -> None:
        """Open a rounded box in a mask."""
        ImageDraw.Draw(mask).rounded_rectangle([v * scale for v in box], radius, 255)

    def shape(self, points: Sequence[tuple[float, float]], fill: Color) -> None:
        self._draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill)

    def text(self, x: float, y: float, text: str, size: float, color: Color = INK, anchor: str = "lm") -> None:
        self._draw.text((x * self.scale, y * self.scale), text, color, font_of(round(size * self.scale)), anchor)

    def upright(self, x: float, y: float, text: str, size: float, color: Color) -> None:
        """Text that reads from below, centred on (x, y)."""
        font = font_of(round(size * self.scale))
        left, top, right, bottom = (round(v) for v in font.getbbox(text))
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).text((-left, -top), text, 255, font)
        turned = mask.transpose(Image.Transpose.ROTATE_90)
        at = (round(x * self.scale - turned.width / 2), round(y * self.scale - turned.height / 2))
        self.image.paste(Image.new("RGB", turned.size, color), at, turned)


@lru_cache(maxsize=64)
def font_of(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def width_of(text: str, size: float) -> float:
    return float(font_of(round(size * 4)).getlength(text)) / 4


def drawable(text: str) -> str:
    """The text in letters the font has: without accents, and empty if that is not enough."""
    plain = text.replace("\u2212", "-").replace("\u2013", "-").replace("\u2014", "-")
    if not _has(plain):
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(plain.split()) if _has(plain) else ""


def _has(text: str) -> bool:
    font = font_of(20)
    missing = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(c)) != missing for c in set(text) if not c.isspace())


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut with an ellipsis where it is wider than its room."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
