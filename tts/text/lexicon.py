"""A user's own pronunciations: a CSV of ``word,phonemes[,language]``."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studio.errors import InputError
from tts.text import symbols

# IPA as dictionaries print it, in Kokoro's alphabet. Longer ones first.
_IPA = (
    *(("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("əʊ", "Q"), ("aʊ", "W"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ")),
    *(("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɫ", "l"), ("g", "ɡ"), ("'", "ˈ"), ("’", "ˈ"), ("ɾ", "T"), ("ʔ", "t"), ("ʍ", "w")),
)
# Only in English is a dictionary's r Kokoro's ɹ; Spanish trills it.
_ENGLISH = (*_IPA, ("r", "ɹ"))
_SYLLABIC = "\u0329"
_UNMEANT = str.maketrans("", "", "/[]\u0361\u035c.‿")


@dataclass(frozen=True)
class Entry:
    """word: as written, one or more; phonemes: Kokoro's symbols, words parted by a space; language: "" for all."""

    word: str
    phonemes: str
    language: str = ""

    def is_of(self, language: str) -> bool:
        """Whether it holds for a BCP-47 tag: an entry for "en" holds for "en-GB", one for "en-US" doesn't."""
        own, asked = self.language.lower(), language.lower()
        return not own or asked == own or asked.startswith(f"{own}-")


@dataclass(frozen=True)
class Found:
    """Where an entry stands in a text, and each of its words' phonemes."""

    start: int
    end: int
    phonemes: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Pronunciations that go before a reader's own. Capitals in an entry count, small letters stand for both."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def load(cls, path: Path | str) -> Lexicon:
        """Read a CSV file. Raises InputError that names the line for a symbol the voices don't know."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as e:
            raise InputError(f"The lexicon {path} can't be read: it has to be a CSV file in UTF-8.") from e
        entries = []
        rows = csv.reader(io.StringIO(text))
        for row in rows:
            cells = [c.strip() for c in row]
            if not any(cells) or cells[0].startswith("#") or [c.lower() for c in cells[:2]] == ["word", "phonemes"]:
                continue
            entries.append(_entry(cells, f"line {rows.line_num} of the lexicon {path}"))
        return cls(tuple(entries))

    def find(self, text: str, language: str) -> list[Found]:
        """Where its words stand in a text, the longest first where several could; possessives take their s."""
        if not self.entries:
            return []
        found = []
        for match in self._pattern.finditer(text):
            entry = self._entry_of(match["word"], language)
            if entry:
                parts = entry.phonemes.split()
                parts[-1] += possessive(parts[-1]) if match["s"] else ""
                found.append(Found(match.start(), match.end(), tuple(_in(p, language) for p in parts)))
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted({e.word for e in self.entries}, key=len, reverse=True)
        written = "|".join(r"\s+".join(map(re.escape, w.split())) for w in words)
        return re.compile(rf"(?<![\w])(?P<word>{written})(?P<s>['’]s)?(?![\w])", re.IGNORECASE)

    def _entry_of(self, written: str, language: str) -> Entry | None:
        """The entry for a word as written: one with the same capitals before one in small letters, the last given."""
        plain = " ".join(written.split())
        for wanted in (plain, plain.lower()):
            for entry in reversed(self.entries):
                if entry.word == wanted and entry.is_of(language):
                    return entry
        return None


def _entry(cells: list[str], where: str) -> Entry:
    if len(cells) not in (2, 3) or not cells[0] or not cells[1]:
        raise InputError(
            f"In {where} there should be a word, its phonemes and, if need be, a language, parted by commas."
        )
    word, phonemes, language = (*cells, "")[:3]
    said = unicodedata.normalize("NFC", phonemes)
    for ipa, own in _ENGLISH if not language or language.lower().startswith("en") else _IPA:
        said = re.sub(rf"(?<=.){ipa}" if ipa in "'’" and said[:1] != ipa else ipa, own, said)
    said = re.sub(rf"(\w){_SYLLABIC}", r"ᵊ\1", said.translate(_UNMEANT))
    unknown = [c for c in said if c not in symbols.ID or c in symbols.PUNCTUATION]
    if unknown:
        name = unicodedata.name(unknown[0], "no letter").lower()
        raise InputError(f"In {where} {unknown[0]!r} ({name}) is no phoneme: write IPA, such as əfˈɛtoʊ for Affetto.")
    if not any(symbols.is_spoken(c) for c in said):
        raise InputError(f"In {where} {word!r} has no phonemes: write IPA, such as əfˈɛtoʊ for Affetto.")
    return Entry(" ".join(unicodedata.normalize("NFC", word).split()), " ".join(said.split()), language)


def possessive(phonemes: str) -> str:
    """What a word's "'s" sounds like after its phonemes."""
    if phonemes[-1] in "szʃʒʧʤ":
        return "ɪz"
    return "s" if phonemes[-1] in "ptkfθ" else "z"


def _in(phonemes: str, language: str) -> str:
    # American readings carry no length marks.
    return phonemes.replace("ː", "") if language == "en-US" else phonemes
