"""Where a line's sound begins, and a line cut off behind a word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.performance import Speech

# A sound begins where it is within this of the line's loudest 10 ms: softer is breath before the word.
_ONSET_DB = -30.0
_STEP = 0.005
# A cut behind a word lets it ring out this long, and fades over it.
_FADE = 0.03


def onset(speech: Speech) -> float:
    """Seconds before the first sound of a line; 0 of one that is silent."""
    step = round(_STEP * speech.sample_rate)
    whole = speech.samples[: len(speech.samples) // step * step].reshape(-1, step)
    power = np.mean(np.square(whole, dtype=np.float64), axis=1)
    if not power.any():
        return 0.0
    # Two steps are the 10 ms over which a level is heard.
    level = np.convolve(power, [0.5, 0.5])[1:]
    return int(np.argmax(level >= level.max() * 10 ** (_ONSET_DB / 10))) * step / speech.sample_rate


def cut(speech: Speech, seconds: float) -> tuple[Speech, tuple[str, ...]]:
    """The words of a line that are said whole within `seconds`, and those that are left out."""
    said = [w for w in speech.words if w.end <= seconds]
    left_out = tuple(w.text for w in speech.words[len(said) :])
    if not left_out:
        return speech, ()
    end = min((said[-1].end if said else 0.0) + _FADE, seconds)
    samples = speech.samples[: max(round(end * speech.sample_rate), 1)].copy()
    fade = min(round(_FADE * speech.sample_rate), len(samples))
    samples[len(samples) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    last = len(samples) / speech.sample_rate
    phonemes = tuple(replace(p, end=min(p.end, last)) for p in speech.phonemes if p.start < last)
    return replace(speech, samples=samples, words=tuple(said), phonemes=phonemes), left_out
