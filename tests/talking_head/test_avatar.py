"""The built-in head: its glTF file says what the motion says, and its pictures are read as they were meant."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial.transform import Rotation

from studio.errors import InputError
from studio.performance import ARKIT_NAMES, FaceMotion, arkit_index
from talking_head.avatar import HeadRenderer, export_glb
from talking_head.landmarks import FaceLandmarks, Landmarker, head_angles, head_matrix
from talking_head.landmarks.topology import LIPS_INNER_LOWER, LIPS_INNER_UPPER

Floats = npt.NDArray[np.float32]


def pose(**values: float) -> Floats:
    """[52]; a name without a side sets both."""
    c = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, value in values.items():
        for full in (name,) if name in ARKIT_NAMES else (f"{name}Left", f"{name}Right"):
            c[arkit_index(full)] = value
    return c


def motion_of(poses: list[Floats], rotation: list[tuple[float, float, float]] | None = None, fps: float = 25.0):
    still = np.zeros((len(poses), 3), np.float32)
    turned = still if rotation is None else np.deg2rad(np.array(rotation, np.float32))
    return FaceMotion(np.array(poses, np.float32), turned, still, fps)


def repeated(motion: FaceMotion, times: int) -> FaceMotion:
    values = (motion.coefficients, motion.rotation, motion.translation)
    return FaceMotion(*(np.tile(v, (times, 1)) for v in values), motion.fps)


class Glb:
    """A reader of binary glTF of its own: what a viewer makes of the file."""

    KINDS: ClassVar = {5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
    WIDTHS: ClassVar = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}

    def __init__(self, data: bytes) -> None:
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data))
        size, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        self.json = json.loads(data[20 : 20 + size])
        more, kind = struct.unpack_from("<I4s", data, 20 + size)
        assert kind == b"BIN\0"
        self._bin = data[28 + size : 28 + size + more]

    def array(self, number: int) -> npt.NDArray[np.floating]:
        a = self.json["accessors"][number]
        width = self.WIDTHS[a["type"]]
        kind = self.KINDS[a["componentType"]]
        values = np.zeros(a["count"] * width, kind)
        if "bufferView" in a:
            values = self._view(a["bufferView"], kind, a["count"] * width)
        values = values.reshape(a["count"], width).copy()
        if "sparse" in a:
            s = a["sparse"]
            at = self._view(s["indices"]["bufferView"], self.KINDS[s["indices"]["componentType"]], s["count"])
            values[at] = self._view(s["values"]["bufferView"], kind, s["count"] * width).reshape(-1, width)
        return values / np.iinfo(kind).max if a.get("normalized") else values

    def _view(self, number: int, kind: type, count: int) -> npt.NDArray[np.generic]:
        view = self.json["bufferViews"][number]
        return np.frombuffer(self._bin, kind, count, view["byteOffset"])

    @property
    def face(self) -> dict:
        return next(m for m in self.json["meshes"] if m["name"] == "face")

    def points(self, **values: float) -> npt.NDArray[np.floating]:
        """The vertices of the skin for some weights, in centimetres."""
        primitive = self.face["primitives"][0]
        points = self.array(primitive["attributes"]["POSITION"])
        for name, value in values.items():
            target = primitive["targets"][self.face["extras"]["targetNames"].index(name)]
            points = points + value * self.array(target["POSITION"])
        return 100 * points

    def track(self, node: str, what: str) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        animation = self.json["animations"][0]
        number = [n.get("name") for n in self.json["nodes"]].index(node)
        channel = next(c for c in animation["channels"] if c["target"] == {"node": number, "path": what})
        sampler = animation["samplers"][channel["sampler"]]
        assert sampler["interpolation"] == "LINEAR"
        return self.array(sampler["input"])[:, 0], self.array(sampler["output"])


@pytest.fixture(scope="module")
def take() -> FaceMotion:
    values = np.linspace(0, 1, 40)
    poses = [pose(jawOpen=v, mouthSmile=1 - v, eyeLookOutLeft=v, eyeLookInRight=v) for v in values]
    return motion_of(poses, [(10 * v, 20 * v, -5 * v) for v in values])


@pytest.fixture(scope="module")
def glb(take, tmp_path_factory) -> Glb:
    return Glb(export_glb(take, tmp_path_factory.mktemp("glb") / "take.glb").read_bytes())


def test_the_file_holds_the_motion(glb, take):
    assert glb.face["extras"]["targetNames"] == list(ARKIT_NAMES)
    assert all(len(p["targets"]) == 52 for p in glb.face["primitives"])
    times, weights = glb.track("face", "weights")
    assert times[-1] == pytest.approx(take.seconds)
    weights = weights.reshape(len(times), 52)
    # Sixteen bits a weight.
    assert np.abs(weights[:-1] - take.coefficients).max() < 1e-4
    assert (weights[-1] == weights[-2]).all()


def test_head_and_eyes_turn_as_asked(glb):
    # glTF: y up, the face toward +z, its own left toward +x.
    _, head = glb.track("head", "rotation")
    assert head[0] == pytest.approx([0, 0, 0, 1], abs=1e-4)
    turn = Rotation.from_quat(head[-1])
    forward, up = turn.apply([0, 0, 1]), turn.apply([0, 1, 0])
    assert np.rad2deg(np.arcsin(forward[1])) == pytest.approx(10, abs=0.01)  # looks up
    assert np.rad2deg(np.arctan2(forward[0], forward[2])) == pytest.approx(20, abs=0.01)  # to its left
    upright = Rotation.from_euler("y", -20, degrees=True).apply(up)
    assert np.rad2deg(np.arcsin(upright[0])) == pytest.approx(-5, abs=0.1)  # tilts to its right
    for eye in ("eyeLeft", "eyeRight"):
        _, turn = glb.track(eye, "rotation")
        assert turn[-1] == pytest.approx([0, np.sin(np.deg2rad(15)), 0, np.cos(np.deg2rad(15))], abs=1e-3)


def test_the_mesh_is_whole(glb):
    for mesh in glb.json["meshes"]:
        for primitive in mesh["primitives"]:
            points = glb.array(primitive["attributes"]["POSITION"])
            normals = glb.array(primitive["attributes"]["NORMAL"])
            assert glb.array(primitive["indices"]).max() < len(points)
            assert np.linalg.norm(normals, axis=1) == pytest.approx(1, abs=1e-3)
            uv = glb.array(primitive["attributes"]["TEXCOORD_0"])
            assert np.isfinite(uv).all()
    height = np.ptp(glb.points()[:, 1])
    assert 20 < height < 35  # a head and neck, in centimetres
    assert {m["name"] for m in glb.json["materials"]} >= {"skin", "eyes", "teeth", "hair"}


def test_an_open_jaw_lowers_the_chin_and_a_closure_closes(glb):
    rest, opened, closed = glb.points(), glb.points(jawOpen=1), glb.points(jawOpen=0.5, mouthClose=0.5)
    front = (np.abs(rest[:, 0]) < 1) & (rest[:, 2] > 5)
    chin = np.flatnonzero(front)[(rest[front, 1] - 0.2 * rest[front, 2]).argmin()]
    assert (rest - opened)[chin, 1] > 1.5
    # Points of the two lips that touch at rest are far apart with an open jaw, and touch again in a closure.
    lips = np.flatnonzero((np.abs(rest[:, 0]) < 1.5) & ((rest - opened)[:, 1] > 1.5) & (rest[:, 2] > 6))
    others = np.flatnonzero((np.abs(rest[:, 0]) < 1.5) & ((rest - opened)[:, 1] < 1.0) & (rest[:, 2] > 6))

    def gaps(points):
        return np.linalg.norm(points[lips, None] - points[None, others], axis=-1).min(axis=1)

    touching = gaps(rest) < 0.12
    assert touching.sum() > 5
    assert gaps(opened)[touching].min() > 1.0
    assert gaps(closed)[touching].max() < 0.35


def test_an_empty_motion_and_a_wrong_place_are_refused(tmp_path, take):
    with pytest.raises(InputError, match="should end in"):
        export_glb(take, tmp_path / "a.gltf")
    with pytest.raises(InputError, match="no frame"):
        export_glb(repeated(take, 0), tmp_path / "a.glb")
    assert list(tmp_path.iterdir()) == []


def test_a_long_take_stays_small(tmp_path, take):
    short = export_glb(take, tmp_path / "a.glb").stat().st_size
    minute = export_glb(repeated(take, 40), tmp_path / "b.glb").stat().st_size
    assert short < 6e6
    # 52 weights, a head and two eyes: 144 bytes a frame, 13 MB for an hour at 25.
    assert (minute - short) / (39 * 40) < 160


@pytest.fixture(scope="module")
def renderer() -> HeadRenderer:
    return HeadRenderer((512, 512))


@pytest.fixture(scope="module")
def seen(renderer) -> Callable[..., list[FaceLandmarks]]:
    landmarker = Landmarker()

    def look(poses, rotation=None):
        found = [landmarker.detect(frame) for frame in renderer.render(motion_of(poses, rotation))]
        assert [len(faces) for faces in found] == [1] * len(poses)
        return [faces[0] for faces in found]

    return look


@pytest.mark.parametrize(
    # Slopes measured: 0.89, 0.98, 0.74, 0.72, 0.47; what the landmarker reads is no length.
    ("name", "least"), [("jawOpen", 0.6), ("mouthSmile", 0.6), ("mouthPucker", 0.4), ("eyeBlink", 0.45),
                        ("browOuterUp", 0.25)]
)  # fmt: skip
def test_what_is_asked_is_seen(seen, name, least):
    asked = np.array([0.0, 0.33, 0.67, 1.0])
    columns = [arkit_index(n) for n in ARKIT_NAMES if n == name or n[:-4] == name or n[:-5] == name]
    read = np.array([face.coefficients[columns].mean() for face in seen([pose(**{name: v}) for v in asked])])
    assert (np.diff(read) > -0.02).all()
    assert read[-1] - read[0] > least


def test_the_head_turns_the_right_way(seen):
    for axis in range(3):
        turns = [tuple(a if i == axis else 0.0 for i in range(3)) for a in (-15.0, 0.0, 15.0)]
        faces = seen([pose()] * 3, turns)
        angles = np.rad2deg([head_angles(head_matrix(f.points))[axis] for f in faces])
        # The landmarker reads a frontal head up to 5 degrees low.
        assert np.diff(angles) == pytest.approx([15, 15], abs=5)


def test_the_eyes_look_the_right_way(seen):
    def gaze(v):
        return pose(eyeLookOutLeft=v, eyeLookInRight=v) if v > 0 else pose(eyeLookInLeft=-v, eyeLookOutRight=-v)

    out, inward = arkit_index("eyeLookOutLeft"), arkit_index("eyeLookInLeft")
    faces = seen([gaze(v) for v in (-0.8, -0.4, 0.0, 0.4, 0.8)])
    read = np.array([f.coefficients[out] - f.coefficients[inward] for f in faces])
    assert (np.diff(read) > 0.15).all()


def test_lips_meet_in_a_grin(seen):
    """A closure inside a smile with an open jaw and raised lips: m, b and p close."""
    grin = {"mouthSmile": 0.7, "mouthUpperUp": 0.4, "mouthLowerDown": 0.3, "jawOpen": 0.3}
    apart, together = seen([pose(**grin), pose(**grin, mouthClose=0.3)])

    def gap(face):
        upper, lower = face.points[list(LIPS_INNER_UPPER), :2], face.points[list(LIPS_INNER_LOWER), :2]
        return np.linalg.norm(upper - lower, axis=1).max() / np.linalg.norm(upper[0] - upper[-1])

    assert gap(apart) > 0.2
    assert gap(together) < 0.05


def test_closed_lids_show_no_eye(renderer):
    """No white of the eye through lids that blink, whatever else the eye is asked to do."""
    poses = [pose(), pose(eyeBlink=1), pose(eyeBlink=1, eyeSquint=1), pose(eyeBlink=1, eyeWide=1)]
    white = []
    for frame in renderer.render(motion_of(poses)):
        eyes = frame[180:260, 150:360].astype(int)
        white.append(((np.ptp(eyes, axis=-1) < 30) & (eyes.min(axis=-1) > 150)).sum())
    assert white[0] > 40
    assert max(white[1:]) <= 2


def test_frames_are_the_same_each_time_and_nothing_is_drawn_outside(renderer):
    poses = [pose(), pose(jawOpen=1), pose(eyeBlink=1)]
    motion = motion_of(poses, [(0, 0, 0), (10, 20, 5), (0, -20, 0)])
    frames = [f.copy() for f in renderer.render(motion)]
    assert all((a == b).all() for a, b in zip(frames, renderer.render(motion), strict=True))
    cut_out = [f.copy() for f in HeadRenderer((512, 512), background=None).render(motion)]
    assert all(f.shape == (512, 512, 4) for f in cut_out)
    for frame, clear in zip(frames, cut_out, strict=True):
        head = clear[..., 3] > 0
        assert 0.3 < head.mean() < 0.8
        assert not head[:4].any()
        still = ~head & (cut_out[0][..., 3] == 0)
        assert (frame[still] == frames[0][still]).all()
        solid = clear[..., 3] == 255
        assert (frame[solid] == clear[solid][:, :3]).all()


def test_another_size_shows_the_same_head(renderer):
    wide = next(HeadRenderer((320, 256)).render(motion_of([pose()])))
    assert wide.shape == (256, 320, 3)
    half = next(renderer.render(motion_of([pose()]))).reshape(256, 2, 256, 2, 3).mean(axis=(1, 3))
    # The head's middle; the backdrop's fall-off follows the frame.
    assert np.abs(wide[64:192, 96:224] - half[64:192, 64:192]).mean() < 4


@pytest.mark.parametrize("size", [(511, 512), (32, 32), (512, 8192)])
def test_a_size_that_no_film_has_is_refused(size):
    with pytest.raises(InputError, match="The head can't be drawn at"):
        HeadRenderer(size)
