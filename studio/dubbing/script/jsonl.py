"""A script as JSON Lines: one object a line, ``{"start": 1.5, "end": 3, "speaker": "Anna", "text": "Get out."}``."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from studio.dubbing.script.raw import Raw
from studio.dubbing.script.times import seconds_of
from studio.emotion.written import problem
from studio.errors import InputError


class WrittenLine(BaseModel):
    """A line of the file. start, end: seconds, or a time such as "00:01:02.500"; emotion: notation, words or JSON."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    start: float
    end: float
    text: str
    speaker: str | None = None
    emotion: str | None = None
    voice: str | None = None
    seed: Annotated[int, Field(strict=True)] | None = None
    style: str = ""

    @field_validator("start", "end", mode="before")
    @classmethod
    def _time(cls, given: Any) -> Any:
        if isinstance(given, bool):
            raise ValueError("a time is a number of seconds")
        if isinstance(given, str):
            if (seconds := seconds_of(given)) is None:
                raise ValueError(f"{given[:40]!r} is no time: write seconds or 00:01:02.500")
            return seconds
        return given

    @field_validator("emotion", mode="before")
    @classmethod
    def _emotion(cls, given: Any) -> Any:
        return json.dumps(given) if isinstance(given, dict | list) else given


def read_jsonl(text: str, name: str) -> list[Raw]:
    """The cues of a file; empty lines are none. Raises InputError with the line and the field that is wrong."""
    raws = []
    # JSON may hold other separators of lines in its strings.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as e:
            raise InputError(f"{name}, line {number}: it is not JSON; write one object a line.") from e
        if not isinstance(given, dict):
            raise InputError(f"{name}, line {number}: it is not a JSON object; write one a line.")
        try:
            one = WrittenLine.model_validate(given)
        except ValidationError as e:
            raise InputError(f"{name}, line {number}: {problem(e)}") from e
        raws.append(
            Raw(
                number,
                number,
                one.start,
                one.end,
                one.text.strip(),
                one.speaker,
                one.emotion,
                one.style,
                voice=one.voice,
                seed=one.seed,
            )
        )
    if not raws:
        raise InputError(f"{name} has no line to say.")
    return raws
