"""A fitted voice and the one file it is kept in, with the consent it was made under."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from studio.errors import InputError
from studio.media.files import check_place, is_file, written_whole
from tts.acoustic.kokoro import Floats
from tts.voice.colour import CENTRES, MOST_DB
from tts.voice.notation import SUFFIX
from tts.voice.stock import COLUMNS, ROWS

_FORMAT = "affetto-voice"
_VERSION = 1
# One word ("yes") says neither who nor what.
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Recording:
    """A file the voice was fitted to: its name, SHA-256 and seconds. The sound itself is not kept."""

    name: str
    sha256: str
    seconds: float


@dataclass(frozen=True, eq=False)
class FittedVoice:
    """A voice made from recordings of a person.

    consent: who agreed to what, in the words given.  date: ISO 8601, UTC.  nearest: the stock voice most like it;
    nearest_similarity, similarity: ECAPA cosine of that voice and of this one to the recordings, same lines, in the
    fit itself (to speech held out from the fit it is lower).  made_with: versions.
    table: [510, 256]; bands: dB at `tts.voice.colour.CENTRES`.
    """

    language: str
    gender: str
    consent: str
    date: str
    recordings: tuple[Recording, ...]
    nearest: str
    nearest_similarity: float
    similarity: float
    made_with: str
    table: Floats = field(repr=False)
    bands: Floats = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write it whole or not at all; `path` ends in .voice. Raises InputError."""
        path = Path(path)
        check_place(path, SUFFIX)
        about = {k: v for k, v in asdict(self).items() if k not in ("table", "bands")}
        metadata = {"format": _FORMAT, "version": str(_VERSION), "about": json.dumps(about, ensure_ascii=False)}
        with written_whole(path) as unfinished:
            unfinished.write_bytes(save({"style": self.table, "bands": self.bands}, metadata))
        return path

    @classmethod
    def load(cls, path: str | Path) -> FittedVoice:
        """Read a file that `save` wrote. Raises InputError for any other, and for a damaged one."""
        path = Path(path)
        if not is_file(path):
            raise InputError(f"There is no voice file {path}.")
        try:
            with safe_open(path, "numpy") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            if metadata.get("format") == _FORMAT and metadata.get("version") != str(_VERSION):
                raise InputError(f"{path} is of format {metadata.get('version')}: this Affetto reads {_VERSION}.")
            about = json.loads(metadata["about"])
            about["recordings"] = tuple(Recording(**r) for r in about["recordings"])
            found = cls(table=tensors["style"], bands=tensors["bands"], **about)
            found._check()
        except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, OSError) as e:
            raise InputError(f"{path} is damaged or no voice: make it anew with `affetto voice fit`.") from e
        return found

    def _check(self) -> None:
        """Raise ValueError for what no fit gives."""
        if not _states(self.consent) or self.gender not in ("female", "male") or not isinstance(self.language, str):
            raise ValueError("no consent, gender or language")
        for values, shape in ((self.table, (ROWS, COLUMNS)), (self.bands, (len(CENTRES),))):
            if values.shape != shape or values.dtype != np.float32 or not np.isfinite(values).all():
                raise ValueError(f"not {shape} finite float32 numbers")
        if np.abs(self.bands).max() > MOST_DB + 1e-3:
            raise ValueError("louder bands than a fit gives")


def check_consent(statement: str | None) -> str:
    """The statement, stripped. Raises InputError when there is none."""
    said = (statement or "").strip()
    if not _states(said):
        raise InputError(
            "A voice is fitted only with consent: state who agreed to what, such as "
            '"I am the speaker and agree to a synthetic copy of my voice for our audio guide".'
        )
    return said


def _states(consent: str) -> bool:
    return len(consent.split()) >= _FEWEST_WORDS
