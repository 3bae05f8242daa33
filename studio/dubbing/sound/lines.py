"""Lines at their places: levelled to each other, laid on the film's clock to the sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

from studio.dubbing.sound.blocks import RATE
from studio.errors import InputError
from studio.media.loudness import SPEECH_LUFS, loudness
from studio.media.sound import read_sound
from studio.performance import Speech

Sound = npt.NDArray[np.float32]

# The speakers of this studio say a line at -16 LUFS, louder or softer as it is felt: that stays, within these bounds.
_SOFTEST, _LOUDEST = -8.0, 5.0
# Recordings come at any level: a speaker whose lines' median is further from -16 than this is brought as near.
_OWN_LEVEL = 4.0
# A line that begins or ends in the middle of a wave would click.
_FADE_SECONDS = 0.002


@dataclass(frozen=True, eq=False)
class PlacedLine:
    """A line and when it is said. start: seconds on the film's clock; speaker: who says it, for the stems.

    sound: the speech, or a WAV or FLAC that holds it, which is read only while it is mixed: thousands of lines
    then take no memory.
    """

    start: float
    speaker: str
    sound: Speech | Path

    @property
    def seconds(self) -> float:
        """Its length."""
        if isinstance(self.sound, Speech):
            return self.sound.seconds
        try:
            about = soundfile.info(self.sound)
        except soundfile.LibsndfileError as e:
            raise InputError(f"{self.sound} is not a sound file that can be read: WAV and FLAC can.") from e
        return float(about.frames / about.samplerate)

    @property
    def span(self) -> tuple[float, float]:
        """When it is said, in seconds."""
        return self.start, self.start + self.seconds

    def samples(self) -> tuple[Sound, int]:
        """Mono float32 [T] as it was spoken, and its rate."""
        if isinstance(self.sound, Speech):
            return self.sound.samples, self.sound.sample_rate
        return read_sound(self.sound)


def check_lines(lines: Sequence[PlacedLine], seconds: float) -> None:
    """Raise InputError when a line lies outside a film of so many seconds."""
    for number, line in enumerate(lines, 1):
        if not 0 <= line.start < seconds:
            raise InputError(
                f"Line {number} starts at {line.start:g} s, outside the film, which lasts {seconds:.3f} s: "
                "move it or leave it out."
            )


def line_levels(lines: Sequence[PlacedLine]) -> list[float]:
    """The gain of each line in dB that would set a typical one at 0 LUFS, a whisper below it, a shout above."""
    measured = [loudness(*line.samples()) for line in lines]
    by_speaker = defaultdict(list)
    for line, lufs in zip(lines, measured, strict=True):
        if np.isfinite(lufs):
            by_speaker[line.speaker].append(lufs)
    own = {speaker: float(np.median(levels)) for speaker, levels in by_speaker.items()}
    gains = []
    for line, lufs in zip(lines, measured, strict=True):
        if not np.isfinite(lufs):
            gains.append(0.0)
            continue
        typical = own[line.speaker]
        level = float(np.clip(typical - SPEECH_LUFS, -_OWN_LEVEL, _OWN_LEVEL)) + lufs - typical
        gains.append(float(np.clip(level, _SOFTEST, _LOUDEST)) - lufs)
    return gains


class LineTrack:
    """The lines as they fall into block after block of a film, whose blocks are asked for in order."""

    def __init__(self, lines: Sequence[PlacedLine], gains: Sequence[float]) -> None:
        """gains: linear."""
        self._waiting = sorted(zip(lines, gains, strict=True), key=lambda pair: pair[0].start, reverse=True)
        self._sounding: list[tuple[str, int, Sound]] = []

    def take(self, first: int, samples: int) -> dict[str, Sound]:
        """What each speaker says in the block [T] from sample `first` on, mono."""
        while self._waiting and round(self._waiting[-1][0].start * RATE) < first + samples:
            line, gain = self._waiting.pop()
            self._sounding.append((line.speaker, round(line.start * RATE), _at_rate(line) * np.float32(gain)))
        said: dict[str, Sound] = {}
        for speaker, start, sound in self._sounding:
            begin, end = max(start, first), min(start + len(sound), first + samples)
            if begin < end:
                track = said.setdefault(speaker, np.zeros(samples, np.float32))
                track[begin - first : end - first] += sound[begin - start : end - start]
        self._sounding = [s for s in self._sounding if s[1] + len(s[2]) > first + samples]
        return said


def _at_rate(line: PlacedLine) -> Sound:
    """The line at the film's rate. The filter is symmetric: its first sample is the line's first."""
    samples, rate = line.samples()
    ratio = Fraction(RATE, rate)
    sound = np.array(resample_poly(samples, ratio.numerator, ratio.denominator) if ratio != 1 else samples, np.float32)
    n = min(round(_FADE_SECONDS * RATE), len(sound) // 2)
    ramp = (np.arange(n, dtype=np.float32) + 0.5) / n if n else np.zeros(0, np.float32)
    sound[:n] *= ramp
    sound[len(sound) - n :] *= ramp[::-1]
    return sound
