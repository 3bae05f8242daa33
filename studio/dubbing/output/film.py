"""The dubbed film: the picture as it was, the dub first, the original sound second, subtitles to switch on."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from studio.dubbing.output.containers import (
    AUDIO_SUFFIXES,
    FILM_SUFFIXES,
    QUICKTIME_SUFFIXES,
    audio_coding,
    holds_sound,
    picture_coding,
    sound_coding,
    subtitle_coding,
)
from studio.dubbing.output.languages import iso_639_2, language_in
from studio.dubbing.output.running import LOCAL, run_ffmpeg
from studio.dubbing.output.subtitles import burning, input_of
from studio.dubbing.output.tracks import switch_subtitles_off
from studio.dubbing.sound.layouts import layout_for
from studio.engines import Progress
from studio.errors import InputError
from studio.media.files import check_place, written_whole
from studio.media.probe import FILM_INPUT, AudioStream, probe


@dataclass(frozen=True)
class FilmOptions:
    """What goes into a dubbed film.

    language: of the dub, original_language: of the film where its file doesn't say; BCP-47 tags, None is unknown.
    subtitles: an SRT, WebVTT or ASS in the dub's language, as a track to switch on; burn: drawn into the picture too.
    keep_original: the film's own sound as second track.
    """

    language: str | None = None
    original_language: str | None = None
    subtitles: Path | None = None
    burn: bool = False
    keep_original: bool = True


def check_film_out(film: str | Path, out: str | Path, options: FilmOptions | None = None) -> None:
    """Raise InputError where `write_film` could not write: before the work, not after."""
    options, out = options or FilmOptions(), Path(out)
    check_place(out, *FILM_SUFFIXES)
    if out.exists() and out.samefile(film):
        raise InputError(f"{out} is the film itself, which stays: give the dub another name.")
    iso_639_2(options.language)
    iso_639_2(options.original_language)
    if options.burn and options.subtitles is None:
        raise InputError("There are no subtitles to burn in: give them.")


def write_film(
    film: str | Path,
    mix_wav: str | Path,
    out: str | Path,
    options: FilmOptions | None = None,
    *,
    picture: str | Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the film (MP4, M4V, MOV, MKV, WebM by `out`'s name) with `mix_wav` as its first and default sound.

    The picture is copied bit by bit, times included, where such a file can hold it; coded anew where not, or where
    subtitles are burned in. So is the original sound. picture: a film whose picture is taken instead (lips rendered).
    Raises InputError when a file can't be used, no font has the subtitles' letters, or the place can't be written.
    """
    options, film, out = options or FilmOptions(), Path(film), Path(out)
    check_film_out(film, out, options)
    suffix = out.suffix.lower()
    facts = probe(film)
    seen = probe(picture) if picture else facts
    original = facts.audio[0] if facts.audio and options.keep_original else None
    with written_whole(out) as part, tempfile.TemporaryDirectory() as scratch:
        arguments = [*FILM_INPUT, "-i", f"file:{seen.path.absolute()}"]
        arguments += [*LOCAL, "-f", "wav", "-i", f"file:{Path(mix_wav).absolute()}"]
        arguments += [*FILM_INPUT, "-i", f"file:{film.absolute()}"] if original else []
        arguments += input_of(options.subtitles) if options.subtitles else []
        arguments += ["-map", "0:V:0", "-map", "1:a:0", *(["-map", "2:a:0"] if original else [])]
        arguments += ["-map", f"{3 if original else 2}:s:0"] if options.subtitles else []
        arguments += picture_coding(suffix, seen.codec, changed=options.burn)
        if options.burn and options.subtitles:
            # H.264 and VP9 of 4:2:0 have even sides.
            arguments += ["-vf", f"{burning(options.subtitles, Path(scratch))},pad=ceil(iw/2)*2:ceil(ih/2)*2"]
        elif "copy" not in arguments:
            arguments += ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"]
        arguments += _sound(suffix, Path(mix_wav), original)
        arguments += [*subtitle_coding(suffix)] if options.subtitles else []
        arguments += _named(suffix, options, original)
        arguments += ["-movflags", "+faststart"] if suffix in QUICKTIME_SUFFIXES else []
        # The scratch folder is where burned subtitles lie; every path given is absolute.
        run_ffmpeg(
            [*arguments, f"file:{part}"],
            out,
            progress and (lambda done: progress("writing the film", min(done, seen.seconds), seen.seconds)),
            Path(scratch),
        )
        if options.subtitles and suffix in QUICKTIME_SUFFIXES:
            switch_subtitles_off(part)
    return out


def write_audio(mix_wav: str | Path, out: str | Path, language: str | None = None) -> Path:
    """Write the mix alone: WAV, FLAC (24 bits), MP3 (two channels), M4A, Opus, by `out`'s name.

    Raises InputError when the place can't be written.
    """
    mix_wav, out = Path(mix_wav), Path(out)
    check_place(out, *AUDIO_SUFFIXES)
    channels = soundfile.info(mix_wav).channels
    arguments = [*LOCAL, "-f", "wav", "-i", f"file:{mix_wav.absolute()}", "-map", "0:a:0"]
    arguments += [*audio_coding(out.suffix.lower(), channels), "-metadata:s:a:0", f"language={iso_639_2(language)}"]
    with written_whole(out) as part:
        run_ffmpeg([*arguments, f"file:{part}"], out)
    return out


def _sound(suffix: str, mix_wav: Path, original: AudioStream | None) -> Sequence[str]:
    coding = [*sound_coding(suffix, soundfile.info(mix_wav).channels)]
    if original and holds_sound(suffix, original.codec):
        coding += ["-c:a:1", "copy"]
    elif original:
        layout = layout_for(original.channels or 2)
        coding += [*sound_coding(suffix, layout.channels, 1), "-filter:a:1", f"aformat=channel_layouts={layout.name}"]
    return coding


def _named(suffix: str, options: FilmOptions, original: AudioStream | None) -> Sequence[str]:
    """Titles, languages and which track plays by itself."""
    dub = language_in(suffix, options.language)
    named = ["-metadata:s:a:0", f"language={dub}", "-metadata:s:a:0", f"title={_title('Dubbed', options.language)}"]
    named += ["-metadata:s:a:0", f"handler_name={_title('Dubbed', options.language)}", "-disposition:a:0", "default"]
    if original:
        tag = options.original_language or original.language
        title = _title("Original", tag)
        named += ["-metadata:s:a:1", f"language={language_in(suffix, tag)}", "-metadata:s:a:1", f"title={title}"]
        named += ["-metadata:s:a:1", f"handler_name={title}", "-disposition:a:1", "0"]
    if options.subtitles:
        named += ["-metadata:s:s:0", f"language={dub}", "-disposition:s:0", "0"]
        named += ["-metadata:s:s:0", f"title={_title('Subtitles', options.language)}"]
    return named


def _title(what: str, language: str | None) -> str:
    return f"{what} ({language})" if language else what
