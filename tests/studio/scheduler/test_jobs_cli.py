"""`affetto jobs`, `affetto worker` and `affetto cache`, as a person types them."""

import json
import subprocess
import sys

import typer
from typer.testing import CliRunner

from apps.cli import cache, jobs, worker
from studio.scheduler import Scheduler

app = typer.Typer()
app.add_typer(jobs.app, name="jobs")
app.add_typer(cache.app, name="cache")
app.command("worker")(worker.worker)


def affetto(*arguments, fails=False):
    done = CliRunner().invoke(app, list(arguments))
    assert bool(done.exit_code) == fails, (done.output, done.exception)
    return done.stdout if not fails else str(done.exception)


def test_a_job_from_the_list_to_the_cache(ran):
    assert affetto("jobs", "list") == "No job waits or runs.\n"
    with Scheduler.open() as s:
        job = s.submit("sum", {"calls": [["square", {"n": n, "ran": str(ran)}] for n in range(3)]}, label="film.mp4")
        bad = s.submit("sum", {"calls": [["refuse", {"n": 4, "mended": str(ran) + "x"}]]})
        never = s.submit("sum", {"calls": []})
    assert "priority 7" in affetto("jobs", "priority", job, "7")
    assert "priority -3" in affetto("jobs", "priority", bad, "-3")
    assert affetto("jobs", "cancel", never) == f"{never} is cancelled.\n"
    first = json.loads(affetto("jobs", "list", "--json"))["jobs"]
    assert {(j["id"], j["state"], j["priority"]) for j in first} == {(job, "queued", 7), (bad, "queued", -3)}

    worked = affetto("worker", "--device", "cpu", "--until-idle")
    assert f"{job}: done" in worked and f"{bad}: failed: Line 4 has no words." in worked
    shown = affetto("jobs", "show", job)
    assert f"{job}: done, priority 7" in shown and "film.mp4" in shown and "counting" in shown and "sum: 5" in shown
    assert "Line 4 has no words" in affetto("jobs", "show", bad)
    assert json.loads(affetto("jobs", "show", bad, "--json"))["troubles"][0]["task"] == "refuse"
    assert affetto("jobs", "follow", job) == f"{job} is done.\n"
    assert affetto("jobs", "follow", bad, fails=True) == "Line 4 has no words."
    assert affetto("jobs", "retry", bad) == f"{bad} is queued again.\n"
    assert affetto("jobs", "cancel", "nix", fails=True).startswith("There is no job 'nix'")
    assert len(affetto("jobs", "list", "--all").splitlines()) == 3

    assert "square                    3 artifacts" in affetto("cache", "show")
    assert affetto("cache", "prune") == "There was nothing to remove.\n"
    assert affetto("cache", "prune", "--to", "0").startswith("3 artifacts removed")
    assert json.loads(affetto("cache", "show", "--json"))["kept"] == []


def test_help_waits_for_no_database():
    loaded = "import sys, apps.cli.jobs, apps.cli.worker, apps.cli.cache, studio.scheduler; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert "studio.scheduler.registry" in modules
    assert not {"dbos", "sqlalchemy", "fsspec", "onnxruntime"} & set(modules)
