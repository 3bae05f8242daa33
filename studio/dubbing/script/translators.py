"""Programs and endpoints that translate, as a config names them; nothing of theirs is run by a shell.

[translation]
from = "en"                                     # if left out, theirs to find
to = "de"
command = ["my-translator", "--formal"]         # reads JSON, writes JSON; see `Command`
# or
endpoint = "http://localhost:11434/v1"          # OpenAI-compatible: /chat/completions is asked
model = "gemma3:12b"
key_env = "OPENAI_API_KEY"                      # the environment variable that holds the key, if it needs one
notes = "Anna and Bob are siblings: informal address."
timeout = 120                                   # seconds an answer may take
retries = 3
batch = 20                                      # lines at once
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studio.dubbing.script.encodings import read_text
from studio.dubbing.script.translation import Request, Translator
from studio.emotion.written import problem
from studio.errors import InputError

_LARGEST_ANSWER = 16 << 20
# Seconds before another try, doubled with each; a server that says how long is believed up to a minute.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_PASSING = (408, 409, 425, 429, 500, 502, 503, 504)
_TASK = """You translate the lines of a film for dubbing, {source}into {target} (BCP-47 tags). Each line is spoken \
in "seconds" by "speaker": keep its meaning and tone, and keep to at most "characters" characters, so that it can be \
said in that time. Lines are in the order of the film. Answer with JSON only: \
{{"lines": [{{"number": 1, "text": "..."}}]}}, with every number that you were given, once."""


class TranslationConfig(BaseModel):
    """The table [translation] of a config."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)

    to: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    source: Annotated[str | None, Field(alias="from")] = None
    command: Annotated[list[str], Field(min_length=1)] | None = None
    endpoint: Annotated[str, Field(pattern=r"^https?://[^/\s]+")] | None = None
    model: str | None = None
    key_env: str | None = None
    notes: str = ""
    timeout: Annotated[float, Field(gt=0, le=3600)] = 120.0
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    batch: Annotated[int, Field(ge=1, le=1000)] = 20

    @model_validator(mode="after")
    def _one_way(self) -> TranslationConfig:
        if (self.command is None) == (self.endpoint is None):
            raise ValueError("give either a command or an endpoint")
        if self.endpoint is not None and self.model is None:
            raise ValueError("an endpoint needs a model")
        return self

    def translator(self) -> Translator:
        """What does it. Raises InputError for a key that is not in the environment."""
        if self.command is not None:
            return Command(tuple(self.command), self.timeout)
        assert self.endpoint is not None and self.model is not None
        key = os.environ.get(self.key_env) if self.key_env else None
        if self.key_env and not key:
            raise InputError(f"The environment has no {self.key_env}, which the translation's config names as its key.")
        return Endpoint(self.endpoint, self.model, key, self.notes, self.timeout, self.retries)


def read_translation(path: str | Path) -> TranslationConfig:
    """The translation of a config file. Raises InputError that names the field."""
    path = Path(path)
    text, _ = read_text(path, "utf-8-sig")
    try:
        table = tomllib.loads(text).get("translation")
    except tomllib.TOMLDecodeError as e:
        raise InputError(f"{path.name} is not TOML: {str(e)[:1].lower()}{str(e)[1:]}.") from e
    if not isinstance(table, dict):
        raise InputError(f"{path.name} has no table [translation].")
    try:
        return TranslationConfig.model_validate(table)
    except ValidationError as e:
        raise InputError(f"{path.name}, [translation]: {problem(e)}") from e


@dataclass(frozen=True)
class Command:
    """A program that reads ``{"from": "en", "to": "de", "lines": [{"number": 1, "speaker": "Anna", "text": "Hi.",
    "seconds": 1.2, "characters": 17}]}`` and writes ``{"lines": [{"number": 1, "text": "Hallo."}]}``, UTF-8 both."""

    arguments: tuple[str, ...]
    timeout: float = 120.0

    def translate(self, lines: Sequence[Request], source: str | None, target: str) -> dict[int, str]:
        asked = json.dumps({"from": source, "to": target, "lines": [asdict(line) for line in lines]})
        name = Path(self.arguments[0]).name
        try:
            done = subprocess.run(
                self.arguments, input=asked.encode(), capture_output=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired as e:
            raise InputError(f"The translator {name} took more than {self.timeout:g} s: raise timeout.") from e
        except (OSError, ValueError) as e:
            reason = e.strerror.lower() if isinstance(e, OSError) and e.strerror else str(e)
            raise InputError(f"The translator {name} can't be run: {reason}.") from e
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().split("\n")[-1][:200]
            raise InputError(f"The translator {name} failed ({done.returncode}): {said or 'it gave no reason'}.")
        return _lines(done.stdout.decode(errors="replace"), f"The translator {name}", lines)


@dataclass(frozen=True)
class Endpoint:
    """A language model that is asked as OpenAI's chat completions are. wait: sleeps so many seconds before a retry."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    notes: str = ""
    timeout: float = 120.0
    retries: int = 3
    wait: Callable[[float], None] = time.sleep

    def translate(self, lines: Sequence[Request], source: str | None, target: str) -> dict[int, str]:
        task = _TASK.format(source=f"from {source} " if source else "", target=target)
        given = json.dumps({"lines": [asdict(line) for line in lines]}, ensure_ascii=False)
        asked = {
            "model": self.model,
            "temperature": 0.2,
            "messages": [
                {"role": "system", "content": f"{task}\n{self.notes}".strip()},
                {"role": "user", "content": given},
            ],
        }
        # An answer that is no JSON is asked for again, as one that did not come.
        for tried in range(self.retries + 1):
            try:
                return _lines(_content(self._post(asked), self.url), self.url, lines)
            except _AgainError as e:
                if tried == self.retries:
                    raise InputError(f"{e} It was tried {tried + 1} times.") from e
                self.wait(min(e.seconds if e.seconds is not None else _FIRST_WAIT * 2**tried, _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _post(self, asked: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.key}"} if self.key else {})}
        address = f"{self.url.rstrip('/')}/chat/completions"
        request = urllib.request.Request(address, json.dumps(asked).encode(), headers, method="POST")
        try:
            with _OPENER.open(request, timeout=self.timeout) as answer:
                data: bytes = answer.read(_LARGEST_ANSWER)
                return data
        except urllib.error.HTTPError as e:
            with e:
                said = " ".join(e.read(1000).decode(errors="replace").split())[:200]
            reason = f"{self.url} answered {e.code}: {said or e.reason}."
            if e.code in _PASSING:
                raise _AgainError(reason, _seconds(e.headers.get("Retry-After"))) from e
            raise InputError(reason) from e
        except (urllib.error.URLError, OSError) as e:
            why = str(getattr(e, "reason", None) or e)
            raise _AgainError(f"{self.url} can't be reached: {why.rstrip('.').lower()}.") from e


class _AgainError(InputError):
    """What another try may mend. seconds: to wait before it, where the server says so."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key goes to the address it was given for and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _seconds(written: str | None) -> float | None:
    return float(written) if written and re.fullmatch(r"\d+(\.\d+)?", written) else None


def _content(answer: bytes, url: str) -> str:
    """What the model says."""
    try:
        content = json.loads(answer)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as e:
        raise _AgainError(f"{url} did not answer as chat completions do.") from e
    if not isinstance(content, str):
        raise _AgainError(f"{url} answered without a text.")
    return content


class _Line(BaseModel):
    number: int
    text: str


class _Lines(BaseModel):
    lines: list[_Line]


def _lines(answer: str, who: str, asked: Sequence[Request]) -> dict[int, str]:
    """The lines of an answer that were asked for. Models like to put JSON in a fence, or a word before it."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        found = _Lines.model_validate_json(answer[start : end + 1] if start >= 0 else answer)
    except ValidationError as e:
        raise _AgainError(f'{who} did not answer with {{"lines": [{{"number": 1, "text": "..."}}]}}.') from e
    numbers = {line.number for line in asked}
    return {line.number: line.text for line in found.lines if line.number in numbers}
