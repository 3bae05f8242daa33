"""One colour for each direction on the plane of valence and arousal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion.drawing.page import Color

Array = npt.NDArray[np.float64]

# Angle on the plane (degrees; 0 is pleasant, 90 is active) -> hue (OKLCH degrees): joy amber, anger red, sadness blue.
_ANGLES = [0, 30, 44, 54, 62, 100, 143, 168, 182, 215, 270, 360]
_HUES = [155, 118, 90, 72, 56, 45, 26, -8, -50, -98, -150, -205]
# A yellow of the others' lightness is a brown.
_YELLOW, _LIGHTER = 90, 0.09
# OKLab to linear sRGB: Ottosson (2020), A perceptual color space for image processing.
_TO_LMS = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.2914855480],
    ]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def color_at(valence: float, arousal: float, lightness: float = 0.68, chroma: float = 0.15) -> Color:
    """The colour of a direction; grey at the origin."""
    vivid = chroma * min(1.0, float(np.hypot(valence, arousal)) / 0.25)
    r, g, b = colors(np.array(valence), np.array(arousal), lightness, np.array(vivid))
    return int(r), int(g), int(b)


def colors(valence: Array, arousal: Array, lightness: float, chroma: Array) -> npt.NDArray[np.uint8]:
    """sRGB uint8 [..., 3] of points [...] on the plane."""
    hue = np.radians(np.interp(np.degrees(np.arctan2(arousal, valence)) % 360, _ANGLES, _HUES))
    lighter = min(_LIGHTER, 0.985 - lightness) * np.clip(np.cos(hue - np.radians(_YELLOW)), 0, None) * (chroma > 0)
    lab = np.stack([lightness + lighter, chroma * np.cos(hue), chroma * np.sin(hue)], -1)
    linear = np.clip((lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * srgb), np.uint8)
