"""Who gets which task, and where jobs may lie: without workers, on real SQLite."""

import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import InputError
from studio.scheduler import Call, Device
from studio.scheduler.board import DEATHS, Board
from studio.scheduler.database import connect
from studio.scheduler.devices import chosen, cpu, gpus_of
from studio.scheduler.jobs import Jobs
from studio.scheduler.places import check_local, places


@pytest.fixture
def board(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'board.sqlite'}")
    yield Board(engine)
    engine.dispose()


def want(board, job, calls, priority=0):
    jobs = Jobs(board.engine)
    jobs.add(job, "sum", "", {"of": job}, priority, lambda connection: None)
    jobs.begin(job)
    board.want(job, calls, "stage")


def names(board, count, warm=(), memory=1e9):
    return [board.claim("m", f"w{i}", memory, warm).name for i in range(count)]


def test_by_priority_then_warm_then_age(board):
    want(board, "old", [Call("red"), Call("blue"), Call("square")])
    want(board, "urgent", [Call("add"), Call("long")], priority=5)
    assert names(board, 2) == ["add", "long"]
    assert board.claim("m", "x", 1e8, ["blue"]).name == "square", "too little memory for the others"
    assert board.claim("m", "y", 1e9, ["blue"]).name == "blue"
    assert board.claim("m", "z", 1e9, ["blue"]).name == "red"
    assert board.claim("m", "v", 1e9, []) is None


def test_a_claim_that_was_taken_away_records_nothing(board):
    want(board, "job", [Call("square")])
    slow = board.claim("gone", "w", 1e9, [])
    assert board.vacate(["here"]) == 1 and not board.holds(slow)
    other = board.claim("here", "w", 1e9, [])
    assert not board.finish(slow, "d", 1, 1, "") and not board.fail(slow, "no", "")
    assert list(board.outcomes([other.key])) == []
    assert board.finish(other, "d", 1, 1, "")
    assert [o.state for o in board.outcomes([other.key])] == ["done"]


def test_a_claim_whose_answer_got_lost_is_found_again(board):
    want(board, "job", [Call("square")])
    lost = board.claim("m", "w", 1e9, [])
    again = board.claim("m", "w", 1e9, [])
    assert again.key == lost.key and not board.holds(lost) and board.holds(again)


def test_the_third_death_sets_a_task_aside(board):
    want(board, "job", [Call("square")])
    for death in range(1, DEATHS + 1):
        held = board.claim("m", "w", 1e9, [])
        assert board.died("m", "w", f"log {death}") == "square"
    assert board.claim("m", "w", 1e9, []) is None
    assert [(o.state, o.log) for o in board.outcomes([held.key])] == [("poisoned", "log 3")]
    assert board.died("m", "w", "") is None, "a worker that held nothing"
    want(board, "another", [Call("square")])
    assert board.claim("m", "w", 1e9, []), "who wants it anew gets a new try"


def test_what_nobody_wants_is_not_done(board):
    want(board, "a", [Call("square"), Call("add")])
    want(board, "b", [Call("add")])
    Jobs(board.engine).set_state("a", "cancelled", ("running",))
    board.drop_unwanted()
    assert names(board, 1) == ["add"] and board.claim("m", "w", 1e9, []) is None


CLAIM = """
import sys
from studio.scheduler.board import Board
from studio.scheduler.database import connect
board = Board(connect(sys.argv[1]))
while held := board.claim(sys.argv[2], "w", 1e9, []):
    print(held.key)
    assert board.finish(held, "d", 1, 1, "")
"""


def test_processes_that_claim_at_once_never_get_the_same(board):
    calls = [Call("square", {"n": n}) for n in range(150)]
    want(board, "job", calls)
    url = str(board.engine.url)
    command = [sys.executable, "-c", CLAIM, url]
    processes = [subprocess.Popen([*command, f"m{i}"], stdout=subprocess.PIPE, text=True) for i in range(3)]
    shares = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sorted(key for share in shares for key in share) == sorted(call.key for call in calls)


# What /proc/self/mountinfo says on machines with such disks.
MOUNTS = """\
22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 22 0:45 / /home rw,relatime shared:7 - nfs4 nas:/home rw,vers=4.2
31 30 0:46 / /home/anna/own rw,relatime shared:8 - xfs /dev/sdb1 rw
32 22 0:47 / /media/my\\040share rw,relatime shared:9 - cifs //server/share rw
33 22 0:48 / /mnt/ssh rw,nosuid shared:10 - fuse.sshfs anna@server: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/anna/jobs", "nfs4"), ("/media/my share/jobs", "cifs"), ("/mnt/ssh/jobs", "fuse.sshfs")],
)
def test_a_database_on_a_network_disk_is_refused_with_the_reason(path, kind):
    with pytest.raises(InputError, match=rf"network disk \({kind}\), where SQLite's locks don't hold"):
        check_local(Path(path) / "jobs.sqlite", MOUNTS)


@pytest.mark.parametrize("path", ["/srv/jobs", "/home/anna/own/jobs", "/media/my"])
def test_a_database_on_a_disk_of_this_machine_is_not(path):
    check_local(Path(path) / "jobs.sqlite", MOUNTS)


def test_places_that_can_not_be_used_are_told(tmp_path, monkeypatch):
    assert places().is_sqlite and places().limit == 20e9
    monkeypatch.setenv("AFFETTO_DATABASE_URL", "postgresql://anna@db/jobs")
    assert places().database == "postgresql+psycopg://anna@db/jobs"
    with pytest.raises(InputError, match="should be postgresql://"):
        places(database="mysql://x")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"Jobs can't be kept in .*: not a directory"):
        places(tmp_path / "file" / "jobs")
    monkeypatch.setenv("AFFETTO_CACHE_LIMIT", "lots")
    with pytest.raises(InputError, match="number of gigabytes, not 'lots'"):
        places()
    with pytest.raises(InputError, match=r"job database sqlite:////nowhere/x can't be used: unable to open"):
        connect("sqlite:////nowhere/x")


def test_devices_are_what_nvidia_smi_lists_and_the_cpu(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    listing = "0, GPU-5a, NVIDIA H200, 143771\n1, GPU-6b, NVIDIA RTX A6000, 49140\n"
    first, second = gpus_of(listing)
    assert (first.name, first.label, second.name) == ("cuda:0", "NVIDIA H200", "cuda:1")
    assert first.is_gpu and first.memory == pytest.approx(0.8 * 143771 * 2**20)
    for visible in ("1", "GPU-6b"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        assert [gpu.name for gpu in gpus_of(listing)] == ["cuda:1"]
    halves = chosen(["cpu"], 2)
    assert [half.name for half in halves] == ["cpu", "cpu"] and sum(half.memory for half in halves) <= cpu().memory
    assert all(isinstance(half, Device) and half.cores for half in halves)
    with pytest.raises(InputError, match=r"no device 'cuda:7' here; found: .*cpu"):
        chosen(["cuda:7"])
    with pytest.raises(InputError, match="There can be 1 to"):
        chosen((), 0)
