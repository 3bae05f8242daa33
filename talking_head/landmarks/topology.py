"""Which landmark is where on the face. Left and right are the person's own; a portrait shows the right eye on its left.

Source: MediaPipe, face_landmarks_connections; rings are put in order here, each starting at the corner it names.
"""

from __future__ import annotations

N_LANDMARKS = 478
N_VERTICES = 468
"""The mesh; the landmarks above are the irises."""

FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Closed ring of 36 from the top of the forehead, clockwise as seen (to the viewer's right first)."""

LIPS_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LIPS_OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
LIPS_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LIPS_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Each from the right mouth corner (viewer's left) to the left one, 11 landmarks, corners included."""

LIPS_OUTER = LIPS_OUTER_UPPER + LIPS_OUTER_LOWER[-2:0:-1]
LIPS_INNER = LIPS_INNER_UPPER + LIPS_INNER_LOWER[-2:0:-1]
"""Closed rings of 20 from the right mouth corner, over the upper lip and back along the lower: clockwise as seen."""

RIGHT_EYE_UPPER = (33, 246, 161, 160, 159, 158, 157, 173, 133)
RIGHT_EYE_LOWER = (33, 7, 163, 144, 145, 153, 154, 155, 133)
LEFT_EYE_UPPER = (263, 466, 388, 387, 386, 385, 384, 398, 362)
LEFT_EYE_LOWER = (263, 249, 390, 373, 374, 380, 381, 382, 362)
"""Lid edges from the outer corner to the inner one, 9 landmarks, corners included; entries of one index face."""

RIGHT_EYE = RIGHT_EYE_UPPER + RIGHT_EYE_LOWER[-2:0:-1]
LEFT_EYE = LEFT_EYE_UPPER + LEFT_EYE_LOWER[-2:0:-1]
"""Closed rings of 16 from the outer corner, over the upper lid and back along the lower:
the right eye's is clockwise as seen, the left eye's counter-clockwise."""

RIGHT_IRIS_CENTRE = 468
LEFT_IRIS_CENTRE = 473
RIGHT_IRIS = (469, 470, 471, 472)
LEFT_IRIS = (474, 475, 476, 477)
"""The iris's edge, four points a quarter turn apart."""

RIGHT_BROW_UPPER = (70, 63, 105, 66, 107)
RIGHT_BROW_LOWER = (46, 53, 52, 65, 55)
LEFT_BROW_UPPER = (300, 293, 334, 296, 336)
LEFT_BROW_LOWER = (276, 283, 282, 295, 285)
"""Edges of the brow from its outer end to its inner one."""

CHIN = 152
