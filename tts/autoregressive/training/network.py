"""The transformer as torch trains it. `tts.autoregressive.network` runs it, in numpy, from the same weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from torch import Tensor, nn
from torch.nn import functional

from tts.autoregressive.inputs import BUDGETED, DESCRIBED
from tts.autoregressive.tokens import SCALES

FEATURES, EMOTION, SYMBOLS = 640, 27, 192


@dataclass(frozen=True)
class Config:
    """width: of the residual stream.  heads: of attention.  hidden: of the feed-forward layers and of the heads."""

    width: int = 192
    layers: int = 4
    heads: int = 4
    hidden: int = 768
    head_hidden: int = 128

    def as_text(self) -> dict[str, str]:
        return {k: str(v) for k, v in asdict(self).items()}


class Block(nn.Module):
    """Pre-norm causal attention and feed-forward (GPT-2)."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.heads = c.heads
        self.norm1, self.norm2 = nn.LayerNorm(c.width), nn.LayerNorm(c.width)
        self.qkv, self.out = nn.Linear(c.width, 3 * c.width), nn.Linear(c.width, c.width)
        self.up, self.down = nn.Linear(c.width, c.hidden), nn.Linear(c.hidden, c.width)

    def forward(self, x: Tensor, dropout: float) -> Tensor:
        b, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + functional.dropout(self.out(attended.transpose(1, 2).reshape(b, t, w)), dropout, self.training)
        inner = self.down(functional.gelu(self.up(self.norm2(x)), approximate="tanh"))
        return x + functional.dropout(inner, dropout, self.training)


class Transformer(nn.Module):
    """Decides duration, then pitch, slope and strength of each token from all tokens up to it.

    The tokens of the position before come in beside what is known of this position; each of the four heads sees those
    decided before it.
    """

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        c = self.config = config or Config()
        self.dropout = 0.1
        self.features = nn.Linear(FEATURES, c.width, bias=False)
        self.symbols = nn.Embedding(SYMBOLS, c.width)
        self.described = nn.Linear(DESCRIBED, c.width, bias=False)
        self.emotion = nn.Linear(EMOTION, c.width, bias=False)
        self.budget = nn.Linear(BUDGETED, c.width, bias=False)
        # One code more than the scale has: before the first token.
        self.before = nn.ModuleDict({n: nn.Embedding(s.count + 1, c.width) for n, s in SCALES.items()})
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = nn.LayerNorm(c.width)
        self.inner = nn.ModuleDict({n: nn.Linear(c.width, c.head_hidden) for n in SCALES})
        self.given = nn.ModuleDict({n: nn.Embedding(s.count, c.head_hidden) for n, s in SCALES.items()})
        self.logits = nn.ModuleDict({n: nn.Linear(c.head_hidden, s.count) for n, s in SCALES.items()})
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Logits [B, T, codes] by scale.

        batch: features [B, T, 640], ids [B, T], described [B, T, DESCRIBED], emotions [B, T, 27], budget [B, T,
        BUDGETED] and the codes of each scale [B, T].
        """
        x = self.features(batch["features"]) + self.symbols(batch["ids"]) + self.described(batch["described"])
        x = x + self.emotion(batch["emotions"]) + self.budget(batch["budget"])
        for name, scale in SCALES.items():
            x = x + self.before[name](functional.pad(batch[name][:, :-1], (1, 0), value=scale.count))
        for block in self.blocks:
            x = block(x, self.dropout)
        x = self.norm(x)
        out: dict[str, Tensor] = {}
        known: Tensor | float = 0.0
        for name in SCALES:
            out[name] = self.logits[name](functional.gelu(self.inner[name](x) + known, approximate="tanh"))
            known = known + self.given[name](batch[name])
        return out
