"""One warm speaker for all tests of the voice: real weights, real sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.performance import Speech
from tts import KokoroSpeaker

Say = Callable[..., Speech]


@pytest.fixture(scope="session")
def speaker() -> KokoroSpeaker:
    return KokoroSpeaker("cpu")


@pytest.fixture(scope="session")
def say(speaker: KokoroSpeaker) -> Say:
    """say(text, voice=, emotion=, seconds=, seed=) -> Speech; the same line is spoken once."""
    spoken: dict[Any, Speech] = {}

    def speak(
        text: str, voice: str = "af_heart", emotion: str = "neutral", seconds: float | None = None, seed: int = 0
    ) -> Speech:
        key = (text, voice, emotion, seconds, seed)
        if key not in spoken:
            spoken[key] = speaker.speak(
                text,
                voice=voice,
                track=EmotionTrack.constant(Emotion.parse(emotion)),
                delivery=Delivery(seconds=seconds, seed=seed, temperature=1.0, prosody="rules"),
            )
        return spoken[key]

    return speak
