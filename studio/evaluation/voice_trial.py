"""What the shipped model hears in corpora and voices that it did not learn from.

    python -m studio.evaluation.voice_trial DATA

DATA holds vctk, ljspeech, librispeech_test_other and thorsten_emotional; this project's own voice speaks besides,
unless --no-own. Prints the rows of the model card.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion
from studio.emotion.reading.voice import read_voice
from studio.emotion.reading.voice.corpora import librispeech
from studio.emotion.reading.voice.model import emotion_of, load
from studio.emotion.reading.voice.train import kept_out
from studio.studio import Studio

_LINES = (
    "I told you that the letter would come today.",
    "She put the keys on the kitchen table and left.",
    "There are seven people waiting in the garden.",
)
_SPOKEN = ("angry", "bored", "disgusted", "afraid", "happy", "sad", "surprised")
# Under this an emotion is what one hears in anybody's plain speech.
_NEAR_NEUTRAL = 0.2
_REFERENCES = 3


def told(emotion: Emotion) -> str:
    """The mixture in a line: labels from strongest to weakest, intensity, valence and arousal."""
    labels = sorted(emotion.labels.items(), key=lambda item: -item[1])
    heard = " + ".join(f"{label} {weight:.2f}" for label, weight in labels if weight >= 0.05) or "neutral"
    return f"{heard} ({emotion.vad[0]:+.2f}, {emotion.vad[1]:+.2f})"


def plain_speech(data: Path, cache: Path) -> None:
    """Speakers who read plainly: how many of their recordings come out near neutral, alone and beside others."""
    print("| | alone: clips | near neutral | else | beside others: clips | near neutral | else |\n|---|" + "---|" * 6)
    groups = {
        "VCTK": [sorted(p.glob("*.flac")) for p in sorted((data / "vctk").iterdir())],
        "LJSpeech": [sorted((data / "ljspeech").glob("*.flac"))[:12]],
    }
    for name, speakers in groups.items():
        alone, beside = [], []
        for clips in speakers:
            for i, clip in enumerate(clips):
                alone.append(read_voice(clip))
                if i >= _REFERENCES:
                    beside.append(read_voice(clip, clips[:_REFERENCES]))
        print(f"| {name} | {_share(alone)} | {_share(beside)} |", flush=True)
    alone, beside = _pieces_kept_out(data, cache)
    print(f"| LibriSpeech, speakers kept out, pieces | {_share(alone)} | {_share(beside)} |", flush=True)


def _pieces_kept_out(data: Path, cache: Path) -> tuple[list[Emotion], list[Emotion]]:
    """LibriSpeech's speakers whom the model did not learn from: alone, and beside two other pieces of the same."""
    rows, _ = librispeech(data, cache)
    rows = rows.where(kept_out(rows))
    alone = [emotion_of(p) for p in load("absolute").probabilities(rows.x)]
    beside = []
    for speaker in np.unique(rows.speaker):
        x = rows.x[rows.speaker == speaker]
        if len(x) > 2:
            beside += [emotion_of(p) for p in load("relative").probabilities(x[2:] - x[:2].mean(axis=0))]
    return alone, beside


def _share(emotions: Sequence[Emotion]) -> str:
    near = np.mean([e.intensity <= _NEAR_NEUTRAL for e in emotions])
    strongest = [max(e.labels, key=e.labels.__getitem__) for e in emotions if e.intensity > _NEAR_NEUTRAL]
    counts = sorted(((strongest.count(s), s) for s in set(strongest)), reverse=True)
    return f"{len(emotions)} | {100 * near:.0f} % | " + (", ".join(f"{s} {n}" for n, s in counts) or "–")


def thorsten(data: Path) -> None:
    """One German sentence in eight styles by a voice never heard."""
    clips = sorted((data / "thorsten_emotional").glob("*.wav"))
    neutral = next(c for c in clips if c.stem == "neutral")
    print("\n| spoken | heard beside his neutral (valence, arousal) | heard alone |\n|---|---|---|")
    for clip in clips:
        beside = "(the reference)" if clip == neutral else told(read_voice(clip, [neutral]))
        print(f"| {clip.stem} | {beside} | {told(read_voice(clip))} |", flush=True)


def own_voice(voice: str) -> None:
    """This project's own voice: three lines, seven emotions, beside the same lines spoken plainly."""
    studio = Studio()

    def say(text: str, emotion: str) -> tuple[npt.NDArray[np.float32], int]:
        speech = studio.speak(text, emotion=emotion, voice=voice)
        return speech.samples, speech.sample_rate

    plain = [say(text, "neutral") for text in _LINES]
    print(f"\n{voice}\n\n| asked for | heard beside its neutral lines | alone |\n|---|---|---|")
    for emotion in ("neutral", *_SPOKEN):
        for i, text in enumerate(_LINES):
            others = [p for k, p in enumerate(plain) if emotion != "neutral" or k != i]
            sound = say(text, emotion)
            print(f"| {emotion} | {told(read_voice(sound, others))} | {told(read_voice(sound))} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--voice", default="af_heart")
    parser.add_argument("--no-own", action="store_true", help="leave this project's own voice out")
    parser.add_argument("--cache", type=Path, help="where `train` has kept its features")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        plain_speech(arguments.data, cache)
    thorsten(arguments.data)
    if not arguments.no_own:
        own_voice(arguments.voice)


if __name__ == "__main__":
    main()
