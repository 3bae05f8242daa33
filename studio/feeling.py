"""Whatever a person has in hand for an emotion (a word, a number, a sentence, a recording, a picture, a curve), read.

The files among these need an engine or a long look, so this stands above `studio.emotion`, which reads the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from studio.emotion import Emotion, EmotionTrack, words_of
from studio.emotion.interchange import read_emotionml, read_ssml
from studio.emotion.reading.face import read_face, read_face_track
from studio.emotion.reading.text import read_line
from studio.emotion.reading.voice import read_voice, read_voice_track
from studio.emotion.script import Script, read_script
from studio.emotion.written import emotion_from_json, track_from_json
from studio.engines import Progress, Tracker
from studio.errors import InputError
from studio.media.files import is_file
from studio.media.film import FILM_SUFFIXES

# What may stand for an emotion.
Feelable = Emotion | EmotionTrack | str | Path | Mapping[str, Any] | Sequence[float] | None
Sense = Literal["voice", "face"]

# Films are looked at this often: an expression lasts half a second at least.
_LOOKS_PER_SECOND = 10.0
_SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac")
_PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
_FILMS = (*FILM_SUFFIXES, ".mkv", ".webm", ".avi")
# A recording is read in windows of 2.5 s, one a second: with fewer than these they say one thing.
_SHORTEST_COURSE = 3
_DOCUMENTS = (".xml", ".emotionml", ".json")
_KNOWN = (*_SOUNDS, *_PHOTOS, *_FILMS, *_DOCUMENTS)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")


def feel(
    value: Feelable,
    tracker: Callable[[], Tracker],
    *,
    overall: bool = False,
    by: Sense | None = None,
    neutral: Sequence[str | Path] = (),
    start: float | None = None,
    end: float | None = None,
    face: int | None = None,
    progress: Progress | None = None,
) -> EmotionTrack:
    """An EmotionTrack of anything Feelable; what does not change over time is constant.

    A text is the notation, a direction in free words, JSON, EmotionML, or the path of a file: a recording, a
    photograph, a film, a document. overall: of a recording or a film the Emotion as a whole, not over its time (which
    is not the time of a line to be spoken). by: what to read of a film, its "face" (if left out) or its "voice".
    neutral: other recordings of the same speaker, to read a voice relative to them. start, end: seconds of a recording
    or a film's voice. face: which one of a picture. Raises InputError when it can't be read.
    """
    if isinstance(value, EmotionTrack):
        return value
    if isinstance(value, str | Path) and (path := _file(value)) is not None:
        suffix = path.suffix.lower()
        if suffix in _DOCUMENTS:
            return _document(path)
        if suffix in _SOUNDS or (suffix in _FILMS and by == "voice"):
            return _of_voice(path, neutral, start, end, overall)
        track = _of_face(path, tracker(), face, progress)
        return EmotionTrack.constant(track.emotion) if overall else track
    if isinstance(value, str) and value.lstrip().startswith("<"):
        return read_emotionml(value).track()
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        return _of_json(_parsed(value))
    if isinstance(value, Mapping):
        return _of_json(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _of_json(list(value))
    return EmotionTrack.constant(Emotion.coerce(str(value) if isinstance(value, Path) else value))


def script_of(text: str, emotion: EmotionTrack | None, context: Sequence[str] = ()) -> Script:
    """What is to be spoken, with its course: text with inline marks, or an SSML document, over a given emotion.

    emotion: of what has no mark; None takes each sentence's own (`read_line`), after those before it and `context`.
    """
    if text.lstrip().startswith("<speak") or text.lstrip().startswith("<?xml"):
        spoken = read_ssml(text)
        return spoken if emotion is None else Script(spoken.text, _laid_over(spoken.track, emotion))
    plain = read_script(text, read=Emotion.coerce)
    base = emotion if emotion is not None else lines_of(plain.text, context)
    if plain.text == text:
        return Script(text, base)
    if base.is_constant:
        return read_script(text, base.emotion, read=Emotion.coerce)
    return Script(plain.text, _laid_over(plain.track, base))


def lines_of(text: str, context: Sequence[str] = ()) -> EmotionTrack:
    """The emotion each sentence of a text implies, those before it (and `context` before all) in mind."""
    before, emotions = list(context), []
    for sentence in (s.strip() for s in _SENTENCE_END.split(text)):
        felt = read_line(sentence, before)
        emotions += [felt] * len(words_of(sentence))
        before.append(sentence)
    return EmotionTrack.by_word(emotions)


def _laid_over(track: EmotionTrack, base: EmotionTrack) -> EmotionTrack:
    """`track` where it feels something, `base` where it is neutral, in the track's words."""
    if base.unit != track.unit and not base.is_constant:
        raise InputError("Marks in the text can't be joined with an emotion over seconds: give one or the other.")
    if not track.keys:
        return replace(base, marks=track.marks)
    words = range(int(np.ceil(max([k.at for k in (*track.keys, *base.keys)], default=0.0))))
    felt = [track.mean(w, w + 1) for w in words]
    neutral = Emotion()
    return replace(
        EmotionTrack.by_word([base.mean(w, w + 1) if e == neutral else e for w, e in zip(words, felt, strict=True)]),
        marks=track.marks,
    )


def _file(value: str | Path) -> Path | None:
    """The file a value names: a Path always does, a text when it ends as a file would."""
    path = Path(value)
    if isinstance(value, str) and ("\n" in value or len(value) > 4096 or path.suffix.lower() not in _KNOWN):
        return None
    if not is_file(path):
        raise InputError(f"There is no file at {path}.")
    if path.suffix.lower() not in _KNOWN:
        raise InputError(f"{path} is no file an emotion can be read from: give {', '.join(_KNOWN)}.")
    return path


def _document(path: Path) -> EmotionTrack:
    if path.suffix.lower() != ".json":
        return read_emotionml(path).track()
    try:
        given = _parsed(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path} can't be read as UTF-8 text.") from e
    # A timeline that `affetto speak` wrote holds its track.
    if isinstance(given, Mapping) and isinstance(given.get("track"), Mapping):
        given = given["track"]
    return _of_json(given)


def _of_json(given: Any) -> EmotionTrack:
    if isinstance(given, Mapping) and "keys" in given:
        return track_from_json(given)
    return EmotionTrack.constant(emotion_from_json(dict(given) if isinstance(given, Mapping) else given))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as e:
        raise InputError(f"The emotion is not JSON from line {e.lineno}, column {e.colno} on ({e.msg.lower()}).") from e


def _of_voice(
    path: Path, neutral: Sequence[str | Path], start: float | None, end: float | None, overall: bool
) -> EmotionTrack:
    course = [] if overall else read_voice_track(path, neutral, start=start, end=end)
    if len(course) > _SHORTEST_COURSE:
        return EmotionTrack.by_second(course)
    return EmotionTrack.constant(read_voice(path, neutral, start=start, end=end), "seconds")


def _of_face(path: Path, tracker: Tracker, face: int | None, progress: Progress | None) -> EmotionTrack:
    seen = tracker.track(path, face=face, fps=_LOOKS_PER_SECOND, progress=progress)
    if len(seen.motion) == 1:
        return EmotionTrack.constant(read_face(seen.motion.coefficients[0]), "seconds")
    return EmotionTrack.by_second(read_face_track(seen.motion, seen.seen))
