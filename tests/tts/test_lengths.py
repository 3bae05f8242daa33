"""How long a line would take, without saying it, against what saying it takes."""

import pytest

from studio.delivery import Delivery, Pin
from studio.emotion import Emotion, EmotionTrack
from studio.emotion.script import read_script
from studio.errors import InputError

TEXT = "I put it there, by the door."
SAD = EmotionTrack.constant(Emotion.parse("sad:0.6"))
# One sample at 24 kHz.
EXACT = 1 / 24_000


@pytest.mark.parametrize(("prosody", "pins"), [("autoregressive", ()), ("rules", ()), ("rules", (Pin(4, 1.6),))])
def test_lengths_are_those_of_the_line_said(speaker, prosody, pins):
    delivery = Delivery(seed=3, prosody=prosody, pins=pins)
    told = speaker.lengths(TEXT, voice="af_heart", track=SAD, delivery=delivery)
    plan = speaker.plan(TEXT, "af_heart", SAD, delivery)
    assert told.natural == pytest.approx(plan.samples / speaker.sample_rate, abs=EXACT)
    assert told.shortest <= told.spoken <= told.natural <= told.longest

    def planned(seconds):
        return speaker.plan(TEXT, "af_heart", SAD, Delivery(seed=3, prosody=prosody, pins=pins, seconds=seconds))

    for seconds in (told.shortest, told.spoken, told.longest):
        assert planned(seconds).samples == round(seconds * speaker.sample_rate)
    for seconds in (told.shortest - 0.001, told.longest + 0.001):
        with pytest.raises(InputError, match="can't be said in"):
            planned(seconds)


def test_a_length_that_the_delivery_has_changes_nothing(speaker):
    free, fixed = (
        speaker.lengths(TEXT, voice="af_heart", track=SAD, delivery=Delivery(seed=3, seconds=s)) for s in (None, 99.0)
    )
    assert free == fixed


def test_spoken_in_its_own_time_every_word_is_as_long_as_it_is_naturally(speaker):
    told = speaker.lengths(TEXT, voice="af_heart", track=SAD, delivery=Delivery(prosody="rules"))
    free = speaker.plan(TEXT, "af_heart", SAD, Delivery(prosody="rules"))
    fitted = speaker.plan(TEXT, "af_heart", SAD, Delivery(prosody="rules", seconds=told.spoken))
    assert [f.reading.frames.tolist() for f in fitted.sentences] == [f.reading.frames.tolist() for f in free.sentences]
    # What is less is silence: all but a frame of the tenth before, and of the fifth of a second after.
    assert told.natural - told.spoken == pytest.approx(0.3, abs=0.051)


def test_words_and_sounds_have_their_times(speaker):
    told = speaker.lengths(TEXT, voice="af_heart", track=SAD, delivery=Delivery(seed=3))
    said = speaker.speak(TEXT, voice="af_heart", track=SAD, delivery=Delivery(seed=3))
    assert len(told.words) == len(said.words) == 7
    for about, heard in zip(told.words, said.words, strict=True):
        # A token is heard two frames of 25 ms before its place, and gaps between words go to either side.
        assert about.start == pytest.approx(heard.start, abs=0.15)
    assert "".join(p.symbol for p in told.phonemes) == "".join(
        p.symbol.lstrip("ˈˌ") for p in said.phonemes if p.symbol.strip(" ,.")
    )
    assert all(a.end <= b.start for a, b in zip(told.phonemes, told.phonemes[1:], strict=False))


def test_sounds_alone_have_lengths_too(speaker):
    laugh = read_script("[laugh] [sigh]")
    told = speaker.lengths(laugh.text, voice="af_heart", track=laugh.track, delivery=Delivery())
    said = speaker.speak(laugh.text, voice="af_heart", track=laugh.track, delivery=Delivery())
    assert told.natural == told.spoken == pytest.approx(said.seconds, abs=EXACT)
    assert told.shortest < told.natural < told.longest
    assert told.words == ()


def test_what_can_not_be_said_has_no_length(speaker):
    with pytest.raises(InputError):
        speaker.lengths("...", voice="af_heart", track=SAD, delivery=Delivery())
    with pytest.raises(InputError, match="can't start at"):
        speaker.lengths(TEXT, voice="af_heart", track=SAD, delivery=Delivery(pins=(Pin(6, 0.1),)))
