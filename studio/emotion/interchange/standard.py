"""The vocabularies that EmotionML can name: those of W3C's "Vocabularies for EmotionML" (Note, 1 April 2014).

The categories are those of `studio.emotion.vocabularies`; dimensions, appraisals and action tendencies stand here.
"""

from __future__ import annotations

from functools import cache

from studio.emotion.interchange.annotations import Kind
from studio.emotion.vocabularies import VOCABULARIES

NAMESPACE = "http://www.w3.org/2009/10/emotionml"
VOCABULARY_BASE = "http://www.w3.org/TR/emotion-voc/xml#"

_OTHERS: dict[str, tuple[Kind, str]] = {
    "pad-dimensions": ("dimension", "pleasure arousal dominance"),
    "fsre-dimensions": ("dimension", "valence potency arousal unpredictability"),
    "intensity-dimension": ("dimension", "intensity"),
    "occ-appraisals": (
        "appraisal",
        "desirability praiseworthiness appealingness desirability-for-other deservingness liking likelihood effort "
        "strength-of-identification expectation-of-deviation familiarity",
    ),
    "scherer-appraisals": (
        "appraisal",
        "suddenness familiarity predictability intrinsic-pleasantness relevance-person relevance-relationship "
        "relevance-social-order outcome-probability consonant-with-expectation goal-conduciveness urgency agent-self "
        "agent-other agent-nature cause-intentional control power adjustment-possible norm-compatibility "
        "self-compatibility",
    ),
    "ema-appraisals": (
        "appraisal",
        "relevance desirability agency blame likelihood unexpectedness urgency ego-involvement controllability "
        "changeability power adaptability",
    ),
    "frijda-action-tendencies": (
        "action-tendency",
        "approach avoidance being-with attending rejecting nonattending agonistic interrupting dominating submitting",
    ),
}


@cache
def standard() -> dict[str, tuple[Kind, tuple[str, ...]]]:
    """{name: (kind, items)} of every vocabulary below VOCABULARY_BASE."""
    named: dict[str, tuple[Kind, tuple[str, ...]]] = {k: (kind, tuple(i.split())) for k, (kind, i) in _OTHERS.items()}
    for vocabulary in VOCABULARIES.values():
        if vocabulary.uri and vocabulary.uri.startswith(VOCABULARY_BASE):
            named[vocabulary.uri.removeprefix(VOCABULARY_BASE)] = ("category", tuple(vocabulary.terms))
    return named


def standard_name(uri: str) -> str | None:
    """The name of the standard vocabulary a URI points at ("big6"), or None for another's URI."""
    secure = uri.replace("https://", "http://", 1)
    return secure.removeprefix(VOCABULARY_BASE) if secure.startswith(VOCABULARY_BASE) else None
