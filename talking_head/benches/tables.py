"""The figures as tables, in Markdown: one function a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from talking_head.benches.emotions import CLASSES
from talking_head.benches.judging import INTENSITIES, Judged
from talking_head.benches.motions import Statistics
from talking_head.benches.plan import COEFFICIENTS, EMOTIONS
from talking_head.benches.redetection import Sweep, ratio
from talking_head.benches.speed import ENCODING, MOTION, STAGES, Speed

Row = Sequence[str]
# Beside those of the network, what the rules may say.
_UNREAD = ("contemptuous", "unseen")


def table(head: Row, rows: Iterable[Row]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def told(value: float, digits: int = 2) -> str:
    """A number, or a dash for one that is not known."""
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def speed(found: Sequence[Speed]) -> str:
    """Milliseconds a frame by stage."""
    rows = [[name, *(told(s.stages[name]) for s in found)] for name in (MOTION, *STAGES, ENCODING)]
    rows.insert(1, ["**drawing**, median (95th percentile)", *(f"**{told(s.frame)}** ({told(s.slow)})" for s in found)])
    rows += [
        ["drawing, processor time", *(told(s.busy) for s in found)],
        ["drawing, frames a second", *(told(1000 / s.frame, 0) for s in found)],
        ["film from speech to file, ms a frame", *(told(s.film) for s in found)],
        ["film, frames a second", *(told(1000 / s.film, 0) for s in found)],
        ["preparing the portrait, s", *(told(s.preparing) for s in found)],
    ]
    heads = [f"{s.size[0]} x {s.size[1]}, {s.cores} core{'s' * (s.cores > 1)}" for s in found]
    return table(["ms a frame", *heads], rows)


def redetection(faces: Sequence[Judged], head: Mapping[str, Sweep]) -> str:
    """r and slope of each coefficient, on the 3-D head and on each photograph."""
    rows = []
    for name in COEFFICIENTS:
        ratios = np.array([ratio(f.sweeps[name], head[name]) for f in faces])
        middle = told(float(np.nanmedian(ratios))) if np.isfinite(ratios).any() else "–"
        cells = [f"{told(s.r)} / {told(s.slope)}" for s in (head[name], *(f.sweeps[name] for f in faces))]
        rows.append([name, cells[0], middle, *cells[1:]])
    return table(["r / slope", "3-D head", "slope over the head's, median", *(f.name for f in faces)], rows)


def identity(faces: Sequence[Judged]) -> str:
    """SFace's cosine to the photograph."""
    rows = []
    for face in faces:
        by_emotion = [face.likeness[e] for e in EMOTIONS]
        sounds = [v for k, v in face.likeness.items() if k not in EMOTIONS]
        least = min(face.likeness, key=face.likeness.__getitem__)
        overall = np.mean(list(face.likeness.values()))
        cells = [told(float(x)) for x in (overall, np.mean(by_emotion), np.mean(sounds))]
        rows.append([face.name, *cells, f"{told(face.likeness[least])} ({least})", *map(told, by_emotion)])
    return table(["cosine", "mean of all", "emotions", "sounds", "least", *EMOTIONS], rows)


def confusion(faces: Sequence[Judged], reader: str, intensity: float) -> str:
    """What was asked for and what was read, faces counted. reader: a field of `judging.Read`."""
    rows = []
    seen = {e: Counter(getattr(f.read[e, i], reader) for f in faces) for e, i in _asked(reader, intensity)}
    columns = [*CLASSES, *(u for u in _UNREAD if any(c[u] for c in seen.values()))]
    for emotion, counts in seen.items():
        cells = [f"**{counts[c]}**" if c == emotion and counts[c] else str(counts[c] or "") for c in columns]
        rows.append([emotion, *cells])
    return table(["asked for", *columns], rows)


def _asked(reader: str, intensity: float) -> list[tuple[str, float]]:
    """A face at rest has moved nowhere."""
    rest = [] if reader == "furthest" else [("neutral", 1.0)]
    return [*rest, *((e, intensity) for e in EMOTIONS)]


def by_photograph(faces: Sequence[Judged]) -> str:
    """What each reader says of each emotion on each photograph, at full intensity."""
    rows = []
    for face in faces:
        for reader in ("network", "furthest", "rules"):
            said = [getattr(face.read[e, 1.0], reader) for e in ("neutral", *EMOTIONS)]
            if reader == "furthest":
                said[0] = "–"
            right = [f"**{s}**" if s == e else s for e, s in zip(("neutral", *EMOTIONS), said, strict=True)]
            rows.append([face.name, reader, *right])
    return table(["face", "read by", "neutral", *EMOTIONS], rows)


def recall(faces: Sequence[Judged]) -> str:
    """Shares of the six basic emotions that were read as themselves, by intensity."""
    rows = []
    for reader in ("network", "furthest", "rules"):
        for intensity in INTENSITIES:
            cells = [told(100 * share(faces, reader, [e], intensity), 0) for e in basic()]
            mean = told(100 * share(faces, reader, basic(), intensity), 0)
            rows.append([reader, f"{intensity:g}", f"**{mean}**", *cells])
    return table(["% read by", "intensity", "mean", *basic()], rows)


def basic() -> list[str]:
    """The emotions that both readers have a class for."""
    return [e for e in EMOTIONS if e in CLASSES]


def share(faces: Sequence[Judged], reader: str, emotions: Sequence[str], intensity: float) -> float:
    """Of the faces that were made to feel one of `emotions`, those read as feeling it."""
    return float(np.mean([getattr(f.read[e, intensity], reader) == e for f in faces for e in emotions]))


def lips(faces: Sequence[Judged]) -> str:
    """Lag and correlation by face, by the timeline and heard."""
    rows = []
    for face in faces:
        for name, found in (("timeline", face.lips), ("heard", [face.heard])):
            lag = float(np.median([f.lag for f in found]))
            r, plain = (float(np.mean([getattr(f, k) for f in found])) for k in ("r", "plain_r"))
            closed, closures = sum(f.closed for f in found), sum(f.closures for f in found)
            rows.append([face.name, name, f"{told(1000 * lag, 0)}", told(r), told(plain), f"{closed} of {closures}"])
    head = ["face", "lips by", "lag, ms", "r, lag set right", "r as it is", "m, b, p seen closed"]
    return table(head, rows)


def stillness(faces: Sequence[Judged]) -> str:
    """Change from frame to frame at rest."""
    rows = []
    for face in faces:
        for s in face.still:
            rows.append([face.name, f"{s.fps:g}", told(s.held, 3), told(s.alive, 3), told(s.jitter, 3)])
    return table(["face", "fps", "held pose", "silent, alive", "of that, back and forth"], rows)


def motion(film: str, real: Statistics, made: tuple[Statistics, Statistics, Statistics]) -> str:
    """Statistics of motion side by side."""
    speaking, silent, _ = made
    rows = [[name, told(real[name], 3), told(speaking[name], 3), told(silent[name], 3)] for name in speaking]
    return table(["", film, "ours, speaking", "ours, silent"], rows)


def costs(faces: Sequence[Judged]) -> str:
    """Seconds of processor time of each part, of all faces."""
    parts = dict.fromkeys(k for f in faces for k in f.seconds)
    return table(["part", "CPU s a face"], [[p, told(float(np.mean([f.seconds[p] for f in faces])), 1)] for p in parts])
