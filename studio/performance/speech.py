"""Speech: sound with its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from studio.emotion import Emotion, EmotionTrack, words_of
from studio.emotion.track import places_of
from studio.errors import InputError
from studio.media.files import check_place, is_file, written_whole
from studio.media.sound import read_sound
from studio.media.wav import wav_bytes
from studio.performance.timeline import claims_timeline, is_timeline, read_timeline, timeline_of

_SILENT_RATE = 24_000


@dataclass(frozen=True)
class Phoneme:
    """One IPA symbol, with its stress mark before it if it has one ("ˈæ"), and when it sounds, in seconds.

    A pause has the symbol ``" "`` or a punctuation mark.
    """

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Word:
    """One word as written and when it sounds, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Speech:
    """A spoken line.

    samples: float32 [T], mono, in [-1, 1].  sample_rate: Hz.
    phonemes tile the sound without gaps (pauses included); words do not overlap, and lie within it. A recording of
    which nothing is known has neither.
    track: the emotion it was spoken with, in seconds.
    """

    samples: npt.NDArray[np.float32]
    sample_rate: int
    text: str
    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]
    track: EmotionTrack
    voice: str
    seed: int

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.sample_rate

    @property
    def emotion(self) -> Emotion:
        """The emotion of the line as a whole."""
        return self.track.emotion

    def describe(self) -> dict[str, Any]:
        """Everything but the samples, as JSON can hold it."""
        return {
            "text": self.text,
            "seconds": self.seconds,
            "sample_rate": self.sample_rate,
            "voice": self.voice,
            "seed": self.seed,
            "emotion": self.emotion.describe(),
            "words": [{"text": w.text, "start": round(w.start, 6), "end": round(w.end, 6)} for w in self.words],
            "phonemes": [
                {"symbol": p.symbol, "start": round(p.start, 6), "end": round(p.end, 6)} for p in self.phonemes
            ],
        }

    @staticmethod
    def check_place(path: str | Path) -> None:
        """Raise InputError if `save` could not write here, or would overwrite a JSON that is no timeline."""
        wav = Path(path)
        check_place(wav, ".wav")
        beside = wav.with_suffix(".json")
        if is_file(beside) and not is_timeline(beside.read_bytes()):
            raise InputError(f"{beside} is there already and is no timeline of a speech: choose another name.")

    def save(self, path: str | Path) -> Path:
        """Write a 24-bit WAV, and its timeline to a JSON of the same name beside it; both or neither.

        Raises InputError when the place can't be written.
        """
        wav = Path(path)
        self.check_place(wav)
        with written_whole(wav.with_suffix(".json")) as json_part, written_whole(wav) as wav_part:
            json_part.write_text(timeline_of(self.describe(), self.track), encoding="utf-8")
            wav_part.write_bytes(wav_bytes(self.samples, self.sample_rate, "PCM_24"))
        return wav

    @classmethod
    def load(cls, path: str | Path) -> Speech:
        """Read a WAV written by `save`, with its timeline. Raises InputError when either is missing or damaged."""
        wav = Path(path)
        beside = wav.with_suffix(".json")
        if not is_file(wav):
            raise InputError(f"There is no sound file at {wav}.")
        if not is_file(beside):
            raise InputError(
                f"{wav.name} has no timeline beside it ({beside.name}): give a WAV that `affetto speak` wrote."
            )
        try:
            samples, rate = soundfile.read(wav, dtype="float32")
        except soundfile.LibsndfileError as e:
            raise InputError(f"{wav} is not a sound file that can be read ({e.error_string.rstrip('.')}).") from e
        t = read_timeline(beside)
        if samples.ndim != 1:
            raise InputError(f"{wav} has {samples.shape[1]} channels; speech is mono.")
        if rate != t.sample_rate or abs(len(samples) / rate - t.seconds) > 0.5 / rate:
            raise InputError(f"{wav.name} and its timeline {beside.name} differ in length: they are not of one take.")
        return cls(
            samples=samples,
            sample_rate=rate,
            text=t.text,
            phonemes=tuple(Phoneme(**p.model_dump()) for p in t.phonemes),
            words=tuple(Word(**w.model_dump()) for w in t.words),
            track=t.track.value(),
            voice=t.voice,
            seed=t.seed,
        )

    @classmethod
    def silence(cls, seconds: float) -> Speech:
        """Nothing said, for so long."""
        samples = np.zeros(max(1, round(seconds * _SILENT_RATE)), np.float32)
        pause = Phoneme(" ", 0.0, len(samples) / _SILENT_RATE)
        return cls(samples, _SILENT_RATE, "", (pause,), (), EmotionTrack(unit="seconds"), voice="", seed=0)

    @classmethod
    def of_file(cls, path: str | Path) -> Speech:
        """What `save` wrote, with its timeline; any other recording (or the sound of a film) without one.

        Raises InputError when there is no sound in it that can be read, or its timeline is of another take.
        """
        beside = Path(path).with_suffix(".json")
        if Path(path).suffix.lower() == ".wav" and is_file(beside) and claims_timeline(beside.read_bytes()):
            return cls.load(path)
        samples, rate = read_sound(path)
        return cls(samples, rate, text="", phonemes=(), words=(), track=EmotionTrack(unit="seconds"), voice="", seed=0)


def timed_words(text: str, words: Sequence[Word]) -> list[Word]:
    """When each of `words_of(text)` is said, from the words of a Speech; one that was not said takes no time."""
    written = words_of(text)
    said: dict[int, Word] = {}
    for place, word in zip(places_of([w.text for w in words], text), words, strict=True):
        first = said.get(place, word)
        said[place] = Word(written[place] if written else word.text, first.start, word.end)
    timed: list[Word] = []
    for place, token in enumerate(written):
        at = timed[-1].end if timed else 0.0
        timed.append(said.get(place, Word(token, at, at)))
    return timed
