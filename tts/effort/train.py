"""Learn how emotions move the spectral envelope and the decoder's style.

    python -m tts.effort.train EMODB --out checkpoints/effort.safetensors

EMODB is the folder that holds EMO-DB's wav and labels. Needs the ``test`` extra: one of the readers that judge the
style listens with its recogniser. Nothing is drawn at random; two minutes of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from studio.media.files import check_place, written_whole
from tts.effort.corpus import clips
from tts.effort.learning import apart, deltas
from tts.effort.shaping import ANCHORS
from tts.effort.style_training import directions

Floats = npt.NDArray[np.float64]

# What speakers do, and on top of it what sets an emotion apart from its kin, each times this: chosen as told in
# checkpoints/effort.md.
OWN, APART = 1.0, 0.7
# What the corpus has not is told in what it has: surprise is heard as fear (checkpoints/voice_emotion.md) and shares
# happy's arousal; calm is bored's softness, less of it.
TOLD = {"surprised": {"happy": 0.5, "afraid": 0.5}, "calm": {"bored": 0.5}}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("emodb", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    check_place(arguments.out, ".safetensors")
    corpus = list(clips(arguments.emodb))
    heard = tuple(a for a in ANCHORS if a not in TOLD)
    moves = {a: deltas(corpus, a) for a in heard}
    bands = {a: OWN * moves[a] + APART * apart(moves, a) for a in heard}
    styles = dict(zip(heard, directions(heard), strict=True))
    tables = {"bands": _completed(bands), "style": _completed(styles)}
    with written_whole(arguments.out) as path:
        save_file(tables, path)
    for anchor in heard:
        print(f"{anchor}: bands {np.abs(bands[anchor]).mean():.1f} dB, style {np.linalg.norm(styles[anchor]):.2f}")


def _completed(rows: Mapping[str, Floats]) -> npt.NDArray[np.float32]:
    """Those heard and those told in them, in the order of ANCHORS."""
    told = {a: sum((w * rows[o] for o, w in parts.items()), 0.0 * rows["angry"]) for a, parts in TOLD.items()}
    return np.stack([rows[a] if a in rows else told[a] for a in ANCHORS]).astype(np.float32)


if __name__ == "__main__":
    main()
