"""What a person gives from Python that is of another kind is refused in a sentence, before anything is loaded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from studio import Studio
from studio.acting import Acting, Drive
from studio.errors import InputError
from studio.framing import Framing

STUDIO = Studio()
SPEECH = "said.wav"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: Drive(pose="strong"), "drive of the pose is 'strong'"),
        (lambda: Acting(lip_scale="big"), "lip scale is 'big'"),
        (lambda: Acting(fps=float("nan")), "nan frames a second"),
        (lambda: Framing("huge"), "whole number of pixels, not 'huge'"),
        (lambda: Framing(crop="ear"), "whole or head, not 'ear'"),
        (lambda: STUDIO.animate("photo.jpg", {"text": "hello"}), "path of a recording, not dict"),
        (lambda: STUDIO.animate("photo.jpg", SPEECH, face="left"), "A face is a number"),
        (lambda: STUDIO.animate_group("photo.jpg", [SPEECH]), "given by its number"),
        (lambda: STUDIO.animate_group("photo.jpg", {"bob": SPEECH}), "given by its number"),
        (lambda: STUDIO.animate_group("photo.jpg", {1: SPEECH}, seed="luck"), "seed is a whole number"),
        (lambda: STUDIO.animate_group("photo.jpg", {1: 3.0}), "path of a recording, not float"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_a_sentence(call: Callable[[], object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        call()


def test_numpys_numbers_are_numbers() -> None:
    assert Framing(np.int64(512)).size == 512
    assert Acting(lip_scale=np.float32(1.25)).lip_scale == 1.25
