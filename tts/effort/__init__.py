"""Vocal effort and articulation: how an emotion moves the spectral envelope, sound by sound."""

from tts.effort.shaping import ANCHORS, shaped, styled, weights_of

__all__ = ["ANCHORS", "shaped", "styled", "weights_of"]
