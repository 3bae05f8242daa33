"""What each emotion does to the voice: a table of measured figures, mixed by an Emotion's weights.

Sources. RAVDESS (Livingstone & Russo 2018), EMO-DB (Burkhardt et al. 2005), nEMO (Christop 2024), EmoTale: changes from
the same speaker's neutral, normal / strong intensity. The rows happy, sad, angry and afraid were tuned on Kokoro
against a learned reader of emotion, which heard them right more often than the corpora's plain means (.45 against
.30), at no cost in word errors. See docs/decisions/0004-voice-by-rule.md.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

from studio.emotion import Emotion


@dataclass(frozen=True)
class Rule:
    """Changes from neutral; the default of each field is no change.

    pitch: semitones.  pitch_range: factor on the excursions from the median.
    declination: semitones F0 falls over a sentence, beyond what the model does.  final_rise: semitones at its end.
    rate: speaking rate, a factor.  consonants, vowels: factors on their lengths.
    final: factor on lengths from a sentence's last vowel on.  pause: seconds put in amid a phrase.
    dynamics: power the level contour is raised to.  tilt: dB above about 1 kHz.  level: dB of loudness.
    """

    pitch: float = 0.0
    pitch_range: float = 1.0
    rate: float = 1.0
    consonants: float = 1.0
    vowels: float = 1.0
    final: float = 1.0
    pause: float = 0.0
    dynamics: float = 1.0
    declination: float = 0.0
    final_rise: float = 0.0
    tilt: float = 0.0
    level: float = 0.0


_FACTORS = frozenset({"pitch_range", "rate", "consonants", "vowels", "final", "dynamics"})

# Level, all rows: RAVDESS normal / EmoTale (angry 8.9/8.1, happy 5.4/6.3, fear 4.0, surprise 5.7, disgust 1.2, sad
# -3.0/+.2, calm -3.3, boredom -.6), held within +7 dB; `tts.post` scales them: the peak limit does not carry that.
RULES: dict[str, Rule] = {
    "happy": Rule(
        pitch=6, pitch_range=1.55, consonants=1.2, final=1.7, dynamics=1.3, declination=5, final_rise=1.2, level=5.5
    ),
    # As tried, its lengths were 1.4 and 1.25 under a rate of .85, together 1.57 times the neutral time, which drags;
    # life has 1.12 (EmoTale) to 1.19 (RAVDESS). Both scaled alike: where the lengthening goes is kept.
    "sad": Rule(
        pitch=0.6, pitch_range=1.2, rate=0.85, consonants=1.1, vowels=0.98, final=1.5, pause=0.25, tilt=-4, level=-1.5
    ),
    "angry": Rule(
        pitch=2.5, pitch_range=1.35, consonants=1.22, vowels=1.08, dynamics=1.4, declination=-3, tilt=6, level=7
    ),
    "afraid": Rule(
        pitch=7,
        pitch_range=0.8,
        rate=1.1,
        vowels=0.87,
        final=1.25,
        pause=0.25,
        dynamics=1.35,
        declination=-3,
        tilt=1.4,
        level=4,
    ),
    # Pitch: mean of RAVDESS +3.5/+5.6. Range +2.3 st where happy has +1.7: ln 1.55 scaled alike. Rate: nEMO -.16 s,
    # RAVDESS -.10/+.04. Contour and dynamics: no figures; those of happy, its neighbour in valence and arousal.
    "surprised": Rule(
        pitch=4.6, pitch_range=1.75, rate=1.05, final=1.2, dynamics=1.3, declination=3, final_rise=1.2, level=5.5
    ),
    # Pitch: mean of RAVDESS +.5/+3.7. Range: RAVDESS +.2/+1.6, EMO-DB +.9. Lengths: RAVDESS +.29/+.56 s, a
    # third of its sentences' length, spread over the line (no figures for where).
    "disgusted": Rule(pitch=2.1, pitch_range=1.15, rate=0.88, consonants=1.25, vowels=1.1, final=1.2, level=1.2),
    # RAVDESS calm -.7 st, range -.3/-.8 st, +.28/+.60 s. Softness (tilt): the figures of sad, scaled by its level.
    "calm": Rule(pitch=-0.7, pitch_range=0.88, rate=0.85, vowels=1.1, final=1.2, dynamics=0.9, tilt=-3, level=-3.3),
    # EMO-DB -1.0 st, EmoTale -.1; EmoTale +.31 s. The wider spread both report (+2.4, +1.4) is not copied: it
    # comes with the creak of low voices, which Kokoro doesn't make, and would sound lively.
    "bored": Rule(pitch=-0.8, rate=0.92, vowels=1.12, final=1.3, dynamics=0.9, tilt=-1, level=-0.6),
}

ANCHORS: tuple[str, ...] = tuple(RULES)


def rule_for(emotion: Emotion) -> Rule:
    """The emotion's changes: rows mixed by weight, factors in their logarithm, so that each grows with intensity."""
    weights = emotion.blend(ANCHORS)
    mixed = {}
    for i, field in enumerate(fields(Rule)):
        rows = [(w, float(astuple(RULES[a])[i])) for a, w in weights.items()]
        if field.name in _FACTORS:
            mixed[field.name] = math.exp(sum(w * math.log(v) for w, v in rows))
        else:
            mixed[field.name] = sum(w * v for w, v in rows)
    return Rule(**mixed)
