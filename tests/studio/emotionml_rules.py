"""The rules of EmotionML 1.0, checked by themselves: the numbers are those of the assertions in W3C's test suite.

Reads with another parser than the product and shares no code with it. The schema's order of elements is required too
(what is written keeps it, though assertion 157 of the Recommendation allows any).
"""

import re
import xml.etree.ElementTree as ElementTree

NAMESPACE = "{http://www.w3.org/2009/10/emotionml}"
STANDARD = "http://www.w3.org/TR/emotion-voc/xml#"
KINDS = ("category", "dimension", "appraisal", "action-tendency")
SETS = tuple(f"{k}-set" for k in KINDS)
NAMES = {
    "big6": "anger disgust fear happiness sadness surprise",
    "everyday-categories": "affectionate afraid amused angry bored confident content disappointed excited happy "
    "interested loving pleased relaxed sad satisfied worried",
    "occ-categories": "admiration anger disappointment distress fear fears-confirmed gloating gratification gratitude "
    "happy-for hate hope joy love pity pride relief remorse reproach resentment satisfaction shame",
    "fsre-categories": "anger anxiety being-hurt compassion contempt contentment despair disappointment disgust fear "
    "guilt happiness hate interest irritation jealousy joy love pleasure pride sadness shame stress surprise",
    "frijda-categories": "anger arrogance desire disgust enjoyment fear humility indifference interest resignation "
    "shock surprise",
    "pad-dimensions": "pleasure arousal dominance",
    "fsre-dimensions": "valence potency arousal unpredictability",
    "intensity-dimension": "intensity",
    "scherer-appraisals": "suddenness familiarity predictability intrinsic-pleasantness relevance-person "
    "relevance-relationship relevance-social-order outcome-probability consonant-with-expectation goal-conduciveness "
    "urgency agent-self agent-other agent-nature cause-intentional control power adjustment-possible "
    "norm-compatibility self-compatibility",
}
TYPES = {n: next((k for k in KINDS if n.rstrip("s").endswith(k)), "category") for n in NAMES}
ATTRIBUTES = {
    "emotionml": {"version", *SETS},
    "emotion": {
        *("version", "id", "start", "end", "duration", "time-ref-uri", "time-ref-anchor-point", "offset-to-start"),
        *("expressed-through", *SETS),
    },
    "info": {"id"},
    "reference": {"uri", "role", "media-type"},
    "trace": {"freq", "samples"},
    "vocabulary": {"type", "id"},
    "item": {"name"},
    **{kind: {"name", "value", "confidence"} for kind in KINDS},
}
# The schema's content, as a pattern over the names of the elements in each.
CONTENT = {
    "emotionml": r"(info )?((emotion|vocabulary) )*",
    "emotion": r"(info )?((category|dimension|appraisal|action-tendency) )+(reference )*",
    "vocabulary": r"(info )?(item )+",
    "item": r"(info )?",
    "reference": "",
    "trace": "",
    **dict.fromkeys(KINDS, r"(trace )?"),
}
FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
PATTERNS = {
    "id": (r"[^\W\d][\w.-]*", 174),
    "start": (r"\+?\d+", 420),
    "end": (r"\+?\d+", 421),
    "duration": (r"\+?\d+", 422),
    "time-ref-anchor-point": (r"start|end", 424),
    "offset-to-start": (r"[+-]?\d+", 425),
    "expressed-through": (r"[\w.:-]+( [\w.:-]+)*", 301),
    "role": (r"expressedBy|experiencedBy|triggeredBy|targetedAt", 414),
    "media-type": (r"\w+/[\w.+-]+", 417),
    "freq": (r"\d+(\.\d*)?\s*Hz", 502),
    "type": (r"category|dimension|appraisal|action-tendency", 603),
}
REQUIRED = {
    "reference": [("uri", 410)],
    "trace": [("freq", 501), ("samples", 503)],
    "vocabulary": [("type", 602), ("id", 604)],
    "item": [("name", 607)],
    "category": [("name", 211)],
    "dimension": [("name", 221)],
    "appraisal": [("name", 231)],
    "action-tendency": [("name", 241)],
}


def broken_rules(text):
    """What a document breaks: (number, sentence) pairs; schema rules without a number have 0."""
    root = ElementTree.fromstring(text)
    broken = []
    if root.tag != f"{NAMESPACE}emotionml":
        broken.append((101, root.tag))
    if root.get("version") != "1.0":
        broken.append((111, f"version {root.get('version')}"))
    ids = [e.get("id") for e in root.iter() if e.tag.startswith(NAMESPACE) and e.get("id")]
    broken += [(174, f"id {i} twice") for i in set(ids) if ids.count(i) > 1]
    own = {v.get("id"): v for v in root.iter(f"{NAMESPACE}vocabulary")}
    for vocabulary in own.values():
        names = [i.get("name") for i in vocabulary.iter(f"{NAMESPACE}item")]
        broken += [(608, f"{n} twice") for n in set(names) if names.count(n) > 1]
        broken += [(607, f"{n} is no NMTOKEN") for n in names if not re.fullmatch(r"[\w.:-]+", n or "")]
    _element(root, broken)
    for emotion in root.iter(f"{NAMESPACE}emotion"):
        _descriptors(root, emotion, own, broken)
    return broken


def _element(element, broken):
    tag = element.tag.removeprefix(NAMESPACE)
    if tag not in ATTRIBUTES:
        broken.append((700, f"<{element.tag}>"))
        return
    broken += [(0, f"{tag} {a}") for a in element.keys() if a not in ATTRIBUTES[tag]]  # noqa: SIM118 (an Element)
    broken += [(number, f"{tag} lacks {a}") for a, number in REQUIRED.get(tag, ()) if element.get(a) is None]
    for attribute, (pattern, number) in PATTERNS.items():
        value = element.get(attribute)
        if value is not None and not re.fullmatch(pattern, value):
            broken.append((number, f"{attribute}={value}"))
    broken += [(500, f"{a}={element.get(a)}") for a in ("value", "confidence") if not _unit(element.get(a, "0"))]
    broken += [(504, s) for s in element.get("samples", "0").split() if not _unit(s)]
    if element.get("samples") is not None and not element.get("samples").split():
        broken.append((504, "no samples"))
    if element.get("freq") and float(element.get("freq").removesuffix("Hz")) <= 0:
        broken.append((502, element.get("freq")))
    if tag == "emotion" and element.get("version") not in (None, "1.0"):
        broken.append((172, element.get("version")))
    if tag == "info":
        broken += [(304, e.tag) for e in element.iter() if e is not element and e.tag.startswith(NAMESPACE)]
        return
    if not re.fullmatch(CONTENT[tag], "".join(f"{e.tag.removeprefix(NAMESPACE)} " for e in element)):
        broken.append((156 if tag == "emotion" else 0, f"content of {tag}: {[e.tag for e in element]}"))
    texts = [element.text, *(child.tail for child in element)]
    if tag not in ("emotionml", "emotion") and any(t and t.strip() for t in texts):
        broken.append((0, f"text in {tag}"))
    for child in element:
        _element(child, broken)


def _descriptors(root, emotion, own, broken):
    seen = set()
    for described in emotion:
        kind, name = described.tag.removeprefix(NAMESPACE), described.get("name")
        if kind not in KINDS:
            continue
        if (kind, name) in seen:
            broken.append((213, f"{kind} {name} twice"))
        seen.add((kind, name))
        valued, traced = described.get("value") is not None, len(described) > 0
        if valued and traced:
            broken.append((216, name))
        if kind == "dimension" and not valued and not traced:
            broken.append((224, name))
        uri = emotion.get(f"{kind}-set", root.get(f"{kind}-set"))
        if uri is None:
            broken.append((210, f"{kind} {name}"))
        elif uri.startswith("#"):
            if uri[1:] not in own or own[uri[1:]].get("type") != kind:
                broken.append((161, uri))
            elif name not in [i.get("name") for i in own[uri[1:]]]:
                broken.append((212, f"{name} in {uri}"))
        elif uri.startswith(STANDARD):
            names = NAMES.get(uri.removeprefix(STANDARD))
            if names is None or TYPES[uri.removeprefix(STANDARD)] != kind:
                broken.append((161, uri))
            elif name not in names.split():
                broken.append((212, f"{name} in {uri}"))


def _unit(text):
    return FLOAT.fullmatch(text) is not None and 0 <= float(text) <= 1
