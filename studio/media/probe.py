"""What a film file holds, found out before any work on it: by ffmpeg's own account and the times of its packets.

imageio-ffmpeg brings no ffprobe. One pass copies the packets without decoding them (an hour of film takes a second or
two), so that lengths and rates are those of the film, whatever its header says.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.files import is_file
from studio.media.film import LOCAL
from studio.media.frame_rate import frame_rate

# Films by what is in them, not by their name: of what ffmpeg reads, nothing that names other files (a playlist, a
# concat script), which would be opened, and no device.
FORMATS = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "ogg", "asf", "mxf", "nut", "rm", "dv", "wtv"),
    *("gif", "apng", "ivf", "h264", "hevc", "m4v", "yuv4mpegpipe"),
)
FILM_INPUT = (*LOCAL, "-format_whitelist", ",".join(FORMATS))
"""ffmpeg's options before the `-i` of a film that came from outside: it opens no network and no list of other files."""

_STREAM = re.compile(r"^ *Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\((\w+)\))?: (\w+): (.*)$", re.MULTILINE)
_STILL = re.compile(r"\((?:attached pic|still image|timed thumbnails)\)")
_SIZE = re.compile(r", (\d+)x(\d+)(?:,? \[?SAR (\d+):(\d+))?")
_RATE = re.compile(r"([\d.]+)(k?) fps")
_TURNED = re.compile(r"rotation of (-?[\d.]+) degrees")
_SOUND = re.compile(r"(\d+) Hz, ([^,\n]+)")
_LENGTH = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")
_COLOURS = re.compile(r"\((?:pc|tv), *(?:bt|smpte|fcc|ycgco|gbr)")
# The colours of films of at least so many lines that don't say how are coded as of HDTV (ITU-R BT.709), as players have
# it; ffmpeg takes them for those of smaller ones (BT.601).
_HD = 720

# Channels of ffmpeg's names of layouts that don't say it (`ffmpeg -layouts`).
_NAMED = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "quad(side)": 4, "hexagonal": 6, "octagonal": 8, "cube": 8}
_NAMED |= {"binaural": 2, "hexadecagonal": 16}
_NUMBER = re.compile(rb" *-?\d+")
_POINTS = re.compile(r"\d+(?:\.\d+)+")
_COUNTED = re.compile(r"(\d+) channels?")

# A header may tell a little more than the last packet ends at: by more the film breaks off, seconds.
_BROKEN = 1.0


@dataclass(frozen=True)
class AudioStream:
    """One sound track. index: counted from 0 among the sound tracks; layout: ffmpeg's name, None where it has none.

    channels: 0 when the file doesn't say; language: as the file names it (ISO 639-2 mostly), None when it doesn't.
    """

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str | None
    language: str | None


@dataclass(frozen=True)
class FilmFacts:
    """What is in a film.

    codec: of its picture, by ffmpeg's name. width, height: of its frames shown upright, px; pixel_aspect: how wide a
    pixel is shown for its height.
    fps: frames a second; of a film with a variable rate that of most of its frames.
    frames: how many there are at that rate from 0 to the picture's end, to within one; seconds: the picture's end.
    sound_seconds: the end of the first sound track, 0 without one.
    told_seconds: the length the header tells, of sound or picture, None when it doesn't; breaks_off: the file ends
    before. rotation: degrees that a player turns it by; matrix: of its colours where ffmpeg would not guess it.
    """

    path: Path
    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    fps: Fraction
    frames: int
    seconds: float
    sound_seconds: float
    told_seconds: float | None
    breaks_off: bool
    variable_rate: bool
    rotation: int
    matrix: str | None
    audio: tuple[AudioStream, ...]


def probe(path: str | Path) -> FilmFacts:
    """What is in a film. Raises InputError when there is no such file, it can't be read, or has no moving picture."""
    path = Path(path)
    if not is_file(path):
        raise InputError(f"There is no film at {path}.")
    try:
        status = path.stat()
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e
    if not status.st_size:
        raise InputError(f"{path} is empty; a film is needed.")
    return _probe(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _probe(path: Path, _changed: int, _size: int) -> FilmFacts:
    account, packets, ticks = _read(path)
    streams = list(_STREAM.finditer(account))
    pictures = [s for s in streams if s[3] == "Video" and not _STILL.search(s[4])]
    if not pictures:
        _check_readable(path, account)
        raise InputError(f"{path} has no moving picture; a film or a photograph is needed.")
    about = pictures[0]
    size = _SIZE.search(about[4])
    if size is None:
        raise InputError(f"{path} is a damaged film: the size of its picture can't be read.")
    ends = [s.start() for s in streams if s.start() > about.start()]
    turned = _TURNED.search(account[about.end() : ends[0] if ends else None])
    rotation = round(float(turned[1])) % 360 if turned else 0
    width, height = int(size[1]), int(size[2])
    aspect = Fraction(int(size[3]), int(size[4])) if size[3] and int(size[3]) and int(size[4]) else Fraction(1)
    if rotation % 180 == 90:
        width, height, aspect = height, width, 1 / aspect
    if 0 not in packets:
        raise InputError(f"{path} is a damaged film, or a bare stream that tells no times: not one frame can be read.")
    shown, lasts = packets[0], {n: float((p[:, 0] + p[:, 1]).max()) * ticks[n] for n, p in packets.items()}
    fps, variable = frame_rate(np.sort(shown[:, 0]) * ticks[0], ticks[0], _told_rate(about[4]))
    # A last frame that doesn't say how long it is shown is shown as long as any.
    end = max(lasts[0], float(shown[:, 0].max()) * ticks[0] + 1 / float(fps))
    told = _LENGTH.search(account)
    told_seconds = int(told[1]) * 3600 + int(told[2]) * 60 + float(told[3]) if told else None
    return FilmFacts(
        path,
        about[4].split()[0].rstrip(","),
        width,
        height,
        aspect,
        fps,
        max(round(end * fps), 1),
        end,
        lasts.get(1, 0.0),
        told_seconds,
        told_seconds is not None and max(*lasts.values(), end) < told_seconds - _BROKEN,
        variable,
        rotation,
        "bt709" if not _COLOURS.search(about[4]) and min(width, height) >= _HD else None,
        tuple(_sound(i, s) for i, s in enumerate(s for s in streams if s[3] == "Audio")),
    )


def _read(path: Path) -> tuple[str, dict[int, npt.NDArray[np.float64]], dict[int, float]]:
    """ffmpeg's account of a file; of its picture (0) and first sound (1) the times and lengths of packets [n, 2] in
    ticks, and seconds in a tick.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", *FILM_INPUT]
    command += ["-i", f"file:{path.absolute()}", "-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-f", "framecrc", "-"]
    times: dict[int, list[tuple[int, int]]] = defaultdict(list)
    ticks: dict[int, float] = {}
    with tempfile.TemporaryFile() as log:
        reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert reader.stdout is not None
        with reader.stdout as lines:
            for line in lines:
                if line.startswith(b"#tb"):
                    number, unit = line[3:].split(b":")
                    ticks[int(number)] = float(Fraction(unit.decode().strip()))
                elif not line.startswith(b"#"):
                    stream, decoded, shown, lasts, *_ = line.split(b",")
                    when = shown if _NUMBER.fullmatch(shown) else decoded
                    if _NUMBER.fullmatch(when):  # "NOPTS" where a packet tells none
                        times[int(stream)].append((int(when), int(lasts)))
        reader.wait()
        log.seek(0)
        account = log.read().decode(errors="replace")
    # What lies before the beginning is not shown.
    kept = {n: [t for t in found if t[0] >= 0] for n, found in times.items()}
    packets = {n: np.array(found, np.float64) for n, found in kept.items() if found}
    return account.partition("Output #0")[0], packets, ticks


def _check_readable(path: Path, account: str) -> None:
    """Raise InputError where ffmpeg could make nothing of a file."""
    if "Input #0" in account:
        return
    if "moov atom not found" in account and "low score" not in account:
        raise InputError(f"{path} is cut off: the index at its end is missing; get the whole file again.")
    raise InputError(f"{path} is not a film that can be read; MP4, MOV, MKV and WebM can.")


def _told_rate(about: str) -> float | None:
    told = _RATE.search(about)
    return float(told[1]) * (1000 if told[2] else 1) or None if told else None


def _sound(index: int, stream: re.Match[str]) -> AudioStream:
    told = _SOUND.search(stream[4])
    rate, layout = (int(told[1]), told[2].strip()) if told else (0, "")
    language = stream[2] if stream[2] and stream[2] != "und" else None
    counted = _COUNTED.match(layout)
    if counted:
        return AudioStream(index, stream[4].split()[0].rstrip(","), rate, int(counted[1]), None, language)
    points = _POINTS.match(layout)
    channels = _NAMED.get(layout) or (sum(map(int, points[0].split("."))) if points else 0)
    return AudioStream(index, stream[4].split()[0].rstrip(","), rate, channels, layout if channels else None, language)
