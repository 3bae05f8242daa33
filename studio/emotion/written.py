"""Emotions and their course as JSON, lossless, and the ways people write them by hand.

An emotion is written as `Emotion.describe` tells it: ``{"labels": {"sad": 0.7}, "intensity": 0.7, "vad": [...],
"nearest": "sad"}``, with `offset`, `shared` and `channels` where there are any. Read are these too:

    {"labels": {"sad": 0.7}}       {"vad": [-0.6, 0.7, 0.5]}       {"emotion": "angry:0.8"}       "angry:0.8"
    [0, 0.8, 0, 0, 0, 0, 0.2, 0]   IndexTTS2's: happy, angry, sad, afraid, disgusted, melancholic, surprised, calm

What is said twice has to agree. Labels and offset (in each channel) make the emotion; `intensity`, `vad` and, beside
`shared`, `labels` only tell it to others, and one that tells another emotion (by more than two decimals' rounding) is
an error rather than a guess at which was meant. `nearest` is not compared. Where there are no labels, `vad` makes it.

A track is ``{"unit": "words", "keys": [{"at": 0, "emotion": ...}, ...], "marks": [{"kind": "pause", ...}, ...]}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from studio.emotion.emotion import CHANNELS, NEUTRAL, Emotion
from studio.emotion.track import EmotionTrack, Key, Mark, Unit
from studio.errors import InputError

# What is rounded to two decimals still agrees.
_AGREEING = 0.0051

_Triple = Annotated[list[float], Field(min_length=3, max_length=3)]
_Share = Annotated[float, Field(ge=-1, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True, frozen=True)

    @model_serializer(mode="wrap")
    def _without_none(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: x for name, x in handler(self).items() if x is not None}


class WrittenEmotion(_Strict):
    """An Emotion in JSON; `value` is the Emotion."""

    emotion: str | None = None
    labels: dict[str, float] | None = None
    intensity: Annotated[float, Field(ge=0, le=1)] | None = None
    vad: Annotated[list[_Share], Field(min_length=3, max_length=3)] | None = None
    nearest: str | None = None
    offset: _Triple | None = None
    shared: dict[str, float] | None = None
    channels: dict[str, WrittenEmotion] | None = None

    @classmethod
    def of(cls, emotion: Emotion) -> WrittenEmotion:
        """What `value` gives back exactly."""
        return cls.model_validate(emotion.describe())

    @model_validator(mode="before")
    @classmethod
    def _by_hand(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"emotion": given}
        if isinstance(given, list):
            return _of_vector(given).describe()
        if not isinstance(given, dict | WrittenEmotion):
            raise ValueError(f"an emotion is an object, a text or a list of 8 numbers, not {_told(given)}")
        return given

    @field_validator("labels", "shared")
    @classmethod
    def _known(cls, labels: dict[str, float] | None) -> dict[str, float] | None:
        _raising_value_error(lambda: Emotion.of(labels or {}))
        return labels

    @field_validator("channels")
    @classmethod
    def _channels(cls, channels: dict[str, WrittenEmotion] | None) -> dict[str, WrittenEmotion] | None:
        for name, written in (channels or {}).items():
            if name not in CHANNELS:
                raise ValueError(f"there is no channel {name!r}; they are {', '.join(CHANNELS)}")
            if written.channels:
                raise ValueError(f"the channel {name} has no channels of its own")
        return channels

    @model_validator(mode="after")
    def _agreeing(self) -> Self:
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if not given - {"nearest", "intensity"}:
            raise ValueError('an emotion needs "labels", "vad" or "emotion"')
        if self.emotion is not None and len(given) > 1:
            raise ValueError('"emotion" says it all: leave out either it or the other fields')
        value = _raising_value_error(self.value)
        _agree("vad", self.vad, value.vad)
        _agree("intensity", None if self.intensity is None else [self.intensity], [value.intensity])
        if self.shared is not None and self.labels is not None:
            labels = Emotion.of(self.labels).labels
            if any(abs(labels.get(c, 0) - value.labels.get(c, 0)) > _AGREEING for c in {*labels, *value.labels}):
                raise ValueError('"labels" disagree with "shared" and "channels", whose mean they tell: leave them out')
        return self

    def value(self) -> Emotion:
        """The Emotion written here."""
        if self.emotion is not None:
            return Emotion.parse(self.emotion)
        labels = self.labels if self.shared is None else self.shared
        value = Emotion.of(labels or {})
        if self.offset is not None:
            value = value + Emotion.from_vad(*self.offset)
        elif not labels and not self.channels and self.vad is not None:
            value = Emotion.from_vad(*self.vad)
        felt = {name: written.value() for name, written in (self.channels or {}).items()}
        own = tuple((name, felt[name]) for name in CHANNELS if felt.get(name, NEUTRAL) != NEUTRAL)
        return Emotion(value.weights, value.offset, own)


class WrittenKey(_Strict):
    """A Key in JSON."""

    at: float
    emotion: WrittenEmotion


class WrittenMark(_Strict):
    """A Mark in JSON."""

    kind: str
    start: float
    end: float
    value: Any = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        _raising_value_error(self.mark)
        return self

    def mark(self) -> Mark:
        """The Mark written here."""
        return Mark(self.kind, self.start, self.end, self.value)


class WrittenTrack(_Strict):
    """An EmotionTrack in JSON; `value` is the track."""

    unit: Unit = "words"
    keys: list[WrittenKey]
    marks: list[WrittenMark] = []

    @classmethod
    def of(cls, track: EmotionTrack) -> WrittenTrack:
        """What `value` gives back exactly."""
        return cls(
            unit=track.unit,
            keys=[WrittenKey(at=k.at, emotion=WrittenEmotion.of(k.emotion)) for k in track.keys],
            marks=[WrittenMark(kind=m.kind, start=m.start, end=m.end, value=m.value) for m in track.marks],
        )

    @model_validator(mode="after")
    def _rising(self) -> Self:
        _raising_value_error(self.value)
        return self

    def value(self) -> EmotionTrack:
        """The track written here."""
        keys = tuple(Key(k.at, k.emotion.value()) for k in self.keys)
        return EmotionTrack(keys, self.unit, tuple(m.mark() for m in self.marks))


def emotion_to_json(emotion: Emotion) -> dict[str, Any]:
    """What `json.dumps` can write and `emotion_from_json` reads back exactly."""
    return emotion.describe()


def emotion_from_json(given: Any) -> Emotion:
    """Read an Emotion from JSON text, or from what JSON text was parsed to.

    A text that is no JSON object, list or string is taken as the notation. Raises InputError that says what is wrong
    and where (line and column of malformed JSON, else the field).
    """
    if isinstance(given, str) and not given.lstrip().startswith(("{", "[", '"')):
        return Emotion.parse(given)
    return _read(WrittenEmotion, given, "emotion").value()


def track_to_json(track: EmotionTrack) -> dict[str, Any]:
    """What `json.dumps` can write and `track_from_json` reads back exactly."""
    return WrittenTrack.of(track).model_dump()


def track_from_json(given: Any) -> EmotionTrack:
    """Read an EmotionTrack from JSON text, or from what JSON text was parsed to. Raises InputError likewise."""
    return _read(WrittenTrack, given, "emotion track").value()


# Where pydantic's own words would be about Python.
_MESSAGES = {
    "extra_forbidden": "there is no such field",
    "missing": "this field is missing",
    "model_type": "it is not a JSON object",
}
_Model = TypeVar("_Model", bound=_Strict)


def _read(model: type[_Model], given: Any, what: str) -> _Model:
    if isinstance(given, str | bytes):
        given = _parsed(given, what)
    try:
        return model.model_validate(given)
    except ValidationError as e:
        raise InputError(f"The {what} can't be used: {problem(e)}") from e
    except RecursionError as e:
        raise InputError(f"The {what} can't be used: it is nested too deep.") from e


def problem(error: ValidationError) -> str:
    """The first thing pydantic found wrong, as ``keys[2].emotion.labels: there is no ...``, with its full stop."""
    first = error.errors()[0]
    where = "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in first["loc"]).removeprefix(".")
    said = _MESSAGES.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return f"{where}: {said}".removeprefix(": ").rstrip(".") + ("" if said.endswith("?") else ".")


def _parsed(text: str | bytes, what: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no number")

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as e:
        where = f"line {e.lineno}, column {e.colno}"
        raise InputError(f"The {what} can't be used: it is not JSON from {where} on ({e.msg.lower()}).") from e
    except (ValueError, RecursionError) as e:
        reason = "it is nested too deep" if isinstance(e, RecursionError) else str(e)
        raise InputError(f"The {what} can't be used: {reason}.") from e


def _of_vector(numbers: list[Any]) -> Emotion:
    if len(numbers) != 8 or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
        raise ValueError('a list is IndexTTS2\'s vector of 8 numbers; a point is written {"vad": [v, a, d]}')
    from studio.emotion.vocabularies import vocabulary  # not needed for what this package writes itself

    return _raising_value_error(lambda: vocabulary("indextts2").read(numbers))


_Value = TypeVar("_Value")


def _raising_value_error(make: Callable[[], _Value]) -> _Value:
    """pydantic adds the place to a ValueError."""
    try:
        return make()
    except InputError as e:
        raise ValueError(str(e)) from e


def _agree(name: str, told: Sequence[float] | None, own: Sequence[float]) -> None:
    if told is not None and any(abs(x - y) > _AGREEING for x, y in zip(told, own, strict=True)):
        told_as, own_as = (", ".join(f"{x:.3g}" for x in numbers) for numbers in (told, own))
        raise ValueError(f'"{name}" is {told_as} but that of the rest is {own_as}: leave one of them out')


def _told(given: Any) -> str:
    return "null" if given is None else json.dumps(given, default=str)[:40]
