"""Who is not learned from, so that the network can be judged on speakers it never heard."""

from __future__ import annotations

from talking_head.listening.training.takes import Take

# EMO-DB's 03 (a man) and 16 (a woman), LibriSpeech's 2033 and 3331 are in the project's tests; two of its own voices.
_SPEAKERS = {
    "emodb": {"03", "16"},
    "librispeech": {"2033", "3331"},
    "ljspeech": {"LJ"},
    "vctk": {"p227", "p228"},
    "own": {"af_nova", "bm_lewis"},
}
# Of LibriSpeech's speakers one in so many, by number.
_ONE_IN = 5


def is_held_out(take: Take) -> bool:
    """Whether nobody learns from it."""
    if take.speaker in _SPEAKERS.get(take.corpus, ()):
        return True
    return take.corpus == "librispeech" and int(take.speaker) % _ONE_IN == 0
