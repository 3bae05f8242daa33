"""A face led by another face: a film drives the motion, a picture gives the expression."""

from talking_head.driving.acting import acted_motion
from talking_head.driving.driven import driven
from talking_head.driving.picture import expression_from
from talking_head.driving.take import take_from

__all__ = ["acted_motion", "driven", "expression_from", "take_from"]
