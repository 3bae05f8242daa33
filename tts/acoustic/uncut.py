"""The acoustic model as it comes, in one piece: what the cut one is measured against."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from studio import checkpoints
from tts.acoustic import cut
from tts.acoustic.kokoro import Floats


class Uncut:
    """The whole graph in a session with ONNX Runtime's defaults. Loads at once."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.log_severity_level = 3
        model = checkpoints.folder("kokoro") / cut.MODEL_FILE
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def speak(self, ids: list[int], style: Floats, speed: float = 1.0) -> Floats:
        """ids: tokens with pads; style: [1, 256]. The samples at 24 kHz, with the model's own durations and pitch.

        speed: by which every duration is divided alike.
        """
        inputs = {"tokens": np.array([ids], np.int64), "style": style, "speed": np.array([speed], np.float32)}
        audio: Floats = self._session.run(None, inputs)[0]
        return audio
