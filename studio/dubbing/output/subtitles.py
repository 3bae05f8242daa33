"""Subtitles laid into the picture, with a font that has their letters."""

from __future__ import annotations

import re
from pathlib import Path

from studio.dubbing.output.running import LOCAL, run_ffmpeg
from studio.errors import InputError

SUBTITLE_FORMATS = {".srt": "srt", ".vtt": "webvtt", ".ass": "ass"}

# White with a dark edge. Measured at 360 and 720 lines with DejaVu Sans: letters take 4.2 % of the picture's height,
# from the top of an H to the bottom of a g, and the lowest line is 5 % over its edge. ffmpeg lays subtitles without a
# style of their own out on 384 x 288.
_STYLE = ",".join(
    [
        *("Style: Default", "sans-serif", "15", "&H00FFFFFF", "&H00FFFFFF", "&H00101010", "&H80000000"),
        # bold, italic, underlined, struck out; scales, spacing, angle; outline and shadow; centred below, margins
        *("0,0,0,0", "100,100,0,0", "1,1.1,0.4", "2,24,24,14", "1"),
    ]
)
_MISSING = re.compile(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)")
_DIALOGUE = re.compile(r"^Dialogue: (?:[^,]*,){9}(.*)$", re.MULTILINE)
_OVERRIDES = re.compile(r"\{[^}]*\}|\\[NnhH]")
_ASS_NAME = "captions.ass"


def input_of(subtitles: Path) -> tuple[str, ...]:
    """ffmpeg's options for a subtitle file: read as what its name says, so that it can't be a playlist."""
    if subtitles.suffix.lower() not in SUBTITLE_FORMATS:
        raise InputError(f"{subtitles.name!r} is no subtitle file: SRT, WebVTT and ASS can be used.")
    return (*LOCAL, "-f", SUBTITLE_FORMATS[subtitles.suffix.lower()], "-i", f"file:{subtitles.absolute()}")


def burning(subtitles: Path, folder: Path) -> str:
    """The filter that draws the subtitles, for an ffmpeg that runs in `folder`, in which they are laid out.

    Raises InputError when no font of this machine has their letters: before the film is coded, not after.
    """
    ass = folder / _ASS_NAME
    run_ffmpeg([*input_of(subtitles), "-c:s", "ass", "-f", "ass", f"file:{ass}"], subtitles)
    text = ass.read_text(encoding="utf-8")
    if subtitles.suffix.lower() != ".ass":
        text = re.sub(r"^Style: Default,.*$", _STYLE, text, flags=re.MULTILINE)
        ass.write_text(text, encoding="utf-8")
    _check_letters(text, folder)
    # libass alone reads the file by this filter; the other one, `subtitles`, would open whatever it holds.
    return f"ass={_ASS_NAME}"


def _check_letters(ass: str, folder: Path) -> None:
    """Draw every letter once."""
    letters = sorted({c for line in _DIALOGUE.findall(ass) for c in _OVERRIDES.sub("", line) if c.isalnum()})
    head = ass[: ass.index("Dialogue:")] if "Dialogue:" in ass else ass
    probe = folder / "letters.ass"
    probe.write_text(f"{head}Dialogue: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,{''.join(letters)}\n", encoding="utf-8")
    said = run_ffmpeg(
        [
            *("-f", "lavfi", "-i", "color=s=384x288:d=0.04:r=25"),
            *("-vf", "ass=letters.ass", "-frames:v", "1", "-f", "null", "-"),
        ],
        probe,
        folder=folder,
    )
    missing = sorted({chr(int(code, 16)) for code in _MISSING.findall(said)})
    if missing:
        shown = "".join(missing[:12]) + ("…" if len(missing) > 12 else "")
        raise InputError(
            f"The subtitles can't be burned in: no font of this machine has the letters {shown}; "
            "install one (Noto has most), or leave the subtitles as a track of their own."
        )
