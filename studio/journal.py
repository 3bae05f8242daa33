"""What is on the disk of a long reading: a file of lines, one for its settings, then one for each sentence."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, Self

from studio.emotion.written import track_from_json, track_to_json
from studio.errors import InputError
from studio.performance import Phoneme
from studio.performance.chunk import Bookmark, Chunk, joined_phonemes, joined_tracks
from studio.performance.timeline import timeline_of

# What a reading depends on, as a person would call it.
_TOLD = {
    "text": "the text",
    "voice": "the voice",
    "emotion": "the emotion",
    "seed": "the seed",
    "temperature": "the temperature",
    "prosody": "the prosody",
    "lexicon": "the lexicon",
    "affetto": "the version of affetto",
}


class Journal:
    """A journal, new or to be gone on with. What is there stays as it is until `begin`.

    bookmark: where the reading goes on.  words: said so far.
    Raises InputError when another process has it open, and, unless `anew`, when it is no journal or has sentences of
    another reading.
    """

    def __init__(self, path: Path, settings: Mapping[str, str], anew: bool) -> None:
        self.path = path
        self._settings = dict(settings)
        self.bookmark: Bookmark | None = None
        self.words = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        try:
            # The system lets go of it with the process, however that ends.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._whole = 0 if anew else self._read()
        except BlockingIOError as e:
            self._file.close()
            raise InputError(f"{path.name} belongs to a reading that is going on: wait for it.") from e
        except InputError:
            self._file.close()
            raise

    def begin(self) -> None:
        """Cut it behind its last whole line, to be gone on with; a new one gets its settings."""
        self._file.truncate(self._whole)
        if not self._whole:
            self._write({"settings": self._settings})

    @property
    def samples(self) -> int:
        """Of the sound so far."""
        return self.bookmark.samples if self.bookmark else 0

    def append(self, chunk: Chunk) -> None:
        """A sentence that is on the disk."""
        assert chunk.bookmark is not None
        entry: dict[str, Any] = {
            "bookmark": astuple(chunk.bookmark),
            "words": [(w.text, round(w.start, 6), round(w.end, 6)) for w in chunk.words],
            "phonemes": [(p.symbol, round(p.start, 6), round(p.end, 6)) for p in chunk.phonemes],
            "track": track_to_json(chunk.track),
        }
        if self.bookmark is None:
            entry["text"] = chunk.text
        self._write(entry)
        self.bookmark = chunk.bookmark
        self.words += len(chunk.words)

    def timeline(self, sample_rate: int, voice: str, seed: int) -> str:
        """The JSON that lies beside a WAV, of all sentences."""
        entries = list(self._sentences())
        track = joined_tracks([track_from_json(e["track"]) for e in entries])
        phonemes = joined_phonemes(Phoneme(*p) for e in entries for p in e["phonemes"])
        description = {
            "text": entries[0]["text"],
            "seconds": self.samples / sample_rate,
            "sample_rate": sample_rate,
            "voice": voice,
            "seed": seed,
            "emotion": track.emotion.describe(),
            "words": [dict(zip(("text", "start", "end"), w, strict=True)) for e in entries for w in e["words"]],
            "phonemes": [{"symbol": p.symbol, "start": p.start, "end": p.end} for p in phonemes],
        }
        return timeline_of(description, track)

    def _read(self) -> int:
        """Take up what is there. Returns the bytes of its whole lines, 0 if no sentence is among them."""
        whole, before = 0, {}
        self._file.seek(0)
        for number, line in enumerate(self._file):
            entry = _parsed(line)
            if entry is None:
                break
            try:
                if number:
                    self.bookmark = Bookmark(*entry["bookmark"])
                    self.words += len(entry["words"])
                else:
                    before = dict(entry["settings"])
            except (KeyError, TypeError, ValueError) as e:
                raise InputError(
                    f"{self.path.name} is no journal of a reading (line {number + 1}): move it away, or begin anew "
                    f"(--anew)."
                ) from e
            whole += len(line)
        if self.bookmark is None:
            return 0
        _check_same(self.path, before, self._settings)
        return whole

    def _sentences(self) -> Iterator[dict[str, Any]]:
        self._file.seek(0)
        next(self._file)
        yield from map(json.loads, self._file)

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # One that was never begun was only opened.
        if not os.fstat(self._file.fileno()).st_size:
            self.path.unlink(missing_ok=True)
        self._file.close()


def _parsed(line: bytes) -> Any | None:
    """A line of the journal; None for one that was broken off."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None


def _check_same(path: Path, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    changed = [name for key, name in _TOLD.items() if before.get(key) != now[key]]
    if changed:
        raise InputError(
            f"{path.name} is of a reading that differs in {' and '.join(changed)}: give what it was begun with to go "
            f"on, or say that it is to begin anew (--anew)."
        )
