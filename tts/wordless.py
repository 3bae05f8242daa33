"""A text with nothing in it but sounds that are no words: "[laugh]", "[gasp] [pause 0.5s] [sigh]"."""

from __future__ import annotations

import logging
import math
from collections.abc import Generator
from dataclasses import replace

import numpy as np

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.emotion.track import NONVERBAL, RANGES
from studio.engines import Lengths
from studio.errors import InputError
from studio.media.loudness import SPEECH_LUFS
from studio.performance import Phoneme, Speech
from studio.performance.chunk import Bookmark, Chunk
from tts import post
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.asides import alone
from tts.nonverbal.timbre import CARRIER, timbre
from tts.prosody.course import Feeling
from tts.prosody.silence import LEAD, TRAIL
from tts.text import symbols
from tts.voice import ResolvedVoice

# Beside what Kokoro knows as punctuation: nothing is said for these.
_SILENT = frozenset(symbols.PUNCTUATION) | frozenset("\"'‘’«»-–")

_LOG = logging.getLogger("affetto")


def is_wordless(text: str, track: EmotionTrack) -> bool:
    """Whether there is a sound to make and nothing to say. A track in seconds tells sounds of a line with words."""
    sounds = track.unit == "words" and any(m.kind in NONVERBAL for m in track.marks)
    return sounds and all(c.isspace() or c in _SILENT for c in text)


def check_delivery(delivery: Delivery) -> None:
    """Raise InputError for a delivery that takes words."""
    if delivery.like is not None:
        raise InputError("A delivery (like) is copied onto words, and this text has none: leave it out.")


def spoken(kokoro: Kokoro, voice: ResolvedVoice, text: str, track: EmotionTrack, delivery: Delivery) -> Speech:
    """The sounds in the voice, as loud as they are beside its speech; `Speech.words` is empty.

    They last as long as they do: with `delivery.seconds` the silence around them gives or takes.
    Raises InputError for a length out of reach (with the reach), and for a delivery that is to be copied.
    """
    check_delivery(delivery)
    feeling = Feeling(track, ((),))
    made = alone(kokoro, voice, feeling, delivery.seed)
    lead, samples = _around(len(made.samples), delivery)
    quiet = timbre(kokoro, voice.style(len(CARRIER))).loudness
    gain = SPEECH_LUFS + post.LEVEL_SHARE * feeling.mean(0).level - quiet
    raised = post.limited(post.gained(made.samples, np.full(len(made.samples), gain)), SAMPLE_RATE)
    start = lead / SAMPLE_RATE
    phonemes = _tiled([Phoneme(p.symbol, start + p.start, start + p.end) for p in made.spans], samples / SAMPLE_RATE)
    marks = tuple(replace(m, start=start + m.start, end=start + m.end) for m in made.marks)
    return Speech(
        samples=np.pad(raised, (lead, samples - lead - len(raised))),
        sample_rate=SAMPLE_RATE,
        text=text,
        phonemes=phonemes,
        words=(),
        track=replace(EmotionTrack.constant(track.emotion, "seconds"), marks=marks),
        voice=voice.name,
        seed=delivery.seed,
    )


def lengths(kokoro: Kokoro, voice: ResolvedVoice, track: EmotionTrack, delivery: Delivery) -> Lengths:
    """How long the sounds take. Raises InputError for a delivery that is to be copied."""
    check_delivery(delivery)
    sound = len(alone(kokoro, voice, Feeling(track, ((),)), delivery.seed).samples)
    low, high = _reach(sound)
    natural = _around(sound, replace(delivery, seconds=None))[1] / SAMPLE_RATE
    return Lengths(shortest=low, natural=natural, longest=high, spoken=natural)


def chunks(
    kokoro: Kokoro,
    voice: ResolvedVoice,
    text: str,
    track: EmotionTrack,
    delivery: Delivery,
    after: Bookmark | None = None,
) -> Generator[Chunk]:
    """The sounds as the one chunk of a stream, made when it is asked for; none after its bookmark. Raises InputError as
    `spoken`, and for a length, at once."""
    check_delivery(delivery)
    if delivery.seconds is not None:
        raise InputError("A stream takes no seconds: speak the sounds at once.")

    def made() -> Generator[Chunk]:
        if after is None or not after.sentences:
            yield _chunk(spoken(kokoro, voice, text, track, delivery))

    return made()


def _chunk(said: Speech) -> Chunk:
    return Chunk(
        samples=said.samples,
        sample_rate=said.sample_rate,
        start=0.0,
        phonemes=said.phonemes,
        words=(),
        track=said.track,
        bookmark=Bookmark(1, len(said.samples)),
        text=said.text,
        voice=said.voice,
        seed=said.seed,
    )


def _around(sound: int, delivery: Delivery) -> tuple[int, int]:
    """Samples of silence before so many of sound, and samples in all."""
    edges = (LEAD + TRAIL) * FRAME
    samples = sound + edges
    if delivery.seconds is not None:
        asked = float(delivery.seconds)
        low, high = _reach(sound)
        half = 0.5 / SAMPLE_RATE
        if not low - half <= asked <= high + half:
            if not (delivery.nearest and math.isfinite(asked)):
                raise InputError(
                    f"These sounds can't last {asked:g} s: with this emotion and seed they take from "
                    f"{math.ceil(low * 100) / 100:.2f} to {math.floor(high * 100) / 100:.2f} s "
                    f"({samples / SAMPLE_RATE:.2f} s is natural)."
                )
            _LOG.warning("These sounds can't last %g s: they take %.2f s.", asked, min(max(asked, low), high))
        samples = round(min(max(asked, low), high) * SAMPLE_RATE)
    return min(LEAD * FRAME, (samples - sound) * LEAD // (LEAD + TRAIL)), samples


def _reach(sound: int) -> tuple[float, float]:
    """The shortest and the longest that so many samples of sound can be, in seconds."""
    # As much silence may follow as a pause can last.
    return sound / SAMPLE_RATE, (sound + (LEAD + TRAIL) * FRAME) / SAMPLE_RATE + RANGES["pause"].high


def _tiled(sounds: list[Phoneme], seconds: float) -> tuple[Phoneme, ...]:
    """The sounds, with pauses wherever there is none."""
    out: list[Phoneme] = []
    at = 0.0
    for sound in sounds:
        if sound.start > at + 0.5 / SAMPLE_RATE:
            out.append(Phoneme(" ", at, sound.start))
        out.append(Phoneme(sound.symbol, out[-1].end if out else 0.0, sound.end))
        at = sound.end
    if seconds > at + 0.5 / SAMPLE_RATE:
        return (*out, Phoneme(" ", at, seconds))
    return (*out[:-1], Phoneme(out[-1].symbol, out[-1].start, seconds))
