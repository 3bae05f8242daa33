"""Learn how emotions move the spectral envelope and the decoder's style.

    python -m tts.effort.train EMODB --out effort.safetensors [--style checkpoints/effort.safetensors]

EMODB is the folder that holds EMO-DB's wav and labels. --style: a file whose style rows are kept; else they are learned
anew, which needs the ``test`` extra (one of the readers that judge the style listens with its recogniser). Lines are
said with the styles of the shipped file. Nothing is drawn at random; five minutes of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from studio.media.files import check_place, written_whole
from tts.effort.corpus import clips
from tts.effort.learning import apart, deltas
from tts.effort.phones import Phone
from tts.effort.rendered import rendered
from tts.effort.shaping import ANCHORS
from tts.effort.style_training import directions
from tts.effort.telling import SAID, steepest

Floats = npt.NDArray[np.float64]

# What speakers do, and on top of it what sets an emotion apart from its kin, each times this: chosen as told in
# checkpoints/effort.md.
OWN, APART = 1.0, 0.7
# In these, what the acoustic model does by itself is taken out, and a step added that a reader of emotion hears: its
# norm in dB, over four curves of six points. Afraid and bored were heard without, and afraid has no quality to spare.
STEP_DB = {"angry": 14.0, "happy": 8.0, "sad": 8.0, "disgusted": 8.0}
# No band moves by more, softly. An angry line of af_heart: DistillMOS 4.48 untouched, 4.15 within 5 dB, 3.86 within 10.
LIMIT_DB, _LEAST_LIMIT_DB = 8.0, 5.0
# Share of the amplitude. EMO-DB's sad voices have a cepstral peak 2.4 standard deviations under their neutral one, the
# acoustic model's .1.
BREATH = {"sad": 0.5}
# Voices and lines on which the acoustic model's own response is measured.
_SAID = tuple(
    (voice, text)
    for voice in ("af_sarah", "am_puck", "bf_isabella", "bm_lewis")
    for text in ("Nobody opened the window this morning.", "The doctor wants to see you again on Monday.")
)
# What the corpus has not is told in what it has: surprise is heard as fear (checkpoints/voice_emotion.md) and shares
# happy's arousal; calm is bored's softness, less of it.
TOLD = {"surprised": {"happy": 0.5, "afraid": 0.5}, "calm": {"bored": 0.5}}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("emodb", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--style", type=Path)
    arguments = parser.parse_args()
    check_place(arguments.out, ".safetensors")
    corpus = list(clips(arguments.emodb))
    heard = tuple(a for a in ANCHORS if a not in TOLD)
    moves = {a: deltas(corpus, a) for a in heard}
    bands = {a: OWN * moves[a] + APART * apart(moves, a) for a in heard}
    made = [line.clip() for line in rendered(_SAID, tuple(STEP_DB))]
    asked = list(rendered(SAID, tuple(STEP_DB)))
    for anchor, size in STEP_DB.items():
        bands[anchor] -= believed(deltas(made, anchor))
        bands[anchor] += size * steepest(asked, anchor, bands[anchor], LIMIT_DB)
    breath = {a: np.array(BREATH.get(a, 0.0)) for a in heard}
    styles = _kept(arguments.style) if arguments.style else _completed(dict(zip(heard, directions(heard), strict=True)))
    limit = np.array([LIMIT_DB if a in STEP_DB else _LEAST_LIMIT_DB for a in ANCHORS], np.float32)
    tables = {"bands": _completed(bands), "limit": limit, "breath": _completed(breath), "style": styles}
    with written_whole(arguments.out) as path:
        save_file(tables, path)
    for anchor, style in zip(ANCHORS, styles, strict=True):
        if anchor in heard:
            print(f"{anchor}: bands {np.abs(bands[anchor]).mean():.1f} dB, style {np.linalg.norm(style):.2f}")


def believed(response: Floats) -> Floats:
    """What the acoustic model does to bands, [WIDTH, BANDS], as far as it can be measured on a few lines: constants of
    vowels, sonorants and fricatives whole, slopes by half, nothing of stops, whose closures shift with tempo."""
    out = response.copy()
    out[len(Phone) :] *= 0.5
    out[[Phone.STOP, len(Phone) + Phone.STOP]] = 0.0
    return out


def _kept(path: Path) -> npt.NDArray[np.float32]:
    return np.asarray(load_file(path)["style"], np.float32)


def _completed(rows: Mapping[str, Floats]) -> npt.NDArray[np.float32]:
    """Those heard and those told in them, in the order of ANCHORS."""
    told = {a: sum((w * rows[o] for o, w in parts.items()), 0.0 * rows["angry"]) for a, parts in TOLD.items()}
    return np.stack([rows[a] if a in rows else told[a] for a in ANCHORS]).astype(np.float32)


if __name__ == "__main__":
    main()
