"""The learned prosody: an autoregressive transformer decides how a sentence is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from tts import effort, post
from tts.autoregressive.decoding import Drawn, draw
from tts.autoregressive.inputs import Inputs, described
from tts.autoregressive.network import Network
from tts.autoregressive.plain import Plain, by_token, median_and_clear, plain_reading
from tts.prosody import lengths
from tts.prosody.pitch import VOICED_HZ, within
from tts.prosody.reading import Prepared, Stretch, Take
from tts.prosody.silence import FRAMES_PER_SECOND
from tts.timeline import ANTICIPATION

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Contour = npt.NDArray[np.float32]

# Two lines by two voices in six emotions, which nothing was learned from: the mean chance that readers of emotion, by
# functionals and by learned features, give to the one asked for grows with it (at 1: .25 and .17, at 1.6: .24 and .28,
# at 2: .35 and .33), but at 2 one word in 24 is lost, and pitch leaves what actors do at their strongest.
GUIDANCE = 1.3
# Semitones that a voice stays under what is decided. Guidance takes anger from the 5 it was calibrated to
# (training.corpora.calibration) to 6.5, which strains: checkpoints/effort.md.
_HELD_BACK = np.array([2.0 if anchor == "angry" else 0.0 for anchor in effort.ANCHORS])
# A token with less voice than this has no pitch of its own.
_VOICED = 0.25
# The contour's change is smoothed over 50 ms, the length of a short phoneme: no corner is left at a joint.
_SMOOTH_STEPS = 4


@dataclass(frozen=True, eq=False)
class LearnedReading:
    """What the transformer decided of T tokens. semitones: around `median` Hz; rise: within the token; decibels: of
    strength; all [T].  likelihood: mean log likelihood of a token's decisions.  symbols: without pads.  emotions: what
    the voice feels, [T, 27].
    """

    frames: Ints
    semitones: Floats
    rise: Floats
    decibels: Floats
    median: float
    likelihood: float
    symbols: str
    emotions: npt.NDArray[np.float32]

    def pitch(self, f0: Contour, tokens: Ints) -> Contour:
        """The model's contour, moved so that every token has the mean and the rise decided; detail stays the model's.

        f0: Hz, [2F], over `tokens` frames, [T]. Returns Hz, [2F].
        """
        _, clear = median_and_clear(f0)
        mean, slope, voiced = by_token(f0, clear, self.median, tokens)
        own = np.flatnonzero(voiced > _VOICED)
        if not len(own):
            return f0
        ends = 2 * np.cumsum(tokens)
        # The model sounds a token ahead of its place; the change goes where the token is heard.
        centres = ends - tokens - 2 * ANTICIPATION
        steps = np.arange(len(f0))
        owner = np.repeat(np.arange(len(tokens)), 2 * tokens)
        decided = self.semitones - effort.weights_of(self.emotions) @ _HELD_BACK
        change = np.interp(steps, centres[own], (decided - mean)[own])
        owner = np.append(owner[2 * ANTICIPATION :], owner[-1:].repeat(2 * ANTICIPATION))
        place = (steps - centres[owner]) / np.maximum(2 * tokens[owner], 1)
        change += np.where(voiced > _VOICED, self.rise - slope, 0.0)[owner] * place
        change = uniform_filter1d(change, _SMOOTH_STEPS, mode="nearest")
        drawn = 12 * np.log2(np.maximum(f0, 1e-3) / self.median)
        held = np.where(clear, within(drawn + change) - drawn, change)
        return np.where(f0 > VOICED_HZ, f0 * 2 ** (held / 12), f0).astype(np.float32)

    def strength(self, energy: Contour, tokens: Ints) -> Floats:
        """dB by which each token is louder than the acoustic model says it, [T]."""
        return self.decibels

    def styled(self, style: Contour) -> Contour:
        """The style [1, 256] as the emotion has it."""
        return effort.styled(style, self.emotions)

    def finished(self, sound: Contour, tokens: Ints, decibels: Floats) -> Contour:
        """The sound with its strength, and the articulation and vocal effort of its emotion."""
        return effort.shaped(post.gained(sound, decibels), self.symbols, tokens, self.emotions)


class AutoregressiveProsody:
    """A `tts.prosody.reading.Prosody`. Loads its weights (checkpoints/prosody.safetensors) on first use."""

    def __init__(self, weights: Path | None = None, guidance: float = GUIDANCE) -> None:
        """guidance: how strongly the emotion is followed, 1 as learned (see `decoding.draw`)."""
        self._path, self._guidance = weights, guidance

    @cached_property
    def network(self) -> Network:
        shipped = Path(str(resources.files("checkpoints").joinpath("prosody.safetensors")))
        return Network.load(self._path or shipped)

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> LearnedReading:
        """A reading as long as it takes, or one in which every stretch lasts the frames it must."""
        return self._readings(prepared, [take], stretches)[0]

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> list[LearnedReading]:
        """A free reading for each of the takes, drawn together."""
        return self._readings(prepared, takes, None)

    def _readings(
        self, prepared: Prepared, takes: Sequence[Take], stretches: Sequence[Stretch] | None
    ) -> list[LearnedReading]:
        plain = plain_reading(prepared.encoding.durations, prepared.f0, prepared.energy, prepared.margin)
        # Another sentence of the line is another draw.
        own = [Take(_mixed(t.seed, prepared.index), t.temperature) for t in takes]
        drawn = draw(self.network, inputs_of(prepared, plain), own, stretches, self._guidance)
        return [_reading(drawn, n, prepared, plain) for n in range(len(takes))]


def inputs_of(prepared: Prepared, plain: Plain) -> Inputs:
    """A prepared sentence as the transformer is told of it."""
    sound, amid, margin = lengths.parts(prepared.encoding.durations, prepared.energy)
    sentence = prepared.sentence
    fixed = np.full(len(margin), -1, np.int64)
    for token, seconds in prepared.pauses.items():
        fixed[token] = round(seconds * FRAMES_PER_SECOND)
    numbers = described(
        sentence.symbols,
        sentence.word_of,
        sound=sound,
        amid=amid,
        margin=margin,
        pitch=plain.pitch,
        slope=plain.slope,
        voiced=plain.voiced,
        energy=plain.energy,
        accents=prepared.accents,
        rates=prepared.rates,
    )
    return Inputs(
        features=np.ascontiguousarray(prepared.encoding.prosody.T),
        ids=np.array(sentence.ids, np.int64),
        described=numbers,
        emotions=prepared.emotions,
        plain=(sound + amid).astype(np.float32),
        least=prepared.floors,
        fixed=fixed,
    )


def _reading(drawn: Drawn, n: int, prepared: Prepared, plain: Plain) -> LearnedReading:
    values = {name: v[n] for name, v in drawn.values.items()}
    return LearnedReading(
        frames=values["duration"].astype(np.int64),
        semitones=values["pitch"] + prepared.shifts,
        rise=values["slope"],
        decibels=values["strength"],
        median=plain.median,
        likelihood=float(drawn.likelihood[n]),
        symbols=prepared.sentence.symbols,
        emotions=prepared.emotions,
    )


def _mixed(seed: int, sentence: int) -> int:
    # Seeds may be any integer; a prime far beyond the number of sentences keeps them apart.
    return seed * 1_000_003 + sentence
