"""What each kind of file can hold, and how it is coded there."""

from __future__ import annotations

from collections.abc import Sequence

from studio.media.film import VIDEO

_MP4_PICTURE = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video"})
_MP4_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
_MOV_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s24le", "pcm_s16be", "pcm_s24be"})
# Copied as they are; None: whatever there is. By what players take, not by what a muxer can be made to write.
_PICTURES: dict[str, frozenset[str] | None] = {
    ".mp4": _MP4_PICTURE,
    ".m4v": _MP4_PICTURE,
    ".mov": _MP4_PICTURE | {"prores", "mjpeg", "dnxhd"},
    ".mkv": None,
    ".webm": frozenset({"vp8", "vp9", "av1"}),
}
_SOUNDS: dict[str, frozenset[str] | None] = {
    ".mp4": _MP4_SOUND,
    ".m4v": _MP4_SOUND,
    ".mov": _MOV_SOUND,
    ".mkv": None,
    ".webm": frozenset({"opus", "vorbis"}),
}
FILM_SUFFIXES = tuple(_PICTURES)
QUICKTIME_SUFFIXES = (".mp4", ".m4v", ".mov")

# libvpx at half the speed of the default: as `studio.media.film` writes WebM.
_VP9 = ("-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1", "-cpu-used", "5", "-pix_fmt", "yuv420p")
_SUBTITLES = {".mkv": "subrip", ".webm": "webvtt"}

# kb/s for each number of channels.
_RATES = {1: 96, 2: 192, 6: 384, 8: 512}
_AUDIO_ONLY = {
    ".wav": ("-c:a", "pcm_s24le", "-rf64", "auto"),
    ".flac": ("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"),
    # Better than 250 kb/s of variable rate; MP3 holds two channels.
    ".mp3": ("-c:a", "libmp3lame", "-q:a", "0", "-ac", "2"),
}
AUDIO_SUFFIXES = (*_AUDIO_ONLY, ".m4a", ".opus")


def picture_coding(suffix: str, codec: str, changed: bool) -> Sequence[str]:
    """ffmpeg's options for the picture: copied where the file can hold it and it is not changed."""
    fitting = _PICTURES[suffix]
    if not changed and (fitting is None or codec in fitting):
        # Without this tag Apple's players refuse HEVC.
        apple = ("-tag:v", "hvc1") if codec == "hevc" and suffix in QUICKTIME_SUFFIXES else ()
        return ("-c:v", "copy", *apple)
    coding = _VP9 if suffix == ".webm" else VIDEO
    # Each frame at its own time, to the tick of the film's own clock.
    return (*coding, "-fps_mode", "passthrough", "-enc_time_base:v", "demux")


def holds_sound(suffix: str, codec: str) -> bool:
    """Whether a sound track of this codec can be copied into such a file."""
    fitting = _SOUNDS[suffix]
    return fitting is None or codec in fitting


def sound_coding(suffix: str, channels: int, track: int = 0) -> Sequence[str]:
    """ffmpeg's options that code a sound track: AAC, Opus in WebM."""
    bits = next(rate for most, rate in _RATES.items() if channels <= most)
    codec = ("libopus", f"-mapping_family:a:{track}", "1" if channels > 2 else "0") if suffix == ".webm" else ("aac",)
    return (f"-c:a:{track}", *codec, f"-b:a:{track}", f"{bits}k")


def subtitle_coding(suffix: str) -> Sequence[str]:
    """ffmpeg's options for a soft subtitle track."""
    return ("-c:s", _SUBTITLES.get(suffix, "mov_text"))


def audio_coding(suffix: str, channels: int) -> Sequence[str]:
    """ffmpeg's options for a file of sound alone."""
    if suffix in _AUDIO_ONLY:
        return _AUDIO_ONLY[suffix]
    return sound_coding(".webm" if suffix == ".opus" else ".mp4", channels)
