"""The prosodies there are, by name."""

from __future__ import annotations

from functools import cache

from studio.delivery import ProsodyName
from tts.prosody.reading import Prosody
from tts.prosody.rule_prosody import RuleProsody


@cache
def prosody(name: ProsodyName) -> Prosody:
    """Made once."""
    if name == "rules":
        return RuleProsody()
    from tts.autoregressive import AutoregressiveProsody

    return AutoregressiveProsody()
