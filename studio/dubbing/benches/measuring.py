"""What is measured on a dub that was written: on its sound, its picture and the stems of its speakers."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from studio.dubbing.output.report import DubReport, LineReport
from studio.dubbing.sound.stems import stem_paths
from studio.evaluation.speech import transcribe, word_error_rate
from studio.media.probe import probe

# As in `studio.dubbing.cutting`: a line begins where it is within this of its loudest 10 ms.
_ONSET_DB = -30.0
_STEP = 0.005
_BEFORE = 0.15
# A recogniser hears so much around a line: seconds.
_AROUND = 0.05
_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+) dBFS")


def loudness_of(film: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) of the first sound of a film, by ffmpeg's ebur128."""
    told = _ffmpeg(film, "-af", "ebur128=peak=true", "-f", "null", "-").stderr.decode(errors="replace")
    return float(_INTEGRATED.findall(told)[-1]), float(_PEAK.findall(told)[-1])


def sound_digest(film: Path) -> str:
    """A hash of the first sound of a film, decoded."""
    return hashlib.sha256(_ffmpeg(film, "-f", "s16le", "-").stdout).hexdigest()


def frames_off(film: Path, dubbed: Path) -> float:
    """How many frames longer or shorter a dubbed film is than the film."""
    before = probe(film)
    return abs(probe(dubbed).seconds - before.seconds) * float(before.fps)


def start_errors(report: DubReport, stems: Path) -> list[float]:
    """Seconds after its cue at which each line is heard in the stem of its speaker; negative before."""
    paths = stem_paths(stems, {line.speaker for line in report.lines})
    errors: dict[int, float] = {}
    for speaker, path in paths.items():
        lines = [line for line in report.lines if line.speaker == speaker]
        with soundfile.SoundFile(path) as sound:
            before = 0.0
            for line in sorted(lines, key=lambda line: line.start):
                errors[line.number] = _heard(sound, line, before) - line.start
                before = line.said_end
    return [errors[line.number] for line in report.lines]


def word_errors(report: DubReport, stems: Path) -> list[float] | None:
    """Word error rates of the lines whose words all fit, in their stems, by Moonshine. None without it."""
    if find_spec("moonshine_voice") is None:
        return None
    paths = stem_paths(stems, {line.speaker for line in report.lines})
    rates = []
    for line in (line for line in report.lines if not line.words_too_many):
        with soundfile.SoundFile(paths[line.speaker]) as sound:
            sound.seek(max(0, round((line.said_start - _AROUND) * sound.samplerate)))
            heard = sound.read(round((line.seconds + 2 * _AROUND) * sound.samplerate), dtype="float32", always_2d=True)
            rates.append(word_error_rate(line.text, transcribe(heard.mean(axis=1), sound.samplerate)))
    return rates


def own_overlap(lines: Sequence[LineReport]) -> float:
    """Most seconds for which a speaker speaks over his own next line; 0 if none does."""
    by_speaker: dict[str, list[LineReport]] = {}
    for line in sorted(lines, key=lambda line: line.said_start):
        by_speaker.setdefault(line.speaker, []).append(line)
    pairs = (pair for said in by_speaker.values() for pair in pairwise(said))
    return max((max(0.0, a.said_end - b.said_start) for a, b in pairs), default=0.0)


def _heard(sound: soundfile.SoundFile, line: LineReport, before: float) -> float:
    """Seconds of the film at which a line begins to be heard. before: the end of the one before it in this stem."""
    rate = sound.samplerate
    start = max(line.start - _BEFORE, before, 0.0)
    first = round(start * rate)
    sound.seek(first)
    heard = sound.read(round(line.said_end * rate) - first, dtype="float64", always_2d=True)
    step = round(_STEP * rate)
    whole = heard[: len(heard) // step * step]
    power = np.square(whole).sum(axis=1).reshape(-1, step).mean(axis=1)
    # Two steps are the 10 ms over which a level is heard.
    level = np.convolve(power, [0.5, 0.5])[1:]
    return start + int(np.argmax(level >= level.max() * 10 ** (_ONSET_DB / 10))) * step / rate


def _ffmpeg(film: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", f"file:{film}", "-map", "0:a:0"]
    return subprocess.run([*command, *arguments], capture_output=True, check=True)
