"""Whose voice it is: against SpeechBrain's own numbers, and on people it must tell apart."""

import io
import json
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from studio.errors import CheckpointError, InputError
from studio.evaluation.speaker_similarity import embedding, similarity
from studio.evaluation.torch_archive import read_tensors
from studio.media.sound import read_sound

PEOPLE = Path(__file__).parents[1] / "fixtures" / "people"


@pytest.fixture(scope="module")
def embeddings():
    return {p.stem: embedding(*read_sound(p)) for p in sorted(PEOPLE.glob("*.flac"))}


def test_it_is_speechbrains_embedding(embeddings):
    theirs = json.loads((PEOPLE / "speechbrain.json").read_text())
    ours = embeddings[theirs["recording"]]
    assert ours.shape == (192,)
    # 1e-4 is what another order of summing leaves; another window, filter bank or layer costs more than 1e-2.
    assert similarity(ours, np.array(theirs["embedding"], np.float32)) > 0.9999


def test_one_person_is_nearer_than_two(embeddings):
    own = [similarity(embeddings["2033_a"], embeddings[k]) for k in ("2033_b", "2033_held_out")]
    # SpeechBrain decides at 0.25 for this model.
    assert min(own) > 0.5
    assert similarity(embeddings["2033_a"], embeddings["3331_a"]) < 0.25


def test_level_rate_and_a_fixed_filter_hardly_matter(embeddings):
    samples, rate = read_sound(PEOPLE / "3331_a.flac")
    assert similarity(embedding(0.1 * samples, rate), embeddings["3331_a"]) > 0.99
    again = np.repeat(samples, 3).astype(np.float32)
    assert similarity(embedding(again, 3 * rate), embeddings["3331_a"]) > 0.95


def test_too_little_to_tell_from_is_refused():
    with pytest.raises(InputError, match=r"0\.50 s"):
        embedding(np.ones(8000, np.float32), 16000)
    with pytest.raises(InputError, match="silence"):
        embedding(np.zeros(32000, np.float32), 16000)


class _Running:
    def __reduce__(self):
        return os.putenv, ("AFFETTO_UNPICKLED", "yes")


def _archive(path, state):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("archive/data.pkl", pickle.dumps(state, protocol=2))
    return path


@pytest.mark.parametrize("state", [_Running(), {"a": io.BytesIO}, OrderedDict(a=1), {}, [1]])
def test_a_checkpoint_of_anything_but_tensors_is_refused_unread(tmp_path, state):
    with pytest.raises(CheckpointError, match="damaged"):
        read_tensors(_archive(tmp_path / "model.ckpt", state))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02}q\x00."])
def test_a_checkpoint_that_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "model.ckpt").write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        read_tensors(tmp_path / "model.ckpt")
