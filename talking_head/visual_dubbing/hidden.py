"""Something before the mouth: a hand, a cup, another head. Told by colours that are not this face's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from talking_head.visual_dubbing.store import Store

Floats = npt.NDArray[np.float32]

# A patch of skin is another thing when its colour leaves the usual one by this factor (log), after what light does to
# all patches alike. Shadows of a laugh stay below it, fingers of the same skin don't: their light, gaps and edges.
_OTHER = 0.3
# Share of such patches. On a film of a woman who weeps and laughs: 0.01 to 0.11 with the face free, 0.12 with a finger
# at the chin, 0.19 to 0.40 with the hand before the mouth.
_HIDDEN = 0.115
# What comes before the mouth is dark at its edges a little earlier, seconds; and is not there for one frame only.
_AROUND, _FLICKER = 0.08, 0.1
# Sightings read at once, and looked at to find how the face usually looks.
_BLOCK, _SAMPLED = 512, 200
# Frames compared with each other to find how the face usually looks.
_COMPARED = 48


def hidden_frames(rows: Sequence[int], store: Store, fps: float) -> npt.NDArray[np.bool_]:
    """[n] whether something is before the mouth in the sightings of one face, in order."""
    n = len(rows)
    usual = usual_skin(store.read(rows[i] for i in np.unique(np.linspace(0, n - 1, _SAMPLED).astype(int))).skin)
    found = np.concatenate([hidden(store.read(rows[a : a + _BLOCK]).skin, usual) for a in range(0, n, _BLOCK)])
    flicker, around = (max(round(s * fps), 1) for s in (_FLICKER, _AROUND))
    near = np.convolve(np.pad(found.astype(float), flicker, "edge"), np.ones(2 * flicker + 1), "valid")
    padded = np.pad((near > flicker).astype(float), around, "edge")
    return np.asarray(np.convolve(padded, np.ones(2 * around + 1), "valid") > 0)


def usual_skin(skin: Floats) -> Floats:
    """[K, 3] log colours as most of the sightings [n, K, 3] agree on."""
    tones = _tones(skin[np.unique(np.linspace(0, len(skin) - 1, _COMPARED).astype(int))])
    alike = np.array([_other_share(tones, tone) for tone in tones]) < _HIDDEN
    group = alike[alike.sum(axis=1).argmax()]
    return np.asarray(np.median(tones[group], axis=0), np.float32)


def hidden(skin: Floats, usual: Floats) -> npt.NDArray[np.bool_]:
    """[n] whether something is before the mouth in sightings [n, K, 3]."""
    return _other_share(_tones(skin), usual) > _HIDDEN


def _tones(skin: Floats) -> Floats:
    tones = np.log(skin + 10)
    return np.asarray(tones - np.median(tones, axis=1, keepdims=True), np.float32)


def _other_share(tones: Floats, usual: Floats) -> Floats:
    return np.asarray((np.abs(tones - usual).max(axis=2) > _OTHER).mean(axis=1), np.float32)
