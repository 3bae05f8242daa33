"""Who reads which language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from studio.emotion.track import Mark
from studio.errors import InputError
from tts.text.foreign import ForeignReader, Language
from tts.text.lexicon import Lexicon
from tts.text.reader import Reader
from tts.text.sentence import Sentence

_FOREIGN = {
    language.tag.partition("-")[0]: language
    for language in (
        Language("es-ES", "Spanish", "es"),
        Language("fr-FR", "French", "fr"),
        Language("it-IT", "Italian", "it"),
        Language("pt-BR", "Portuguese", "pt-br"),
        Language("hi-IN", "Hindi", "hi", ("DEVANAGARI", "LATIN")),
    )
}
LANGUAGES = ("en-US", "en-GB", *(language.tag for language in _FOREIGN.values()))


class TextReader(Protocol):
    """What turns text of one language into sentences of phonemes."""

    @property
    def language(self) -> str:
        """A BCP-47 tag."""
        ...

    def read(self, text: str, *, lexicon: Lexicon = ..., marks: Sequence[Mark] = ...) -> list[Sentence]:
        """The sentences of a text. marks: of an emotion track counted in words. Raises InputError for no words."""
        ...


def reader_for(language: str) -> TextReader:
    """The reader of a BCP-47 tag: "en-GB", "fr", "pt-BR"; a region that has no reader of its own takes the language's.

    Raises InputError for a language that has none. What a language needs is loaded, or missed, by the first `read`.
    """
    primary, _, region = language.lower().replace("_", "-").partition("-")
    if primary == "en":
        return _english(region in ("gb", "ie", "au", "nz", "za", "in"))
    if primary in _FOREIGN:
        return _foreign(primary)
    raise InputError(f"There is no reader of the language {language!r}: there are {', '.join(LANGUAGES)}.")


@cache
def _english(british: bool) -> Reader:
    return Reader(british)


@cache
def _foreign(primary: str) -> ForeignReader:
    return ForeignReader(_FOREIGN[primary])
