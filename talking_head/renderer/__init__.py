"""The photo renderer: FaceMotion -> frames of one photograph's face."""

from talking_head.renderer.renderer import PhotoRenderer

__all__ = ["PhotoRenderer"]
