"""A script: the lines of a film with their times, who says them and how, and what had to be mended to read them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.emotion.marks import without_marks


@dataclass(frozen=True)
class Repair:
    """What was mended, or taken to mean something, in one sentence; line: of the file, 0 for all of it."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.what}" if self.line else self.what


@dataclass(frozen=True)
class Cue:
    """One line of a script.

    number: its place in the script, from 1.  line: of the file, where its text begins; 0 if it comes from no file.
    start, end: seconds of the film.
    text: what is to be said, on one line, with this project's marks (`studio.emotion.script`); "" where nothing is.
    written: what viewers read and what the marks say: as it stands in the file, with its line breaks, italics and
        descriptions of sound, but without who speaks and how.
    emotion: as the file gives it, never the name of a file; `feelings.emotion_of` reads it.
    style: of ASS, or the class of a WebVTT voice.  settings: of a WebVTT cue, its place in the picture.
    voice, seed: of a JSON Lines script.
    """

    number: int
    line: int
    start: float
    end: float
    text: str
    written: str
    speaker: str | None = None
    emotion: str | None = None
    style: str = ""
    settings: str = ""
    voice: str | None = None
    seed: int | None = None

    @property
    def words(self) -> str:
        """The text without marks."""
        return without_marks(self.text)[0] if self.text else ""

    def at(self, start: float, end: float) -> Cue:
        """The same cue at another time."""
        return replace(self, start=start, end=end)

    def saying(self, text: str) -> Cue:
        """The cue with another text."""
        return replace(self, text=text, written=text)


@dataclass(frozen=True)
class Script:
    """A film's lines in the order of their starts.

    cues: what is said; those of one speaker do not overlap.  unspoken: what viewers read only: descriptions of sound,
    lyrics.  repairs: in the order of the file.  head: STYLE and REGION blocks of a WebVTT file.
    """

    cues: tuple[Cue, ...]
    unspoken: tuple[Cue, ...] = ()
    repairs: tuple[Repair, ...] = ()
    head: tuple[str, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, in the order of their first lines; lines without a speaker are not counted."""
        return tuple(dict.fromkeys(c.speaker for c in self.cues if c.speaker is not None))

    def within(self, film_seconds: float) -> Script:
        """The script of a film that is so long: what lies past its end is cut or left out, and told."""
        kept, repairs = [], list(self.repairs)
        for cue in self.cues:
            if cue.start >= film_seconds:
                repairs.append(Repair(cue.line, f"starts at {cue.start:.2f} s, past the film's end: left out."))
                continue
            if cue.end > film_seconds:
                repairs.append(Repair(cue.line, f"ends at {cue.end:.2f} s, past the film's end: cut there."))
            kept.append(cue.at(cue.start, min(cue.end, film_seconds)))
        unspoken = tuple(c.at(c.start, min(c.end, film_seconds)) for c in self.unspoken if c.start < film_seconds)
        numbered = tuple(replace(c, number=i) for i, c in enumerate(kept, 1))
        return replace(self, cues=numbered, unspoken=unspoken, repairs=tuple(sorted(repairs, key=lambda r: r.line)))
