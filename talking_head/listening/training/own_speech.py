"""The project's own voices: their timeline is exact, to the acoustic model's frame of 25 ms."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.emotion.reading.voice.framing import at_rate
from studio.errors import InputError
from talking_head.listening.training.takes import Take
from tts import KokoroSpeaker

# Drawn for each line; two in five are plain, as most speech is.
_EMOTIONS = ("angry", "happy", "afraid", "sad", "disgusted", "bored", "surprised", "calm")
_PLAIN = 0.4
# Of the voices of other languages, which read the English text as they would words of their own: their sounds count.
_FOREIGN = 0.2
_LENGTH = range(30, 120)  # letters
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z ,.;:!?'’-]+")


def own_speech(data: Path, seconds: float, seed: int) -> Iterator[Take]:
    """Lines of EmoBank and GoEmotions by all voices in many emotions, until there are so many seconds.

    Raises InputError when neither corpus is in the folder `data`.
    """
    speaker = KokoroSpeaker("cpu")
    english = [v.name for v in speaker.voices() if v.language.startswith("en")]
    foreign = [v.name for v in speaker.voices() if not v.language.startswith("en")]
    rng = np.random.default_rng(seed)
    said = 0.0
    for number, text in enumerate(rng.permutation(_texts(data)).tolist()):
        if said >= seconds:
            return
        voice = str(rng.choice(foreign if rng.random() < _FOREIGN else english))
        strength = 0.0 if rng.random() < _PLAIN else rng.uniform(0.3, 1.0)
        track = EmotionTrack.constant(strength * Emotion.parse(str(rng.choice(_EMOTIONS))))
        delivery = Delivery(seed=int(rng.integers(1 << 30)), temperature=1.0, prosody="rules")
        try:
            speech = speaker.speak(text, voice=voice, track=track, delivery=delivery)
        except InputError:
            continue  # a text that this language's reader finds no words in
        said += speech.seconds
        samples = at_rate(speech.samples, speech.sample_rate).astype(np.float32)
        yield Take("own", voice, f"{number}", samples, speech.phonemes)


def _texts(data: Path) -> list[str]:
    """Sentences of a length that is said in one breath or two, in plain letters."""
    texts: list[str] = []
    emobank, goemotions = data / "emobank" / "emobank.csv", data / "goemotions" / "original" / "train.tsv"
    if emobank.exists():
        with emobank.open(encoding="utf-8", newline="") as file:
            texts += [row["text"] for row in csv.DictReader(file)]
    if goemotions.exists():
        texts += [line.partition("\t")[0] for line in goemotions.read_text("utf-8").splitlines()]
    chosen = sorted({t.strip() for t in texts if len(t.strip()) in _LENGTH and _SENTENCE.fullmatch(t.strip())})
    if not chosen:
        raise InputError(f"{data} holds neither emobank/emobank.csv nor goemotions/original/train.tsv.")
    return chosen
