"""How each emotion moves the envelope, learned from speakers who said the same things plainly and with feeling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tts.effort.context import contexts
from tts.effort.corpus import NEUTRAL, Clip
from tts.effort.phones import NONE, Phone

Floats = npt.NDArray[np.float64]

# Frames further under the loud ones are pause or breath.
_AUDIBLE_DB = 30.0
# Ridge, in frames: ten of a kind of sound are believed half, of a slope two hundred.
_RIDGE = np.diag([10.0] * len(Phone) + [200.0] * len(Phone))


def deltas(clips: Sequence[Clip], emotion: str) -> Floats:
    """Mean over speakers of what `emotion` adds to the bands a speaker has when neutral, [WIDTH, BANDS] dB."""
    found = []
    for speaker in sorted({c.speaker for c in clips}):
        own = [c for c in clips if c.speaker == speaker]
        felt = [c for c in own if c.emotion == emotion]
        if felt:
            plain = _solved(*_frames([c for c in own if c.emotion == NEUTRAL]))
            context, bands = _frames(felt)
            found.append(_solved(context, bands - context @ plain))
    return np.mean(found, axis=0)


def apart(moves: Mapping[str, Floats], emotion: str) -> Floats:
    """What an emotion moves beyond those that move alike, [WIDTH, BANDS], as large as its own move.

    Angry, happy and afraid share most of theirs; what they don't share tells them apart.
    """
    own = moves[emotion]
    alike = {other: max(_cosine(own, move), 0.0) for other, move in moves.items() if other != emotion}
    kin = sum((share * moves[other] for other, share in alike.items()), np.zeros_like(own)) / sum(alike.values())
    return (own - kin) * _size(own) / _size(own - kin)


def _frames(clips: Sequence[Clip]) -> tuple[Floats, Floats]:
    """Contexts [N, WIDTH] and bands [N, BANDS] of all audible sounds."""
    context, bands = [], []
    for clip in clips:
        audible = (clip.phone != NONE) & (clip.level > np.percentile(clip.level, 90) - _AUDIBLE_DB)
        context.append(contexts(clip.phone, clip.level)[audible])
        bands.append(clip.bands[audible])
    return np.concatenate(context), np.concatenate(bands)


def _solved(context: Floats, bands: Floats) -> Floats:
    return np.asarray(np.linalg.solve(context.T @ context + _RIDGE, context.T @ bands), np.float64)


def _size(move: Floats) -> float:
    return float(np.linalg.norm(move[: len(Phone)]))


def _cosine(a: Floats, b: Floats) -> float:
    return float((a[: len(Phone)] * b[: len(Phone)]).sum() / (_size(a) * _size(b)))
