"""Emoji by name, for a sentence of nothing else; beside words they colour the emotion and are left unsaid."""

from __future__ import annotations

import re
import unicodedata

from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

# Where Unicode's name isn't what people call it.
_NAMES = {"HEAVY BLACK HEART": "red heart", "FACE WITH TEARS OF JOY": "tears of joy"}


def _named(found: re.Match[str], numbers: Numbers) -> str | None:
    """ "🎉🎉" -> "party popper"; a run of one emoji is named once."""
    name = unicodedata.name(found[1], "")
    if unicodedata.category(found[1]) != "So" or name.startswith("REGIONAL"):
        return None
    return f" {_NAMES.get(name) or name.removesuffix(' SIGN').replace('-', ' ').lower()}, "


# With what modifies it: variation selectors, colours of skin.
RULE = Rule(re.compile("([^\\w\\s])[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\\1[\ufe0f\U0001f3fb-\U0001f3ff]*)*"), _named)
