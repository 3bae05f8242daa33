"""The figures as tables, in Markdown: one function a table, one column a system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.model import CLASSES
from studio.evaluation.emotion_reader import EmotionReader
from tts.benches.figures import READ, Figures, heard_at_all, recalls
from tts.benches.plan import EMOTIONAL, EMOTIONS, FACTORS, HIBARI, INTENSITIES, NATURAL, OURS, RULES, UNIFORM
from tts.benches.speed import Speed

RECOGNISERS = ("whisper", "moonshine")
TITLES = {OURS: "ours", RULES: "rules", UNIFORM: "uncut, uniform speed", HIBARI: "hibari-tts"}

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def told(value: float, digits: int = 1) -> str:
    """A number, or a dash for one that is not known."""
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def words(figures: Sequence[Figures]) -> str:
    """Word errors by length."""
    rows: list[list[str]] = []
    for recogniser in RECOGNISERS:
        for factor in (NATURAL, *FACTORS):
            found = [f.words(recogniser, factor) for f in figures]
            if any(w.utterances for w in found):
                cells = [f"{told(w.rate)} ({w.utterances})" if w.utterances else "–" for w in found]
                rows.append([recogniser, "natural" if factor == NATURAL else f"x{factor:g}", *cells])
    return table(["heard by", "length", *(TITLES[f.name] for f in figures)], rows)


def lengths(figures: Sequence[Figures]) -> str:
    """How exactly a length is met, what of it is filled with speech, how fast that is."""
    rows = []
    for factor in (NATURAL, *FACTORS):
        name = "natural" if factor == NATURAL else f"x{factor:g}"
        errors = [f.length_errors(factor) for f in figures]
        if factor != NATURAL:
            cells = [f"{e.max():.0f} ({np.mean(e):.0f})" if len(e) else "–" for e in errors]
            rows.append(["samples off, most (mean)", name, *cells])
        spans = [100 * f.number("spoken", factor) for f in figures]
        rows.append(["spoken, %, least (median)", name, *(f"{s.min():.1f} ({np.median(s):.1f})" for s in spans)])
        rates = [f.number("words_a_second", factor) for f in figures]
        rows.append(["words a second of speech", name, *(told(float(r.mean()), 2) for r in rates)])
    return table(["", "length", *(TITLES[f.name] for f in figures)], rows)


def emotion(figures: Sequence[Figures], reader: EmotionReader) -> str:
    """Recall of each emotion, by intensity."""
    rows = []
    for one in figures:
        for intensity in INTENSITIES:
            found = recalls(counted := one.confusion(reader, intensity))
            cells = [told(100 * found[e], 0) for e in (*READ, "neutral")]
            mean = float(np.mean([found[e] for e in READ]))
            apart = 100 * heard_at_all(counted)
            rows.append([TITLES[one.name], f"{intensity:g}", f"**{told(100 * mean, 0)}**", *cells, told(apart, 0)])
    return table(["system", "intensity", "mean", *READ, "other plain takes", "not heard as neutral"], rows)


def direction(figures: Sequence[Figures], readers: Sequence[EmotionReader]) -> str:
    """Shift towards each emotion at full intensity (per cent that went furthest towards it)."""
    rows = []
    for one in figures:
        for reader in readers:
            found = [one.direction(reader, e) for e in READ]
            means = np.mean(found, axis=0)
            cells = [f"{told(shift)} ({told(100 * first, 0)})" for shift, first in (tuple(means), *found)]
            rows.append([TITLES[one.name], reader.name, *cells])
    return table(["system", "heard by", "mean", *READ], rows)


def confusion(counts: npt.NDArray[np.int64]) -> str:
    """What was spoken and heard."""
    rows = [[name, *map(str, row)] for name, row in zip((*EMOTIONS, "neutral"), counts, strict=True)]
    return table(["spoken", *CLASSES], rows)


def intensity(figures: Sequence[Figures], readers: Sequence[EmotionReader]) -> str:
    """Spearman's correlations: within a line (over all lines together)."""
    head = ["system", "shift as heard by", "mean", *EMOTIONS]
    rows = []
    for one in figures:
        scales = {reader.name: one.by_reader(reader) for reader in readers} | {"acoustics": one.by_acoustics()}
        for name, shift in scales.items():
            known = EMOTIONS if name == "acoustics" else READ
            found = {e: one.intensity(shift, e) for e in known}
            mean, pooled = (float(np.mean([v[k] for v in found.values()])) for k in (0, 1))
            cells = [f"{told(found[e][0], 2)} ({told(found[e][1], 2)})" if e in found else "–" for e in EMOTIONS]
            rows.append([TITLES[one.name], name, f"**{told(mean, 2)}** ({told(pooled, 2)})", *cells])
    return table(head, rows)


def by_emotion(figures: Sequence[Figures]) -> str:
    """At full intensity: opinion, likeness to the voice's own plain reading, words lost."""
    rows: list[list[str]] = []
    for one in figures:
        plain = one.opinions(None)
        rows.append(["Distill-MOS", TITLES[one.name], _mean_and_least(plain, 2), *_opinions(one)])
    for one in (f for f in figures if f.name in EMOTIONAL):
        cells = [_mean_and_least(one.likeness(e), 2) for e in EMOTIONS]
        rows.append(["ECAPA to own neutral", TITLES[one.name], "1", *cells])
        for recogniser in RECOGNISERS:
            if one.words(recogniser, NATURAL).utterances:
                lost = [told(one.words_lost(recogniser, e).rate) for e in EMOTIONS]
                rows.append([f"points of WER lost, {recogniser}", TITLES[one.name], "0", *lost])
    return table(["mean (least)", "system", "neutral", *EMOTIONS], rows)


def _opinions(one: Figures) -> Iterator[str]:
    for e in EMOTIONS:
        yield _mean_and_least(one.opinions(e), 2)


def _mean_and_least(values: npt.NDArray[np.floating], digits: int) -> str:
    return f"{told(float(values.mean()), digits)} ({told(float(values.min()), digits)})" if len(values) else "–"


def takes(figures: Sequence[Figures]) -> str:
    """How far takes of a plain line are apart."""
    rows = []
    for one in figures:
        length, pitch, count = one.diversity()
        rows.append([TITLES[one.name], told(length), told(pitch, 2), str(count)])
    return table(["system", "words' lengths, %", "words' pitch, semitones", "lines, four takes each"], rows)


def speed(found: Mapping[str, Speed]) -> str:
    """Seconds of computing a second of sound."""
    rows = [
        [TITLES[n], told(s.real_time, 3), f"{100 * s.deciding:.1f} %" if n in EMOTIONAL else "–"]
        for n, s in found.items()
    ]
    return table(["system", "seconds a second of sound", "of which the prosody"], rows)
