"""When each token of a text sounds in a recording of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.framing import RATE, at_rate
from studio.errors import InputError
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.alignment.features import STEP, backwards, features, silent_below
from tts.alignment.rendering import States, render, states
from tts.alignment.warping import path
from tts.text import Reader, Sentence
from tts.voice import stock

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

# Seconds; a longer recording would need gigabytes, and the rendering it is compared with as long.
LONGEST = 40.0
_SHORTEST = 0.15
# A symbol of the text takes at least this on average: 30 a second is twice as fast as fast speech.
_FASTEST_SYMBOL = 0.033
# What a step that is silent costs as a pause (a sound matched with the same sound costs about 1), and what each dB
# above the silent level adds.
_SILENCE, _PER_DB = 0.45, 0.12
# Of twelve recordings (LJSpeech, VCTK, LibriSpeech) their own words cost 0.71 to 0.85, others' words 0.93 to 1.05.
MATCHES = 0.92
_QUIET_DB = -60.0


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where a sentence of T tokens (pads included) lies in a recording.

    starts, ends: seconds from when to when each is heard, [T]; a token that is passed over has both alike. Each starts
    where the one before ends.
    pauses: seconds of silence within each token, [T].
    cost: of the whole recording, how far it is from the rendering of the text, as a share of how far it is from that
    rendering played backwards: 1 where the words have nothing in common, `MATCHES` at the most where they are the same.
    """

    sentence: Sentence
    starts: Floats
    ends: Floats
    pauses: Floats
    cost: float

    @property
    def frames(self) -> Ints:
        """Whole frames of 25 ms of each token, [T]; their sum is the sentence's, rounded."""
        borders = np.rint(np.append(self.starts, self.ends[-1]) * SAMPLE_RATE / FRAME).astype(np.int64)
        return np.diff(borders)


def align(
    said: str | Sequence[Sentence],
    voice: str,
    samples: npt.NDArray[np.floating],
    sample_rate: int,
    kokoro: Kokoro | None = None,
) -> list[Alignment]:
    """Where each sentence of what is said lies in a recording; what lies before and after belongs to the pads.

    voice: of Kokoro, of the speaker's gender (a man's rendering is so far from a woman's recording that her own words
    are refused); it reads a text as its language.  samples: mono [N].
    kokoro: the loaded model, if the caller has one.
    Raises InputError when the recording is silent, too short or too long for the text, or says other words.
    """
    sentences = _reader(voice).read(said) if isinstance(said, str) else list(said)
    recording = _checked(samples, sample_rate, sentences)
    model = kokoro or Kokoro("cpu")
    reference = states([render(model, s, voice) for s in sentences], sentences)
    aligned = warped(reference, recording, sentences)
    if aligned[0].cost >= MATCHES:
        raise InputError(
            f"The recording does not match the text ({aligned[0].cost:.2f}, where {MATCHES:g} is the most): give the "
            f"words that are said in it, all of them and no others."
        )
    return aligned


def warped(reference: States, recording: Floats, sentences: Sequence[Sentence]) -> list[Alignment]:
    """The alignment, however badly it fits. recording: float [N] at `framing.RATE`."""
    values, level = features(recording)
    taken, cost = path(_distance(reference.features, reference.silence, values, level), reference.silence)
    turned = reference.silence[::-1].copy()
    _, most = path(_distance(backwards(reference.features), turned, values, level), turned)
    cost /= most
    tokens = sum(len(s.symbols) + 2 for s in sentences)
    owner = reference.owner[taken]
    count = np.bincount(owner, minlength=tokens)
    silent = np.bincount(owner[reference.silence[taken]], minlength=tokens)
    pauses: Floats = np.asarray(silent * STEP, np.float64)
    borders: Floats = np.concatenate(([0.0], np.cumsum(count) * STEP))
    borders[-1] = max(len(recording) / RATE, borders[-2])
    out, first = [], 0
    for sentence in sentences:
        end = first + len(sentence.symbols) + 2
        own = slice(first, end)
        out.append(Alignment(sentence, borders[:-1][own], borders[1:][own], pauses[own], cost))
        first = end
    return out


def _distance(states: Floats, silence: npt.NDArray[np.bool_], values: Floats, level: Floats) -> Singles:
    """Of each state from each step of a recording, [N, M]; that of a silence is told by the level alone."""
    squares = (states**2).sum(axis=1)[:, None] + (values**2).sum(axis=1)[None] - 2 * states @ values.T
    distance = np.sqrt(np.maximum(squares, 0.0)).astype(np.float32)
    distance[silence] = _SILENCE + _PER_DB * np.maximum(level - silent_below(level), 0.0)
    return distance


def _reader(voice: str) -> Reader:
    return Reader(british=stock.voice(voice).language == "en-GB")


def _checked(samples: npt.NDArray[np.floating], sample_rate: int, sentences: Sequence[Sentence]) -> Floats:
    """The recording at `framing.RATE`."""
    samples = np.asarray(samples)
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise InputError("A recording to align has one channel of finite samples: mix it down first.")
    seconds = len(samples) / sample_rate
    needed = max(_SHORTEST, _FASTEST_SYMBOL * sum(len(s.symbols) for s in sentences))
    if seconds < needed:
        raise InputError(
            f"The recording of {seconds:.2f} s is too short for its text, which takes at least {needed:.2f} s to say."
        )
    if seconds > LONGEST:
        raise InputError(f"The recording is {seconds:.0f} s long and can be {LONGEST:g} s: cut it and its text.")
    if 20 * np.log10(np.abs(samples).max() + 1e-9) < _QUIET_DB:
        raise InputError("The recording is silent.")
    return at_rate(samples, sample_rate)
