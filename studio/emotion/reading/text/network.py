"""The text reader's network in numpy: BERT's encoder (Devlin et al. 2019) of MiniLM's size, its mean, linear heads.

A line takes milliseconds; it needs neither torch nor a graph runtime. `tests/studio/test_text_reading.py` holds it to
what torch said.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from studio import checkpoints
from studio.emotion.reading.text.heads import HEADS

Floats = npt.NDArray[np.float32]

MAX_TOKENS = 128
_LAYERS, _ATTENTION_HEADS = 6, 12
_EPSILON = 1e-12


class TextNetwork:
    """Loads its weights (checkpoints/text_emotion.safetensors) on first use."""

    @cached_property
    def _weights(self) -> dict[str, Floats]:
        stored = load_file(checkpoints.bundled("text_emotion.safetensors"))
        return {name: array.astype(np.float32) for name, array in stored.items()}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """WordPiece, lower case."""
        tokenizer = Tokenizer.from_file(str(checkpoints.bundled("text_emotion.vocab.json")))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def read(self, text: str) -> dict[str, Floats]:
        """Each head's outputs [n] (`heads.HEADS`) for one text; of a long one the first 128 word pieces count."""
        pooled = self._states(self.tokenizer.encode(text).ids).mean(axis=0)
        return {h: self._linear(f"heads.{h}", pooled) for h in HEADS}

    def threshold(self, head: str) -> Floats:
        """The logit above which each label of a head counts as said, [n]."""
        return self._weights[f"thresholds.{head}"]

    def is_word(self, text: str) -> bool:
        """Whether a single word is one of the 30,000 the network knows whole, or one of them with an ending."""
        pieces = self.tokenizer.encode(text, add_special_tokens=False).tokens
        return len(pieces) == 1 or (len(pieces) == 2 and pieces[1][2:] in _ENDINGS and len(pieces[0]) > 3)

    def _states(self, ids: list[int]) -> Floats:
        """The last layer's states, [T, 384]."""
        w = self._weights
        words = w["encoder.embeddings.word_embeddings.weight"][ids]
        places = w["encoder.embeddings.position_embeddings.weight"][: len(ids)]
        x = self._norm(
            "encoder.embeddings.LayerNorm", words + places + w["encoder.embeddings.token_type_embeddings.weight"][0]
        )
        for i in range(_LAYERS):
            layer = f"encoder.encoder.layer.{i}"
            x = self._norm(f"{layer}.attention.output.LayerNorm", x + self._attend(f"{layer}.attention", x))
            inner = self._linear(f"{layer}.intermediate.dense", x)
            inner = 0.5 * inner * (1.0 + erf(inner / np.float32(np.sqrt(2.0))))
            x = self._norm(f"{layer}.output.LayerNorm", x + self._linear(f"{layer}.output.dense", inner))
        return x

    def _attend(self, name: str, x: Floats) -> Floats:
        def split(part: str) -> Floats:
            return self._linear(f"{name}.self.{part}", x).reshape(len(x), _ATTENTION_HEADS, -1).transpose(1, 0, 2)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return self._linear(f"{name}.output.dense", mixed.transpose(1, 0, 2).reshape(len(x), -1))

    def _linear(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + _EPSILON)
        return np.asarray(centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


# Endings WordPiece may split off a known word.
_ENDINGS = frozenset(("s", "ed", "d", "ing", "ly", "ness", "er", "est", "ful", "y", "ish", "fully"))
