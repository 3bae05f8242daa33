"""A text on its way to be spoken: its words, and the course of its emotion by marks, by SSML, or by what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from studio.emotion.emotion import Emotion
from studio.emotion.interchange import read_ssml
from studio.emotion.reading.text import read_line
from studio.emotion.script import Script, read_script
from studio.emotion.track import EmotionTrack, Key, words_of
from studio.errors import InputError

# Stands where a text has no mark: nobody can feel as much.
_UNMARKED = Emotion.from_vad(1e6, 0.0, 0.0)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")


def script_of(text: str, emotion: EmotionTrack | None, context: Sequence[str] = ()) -> Script:
    """What is to be spoken, with its course: text with inline marks, or an SSML document, over a given emotion.

    emotion: of what has no mark; None takes each sentence's own (`read_line`), after those before it and `context`.
    """
    marked = read_ssml(text, _UNMARKED) if is_ssml(text) else read_script(text, _UNMARKED, _of_mark)
    base = lines_of(marked.text, context) if emotion is None else emotion
    return Script(marked.text, _laid_over(marked.track, base, len(words_of(marked.text))))


def _of_mark(text: str) -> Emotion:
    """A mark's Emotion. One word must be a label: [beat] and [cough] are notes to an actor, not feelings."""
    return Emotion.coerce(text) if len(text.split()) > 1 else Emotion.parse(text)


def is_ssml(text: str) -> bool:
    """Whether a text is an SSML document rather than words with or without marks."""
    return re.match(r"\ufeff?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?speak\b", text, re.DOTALL) is not None


def lines_of(text: str, context: Sequence[str] = ()) -> EmotionTrack:
    """The emotion each sentence of a text implies, those before it (and `context` before all) in mind."""
    before, emotions = [context] if isinstance(context, str) else list(context), []
    for sentence in (s.strip() for s in _SENTENCE_END.split(text)):
        felt = read_line(sentence, before)
        emotions += [felt] * len(words_of(sentence))
        before.append(sentence)
    return EmotionTrack.by_word(emotions)


def _laid_over(track: EmotionTrack, base: EmotionTrack, words: int) -> EmotionTrack:
    """`track`, and `base` where it is _UNMARKED, over a line of so many words."""
    if track.is_constant and track.emotion == _UNMARKED and (not track.marks or base.unit == "words"):
        return replace(base, marks=(*base.marks, *track.marks))
    if not words:
        # Sounds alone, "[laugh]", are as the base is felt as a whole.
        whole = base.emotion if track.emotion == _UNMARKED else track.emotion
        return replace(EmotionTrack.constant(whole), marks=track.marks)
    if base.unit != "words" and not base.is_constant:
        raise InputError("Marks in the text can't be joined with an emotion over seconds: give one or the other.")
    places = sorted({0.0, float(words), *(k.at for k in (*track.keys, *base.keys) if 0 < k.at < words)})
    keys: list[Key] = []
    for start, end in pairwise(places):
        middle = (start + end) / 2
        felt = base if track.at(middle) == _UNMARKED else track
        # Straight within a piece, so that its end, before a step there, is as far from the middle as its start.
        for key in (Key(start, felt.at(start)), Key(end, 2.0 * felt.at(middle) - felt.at(start))):
            if keys[-1:] != [key]:
                keys.append(key)
    return EmotionTrack(tuple(keys), "words", track.marks)
