"""Artifacts and their keys, without workers."""

import json
import sys

import fsspec
import pytest

from studio.errors import InputError
from studio.scheduler import Call
from studio.scheduler.keys import decode, encode
from studio.scheduler.store import Artifact, DamagedError, Store

KEY = "ab" * 32


def made(tmp_path, text="said", name="made"):
    folder = tmp_path / name
    (folder / "sound").mkdir(parents=True)
    (folder / "sound" / "speech.wav").write_text(text)
    (folder / "timeline.json").write_text('{"words": 2}')
    return folder


@pytest.fixture(params=["folder", "object store"])
def store(request, tmp_path):
    """A folder, and fsspec's object store in memory, which is reached as s3:// is."""
    if request.param == "folder":
        yield Store(str(tmp_path / "store"), tmp_path)
    else:
        yield Store("memory://affetto/store", tmp_path)
        fsspec.filesystem("memory").rm("/affetto", recursive=True)


def test_an_artifact_is_read_as_it_was_written(store, tmp_path):
    assert not store.has(KEY)
    written = store.keep(KEY, made(tmp_path))
    read = store.read(KEY)
    assert store.has(KEY) and read.digest == written.digest and read.bytes == len('said{"words": 2}')
    assert read.file("sound/speech.wav").read_text() == "said" and read.json("timeline.json") == {"words": 2}
    with pytest.raises(InputError, match=r"has no file 'x'; it has sound/speech\.wav, timeline\.json"):
        read.file("x")
    # The address is the content: the same content is the same artifact, another is another.
    assert store.keep("cd" * 32, made(tmp_path, name="again")).digest == written.digest
    assert store.keep("ef" * 32, made(tmp_path, "other", "other")).digest != written.digest
    store.remove(KEY, read.digest)
    with pytest.raises(DamagedError, match="is gone"):
        store.read(KEY)


@pytest.mark.parametrize("damage", ["other text", "", None])
def test_a_damaged_artifact_is_never_handed_out(tmp_path, damage):
    store = Store(str(tmp_path / "store"), tmp_path)
    store.keep(KEY, made(tmp_path))
    victim = next((tmp_path / "store").rglob("speech.wav"))
    victim.unlink() if damage is None else victim.write_text(damage)
    with pytest.raises(DamagedError):
        store.read(KEY)
    assert not store.has(KEY), "it will be made anew"
    store.keep(KEY, made(tmp_path, name="anew"))
    assert store.read(KEY).file("sound/speech.wav").read_text() == "said"


def test_what_is_made_halfway_is_no_artifact(tmp_path):
    store = Store(str(tmp_path / "store"), tmp_path)
    with pytest.raises(InputError, match="made no file"):
        (tmp_path / "empty").mkdir()
        store.keep(KEY, tmp_path / "empty")
    with pytest.raises(InputError, match="store nowhere://x can't be used"):
        Store("nowhere://x", tmp_path).has(KEY)


FILL = """
import sys
from pathlib import Path
from studio.errors import InputError
from studio.scheduler.store import Store
root = Path(sys.argv[1])
store = Store(str(root), root)
for i in range(100):
    folder = store.incoming / str(i)
    folder.mkdir(parents=True)
    try:
        (folder / "x").write_bytes(bytes([i]) * 100_000)
        store.keep(f"{i:064d}", folder)
    except (InputError, OSError) as error:
        reason = str(error)
        break
for i in range(100):
    if store.has(f"{i:064d}"): store.read(f"{i:064d}")
    else: break
print(i, reason)
"""


def test_on_a_full_disk_what_was_kept_is_whole(tmp_path, in_mount):
    done = in_mount(tmp_path, "size=2m", [sys.executable, "-c", FILL, tmp_path])
    count, _, error = done.stdout.partition(" ")
    assert done.returncode == 0, done.stderr
    # 2 MiB hold 100 kB nineteen or twenty times; each that has a key was read and is right.
    assert 15 <= int(count) <= 21 and ("full" in error or "No space" in error)


def test_the_key_is_what_shapes_the_result(tmp_path):
    text, same = tmp_path / "text.txt", tmp_path / "same.txt"
    text.write_text("one")
    same.write_text("one")

    def key(**inputs):
        return Call("square", inputs).key

    assert key(n=1, m=[2, None]) == key(m=[2, None], n=1) != key(n=2, m=[2, None])
    assert key(f=text) == key(f=same), "a file counts by its content"
    before = key(f=text)
    text.write_text("another")
    assert key(f=text) != before != Call("long", {"f": same}).key
    one, other = (Artifact("k", digest, tmp_path, {}) for digest in ("d1", "d2"))
    assert key(a=one) != key(a=other)
    assert key(a=one) == key(a=Artifact("another key", "d1", tmp_path, {})), "so does an artifact"
    with pytest.raises(InputError, match=r"gone\.txt can't be read: no such file"):
        key(f=tmp_path / "gone.txt")
    with pytest.raises(InputError, match="task square was given a set"):
        key(n={1})


def test_inputs_come_back_as_they_went(tmp_path):
    artifact = Artifact("k", "d", tmp_path, {})
    inputs = {"a": artifact, "list": [tmp_path / "film.mp4", 1.5, None], "deep": {"text": "ü"}}
    written = json.loads(json.dumps(encode(inputs, "test", hashed=False)))
    assert decode(written, lambda key: {"k": artifact}[key]) == inputs


def test_pruning_removes_what_was_used_longest_ago_and_nothing_needed(tmp_path, ran, monkeypatch):
    from studio.scheduler import Scheduler

    with Scheduler.open() as s:
        calls = [["square", {"n": n, "ran": str(ran)}] for n in range(100, 110)]  # 5 bytes each
        with s.working(workers=1):

            def do(these):
                *_, told = s.follow(s.submit("sum", {"calls": these}))
                assert told.state == "done"

            do(calls[:5])
            do(calls[5:])
            do(calls[:2])  # used again
            assert [(k.task, k.artifacts, k.bytes, k.needed) for k in s.kept()] == [("square", 10, 50, 0)]
            assert s.prune(35) == (3, 15)
            assert len(ran.numbers()) == 10
            do(calls)
            assert sorted(ran.numbers()[10:]) == [102, 103, 104], "only those used longest ago were gone"

            blocked = s.submit("sum", {"calls": [*calls[:4], ["long", {"n": 0, "ran": str(ran)}]]})
            for told in s.follow(blocked):
                if told.stages and told.stages[0].done > 4:
                    break
            assert s.prune(0)[0] == 6 and s.kept()[0].needed == s.kept()[0].artifacts == 4
            s.cancel(blocked)
        assert s.prune(0) == (4, 20) and s.kept() == []
        assert not [p for p in (tmp_path / "jobs" / "store" / "artifacts").rglob("*") if p.is_file()]
        # The usual limit holds without being asked: one of 20 bytes keeps four of ten.
        monkeypatch.setenv("AFFETTO_CACHE_LIMIT", "20e-9")
    with Scheduler.open() as s:
        s.submit("sum", {"calls": calls})
        s.work(workers=1, until_idle=True)
        assert s.kept()[0].artifacts == 4
