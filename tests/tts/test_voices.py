"""Blends, mixes and fitted voices: real weights, real sound, one person's recordings (tests/fixtures/people)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

from apps.cli.voice import app
from studio.errors import InputError
from studio.evaluation.speaker_similarity import embedding, similarity
from studio.media.sound import read_sound
from tts.acoustic import SAMPLE_RATE, Kokoro
from tts.voice import ALL, FittedVoice, ResolvedVoice, fit, resolve
from tts.voice.colour import CENTRES, colour, long_term
from tts.voice.rendering import intoned, said
from tts.voice.space import space

PEOPLE = Path(__file__).parents[1] / "fixtures" / "people"
REFERENCE = [PEOPLE / "2033_a.flac", PEOPLE / "2033_b.flac"]
CONSENT = "I am speaker 2033 of LibriSpeech, whose recordings are under CC BY 4.0."
# A fit of a few rounds: enough to tell that it works, not to show how well.
ROUNDS = 8


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro("cpu")


@pytest.fixture(scope="module")
def ids() -> list[int]:
    """Tokens of a line of three seconds."""
    return list(space().ids)


@pytest.fixture(scope="module")
def fitted() -> FittedVoice:
    return fit(REFERENCE, consent=CONSENT, rounds=ROUNDS, device="cpu")


def _style(spec: str | Path, ids: list[int]) -> np.ndarray:
    return resolve(spec).style(len(ids) - 2)


def _pitch(kokoro: Kokoro, spec: str, ids: list[int]) -> float:
    return float(np.exp(intoned(kokoro, ids, _style(spec, ids))[0]))


def test_all_54_stock_voices_resolve_with_their_language() -> None:
    found = {name: resolve(name) for name in ALL}
    assert len(found) == 54
    assert {v.language for v in found.values()} >= {"en-US", "en-GB", "es-ES", "fr-FR", "it-IT", "pt-BR", "hi-IN"}
    assert found["bm_george"].gender == "male"
    assert len({v.style(40).tobytes() for v in found.values()}) == 54
    sound = np.ones(8, np.float32)
    assert all(colour(sound, SAMPLE_RATE, v.bands) is sound for v in found.values())


def test_a_style_is_for_the_length_of_the_sentence() -> None:
    voice = resolve("af_heart")
    assert not np.array_equal(voice.style(5), voice.style(100))
    assert np.array_equal(voice.style(0), voice.style(1))
    assert np.array_equal(voice.style(510), voice.style(9999))


def test_a_blend_is_pitched_between_its_ends(kokoro: Kokoro, ids: list[int]) -> None:
    low, high = _pitch(kokoro, "am_adam", ids), _pitch(kokoro, "af_jessica", ids)
    blends = [_pitch(kokoro, f"am_adam*{1 - w}+af_jessica*{w}", ids) for w in (0.25, 0.5, 0.75)]
    # Further apart than the 2 % by which F0 scatters; in the order of the weights.
    assert low * 1.02 < blends[0] < blends[1] < blends[2] < high * 0.98


def test_a_blend_sounds_like_both_ends_and_like_no_other(kokoro: Kokoro, ids: list[int]) -> None:
    blend = embedding(said(kokoro, ids, _style("af_heart*0.5+bf_emma*0.5", ids)), SAMPLE_RATE)
    alike = dict(zip(space().names, space().embeddings @ blend, strict=True))
    assert set(sorted(alike, key=lambda n: -alike[n])[:2]) == {"af_heart", "bf_emma"}


def test_a_mix_has_the_timbre_of_one_and_the_prosody_of_the_other(kokoro: Kokoro, ids: list[int]) -> None:
    mix = _style("bf_emma/af_nicole", ids)
    encoded, of_other = kokoro.encode(ids, mix), kokoro.encode(ids, _style("af_nicole", ids))
    assert np.array_equal(encoded.durations, of_other.durations)
    assert intoned(kokoro, ids, mix) == intoned(kokoro, ids, _style("af_nicole", ids))
    heard = embedding(said(kokoro, ids, mix), SAMPLE_RATE)
    alike = dict(zip(space().names, space().embeddings @ heard, strict=True))
    assert alike["bf_emma"] > alike["af_nicole"]


def test_a_mix_is_read_in_the_language_of_its_prosody() -> None:
    voice = resolve("am_adam*3+af_heart*1/bf_emma")
    assert (voice.language, voice.gender) == ("en-GB", "male")
    assert voice.name == "am_adam*3+af_heart*1/bf_emma"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("af_heart+bf_emma", "bf_emma*0.5+af_heart*0.5"),
        ("af_heart*2+bf_emma*6", "af_heart*0.25 + bf_emma*0.75"),
        ("af_heart*4", "af_heart"),
        ("af_heart/af_heart", "af_heart"),
    ],
)
def test_what_is_written_differently_is_the_same_voice(one: str, other: str) -> None:
    assert np.allclose(resolve(one).table, resolve(other).table, atol=1e-6)


def test_weights_that_do_not_come_to_one_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", "affetto"):
        resolve("af_heart*0.7+bf_emma*0.3")
        assert not caplog.records
        resolve("af_heart*0.7+bf_emma*0.7")
    assert "come to 1.4" in caplog.text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("af_hart", "af_heart"),
        ("af_heart+bf_ema", "bf_emma"),
        ("heart/bf_emma", "af_heart"),
        ("af_heart*x+bf_emma*1", "'x'"),
        ("af_heart*-1+bf_emma*2", "over 0"),
        ("af_heart*nan", "over 0"),
        ("af_heart*0.5+bf_emma", "some of its voices"),
        ("af_heart/", "lacks a side"),
        ("af_heart++bf_emma", "write a name"),
        ("", "write a name"),
        ("nowhere/anna.voice", "no voice file nowhere/anna.voice"),
    ],
)
def test_what_is_no_voice_is_refused_in_a_sentence(written: str, told: str) -> None:
    with pytest.raises(InputError, match=told.replace(".", r"\.")) as refused:
        resolve(written)
    assert "\n" not in str(refused.value)


def test_a_fit_beats_every_stock_voice_on_speech_it_did_not_hear(
    fitted: FittedVoice, kokoro: Kokoro, ids: list[int]
) -> None:
    held_out = embedding(*read_sound(PEOPLE / "2033_held_out.flac"))
    sound = said(kokoro, ids, fitted.table[len(ids) - 3][None])
    ours = similarity(embedding(colour(sound, SAMPLE_RATE, fitted.bands), SAMPLE_RATE), held_out)
    assert ours > float((space().embeddings @ held_out).max())
    # Its pitch is the person's within half a semitone.
    pitch = np.exp(intoned(kokoro, ids, fitted.table[len(ids) - 3][None])[0])
    assert abs(12 * np.log2(pitch / 156.5)) < 0.5
    assert fitted.similarity > fitted.nearest_similarity


def test_a_fitted_voice_is_kept_in_a_file_with_its_consent(fitted: FittedVoice, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "a.voice")
    again = FittedVoice.load(path)
    assert again.consent == CONSENT
    assert [r.name for r in again.recordings] == ["2033_a.flac", "2033_b.flac"]
    assert all(len(r.sha256) == 64 and r.seconds > 5 for r in again.recordings)
    assert again.date and again.made_with
    voice = resolve(path)
    assert isinstance(voice, ResolvedVoice) and voice.name == str(path)
    assert np.array_equal(voice.table, fitted.table)
    blend = resolve(f"{path}*0.5+af_heart*0.5/bf_emma")
    assert np.allclose(
        blend.table[:, :128], (fitted.table[:, :128] + resolve("af_heart").table[:, :128]) / 2, atol=1e-6
    )
    assert np.array_equal(blend.table[:, 128:], resolve("bf_emma").table[:, 128:])
    assert np.allclose(blend.bands, fitted.bands / 2, atol=1e-6)


@pytest.mark.parametrize("consent", [None, "", "   ", "yes", "I agree"])
def test_there_is_no_voice_without_consent(consent: str | None) -> None:
    with pytest.raises(InputError, match="only with consent"):
        fit(REFERENCE, consent=consent)


def test_what_no_voice_can_be_fitted_to_is_refused(tmp_path: Path) -> None:
    import soundfile

    with pytest.raises(InputError, match="no recording"):
        fit([], consent=CONSENT)
    with pytest.raises(InputError, match="There is no sound file"):
        fit([tmp_path / "none.wav"], consent=CONSENT)
    soundfile.write(tmp_path / "short.wav", np.random.default_rng(0).normal(size=16000) * 0.1, 16000)
    with pytest.raises(InputError, match=r"1\.0 s of sound"):
        fit([tmp_path / "short.wav"], consent=CONSENT)
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(0).normal(size=16000 * 6) * 0.1, 16000)
    with pytest.raises(InputError, match="hardly any voice"):
        fit([tmp_path / "noise.wav"], consent=CONSENT)
    with pytest.raises(InputError, match="en-GB, en-US"):
        fit(REFERENCE, consent=CONSENT, language="xx")


def test_a_damaged_voice_is_refused(fitted: FittedVoice, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "a.voice")
    whole = path.read_bytes()
    tensors = load_file(path)
    about = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])["__metadata__"]
    without = json.loads(about["about"]) | {"consent": ""}
    broken = {
        "cut.voice": whole[: len(whole) // 2],
        "empty.voice": b"",
        "text.voice": b"a voice",
    }
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
    save_file(tensors, tmp_path / "unsaid.voice", about | {"about": json.dumps(without)})
    save_file(tensors, tmp_path / "plain.voice")
    save_file({**tensors, "style": tensors["style"] * np.nan}, tmp_path / "nan.voice", about)
    save_file({**tensors, "style": tensors["style"][:9]}, tmp_path / "small.voice", about)
    save_file({**tensors, "bands": tensors["bands"] + 40}, tmp_path / "loud.voice", about)
    for name in (*broken, "unsaid.voice", "plain.voice", "nan.voice", "small.voice", "loud.voice"):
        with pytest.raises(InputError, match=name):
            resolve(tmp_path / name)
    save_file(tensors, tmp_path / "later.voice", about | {"version": "2"})
    with pytest.raises(InputError, match="format 2"):
        resolve(tmp_path / "later.voice")


def test_a_colour_is_as_asked_and_no_delay() -> None:
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE * 4).astype(np.float32)
    bands = np.array([0, 0, 3, 6, 3, 0, -3, -6, -3, 0, 0, 2, 4], np.float32)
    changed = long_term(colour(noise, SAMPLE_RATE, bands), SAMPLE_RATE) - long_term(noise, SAMPLE_RATE)
    # Half octaves average over their slopes: a peak of 6 dB measures 5.3.
    assert np.abs(changed - bands).max() < 1.0
    click = np.zeros(4800, np.float32)
    click[2400] = 1
    through = colour(click, SAMPLE_RATE, bands)
    assert not through[:2399].any() or np.abs(through[:2399]).max() < 1e-6
    assert np.argmax(np.abs(through)) == 2400
    assert len(bands) == len(CENTRES)


def test_the_command_asks_for_consent_and_writes_nothing_without(tmp_path: Path) -> None:
    out = tmp_path / "a.voice"
    done = CliRunner().invoke(app, ["fit", str(REFERENCE[0]), "--out", str(out)])
    assert isinstance(done.exception, InputError) and "consent" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_the_command_shows_what_a_voice_is(fitted: FittedVoice, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "a.voice")
    shown = CliRunner().invoke(app, ["show", str(path), "--json"])
    about = json.loads(shown.stdout)
    assert about["consent"] == CONSENT and about["nearest"] in ALL
    assert CONSENT in CliRunner().invoke(app, ["show", str(path)]).stdout
    blend = json.loads(CliRunner().invoke(app, ["show", "af_heart/bf_emma", "--json"]).stdout)
    assert blend == {"name": "af_heart/bf_emma", "language": "en-GB", "gender": "female"}


def test_the_command_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(REFERENCE[0], tmp_path / "a.flac")
    out = tmp_path / "a.voice"
    done = CliRunner().invoke(
        app, ["fit", str(tmp_path / "a.flac"), "--consent", CONSENT, "--out", str(out), "--rounds", "2", "--json"]
    )
    assert json.loads(done.stdout)["consent"] == CONSENT
    assert FittedVoice.load(out).recordings[0].name == "a.flac"
