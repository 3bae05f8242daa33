"""When each token of a text sounds in a recording of it, by warping onto the acoustic model's own rendering."""

from tts.alignment.alignment import Alignment, align

__all__ = ["Alignment", "align"]
