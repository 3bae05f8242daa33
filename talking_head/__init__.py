"""portrait + Speech -> FaceMotion -> frames, by keypoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talking_head.animator import PhotoAnimator

__all__ = ["PhotoAnimator"]


def __getattr__(name: str) -> object:
    # The engine brings numba and OpenCV along; whoever wants only a part of this package should not wait for them.
    if name == "PhotoAnimator":
        from talking_head.animator import PhotoAnimator

        return PhotoAnimator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
