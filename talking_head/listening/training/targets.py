"""What the network is to say of a take: what `talking_head.motion.lips` does with its timeline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.listening.mel import FRAMES_PER_SECOND, HOP
from talking_head.listening.network import COEFFICIENTS, OUTPUTS
from talking_head.listening.training.phones import phones
from talking_head.listening.training.takes import Take
from talking_head.motion.line import Line
from talking_head.motion.lips import articulate, columns

Floats = npt.NDArray[np.float32]

CONTACT, VOICE = len(COEFFICIENTS), len(COEFFICIENTS) + 1


# Beside what the network answers, for its learning alone: the kind of sound.
LEARNED = OUTPUTS + 1
PHONE = OUTPUTS


def targets(take: Take) -> Floats:
    """[ceil(T / HOP), LEARNED]: COEFFICIENTS at ordinary effort; 1 while the lips touch; 1 in the phrases; the kind of
    sound (`phones`)."""
    line = Line.of(take.speech(), FRAMES_PER_SECOND)
    mouth = articulate(line, np.ones_like(line.times))
    said = np.zeros((len(line.times), LEARNED), np.float32)
    for i, name in enumerate(COEFFICIENTS):
        said[:, i] = mouth.pose[:, columns(name)].mean(axis=1)
    said[:, CONTACT] = mouth.contact == 1.0
    for start, end in line.phrases:
        said[(line.times >= start) & (line.times < end), VOICE] = 1.0
    said[:, PHONE] = phones(line)
    count = -(-len(take.samples) // HOP)
    return np.pad(said[:count], ((0, max(count - len(said), 0)), (0, 0)), mode="edge")
