"""Breath that is heard: a sigh, a gasp, a breath before speaking.

Werner, Fuchs, Trouvain & Möbius (2021), "Inhalations in speech: acoustic and physiological characteristics",
Interspeech: level, centre of gravity and F1 rise with the speed of the breath. Werner et al. (2023), "Acoustics of
breath noises in human speech", JSLHR 66: their spectra fall, with weak peaks under 3 kHz like those of a schwa.
"""

from __future__ import annotations

import numpy as np

from studio.emotion import Emotion
from tts.nonverbal.score import STEP_SECONDS, Score, steps, swell


def sigh(emotion: Emotion, rng: np.random.Generator) -> Score:
    """Air drawn in, and let go with a voice that falls and gives way to breath. Low arousal makes it longer and softer;
    the more is felt, the more voice there is in it."""
    felt = emotion.at("voice")
    _, arousal, _ = felt.vad
    spread = float(np.exp(rng.normal(0.0, 0.1)))
    inhalation = 0.45 * spread
    out = (0.9 - 0.2 * arousal + 0.15 * felt.intensity) * float(np.exp(rng.normal(0.0, 0.1)))
    begins = inhalation + 0.05
    at = steps(begins + out + 0.05)
    since = at - begins
    share = np.clip(since / out, 0.0, 1.0)
    going = np.sin(np.pi / 2 * np.clip(since / 0.12, 0.0, 1.0)) ** 2 * (since < out)
    voiced = (0.3 + 0.1 * felt.intensity) * 2 ** (rng.normal(0.0, 1.5) / 6)
    return Score(
        pitch=(1.05 + 0.1 * arousal) * 2 ** (-(7.0 * share + rng.normal(0.0, 0.5)) / 12),
        voice=voiced * going * np.sin(np.pi / 2 * np.clip((0.62 - share) / 0.5, 0.0, 1.0)) ** 2,
        tilt=-1.0 + 4.0 * share,
        breath=going * (1.0 - share) ** 1.3,
        inhaled=0.3 * swell(at, inhalation, 0.6, 0.2),
        brightness=np.full(len(at), 1.5),
        # The glottis wide open, the throat loses its first resonance to the lungs.
        damped=650.0,
        open=float(rng.uniform(0.5, 1.0)),
        roughness=0.015,
        level=-13.0 + 3.0 * arousal,
        spans=(("[breath]", 0.0, begins), ("[sigh]", begins, len(at) * STEP_SECONDS)),
    )


def gasp(emotion: Emotion, rng: np.random.Generator) -> Score:
    """Air drawn in ever faster, so ever louder and brighter, and stopped at once. Arousal makes it louder, shorter."""
    _, arousal, _ = emotion.at("voice").vad
    lasting = (0.66 - 0.12 * arousal) * float(np.exp(rng.normal(0.0, 0.12)))
    at = steps(lasting + 0.1)
    share = np.clip(at / lasting, 0.0, 1.0)
    decibels = -22.0 * (1.0 - share) ** 1.6
    stopping = np.clip((lasting - at) / 0.02, 0.0, 1.0)
    return Score(
        pitch=np.full(len(at), 1.6),
        voice=np.zeros(len(at)),
        tilt=np.full(len(at), 6.0),
        breath=np.zeros(len(at)),
        inhaled=10 ** (decibels / 20) * stopping * np.clip(at / 0.02, 0.0, 1.0),
        brightness=-3.0 + 3.0 * share + arousal,
        damped=0.0,
        open=0.1,
        roughness=0.0,
        level=-12.0 + 6.0 * arousal,
        spans=(("[gasp]", 0.0, len(at) * STEP_SECONDS),),
    )


def breath(emotion: Emotion, rng: np.random.Generator) -> Score:
    """A soft breath drawn in before a phrase. Arousal makes it quicker, so louder and brighter."""
    _, arousal, _ = emotion.at("voice").vad
    lasting = (0.42 - 0.1 * arousal) * float(np.exp(rng.normal(0.0, 0.12)))
    at = steps(lasting + 0.06)
    return Score(
        pitch=np.ones(len(at)),
        voice=np.zeros(len(at)),
        tilt=np.zeros(len(at)),
        breath=np.zeros(len(at)),
        inhaled=swell(at, lasting, 0.65, 0.2),
        brightness=np.full(len(at), 0.5 + 1.5 * arousal),
        damped=0.0,
        open=0.2,
        roughness=0.0,
        level=-27.0 + 4.0 * arousal,
        spans=(("[breath]", 0.0, len(at) * STEP_SECONDS),),
    )
