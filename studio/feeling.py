"""Whatever a person has in hand for an emotion (a word, a number, a sentence, a recording, a picture, a curve), read.

The files among these need an engine or a long look, so this stands above `studio.emotion`, which reads the rest.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from studio.emotion import Emotion, EmotionTrack
from studio.emotion.interchange import read_emotionml, read_ssml
from studio.emotion.reading.face import READING_FPS, own_neutral, read_face, read_face_track
from studio.emotion.reading.voice import Sound, read_voice, read_voice_track
from studio.emotion.spoken import is_ssml, script_of
from studio.emotion.written import emotion_from_json, track_from_json
from studio.engines import Progress, Tracker
from studio.errors import InputError
from studio.media.files import is_file
from studio.media.film import FILM_SUFFIXES
from studio.performance.timeline import is_timeline, read_timeline
from studio.performance.tracked import Tracked

# Given for an emotion: what the line itself implies.
AUTO = "auto"
_LOG = logging.getLogger("affetto")

# What may stand for an emotion.
Feelable = Emotion | EmotionTrack | str | Path | Mapping[str, Any] | Sequence[float] | None
Sense = Literal["voice", "face"]

_SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac")
_PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
_FILMS = (*FILM_SUFFIXES, ".mkv", ".webm", ".avi")
# A recording is read in windows of 2.5 s, one a second: fewer than these say one thing.
_SHORTEST_COURSE = 3
_DOCUMENTS = (".xml", ".emotionml", ".ssml", ".json")
_KNOWN = (*_SOUNDS, *_PHOTOS, *_FILMS, *_DOCUMENTS)
_JSON = re.compile(r"\s*(?:\{|\[\s*(?:[-\d\]\"{\[]))")


@dataclass(frozen=True)
class Look:
    """How to read a recording or a picture; what does not apply to it is refused.

    overall: the Emotion as a whole, not over the recording's time (which is not the time of a line to be spoken).
    by: what to read of a film, its "face" (if left out) or its "voice".
    neutral: other recordings, or pictures, of the same person at rest, to read this one against.
    start, end: seconds of a recording or a film.  face: which one of a picture, counted from 1 at the largest.
    """

    overall: bool = False
    by: Sense | None = None
    neutral: Sequence[str | Path] = ()
    start: float | None = None
    end: float | None = None
    face: int | None = None

    def only(self, what: object, *allowed: str) -> None:
        """Raise InputError for what is asked but not among `allowed`."""
        asked = [n for n in ("by", "neutral", "start", "end", "face") if getattr(self, n) not in (None, (), [])]
        if excess := [n for n in asked if n not in allowed]:
            raise InputError(f"{excess[0]!r} does not apply to {str(what)[:60]!r}: leave it out.")


def feel(value: Feelable, look: Look, tracker: Callable[[], Tracker], progress: Progress | None = None) -> EmotionTrack:
    """An EmotionTrack of anything Feelable; what does not change over time is constant.

    A text is the notation, a direction in free words, words with marks, JSON, EmotionML, SSML, or the path of a file: a
    recording, a photograph, a film, a document. Raises InputError when it can't be read.
    """
    if isinstance(value, str | Path) and (path := _file(value)) is not None:
        return _of_file(path, look, tracker, progress)
    look.only(value)
    if isinstance(value, EmotionTrack):
        return value
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, Mapping):
        return _of_json(value)
    if isinstance(value, Sequence):
        return _of_json(list(value))
    return EmotionTrack.constant(Emotion.coerce(cast("Emotion | None", value)))


def _of_text(text: str) -> EmotionTrack:
    if text.strip().lower() == AUTO:
        raise InputError("What a line implies is read from the line: give it with `affetto feel --line`.")
    if is_ssml(text) or ("[" in text and not _JSON.match(text) and not text.lstrip().startswith("<")):
        return script_of(text, EmotionTrack()).track
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return read_emotionml(text).track()
    if _JSON.match(text):
        return _of_json(text)
    return EmotionTrack.constant(Emotion.coerce(text))


def _of_file(path: Path, look: Look, tracker: Callable[[], Tracker], progress: Progress | None) -> EmotionTrack:
    suffix = path.suffix.lower()
    if suffix in _DOCUMENTS:
        look.only(path)
        return _document(path)
    if suffix in _SOUNDS or (suffix in _FILMS and look.by == "voice"):
        look.only(path, "neutral", "start", "end", *(("by",) if suffix in _FILMS else ()))
        return _of_voice(path, look)
    look.only(path, "neutral", "face", *(("by", "start", "end") if suffix in _FILMS else ()))
    track = _of_face(path, look, tracker(), progress)
    return EmotionTrack.constant(track.emotion) if look.overall else track


def _file(value: str | Path) -> Path | None:
    """The file a value names: a Path always does, a text when it ends as a file would."""
    path = Path(value)
    if isinstance(value, str) and ("\n" in value or len(value) > 1000):
        return None
    if isinstance(value, str) and path.suffix.lower() not in _KNOWN and not (path.name != value and path.exists()):
        return None
    if not is_file(path):
        raise InputError(f"There is no file at {path}." if not path.is_dir() else f"{path} is a folder; give a file.")
    if path.suffix.lower() not in _KNOWN:
        raise InputError(f"{path} is no file an emotion can be read from: give {', '.join(_KNOWN)}.")
    return path


def _document(path: Path) -> EmotionTrack:
    suffix = path.suffix.lower()
    if suffix == ".ssml":
        spoken = read_ssml(path)
        return spoken.track
    if suffix != ".json":
        return read_emotionml(path).track()
    # A timeline that `affetto speak` wrote and what `affetto feel --json` printed hold their track.
    data = path.read_bytes()
    if is_timeline(data):
        return read_timeline(path).track.value()
    with suppress(ValueError, RecursionError):
        given = json.loads(data)
        if isinstance(given, Mapping) and "track" in given:
            return track_from_json(given["track"])
    return _of_json(data)


def _of_json(given: Any) -> EmotionTrack:
    """given: JSON text, or what it was parsed to."""
    if isinstance(given, bytes):
        given = given.decode("utf-8-sig", errors="replace")
    if '"keys"' in given if isinstance(given, str) else isinstance(given, Mapping) and "keys" in given:
        return track_from_json(given)
    return EmotionTrack.constant(emotion_from_json(dict(given) if isinstance(given, Mapping) else given))


def _of_voice(path: Path, look: Look) -> EmotionTrack:
    if not look.neutral:
        _LOG.warning(
            "%s is read by itself; beside plain recordings of the same speaker (neutral) it is surer.", path.name
        )
    return voice_track(path, look)


def voice_track(sound: Sound, look: Look | None = None) -> EmotionTrack:
    """The emotion of a recorded voice over its time. Raises InputError as `read_voice`."""
    look = look or Look()
    course = [] if look.overall else read_voice_track(sound, look.neutral, start=look.start, end=look.end)
    if len(course) >= _SHORTEST_COURSE:
        return EmotionTrack.by_second(course)
    return EmotionTrack.constant(read_voice(sound, look.neutral, start=look.start, end=look.end), "seconds")


def _of_face(path: Path, look: Look, tracker: Tracker, progress: Progress | None) -> EmotionTrack:
    def seen(place: str | Path, face: int | None) -> Tracked:
        return tracker.track(place, face=face, fps=READING_FPS, progress=progress)

    plain = [t.motion.coefficients[t.seen] for t in (seen(p, None) for p in look.neutral)]
    rest = own_neutral(np.concatenate(plain)) if plain else None
    tracked = seen(path, look.face)
    if len(tracked.motion) == 1:
        motion = tracked.motion
        return EmotionTrack.constant(read_face(motion.coefficients[0], rest, motion.rotation[0]), "seconds")
    start, end = look.start or 0.0, np.inf if look.end is None else look.end
    course = [(t - start, e) for t, e in read_face_track(tracked.motion, tracked.seen, rest) if start <= t <= end]
    if not course:
        length = len(tracked.motion) / tracked.motion.fps
        raise InputError(f"{path.name} has no face between {start:g} and {end:g} s; it lasts {length:.1f} s.")
    return EmotionTrack.by_second(course)
