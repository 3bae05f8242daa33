"""What the bench says in the end: aims, tables, and where it loses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from studio.evaluation.bench import Measurement, machine
from talking_head.benches import tables
from talking_head.benches.judging import SEED, Judged
from talking_head.benches.motions import SEEDS, Statistics
from talking_head.benches.plan import BROWS, JAW, LIPS, MOUTHS
from talking_head.benches.redetection import Sweep, ratio, readable
from talking_head.benches.speed import FULL_HD, SQUARE, Speed

_R, _IDENTITY, _LAG_MS = 0.9, 0.75, 40.0
_SQUARE_FPS, _FULL_HD_FPS = 150.0, 30.0
# Of the load: a machine with more to do than this has other work.
_QUIET = 0.7
_BESIDE = ", so that what is told by the clock is longer than it would be alone"
# A slope within a quarter of the 3-D head's.
_QUARTER = 0.25
# Of re-detection: what the aim is about.
_AIMED = (*JAW, *LIPS, *BROWS)

_SPEED = (
    "A speaking, happy face whose head's square fills the picture's height. Stages are means of the "
    "processor's time, the median frame and the film's are by the clock, which other work on the machine lengthens. A "
    "frame is drawn by one core, and on two the encoder has the other."
)
_REDETECTION = (
    "Each coefficient alone, both sides together, raised from 0 to 1 in six steps, and read back by the face "
    "landmarker: correlation and slope. The 3-D head, which the shapes come from, shows what can be read at all: "
    "what is read off it with a slope under 0.05, the landmarker does not see."
)
_IDENTITY_TOLD = (
    f"SFace's cosine to the photograph, of seven emotions at full intensity and {len(MOUTHS)} sounds. Two "
    "photographs of one person have about 0.6, of two people about 0."
)
_EMOTION = (
    "Stills, nobody speaking. *network*: a classifier of pictures (facex), which has no class for boredom; "
    "*furthest*: the emotion it moved furthest towards from the same face at rest (log odds against neutral); "
    "*rules*: EMFACS on the landmarker's coefficients, beside the same face at rest."
)
_LIPS = (
    "The opening of the inner lips in the pictures (50 frames a second, the head held still) against how far each"
    " phoneme of the timeline opens the mouth, for as long as it lasts; positive lags are late. *heard*: the "
    "timeline was kept from the lips, which went by the sound alone."
)
_STILLNESS = (
    "Mean difference of the face's pixels from one frame to the next, of 255 grey levels, while nothing is said "
    "(blinks left out)."
)
_MOTION = f"Medians of {len(SEEDS)} seeds; names as of `talking_head.motion.statistics`."


@dataclass(frozen=True, eq=False)
class Report:
    """Of one run.

    head: the sweeps of the 3-D head.  real: what film ours is held against, and its figures.
    made: as of `motions.made`.  load: the machine's average when it began.  seconds: the run took.
    """

    faces: tuple[Judged, ...]
    head: Mapping[str, Sweep]
    speeds: tuple[Speed, ...]
    real: tuple[str, Statistics]
    made: tuple[Statistics, Statistics, Statistics]
    load: float
    seconds: float

    def measurements(self) -> list[Measurement]:
        """The figures that have an aim, and those that say most of the rest."""
        return [
            *self._speed(),
            *self._redetection(),
            *self._likeness(),
            *self._emotion(),
            *self._lips(),
            *self._still(),
        ]

    def text(self) -> str:
        """Markdown."""
        faces = self.faces
        parts = [
            "# The face, measured",
            self._how(),
            "## Aims",
            aims(self.measurements()),
            "## Where it loses",
            "\n".join(f"- {line}" for line in self._losses()) or "- Nowhere, by these figures.",
            *(["## Speed", _SPEED, tables.speed(self.speeds)] if self.speeds else []),
            *("## Re-detection", _REDETECTION, tables.redetection(faces, self.head)),
            *("## Identity", _IDENTITY_TOLD, tables.identity(faces)),
            *("## Emotion", _EMOTION, tables.recall(faces)),
            *("At full intensity, by the network:", tables.confusion(faces, "network", 1.0)),
            *("By the way it moved from rest:", tables.confusion(faces, "furthest", 1.0)),
            *("By the rules:", tables.confusion(faces, "rules", 1.0)),
            *("On each photograph:", tables.by_photograph(faces)),
            *("## Lips", _LIPS, tables.lips(faces)),
            *("## Stillness", _STILLNESS, tables.stillness(faces)),
            *("## Motion", _MOTION, tables.motion(*self.real, self.made), self._apart()),
            *("## What it costs", "Processor time of the parts.", tables.costs(faces)),
        ]
        return "\n\n".join(parts) + "\n"

    def _apart(self) -> str:
        found = ", ".join(f"{k} {tables.told(v)}" for k, v in self.made[2].items())
        return f"How far seeds of one line are apart: {found}."

    def _how(self) -> str:
        made = "; ".join(f"{k} {v}" for k, v in machine().items())
        beside = _BESIDE if self.load > _QUIET else ""
        return (
            f"`affetto bench face`, {datetime.date.today():%-d %B %Y}, {self.seconds / 60:.0f} min; load when it began "
            f"{self.load:.1f}{beside}. {made}.\n\n"
            f"{len(self.faces)} faces: {', '.join(f.name for f in self.faces)}. Seeds: {SEED} for what is drawn, "
            f"{', '.join(map(str, SEEDS))} for the statistics of motion."
        )

    def _losses(self) -> Iterator[str]:
        for m in self.measurements():
            if m.reached is False:
                aim = f"at most {m.at_most:g}" if m.at_most is not None else f"at least {m.at_least:g}"
                yield f"Missed: {m.what}: {tables.told(m.value)} {m.unit}, {aim} wanted.".replace(" ,", ",")
        for name in readable(self.head):
            low = {f.name: f.sweeps[name].r for f in self.faces if not f.sweeps[name].r >= _R}
            if low:
                told = ", ".join(f"{face} {tables.told(r, 3)}" for face, r in low.items())
                yield f"{name} is not read back (r under {_R:g}) on {told}."
        for face in self.faces:
            mean = float(np.mean(list(face.likeness.values())))
            if not mean >= _IDENTITY:
                yield f"{face.name} is not itself any more: {mean:.2f} in the mean."

    def _speed(self) -> Iterator[Measurement]:
        for s in self.speeds:
            size = f"{s.size[0]} x {s.size[1]}, {s.cores} core{'s' * (s.cores > 1)}"
            aimed = {(SQUARE, 1): _SQUARE_FPS, (FULL_HD, 2): _FULL_HD_FPS}.get((s.size, s.cores))
            yield Measurement(f"{size}: frames drawn a second, CPU time", 1000 / s.busy, "", at_least=aimed)
            yield Measurement(f"{size}: frames drawn a second, clock", 1000 / s.frame, "")
            on_film = _FULL_HD_FPS if (s.size, s.cores) == (FULL_HD, 2) else None
            yield Measurement(f"{size}: frames of film a second, clock", 1000 / s.film, "", at_least=on_film)

    def _redetection(self) -> Iterator[Measurement]:
        seen = [name for name in _AIMED if name in readable(self.head)]
        yield Measurement("coefficients read off the 3-D head", len(seen), f"of {len(_AIMED)}")
        for part, names in (("jaw", JAW), ("lips", LIPS), ("brows", BROWS)):
            known = [n for n in names if n in seen]
            rs = np.array([f.sweeps[n].r for f in self.faces for n in known])
            shares = [float(np.nanmedian([ratio(f.sweeps[n], self.head[n]) for f in self.faces])) for n in known]
            near = sum(abs(share - 1) <= _QUARTER for share in shares)
            yield Measurement(f"{part}: r of asked and read, median", float(np.nanmedian(rs)), "", at_least=_R)
            yield Measurement(
                f"{part}: of all faces, r of 0.9 and more", 100 * float(np.mean(rs >= _R)), "%", at_least=100
            )
            yield Measurement(f"{part}: slope over the 3-D head's, median", float(np.median(shares)), "")
            what = f"{part}: slopes within 25 % of the head's"
            yield Measurement(what, near, f"of {len(known)}", at_least=len(known))

    def _likeness(self) -> Iterator[Measurement]:
        means = {f.name: float(np.mean(list(f.likeness.values()))) for f in self.faces}
        worst = min(means, key=means.__getitem__)
        overall = float(np.mean(list(means.values())))
        yield Measurement("SFace cosine to the photograph, mean", overall, "", at_least=_IDENTITY)
        yield Measurement(f"the same of the worst face ({worst})", means[worst], "", at_least=_IDENTITY)

    def _emotion(self) -> Iterator[Measurement]:
        for reader in ("network", "furthest", "rules"):
            found = 100 * tables.share(self.faces, reader, tables.basic(), 1.0)
            yield Measurement(f"six emotions read as asked, {reader}", found, "%")

    def _lips(self) -> Iterator[Measurement]:
        for name, found in (
            ("lips", [f for face in self.faces for f in face.lips]),
            ("lips by ear", [face.heard for face in self.faces]),
        ):
            lag = 1000 * float(np.median([abs(f.lag) for f in found]))
            yield Measurement(f"{name}: lag, median of sizes", lag, "ms", at_most=_LAG_MS)
            yield Measurement(f"{name}: lag, largest", 1000 * max(abs(f.lag) for f in found), "ms", at_most=_LAG_MS)
            yield Measurement(f"{name}: r of openings, mean", float(np.mean([f.r for f in found])), "")
            closed = 100 * sum(f.closed for f in found) / max(sum(f.closures for f in found), 1)
            yield Measurement(f"{name}: m, b, p seen closed", closed, "%")

    def _still(self) -> Iterator[Measurement]:
        for i, fps in enumerate(s.fps for s in self.faces[0].still):
            of_rate = [f.still[i] for f in self.faces]
            yield Measurement(f"a held pose flickers, {fps:g} fps", max(s.held for s in of_rate), "of 255", at_most=0)
            what = f"at rest, of the change back and forth, {fps:g} fps"
            yield Measurement(what, float(np.mean([s.jitter for s in of_rate])), "of 255")


def aims(measurements: list[Measurement]) -> str:
    """The measurements as a table."""
    rows = []
    for m in measurements:
        aim = (
            "" if m.reached is None else f"at most {m.at_most:g}" if m.at_least is None else f"at least {m.at_least:g}"
        )
        verdict = "" if m.reached is None else "reached" if m.reached else "**missed**"
        rows.append([m.what, f"{tables.told(m.value)} {m.unit}".strip(), aim, verdict])
    return tables.table(["what", "figure", "aim", ""], rows)
