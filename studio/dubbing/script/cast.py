"""The cast of a dub: a TOML file that says who speaks in which voice, and voices for those it does not name.

    [ANNA]
    voice = "af_bella"            # any voice of the speaker, a blend, or a file that `affetto voice fit` wrote
    emotion = "calm:0.3"          # what her lines are felt from
    face = 2                      # her number among the film's people, in the order in which they come into sight
    pitch = 1.5                   # semitones;  rate = 0.95  and  volume = -2  (dB) likewise

    [default]                     # lines without a speaker, and what others don't say: all but the voice
    voice = "am_michael"

Paths are relative to the file. It is the user's own, other than a script: what it names is opened.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, zip_longest
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.dubbing.script.encodings import read_text
from studio.dubbing.script.notation import emotion_of
from studio.emotion import NEUTRAL, Emotion
from studio.emotion.track import RANGES
from studio.emotion.written import problem
from studio.engines import Voice
from studio.errors import InputError
from studio.media.files import is_file

DEFAULT = "default"
_VOICE_FILE = ".voice"
# What a part is called says who might play it.
_MEN = "man boy father dad daddy grandfather grandpa son brother uncle king lord sir mr husband he"
_WOMEN = "woman girl mother mom mum mommy grandmother grandma daughter sister aunt queen lady madam mrs ms wife she"
_MALE, _FEMALE = frozenset(_MEN.split()), frozenset(_WOMEN.split())


class WrittenRole(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True, strict=True)

    voice: str | None = None
    emotion: str | None = None
    face: int | None = None
    pitch: float = 0.0
    rate: float = 1.0
    volume: float = 0.0


@dataclass(frozen=True)
class Role:
    """How one person of a film is played.

    face: the person's number in the film, in the order in which people come into sight; None is whose lips move.
    pitch: semitones.  rate: factor.  volume: dB.
    """

    voice: str
    emotion: Emotion = NEUTRAL
    face: int | None = None
    pitch: float = 0.0
    rate: float = 1.0
    volume: float = 0.0

    def saying(self, text: str) -> str:
        """A line's text with the marks that make it this person's."""
        if not re.search(r"\w", text):
            return text
        for kind, said, changed in (
            ("pitch", f"{self.pitch:+g}", self.pitch != 0.0),
            ("rate", f"{self.rate:g}", self.rate != 1.0),
            ("volume", f"{self.volume:+g}", self.volume != 0.0),
        ):
            if changed:
                text = f"[{kind} {said}]{text}[/{kind}]"
        return text


@dataclass(frozen=True)
class Cast:
    """Roles by the names they were written with. default: of lines without a speaker, None if the file says nothing."""

    roles: Mapping[str, WrittenRole]
    folder: Path

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple(name for name in self.roles if name != DEFAULT)

    def assigned(
        self, speakers: Sequence[str | None], voices: Sequence[Voice], language: str = "en"
    ) -> tuple[dict[str | None, Role], list[str]]:
        """A role for each of `speakers` (None: lines without one), and sentences about voices that nobody chose.

        voices: that the engine has, best first.  language: BCP-47 tag of the lines. Each speaker whom the file does not
        name gets a voice of the language that nobody else has, by turns a woman's and a man's unless the name tells;
        when all are taken, blends of two. The same speakers get the same voices. Raises InputError without voices.
        """
        told: list[str] = []
        roles: dict[str | None, Role] = {}
        named = {name.casefold(): role for name, role in self.roles.items()}
        base = self.roles.get(DEFAULT, WrittenRole())
        taken = {role.voice for role in self.roles.values() if role.voice}
        own, spoken_by = _tongue(language), {v.name: _tongue(v.language) for v in voices}
        free = _Free([v for v in voices if v.name not in taken], list(voices), language)
        for speaker in dict.fromkeys(speakers):
            written = base if speaker is None else named.get(speaker.casefold(), WrittenRole())
            voice = written.voice
            if voice is None:
                voice = free.take(speaker or "")
                who = "Lines without a speaker are" if speaker is None else f"{speaker} is"
                told.append(f"{who} given the voice {voice}.")
            elif (tongue := spoken_by.get(voice, own)) != own:
                told.append(
                    f"{speaker or 'Lines without a speaker'}: {voice} speaks {tongue}, and the lines are in {own}."
                )
            roles[speaker] = self._role(_completed(written, base), voice)
        return roles, told

    def _role(self, written: WrittenRole, voice: str) -> Role:
        path = self.folder / voice
        return Role(
            voice=str(path) if voice.lower().endswith(_VOICE_FILE) and is_file(path) else voice,
            emotion=NEUTRAL if written.emotion is None else emotion_of(written.emotion),
            face=written.face,
            pitch=written.pitch,
            rate=written.rate,
            volume=written.volume,
        )


def read_cast(path: str | Path) -> Cast:
    """Read a cast file. Raises InputError with the line that is wrong: no TOML, an unknown field, no such emotion."""
    path = Path(path)
    text, _ = read_text(path, "utf-8-sig")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise InputError(f"{path.name} is not TOML: {str(e)[:1].lower()}{str(e)[1:]}.") from e
    roles = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise InputError(f"{path.name}, line {_line(text, name)}: write [{name}] above what is said of {name}.")
        try:
            roles[name] = WrittenRole.model_validate(table)
        except ValidationError as e:
            key = str(e.errors()[0]["loc"][0]) if e.errors()[0]["loc"] else ""
            raise InputError(f"{path.name}, line {_line(text, name, key)}: {problem(e)}") from e
        _check(roles[name], name, path, text)
    return Cast(roles, path.parent)


NO_CAST = Cast({}, Path())


def _completed(role: WrittenRole, base: WrittenRole) -> WrittenRole:
    """A role, and what it does not say from `base`."""
    return base.model_copy(update={key: getattr(role, key) for key in role.model_fields_set})


def _check(role: WrittenRole, name: str, path: Path, text: str) -> None:
    try:
        if role.emotion is not None:
            emotion_of(role.emotion)
    except InputError as e:
        raise InputError(f"{path.name}, line {_line(text, name, 'emotion')}: {e}") from e
    for kind in ("pitch", "rate", "volume"):
        value = getattr(role, kind)
        if value not in RANGES[kind]:
            raise InputError(f"{path.name}, line {_line(text, name, kind)}: a {kind} is {RANGES[kind]}, not {value:g}.")
    if role.face is not None and role.face < 1:
        raise InputError(f"{path.name}, line {_line(text, name, 'face')}: people are counted from 1, not {role.face}.")
    if role.voice is not None and role.voice.lower().endswith(_VOICE_FILE) and not is_file(path.parent / role.voice):
        raise InputError(f"{path.name}, line {_line(text, name, 'voice')}: there is no voice file {role.voice}.")


def _line(text: str, table: str, key: str = "") -> int:
    """The line of a table, or of a key in it."""
    lines = text.split("\n")
    names = {f"[{table}]", f'["{table}"]', f"['{table}']"}
    at = next((i for i, line in enumerate(lines) if line.split("#")[0].strip() in names), None)
    if at is None:
        return next((i for i, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(table)}\s*=", line)), 1)
    for i in range(at + 1, len(lines)):
        if lines[i].startswith("["):
            break
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
            return i + 1
    return at + 1


def _tongue(tag: str) -> str:
    return tag.split("-")[0].lower()


class _Free:
    """Voices that nobody has yet."""

    def __init__(self, free: Sequence[Voice], every: Sequence[Voice], language: str) -> None:
        if not every:
            raise InputError("The speaker has no voices to give to those who have none.")

        def spoken(voices: Sequence[Voice]) -> list[Voice]:
            return [v for v in voices if _tongue(v.language) == _tongue(language)]

        own = spoken(free) or ([] if spoken(every) else list(free))
        by_gender = [[v for v in own if v.gender == g] for g in ("female", "male")]
        turns = chain.from_iterable(zip_longest(*by_gender))
        others = [v for v in own if v.gender not in ("female", "male")]
        self._voices = [v for v in turns if v is not None] + others
        self._missing = "" if spoken(every) else language
        self._spoken = sorted({_tongue(v.language) for v in every})
        known = spoken(every) or list(every)
        self._blends = (f"{a.name}+{b.name}" for a, b in combinations(known, 2) if a.gender == b.gender)
        self._last = known[0].name

    def take(self, name: str) -> str:
        """The next one, of the gender that a name tells if there is one left."""
        if self._missing:
            raise InputError(
                f"There is no voice that speaks {self._missing}, only {', '.join(self._spoken)}: name voices in the "
                "cast to have the lines said with an accent."
            )
        words = set(re.findall(r"[a-z]+", name.casefold()))
        gender = "male" if words & _MALE else "female" if words & _FEMALE else None
        chosen = next((v for v in self._voices if v.gender == gender), None) or next(iter(self._voices), None)
        if chosen is None:
            return next(self._blends, self._last)
        self._voices.remove(chosen)
        return chosen.name
