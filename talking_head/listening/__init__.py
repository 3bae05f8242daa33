"""A recording -> what the mouth does, with no timeline given."""

from talking_head.listening.closures import Closure
from talking_head.listening.hearing import RATE, Heard, hear

__all__ = ["RATE", "Closure", "Heard", "hear"]
