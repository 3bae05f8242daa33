"""Every vocabulary of the field says the same things in the one space, by ratings that anyone can check."""

import csv
import itertools
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.emotion import CATEGORIES, NEUTRAL, Emotion
from studio.emotion import norms as norms_table
from studio.emotion.labels import known, meaning_of, rows
from studio.emotion.vocabularies import DYADS, VOCABULARIES, Vocabulary, vocabulary
from studio.errors import InputError

HERE = Path(__file__).parents[1]
NORMS = HERE / "fixtures" / "norms" / "glasgow_norms.csv"
EMOTION = Path(norms_table.__file__).parent

# As published.
SIZES = {
    "big6": 6,
    "everyday-categories": 17,
    "occ-categories": 22,
    "fsre-categories": 24,
    "frijda-categories": 12,
    "ekman": 6,
    "ekman7": 7,
    "plutchik": 24,
    "plutchik-dyads": 24,
    "goemotions": 28,
    "emonet-voice": 40,
    "att-hack": 4,
    "indextts2": 8,
    "talkinghead": 8,
}
# Their terms are linearly independent, so that any mixture of them has one reading only.
INDEPENDENT = ("big6", "everyday-categories", "frijda-categories", "ekman", "ekman7", "att-hack", "indextts2")
TERMS = [(v, t) for v in VOCABULARIES.values() for t in v.terms]
FELT = [(v, t) for v, t in TERMS if v.emotion(t) != NEUTRAL]

strengths = st.floats(0.01, 1, allow_subnormal=False)
weights = st.floats(-1, 1, allow_subnormal=False).map(lambda x: round(x, 3))
mixtures = st.dictionaries(st.sampled_from(CATEGORIES), weights, max_size=4).map(Emotion.of)
emotions = st.builds(lambda a, p: a + Emotion.from_vad(*p), mixtures, st.tuples(weights, weights, weights))


def by_term(pair):
    return f"{pair.name}" if isinstance(pair, Vocabulary) else pair


@pytest.fixture(scope="module")
def ratings():
    """{word: valence, arousal, dominance as rated, 1 to 9}."""
    with NORMS.open(newline="", encoding="utf-8") as f:
        return {
            r["Word"].lower(): [float(r[s]) for s in ("Valence", "Arousal", "Dominance")] for r in csv.DictReader(f)
        }


def test_vocabularies_have_the_terms_that_were_published():
    assert {name: len(VOCABULARIES[name].terms) for name in SIZES} == SIZES
    assert set(VOCABULARIES) - set(SIZES) == {"azure-styles", "emoji"}
    for v in VOCABULARIES.values():
        assert len(set(v.terms)) == len(v.terms)
        assert v.title
        assert v.source
    assert VOCABULARIES["indextts2"].terms == (
        *("happy", "angry", "sad", "afraid", "disgusted", "melancholic", "surprised", "calm"),
    )


def test_emotionml_vocabularies_are_found_by_their_uri():
    for name in ("big6", "everyday-categories", "occ-categories", "fsre-categories", "frijda-categories"):
        assert vocabulary(f"http://www.w3.org/TR/emotion-voc/xml#{name}") is VOCABULARIES[name]
        assert vocabulary(name.upper()) is VOCABULARIES[name]


@pytest.mark.parametrize("table", [("categories.csv",), ("vocabularies", "terms.csv")])
def test_places_are_what_people_rated(table, ratings):
    for row in rows(*table):
        label = row.get("category") or row["term"]
        rated = np.mean([ratings[word] for word in row["word"].split("+")], axis=0)
        place = np.clip((rated - ratings["neutral"]) / 4, -1, 1)
        # The tables have three digits.
        felt, offset = meaning_of(label)
        assert np.allclose((Emotion.of(felt) + Emotion.from_vad(*offset)).vad, place, atol=6e-4), label


def test_the_tables_are_made_again_from_the_ratings(tmp_path):
    for name in ("categories.csv", "vocabularies/terms.csv"):
        shutil.copy(EMOTION / name, tmp_path / Path(name).name)
    blank(tmp_path / "terms.csv", "valence", "arousal", "dominance", "weights")
    tables = [tmp_path / "categories.csv", tmp_path / "terms.csv", EMOTION / "vocabularies" / "vocabularies.csv"]
    norms_table.fill_in(NORMS, *tables)
    assert (tmp_path / "categories.csv").read_text("utf-8") == (EMOTION / "categories.csv").read_text("utf-8")
    again, shipped = read(tmp_path / "terms.csv"), read(EMOTION / "vocabularies" / "terms.csv")
    for a, b in zip(again, shipped, strict=True):
        assert {k: x for k, x in a.items() if k != "weights"} == {k: x for k, x in b.items() if k != "weights"}
        # The solver's last digit may differ between machines.
        assert np.allclose(
            [float(w) for w in a["weights"].split("+")], [float(w) for w in b["weights"].split("+")], atol=2e-3
        )


def test_a_term_is_always_felt_in_its_categories():
    for row in rows("vocabularies", "terms.csv"):
        felt, _ = meaning_of(row["term"])
        assert set(felt) == set(row["families"].split("+")) <= set(CATEGORIES)
        assert min(felt.values()) >= 0.2
        assert sum(felt.values()) <= 1 + 1e-9
        assert row["source"]


@pytest.mark.parametrize(("v", "term"), FELT, ids=by_term)
def test_the_nearest_label_of_a_labels_place_is_that_label(v, term):
    emotion = v.emotion(term)
    assert v.nearest(emotion) == term
    assert v.nearest(Emotion.from_vad(*emotion.vad)) == term


@given(st.sampled_from(FELT), strengths)
def test_a_term_comes_back_as_it_was_read(pair, strength):
    v, term = pair
    assert v.write(v.read({term: strength})) == {term: pytest.approx(strength, abs=1e-6)}


@pytest.mark.parametrize("name", INDEPENDENT)
@given(data=st.data())
def test_any_mixture_of_independent_terms_comes_back(name, data):
    v = VOCABULARIES[name]
    mixed = data.draw(st.dictionaries(st.sampled_from(v.terms), strengths, min_size=1, max_size=4))
    assert v.write(v.read(mixed)) == {t: pytest.approx(w, abs=1e-6) for t, w in mixed.items()}


@given(st.sampled_from(list(VOCABULARIES.values())), emotions)
def test_anything_felt_is_told_in_any_vocabulary(v, emotion):
    told = v.write(emotion)
    assert set(told) <= set(v.terms)
    assert all(0 < w <= 1 for w in told.values())
    assert v.nearest(emotion) in (*v.terms, "neutral")


@pytest.mark.parametrize(
    ("felt", "name", "told"),
    [
        ("nervous", "big6", "fear"),
        ("lonely:0.5", "indextts2", "sad"),
        ("excited", "ekman", "happiness"),
        ("vad(-0.7,0.5,0.2)", "indextts2", "angry"),
    ],
)
def test_what_a_vocabulary_lacks_is_told_by_what_is_near(felt, name, told):
    written = vocabulary(name).write(Emotion.parse(felt))
    assert max(written, key=written.__getitem__) == told
    assert len(written) <= 3


# GoEmotions' own grouping (ekman_mapping.json of its repository).
EKMAN_OF_GOEMOTIONS = {
    "anger": "anger annoyance disapproval",
    "disgust": "disgust",
    "fear": "fear nervousness",
    "happiness": "joy amusement approval excitement gratitude love optimism relief pride admiration desire caring",
    "sadness": "sadness disappointment embarrassment grief remorse",
    "surprise": "surprise realization confusion curiosity",
}


def test_goemotions_told_in_ekmans_six_are_grouped_as_its_authors_group_them():
    apart = set()
    for group, terms in EKMAN_OF_GOEMOTIONS.items():
        for term in terms.split():
            told = vocabulary("ekman").write(vocabulary("goemotions").emotion(term))
            if max(told, key=told.__getitem__) != group:
                apart.add(term)
    # Surprise is the authors' place for what has no valence; people rate these with one.
    assert apart == {"realization", "confusion", "curiosity"}


@pytest.mark.parametrize("v", VOCABULARIES.values(), ids=lambda v: v.name)
def test_all_zero_is_neutral(v):
    assert v.read(dict.fromkeys(v.terms, 0.0)) == NEUTRAL
    assert v.read([0.0] * len(v.terms)) == NEUTRAL
    neutral = [t for t in v.terms if v.emotion(t) == NEUTRAL]
    assert v.write(NEUTRAL) == dict.fromkeys(neutral, 1.0)
    assert v.nearest(NEUTRAL) == (neutral[0] if neutral else "neutral")


def test_a_vector_is_read_and_written_in_order():
    v = vocabulary("indextts2")
    vector = (0.5, 0, 0, 0, 0, 0, 0.3, 0)
    assert v.read(vector) == Emotion.of({"happy": 0.5, "surprised": 0.3})
    assert v.vector(v.read(vector)) == pytest.approx(vector, abs=1e-6)


def test_terms_are_read_however_they_are_spelt():
    v = vocabulary("emonet-voice")
    assert v.emotion("impatience & irritability") == v.emotion("Impatience and Irritability")
    assert vocabulary("fsre-categories").emotion("Being hurt") == vocabulary("fsre-categories").emotion("being-hurt")
    assert vocabulary("emoji").emotion("☺️") == vocabulary("emoji").emotion("☺")


# Mild, basic, intense.
WHEEL = [vocabulary("plutchik").terms[i : i + 3] for i in range(0, 24, 3)]


@pytest.mark.parametrize("words", WHEEL, ids="-".join)
@given(strength=strengths)
def test_plutchiks_intensities_of_one_feeling_are_in_order(words, strength):
    mild, basic, intense = (strength * vocabulary("plutchik").emotion(t) for t in words)
    # Sums of weights may differ in their last bits.
    assert mild.intensity <= basic.intensity + 1e-9 <= intense.intensity + 2e-9
    assert sum(intense.labels.values()) == pytest.approx(strength)
    # Bored is a category of its own, and so the whole of it.
    if words[0] != "boredom":
        assert sum(mild.labels.values()) < 0.7 * sum(basic.labels.values())
        assert mild.intensity < 0.8 * basic.intensity


def test_dyads_are_all_pairs_of_plutchiks_eight_but_the_opposites():
    eight = ("joy", "trust", "fear", "surprise", "sadness", "disgust", "anger", "anticipation")
    opposites = {frozenset((eight[i], eight[i + 4])) for i in range(4)}
    assert set(DYADS) == {frozenset(p) for p in itertools.combinations(eight, 2)} - opposites
    assert sorted(DYADS.values()) == sorted(vocabulary("plutchik-dyads").terms)
    assert set(eight) <= set(vocabulary("plutchik").terms)
    assert DYADS[frozenset(("joy", "trust"))] == "love"
    assert vocabulary("plutchik-dyads").emotion("love") == Emotion.of({"loving": 1.0})


@pytest.mark.parametrize(("pair", "dyad"), DYADS.items(), ids=by_term)
@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_the_parts_of_a_dyad_make_it(pair, dyad, strength):
    v = vocabulary("plutchik-dyads")
    first, second = sorted(pair)
    half = Emotion.of({first: 0.5, second: 0.5})
    assert v.nearest(strength * half) == v.nearest(2 * half) == dyad
    assert v.nearest(Emotion.of({first: 0.6, second: 0.4})) == v.nearest(Emotion.of({first: 0.4, second: 0.6})) == dyad
    assert v.write(strength * half) == {dyad: pytest.approx(strength)}
    assert v.write(2 * half) == {dyad: 1.0}


def test_one_part_alone_is_no_dyad_of_it():
    v = vocabulary("plutchik-dyads")
    # Neither "delight" nor "love", which have other parts too: by its place.
    assert v.nearest(Emotion.of({"joy": 1.0})) == "optimism"
    assert v.nearest(Emotion.of({"joy": 0.95, "disgust": 0.05})) != "morbidness"


@pytest.mark.parametrize(
    ("label", "same"),
    [
        ("anger", "angry"),
        ("Sadness", "sad"),
        ("fear", "afraid"),
        ("nervously", "nervous"),
        ("saddest", "sad"),
        ("angrier", "angry"),
        ("happily", "happy"),
        ("loneliness", "lonely"),
        ("furiously", "furious"),
        ("fury", "furious"),
        ("worrying", "worried"),
        ("frighteningly", "frightened"),
        ("gently", "gentle"),
        ("melancholically", "melancholy"),
        ("irritably", "irritation"),
        ("annoyed", "annoyance"),
        ("Being_Hurt", "being-hurt"),
        ("being hurt", "being-hurt"),
        ("Jealousy and Envy", "Jealousy & Envy"),
        ("sadly", "sad"),
        ("madly", "mad"),
        ("madness", "mad"),
        ("shyly", "shy"),
        ("mourning", "grief"),
        ("mourn", "grief"),
        ("grief-stricken", "grief"),
        ("cry", "crying"),
        ("tears", "crying"),
        ("tearfully", "crying"),
        ("shyer", "shy"),
        ("madder", "mad"),
        ("sob", "crying"),
        ("screaming", "scream"),
        ("pitifully", "pitiful"),
        ("😠", "angry"),
        ("❤️", "loving"),
        ("❤", "loving"),
        ("❤\ufe0f\u200d🔥", "passion"),
        ("🤷🏽‍♀️", "🤷"),
        ("😡", "rage"),
    ],
)
def test_other_forms_of_a_word_mean_the_same(label, same):
    assert known(label)
    assert meaning_of(label) == meaning_of(same)


def test_no_label_means_two_things():
    seen = {}
    for row in [*rows("categories.csv"), *rows("vocabularies", "terms.csv")]:
        for label in (row.get("category") or row["term"], *filter(None, row["forms"].split("|"))):
            assert label.lower() not in seen, (label, seen.get(label.lower()))
            seen[label.lower()] = row["word"]
    emoji = rows("vocabularies", "emoji.csv")
    assert len({r["emoji"] for r in emoji}) == len(emoji) >= 60
    assert all(known(r["label"]) for r in emoji)


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("angrry", "did you mean angry"),
        ("furios", "furious"),
        ("qqqq", "known ones are happy"),
        ("sober", "There is no emotion named 'sober'"),
        ("cars", "There is no emotion named 'cars'"),
        ("🚗", "There is no emotion named"),
        ("", "There is no emotion named ''"),
        ("-happy", "did you mean happy"),
        ("and", "There is no emotion named 'and'"),
    ],
)
def test_unknown_labels_offer_neighbours(label, part):
    assert not known(label)
    with pytest.raises(InputError) as e:
        meaning_of(label)
    assert part in str(e.value)
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: vocabulary("plutchick"), "did you mean plutchik"),
        (lambda: vocabulary("xyz"), "known ones are big6"),
        (lambda: vocabulary("big6").emotion("angre"), "did you mean anger"),
        (lambda: vocabulary("big6").emotion("rage"), "in the vocabulary big6"),
        (lambda: vocabulary("big6").read({"anger": 1.2}), "must lie between 0 and 1"),
        (lambda: vocabulary("big6").read({"anger": math.nan}), "must lie between 0 and 1"),
        (lambda: vocabulary("indextts2").read([0.1] * 7), "has 8 terms"),
    ],
)
def test_what_no_vocabulary_says_is_refused_in_one_sentence(call, part):
    with pytest.raises(InputError) as e:
        call()
    assert part in str(e.value)
    assert "\n" not in str(e.value)


def read(table):
    with table.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def blank(table, *columns):
    filled = read(table)
    with table.open("w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, list(filled[0]), lineterminator="\n")
        out.writeheader()
        out.writerows({k: "" if k in columns else x for k, x in row.items()} for row in filled)
