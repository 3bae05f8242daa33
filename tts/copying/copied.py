"""A recording -> a prosody that says a line as the recording was said."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from tts.acoustic import Kokoro
from tts.alignment import align
from tts.copying.other_words import OtherWords, tempo_of
from tts.copying.recorded import heard
from tts.copying.same_words import SameWords
from tts.prosody.reading import Prosody
from tts.text import Sentence

# Whose reading of the words a recording is compared with: a man's and a woman's. The aligner fits best within a gender.
ALIGNED = {"en-US": ("am_michael", "af_heart"), "en-GB": ("bm_george", "bf_emma")}
# Between men's and women's speaking F0 (EMO-DB's neutral speakers: 96 to 150 and 172 to 220 Hz).
_BETWEEN_HZ = 160.0


def copied(
    samples: npt.NDArray[np.floating],
    sample_rate: int,
    words: str | None,
    sentences: list[Sentence],
    language: str,
    kokoro: Kokoro,
) -> Prosody:
    """The delivery of a recording, for a line of `sentences`.

    samples: mono [T].  words: what is said in the recording, if that is known; the line's own words are copied token by
    token, of others tempo, range, course and strength.  language: the line's, BCP-47.
    Pitch is copied around the speaker's own median: how high the voice speaks stays its own.
    Raises InputError when there is no voice in the recording, words that are not those of it,
    or not English.
    """
    recorded = heard(samples, sample_rate)
    if words is None:
        return OtherWords(recorded, tempo_of(recorded))
    if not words.strip():
        raise InputError("The words of the recording are empty: give what is said in it, or leave them out.")
    if language not in ALIGNED:
        raise InputError(f"The words of a recording are followed in English only, not in {language}: leave them out.")
    aligned = align(words, ALIGNED[language][recorded.median > _BETWEEN_HZ], samples, sample_rate, kokoro)
    if [a.sentence.symbols for a in aligned] == [s.symbols for s in sentences]:
        return SameWords(recorded, aligned)
    return OtherWords(recorded, tempo_of(recorded, aligned))
