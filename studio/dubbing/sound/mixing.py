"""A film's sound with new lines in it: from the film and the placed lines to the finished mix, in flat memory.

Three passes over the film. The first learns: how loud its dialogue is, what its rooms sound like. The second mixes and
hears how loud that is; the third mixes the same again and masters it. Nothing but the mix (and the stems) goes to disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.background import Under, background
from studio.dubbing.sound.blocks import RATE
from studio.dubbing.sound.ducking import Ducking
from studio.dubbing.sound.film_sound import film_blocks, silence
from studio.dubbing.sound.layouts import Layout, layout_for
from studio.dubbing.sound.limiter import limited
from studio.dubbing.sound.lines import LineTrack, PlacedLine, check_lines, line_levels
from studio.dubbing.sound.metering import LoudnessMeter, TruePeakMeter
from studio.dubbing.sound.room_tone import RoomTone
from studio.dubbing.sound.separation import check_separator, separate
from studio.dubbing.sound.sides import Sides
from studio.dubbing.sound.stems import BACKGROUND, Stems, stem_paths, written_stems
from studio.dubbing.sound.wav import BlockWav
from studio.engines import Progress
from studio.errors import InputError
from studio.media.files import check_place, written_whole
from studio.media.loudness import TRUE_PEAK_DBTP
from studio.media.probe import probe

Sound = npt.NDArray[np.float32]
Span = tuple[float, float]

FILM_LUFS = -23.0
"""EBU R128: a programme as a whole."""

# R128 allows 0.2 LU to what can be aimed at; a limiter that took more is answered by one more pass.
_TOLERANCE_LU = 0.1
# New lines are as loud as the speech they replace was. Where that can't be heard beside the film (there was none, or
# it whispered under music) they are as loud as the film.
_UNDER_FILM_LU, _OVER_FILM_LU = 3.0, 8.0
_AUDIBLE_LUFS = -45.0
# A film that has nothing but its middle goes down by this under lines. New lines over old speech, both at -24 LUFS with
# music: 4.5 % of their words are heard otherwise than alone (Moonshine tiny, 112 words) where all below is silenced,
# 6.2 % at -24 dB, 18 % at -18 dB, 40 % at -12 dB.
_NO_SIDES_DB = -24.0
# Raising a film that is all but silent would raise its noise.
_MOST_GAIN_DB = 30.0


@dataclass(frozen=True)
class MixOptions:
    """How a dub is mixed.

    under: what becomes of the film's own sound where it is replaced: "remove" takes the speech out of the middle and
        keeps the sides, "duck" lowers all by `duck_db` (voice-over), "silence" takes all; room tone fills what is gone.
        Where there is nothing but the middle (mono, two equal channels) "remove" would take the music too: it ducks,
        by 24 dB.
    separator: a command that takes speech out better; {input} and {output} stand for WAV files. None by default.
    loudness: LUFS of the whole; true_peak: dBTP that nothing is over. stems: a folder for them. seed: of the room tone.
    """

    under: Under = "remove"
    duck_db: float = -18.0
    separator: tuple[str, ...] = ()
    loudness: float = FILM_LUFS
    true_peak: float = TRUE_PEAK_DBTP
    stems: Path | None = None
    seed: int = 0

    def check(self) -> None:
        """Raise InputError where a value can't be used."""
        if self.under not in ("remove", "duck", "silence"):
            raise InputError(f"The film can't be mixed by {self.under!r} under lines: remove, duck or silence it.")
        if not -60 <= self.duck_db <= 0:
            raise InputError(f"The film can't be ducked by {self.duck_db:g} dB: give -60 to 0.")
        if not (-50 <= self.loudness <= -5 and -20 <= self.true_peak <= 0):
            raise InputError(
                f"A mix at {self.loudness:g} LUFS under {self.true_peak:g} dBTP can't be made: "
                "give -50 to -5 LUFS and -20 to 0 dBTP."
            )
        if self.separator:
            check_separator(self.separator)


@dataclass(frozen=True)
class MixFacts:
    """What was mixed. samples: its length at 48 kHz; layout: ffmpeg's name of its channels.

    loudness: LUFS; true_peak: dBTP; dialogue: LUFS of the film's own speech that was replaced, before the gain, None
    where not heard; gain_db: of the mastering; line_gains_db: of each line in the order given, mastering included;
    stems: the files, the background last. notes: what was done otherwise than asked, a sentence each.
    """

    path: Path
    seconds: float
    samples: int
    layout: str
    loudness: float
    true_peak: float
    dialogue: float | None
    gain_db: float
    line_gains_db: tuple[float, ...]
    stems: tuple[Path, ...]
    notes: tuple[str, ...]


def mix(
    film: str | Path,
    lines: Sequence[PlacedLine],
    replaced: Sequence[Span],
    out: str | Path,
    options: MixOptions | None = None,
    progress: Progress | None = None,
) -> MixFacts:
    """Mix the lines into the film's own sound, to a 24-bit WAV at 48 kHz, exactly as long as the film's picture.

    Every line begins at sample round(start * 48 000) of the film's clock; what goes past the film's end is cut.
    replaced: spans of the film, in seconds, whose own speech goes; those of the lines go too.
    Raises InputError for a film or line that can't be used, a separator that fails, or a place that can't be written.
    """
    options, out = options or MixOptions(), Path(out)
    options.check()
    check_place(out, ".wav")
    facts = probe(film)
    check_lines(lines, facts.seconds)
    layout = layout_for(facts.audio[0].channels or 2 if facts.audio else 0)
    job = _Mix(facts.path, bool(facts.audio), layout, round(facts.seconds * RATE), lines, replaced, options, progress)
    with written_whole(out) as part, tempfile.TemporaryDirectory(dir=part.parent, prefix=".mix-") as scratch:
        return job.run(out, part, Path(scratch))


class _Mix:
    """One film being mixed."""

    def __init__(
        self,
        film: Path,
        has_sound: bool,
        layout: Layout,
        samples: int,
        lines: Sequence[PlacedLine],
        replaced: Sequence[Span],
        options: MixOptions,
        progress: Progress | None,
    ) -> None:
        self._film, self._has_sound, self._layout, self._samples = film, has_sound, layout, samples
        self._lines, self._options, self._progress = lines, options, progress or (lambda *_: None)
        self._ducking = Ducking([*replaced, *(line.span for line in lines)])
        self._tone = RoomTone(options.seed)
        self._separated: Path | None = None
        self._under: Under = options.under
        self._duck_db = options.duck_db
        self._notes: tuple[str, ...] = ()
        folder = options.stems or Path()
        self._stems = stem_paths(folder, (line.speaker for line in lines)), folder / f"{BACKGROUND}.wav"

    def run(self, out: Path, part: Path, scratch: Path) -> MixFacts:
        options = self._options
        dialogue, level = self._listen()
        levels = line_levels(self._lines)
        gains = [10 ** ((level + gain) / 20) for gain in levels]
        if options.separator and self._has_sound:
            self._separated = separate(options.separator, self._film_blocks(), self._layout, self._samples, scratch)
        meter = LoudnessMeter(self._layout)
        with ExitStack() as files:
            stems = files.enter_context(written_stems(*self._stems, self._layout)) if options.stems else None
            for block in self._premaster(gains, "mixing", stems):
                meter.hear(block)
        heard, wanted = meter.integrated(), options.loudness
        gain_db = float(np.clip(wanted - heard, -60, _MOST_GAIN_DB)) if np.isfinite(heard) else 0.0
        loudness, true_peak = self._master(gains, gain_db, part)
        if np.isfinite(loudness) and gain_db < _MOST_GAIN_DB and abs(loudness - wanted) > _TOLERANCE_LU:
            gain_db += wanted - loudness
            loudness, true_peak = self._master(gains, gain_db, part)
        return MixFacts(
            out,
            self._samples / RATE,
            self._samples,
            self._layout.name,
            loudness,
            true_peak,
            dialogue,
            gain_db,
            tuple(level + gain + gain_db for gain in levels),
            (*self._stems[0].values(), self._stems[1]) if options.stems else (),
            self._notes,
        )

    def _listen(self) -> tuple[float | None, float]:
        """Learn the film's rooms. How loud its speech was where it is replaced, and how loud the lines are to be."""
        if not self._has_sound:
            return None, self._options.loudness
        meter, sides = LoudnessMeter(self._layout), Sides(self._layout)
        for first, block in self._told(self._film_blocks(), "listening to the film"):
            meter.hear(block)
            sides.hear(block)
            self._tone.learn(first, block)
        if self._under == "remove" and not self._options.separator and sides.missing:
            self._under, self._duck_db = "duck", _NO_SIDES_DB
            self._notes = (_ducked(self._layout),)
        film, dialogue = meter.integrated(), meter.integrated(self._ducking.spans)
        if film < _AUDIBLE_LUFS:
            return None, self._options.loudness
        self._tone.limit(film)
        if not film - _UNDER_FILM_LU <= dialogue <= film + _OVER_FILM_LU:
            return None, film
        return dialogue, dialogue

    def _premaster(self, gains: Sequence[float], stage: str, stems: Stems | None = None) -> Iterator[Sound]:
        """Film and lines together, before the gain."""
        track, dialogue = LineTrack(self._lines, gains), self._layout.dialogue
        kept = film_blocks(self._separated, self._layout, self._samples, ("-f", "wav")) if self._separated else None
        below = background(
            *(self._film_blocks(), self._ducking, self._layout, self._under, self._duck_db, self._tone, kept)
        )
        for first, block in self._told(below, stage):
            said = track.take(first, len(block))
            if stems:
                stems.append(block, said)
            mixed = block.copy()
            for sound in said.values():
                mixed += sound[:, None] * dialogue
            yield mixed

    def _master(self, gains: Sequence[float], gain_db: float, part: Path) -> tuple[float, float]:
        """Write the mix at its gain. Its loudness in LUFS and true peak in dBTP."""
        meter, peaks = LoudnessMeter(self._layout), TruePeakMeter(self._layout.channels)
        with BlockWav(part, self._layout, "PCM_24") as wav:
            premaster = self._premaster(gains, "mastering")
            for block in limited(premaster, 10 ** (gain_db / 20), self._options.true_peak):
                meter.hear(block)
                peaks.hear(block)
                wav.append(block)
        return meter.integrated(), peaks.dbtp

    def _film_blocks(self) -> Iterator[Sound]:
        if not self._has_sound:
            return silence(self._layout, self._samples)
        return film_blocks(self._film, self._layout, self._samples)

    def _told(self, blocks: Iterator[Sound], stage: str) -> Iterator[tuple[int, Sound]]:
        """Each block with its first sample; the progress is told in seconds of film."""
        first = 0
        for block in blocks:
            yield first, block
            first += len(block)
            self._progress(stage, first / RATE, self._samples / RATE)


def _ducked(layout: Layout) -> str:
    what = (
        "mono" if layout.channels == 1 else "the same in both channels" if layout.channels == 2 else "all in its centre"
    )
    return (
        f"The film's sound is {what}, so that its speech can't be taken out of the middle without the music: "
        f"it goes down by {-_NO_SIDES_DB:g} dB under lines instead. A separator keeps the music and takes the speech."
    )
