"""The command as people and scripts use it: a process, its exit status, what it prints where, what it leaves."""

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from studio import Speech

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
AFFETTO = Path(sys.executable).with_name("affetto")


def affetto(*args, cwd, text=None, **env):
    """Run the command in `cwd`; returns the finished process with its output as text."""
    command = [AFFETTO, *map(str, args)]
    return subprocess.run(
        command, cwd=cwd, input=text, capture_output=True, text=True, timeout=300, env=os.environ | env
    )


def refused(done, *parts):
    """One sentence on standard error that holds `parts`, exit status 2, nothing on standard output."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    sentence = done.stderr.strip().splitlines()[-1]
    assert done.stderr.count("affetto: ") == 1
    assert "Traceback" not in done.stderr
    assert sentence.startswith("affetto: "), done.stderr
    for part in parts:
        assert part in sentence


def left_in(folder):
    return sorted(p.name for p in folder.iterdir())


def test_version_and_help(tmp_path):
    assert affetto("--version", cwd=tmp_path).stdout.startswith("affetto 0.")
    for command in ("speak", "animate", "perform", "voices", "models", "bench"):
        assert command in affetto("--help", cwd=tmp_path).stdout


def test_help_waits_for_nothing_that_reads_or_speaks():
    heavy = ["scipy", "onnxruntime", "numba", "cv2", "PIL", "tts", "talking_head"]
    code = f"import sys, apps.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_without_its_own_shows_help(tmp_path):
    for args in ([], ["models"]):
        done = affetto(*args, cwd=tmp_path)
        assert done.returncode == 2
        assert "Usage: affetto" in done.stdout + done.stderr
        assert "affetto: " not in done.stderr


def test_voices(tmp_path):
    voices = json.loads(affetto("voices", "--json", cwd=tmp_path).stdout)["voices"]
    assert len(voices) == 41
    assert {"name": "af_heart", "language": "en-US", "gender": "female"} in voices
    assert {v["language"] for v in voices} == {"en-US", "en-GB", "es-ES", "fr-FR", "it-IT", "pt-BR", "hi-IN"}


@pytest.mark.slow
def test_speak_prints_one_object_and_writes_what_it_says(tmp_path):
    done = affetto(
        *("speak", "Come in, it's open.", "--emotion", "happy:0.6", "--voice", "bm_george", "--seconds", "1.7"),
        *("--seed", "3", "--out", "new/line.wav", "--json"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    samples, rate = soundfile.read(tmp_path / "new" / "line.wav")
    assert (said["path"], said["sample_rate"], said["voice"], said["seed"]) == ("new/line.wav", rate, "bm_george", 3)
    assert len(samples) == round(1.7 * rate)
    assert said["seconds"] == pytest.approx(1.7)
    assert said["emotion"]["labels"] == {"happy": 0.6}
    assert said["emotion"]["intensity"] == pytest.approx(0.6)
    assert len(said["emotion"]["vad"]) == 3
    assert [w["text"] for w in said["words"]] == ["Come", "in", "it's", "open"]
    assert all(a["end"] == pytest.approx(b["start"]) for a, b in pairwise(said["phonemes"]))
    assert left_in(tmp_path / "new") == ["line.json", "line.wav"]
    assert Speech.load(tmp_path / "new" / "line.wav").voice == "bm_george"


@pytest.mark.slow
def test_takes_are_written_beside_each_other_with_their_pins_kept(tmp_path):
    done = affetto(
        *("speak", "Come in, it's open.", "--takes", "2", "--pin", "open=1.0", "--seconds", "1.6", "--json"),
        *("--temperature", "2", "--prosody", "rules", "--out", "line.wav"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    takes = json.loads(done.stdout)["takes"]
    assert [t["path"] for t in takes] == ["line-1.wav", "line-2.wav"]
    assert takes[0]["seed"] != takes[1]["seed"]
    for told in takes:
        # Within two frames of 25 ms.
        assert told["words"][3]["start"] == pytest.approx(1.0, abs=0.051)
        assert told["seconds"] == pytest.approx(1.6)
    assert left_in(tmp_path) == ["line-1.json", "line-1.wav", "line-2.json", "line-2.wav"]


@pytest.mark.slow
def test_animate_films_what_speak_wrote(tmp_path):
    assert affetto("speak", "-", "--out", "a.wav", cwd=tmp_path, text="Two words.").returncode == 0
    done = affetto("animate", FACES / "neutral.jpeg", "a.wav", "--emotion", "sad", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    film = json.loads(done.stdout)
    assert film["fps"] == 25
    assert film["frames"] == round(film["seconds"] * 25)
    assert film["width"] % 2 == film["height"] % 2 == 0
    assert left_in(tmp_path) == ["a.json", "a.wav", "film.mp4"]


@pytest.mark.slow
def test_verbose_says_what_is_done_on_either_side_of_the_command(tmp_path):
    for args in (["-v", "speak", "Hello."], ["speak", "Hello.", "-v"]):
        done = affetto(*args, cwd=tmp_path)
        assert "engine speaker.kokoro" in done.stderr
        assert "spoke" in done.stderr
    assert affetto("speak", "Hello.", cwd=tmp_path).stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing(tmp_path, stop):
    line = "This is a long line, so that there is time to stop it while the film is drawn. " * 3
    process = subprocess.Popen(
        [AFFETTO, "perform", FACES / "neutral.jpeg", line, "-v"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        # Tests run in the background inherit that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(stop, signal.SIG_DFL),
    )
    for said in process.stderr:
        if b"planned" in said:
            break
    process.send_signal(stop)
    assert b"Traceback" not in process.stderr.read()
    assert process.wait(60) == (130 if stop == signal.SIGINT else 143)
    assert left_in(tmp_path) == []


@pytest.mark.slow
def test_perform_reads_a_file_and_says_in_words_what_it_made(tmp_path):
    (tmp_path / "line.txt").write_text("\ufeffGood evening.", encoding="utf-8")
    done = affetto("perform", FACES / "neutral.jpeg", "--file", "line.txt", "-o", "out/f.mp4", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("out/f.mp4: ")
    assert left_in(tmp_path / "out") == ["f.mp4"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["speak", "Hello", "--voice", "af_hart"], ["af_hart", "af_heart"]),
        (["speak", "Hello", "--emotion", "angrry"], ["angrry", "did you mean angry"]),
        (["speak", "Hello there", "--seconds", "60"], ["60 s", "takes from"]),
        (["speak", "Hello there", "--seconds", "-1"], ["takes from"]),
        (["speak", "Hello there", "--pin", "there"], ["door=1.2", "'there'"]),
        (["speak", "Hello there", "--pin", "here=1"], ["no word 'here'"]),
        (["speak", "Hello there", "--pin", "there=0.01"], ["'there' can't start at 0.01 s", "starts from"]),
        (["speak", "Hello there", "--prosody", "chance"], ["chance", "autoregressive or rules"]),
        (["speak", "Hello there", "--takes", "1"], ["--takes", "--help"]),
        (["speak", "\u3042\u3044"], ["no English word"]),
        (["speak", ""], ["no English word"]),
        (["speak"], ["Give what to say once"]),
        (["speak", "Hello", "--file", "also.txt"], ["Give what to say once"]),
        (["speak", "--file", "missing.txt"], ["missing.txt", "no such file"]),
        (["speak", "--file", "latin.txt"], ["latin.txt", "UTF-8"]),
        (["speak", "Hello", "--out", "a.mp3"], ["a.mp3", ".wav"]),
        (["speak", "Hello", "--out", "latin.txt/a.wav"], ["not a folder"]),
        (["speak", "Hello", "--device", "cuda:7"], ["cuda:7"]),
        (["speak", "Hello", "--device", "tpu"], ["tpu", "cpu"]),
        (["perform", "missing.jpg", "Hello"], ["missing.jpg"]),
        (["perform", "latin.txt", "Hello"], ["latin.txt", "not a picture"]),
        (["perform", "blank.png", "Hello"], ["No face was found"]),
        (["perform", str(FACES / "neutral.jpeg"), "Hello", "--face", "5"], ["5"]),
        (["perform", str(FACES / "neutral.jpeg"), "Hello", "-o", "film.gif"], ["film.gif", ".mp4"]),
        (["animate", str(FACES / "neutral.jpeg"), "missing.wav"], ["missing.wav"]),
        (["animate", str(FACES / "neutral.jpeg")], ["nothing to act"]),
        (["animate"], ["photograph", "--avatar"]),
        (["animate", str(FACES / "neutral.jpeg"), "plain.wav", "--drive-pose", "1"], ["drive"]),
        (["animate", str(FACES / "neutral.jpeg"), "plain.wav", "--lip-scale", "9"], ["lip scale", "1.6"]),
        (["animate", str(FACES / "neutral.jpeg"), "plain.wav", "--motion", "latin.txt"], ["latin.txt"]),
        (["animate", "--avatar", "plain.wav", "-o", "head.obj"], ["head.obj", ".glb"]),
        (["speak", "Hello", "--seconds", "abc"], ["--seconds", "--help"]),
        (["speak", "-5 degrees"], ["-5", "--help"]),
        (["sing", "Hello"], ["sing"]),
        (["animate", "x" * 300, "plain.wav"], ["x" * 300]),
        (["models", "fetch", "nope"], ["nope", "kokoro"]),
        (["models", "verify", "nope"], ["nope", "kokoro"]),
        (["bench", "nope"], ["nope", "speech"]),
    ],
    ids=lambda x: " ".join(a for a in x if "/" not in a)[:40] if isinstance(x, list) else "",
)
def test_bad_input_is_one_sentence(tmp_path, args, parts):
    (tmp_path / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    Image.new("RGB", (320, 240), "grey").save(tmp_path / "blank.png")
    soundfile.write(tmp_path / "plain.wav", np.zeros(2400, np.float32), 24000)
    before = left_in(tmp_path)
    refused(affetto(*args, cwd=tmp_path), *parts)
    assert left_in(tmp_path) == before


@pytest.mark.slow
def test_damaged_timelines_are_named(tmp_path):
    assert affetto("speak", "Two words.", "--out", "a.wav", cwd=tmp_path).returncode == 0
    good = json.loads((tmp_path / "a.json").read_text())
    portrait = FACES / "neutral.jpeg"
    for damage, parts in [
        ("{", ["a.json"]),
        (json.dumps(good | {"seconds": 9.0}), ["differ in length"]),
        (json.dumps({k: v for k, v in good.items() if k != "voice"}), ["a.json", "voice"]),
        (json.dumps(good | {"emotion": good["emotion"] | {"labels": {"angrry": 1}}}), ["angrry"]),
    ]:
        (tmp_path / "a.json").write_text(damage)
        refused(affetto("animate", portrait, "a.wav", cwd=tmp_path), *parts)
    assert left_in(tmp_path) == ["a.json", "a.wav"]


@pytest.mark.slow
def test_a_full_disk_and_a_read_only_place(tmp_path, in_mount):
    disk = tmp_path / "disk"
    disk.mkdir()
    listed = ["sh", "-c", 'cd "$1" && shift && "$@"; rc=$?; ls -A .; exit $rc', "sh", disk]
    film = [AFFETTO, "perform", FACES / "neutral.jpeg", "A line to fill the disk."]
    full = in_mount(disk, "size=48k", [*listed, *film])
    refused(full, "film.mp4 can't be written: the disk is full")
    speech = in_mount(disk, "size=48k", [*listed, AFFETTO, "speak", "A line to fill the disk."])
    refused(speech, "speech.wav can't be written: the disk is full")
    refused(in_mount(disk, "size=48k,ro", [*listed, *film]), "read-only")


@pytest.mark.slow
def test_a_missing_registry_is_one_sentence(tmp_path):
    done = affetto(
        "speak", "Hello", cwd=tmp_path, AFFETTO_HOME=str(tmp_path / "h"), PIP_NO_INDEX="1", PIP_FIND_LINKS=""
    )
    refused(done, "kokoro", "could not be downloaded with pip")


@pytest.mark.slow
def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path):
    for command in (["speak", "Hello"], ["perform", FACES / "neutral.jpeg", "Hello"]):
        refused(affetto(*command, cwd=tmp_path, AFFETTO_HOME="/proc/nowhere"), "Set AFFETTO_HOME to a folder")
    assert left_in(tmp_path) == []


def test_feel_prints_one_object(tmp_path):
    done = affetto("feel", "angry:0.8+surprised:0.3", "--json", "--into", "indextts2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["labels"] == {"angry": 0.8, "surprised": 0.3}
    assert told["intensity"] == 1
    assert len(told["vad"]) == 3 and told["vad"][0] < 0
    assert told["nearest"] == "angry"
    assert told["told"]["indextts2"] == pytest.approx({"angry": 0.8, "surprised": 0.3})


def test_feel_draws_and_writes(tmp_path):
    done = affetto("feel", "[0, 0.8, 0, 0, 0, 0, 0.2, 0]", "--draw", "a.png", "--out", "a.xml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1200, 900)
        assert len(picture.convert("RGB").resize((60, 45)).getcolors(4000)) > 50
    again = affetto("feel", "a.xml", "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["labels"] == {"angry": 0.8, "surprised": 0.2}


def test_feel_tells_dialogue_from_directions(tmp_path):
    direction, line = "shout that you hate him", "I am so proud of you, my love."
    felt = json.loads(affetto("feel", direction, "--json", cwd=tmp_path).stdout)
    assert felt["vad"][0] < 0 and felt["vad"][1] > 0
    said = json.loads(affetto("feel", line, "--line", "--json", cwd=tmp_path).stdout)
    assert said["vad"][0] > 0.3


def test_feel_reads_a_face_over_time(tmp_path):
    done = affetto("feel", FACES / "weeping_laughing.mp4", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    track = json.loads(done.stdout)["track"]
    assert track["unit"] == "seconds" and len(track["keys"]) > 10


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["angrry"], "did you mean angry"),
        (["nowhere.wav"], "There is no file at nowhere.wav"),
        (["sad", "--draw", "a.jpg"], ".png"),
        (["sad", "--into", "elvish"], "elvish"),
        (["sad", "--context", "Hello."], "add --line"),
        (["sad", "--out", "a.txt"], ".xml"),
    ],
)
def test_feel_refuses_in_one_sentence(tmp_path, args, part):
    refused(affetto("feel", *args, cwd=tmp_path), part)
    assert not list(tmp_path.iterdir())


def test_marks_in_the_text_turn_the_line(tmp_path):
    text = "[sad]I knew it.[/sad] [pause 0.4s] [angry:0.9 -> calm]Get out."
    done = affetto("speak", text, "--out", "a.wav", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["text"] == "I knew it. Get out."
    speech = Speech.load(tmp_path / "a.wav")
    assert speech.track.keys[0].emotion.nearest == "sad"
    assert speech.track.keys[-1].emotion.nearest == "calm"
    # The pause asked for, on top of that between sentences.
    assert speech.words[3].start - speech.words[2].end > 0.7


def test_a_mark_that_cannot_be_read_says_where(tmp_path):
    refused(affetto("speak", "Well.\nI [sadd]knew it.[/]", "--out", "a.wav", cwd=tmp_path), "Line 2, column 3", "sad")
    assert not list(tmp_path.iterdir())
