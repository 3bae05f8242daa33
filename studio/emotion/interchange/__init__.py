"""Emotion in the formats of other tools: EmotionML 1.0 in and out, SSML in."""

from studio.emotion.interchange.annotations import Annotation, Descriptor, Document, Reference, Trace
from studio.emotion.interchange.emotionml import read_emotionml
from studio.emotion.interchange.ssml import SpokenText, read_ssml
from studio.emotion.interchange.telling import annotation_of
from studio.emotion.interchange.writing import write_emotionml

__all__ = [
    "Annotation",
    "Descriptor",
    "Document",
    "Reference",
    "SpokenText",
    "Trace",
    "annotation_of",
    "read_emotionml",
    "read_ssml",
    "write_emotionml",
]
