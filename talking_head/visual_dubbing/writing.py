"""A film with other pictures and new lines, whose own sound goes on around them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.engines import FilmSound
from studio.media.files import check_place, written_whole
from studio.media.film import COLOUR, FILM_SUFFIXES, VIDEO, encode
from studio.media.wav import wav_bytes
from talking_head.visual_dubbing.line import Line

_AUDIO = ("-c:a", "aac", "-b:a", "192k", "-ar", "48000")
_INPUT = ("-protocol_whitelist", "file,pipe")
_SOUND = re.compile(r"Stream #0.*?: Audio: .*?\d+ Hz, ([^,\n]+)")
# ffmpeg's names for channels that are left and right of the listener with none in the middle.
_NO_CENTRE = frozenset({"stereo", "2.1", "3.0(back)", "quad", "quad(side)", "6.0(front)", "6.1(front)"})
# The film's own sound goes and comes back in so many seconds.
_FADE = 0.06


def write_dubbed(
    path: Path,
    film: Path,
    frames: Iterable[npt.NDArray[np.uint8]],
    lines: Sequence[Line],
    *,
    n_frames: int,
    size: tuple[int, int],
    fps: float,
    sound: FilmSound,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write an MP4 of `frames` (RGB uint8 [height, width, 3], about `n_frames`) with the sound of `film` and `lines`.

    sound: "replace" silences the film while a line is said; "over" lays lines over its sound.
    Raises InputError when the place can't be written or is full; nothing half-written stays.
    """
    check_place(path, *FILM_SUFFIXES)
    layout = channel_layout(film)
    with written_whole(path) as part, tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        command = [*(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y")]
        command += ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
        command += ["-framerate", f"{fps:.6g}", "-i", "pipe:0"]
        if layout:
            command += [*_INPUT, "-i", str(film.absolute())]
        for i, line in enumerate(lines):
            wav = Path(folder) / f"{i}.wav"
            wav.write_bytes(wav_bytes(line.speech.samples, line.speech.sample_rate, "FLOAT"))
            command += ["-i", str(wav)]
        even = "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv"
        command += ["-filter_complex", _mix(lines, layout, sound, n_frames / fps), "-map", "0:v", "-map", "[sound]"]
        command += ["-vf", even, *VIDEO, *COLOUR, *_AUDIO, "-movflags", "+faststart", str(part)]
        encode(command, path, frames, log, progress and (lambda done: progress(min(done, n_frames), n_frames)))
    return path


def channel_layout(film: Path) -> str | None:
    """ffmpeg's name for the channels of a film's first sound track ("mono", "stereo", "5.1"); None without sound."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *_INPUT, "-i", str(film.absolute())]
    header = subprocess.run(command, capture_output=True, check=False).stderr.decode(errors="replace")
    found = _SOUND.search(header)
    return found[1].strip() if found else None


def _mix(lines: Sequence[Line], layout: str | None, sound: FilmSound, seconds: float) -> str:
    """ffmpeg's filters: the film's sound, silenced where lines replace it, and each line at its time.

    seconds: of the picture; a film whose sound ends sooner is silent from there.
    """
    graph, mixed = [], []
    if layout:
        # Where a line sounds the volume is 0; it falls and rises over the fade around it.
        spans = [((a.start + a.end) / 2, a.speech.seconds / 2) for a in lines]
        quiet = [f"clip((abs(t-{middle:.4f})-{half:.4f})/{_FADE},0,1)" for middle, half in spans]
        volume = "*".join(quiet) if sound == "replace" else "1"
        whole = f"aresample=48000:async=1:first_pts=0,apad=whole_dur={seconds:.6f}"
        # The volume is set once for each packet of samples.
        graph.append(f"[1:a:0]{whole},asetnsamples=240,volume='{volume}':eval=frame[film]")
        mixed.append("[film]")
    # Spoken in the middle; ffmpeg by itself makes one channel quieter as it becomes two.
    if layout in (None, "mono"):
        placed = "pan=mono|c0=c0"
    elif layout in _NO_CENTRE:
        placed = f"pan={layout}|FL=c0|FR=c0"
    else:
        placed = f"pan={layout}|FC=c0"
    for i, line in enumerate(lines, start=1 + len(mixed)):
        graph.append(f"[{i}:a]aresample=48000,{placed},adelay={1000 * line.start:.3f}:all=1[line{i}]")
        mixed.append(f"[line{i}]")
    ending = "first" if layout else "longest"
    graph.append(f"{''.join(mixed)}amix=inputs={len(mixed)}:duration={ending}:normalize=0[sound]")
    return ";".join(graph)
