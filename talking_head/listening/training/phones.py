"""Which sound is said when: learned beside the lips, so that what tells an m from an n is listened for; not shipped."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.motion.line import Line
from talking_head.motion.visemes import GLIDES

# Sounds of one kind in each; 0 is a pause. Consonants that lips make or that are mistaken for such stand alone.
_CONSONANTS = "p b m f v θð t dɾT n sz ʃʒʧʤ kqc ɡg ŋ lɫ ɹr hɦʔxçχʁ w jɥ"
_VOWELS = "iɪᵻɨy eɛæ aɑɐʌ əᵊɜɝɚ oɔɒøœ uʊʉ"
_KINDS = (*_CONSONANTS.split(), *_VOWELS.split())
_KIND = {symbol: number for number, kind in enumerate(_KINDS, 1) for symbol in kind}
PHONES = len(_KINDS) + 1
# Of sounds of no kind here: nothing is learned from them.
UNKNOWN = -1


def phones(line: Line) -> npt.NDArray[np.int64]:
    """The kind of sound at each of the line's times, [F]: 0 to PHONES - 1, or UNKNOWN."""
    said = np.zeros(len(line.times), np.int64)
    for s in line.segments:
        first, second, share = GLIDES.get(s.symbol, (s.symbol, s.symbol, 1.0))
        turn = s.start + share * s.seconds
        for symbol, start, end in ((first, s.start, turn), (second, turn, s.end)):
            if symbol:
                said[(line.times >= start) & (line.times < end)] = _KIND.get(symbol[:1], UNKNOWN)
    return said
