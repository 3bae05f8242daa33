"""The CSV of Live Link Face (Epic Games' capture app): a row a frame, 52 ARKit coefficients, head and eye rotation.

Its columns: Timecode, BlendShapeCount (61), the coefficients in PascalCase, then yaw, pitch, roll of the head and of
each eye in radians. Unreal's importer wants the first two by these names, as many values in each row as in the header,
and takes the timecode's frames as sixtieths of a second.

The app's signs, measured on recordings of it: an eye's yaw is positive to the person's right and its pitch positive
down (r = -0.999 with the eyeLook coefficients, 0.55 to 0.61 rad at 1). The head's yaw is positive to the person's left
and its pitch positive up, the other way round: with the eyes kept on the phone they run against each other's movement
(r = 0.95 between the two columns). The head's roll is positive to the person's right.
"""

from __future__ import annotations

import csv
import logging
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.files import written_whole
from studio.performance.arkit import ARKIT_NAMES
from studio.performance.resampling import own_rate, resample
from studio.performance.timecode import seconds_of, timecode

if TYPE_CHECKING:
    from studio.performance.face_motion import FaceMotion

Floats = npt.NDArray[np.float32]

_LOG = logging.getLogger("affetto")
_HEAD = ("HeadYaw", "HeadPitch", "HeadRoll")
_EYES = ("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll")
_COLUMNS = ("Timecode", "BlendShapeCount", *(n[0].upper() + n[1:] for n in ARKIT_NAMES), *_HEAD, *_EYES)
# From the app's head angles to FaceMotion's pitch, yaw, roll.
_TO_ROTATION = np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]], np.float32)


def write_motion(motion: FaceMotion, path: Path) -> Path:
    """Write `motion` as the app would have; the head's translation has no place in it."""
    gaze = -motion.gaze
    head = motion.rotation @ _TO_ROTATION
    with written_whole(path) as part, part.open("w", newline="", encoding="utf-8") as f:
        rows = csv.writer(f)
        rows.writerow(_COLUMNS)
        for i in range(len(motion)):
            (ly, lp), (ry, rp) = gaze[i]
            values = [*motion.coefficients[i], *head[i], ly, lp, 0.0, ry, rp, 0.0]
            rows.writerow([timecode(i / motion.fps), len(values), *(f"{v:.6f}" for v in values)])
    return path


def read_motion(path: Path, fps: float | None) -> tuple[Floats, Floats, float]:
    """Coefficients [F, 52], rotation [F, 3] and frames per second of a file: what `FaceMotion.load` says."""
    name = path.name
    if fps is not None and not (math.isfinite(fps) and fps > 0):
        raise InputError(f"A motion can't have {fps:g} frames a second: give a number above 0.")
    try:
        with path.open(newline="", encoding="utf-8-sig") as f:
            times, values, seen = _read(_rows(f.readlines()), name, fps)
    except FileNotFoundError as e:
        raise InputError(f"There is no motion file at {path}.") from e
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e
    except (UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"{name} is not a CSV of Live Link Face: it is not a table in plain text.") from e
    _tell_missing(seen, name)
    coefficients = values[:, : len(ARKIT_NAMES)]
    outside = int(((coefficients < 0) | (coefficients > 1)).sum())
    if outside:
        low, high = coefficients.min(), coefficients.max()
        _LOG.warning("%s: %d coefficients outside 0..1 were clipped (%.3g to %.3g)", name, outside, low, high)
        values[:, : len(ARKIT_NAMES)] = np.clip(coefficients, 0, 1)
    rate = fps or own_rate(times)
    values = resample(values, times, rate)
    return values[:, : len(ARKIT_NAMES)].copy(), values[:, len(ARKIT_NAMES) :] @ _TO_ROTATION.T, rate


def _rows(lines: list[str]) -> Iterator[list[str]]:
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    return csv.reader(lines, delimiter=delimiter)


def _read(rows: Iterator[list[str]], name: str, fps: float | None) -> tuple[npt.NDArray[np.float64], Floats, set[int]]:
    """Times [N] in seconds, values [N, 52 + 3] and which of their columns the file has."""
    header = [title.strip() for title in next(rows, [])]
    places, when, count = _places(header, name)
    if when is None and fps is None:
        raise InputError(f"{name} has no column Timecode: say how many frames a second it has.")
    timecodes: list[str] = []
    lines: list[int] = []
    kept: list[Floats] = []
    seen: list[int] = []  # the rows with a face, among all
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        timecodes.append("" if when is None or len(row) <= when else row[when])
        lines.append(line)
        if count is not None and len(row) > count and row[count].strip() == "0":
            continue  # the app lost the face: the coefficients are empty or missing
        if len(row) != len(header):
            raise InputError(f"{name}, line {line} has {len(row)} columns where the header has {len(header)}.")
        values = np.zeros(len(ARKIT_NAMES) + len(_HEAD), np.float32)
        for place, column in places.items():
            values[place] = _number(row[column], f"{name}, line {line}, column {header[column]}")
        if np.abs(values[len(ARKIT_NAMES) :]).max() > 2 * np.pi:
            raise InputError(f"{name}, line {line}: a head angle is over 6.28, so it is in degrees; radians are meant.")
        seen.append(len(lines) - 1)
        kept.append(values)
    if not kept:
        raise InputError(f"{name} has no row with a face in it.")
    if len(kept) < len(lines):
        _LOG.warning("%s: %d rows without a face were bridged", name, len(lines) - len(kept))
    every = np.arange(len(lines)) / (fps or 1.0) if when is None else seconds_of(timecodes, lines, name)
    # A face that comes late keeps its place: what it does first is held from the start.
    times = every[seen]
    if seen[0]:
        times, kept = np.concatenate([every[:1], times]), [kept[0], *kept]
    # Of rows at the same time the last one counts.
    last = np.append(np.diff(times) > 0, True)
    return times[last], np.stack(kept)[last], set(places)


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where}: {text!r} is not a number.") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: {text.strip()} is not a number that a face can show.")
    return value


def _places(header: list[str], name: str) -> tuple[dict[int, int], int | None, int | None]:
    """Where each value stands in a row; the columns of timecode and count, None when there is none."""
    columns: dict[str, int] = {}
    for column, title in enumerate(header):
        key = _key(title)
        if key in columns and (key in _VALUES or key == "timecode"):
            raise InputError(f"{name} has two columns for {title}: {header[columns[key]]!r} and {title!r}.")
        columns.setdefault(key, column)
    places = {place: columns[key] for key, place in _VALUES.items() if key in columns}
    if not any(place < len(ARKIT_NAMES) for place in places):
        raise InputError(
            f"{name} is not a CSV of Live Link Face: its first line names none of ARKit's 52 coefficients."
        )
    return places, columns.get("timecode"), columns.get("blendshapecount")


def _key(title: str) -> str:
    """One spelling for JawOpen, jawOpen, jaw_open; EyeBlinkLeft, eyeBlink_L; blendShape1.jawOpen."""
    key = re.sub(r"[^a-z0-9]", "", title.rpartition(".")[2].lower())
    return _SHORT.get(key, key)


def _tell_missing(seen: set[int], name: str) -> None:
    missing = [n for i, n in enumerate(ARKIT_NAMES) if i not in seen]
    if missing:
        some = ", ".join(missing[:4]) + (", ..." if len(missing) > 4 else "")
        _LOG.warning("%s lacks %d of the 52 coefficients (%s): they stay 0", name, len(missing), some)


_VALUES = {name.lower(): i for i, name in enumerate((*ARKIT_NAMES, *_HEAD))}
_SHORT = {
    n.lower().replace(s.lower(), s[0].lower()): n.lower() for n in ARKIT_NAMES for s in ("Left", "Right") if s in n
}
