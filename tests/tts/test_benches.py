"""The arithmetic of the voice's bench: what is said how often, and what the figures make of judgements."""

from collections import Counter

import numpy as np
import pytest

from studio.emotion.reading.voice.model import CLASSES
from studio.errors import InputError
from studio.evaluation.bench import Measurement
from studio.evaluation.emotion_reader import readers
from tts.benches import figures, plan
from tts.benches.bench import bench
from tts.benches.figures import Figures, apart, heard_at_all, recalls, spearman, word_errors
from tts.benches.judging import Judged
from tts.benches.plan import EMOTIONS, FACTORS, INTENSITIES, OURS, RULES, VOICES, Case, chosen, groups, lines
from tts.benches.report import Report, aims
from tts.benches.speed import Speed
from tts.benches.systems import uniform_speed


def judged(words_heard="", **numbers):
    return Judged(numbers, {"whisper": words_heard} if words_heard else {}, {})


def test_there_are_sixty_different_lines_without_digits():
    assert len(set(lines())) == 60
    assert all(6 <= len(line.split()) <= 12 for line in lines())
    # A recogniser writes numbers as it likes: that would count as errors.
    assert not any(c.isdigit() for line in lines() for c in line)


@pytest.mark.parametrize("count", [4, 12, 60])
def test_every_line_is_felt_in_every_way_and_the_voices_share_them_evenly(count):
    felt = [c for c in plan.plan(RULES, count) if c.intensity]
    assert len(felt) == len(set(felt)) == count * len(EMOTIONS) * len(INTENSITIES)
    assert {(c.line, c.emotion, c.intensity) for c in felt} == {
        (line, e, i) for line in chosen(count) for e in EMOTIONS for i in INTENSITIES
    }
    by_voice = Counter((c.emotion, c.voice) for c in felt)
    assert set(by_voice.values()) == {count * len(INTENSITIES) // len(VOICES)}
    # Intensities of one line are heard in one voice: else its course would be the voices'.
    assert all(len({c.voice for c in felt if (c.line, c.emotion) == (line, "sad")}) == 1 for line in chosen(count))


def test_each_case_comes_with_the_plain_one_it_is_held_against_and_after_it():
    cases = plan.plan(OURS, 12)
    for group in groups(cases):
        assert group[0] == group[0].neutral
        assert {c.neutral for c in group} == {group[0]}
    assert Counter(c for group in groups(cases) for c in group) == Counter(cases)


def test_names_of_cases_are_unlike():
    cases = plan.plan(OURS, 60)
    assert len({c.name for c in cases}) == len(cases)


def test_more_lines_than_there_are_is_told():
    with pytest.raises(InputError, match="60 lines"):
        chosen(61)


def test_an_unknown_system_is_told_with_those_known():
    with pytest.raises(InputError, match="hibari"):
        bench(names=["festival"])


def test_word_errors_are_of_all_words_not_means_of_lines():
    said = [(Case(RULES, 0, "af_heart"), judged(lines()[0])), (Case(RULES, 1, "af_heart"), judged("nothing of it"))]
    long, short = len(lines()[0].split()), len(lines()[1].split())
    found = word_errors(said, "whisper")
    assert found.utterances == 2
    assert found.rate == pytest.approx(100 * short / (long + short))
    assert np.isnan(word_errors(said, "moonshine").rate)


def test_length_errors_and_spans_are_of_the_lines_said_at_every_length():
    case = Case(RULES, 0, "af_heart")
    results = {
        case: judged(lines()[0], samples=48000.0, rate=24000.0, asked=0.0, spoken=0.9),
        Case(RULES, 0, "af_heart", factor=0.8): judged(samples=38407.0, rate=24000.0, asked=1.6, spoken=0.95),
        Case(RULES, 1, "af_heart"): judged(lines()[1], samples=1.0, rate=24000.0, asked=0.0, spoken=0.1),
    }
    found = Figures(RULES, results)
    assert found.length_errors(0.8).tolist() == [7.0]
    assert found.number("spoken", 1.0).tolist() == [0.9]


def test_words_lost_are_against_the_same_lines_said_plainly():
    plain = Case(RULES, 0, "af_heart")
    n = len(lines()[0].split())
    results = {
        plain: judged(lines()[0].rsplit(" ", 1)[0]),
        Case(RULES, 0, "af_heart", "angry", 1.0): judged(lines()[0].rsplit(" ", 3)[0]),
        Case(RULES, 1, "af_heart"): judged("not a word"),
    }
    assert Figures(RULES, results).words_lost("whisper").rate == pytest.approx(100 * 2 / n)


def test_recall_and_what_is_heard_at_all():
    table = np.zeros((len(EMOTIONS) + 1, len(CLASSES)), int)
    table[EMOTIONS.index("angry"), CLASSES.index("angry")] = 3
    table[EMOTIONS.index("angry"), CLASSES.index("neutral")] = 1
    table[EMOTIONS.index("surprised"), CLASSES.index("afraid")] = 4
    table[-1, CLASSES.index("neutral")] = 9
    found = recalls(table)
    assert found["angry"] == 0.75
    assert found["neutral"] == 1.0
    assert np.isnan(found["sad"])
    assert "surprised" not in found
    assert heard_at_all(table) == pytest.approx(7 / 8)


def test_spearman_is_of_ranks_and_still_figures_have_none():
    assert spearman([0, 0.33, 0.67, 1], [0, 1, 10, 11]) == pytest.approx(1)
    assert spearman([0, 0.33, 0.67, 1], [0, 10, 1, 11]) == pytest.approx(0.8)
    assert spearman([0, 1], [2, 2]) == 0
    assert np.isnan(spearman([0, 1], [0, float("nan")]))


def test_takes_that_are_alike_are_not_apart():
    a = np.array([0.2, 0.3, np.nan])
    assert apart([a, a, a]) == 0
    assert apart([a, a + 0.1]) == pytest.approx(0.1)
    assert np.isnan(apart([a]))


def test_diversity_is_in_per_cent_and_semitones():
    def take(seed, lengths, pitches):
        arrays = {"word_lengths": np.array(lengths), "word_pitches": np.array(pitches)}
        return Case(RULES, 0, "af_heart", seed=seed), Judged({}, {}, arrays)

    results = dict([take(0, [0.2, 0.4], [40.0, 41.0]), take(1, [0.22, 0.44], [42.0, 43.0])])
    length, pitch, count = Figures(RULES, results).diversity()
    assert (length, pitch, count) == (pytest.approx(10), pytest.approx(2), 1)


def test_acoustic_shift_grows_along_the_emotions_own_course():
    results = {}
    towards = np.array([4.0, 2.0, 5.0, -0.1, 3.0])
    for line in (0, 1, 2):
        results[Case(RULES, line, "af_heart")] = Judged({}, {}, {"acoustics": np.full(5, 10.0)})
        for i in INTENSITIES:
            moved = Judged({}, {}, {"acoustics": np.full(5, 10.0) + i * towards})
            results[Case(RULES, line, "af_heart", "angry", i)] = moved
    found = Figures(RULES, results)
    assert found.intensity(found.by_acoustics(), "angry") == (pytest.approx(1), pytest.approx(1))


def test_judgements_are_the_same_when_read_again(tmp_path):
    made = Judged({"spoken": 0.95}, {"whisper": "He’s here."}, {"voiceprint": np.arange(3.0, dtype=np.float32)})
    made.save(tmp_path / "case.npz")
    found = Judged.load(tmp_path / "case.npz")
    assert (found.numbers, found.texts) == (made.numbers, made.texts)
    assert np.array_equal(found.arrays["voiceprint"], made.arrays["voiceprint"])


def test_uniform_speed_gives_every_token_its_share_of_the_length():
    durations = np.array([16.0, 3.0, 2.2, 5.0, 4.1, 12.0])
    for factor in FACTORS:
        speed = uniform_speed(durations, factor * 42)
        whole = np.maximum(np.rint(durations / speed), 1).sum()
        # Tokens are whole frames, so one length in a few can't be met: within a frame of it is the best there is.
        assert abs(whole - factor * 42) <= 1
    assert uniform_speed(durations, 42) == pytest.approx(1.0, abs=0.02)


def test_aims_tell_what_is_missed():
    text = aims([Measurement("words", 7.0, "%", at_most=6), Measurement("span", 95.0, "%", at_least=94)])
    assert "| words | 7.00 % | at most 6 | **missed** |" in text
    assert "| span | 95.00 % | at least 94 | reached |" in text
    assert figures.READ == ("angry", "bored", "disgusted", "afraid", "happy", "sad")


def test_direction_is_told_of_moves_too_small_to_be_heard_as_an_emotion():
    learned, _ = readers()
    model = learned.model
    way = (model.weights[:, CLASSES.index("sad")] - model.weights.mean(axis=1)) * model.scale
    plain, small = np.zeros(len(way)), 0.5 * way / np.linalg.norm(way)
    case = Case(RULES, 0, "af_heart")
    results = {
        case: Judged({}, {}, {learned.name: plain}),
        Case(RULES, 0, "af_heart", "sad", 1.0): Judged({}, {}, {learned.name: small}),
        Case(RULES, 0, "af_heart", "angry", 1.0): Judged({}, {}, {learned.name: small}),
    }
    found = Figures(RULES, results)
    assert found.direction(learned, "sad")[0] > 0
    assert found.direction(learned, "sad")[1] == 1
    assert found.direction(learned, "angry")[1] == 0


def made_up(system, count, rng):
    """Judgements of a whole plan: every word heard, every length met, nothing felt."""
    learned, functionals = readers()
    found = {}
    for case in plan.plan(system, count):
        asked = 0.0 if case.factor == 1 else 2.0 * case.factor
        numbers = {"samples": 24000 * (asked or 2.0), "rate": 24000.0, "asked": asked, "taken": 1.0, "spoken": 0.96}
        arrays = {
            learned.name: rng.standard_normal(len(learned.model.names)),
            functionals.name: rng.standard_normal(len(functionals.model.names)),
            "acoustics": rng.standard_normal(5),
            "voiceprint": np.ones(192),
            "word_lengths": np.full(5, 0.2),
            "word_pitches": np.full(5, 40.0),
        }
        found[case] = Judged(
            {**numbers, "words_a_second": 3.0, "opinion": 4.4}, {"whisper": lines()[case.line]}, arrays
        )
    return found


def test_the_report_has_a_column_for_each_system_and_says_where_it_loses():
    rng = np.random.default_rng(0)
    results = {c: j for name in plan.SYSTEMS for c, j in made_up(name, 1, rng).items()}
    late = next(c for c in results if c.system == OURS and c.factor == 0.8)
    results[late] = Judged({**results[late].numbers, "samples": 38300.0}, {"whisper": "no"}, {})
    report = Report(plan.SYSTEMS, 1, results, {OURS: Speed(0.2, 0.04)}, 60.0)
    text = report.text()
    losses = text.partition("## Where it loses")[2].partition("## Words")[0]
    assert "samples off the length asked for, most: 100.00 samples, at most 0 wanted" in losses
    assert "word errors, x0.8" in losses and "word errors, x1.5" not in losses
    assert "| heard by | length | ours | rules | uncut, uniform speed | hibari-tts |" in text
    # At full intensity one line in every emotion, and its other takes; two systems, heard by two readers.
    tables = text.partition("## Confusions")[2].partition("## Intensity")[0]
    counts = [
        int(n)
        for row in tables.splitlines()
        if row.startswith("| ")
        for n in row.split("|")[2:-1]
        if n.strip().isdigit()
    ]
    assert sum(counts) == 4 * (len(EMOTIONS) + len(plan.TAKES))
    aim = next(m for m in report.measurements() if m.what == "ours: of which the prosody")
    assert aim.value == pytest.approx(4) and aim.reached
