"""The photo renderer: FaceMotion -> frames of one photograph's face, or of several."""

from talking_head.renderer.backdrop import Background
from talking_head.renderer.group import GroupRenderer
from talking_head.renderer.renderer import PhotoRenderer

__all__ = ["Background", "GroupRenderer", "PhotoRenderer"]
