"""The acoustic model's own rendering of a text as the states a recording is warped onto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.framing import at_rate
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.alignment.features import STEP, features
from tts.prosody import lengths
from tts.prosody.silence import pauses
from tts.text import Sentence, symbols
from tts.voice import resolve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


# Seconds that the acoustic model's sound, F0 and energy are ahead of its tokens' borders: in six voices the energy of
# vowels stands out most against that of voiceless sounds when tokens are moved by 37 to 50 ms; moved by 50, the borders
# of EMO-DB's sounds come 18 ms later than hand labels have them (vowels 25, sonorants 10).
AHEAD = 0.05


@dataclass(frozen=True, eq=False)
class States:
    """features: [N, D].  owner: which token is heard, over all sentences with their pads, [N].

    silence: which are optional silences, [N].
    """

    features: Floats
    owner: Ints
    silence: Bools


def render(kokoro: Kokoro, sentence: Sentence, voice: str) -> tuple[Floats, Ints, Bools]:
    """Samples of a plain rendering, frames of its tokens [T], and which frames are silent [F]."""
    encoding = kokoro.encode(sentence.ids, resolve(voice).style(len(sentence.symbols)))
    frames = lengths.whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    return kokoro.sound(encoding, frames, f0, energy).astype(np.float64), frames, pauses(energy)


def _at(seconds: npt.NDArray[np.floating], by_frame: npt.NDArray) -> npt.NDArray:
    frame = (seconds * SAMPLE_RATE / FRAME).astype(np.int64)
    return by_frame[np.minimum(frame, len(by_frame) - 1)]


def states(renderings: Sequence[tuple[Floats, Ints, Bools]], sentences: Sequence[Sentence]) -> States:
    """The renderings of a text's sentences, one after another, with an optional silence wherever one may pause."""
    samples = np.concatenate([at_rate(s, SAMPLE_RATE) for s, _, _ in renderings])
    values, _ = features(samples)
    owner = np.concatenate([np.repeat(np.arange(len(f)), f) for _, f, _ in renderings])
    first = np.cumsum([0, *(len(f) for _, f, _ in renderings)])
    owner = owner + np.repeat(first[:-1], [int(f.sum()) for _, f, _ in renderings])
    silent = np.concatenate([s for _, _, s in renderings])
    gaps = np.concatenate([[True, *(symbols.kind(c) is symbols.Kind.GAP for c in s.symbols), True] for s in sentences])

    seconds = np.arange(len(values)) * STEP
    owner, silent = _at(seconds + AHEAD, owner), _at(seconds, silent)
    rows: list[int] = []
    kinds: list[bool] = []
    tokens: list[int] = []

    def pause(token: int) -> None:
        if not kinds or not kinds[-1]:
            rows.append(0)
            kinds.append(True)
            tokens.append(token)
        elif gaps[token] and not gaps[tokens[-1]]:
            tokens[-1] = token

    for step in range(len(values)):
        token = int(owner[step])
        if silent[step]:
            pause(token)
            continue
        rows.append(step)
        kinds.append(False)
        tokens.append(token)
        ends = step + 1 == len(values) or owner[step + 1] != token
        if ends and gaps[token]:
            pause(token)
    return States(values[rows], np.array(tokens, np.int64), np.array(kinds, np.bool_))
