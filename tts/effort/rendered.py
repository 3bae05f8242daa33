"""Lines as the acoustic model says them with feeling, before any gain: what effort is learned on top of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from tts import post
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.effort.bands import Analysis
from tts.effort.corpus import NEUTRAL, Clip
from tts.effort.phones import phones_of
from tts.effort.shaping import gained, weights_of
from tts.prosody.reading import Prepared, Reading
from tts.rendering import contoured
from tts.speaker import KokoroSpeaker

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rendered:
    """samples: with the style and strength of the emotion, [F * FRAME].  symbols, frames: as `shaping.shaped` takes
    them.  weights: of the anchors at each token, [T, A].  level: dB over neutral, of the line as a whole."""

    voice: str
    emotion: str
    samples: Samples
    symbols: str
    frames: npt.NDArray[np.int64]
    weights: Floats
    level: float

    def finished(self, tables: Mapping[str, Floats]) -> Samples:
        """As it is heard with the gains of `tables` (see `shaping.gained`); neutral as it is."""
        moved = self.samples
        if self.emotion != NEUTRAL:
            moved = gained(moved, self.symbols, self.frames, self.weights, tables)
        return post.levelled(moved, SAMPLE_RATE, self.level)

    def clip(self) -> Clip:
        """Its bands before gains."""
        analysis = Analysis(SAMPLE_RATE)
        bands, level = analysis.envelope(analysis.spectra(self.samples))
        at = np.minimum(np.arange(len(level)) * analysis.hop // FRAME, int(self.frames.sum()) - 1)
        return Clip(self.voice, self.emotion, bands, level, phones_of(self.symbols, self.frames)[at])


def rendered(said: Iterable[tuple[str, str]], emotions: Sequence[str]) -> Iterator[Rendered]:
    """Each (voice, sentence) said plainly, then with each emotion: as the learned prosody has them by default."""
    speaker, kokoro = KokoroSpeaker("cpu"), Kokoro("cpu")
    for voice, text in said:
        for emotion in (NEUTRAL, *emotions):
            track = EmotionTrack.constant(Emotion.parse(emotion))
            delivery = Delivery(seed=0, temperature=0.0) if emotion == NEUTRAL else Delivery(seed=0)
            plan = speaker.plan(text, voice, track, delivery)
            (prepared,), (fit,) = plan.line.sentences, plan.sentences
            drawn = contoured(kokoro, prepared, fit)
            sound = _sound(kokoro, prepared, fit.reading, drawn.tokens, drawn.f0, drawn.energy)
            symbols, weights = prepared.sentence.symbols, weights_of(prepared.emotions)
            yield Rendered(voice, emotion, sound, symbols, drawn.tokens, weights, plan.line.level)


def _sound(
    kokoro: Kokoro, prepared: Prepared, reading: Reading, tokens: npt.NDArray[np.int64], f0: Samples, energy: Samples
) -> Samples:
    encoding = replace(prepared.encoding, style=reading.styled(prepared.encoding.style))
    sound = kokoro.sound(encoding, tokens, reading.pitch(f0, tokens), energy).copy()
    strength = reading.strength(energy, tokens)
    return post.gained(sound, post.along(strength, tokens * FRAME, len(sound), SAMPLE_RATE))
