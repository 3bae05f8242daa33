"""The JSON beside a WAV: everything of a Speech but its samples."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from studio.emotion import EmotionTrack
from studio.emotion.written import WrittenEmotion, WrittenTrack, problem
from studio.errors import InputError

# Times are written to the microsecond.
_ROUNDING = 2e-6


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _TimedPhoneme(_Strict):
    symbol: str
    start: float
    end: float


class _TimedWord(_Strict):
    text: str
    start: float
    end: float


class Timeline(_Strict):
    """Times in seconds, in order, within the sound. emotion: of the line as a whole; track: its course."""

    text: str
    seconds: float
    sample_rate: int
    voice: str
    seed: int
    emotion: WrittenEmotion
    track: WrittenTrack
    words: list[_TimedWord]
    phonemes: list[_TimedPhoneme]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name, timed in (("phonemes", self.phonemes), ("words", self.words)):
            times = [x for t in timed for x in (t.start, t.end)]
            late = times and times[-1] > self.seconds + _ROUNDING
            if late or any(a < -_ROUNDING or b < a - _ROUNDING for a, b in pairwise(times)):
                raise ValueError(f"the {name} are not in order within {self.seconds:g} s")
        return self


def timeline_of(description: dict[str, Any], track: EmotionTrack) -> str:
    """JSON of a Speech's description and its emotion, exactly."""
    written = {**description, "track": WrittenTrack.of(track)}
    return Timeline.model_validate(written).model_dump_json(indent=1)


def read_timeline(path: Path) -> Timeline:
    """Read a timeline. Raises InputError that says what is wrong with the file."""
    try:
        return Timeline.model_validate_json(path.read_bytes())
    except ValidationError as e:
        raise InputError(f"The timeline {path} can't be used: {problem(e)}") from e


def claims_timeline(data: bytes) -> bool:
    """Whether a file beside a sound is its timeline, if perhaps a damaged one; not JSON about something else."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return True
    return isinstance(told, dict) and "phonemes" in told


def is_timeline(data: bytes) -> bool:
    """Whether these are the bytes of a timeline."""
    try:
        Timeline.model_validate_json(data)
    except ValidationError:
        return False
    return True
