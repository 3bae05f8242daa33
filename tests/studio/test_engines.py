"""Engines are found by entry point; the ground imports none of them."""

import subprocess
import sys

import pytest

from studio import InputError, Studio, engines


def test_the_engines_of_this_project_are_found():
    assert "kokoro" in engines.available("speaker")
    assert "photo" in engines.available("animator")


def test_an_engine_that_is_not_installed_is_named():
    with pytest.raises(InputError, match=r"no speaker named 'nobody'; installed: .*kokoro"):
        Studio(speaker="nobody").speak("Hello")


def test_importing_the_api_loads_no_engine_and_no_model():
    heavy = ["tts", "talking_head", "onnxruntime", "numba", "cv2", "ai_edge_litert"]
    code = f"import sys, studio; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
