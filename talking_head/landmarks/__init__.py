"""Faces in pictures: where they are, their landmarks, expression coefficients and head pose."""

from talking_head.landmarks.landmarker import FaceLandmarks, Landmarker
from talking_head.landmarks.pose import head_angles, head_matrix, head_rotation

__all__ = ["FaceLandmarks", "Landmarker", "head_angles", "head_matrix", "head_rotation"]
