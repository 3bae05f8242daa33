"""Times of day and spans of time: 7:30 pm, 9 a.m., 12:00, 3:59.4."""

from __future__ import annotations

import re

from tts.text.english.context import before
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_HALF = r"(?P<gap>\s?)(?P<half>[AaPp])\.?[Mm](?:\.(?!\w)|(?![\w.]\w|\w))"
_CLOCK = r"(?<![\w:.])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?P<rest>\.\d+)?(?![\d:])"


def _half(found: re.Match[str]) -> str:
    return (" | " if found["gap"] else " ") + f"{found['half'].upper()}.M."


def _clock(found: re.Match[str], numbers: Numbers) -> str | None:
    hour, minute, second = (found[g] for g in ("hour", "minute", "second"))
    if int(hour) > 59 or before(found, "ratio|odds|scale", 2):
        return None
    half = found.groupdict().get("half")
    said = numbers.cardinal(hour)
    exact = minute == "00" and not second and not found["rest"]
    if exact and not half:
        said += " o'clock" if 1 <= int(hour) <= 12 else " hundred"
    elif not exact and minute == "00":
        said += " o'clock"
    elif not exact:
        said += f" {'oh ' * (minute[0] == '0')}{numbers.cardinal(minute)}"
    if second:
        said += f" and {numbers.cardinal(second)} second{'s' * (second != '01')}"
    if found["rest"]:
        said += f" point {numbers.digits(found['rest'])}"
    return said + (_half(found) if half else "")


RULES = (
    Rule(re.compile(_CLOCK + _HALF), _clock),
    Rule(re.compile(_CLOCK), _clock),
    Rule(re.compile(rf"(?<![\w:.,])(?P<hour>\d{{1,2}}){_HALF}"), lambda m, n: n.cardinal(m["hour"]) + _half(m)),
)
