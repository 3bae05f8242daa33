"""Files are written whole or not at all, and the reason is said in one sentence."""

import re
import sys

import numpy as np
import pytest
import soundfile

from studio.errors import InputError
from studio.media.files import check_place, written_whole


def test_the_file_appears_only_when_whole(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with written_whole(path) as part:
        part.write_text("hello")
        assert not path.exists()
    assert path.read_text() == "hello"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with written_whole(path) as part:
            part.write_text("half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with written_whole(tmp_path / "ours"):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_places_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is not a folder"):
        check_place(tmp_path / "file" / "a.wav", ".wav")
    with pytest.raises(InputError, match="it is a folder"):
        check_place(tmp_path, tmp_path.suffix)
    with pytest.raises(InputError, match=r"'a\.mp3' should end in \.wav"):
        check_place(tmp_path / "a.mp3", ".wav")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


WRITE = """
import sys
from pathlib import Path
import numpy as np
from studio import InputError
from studio.media.files import written_whole
import soundfile
try:
    with written_whole(Path(sys.argv[1])) as part:
        soundfile.write(part, np.zeros(1_000_000, np.float32), 24000)
except InputError as e:
    print(e)
"""


@pytest.mark.parametrize(
    ("mount", "reason"), [("size=64k", "the disk is full"), ("size=64k,ro", "the folder .* is read-only for you")]
)
def test_a_full_disk_and_a_read_only_place(tmp_path, in_mount, mount, reason):
    place = tmp_path / "disk"
    place.mkdir()
    done = in_mount(place, mount, [sys.executable, "-c", WRITE, str(place / "a.wav")])
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert re.search(reason, done.stdout)


def test_a_wav_is_not_cut_short_silently(tmp_path):
    with written_whole(tmp_path / "a.wav") as part:
        soundfile.write(part, np.zeros(1000, np.float32), 24000)
    assert soundfile.info(tmp_path / "a.wav").frames == 1000
