"""The residual blocks of Kokoro's generator and their convolutions, by the names the graph has for them."""

from __future__ import annotations

from dataclasses import dataclass

# Of each stage: the block its source of voice passes through, and the three whose sum it gives (the graph divides it).
STAGES = (
    ("noise_res.0", ("resblocks.0", "resblocks.1", "resblocks.2")),
    ("noise_res.1", ("resblocks.3", "resblocks.4", "resblocks.5")),
)
# A block's pairs of convolutions.
PAIRS = range(3)


@dataclass(frozen=True)
class Name:
    """A convolution, the first or second (`half`) of a pair; gain, offset: of the normalisation before it."""

    block: str
    half: int
    pair: int

    def __str__(self) -> str:
        return f"{self.block}/convs{self.half}.{self.pair}"

    @property
    def gain(self) -> str:
        return f"{self}/gain"

    @property
    def offset(self) -> str:
        return f"{self}/offset"


CONVOLUTIONS = tuple(
    Name(block, half, pair) for first, rest in STAGES for block in (first, *rest) for pair in PAIRS for half in (1, 2)
)
