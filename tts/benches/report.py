"""What the bench says in the end: aims, tables, and where it loses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.evaluation.bench import Measurement, machine
from studio.evaluation.emotion_reader import readers
from tts.benches import tables
from tts.benches.figures import READ, Figures, recalls
from tts.benches.plan import (
    EMOTIONAL,
    EMOTIONS,
    FACTORS,
    INTENSITIES,
    NATURAL,
    OURS,
    RULES,
    SYSTEMS,
    TAKES,
    UNIFORM,
    VOICES,
    lines,
)
from tts.benches.running import Results
from tts.benches.speed import Speed


@dataclass(frozen=True, eq=False)
class Report:
    """Of one run. count: lines said with emotion.  seconds: the run took."""

    names: tuple[str, ...]
    count: int
    results: Results
    speeds: Mapping[str, Speed]
    seconds: float

    @property
    def figures(self) -> dict[str, Figures]:
        return {name: Figures(name, self.results) for name in self.names}

    @property
    def recogniser(self) -> str:
        """Whose words count for the aims: Whisper's where it was installed."""
        heard = {k for judged in self.results.values() for k in judged.texts}
        return next(r for r in tables.RECOGNISERS if r in heard)

    def measurements(self) -> list[Measurement]:
        """The figures that have an aim, of the first system with emotion; the others' words beside them."""
        subject = next((n for n in SYSTEMS if n in self.names and n in EMOTIONAL), None)
        if subject is None:
            return []
        figures = self.figures
        one, name = figures[subject], tables.TITLES[subject]
        return [
            *_lengths(one, name),
            *_words(one, name, figures, self.recogniser),
            *_emotion(one, name, figures),
            *_sound(one, name, figures),
            *_speed(self.speeds.get(subject), name),
        ]

    def text(self) -> str:
        """Markdown."""
        figures = list(self.figures.values())
        felt = [f for f in figures if f.name in EMOTIONAL]
        learned, functionals = readers()
        parts = [
            "# The voice, measured",
            self._how(),
            "## Aims",
            aims(self.measurements()),
            "## Where it loses",
            "\n".join(f"- {line}" for line in self._losses()) or "- Nowhere, by these figures.",
            "## Words\n\nWord error rate in per cent (utterances). Lengths are of each system's own natural length.",
            tables.words(figures),
            "## Length",
            tables.lengths(figures),
        ]
        if felt:
            parts += [
                "## Emotion\n\nPer cent of utterances whose likeliest class is the one asked for, beside the same "
                "words said plainly by the same voice. Neither reader has a class for surprise. Takes are ranked by "
                "the reader of functionals; nothing of the voice was chosen by the learned one.",
                f"By learned features:\n\n{tables.emotion(felt, learned)}",
                f"By acoustic functionals:\n\n{tables.emotion(felt, functionals)}",
                "How far it goes at full intensity: change of the log odds of the emotion asked for against neutral "
                "(per cent of utterances that go further towards it than towards another). A move too small to be "
                "heard as anything but neutral counts here as well.",
                tables.direction(felt, (learned, functionals)),
                "## Confusions at full intensity",
                *(
                    f"{tables.TITLES[f.name]}, {r.name}:\n\n{tables.confusion(f.confusion(r, 1.0))}"
                    for f in felt
                    for r in (learned, functionals)
                ),
                "## Intensity\n\nSpearman's correlation of intensity with the shift it makes: within a line, the plain "
                "reading counted as intensity 0 (over all lines together, felt ones only). The shift: change of the "
                "log odds of the emotion asked for against neutral; by acoustics, the way along the mean course of the "
                "emotion on the other lines (pitch, its range, level, time, tilt, each over its spread).",
                tables.intensity(felt, (learned, functionals)),
                "## Quality, identity and words at full intensity",
                tables.by_emotion([f for f in figures if len(f.opinions(None))]),
                "## Takes\n\nRoot mean square difference between four takes (seeds 0 to 3) of a plain line.",
                tables.takes(felt),
            ]
        if self.speeds:
            parts += ["## Speed\n\nMedians, all cores, nothing else of the bench running.", tables.speed(self.speeds)]
        return "\n\n".join(parts) + "\n"

    def _how(self) -> str:
        cases = {name: sum(c.system == name for c in self.results) for name in self.names}
        told = ", ".join(f"{tables.TITLES[n]} {k}" for n, k in cases.items())
        made = "; ".join(f"{k} {v}" for k, v in machine().items())
        return (
            f"`affetto bench tts`, {datetime.date.today():%-d %B %Y}, {self.seconds / 60:.0f} min. {made}.\n\n"
            f"{self.count} of {len(lines())} lines with emotion, each in {len(EMOTIONS)} emotions at intensities "
            f"{', '.join(f'{i:g}' for i in INTENSITIES)}, in one of {len(VOICES)} voices by turns "
            f"({', '.join(VOICES)}); {min(5 * self.count, len(lines()))} lines at four lengths; "
            f"seeds 0, and {', '.join(map(str, TAKES))} for "
            f"takes. Utterances: {told}. The words that count for the aims were heard by {self.recogniser}."
        )

    def _losses(self) -> Iterator[str]:
        for m in self.measurements():
            if m.reached is False:
                aim = f"at most {m.at_most:g}" if m.at_most is not None else f"at least {m.at_least:g}"
                yield f"Missed: {m.what}: {m.value:.2f} {m.unit}, {aim} wanted."
        figures = self.figures
        if OURS in figures and RULES in figures:
            for reader in readers():
                ours, rules = (recalls(figures[n].confusion(reader, 1.0)) for n in (OURS, RULES))
                for emotion in (*READ, "neutral"):
                    if ours[emotion] < rules[emotion]:
                        yield (
                            f"Worse than rules: {emotion} heard by {reader.name}: {100 * ours[emotion]:.0f} % against "
                            f"{100 * rules[emotion]:.0f} %."
                        )


def aims(measurements: Sequence[Measurement]) -> str:
    """The measurements as a table."""
    rows = []
    for m in measurements:
        aim = (
            "" if m.reached is None else f"at most {m.at_most:g}" if m.at_least is None else f"at least {m.at_least:g}"
        )
        verdict = "" if m.reached is None else "reached" if m.reached else "**missed**"
        rows.append([m.what, f"{tables.told(m.value, 2)} {m.unit}".strip(), aim, verdict])
    return tables.table(["what", "figure", "aim", ""], rows)


def _lengths(one: Figures, name: str) -> Iterator[Measurement]:
    errors = np.concatenate([one.length_errors(f) for f in FACTORS])
    yield Measurement(f"{name}: samples off the length asked for, most", float(errors.max()), "samples", at_most=0)
    spans = np.concatenate([one.number("spoken", f) for f in FACTORS])
    yield Measurement(f"{name}: of a length asked for, spoken, least", 100 * float(spans.min()), "%", at_least=94)


def _words(one: Figures, name: str, figures: Mapping[str, Figures], recogniser: str) -> Iterator[Measurement]:
    for factor in (NATURAL, *FACTORS):
        length = "natural" if factor == NATURAL else f"x{factor:g}"
        rates = {n: f.words(recogniser, factor).rate for n, f in figures.items()}
        most = 6.0 if factor == FACTORS[0] else None
        yield Measurement(f"{name}: word errors, {length}", rates[one.name], "%", at_most=most)
        for other in (n for n in figures if n != one.name):
            yield Measurement(f"{tables.TITLES[other]}: word errors, {length}", rates[other], "%")
        if UNIFORM in rates:
            what = f"{name}: word errors, {length}, less those of uniform speed"
            yield Measurement(what, rates[one.name] - rates[UNIFORM], "points", at_most=0)
    lost = one.words_lost(recogniser).rate
    yield Measurement(f"{name}: word errors at intensity 1 less those of plain", lost, "points", at_most=1)


def _emotion(one: Figures, name: str, figures: Mapping[str, Figures]) -> Iterator[Measurement]:
    for reader in readers():
        for each in dict.fromkeys((one.name, *(n for n in EMOTIONAL if n in figures))):
            found = recalls(figures[each].confusion(reader, 1.0))
            mean = float(np.mean([found[e] for e in READ]))
            what = f"{tables.TITLES[each]}: emotion heard by {reader.name}, mean recall"
            yield Measurement(what, 100 * mean, "%")
            way = float(np.mean([figures[each].direction(reader, e)[0] for e in READ]))
            yield Measurement(f"{tables.TITLES[each]}: shift to the emotion, {reader.name}", way, "log odds")
        shift = one.by_reader(reader)
        rank = float(np.mean([one.intensity(shift, e)[0] for e in READ]))
        yield Measurement(f"{name}: Spearman of intensity and shift, {reader.name}", rank, "", at_least=0.9)
    rank = float(np.mean([one.intensity(one.by_acoustics(), e)[0] for e in EMOTIONS]))
    yield Measurement(f"{name}: Spearman of intensity and shift, acoustics", rank, "", at_least=0.9)


def _sound(one: Figures, name: str, figures: Mapping[str, Figures]) -> Iterator[Measurement]:
    by_emotion = {e: float(one.opinions(e).mean()) for e in EMOTIONS}
    if UNIFORM in figures:
        lost = float(figures[UNIFORM].opinions(None).mean() - np.mean(list(by_emotion.values())))
        yield Measurement(f"{name}: Distill-MOS under the unedited model's, mean", lost, "", at_most=0.3)
    worst = min(by_emotion, key=by_emotion.__getitem__)
    yield Measurement(f"{name}: Distill-MOS of the worst emotion ({worst})", by_emotion[worst], "", at_least=3.7)
    alike = {e: float(one.likeness(e).mean()) for e in EMOTIONS}
    worst = min(alike, key=alike.__getitem__)
    yield Measurement(f"{name}: ECAPA to own neutral, worst emotion ({worst})", alike[worst], "", at_least=0.75)


def _speed(speed: Speed | None, name: str) -> Iterator[Measurement]:
    if speed:
        yield Measurement(f"{name}: computing a second of sound", speed.real_time, "s/s", at_most=0.25)
        yield Measurement(f"{name}: of which the prosody", 100 * speed.deciding, "%", at_most=10)
