"""What is spoken: which lines, by which systems, in which voices, emotions, intensities, lengths and takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from studio.errors import InputError

# Both sexes, both accents; each the best of its kind by its makers' grades (tts/voice/stock.py).
VOICES = ("af_heart", "bf_emma", "am_michael", "bm_george")
EMOTIONS = ("angry", "bored", "disgusted", "afraid", "happy", "sad", "surprised")
INTENSITIES = (0.33, 0.67, 1.0)
NATURAL = 1.0
# Of the system's own natural length.
FACTORS = (0.8, 0.65, 1.5)
TAKES = (1, 2, 3)

OURS, RULES, UNIFORM, HIBARI = "autoregressive", "rules", "uniform", "hibari"
SYSTEMS = (OURS, RULES, UNIFORM, HIBARI)
EMOTIONAL = (OURS, RULES)
# The one voice that comes with hibari-tts; it was learned from af_heart.
HIBARI_VOICE = VOICES[0]
# Words are counted on five times as many lines as emotions: one word in a hundred has to show.
_LENGTH_LINES = 5


@cache
def lines() -> tuple[str, ...]:
    """Sixty English lines of 1.5 to 5 s whose words say nothing of how they are felt."""
    return tuple(resources.files("tts.benches").joinpath("lines.txt").read_text(encoding="utf-8").splitlines())


@dataclass(frozen=True)
class Case:
    """One utterance. line: of `lines()`.  factor: of the natural length; NATURAL asks for none.  seed: the take."""

    system: str
    line: int
    voice: str
    emotion: str = "neutral"
    intensity: float = 0.0
    factor: float = NATURAL
    seed: int = 0

    @property
    def name(self) -> str:
        """Unlike that of any other case of the system."""
        return f"{self.line:02}-{self.voice}-{self.emotion}-{self.intensity:g}-x{self.factor:g}-take{self.seed}"

    @property
    def neutral(self) -> Case:
        """The same words in the same voice, plain and at their natural length."""
        return Case(self.system, self.line, self.voice)


def chosen(count: int) -> list[int]:
    """`count` of the lines, spread evenly. Raises InputError when there are not so many."""
    if not 1 <= count <= len(lines()):
        raise InputError(f"The bench has {len(lines())} lines: ask for 1 to {len(lines())} of them, not {count}.")
    return [i * len(lines()) // count for i in range(count)]


def plan(system: str, count: int) -> list[Case]:
    """All that one system says, `count` lines with emotion; each case after the plain one it is held against.

    Every line appears in every emotion at every intensity, in one voice, and each emotion is spread evenly over the
    voices: (line + emotion) modulo 4. Lengths and takes are of plain speech, a voice a line.
    """
    cases = [*_lengths(system, count)]
    if system in EMOTIONAL:
        cases += [*_felt(system, count), *_takes(system, count)]
    elif system == UNIFORM:
        # The unedited acoustic model: what the quality of the others is held against.
        cases += [Case(system, line, voice) for line in chosen(count) for voice in VOICES]
    return list(dict.fromkeys(cases))


def _lengths(system: str, count: int) -> list[Case]:
    cases = []
    for line in chosen(min(_LENGTH_LINES * count, len(lines()))):
        plain = Case(system, line, HIBARI_VOICE if system == HIBARI else VOICES[line % len(VOICES)])
        cases += [plain, *(replace(plain, factor=f) for f in FACTORS)]
    return cases


def _felt(system: str, count: int) -> list[Case]:
    cases = []
    for k, line in enumerate(chosen(count)):
        for j, emotion in enumerate(EMOTIONS):
            plain = Case(system, line, VOICES[(k + j) % len(VOICES)])
            cases += [plain, *(replace(plain, emotion=emotion, intensity=i) for i in INTENSITIES)]
    return cases


def _takes(system: str, count: int) -> list[Case]:
    cases = []
    for k, line in enumerate(chosen(count)):
        plain = Case(system, line, VOICES[k % len(VOICES)])
        cases += [plain, *(replace(plain, seed=seed) for seed in TAKES)]
    return cases


def groups(cases: Sequence[Case]) -> list[list[Case]]:
    """Cases that need the same plain one, together and after it."""
    found: dict[Case, list[Case]] = {}
    for case in cases:
        found.setdefault(case.neutral, []).append(case)
    return [[plain, *(c for c in rest if c != plain)] for plain, rest in found.items()]
