"""Jobs, done by real workers: processes that load tasks by entry point, on real SQLite."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.errors import InputError
from studio.scheduler import Device, Scheduler


def squares(ran, count, **more):
    return [["square", {"n": n, "ran": str(ran), **more}] for n in range(count)]


def ended(scheduler, job):
    """The job at its end, while workers work."""
    return list(scheduler.follow(job))[-1]


def test_a_job_gathers_what_its_tasks_make(ran, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("seven..")
    with Scheduler.open() as s:
        inputs = {"calls": squares(ran, 5), "then": text, "ran": str(ran)}
        job = s.submit("sum", inputs, label="five")
        assert s.submit("sum", inputs) == job, "the same, unfinished, is the same job"
        with s.working(workers=2):
            seen = list(s.follow(job))
            told = seen[-1]
            assert told.result == {"sum": 0 + 1 + 4 + 9 + 16 + 7} and told.label == "five"
            stages = [(stage.name, stage.done, stage.total) for stage in told.stages]
            assert stages == [("counting", 5, 5), ("add", 1, 1)]
            assert seen[0].state in ("queued", "running") and told.state == "done"
            assert sorted(ran.numbers()) == [-1, 0, 1, 2, 3, 4]

            # Again with one line changed, and with another text: only what depends on them is made.
            text.write_text("eight...")
            calls = [*squares(ran, 4), ["square", {"n": 7, "ran": str(ran)}]]
            again = ended(s, s.submit("sum", inputs | {"calls": calls}))
            assert again.result == {"sum": 0 + 1 + 4 + 9 + 49 + 8}
            assert sorted(ran.numbers()) == [-1, -1, 0, 1, 2, 3, 4, 7]

            # A damaged artifact is noticed and made anew; what was made of it stays, since it comes out the same.
            victim = next(p for p in Path(s.places.store).rglob("n.txt") if p.read_text() == "49")
            victim.write_text("50")
            assert ended(s, s.submit("sum", inputs | {"calls": calls})).result == again.result
            assert sorted(ran.numbers()) == [-1, -1, 0, 1, 2, 3, 4, 7, 7]


def test_what_fails_says_why_and_can_be_retried(ran, tmp_path):
    mended, crashed = tmp_path / "mended", tmp_path / "crashed"
    with Scheduler.open() as s:
        refused = {"n": 3, "mended": str(mended)}
        bad = s.submit("sum", {"calls": [["refuse", refused], *squares(ran, 2)]})
        poison = s.submit("sum", {"calls": [["crash", {"n": 1}]]})
        once = s.submit("sum", {"calls": [["die once", {"n": 1, "mended": str(crashed)}]]})
        with s.working(workers=1):
            assert ended(s, bad).error == "Line 3 has no words. (1 of 3 tasks of counting failed)"
            assert s.job(bad).state == "failed"
            assert sorted(ran.numbers()) == [0, 1], "what doesn't depend on the failure is done"

            assert ended(s, poison).error == "The task crash brought down its worker 3 times and was set aside."
            trouble = s.troubles(poison)[0]
            assert (trouble.state, trouble.deaths) == ("poisoned", 3)
            assert "about to read where nothing is" in trouble.log and "Segmentation fault" in trouble.log
            assert ended(s, once).result == {"sum": 1}, "one death is no reason to give up"

            mended.touch()
            s.retry(bad)
            assert ended(s, bad).result == {"sum": 0 + 1 + 1}
            assert sorted(ran.numbers()) == [0, 1]
            with pytest.raises(InputError, match="is done: only one that failed or was cancelled"):
                s.retry(bad)
            told = ended(s, s.submit("sum", {"calls": [["large", {}]]}))
            assert told.error.startswith("The task large needs 9000000.0 GB; the largest device has ")


def test_a_job_can_be_cancelled_and_taken_up_again(ran):
    with Scheduler.open() as s:
        long = [["long", {"n": 0, "ran": str(ran)}]]
        job = s.submit("sum", {"calls": [*squares(ran, 2), *long]})
        other = s.submit("sum", {"calls": squares(ran, 3)})
        with s.working(workers=1):
            for told in s.follow(job):
                if told.state == "running" and told.stages and told.stages[0].done > 2:  # in the midst of the long one
                    assert s.cancel(job)
            assert told.state == "cancelled"
            for told in s.follow(other):  # noqa: B007  # the only worker is free again, though the long task takes 50 s
                pass
            assert told.result == {"sum": 0 + 1 + 4}
            assert not s.cancel(job), "it has ended"
            s.retry(job)
            for told in s.follow(job):
                if told.state == "running" and told.stages[0].done > 2:
                    break
        assert s.job(job).state == "running", "left undone when the workers left"
        assert ran.numbers() == [0, 1, 2]


def test_urgent_jobs_come_first_and_a_warm_model_before_a_cold_one(ran):
    def call(task, n):
        return [task, {"n": n, "ran": str(ran), "model": task}]

    with Scheduler.open() as s:
        mixed = [call("red" if n % 2 else "blue", n) for n in range(10)]
        job = s.submit("sum", {"calls": mixed})
        last = s.submit("sum", {"calls": squares(ran, 2, seconds=0.02)}, priority=-5)
        urgent = s.submit("sum", {"calls": squares(ran, 3, seconds=0.01)})
        s.set_priority(urgent, 10)
        # Room for one of the two models at a time: were they taken in turn, each would be loaded five times.
        s.work(devices=[Device("cpu", "CPU", 1e9)], until_idle=True)
        assert s.job(job).state == s.job(urgent).state == "done"
        models = [line[3:] for line in ran.lines() if len(line) > 3]
        assert len({loaded for _, loaded in models}) == 2
        assert s.job(urgent).finished < s.job(job).finished < s.job(last).finished
        with pytest.raises(InputError, match="between -1000 and 1000"):
            s.submit("sum", {"calls": []}, priority=2000)
        with pytest.raises(InputError, match="no job named 'dab'"):
            s.submit("dab", {})


def test_a_gpu_without_memory_left_does_less_at_a_time_then_leaves_it_to_the_cpu(ran, caplog):
    gpu = Device("cuda:0", "a GPU by its name only", 1e9)
    with Scheduler.open() as s:
        # A batch of 8 takes 128 MB, one of 4 takes 64.
        half = s.submit("sum", {"calls": [["hungry", {"n": 1, "ran": str(ran), "room": 100 * 2**20}]]})
        none = s.submit("sum", {"calls": [["hungry", {"n": 2, "ran": str(ran), "room": 30 * 2**20}]]}, priority=-1)
        with s.working(devices=[gpu]):
            assert ended(s, half).state == ended(s, none).state == "done"
        assert ran.lines()[:1] == [["1", "cuda:0", "4"]] and "again with a batch of 4" in caplog.text
        assert ran.lines()[1:] == [["2", "cpu", "4"]] and "done on the CPU, which is slower" in caplog.text
        assert "done on the CPU" in s.troubles(none)[0].log


RUN = """
import json, signal, sys
# A shell's background process is started deaf to Ctrl-C, and so is what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from studio.scheduler import Scheduler
with Scheduler.open() as s:
    job = s.submit("sum", json.loads(sys.argv[1]))
    with s.working(workers=int(sys.argv[2])):
        for told in s.follow(job): pass
    print(json.dumps([job, told.state, told.result]))
"""


def start(inputs, workers=1):
    command = [sys.executable, "-c", RUN, json.dumps(inputs), str(workers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.02)


def test_two_processes_share_one_file_and_ctrl_c_leaves_the_rest_to_the_other(ran):
    both = [start({"calls": squares(ran, 40, seconds=0.02)}), start({"calls": squares(ran, 60, seconds=0.02)})]
    until(lambda: len(ran.numbers()) >= 10)
    both[1].send_signal(signal.SIGINT)
    said, errors = both[1].communicate(timeout=60)
    assert "KeyboardInterrupt" in errors and not said
    said, errors = both[0].communicate(timeout=60)
    assert errors == "" and json.loads(said)[1:] == ["done", {"sum": sum(n * n for n in range(40))}]
    with Scheduler.open() as s:
        s.work(workers=1, until_idle=True)
        assert {job.state for job in s.jobs()} == {"done"}
    # The two jobs want the same first forty: each was run once, whoever did it.
    assert sorted(ran.numbers()) == list(range(60))


@pytest.mark.slow
def test_killed_at_any_moment_nothing_finished_is_made_again(ran):
    inputs = {"calls": squares(ran, 60, seconds=0.03)}
    finished = []
    for wait in (0, 14):  # kill -9 of the whole process while it starts, and after so many more tasks
        process = start(inputs, workers=2)
        target = len(ran.numbers()) + wait
        until(lambda target=target: len(ran.numbers()) >= target)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.3)  # its workers die with it
        finished = ran.numbers()
    process = start(inputs, workers=2)
    until(lambda: len(ran.numbers()) > len(finished))
    workers = Path(f"/proc/{process.pid}/task")
    children = [int(pid) for task in workers.iterdir() for pid in (task / "children").read_text().split()]
    os.kill(children[0], signal.SIGKILL)  # a worker alone
    said, errors = process.communicate(timeout=60)
    assert json.loads(said)[1:] == ["done", {"sum": sum(n * n for n in range(60))}], errors
    numbers = ran.numbers()
    assert set(numbers) == set(range(60))
    # A task says that it ran just before it is recorded; only one that was cut off right there is run again: at most
    # the two workers' for each of two kills, and one for the worker's.
    assert len(numbers) - 60 <= 5
    assert all(numbers.count(n) <= 2 for n in numbers)


FULL = """
import subprocess, sys
from studio.errors import AffettoError
from studio.scheduler import Scheduler
calls = [["heavy", {"n": n, "ran": sys.argv[2]}] for n in range(16)]
def go():
    with Scheduler.open() as s:
        job = s.submit("sum", {"calls": calls})
        try:
            s.work(workers=1, until=job)
        except AffettoError as e:
            return str(e)
        return s.job(job).error or str(s.job(job).result)
print(go())
subprocess.run(["mount", "-o", "remount,size=64m", sys.argv[1]], check=True)
print(go())
"""


def test_a_full_disk_is_told_and_with_room_it_goes_on(ran, own_jobs, in_mount):
    own_jobs.mkdir()
    done = in_mount(own_jobs, "size=12m", [sys.executable, "-c", FULL, own_jobs, str(ran)])
    assert done.returncode == 0, done.stderr
    full, went_on = done.stdout.splitlines()
    assert "is full: free some space" in full and went_on == "{'sum': 120}"
    numbers = ran.numbers()
    assert set(numbers) == set(range(16))
    assert max(numbers.count(n) for n in range(5)) == 1, "what was kept before the disk was full is not made again"


@pytest.mark.slow
def test_a_process_that_falls_silent_is_taken_for_dead(ran, tmp_path):
    inputs = {"calls": squares(ran, 30, seconds=0.05)}
    command = RUN.replace("workers=int(sys.argv[2])", "workers=int(sys.argv[2]), lease=2.0")
    process = subprocess.Popen(
        [sys.executable, "-c", command, json.dumps(inputs), "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: len(ran.numbers()) >= 3)
    process.send_signal(signal.SIGSTOP)  # as when its machine is gone from the network; its worker goes on
    with Scheduler.open() as s:
        s.work(workers=1, until_idle=True, lease=2.0)
        assert [job.state for job in s.jobs()] == ["done"]
        process.send_signal(signal.SIGCONT)
        said, errors = process.communicate(timeout=60)
        assert sorted(set(ran.numbers())) == list(range(30))
        assert len(ran.numbers()) <= 31, "at most the task that was in hand when it fell silent ran twice"
        # It either saw that the job is done, or that others took it for dead; it didn't do the job again.
        assert "others took over its work" in errors or json.loads(said)[1] == "done"
