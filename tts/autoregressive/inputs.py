"""What the transformer is told of each token before it decides on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.text import symbols
from tts.text.symbols import Kind

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# Columns of `described`: the plain reading, places, kinds, marks.
DESCRIBED = 30
# Columns of `budgeted`.
BUDGETED = 4


@dataclass(frozen=True, eq=False)
class Inputs:
    """Of T tokens, pads included.

    features: of the acoustic model's encoder, the voice's prosody half among them, [T, 640].
    ids: of symbols, [T].  described: [T, DESCRIBED].  emotions: `Emotion.vector()`, [T, 27].
    plain: frames each would last said plainly, [T].  least: frames it lasts at least, [T].
    fixed: frames it must last (pauses asked for), -1 where that is open, [T].
    """

    features: Floats
    ids: Ints
    described: Floats
    emotions: Floats
    plain: Floats
    least: Ints
    fixed: Ints


def described(
    text: str,
    word_of: Sequence[int | None],
    *,
    sound: npt.ArrayLike,
    amid: npt.ArrayLike,
    margin: npt.ArrayLike,
    pitch: npt.ArrayLike,
    slope: npt.ArrayLike,
    voiced: npt.ArrayLike,
    energy: npt.ArrayLike,
    accents: npt.ArrayLike,
    rates: npt.ArrayLike,
) -> Floats:
    """Numbers of about unit size for each token, [T, DESCRIBED].

    text, word_of: of the sentence, without pads. The others are [T], with pads, as in `Plain` and `Prepared`; sound
    and amid are the frames of each token that sound and that pause.
    """
    sound, amid = np.asarray(sound, float), np.asarray(amid, float)
    count = len(sound)
    place = np.arange(count)
    kinds = np.array([Kind.PAD, *(symbols.kind(s) for s in text), Kind.PAD])
    marks = np.array([False, *(s in symbols.PUNCTUATION for s in text), True])
    words = np.array([-1, *(-1 if w is None else w for w in word_of), -1])
    start = np.concatenate(([0], np.flatnonzero(marks[:-1]) + 1))
    phrase = np.searchsorted(start, place, side="right") - 1
    ends = np.append(start[1:], count)
    first, end = start[phrase], ends[phrase]
    stress = _stress(text)
    vowels = np.flatnonzero((kinds == Kind.VOWEL) & ~np.isin(place, _mark_places(text)))
    last_vowel = vowels[-1] if len(vowels) else count
    closing = next((s for s in reversed(text) if s in symbols.PUNCTUATION), ".")
    columns = [
        np.log(sound + amid + 0.5),
        np.asarray(pitch) / 6.0,
        np.asarray(slope) / 6.0,
        np.asarray(voiced),
        np.asarray(energy) / 5.0,
        amid / np.maximum(sound + amid, 0.5),
        np.asarray(margin) > 0,
        place / count,
        np.log1p(count - place) / 4.0,
        (place - first) / np.maximum(end - first, 1),
        np.log1p(end - place) / 3.0,
        phrase == phrase[-2],
        words != np.roll(words, 1),
        words != np.roll(words, -1),
        words < 0,
        *(kinds == k for k in Kind),
        stress == 2,
        stress == 1,
        place >= last_vowel,
        np.full(count, closing == "?"),
        np.full(count, closing == "!"),
        np.full(count, np.log(count) - 4.0),
        np.asarray(accents),
        np.log(np.asarray(rates, float)),
    ]
    out = np.stack([np.broadcast_to(np.asarray(c, np.float32), (count,)) for c in columns], axis=1)
    # The last column is 1: what a bias would be.
    return np.concatenate([out, np.ones((count, DESCRIBED - out.shape[1]), np.float32)], axis=1)


def budgeted(remaining: npt.ArrayLike, rest: npt.ArrayLike, tokens: npt.ArrayLike) -> Floats:
    """What is left of a time budget before each token, [..., BUDGETED]; zeros where there is none (remaining < 0).

    remaining: frames left for the token and those after it in its stretch.  rest: frames these would last plainly.
    tokens: how many they are.
    """
    remaining, rest, tokens = (np.asarray(x, np.float32) for x in (remaining, rest, tokens))
    has = remaining >= 0
    ratio = np.log(np.maximum(remaining, 0.5) / np.maximum(rest, 0.5))
    columns = [
        np.ones_like(rest),
        np.clip(ratio, -2, 2),
        np.log1p(tokens) / 4.0,
        np.log1p(np.maximum(remaining, 0)) / 5.0,
    ]
    return np.where(has[..., None], np.stack(columns, axis=-1), 0.0).astype(np.float32)


def _mark_places(text: str) -> Ints:
    """Tokens of stress and length marks, pads counted."""
    return np.array([i + 1 for i, s in enumerate(text) if s in symbols.STRESS or s in symbols.MODIFIERS], np.int64)


def _stress(text: str) -> Ints:
    """2 in a vowel of primary stress, its marks included, 1 in one of secondary stress, else 0; [T]."""
    out = np.zeros(len(text) + 2, np.int64)
    for i, symbol in enumerate(text):
        if symbol in symbols.STRESS:
            size = 2 if symbol == "ˈ" else 1
            end = i + 1
            while end < len(text) and (text[end] in symbols.VOWELS or text[end] in symbols.MODIFIERS):
                end += 1
            out[i + 1 : end + 1] = size
    return out
