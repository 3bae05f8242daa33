"""What counts as a number where people give one: numpy's do, True does not."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TypeGuard


def is_real(x: object) -> TypeGuard[Real]:
    """A number, infinite or not."""
    return isinstance(x, Real) and not isinstance(x, bool)


def is_number(x: object) -> bool:
    """A finite number."""
    return is_real(x) and math.isfinite(x)


def is_whole(x: object) -> bool:
    """A whole number."""
    return isinstance(x, Integral) and not isinstance(x, bool)
