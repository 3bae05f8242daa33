"""All that is measured of one face, in one process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from studio.performance import FaceMotion, Speech
from talking_head.benches import emotions, stillness
from talking_head.benches.lips import FPS, LipFigures, lip_figures, watched_lips
from talking_head.benches.photographs import Sitter
from talking_head.benches.plan import EMOTIONS, MOUTHS, felt, mouthed, pose
from talking_head.benches.redetection import Sweep, face_in, seen_again, sweeps
from talking_head.landmarks import FaceLandmarks, Landmarker
from talking_head.motion import compose_motion
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig
from talking_head.visual_dubbing.identity import Recogniser

Floats = npt.NDArray[np.floating]
Picture = npt.NDArray[np.uint8]

INTENSITIES = (0.6, 1.0)
SEED = 0


@dataclass(frozen=True)
class Read:
    """What was read of a face made to feel one thing: the likeliest class of the network, the emotion that it moved
    furthest towards from the same face at rest, and the strongest by EMFACS. "unseen" where no face was found."""

    network: str
    furthest: str
    rules: str


@dataclass(frozen=True, eq=False)
class Judged:
    """Of one face.

    sweeps: by coefficient.  likeness: SFace's cosine to the photograph, by emotion and sound.
    read: by (emotion, intensity); ("neutral", 1) is the face at rest.
    lips: of each line by its timeline; heard: the first line, its timeline kept from what moves the lips.
    still: at each rate.  seconds: that each part took.
    """

    name: str
    sweeps: Mapping[str, Sweep]
    likeness: Mapping[str, float]
    read: Mapping[tuple[str, float], Read]
    lips: Sequence[LipFigures]
    heard: LipFigures
    still: Sequence[stillness.Stillness]
    seconds: Mapping[str, float] = field(default_factory=dict)


def judge(sitter: Sitter, lines: Sequence[Speech]) -> Judged:
    """Ask everything of one face. lines: with their timelines."""
    # Every process has its own core.
    cv2.setNumThreads(1)
    landmarker, seconds = Landmarker(), dict[str, float]()

    @contextmanager
    def part(name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        seconds[name] = time.process_time() - begun

    with part("preparing"):
        renderer = PhotoRenderer(sitter.portrait, Rig.load())
    with part("re-detection"):
        found = sweeps(renderer.draw, landmarker)
    with part("identity"):
        likeness = likenesses(renderer, sitter.portrait.image, landmarker)
    with part("emotion"):
        read = readings(renderer, landmarker)
    with part("lips"):
        lips = [lips_of(renderer, line, line, landmarker) for line in lines]
        heard = lips_of(renderer, replace(lines[0], phonemes=(), words=()), lines[0], landmarker)
    with part("stillness"):
        still = [stillness.stillness(renderer, sitter.portrait, fps) for fps in stillness.RATES]
    return Judged(sitter.name, found, likeness, read, lips, heard, still, seconds)


def likenesses(renderer: PhotoRenderer, photograph: Picture, landmarker: Landmarker) -> dict[str, float]:
    """SFace's cosine to the photograph of each emotion at full intensity and each mouth shape; NaN for no face."""
    recogniser, own = Recogniser(), face_in(photograph, landmarker)
    asked = {emotion: felt(emotion) for emotion in EMOTIONS} | {w: mouthed(s) for s, w in MOUTHS.items()}
    if own is None:
        return dict.fromkeys(asked, float("nan"))
    of_photograph = recogniser.embed(photograph, own.points)
    found = {}
    for name, coefficients in asked.items():
        picture = renderer.draw(coefficients)
        face = seen_again(picture, own, landmarker)
        found[name] = float(recogniser.embed(picture, face.points) @ of_photograph) if face else float("nan")
    return found


def readings(renderer: PhotoRenderer, landmarker: Landmarker) -> dict[tuple[str, float], Read]:
    """What two readers make of each emotion at each of `INTENSITIES`, and of the face at rest."""
    network = emotions.ExpressionNetwork()
    picture = renderer.draw(pose())
    rest = face_in(picture, landmarker)
    asked = [("neutral", 1.0), *((e, i) for e in EMOTIONS for i in INTENSITIES)]
    if rest is None:
        return dict.fromkeys(asked, Read("unseen", "unseen", "unseen"))
    at_rest = network.read(picture, rest)

    def read(emotion: str, intensity: float) -> Read:
        drawn = renderer.draw(pose() if emotion == "neutral" else felt(emotion, intensity))
        face: FaceLandmarks | None = seen_again(drawn, rest, landmarker)
        if face is None:
            return Read("unseen", "unseen", "unseen")
        seen = network.read(drawn, face)
        likeliest = emotions.CLASSES[int(seen.argmax())]
        by_rule = emotions.by_rule(face.coefficients, rest.coefficients)
        return Read(likeliest, emotions.furthest(seen, at_rest), by_rule)

    return {key: read(*key) for key in asked}


def lips_of(renderer: PhotoRenderer, speech: Speech, timed: Speech, landmarker: Landmarker) -> LipFigures:
    """Let the face say `speech`, and hold its lips against the timeline of `timed`, the same sound."""
    motion = without_head(compose_motion(speech, speech.track, seed=SEED, fps=FPS))
    return lip_figures(timed.phonemes, *watched_lips(renderer, motion, landmarker), FPS)


def without_head(motion: FaceMotion) -> FaceMotion:
    """The motion with its head held still, so that what is seen of the lips is the lips' own."""
    still = np.zeros_like(motion.rotation)
    return replace(motion, rotation=still, translation=still)
