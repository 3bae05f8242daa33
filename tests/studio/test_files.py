"""Files are written whole or not at all, and the reason is said in one sentence."""

import re
import sys

import pytest

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


def test_a_link_keeps_pointing(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "real" / "a.txt")
    with written_whole(tmp_path / "link.txt") as part:
        part.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_text() == "new"


def test_another_file_is_not_mistaken_for_the_place(tmp_path):
    missing = tmp_path / "elsewhere" / "input.bin"
    with pytest.raises(InputError, match=r"input\.bin can't be used: no such file"), written_whole(tmp_path / "a.txt"):
        missing.read_bytes()


def test_places_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is not a folder"):
        check_place(tmp_path / "file" / "a.wav", ".wav")
    with pytest.raises(InputError, match="it is a folder"):
        check_place(tmp_path, tmp_path.suffix)
    with pytest.raises(InputError, match=r"'a\.mp3' should end in \.wav"):
        check_place(tmp_path / "a.mp3", ".wav")
    check_place(tmp_path / "new" / "deep" / "a.wav", ".wav")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


WRITE = """
import sys
from pathlib import Path
from studio import InputError
from studio.media.files import written_whole
try:
    with written_whole(Path(sys.argv[1])) as part:
        part.write_bytes(bytes(1_000_000))
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
