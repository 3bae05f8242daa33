"""SMPTE timecodes as face capture writes them: ``HH:MM:SS:FF.mmm``, with a fraction of a frame after the point.

Live Link Face counts 60 frames to a second whatever it records at: a take of 30 rows a second goes 47.169, 49.169,
51.168. Others count at their own rate, so the rate is read off the frame numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.errors import InputError

# What Live Link Face counts by, and what Unreal's importer of its files divides by.
LIVE_LINK_RATE = 60

_TIMECODE = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})([:;])(\d{1,3}(?:\.\d+)?)")
_RATES = (24, 25, 30, 48, 50, 60, 100, 120, 240)
_DAY = 24 * 3600.0


def timecode(seconds: float, rate: int = LIVE_LINK_RATE) -> str:
    """A time as ``HH:MM:SS:FF.mmm``, `rate` frames to a second."""
    thousandths = round(seconds * rate * 1000)
    whole, frames = divmod(thousandths, rate * 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frames // 1000:02d}.{frames % 1000:03d}"


def seconds_of(timecodes: Sequence[str], rows: Sequence[int], name: str) -> npt.NDArray[np.float64]:
    """Seconds from the first of `timecodes` on; past midnight they go on.

    A semicolon before the frames means drop-frame timecode: 29.97 or 59.94 frames a second, counted as 30 or 60.
    rows: the line of the file each stands in; name: of the file, for messages. Raises InputError for a timecode that
    can't be read, or that goes back.
    """
    fields = np.empty((len(timecodes), 4))
    dropped = False
    for i, text in enumerate(timecodes):
        found = _TIMECODE.fullmatch(text.strip())
        if found is None:
            raise InputError(
                f"{name}, line {rows[i]}, column Timecode: {text!r} is no timecode; it goes HH:MM:SS:FF.mmm."
            )
        hours, minutes, seconds, colon, frames = found.groups()
        fields[i] = float(hours), float(minutes), float(seconds), float(frames)
        dropped |= colon == ";"
    whole = fields[:, :3] @ np.array([3600.0, 60.0, 1.0])
    rate = _rate(whole, fields[:, 3])
    times = _drop_frame(fields, 30 if rate <= 30 else 60) if dropped else whole + fields[:, 3] / rate
    times += _DAY * np.cumsum(np.diff(times, prepend=times[0]) < -_DAY / 2)
    back = np.flatnonzero(np.diff(times) < 0)
    if len(back):
        i = back[0] + 1
        raise InputError(
            f"{name}, line {rows[i]}, column Timecode: {timecodes[i]} is before the one above it, {timecodes[i - 1]}."
        )
    return np.asarray(times - times[0], np.float64)


def _rate(whole: npt.NDArray[np.float64], frames: npt.NDArray[np.float64]) -> int:
    """How many frames make a second: what carries from one second to the next says it, else the app's own rate."""
    most = int(frames.max()) + 1
    carried = np.flatnonzero(np.diff(whole) == 1)
    within = np.diff(frames)[np.diff(whole) == 0]
    if len(carried) == 0 or len(within) == 0:
        return next((r for r in _RATES if r >= max(most, LIVE_LINK_RATE)), most)
    carry = np.median(frames[carried] - frames[carried + 1] + np.median(within))
    nearest = min(_RATES, key=lambda r: abs(r - carry))
    return nearest if nearest >= most else next((r for r in _RATES if r >= most), most)


def _drop_frame(fields: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """Real seconds: two (of 60: four) frame numbers are left out each minute but every tenth. SMPTE ST 12-1."""
    minutes = fields[:, 0] * 60 + fields[:, 1]
    count = (minutes * 60 + fields[:, 2]) * rate + fields[:, 3]
    count -= rate // 15 * (minutes - minutes // 10)
    return np.asarray(count * 1001 / (1000 * rate), np.float64)
