"""The times of subtitles as people and programs write them."""

from __future__ import annotations

import re

_TIME = re.compile(
    r"""(?P<sign>[-−])?\s*
    (?:(?P<h>\d{1,3})\s*:\s*)?(?P<m>\d{1,3})\s*:\s*(?P<s>\d{1,2})
    (?:\s*[.,:;]\s*(?P<part>\d{1,9}))?""",
    re.VERBOSE,
)
ARROW = re.compile(r"\s*(?:-\s?-\s?>|[-–—−]+>|→)\s*")


def seconds_of(written: str) -> float | None:
    """Seconds of "01:02:03,450", "1:02.45" or "02:03"; negative with a minus sign; None for what is no time."""
    found = _TIME.fullmatch(written.strip())
    if found is None or int(found["s"]) > 59 or (found["h"] is not None and int(found["m"]) > 59):
        return None
    whole = int(found["h"] or 0) * 3600 + int(found["m"]) * 60 + int(found["s"])
    total = whole + (int(found["part"]) / 10 ** len(found["part"]) if found["part"] else 0.0)
    return -total if found["sign"] else total


def srt_time(seconds: float) -> str:
    """``01:02:03,450``, to the millisecond."""
    return vtt_time(seconds).replace(".", ",")


def vtt_time(seconds: float) -> str:
    """``01:02:03.450``, to the millisecond."""
    thousandths = round(seconds * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
