"""Whose face it is: SFace (Zhong et al. 2021; OpenCV Zoo) makes vectors of faces, which a cosine compares."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from studio import checkpoints
from talking_head.landmarks.topology import LEFT_EYE, RIGHT_EYE

Floats = npt.NDArray[np.float32]

CHECKPOINT = "sface"
_FILE = "face_recognition_sface_2021dec_int8bq.onnx"
# Where the eyes (the person's right first), the tip of the nose and the corners of the mouth (right first) lie in what
# the network was trained on, of 112 x 112 pixels (ArcFace's template, which OpenCV's alignCrop uses).
_SIDE = 112
_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
_NOSE_TIP, _RIGHT_CORNER, _LEFT_CORNER = 1, 61, 291


class Recogniser:
    """Faces as vectors. The network loads on first use, which raises CheckpointError when it can't be had."""

    def embed(self, picture: npt.NDArray[np.uint8], points: Floats) -> Floats:
        """float32 [128] of length 1 for the face with landmarks [478, 3] px in a picture, RGB uint8 [H, W, 3].

        The same person's have a cosine of about 0.6 and above 0.36, others' of about 0 (OpenCV Zoo, on LFW).
        """
        eyes = [points[list(eye), :2].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
        marks = np.array([*eyes, *points[[_NOSE_TIP, _RIGHT_CORNER, _LEFT_CORNER], :2]], np.float32)
        matrix = _similarity(marks, _TEMPLATE)
        face = cv2.warpAffine(picture, matrix, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        vector = self._session.run(None, {"data": face.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    @cached_property
    def _session(self) -> Any:
        import onnx
        import onnxruntime as ort
        from google.protobuf.message import DecodeError

        path = checkpoints.folder(CHECKPOINT) / _FILE
        try:
            model = onnx.load(path)
        except DecodeError as e:
            raise checkpoints.damaged(path) from e
        # The file lists its weights among its inputs, each of which onnxruntime would ask for.
        data = next(i for i in model.graph.input if i.name == "data")
        del model.graph.input[:]
        model.graph.input.append(data)
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _similarity(source: Floats, target: Floats) -> Floats:
    """[2, 3] turn, scale and shift from points [n, 2] to others, by least squares."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    x, y = a.T
    # (p, q): the first column of the scaled rotation.
    p, q = (a * b).sum(), (x * b[:, 1] - y * b[:, 0]).sum()
    turn = np.array([[p, -q], [q, p]]) / (a**2).sum()
    return np.column_stack([turn, target.mean(axis=0) - turn @ source.mean(axis=0)]).astype(np.float32)
