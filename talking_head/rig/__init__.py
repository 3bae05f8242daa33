"""The ARKit-52 rig: how each coefficient moves the 478 landmarks, on an average face and on one person's."""

from talking_head.rig.fitted import FittedRig, fit
from talking_head.rig.rig import Rig

__all__ = ["FittedRig", "Rig", "fit"]
