"""Makes ``checkpoints/voice_space.safetensors``: python -m tts.voice.learning --out FILE (a minute on two cores).

Every stock voice says one line; what ECAPA hears of it and its pitch are kept beside the axes of the timbres.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from studio.evaluation.speaker_similarity import embedding
from studio.media.files import written_whole
from tts.acoustic.kokoro import SAMPLE_RATE, Floats, Kokoro
from tts.text import Reader
from tts.voice import stock
from tts.voice.rendering import intoned, said

# TIMIT's first calibration sentence: most of English's sounds in three seconds.
LINE = "She had your dark suit in greasy wash water all year."
# 24 axes hold 91 % of the variance of the 54 timbres.
AXES = 24


def space_of(
    styles: Floats, embeddings: Floats, pitches: Floats, spreads: Floats
) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors of a `Space`. Of N voices saying the line: styles [N, 256], embeddings [N, 192], median ln F0 [N]
    and its standard deviation [N]."""
    timbres = styles[:, : stock.TIMBRE].astype(np.float64)
    mean = timbres.mean(axis=0)
    _, deviations, axes = np.linalg.svd(timbres - mean, full_matrices=False)
    deviations = deviations[:AXES, None] / np.sqrt(len(styles) - 1)
    values = {
        "mean": mean,
        "axes": axes[:AXES] * deviations,
        "places": (timbres - mean) @ (axes[:AXES] / deviations).T,
        "embeddings": embeddings,
        "pitches": pitches,
        "spreads": spreads,
    }
    return {name: np.ascontiguousarray(v, np.float32) for name, v in values.items()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    names = sorted(stock.ALL)
    (sentence,) = Reader(british=False).read(LINE)
    kokoro = Kokoro("cpu")
    styles, embeddings, pitches, spreads = [], [], [], []
    for name in names:
        style = stock.table(name)[len(sentence.symbols) - 1]
        styles.append(style)
        embeddings.append(embedding(said(kokoro, sentence.ids, style[None]), SAMPLE_RATE))
        pitch, spread = intoned(kokoro, sentence.ids, style[None])
        pitches.append(pitch)
        spreads.append(spread)
        print(name, flush=True)
    tensors = space_of(np.array(styles), np.array(embeddings), np.array(pitches), np.array(spreads))
    with written_whole(out) as unfinished:
        unfinished.write_bytes(save(tensors, {"about": json.dumps({"ids": sentence.ids, "names": names})}))


if __name__ == "__main__":
    main()
