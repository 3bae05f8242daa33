"""Which action units make an expression: the prototypes of EMFACS and their variants.

Source: Ekman, Friesen & Hager, FACS Investigator's Guide, 2002 (prototypes and major variants of six emotions). For
contempt, which is not among them: Matsumoto & Ekman, The relationship among expressions, labels, and descriptions of
contempt, 2004 (a corner of the mouth raised or tightened on one side). For weeping: Mattson, Cohn, Mahoor, Gangi &
Messinger, Darwin's Duchenne, 2013 (lips stretched, eyes squeezed shut, brow knit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prototype:
    """What of an expression has to be there, what adds to it, and what speaks for another one.

    core: units, all of which are needed: the expression is as strong as their geometric mean, shares given.
    helps: units that bring it from `alone` (all of the core, nothing else) to whole, by so much each.
    against: how much of the strength a unit takes away when it is whole, by its square: a trace does little.
    """

    core: Mapping[str, float]
    helps: Mapping[str, float] = field(default_factory=dict)
    against: Mapping[str, float] = field(default_factory=dict)
    alone: float = 1.0

    def strength(self, units: Mapping[str, Array]) -> Array:
        """How strongly it shows, [F] in [0, 1]. units: [F] each, in [0, 1]."""
        none = np.ones_like(next(iter(units.values())))
        shares = sum(self.core.values())
        core = np.prod([units[u] ** (share / shares) for u, share in self.core.items()], axis=0)
        helped = self.alone * none + sum(share * units[u] for u, share in self.helps.items())
        kept = np.prod([none, *(1.0 - share * units[u] ** 2 for u, share in self.against.items())], axis=0)
        return np.asarray(core * np.minimum(helped, 1.0) * kept)


# Units by number; "1+4" is the brow drawn up at its inner ends, "25" lips apart, "weeping" and "one-sided" as `signs`
# makes them. Which units belong to an expression is EMFACS's; how much each adds or takes away is set by hand. What is
# `against` an expression is in none of its prototypes, but for a dropped jaw: EMFACS allows it with sadness and fear,
# and here it tells surprise from them.
PROTOTYPES: Mapping[str, tuple[Prototype, ...]] = {
    "happy": (  # 6+12, 12C/D
        Prototype(
            {"12": 1}, {"6": 0.25}, {"1+4": 0.6, "4": 0.6, "15": 0.7, "17": 0.7, "9": 0.6, "one-sided": 0.5}, alone=0.8
        ),
    ),
    "sad": (  # 1+4+15, 1+4+15+17, 1+4+11; 11+17 and 15+17; weeping
        Prototype(
            {"1+4": 1},
            {"15": 0.5, "17": 0.3, "43": 0.2},
            {"2": 0.6, "5": 0.9, "26": 0.9, "12": 0.9, "20": 0.4},
            alone=0.45,
        ),
        Prototype({"15": 1, "17": 1}, {"1+4": 0.4}, {"4": 0.9, "10": 0.7, "12": 0.9, "26": 0.6}, alone=0.7),
        Prototype({"weeping": 1}, {"1+4": 0.4}, {"25": 0.8}, alone=0.8),
    ),
    "surprised": (  # 1+2+5+26, 1+2+5, 1+2+26, 5+26
        Prototype(
            {"1": 1, "2": 1, "5": 1}, {"26": 0.3}, {"4": 0.8, "20": 0.5, "15": 0.5, "43": 0.9, "12": 0.7}, alone=0.8
        ),
        Prototype(
            {"1": 1, "26": 1}, {"2": 0.3, "5": 0.2}, {"4": 0.8, "20": 0.6, "15": 0.6, "43": 0.9, "12": 0.9}, alone=0.8
        ),
        Prototype({"5": 1, "26": 1}, {"1": 0.3}, {"4": 0.9, "20": 0.6, "15": 0.6, "12": 0.9}, alone=0.7),
    ),
    "afraid": (  # 1+2+4+5+20+26, 1+2+4+5, 5+20
        Prototype({"1": 1, "5": 1, "20": 1}, {"1+4": 0.2, "26": 0.1}, {"12": 0.9, "43": 0.9}, alone=0.9),
        Prototype({"1+4": 1, "5": 1}, {"20": 0.3, "15": 0.2}, {"12": 0.9, "43": 0.9, "26": 0.3}, alone=0.7),
        Prototype({"5": 1, "20": 1}, {"1": 0.3}, {"12": 0.9, "4": 0.5}, alone=0.6),
    ),
    "angry": (  # 4+5+7+23/24, 4+5+7+10+25, 4+5+7+17+23/24, and each without one of them
        Prototype(
            {"4": 1},
            {"7": 0.2, "5": 0.1, "23": 0.2, "24": 0.2, "10": 0.15, "17": 0.15},
            {"1": 0.8, "12": 0.9, "15": 0.7, "9": 0.6},
            alone=0.65,
        ),
        Prototype({"17": 1, "24": 1}, {"4": 0.4, "7": 0.3}, {"1": 0.8, "12": 0.9, "15": 0.7}, alone=0.4),
    ),
    "disgusted": (  # 9, 9+16+15, 9+17, 10+17, 10+16; nose wrinkling brings 4 along
        Prototype({"9": 1}, {"4": 0.1, "10": 0.2, "15": 0.2, "17": 0.1}, {"12": 0.8}, alone=0.8),
        Prototype({"10": 1, "17": 1}, {"15": 0.2}, {"12": 0.9, "1": 0.6}, alone=0.8),
        Prototype({"4": 1, "15": 1}, {"10": 0.2, "17": 0.1}, {"12": 0.9, "1": 0.9, "23": 0.4}, alone=0.9),
    ),
    "contemptuous": (Prototype({"one-sided": 1}, {}, {"12": 0.5, "26": 0.8, "4": 0.5}, alone=0.8),),  # L/R 14, L/R 12
}


def scores(units: Mapping[str, Array]) -> dict[str, Array]:
    """How strongly each expression shows, [F] in [0, 1]: as its best prototype does. units as of `signs`."""
    return {
        emotion: np.stack([p.strength(units) for p in prototypes]).max(axis=0)
        for emotion, prototypes in PROTOTYPES.items()
    }
