"""How fast speech is made, beside the acoustic model uncut in the same run."""

from __future__ import annotations

from pathlib import Path

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.evaluation.bench import Measurement, peak_memory, side_by_side
from tts.acoustic import SAMPLE_RATE, Kokoro
from tts.acoustic.uncut import Uncut
from tts.prosody import lengths
from tts.speaker import KokoroSpeaker
from tts.text import Reader
from tts.voice import resolve

TEXT = "When the sun came up over the hills, the whole valley turned to gold, and nobody said a word for a long time."
VOICE = "af_heart"


def measure(portrait: Path) -> list[Measurement]:
    """Medians over seven turns: the cut model and the whole one on the same tokens, and a whole `speak`."""
    (sentence,) = Reader(british=False).read(TEXT)
    style = resolve(VOICE).style(len(sentence.symbols))
    kokoro, uncut, speaker = Kokoro("cpu"), Uncut(), KokoroSpeaker("cpu")
    angry = EmotionTrack.constant(Emotion.parse("angry:0.8"))

    def in_three() -> int:
        encoding = kokoro.encode(sentence.ids, style)
        frames = lengths.whole(encoding.durations)
        return len(kokoro.sound(encoding, frames, *kokoro.contour(encoding, frames)))

    def speak() -> int:
        return len(speaker.speak(TEXT, voice=VOICE, track=angry, delivery=Delivery()).samples)

    cut_time, uncut_time, speak_time = side_by_side(
        [in_three, lambda: uncut.speak(sentence.ids, style), speak], rounds=7
    )
    return [
        Measurement("acoustic model uncut, per second of sound", uncut_time * SAMPLE_RATE / in_three(), "s/s"),
        Measurement("acoustic model cut, per second of sound", cut_time * SAMPLE_RATE / in_three(), "s/s"),
        Measurement("speak with emotion, per second of sound", speak_time * SAMPLE_RATE / speak(), "s/s"),
        Measurement("cut / uncut", cut_time / uncut_time, "", at_most=0.6),
        peak_memory(),
    ]
