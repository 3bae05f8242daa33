"""From judgements to figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS
from studio.evaluation.emotion_reader import EmotionReader
from studio.evaluation.speaker_similarity import similarity
from studio.evaluation.speech import word_error_rate
from tts.benches.judging import Judged
from tts.benches.plan import EMOTIONS, INTENSITIES, NATURAL, Case, lines
from tts.benches.running import Results

Floats = npt.NDArray[np.float64]

# What both readers have a class for; surprise they have none for.
READ = tuple(e for e in EMOTIONS if e in CLASSES)


@dataclass(frozen=True)
class Words:
    """Word errors of some utterances, in per cent of all their words. rate is NaN without any."""

    rate: float
    utterances: int


class Figures:
    """Figures of one system's results. A figure without utterances is NaN."""

    def __init__(self, name: str, results: Results) -> None:
        self.name = name
        self._of: dict[Case, Judged] = {c: j for c, j in results.items() if c.system == name}

    def _where(self, wanted: Callable[[Case], bool]) -> list[tuple[Case, Judged]]:
        return [(c, j) for c, j in self._of.items() if wanted(c)]

    def _plain_at(self, factor: float) -> list[tuple[Case, Judged]]:
        """Plain speech of the lines that are said at every length, a voice a line."""
        lengths = {c.neutral for c in self._of if c.factor != NATURAL}
        return self._where(lambda c: c.factor == factor and not c.intensity and not c.seed and c.neutral in lengths)

    def words(self, recogniser: str, factor: float) -> Words:
        """Of plain speech at a length."""
        return word_errors(self._plain_at(factor), recogniser)

    def words_lost(self, recogniser: str, emotion: str | None = None) -> Words:
        """Word errors at full intensity less those of the same words said plainly, in points."""
        felt = self._where(lambda c: c.intensity == 1.0 and emotion in (None, c.emotion))
        plain = [(c.neutral, self._of[c.neutral]) for c, _ in felt]
        return Words(word_errors(felt, recogniser).rate - word_errors(plain, recogniser).rate, len(felt))

    def length_errors(self, factor: float) -> Floats:
        """Samples by which each utterance is longer or shorter than asked, without sign."""
        asked = [
            (j.numbers["samples"], round(j.numbers["asked"] * j.numbers["rate"])) for _, j in self._plain_at(factor)
        ]
        return np.array([abs(is_ - wanted) for is_, wanted in asked])

    def number(self, key: str, factor: float) -> Floats:
        """One number of each plain utterance at a length."""
        return np.array([j.numbers[key] for _, j in self._plain_at(factor)])

    def confusion(self, reader: EmotionReader, intensity: float) -> npt.NDArray[np.int64]:
        """What was spoken (EMOTIONS, then neutral: other takes) and heard (CLASSES), [8, 7]."""
        table = np.zeros((len(EMOTIONS) + 1, len(CLASSES)), np.int64)
        for case, judged in self._where(lambda c: c.intensity == intensity or (not c.intensity and c.seed > 0)):
            heard = reader.probabilities(judged.arrays[reader.name], self._of[case.neutral].arrays[reader.name])
            row = EMOTIONS.index(case.emotion) if case.intensity else len(EMOTIONS)
            table[row, int(heard.argmax())] += 1
        return table

    def direction(self, reader: EmotionReader, emotion: str, intensity: float = 1.0) -> tuple[float, float]:
        """(Mean shift towards the emotion asked for; share of utterances that went further towards it than towards any
        other emotion of READ.) Moves that are too small to be heard as anything but neutral count here as well."""
        felt = self._where(lambda c: c.emotion == emotion and c.intensity == intensity)
        if not felt:
            return float("nan"), float("nan")
        columns = [CLASSES.index(e) for e in READ]
        moved = np.array(
            [reader.moved(j.arrays[reader.name], self._of[c.neutral].arrays[reader.name])[columns] for c, j in felt]
        )
        own = READ.index(emotion)
        return float(moved[:, own].mean()), float((moved.argmax(axis=1) == own).mean())

    def intensity(self, shift: Callable[[Case], float], emotion: str) -> tuple[float, float]:
        """Spearman's correlation of intensity with `shift`: (mean over lines of that within the line, the plain
        reading counted as intensity 0; that over all lines together, felt ones only)."""
        within: list[float] = []
        intensities: list[float] = []
        shifts: list[float] = []
        for plain in dict.fromkeys(c.neutral for c, _ in self._where(lambda c: c.emotion == emotion)):
            course = [shift(Case(self.name, plain.line, plain.voice, emotion, i)) for i in INTENSITIES]
            within.append(spearman([0.0, *INTENSITIES], [0.0, *course]))
            intensities += INTENSITIES
            shifts += course
        return float(np.mean(within)) if within else float("nan"), spearman(intensities, shifts)

    def by_reader(self, reader: EmotionReader) -> Callable[[Case], float]:
        """Shift towards the emotion asked for (one of READ), as a reader hears it."""

        def shift(case: Case) -> float:
            voice, plain = (self._of[c].arrays[reader.name] for c in (case, case.neutral))
            return reader.shift(voice, plain, case.emotion)

        return shift

    def by_acoustics(self) -> Callable[[Case], float]:
        """Shift of pitch, its range, level, time and tilt along the mean course of the emotion on the other lines."""
        moved = {
            c: self._of[c].arrays["acoustics"].astype(np.float64) - self._of[c.neutral].arrays["acoustics"]
            for c, _ in self._where(lambda c: c.intensity > 0)
        }
        scale = np.std(list(moved.values()), axis=0) + 1e-9 if moved else 1.0

        def shift(case: Case) -> float:
            others = [
                m for c, m in moved.items() if c.emotion == case.emotion and c.line != case.line and c.intensity == 1
            ]
            if not others:
                return float("nan")
            towards = np.mean(others, axis=0) / scale
            return float(moved[case] / scale @ towards / (np.linalg.norm(towards) + 1e-9))

        return shift

    def opinions(self, emotion: str | None) -> Floats:
        """Distill-MOS of each utterance at full intensity (None: plain, at its natural length)."""
        if emotion is None:
            return np.array(
                [j.numbers["opinion"] for c, j in self._where(lambda c: not c.intensity) if "opinion" in j.numbers]
            )
        felt = self._where(lambda c: c.emotion == emotion and c.intensity == 1.0)
        return np.array([j.numbers["opinion"] for _, j in felt])

    def likeness(self, emotion: str, intensity: float = 1.0) -> Floats:
        """ECAPA's cosine of each utterance to the same words said plainly in the same voice."""
        felt = self._where(lambda c: c.emotion == emotion and c.intensity == intensity)
        pairs = [(j.arrays, self._of[c.neutral].arrays) for c, j in felt]
        return np.array(
            [similarity(a["voiceprint"], b["voiceprint"]) for a, b in pairs if "voiceprint" in a and "voiceprint" in b]
        )

    def diversity(self) -> tuple[float, float, int]:
        """Takes of a plain line: (how far words' lengths are apart, per cent; their median F0, semitones; lines).

        Root mean squares over words and pairs of takes."""
        takes: dict[Case, list[Judged]] = {}
        for case, judged in self._where(lambda c: not c.intensity and c.factor == NATURAL):
            takes.setdefault(case.neutral, []).append(judged)
        several = [t for t in takes.values() if len(t) > 1]
        lengths = [apart([np.log(np.maximum(j.arrays["word_lengths"], 1e-3)) for j in t]) for t in several]
        pitches = [apart([j.arrays["word_pitches"].astype(np.float64) for j in t]) for t in several]
        if not several:
            return float("nan"), float("nan"), 0
        return 100.0 * float(np.expm1(np.mean(lengths))), float(np.nanmean(pitches)), len(several)


def word_errors(said: Iterable[tuple[Case, Judged]], recogniser: str) -> Words:
    """Errors over all words of the utterances that were given to a recogniser."""
    wrong = total = utterances = 0.0
    for case, judged in said:
        if recogniser in judged.texts:
            words = len(lines()[case.line].split())
            wrong += words * word_error_rate(lines()[case.line], judged.texts[recogniser])
            total += words
            utterances += 1
    return Words(100.0 * wrong / total if total else float("nan"), int(utterances))


def recalls(table: npt.NDArray[np.int64]) -> dict[str, float]:
    """Share of each emotion of READ, and of plain takes, that was heard as itself. table: as of `Figures.confusion`."""
    found = {}
    for row, emotion in enumerate((*EMOTIONS, "neutral")):
        if emotion in CLASSES:
            n = table[row].sum()
            found[emotion] = float(table[row, CLASSES.index(emotion)] / n) if n else float("nan")
    return found


def heard_at_all(table: npt.NDArray[np.int64]) -> float:
    """Share of felt utterances heard as anything but neutral."""
    felt = table[: len(EMOTIONS)]
    return float(1.0 - felt[:, NEUTRAL_CLASS].sum() / felt.sum()) if felt.sum() else float("nan")


def spearman(x: Sequence[float], y: Sequence[float]) -> float:
    """Rank correlation; 0 where one of them does not move, NaN where one is not known."""
    if not len(x) or not np.isfinite(y).all():
        return float("nan")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(spearmanr(x, y).statistic)


def apart(takes: Sequence[npt.NDArray[np.floating]]) -> float:
    """Root mean square difference, over words and pairs of takes, of values [W]; NaN is left out."""
    differences = [a - b for a, b in combinations(takes, 2) if a.shape == b.shape]
    both = np.concatenate(differences) if differences else np.array([])
    both = both[np.isfinite(both)]
    return float(np.sqrt((both**2).mean())) if len(both) else float("nan")
