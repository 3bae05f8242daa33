"""The categories an Emotion mixes, where each lies in valence-arousal-dominance, and other words for them."""

from __future__ import annotations

import csv
import difflib
from importlib import resources

from studio.errors import InputError

VAD = tuple[float, float, float]


def _load() -> dict[str, VAD]:
    # Made by studio/emotion/norms.py from the Glasgow Norms (CC BY 4.0).
    with resources.files("studio.emotion").joinpath("categories.csv").open(encoding="utf-8") as f:
        rows = csv.DictReader(f)
        return {r["category"]: (float(r["valence"]), float(r["arousal"]), float(r["dominance"])) for r in rows}


CATEGORY_VAD: dict[str, VAD] = _load()
CATEGORIES: tuple[str, ...] = tuple(CATEGORY_VAD)

SYNONYMS: dict[str, str] = {
    "joy": "happy",
    "joyful": "happy",
    "happiness": "happy",
    "cheerful": "happy",
    "glad": "happy",
    "sadness": "sad",
    "sorrow": "sad",
    "unhappy": "sad",
    "anger": "angry",
    "mad": "angry",
    "furious": "angry",
    "rage": "angry",
    "fear": "afraid",
    "fearful": "afraid",
    "scared": "afraid",
    "frightened": "afraid",
    "terrified": "afraid",
    "surprise": "surprised",
    "astonished": "surprised",
    "amazed": "surprised",
    "disgust": "disgusted",
    "calmness": "calm",
    "relaxed": "calm",
    "peaceful": "calm",
    "serene": "calm",
    "boredom": "bored",
    "excitement": "excited",
    "enthusiastic": "excited",
    "pride": "proud",
    "love": "loving",
    "affectionate": "loving",
    "tenderness": "tender",
    "hope": "hopeful",
    "optimistic": "hopeful",
    "amusement": "amused",
    "contentment": "content",
    "satisfied": "content",
    "nervousness": "nervous",
    "anxious": "nervous",
    "worried": "nervous",
    "shame": "ashamed",
    "embarrassed": "ashamed",
    "frustration": "frustrated",
    "annoyed": "frustrated",
    "contempt": "contemptuous",
    "scornful": "contemptuous",
    "grief": "grieving",
    "heartbroken": "grieving",
    "loneliness": "lonely",
    "weary": "tired",
    "exhausted": "tired",
    "curiosity": "curious",
    "confidence": "confident",
}


def category_of(label: str) -> str:
    """The category a label names. Raises InputError that offers the nearest known labels."""
    word = label.strip().lower()
    if word in CATEGORY_VAD:
        return word
    if word in SYNONYMS:
        return SYNONYMS[word]
    near = difflib.get_close_matches(word, [*CATEGORIES, *SYNONYMS, "neutral"], n=3, cutoff=0.5)
    offer = f"did you mean {_either(near)}?" if near else f"known ones are {', '.join(CATEGORIES)}, neutral."
    raise InputError(f"There is no emotion named {label.strip()!r}: {offer}")


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
