"""What a dub is asked to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypedDict, get_args

from studio.dubbing.output.languages import iso_639_2
from studio.errors import InputError
from studio.numeric import is_number, is_whole

# What the emotion of a line without a mark is read from: its words, the film's voice or face there, or nothing.
EmotionBy = Literal["auto", "source", "face", "none"]
# Whether lips stay as filmed, the words go where the filmed lips move, or the lips are drawn to the new words.
Lips = Literal["off", "follow", "render"]
# What becomes of the film's own sound under a line; see `studio.dubbing.sound.MixOptions`.
Under = Literal["remove", "duck", "silence"]

_NAMES = {
    "emotion": "Lines without a mark are felt by (emotion)",
    "lips": "What becomes of the lips (lips) is",
    "under": "What becomes of the film's sound under a line (under) is",
}


@dataclass(frozen=True)
class DubSettings:
    """cast: a TOML file, who speaks in which voice.  emotion: what lines that are not marked are felt by.

    language: of the lines, original_language: of the film; BCP-47 tags, None is unknown (voices are then English).
    lips, under: see the types.  duck_db: how far "duck" goes down.  separator: a command that takes speech out of a
    sound better than the middle of it can be; {input} and {output} in it are WAV files.
    speed: the slowest and fastest a line is said, times its natural tempo.
    seed: of all takes.  stems: a folder for the sound of each speaker.  subtitles: the lines as a track to switch on;
    burn: drawn into the picture.  keep_original: the film's own sound as second track.
    Raises InputError for what can't be.
    """

    cast: Path | None = None
    emotion: EmotionBy = "auto"
    language: str | None = None
    original_language: str | None = None
    lips: Lips = "off"
    under: Under = "remove"
    duck_db: float = -18.0
    separator: tuple[str, ...] = ()
    speed: tuple[float, float] = (0.8, 1.25)
    seed: int = 0
    stems: Path | None = None
    subtitles: bool = True
    burn: bool = False
    keep_original: bool = True

    def __post_init__(self) -> None:
        for name, kind in (("emotion", EmotionBy), ("lips", Lips), ("under", Under)):
            if (given := getattr(self, name)) not in get_args(kind):
                raise InputError(
                    f"{_NAMES[name]} {', '.join(get_args(kind)[:-1])} or {get_args(kind)[-1]}, not {given!r}."
                )
        for tag in (self.language, self.original_language):
            if not (tag is None or isinstance(tag, str)):
                raise InputError(f"A language is a tag such as en, es or pt-BR, not {tag!r}.")
            iso_639_2(tag)
        if not (
            isinstance(self.speed, tuple)
            and len(self.speed) == 2
            and all(map(is_number, self.speed))
            and 0 < self.speed[0] <= 1 <= self.speed[1]
        ):
            raise InputError(f"A range of speed is around 1, such as 0.8 to 1.25, not {self.speed!r}.")
        if not is_whole(self.seed):
            raise InputError(f"A seed is a whole number, not {self.seed!r}.")
        if not (is_number(self.duck_db) and -60.0 <= self.duck_db <= 0.0):
            raise InputError(f"The film can't be ducked by {self.duck_db!r} dB: give -60 to 0.")

    def inputs(self) -> dict[str, Any]:
        """As the inputs of a job: JSON and paths."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def of(cls, inputs: dict[str, Any]) -> Self:
        """What `inputs` gave."""
        given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in inputs.items()}
        return cls(**given)

    def told(self) -> dict[str, str]:
        """What was asked for that is not as usual, in words, for the report."""
        usual = asdict(type(self)())
        return {name.replace("_", " "): _words(v) for name, v in asdict(self).items() if v != usual[name]}


class DubOptions(TypedDict, total=False):
    """DubSettings as keyword options."""

    cast: str | Path | None
    emotion: EmotionBy
    language: str | None
    original_language: str | None
    lips: Lips
    under: Under
    duck_db: float
    separator: Sequence[str]
    speed: tuple[float, float]
    seed: int
    stems: str | Path | None
    subtitles: bool
    burn: bool
    keep_original: bool


def settings_of(options: DubOptions) -> DubSettings:
    """The settings a person asks for. Raises InputError as DubSettings does."""
    given: dict[str, Any] = dict(options)
    for name in ("cast", "stems"):
        if given.get(name) is not None:
            given[name] = Path(given[name])
    if isinstance(given.get("separator"), str):
        raise InputError('A separator is a command in its words: ["separate", "{input}", "{output}"].')
    return DubSettings(**given | {"separator": tuple(given.get("separator", ()))})


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(f"{v:g}" if isinstance(v, float) and math.isfinite(v) else str(v) for v in value)
    return value.name if isinstance(value, Path) else str(value)
