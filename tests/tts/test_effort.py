"""Vocal effort: what an emotion does to the spectral envelope, on a real sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from studio.emotion import Emotion
from studio.emotion.reading.voice.framing import at_rate
from studio.emotion.reading.voice.spectrum import cepstral_peak
from tts import effort
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.effort.bands import BANDS, Analysis
from tts.effort.phones import NONE, Phone, phones_of
from tts.prosody import lengths
from tts.text import Reader
from tts.voice import resolve

ANALYSIS = Analysis(SAMPLE_RATE)


@dataclass(frozen=True, eq=False)
class Plain:
    samples: npt.NDArray[np.float32]
    symbols: str
    frames: npt.NDArray[np.int64]

    def felt(self, *emotions: str) -> npt.NDArray[np.float32]:
        """The emotions one after another, each over its share of the tokens, [T, 27]."""
        shares = np.array_split(np.arange(len(self.frames)), len(emotions))
        return np.concatenate(
            [np.tile(Emotion.parse(e).vector(), (len(s), 1)) for e, s in zip(emotions, shares, strict=True)]
        )

    def shaped(self, *emotions: str) -> npt.NDArray[np.float32]:
        return effort.shaped(self.samples, self.symbols, self.frames, self.felt(*emotions))

    def bands(self, samples: npt.NDArray[np.float32], *kinds: Phone) -> npt.NDArray[np.float64]:
        """Mean level of each band beside the frame's over sounds of these kinds, dB."""
        bands, level = ANALYSIS.envelope(ANALYSIS.spectra(samples))
        at = np.minimum(np.arange(len(level)) * ANALYSIS.hop // FRAME, self.frames.sum() - 1)
        chosen = np.isin(phones_of(self.symbols, self.frames)[at], kinds) & (level > level.max() - 30)
        return bands[chosen].mean(axis=0)


@cache
def plain() -> Plain:
    kokoro = Kokoro("cpu")
    (sentence,) = Reader(british=False).read("She put the keys on the kitchen table and left.")
    encoding = kokoro.encode(sentence.ids, resolve("am_michael").style(len(sentence.symbols)))
    frames = lengths.whole(encoding.durations)
    sound = kokoro.sound(encoding, frames, *kokoro.contour(encoding, frames)).copy()
    return Plain(sound, sentence.symbols, frames)


def test_neutral_sounds_as_the_model_made_it() -> None:
    assert plain().shaped("neutral") is plain().samples
    style = resolve("af_heart").style(40)
    assert effort.styled(style, plain().felt("neutral")) is style


def test_analysis_and_synthesis_lose_nothing() -> None:
    spectra = ANALYSIS.spectra(plain().samples)
    back = ANALYSIS.gained(spectra, np.zeros((len(spectra), BANDS)), len(plain().samples))
    # Float32 holds 7 digits.
    assert np.abs(back - plain().samples).max() < 1e-5


def test_anger_raises_the_voice_between_its_formants() -> None:
    vowels = (Phone.CLOSE, Phone.MID, Phone.OPEN)
    moved = plain().bands(plain().shaped("angry"), *vowels) - plain().bands(plain().samples, *vowels)
    centres = effort.bands.CENTRES_HZ
    middle, low = moved[(centres > 700) & (centres < 3000)].mean(), moved[centres < 400].mean()
    # EMO-DB's vowels: +3 to +4.5 dB there, -1 to -4 below; half of that is heard as a change.
    assert middle - low > 2.5


def test_boredom_is_duller_and_fear_sharper_than_neutral() -> None:
    high = effort.bands.CENTRES_HZ > 3500
    neutral = plain().bands(plain().samples, *Phone)[high].mean()
    assert plain().bands(plain().shaped("bored"), *Phone)[high].mean() < neutral - 0.5
    assert plain().bands(plain().shaped("afraid"), *Phone)[high].mean() > neutral + 0.5


def test_sadness_is_breathy_and_anger_is_not() -> None:
    def peak(samples: npt.NDArray[np.float32]) -> float:
        found = cepstral_peak(at_rate(samples, SAMPLE_RATE))
        return float(np.percentile(found, 80))

    whole, half, none = (peak(plain().shaped(e)) for e in ("sad", "sad:0.5", "angry"))
    # Gains on bands alone move it by .2 dB.
    assert whole < peak(plain().samples) - 0.4
    assert whole < half < none + 0.2
    assert none > whole + 0.4


def test_each_moment_keeps_its_level() -> None:
    def level(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
        return 10 * np.log10((whole**2).mean(axis=1) + 1e-9)

    before, after = level(plain().samples), level(plain().shaped("angry"))
    loud = before > before.max() - 30
    # A frame of 25 ms shares windows of 32 ms with its neighbours; a decibel is the least one hears.
    assert np.abs(after - before)[loud].mean() < 1.0


@pytest.mark.parametrize("emotion", ["angry", "afraid", "sad", "surprised", "calm"])
def test_more_of_an_emotion_moves_more(emotion: str) -> None:
    neutral = plain().bands(plain().samples, *Phone)
    moves = [
        np.abs(plain().bands(plain().shaped(f"{emotion}:{size}"), *Phone) - neutral).mean() for size in (0.3, 0.6, 1)
    ]
    assert moves[0] < moves[1] < moves[2]
    assert moves[2] > 0.3


def test_a_turn_amid_the_line_leaves_the_plain_part_plain() -> None:
    turned = plain().shaped("neutral", "angry")
    half = int(plain().frames[: len(plain().frames) // 2].sum()) * FRAME
    # A gain glides over 40 ms and sounds run 50 ms ahead.
    before, after = slice(0, half - SAMPLE_RATE // 5), slice(half, None)
    assert np.abs(turned - plain().samples)[before].max() < 1e-5
    assert np.abs(turned - plain().samples)[after].max() > 0.01


def test_style_moves_the_decoders_half_only_and_further_for_more() -> None:
    style = resolve("af_heart").style(40)
    half, whole = (effort.styled(style, plain().felt(e)) for e in ("angry:0.5", "angry"))
    assert np.array_equal(whole[:, 128:], style[:, 128:])
    assert np.linalg.norm(whole - style) == pytest.approx(2 * np.linalg.norm(half - style), rel=1e-3)
    assert np.linalg.norm(whole - style) > 0.5


def test_phones_follow_their_sounds() -> None:
    # "ðə kˈiːz": the stress mark's time is the vowel's, and a space is no sound. Sounds run two frames ahead.
    found = phones_of("ðə kˈiːz", np.array([4, 3, 3, 2, 3, 1, 3, 1, 3, 4]))
    kinds = [Phone.FRICATIVE] * 3 + [Phone.MID] * 3 + [NONE] * 2 + [Phone.STOP] * 3 + [Phone.CLOSE] * 5
    assert found.tolist() == [NONE] * 2 + kinds + [Phone.FRICATIVE] * 3 + [NONE] * 6
