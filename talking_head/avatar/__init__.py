"""The built-in 3-D head: a renderer for those who have no photograph, and a glTF file for other programs."""

from talking_head.avatar.animator import HeadAnimator
from talking_head.avatar.export import export_glb
from talking_head.avatar.renderer import HeadRenderer

__all__ = ["HeadAnimator", "HeadRenderer", "export_glb"]
