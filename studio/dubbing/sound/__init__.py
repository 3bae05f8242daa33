"""The sound of a dub: the film's own, with its speech replaced by new lines."""

from studio.dubbing.sound.lines import PlacedLine
from studio.dubbing.sound.mixing import FILM_LUFS, MixFacts, MixOptions, mix

__all__ = ["FILM_LUFS", "MixFacts", "MixOptions", "PlacedLine", "mix"]
