"""A film with other pictures and new lines, whose own sound goes on around them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.engines import FilmSound
from studio.media.files import check_place, written_whole
from studio.media.film import COLOUR, FILM_SUFFIXES, LOCAL, VIDEO, encode
from studio.media.probe import FILM_INPUT, AudioStream, FilmFacts
from talking_head.visual_dubbing.bed import RATE, write_bed
from talking_head.visual_dubbing.line import Line, Rest, Said

_AUDIO = ("-c:a", "aac", "-b:a", "192k", "-ar", str(RATE))
# ffmpeg's names for channels that are left and right of the listener with none in the middle.
_NO_CENTRE = frozenset({"stereo", "2.1", "3.0(back)", "quad", "quad(side)", "6.0(front)", "6.1(front)"})
# Channels that are written as they are: those that AAC has an arrangement for (ISO/IEC 14496-3, table 1.19) or ffmpeg
# describes in it. Films of others come out in the next of these that has room.
_COUNTED = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
_WRITTEN = frozenset({*_COUNTED, "4.0", "5.0(side)", "5.1(side)"})


def write_dubbed(
    path: Path,
    film: FilmFacts,
    frames: Iterable[npt.NDArray[np.uint8]],
    lines: Sequence[Line],
    rests: Sequence[Rest],
    *,
    n_frames: int,
    sound: FilmSound,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write an MP4 of `frames` (RGB uint8 [height, width, 3], about `n_frames`) with the sound of `film` and `lines`.

    sound: "replace" silences the film in lines and rests; "over" lays lines over its sound. The film's own length is
    kept: what of a line comes after it is not heard.
    Raises InputError when the place can't be written or is full; nothing half-written stays.
    """
    check_place(path, *FILM_SUFFIXES)
    seconds = max(n_frames / float(film.fps), film.sound_seconds)
    said: list[Said] = [*lines, *rests]
    quiet = [(s.start, s.end) for s in said] if sound == "replace" else []
    with written_whole(path) as part, tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        bed = Path(folder) / "lines.raw"
        write_bed(bed, lines, quiet, seconds)
        command = [*(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y")]
        command += ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{film.width}x{film.height}"]
        command += ["-framerate", f"{film.fps.numerator}/{film.fps.denominator}", *LOCAL, "-i", "pipe:0"]
        command += ["-f", "s16le", "-ar", str(RATE), "-ch_layout", "stereo", *LOCAL, "-i", f"file:{bed}"]
        if film.audio:
            command += [*FILM_INPUT, "-i", f"file:{film.path.absolute()}"]
        shape = f"setsar={film.pixel_aspect.numerator}/{film.pixel_aspect.denominator}"
        even = f"pad=ceil(iw/2)*2:ceil(ih/2)*2,{shape},scale=out_color_matrix=bt709:out_range=tv"
        command += ["-filter_complex", _mix(film, seconds), "-map", "0:v", "-map", "[sound]"]
        command += ["-vf", even, *VIDEO, *COLOUR, *_AUDIO, "-movflags", "+faststart", f"file:{part}"]
        encode(command, path, frames, log, progress and (lambda done: progress(min(done, n_frames), n_frames)))
    return path


def written_layout(sound: AudioStream) -> str:
    """ffmpeg's name for the channels that a film's sound is written in: its own where AAC has them."""
    if sound.layout in _WRITTEN:
        return sound.layout
    if sound.layout is None and sound.channels:
        return _COUNTED[min(sound.channels, len(_COUNTED)) - 1]
    return "7.1" if sound.channels > 7 else "5.1" if sound.channels > 5 else "stereo"


def _mix(film: FilmFacts, seconds: float) -> str:
    """ffmpeg's filters: the film's sound, silenced where lines replace it, and the lines in the middle of it.

    The film's sound is padded with silence where it ends before `seconds`.
    """
    layout = written_layout(film.audio[0]) if film.audio else None
    # The bed is written at half its strength.
    bed = "[1:a]aformat=sample_fmts=fltp,volume=2,channelsplit=channel_layout=stereo[line][gain]"
    # Spoken in the middle; ffmpeg by itself makes one channel quieter as it becomes two.
    if layout in (None, "mono"):
        placed = "pan=mono|c0=c0"
    elif layout in _NO_CENTRE:
        placed = f"pan={layout}|FL=c0|FR=c0"
    else:
        placed = f"pan={layout}|FC=c0"
    if layout is None:
        return f"{bed};[gain]anullsink;[line]{placed}[sound]"
    # ffmpeg mixes only channels that have names; others get those of their number, in their order.
    nameless = film.audio[0].layout is None and film.audio[0].channels
    order = "|".join(str(i) for i in range(_channels(layout)))
    named = f"channelmap=map={order}:channel_layout={layout}," if nameless else ""
    own = f"[2:a:0]{named}aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts={layout}"
    own += f",apad=whole_dur={seconds:.6f}[film]"
    every = f"[gain]pan={layout}|{'|'.join(f'c{i}=c0' for i in range(_channels(layout)))}[gains]"
    graph = (bed, own, every, "[film][gains]amultiply[around]", f"[line]{placed}[lines]")
    return ";".join((*graph, "[around][lines]amix=inputs=2:duration=shortest:normalize=0[sound]"))


def _channels(layout: str) -> int:
    return {"mono": 1, "stereo": 2, "quad": 4}.get(layout) or sum(map(int, layout.partition("(")[0].split(".")))
