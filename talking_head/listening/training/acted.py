"""EMO-DB: ten actors, German, phone times by hand (`tts.autoregressive.training.corpora.emodb`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from studio.emotion.reading.voice.framing import at_rate
from studio.performance import Phoneme
from talking_head.listening.training.takes import Take
from tts.autoregressive.training.corpora import emodb

# SAMPA -> the symbols of `talking_head.motion.visemes`; what is not here is written alike. The r is uvular.
_IPA = {"E": "ɛ", "I": "ɪ", "O": "ɔ", "U": "ʊ", "Y": "ʊ", "@": "ə", "6": "ɐ", "8": "ə", "9": "œ", "S": "ʃ", "C": "ç"}
_IPA |= {"N": "ŋ", "R": "x", "?": "ʔ", "aI": "I", "aU": "W", "AU": "W", "OY": "Y", "T": "θ", "Z": "ʒ", "A": "ɑ"}


def acted(data: Path) -> Iterator[Take]:
    """Its recordings. Raises InputError when the folder `data`/emodb isn't the corpus."""
    for utterance in emodb.read(data / "emodb"):
        samples, rate = soundfile.read(utterance.path, dtype="float64")
        sound = at_rate(samples, rate).astype(np.float32)
        phonemes: list[Phoneme] = []
        for phone in utterance.phones:
            if phone is None:
                continue
            before = phonemes[-1].end if phonemes else 0.0
            if phone.start > before:
                phonemes.append(Phoneme(" ", before, phone.start))
            symbol = _IPA.get(phone.symbol) or _IPA.get(phone.symbol[0], phone.symbol[0])
            phonemes.append(Phoneme(symbol, phone.start, phone.end))
        end = len(sound) / 16_000
        if phonemes and phonemes[-1].end < end:
            phonemes.append(Phoneme(" ", phonemes[-1].end, end))
        yield Take("emodb", utterance.speaker, utterance.path.stem, sound, tuple(phonemes))
