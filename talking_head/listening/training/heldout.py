"""Who is not learned from: those it is judged on, and those on whom its thresholds are settled."""

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
# Of LibriSpeech's speakers one in so many is judged on, by number, and the next one settles.
_ONE_IN = 5
_SETTLING = {"emodb": {"11"}}


def is_held_out(take: Take) -> bool:
    """Whether the network is judged on it: nothing is learned from it or settled by it."""
    if take.speaker in _SPEAKERS.get(take.corpus, ()):
        return True
    return take.corpus == "librispeech" and int(take.speaker) % _ONE_IN == 0


def is_settling(take: Take) -> bool:
    """Whether thresholds are settled by it: nothing is learned from it either."""
    if is_held_out(take):
        return False
    if take.corpus == "librispeech":
        return int(take.speaker) % _ONE_IN == 1
    return take.speaker in _SETTLING.get(take.corpus, ())
