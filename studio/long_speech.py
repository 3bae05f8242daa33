"""A long text to a file, sentence by sentence, in little memory; stopped at any point, it goes on from there.

While it is being made there are ``book.unfinished.wav``, which can be listened to, and ``book.unfinished.jsonl``, the
journal: a line for what is being read and with which settings, then a line for each sentence that is on the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from studio.delivery import DEFAULT_PROSODY, DEFAULT_TEMPERATURE, ProsodyName
from studio.emotion import words_of
from studio.emotion.written import track_to_json
from studio.engines import Progress
from studio.errors import InputError
from studio.feeling import AUTO, Feelable
from studio.journal import Journal
from studio.media.files import is_file, written_whole
from studio.media.growing_wav import GrowingWav
from studio.pacing import paced
from studio.performance import Speech
from studio.speaking import DEFAULT_VOICE
from studio.studio import Studio


@dataclass(frozen=True)
class Recording:
    """A text that was read to the end. seconds: of its sound; words: that were said; resumed: seconds that were there
    already."""

    path: Path
    seconds: float
    words: int
    resumed: float


def read_aloud(
    studio: Studio,
    text: str,
    out: str | Path,
    voice: str | Path = DEFAULT_VOICE,
    emotion: Feelable = None,
    *,
    seed: int = 0,
    temperature: float = DEFAULT_TEMPERATURE,
    prosody: ProsodyName = DEFAULT_PROSODY,
    lexicon: str | Path | None = None,
    plain: bool = False,
    anew: bool = False,
    progress: Progress | None = None,
) -> Recording:
    """Read a text of any length to a WAV and its timeline, as `Speech.save` writes them.

    Where an earlier reading of the same text with the same settings to the same file was broken off, this goes on
    after its last whole sentence, and what comes of it is the same to the sample. anew: begin again all the same.
    plain: brackets and stars in the text are no marks.  The rest as of `Studio.speak`.
    Raises InputError for what `Studio.speak` would, for a place that can't be written, for a file that another process
    is at work on, and for an unfinished one of another text or other settings, unless `anew`.
    """
    wav = Path(out)
    Speech.check_place(wav)
    voice = str(voice)
    script = paced(text, plain=plain)
    settings = {
        "affetto": version("affetto"),
        "text": hashlib.sha256(script.encode()).hexdigest(),
        "voice": " ".join([voice, *map(_digest, _files_in(voice))]),
        "emotion": _told(studio, emotion),
        "seed": str(seed),
        "temperature": str(temperature),
        "prosody": prosody,
        "lexicon": _digest(Path(lexicon)) if lexicon else "",
    }
    how: dict[str, Any] = {"seed": seed, "temperature": temperature, "prosody": prosody, "lexicon": lexicon}
    part = wav.with_name(f"{wav.stem}.unfinished.wav")
    rate, total = studio.speaker.sample_rate, len(words_of(script))
    with _kept(wav):
        journal = Journal(part.with_suffix(".jsonl"), settings, anew)
    with journal:
        there, after = journal.samples, journal.bookmark
        # The text and the settings prove good here, before anything is written or an earlier reading is given up.
        chunks = studio.stream(script, voice, emotion, prompt=False, after=after, progress=progress, **how)
        with _kept(wav):
            journal.begin()
            growing = GrowingWav(part, rate, there)
        with growing as sound:
            for chunk in chunks:
                with _kept(wav):
                    # The sound before the line that tells of it: what the journal has is on the disk.
                    sound.append(chunk.samples)
                    journal.append(chunk)
                if progress:
                    progress("reading aloud", min(journal.words, total), total)
        with written_whole(wav.with_suffix(".json")) as beside:
            beside.write_text(journal.timeline(rate, voice, seed), encoding="utf-8")
        with _kept(wav):
            part.replace(wav)
            journal.path.unlink()
    return Recording(wav, journal.samples / rate, journal.words, there / rate)


def _told(studio: Studio, emotion: Feelable) -> str:
    """An emotion as the journal has it: what it resolves to, since a file it came from may change."""
    if isinstance(emotion, str) and emotion.strip().lower() == AUTO:
        return AUTO
    return json.dumps(track_to_json(studio.feel(emotion, overall=True)), sort_keys=True)


def _files_in(voice: str) -> list[Path]:
    """The files that a voice is made of: it, or the terms of a blend, which may be parted by the slash of a path."""
    terms = [voice, *(term.strip() for term in re.split(r"[+*]", voice))]
    sides = [s for t in terms for i, c in enumerate(t) if c == "/" for s in (t[:i], t[i + 1 :])]
    return [path for path in map(Path, dict.fromkeys(terms + sides)) if is_file(path)]


def _digest(path: Path) -> str:
    """SHA-256 of a file that a reading depends on. Raises InputError for one that can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e


@contextmanager
def _kept(wav: Path) -> Iterator[None]:
    """A disk that fails leaves what is there to be gone on with."""
    try:
        yield
    except OSError as e:
        reason = (e.strerror or str(e)).lower()
        raise InputError(f"{wav} can't be written on: {reason}; the same again goes on from where it stopped.") from e
