"""Where the thresholds of closures come from: found and right at each, on speakers who settle them (`heldout`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from talking_head.listening.closures import closures
from talking_head.listening.hearing import RATE, likely_touching
from talking_head.listening.network import Network
from talking_head.listening.training.figures import matched, reference_closures
from talking_head.listening.training.takes import Take
from talking_head.listening.training.targets import CONTACT, targets

_BEGINS = tuple(n / 20 for n in range(4, 17))
# Of the threshold to begin: at lower shares a closure runs on into what is near it.
_LASTS = 0.6


def found_and_right(takes: Sequence[Take], network: Network) -> Iterator[tuple[float, float, float]]:
    """(threshold to begin, share of closures found, share of those heard that are any), from low thresholds to high."""
    courses = [likely_touching(t.samples, network) for t in takes]
    wanted = [reference_closures(targets(t)[:, CONTACT]) for t in takes]
    total = sum(map(len, wanted))
    for begins in _BEGINS:
        heard = [closures(course, RATE, begins, _LASTS * begins) for course in courses]
        hits = sum(map(matched, wanted, heard))
        yield begins, hits / max(total, 1), hits / max(sum(map(len, heard)), 1)
