"""A dialogue drawn from photographs: who is who over its cuts, who speaks, how mouths move, and many lines at once."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.media.film import write_film
from studio.media.probe import probe
from studio.media.sound import read_sound
from studio.media.video import open_video
from studio.performance import Phoneme, Speech, arkit_index
from talking_head.animator import PhotoAnimator
from talking_head.landmarks import Landmarker
from talking_head.motion import compose_motion
from talking_head.portrait import read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig
from talking_head.visual_dubbing import Line, Rest, dub_faces
from talking_head.visual_dubbing.bed import write_bed
from talking_head.visual_dubbing.line import layered

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
FPS, RATE = 25, 16_000
SIZE = (320, 240)
# Of each shot: who is seen, from when to when somebody is heard, and whether it is who is seen; 1.6 s each.
SHOTS = (("woman", True), ("man", True), ("woman", False), ("nobody", False), ("woman", True), ("man", True))
LASTS, SPEAKS = 1.6, (0.32, 1.28)


def line_of(seconds, wait=0.0, after=0.0, each=0.12, voice=500.0):
    """Sounds one after another between silences, with a timeline; a tone stands for the voice."""
    count = round(seconds / each)
    phonemes = [Phoneme("mɑbifuA"[i % 7], wait + i * each, wait + (i + 1) * each) for i in range(count)]
    silence = [Phoneme(" ", 0.0, wait)] if wait else []
    total = wait + count * each + after
    t = np.arange(round(total * RATE)) / RATE
    swell = np.interp(t, [p.start + each / 2 for p in phonemes], [0.1 if p.symbol in "mbf" else 1.0 for p in phonemes])
    loud = swell * ((t >= wait) & (t < wait + count * each))
    samples = (0.3 * loud * np.sin(2 * np.pi * voice * t)).astype(np.float32)
    return Speech(samples, RATE, "", (*silence, *phonemes), (), EmotionTrack(), "", 0)


@pytest.fixture(scope="module")
def landmarker():
    return Landmarker()


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory, landmarker):
    """The film, and what its jaws did: [n] coefficients of who is seen."""
    people = {"woman": ("neutral.jpeg", 360), "man": ("surprised.jpeg", 480)}
    renderers = {
        name: PhotoRenderer(read_portrait(FACES / file, landmarker=landmarker, max_side=side), Rig.load())
        for name, (file, side) in people.items()
    }
    frames, sound, jaws = [], [], []
    count = round(LASTS * FPS)
    for n, (who, seen) in enumerate(SHOTS):
        speech = line_of(SPEAKS[1] - SPEAKS[0], SPEAKS[0], LASTS - SPEAKS[1], voice=440 + 30 * n)
        heard = speech.samples if who != "nobody" else np.zeros_like(speech.samples)
        sound.append(heard[: round(LASTS * RATE)])
        said = compose_motion(speech, EmotionTrack(), n, FPS).coefficients[:count]
        if who == "nobody":
            frames += [np.full((SIZE[1], SIZE[0], 3), (90, 110, 130), np.uint8)] * count
            jaws += [0.0] * count
            continue
        said = said * seen
        turns = np.deg2rad(4) * np.sin(2 * np.arange(count)[:, None] / FPS + [1, n, 2])
        frames += [filled(renderers[who].draw(c, a)) for c, a in zip(said, turns, strict=True)]
        jaws += said[:, arkit_index("jawOpen")].tolist()
    path = tmp_path_factory.mktemp("dialogue") / "dialogue.mp4"
    write_film(path, frames, n_frames=len(frames), size=SIZE, fps=FPS, samples=np.concatenate(sound), sample_rate=RATE)
    return path, np.array(jaws)


def filled(picture):
    """The middle of a picture, as large as the film."""
    scale = max(SIZE[0] / picture.shape[1], SIZE[1] / picture.shape[0])
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    y, x = (picture.shape[0] - SIZE[1]) // 2, (picture.shape[1] - SIZE[0]) // 2
    return picture[y : y + SIZE[1], x : x + SIZE[0]]


@pytest.fixture(scope="module")
def animator():
    return PhotoAnimator()


@pytest.fixture(scope="module")
def seen(animator, dialogue):
    return animator.look_at_film(dialogue[0])


def spoken(shot):
    return shot * LASTS + SPEAKS[0], shot * LASTS + SPEAKS[1]


# --- who is who


def test_people_are_known_again_across_cuts(seen):
    woman, man = seen.people
    assert (woman.number, man.number) == (1, 2)
    # Three shots of her, two of him.
    assert woman.seconds == pytest.approx(3 * LASTS, abs=0.2)
    assert man.seconds == pytest.approx(2 * LASTS, abs=0.2)
    assert man.start == pytest.approx(LASTS, abs=0.1)
    assert woman.activity > 0.005
    assert man.activity > 0.005


def test_a_persons_picture_for_a_cast_shows_that_person(seen, landmarker):
    frames = list(seen.video.frames())
    for person in seen.people:
        left, top, right, bottom = person.box
        (face,) = landmarker.detect(frames[int(person.seen_at * FPS)])
        assert np.abs(face.box - person.box).max() < 0.1 * face.size
        shots = {SHOTS[int(person.seen_at / LASTS)][0]}
        assert shots == {{1: "woman", 2: "man"}[person.number]}
        assert left < right
        assert top < bottom


def test_who_speaks_is_told_and_nobody_where_the_voice_is_outside(seen):
    assert [seen.speaker(*spoken(n)) for n in range(len(SHOTS))] == [1, 2, None, None, 1, 2]


# --- how mouths move


def test_mouths_open_as_they_did_and_when(seen, dialogue):
    woman, man = (seen.mouth_activity(person.number) for person in seen.people)
    for mouth in (woman, man):
        numbers = (mouth.times * FPS).astype(int)
        jaw = dialogue[1][numbers]
        assert mouth.aperture.min() >= 0
        assert mouth.aperture.max() <= 1
        # 0.9 and more measured, 0 frames late; lips round and close apart from the jaw.
        lags = {k: np.corrcoef(np.roll(mouth.aperture, -k)[3:-3], jaw[3:-3])[0, 1] for k in range(-3, 4)}
        assert max(lags, key=lags.get) == 0
        assert lags[0] > 0.8
    for mouth, shots in ((woman, (0, 4)), (man, (1, 5))):
        assert len(mouth.spans) == len(shots)
        for span, shot in zip(mouth.spans, shots, strict=True):
            # Lips begin before they are heard, and go back to rest after.
            assert span == pytest.approx(spoken(shot), abs=0.26)


# --- many lines at once


def changed(before, after):
    return np.array([not np.array_equal(a, b) for a, b in zip(before, after, strict=True)])


def test_a_dub_of_several_people_is_drawn_where_they_speak_and_nowhere_else(animator, seen, dialogue):
    lines = [(line_of(0.84), spoken(n)[0], None) for n in (0, 1, 2, 4)]
    silence = spoken(5)
    film = animator.dub_film(dialogue[0], lines, [silence])
    drawn = {(s.line, s.person) for s in film.report.drawn}
    assert drawn == {(0, 1), (1, 2), (3, 1), (None, 2)}
    assert {s.reason for s in film.report.left if s.line == 2} == {"nobody's lips move there"}
    same = ~changed(seen.video.frames(), film.frames())
    asked = np.zeros(len(same), bool)
    for n in (0, 1, 4, 5):
        start, end = spoken(n)
        # 0.15 s of easing on both sides.
        asked[int((start - 0.15) * FPS) : int(np.ceil((end + 0.15) * FPS)) + 1] = True
    assert same[~asked].all()
    for n in (0, 1, 4, 5):
        assert not same[int(spoken(n)[0] * FPS) + 1 : int((spoken(n)[0] + 0.8) * FPS)].any()


def test_lips_rest_closed_where_nobody_speaks_now(animator, dialogue, landmarker):
    before = list(open_video(dialogue[0]).frames())
    after = list(animator.dub_film(dialogue[0], [], [spoken(4)]).frames())
    start, end = (round(s * FPS) for s in spoken(4))

    def apart(frames):
        faces = [landmarker.detect(f)[0].points for f in frames[start + 2 : end - 2]]
        return np.array([np.linalg.norm(p[13, :2] - p[14, :2]) / np.linalg.norm(p[454] - p[234]) for p in faces])

    assert apart(before).max() > 0.06
    # Lips that touch are read up to .012 apart.
    assert apart(after).max() < 0.015


def test_a_line_is_given_to_a_person_by_hand(animator, dialogue):
    film = animator.dub_film(dialogue[0], [(line_of(0.84), spoken(2)[0], 1), (line_of(0.84), spoken(4)[0], 2)])
    assert {(s.line, s.person) for s in film.report.drawn} == {(0, 1)}
    assert {s.reason for s in film.report.left} == {"person 2 is not seen"}


def test_lines_one_after_another_on_one_face_are_one_mouth(dialogue, landmarker):
    """Two lines without a pause look like the one line they are parts of."""
    whole = line_of(0.96)
    half = whole.sample_rate * 48 // 100

    def part(first, last, start):
        phonemes = tuple(
            Phoneme(p.symbol, p.start - start, p.end - start)
            for p in whole.phonemes
            if start <= p.start + 1e-6 < start + 0.48
        )
        return Speech(whole.samples[first:last], RATE, "", phonemes, (), EmotionTrack(), "", 0)

    halves = [Line(part(0, half, 0.0), 0.32), Line(part(half, None, 0.48), 0.8)]
    one, two = (
        list(dub_faces(dialogue[0], lines, landmarker=landmarker).frames())[:40]
        for lines in ([Line(whole, 0.32)], halves)
    )
    before = list(open_video(dialogue[0]).frames())[:40]
    apart = np.array([np.abs(a.astype(int) - b).mean() for a, b in zip(one, two, strict=True)])
    moved = np.array([np.abs(a.astype(int) - b).mean() for a, b in zip(one, before, strict=True)])
    # A frame may differ by what a mouth does before the next sound is known; drawn twice over it would double.
    assert np.median(apart[moved > 0]) < 0.5 * np.median(moved[moved > 0])
    steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(two[8:32])]
    assert max(steps) < 3 * np.median(steps)


def test_what_lies_over_counts_most():
    low, high = np.zeros(52, np.float32), np.ones(52, np.float32)
    share, does = layered([(1.0, low), (0.25, high)])
    assert share == pytest.approx(1.0)
    np.testing.assert_allclose(does, 0.25, atol=1e-6)
    share, does = layered([(0.5, low), (1.0, high)])
    assert share == pytest.approx(1.0)
    np.testing.assert_allclose(does, 1.0, atol=1e-6)


# --- sound


def test_the_bed_holds_every_line_at_its_time_and_the_films_gain(tmp_path):
    speeches = [line_of(0.48, voice=v) for v in (400, 900)]
    lines = [Line(speeches[0], 0.5), Line(speeches[1], 0.7), Line(speeches[0], 2.8)]
    write_bed(tmp_path / "bed.raw", lines, [(0.5, 1.18)], 3.0)
    bed = np.fromfile(tmp_path / "bed.raw", np.int16).reshape(-1, 2) / 16384
    assert len(bed) == 3 * 48_000
    t = np.arange(len(bed)) / 48_000
    assert np.abs(bed[(t < 0.499) | ((t > 1.2) & (t < 2.79)), 0]).max() < 0.01
    assert np.abs(bed[(t > 2.85), 0]).max() > 0.1  # what fits of the last
    assert np.abs(bed[(t > 0.5) & (t < 1.18), 1]).max() == 0
    assert (bed[(t < 0.43) | (t > 1.25), 1] == 1).all()


def ffmpeg(*options):
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, options)], check=True, timeout=60)


def test_channels_without_a_name_are_kept_in_number(tmp_path, landmarker):
    path = tmp_path / "odd.mov"
    odd = f"aevalsrc={'|'.join(['0.1*sin(9000*t)'] * 6)}:c=FL+FR+FC+LFE+SL+BC:d=2:s=48000"
    ffmpeg("-f", "lavfi", "-i", "color=gray:s=96x64:r=25:d=2", "-f", "lavfi", "-i", odd, "-c:a", "pcm_s16le", path)
    assert probe(path).audio[0].layout is None
    out = dub_faces(path, [Line(line_of(0.6), 0.5)], landmarker=landmarker).save(tmp_path / "out.mp4")
    assert probe(out).audio[0].channels == 6
    assert probe(out).frames == 50


def test_a_line_past_the_end_of_a_silent_film_is_cut_with_the_picture(tmp_path, landmarker):
    path = tmp_path / "silent.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=gray:s=96x64:r=25:d=2", path)
    out = dub_faces(path, [Line(line_of(3.0), 1.0)], landmarker=landmarker).save(tmp_path / "out.mp4")
    samples, rate = read_sound(out)
    # The packets of AAC end within 22 ms of the picture.
    assert len(samples) / rate == pytest.approx(2.0, abs=0.03)
    assert np.abs(samples[int(1.1 * rate) : int(1.9 * rate)]).max() > 0.1


def test_films_of_telephones_and_odd_shapes_keep_clock_and_shape(tmp_path, landmarker):
    lying, turned = tmp_path / "lying.mp4", tmp_path / "turned.mp4"
    shape = "select='lt(t,1)+not(mod(n,3))',scale=97:64,setsar=4/3,format=yuv444p"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:r=30:d=3", "-vf", shape, "-fps_mode", "vfr", lying)
    ffmpeg("-display_rotation", "90", "-i", lying, "-c", "copy", turned)
    film = dub_faces(turned, [Line(line_of(0.6), 0.5)], landmarker=landmarker)
    assert film.size == (64, 97)
    assert film.fps == 30
    facts = probe(film.save(tmp_path / "out.mp4"))
    assert (facts.width, facts.height, facts.rotation) == (64, 98, 0)
    assert facts.pixel_aspect == 3 / 4
    assert facts.frames == pytest.approx(90, abs=3)
    assert not facts.variable_rate


def test_what_cannot_be_asked_of_a_dub_is_said(animator, seen, dialogue):
    with pytest.raises(InputError, match="nothing to say"):
        animator.dub_film(dialogue[0], [])
    with pytest.raises(InputError, match="rest at 60 s starts after the end"):
        animator.dub_film(dialogue[0], [], [(60.0, 61.0)])
    with pytest.raises(InputError, match="to a later time"):
        Rest(2.0, 1.0)
    with pytest.raises(InputError, match="there is no person 0"):
        Line(line_of(0.6), 0.0, person=0)
    with pytest.raises(InputError, match=r"no person 7 in dialogue\.mp4"):
        seen.mouth_activity(7)
    with pytest.raises(InputError, match="not by both"):
        Line(line_of(0.6), 0.0, person=1, face=1)
