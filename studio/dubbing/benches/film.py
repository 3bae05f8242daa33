"""A film of any length made by this project's own engines, with what is in it told beside it.

python -m studio.dubbing.benches.film OUT.mp4 --minutes 10 --face ANNA.jpeg --face BEN.jpeg --group GROUP.jpeg

Two people and a narrator speak Spanish: close, both in one picture, unseen over scenery, with cuts, over music. Beside
OUT.mp4 lie OUT.srt (its script in English, with misfits), OUT.cast.toml and OUT.truth.json. A few animated clips are
used again and again, so that an hour is made in minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from studio.dubbing.benches import screenplay
from studio.dubbing.benches.music import music
from studio.dubbing.benches.pictures import beside, fitted, scenery
from studio.dubbing.benches.screenplay import BEAT, LEAD, SPANISH, SPEAKERS, Beat, Kind
from studio.errors import AffettoError, InputError
from studio.framing import Framing
from studio.media.files import check_place, written_whole
from studio.media.film import write_film
from studio.performance import Speech
from studio.studio import Studio

FPS = 25
_FRAMES = round(BEAT * FPS)
# Animators draw no smaller: pixels.
_SMALLEST = 256
# A face of several needs 96 pixels to be animated, whatever the film is scaled down to afterwards.
_GROUP = 1024

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Made:
    """Where the parts of a film lie."""

    film: Path
    script: Path
    cast: Path
    truth: Path

    @classmethod
    def at(cls, film: Path) -> Self:
        """Those of a film of that name."""
        return cls(film, *(film.with_suffix(f".{end}") for end in ("srt", "cast.toml", "truth.json")))


def make(
    out: Path,
    minutes: float,
    faces: Sequence[Path] = (),
    group: Path | None = None,
    pair: tuple[int, int] = (1, 2),
    size: int = 320,
) -> Made:
    """Make a film of so many minutes, `size` pixels wide.

    faces: photographs of Ana and Luis; who has none is the built-in head.  group: a photograph of two or more, for the
    shots with both, of whom the `pair` speaks; without it they are shown side by side.
    Raises InputError for what can't be used.
    """
    if not 64 <= size <= 1920 or size % 8:
        raise InputError(f"The bench's film is 64 to 1920 pixels wide, a multiple of 8, not {size}.")
    check_place(out, ".mp4")
    beats = screenplay.beats_of(minutes)
    cues = screenplay.cues_of(beats)
    studio = Studio()
    said = {name: studio.speak(text, SPEAKERS[name]) for name, text in SPANISH.items()}
    used = {kind for beat in beats for _, kind in beat.shots}
    seen = _clips(said, faces, group, pair, (size, size * 3 // 4), used)
    rate = said["ANA"].sample_rate
    n_frames = round(minutes * 60 * FPS)
    write_film(
        out,
        _pictures(beats, seen, n_frames, (size, size * 3 // 4)),
        n_frames=n_frames,
        size=(size, size * 3 // 4),
        fps=FPS,
        samples=_sound(beats, said, round(minutes * 60 * rate), rate),
        sample_rate=rate,
    )
    made = Made.at(out)
    truth = {
        "seconds": n_frames / FPS,
        "fps": FPS,
        "shots": _shots(beats),
        "lines": [
            {"speaker": x.speaker, "start": i * BEAT + x.start, "end": i * BEAT + x.start + said[x.speaker].seconds}
            for i, beat in enumerate(beats)
            for x in beat.lines
        ],
        "cues": [asdict(cue) for cue in cues],
    }
    texts = (
        (made.script, screenplay.srt_of(cues)),
        (made.cast, screenplay.cast_toml()),
        (made.truth, json.dumps(truth)),
    )
    for path, text in texts:
        with written_whole(path) as part:
            part.write_text(text, encoding="utf-8")
    return made


def _clips(
    said: dict[str, Speech],
    faces: Sequence[Path],
    group: Path | None,
    pair: tuple[int, int],
    size: tuple[int, int],
    used: set[Kind],
) -> dict[str, list[Picture]]:
    """A beat of each kind of shot with people in it."""
    side = max(size[1], _SMALLEST)
    framing = Framing(size=side, crop="head")
    found: dict[str, list[Picture]] = {}
    photographs = [*faces[:2], *[None] * (2 - len(faces[:2]))]
    for kind, name, photograph in zip(("ana", "luis"), ("ANA", "LUIS"), photographs, strict=True):
        speech = _later(said[name], LEAD)
        studio = Studio() if photograph else Studio(animator="head")
        clip = studio.animate(photograph, speech, framing=framing if photograph else Framing(size=side))
        found[kind] = [fitted(frame, size) for frame in clip.frames()][:_FRAMES]
    if "both" in used and group:
        speeches: dict[int, Speech | str | Path] = {
            pair[0]: _later(said["ANA"], LEAD),
            pair[1]: _later(said["LUIS"], 3.6),
        }
        both = Studio().animate_group(group, speeches, framing=Framing(size=_GROUP))
        found["both"] = [fitted(frame, size) for frame in both.frames()][:_FRAMES]
    elif "both" in used:
        late = round((3.6 - LEAD) * FPS)
        luis = [found["luis"][max(0, i - late)] for i in range(_FRAMES)]
        found["both"] = [beside(a, b) for a, b in zip(found["ana"], luis, strict=True)]
    return found


def _later(speech: Speech, seconds: float) -> Speech:
    """A speech after so much silence, with silence to the end of the beat."""
    before = round(seconds * speech.sample_rate)
    after = max(0, round(BEAT * speech.sample_rate) - before - len(speech.samples))
    return replace(
        speech,
        samples=np.pad(speech.samples, (before, after)),
        phonemes=tuple(replace(p, start=p.start + seconds, end=p.end + seconds) for p in speech.phonemes),
        words=tuple(replace(w, start=w.start + seconds, end=w.end + seconds) for w in speech.words),
    )


def _pictures(
    beats: Sequence[Beat], seen: dict[str, list[Picture]], n_frames: int, size: tuple[int, int]
) -> Iterator[Picture]:
    view = scenery(size, _FRAMES)
    for i in range(n_frames):
        number, at = divmod(i, _FRAMES)
        # What is left of the last minute after the last beat is scenery.
        shots = beats[number].shots if number < len(beats) else ((0.0, "scenery"),)
        kind = [kind for start, kind in shots if start * FPS <= at][-1]
        yield seen[kind][at] if kind != "scenery" else view(i)


def _sound(beats: Sequence[Beat], said: dict[str, Speech], samples: int, rate: int) -> npt.NDArray[np.float32]:
    sound = music(samples, rate)
    for number, beat in enumerate(beats):
        for line in beat.lines:
            first = round((number * BEAT + line.start) * rate)
            part = said[line.speaker].samples[: samples - first]
            sound[first : first + len(part)] += part
    return np.clip(sound, -1.0, 1.0)


def _shots(beats: Sequence[Beat]) -> list[dict[str, object]]:
    starts = [(i * BEAT + start, kind) for i, beat in enumerate(beats) for start, kind in beat.shots]
    return [{"start": start, "seen": kind} for start, kind in starts]


def main() -> None:
    parser = argparse.ArgumentParser(prog="studio.dubbing.benches.film", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--size", type=int, default=320, help="width in pixels")
    parser.add_argument("--face", type=Path, action="append", default=[], help="a photograph of Ana, then of Luis")
    parser.add_argument("--group", type=Path, help="a photograph of two or more")
    parser.add_argument("--pair", type=int, nargs=2, default=(1, 2), help="whose faces there, counted from the largest")
    arguments = parser.parse_args()
    try:
        made = make(
            arguments.out, arguments.minutes, arguments.face, arguments.group, tuple(arguments.pair), arguments.size
        )
    except AffettoError as e:
        sys.exit(f"studio.dubbing.benches.film: {e}")
    print(f"{made.film}: {arguments.minutes:g} min; its script is {made.script}.")


if __name__ == "__main__":
    main()
