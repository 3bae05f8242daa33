"""eSpeak NG's phonemes in Kokoro's alphabet.

eSpeak NG is GPL-3: it is no dependency but an extra (``affetto[languages]``), and nothing of it is loaded before a
language is asked for that needs it.
"""

from __future__ import annotations

import ctypes
import re
import threading
import unicodedata
from functools import cache

from studio.errors import InputError
from tts.text import symbols

# eSpeak's constants (speak_lib.h): sound handed back rather than played, no exit on errors; UTF-8; IPA with a tie
# character, which parts the two sounds of an affricate or diphthong from two that meet.
_RETRIEVAL, _DONT_EXIT, _UTF8 = 1, 0x8000, 1
_TIE = "^"
_IPA = 0x02 | 0x80 | ord(_TIE) << 8
# As Kokoro was trained to hear them (misaki 0.9.4, espeak.py, Apache-2.0).
_DIPHTHONGS = {
    **{"a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S"},
    **{"t^s": "ʦ", "t^ʃ": "ʧ", "ɔ^ɪ": "Y"},
}
_FOREIGN = re.compile(r"\([^)]*\)")  # "(en)" before a word it reads in another language
# eSpeak has one state for a process.
_LOCK = threading.Lock()


def phonemes(text: str, voice: str) -> str:
    """A clause in Kokoro's symbols, words parted by spaces. voice: eSpeak's name of the language ("fr", "pt-br").

    Raises InputError when eSpeak NG isn't installed.
    """
    with _LOCK:
        library = _library()
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise InputError(f"This eSpeak NG has no voice {voice!r}: pip install --upgrade espeakng-loader.")
        rest = ctypes.c_char_p(text.encode())
        clauses = []
        while rest.value:
            clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA).decode())
    return _in_alphabet(" ".join(clauses))


def _in_alphabet(ipa: str) -> str:
    ipa = _FOREIGN.sub("", ipa.replace("(^", "(")) if "(" in ipa else ipa
    for tied, one in _DIPHTHONGS.items():
        ipa = ipa.replace(tied, one)
    parts = (c if c in symbols.ID else unicodedata.normalize("NFD", c) for c in ipa)
    return " ".join("".join(c for part in parts for c in part if c in symbols.ID).split())


@cache
def _library() -> ctypes.CDLL:
    try:
        import espeakng_loader
    except ImportError as e:
        raise InputError(
            "Languages other than English are read by eSpeak NG (GPL-3), which isn't installed: "
            "pip install 'affetto[languages]'."
        ) from e
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    if library.espeak_Initialize(_RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), _DONT_EXIT) < 0:
        raise InputError("eSpeak NG can't read its data: pip install --force-reinstall espeakng-loader.")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    return library
