"""The captioner without its trunk: a bridge from features to memory, and a GPT-2 like decoder."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from altlens_training.plan import PLAN
from altlens_training.planner import decided
from altlens_training.poses import MAPS, PEAKS
from altlens_training.recipe import Recipe
from altlens_training.trunk import CHANNELS, CLASSES

Cache = list[tuple[Tensor, Tensor]]
"""Self-attention's keys and values, a pair a layer, each [batch, heads, length, width / heads]."""


class Attention(nn.Module):
    """Multi-head attention whose keys and values the caller makes, so that they can be kept."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        """[batch, length, width] to [batch, heads, length, width / heads]."""
        batch, length, width = x.shape
        return x.reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def keys_values(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What `forward` attends to, from its source [batch, length, width]."""
        return self.split(self.key(x)), self.split(self.value(x))

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """Attend from x [batch, length, width]; `mask` is added to the scores."""
        query = self.split(self.query(x))
        scores = torch.matmul(query, keys.transpose(2, 3)) * query.shape[-1] ** -0.5
        if mask is not None:
            scores = scores + mask
        mixed = torch.matmul(scores.softmax(-1), values)
        return self.out(mixed.transpose(1, 2).flatten(2))


def _feed_forward(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))


class EncoderLayer(nn.Module):
    """Pre-norm self-attention and feed-forward over the memory."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.attention = Attention(recipe.width, recipe.heads)
        self.feed = _feed_forward(recipe.width)
        self.norms = nn.ModuleList(nn.LayerNorm(recipe.width) for _ in range(2))
        self.dropout = nn.Dropout(recipe.dropout)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norms[0](x)
        x = x + self.dropout(self.attention(y, *self.attention.keys_values(y), None))
        return x + self.dropout(self.feed(self.norms[1](x)))


class DecoderLayer(nn.Module):
    """Pre-norm causal self-attention, cross-attention and feed-forward."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.attention = Attention(recipe.width, recipe.heads)
        self.cross = Attention(recipe.width, recipe.heads)
        self.feed = _feed_forward(recipe.width)
        self.norms = nn.ModuleList(nn.LayerNorm(recipe.width) for _ in range(3))
        self.dropout = nn.Dropout(recipe.dropout)

    def forward(
        self,
        x: Tensor,
        crossed: tuple[Tensor, Tensor],
        mask: Tensor,
        past: tuple[Tensor, Tensor] | None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        y = self.norms[0](x)
        keys, values = self.attention.keys_values(y)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        x = x + self.dropout(self.attention(y, keys, values, mask))
        y = self.norms[1](x)
        x = x + self.dropout(self.cross(y, *crossed, None))
        return x + self.dropout(self.feed(self.norms[2](x))), (keys, values)


def planned_from(recipe: Recipe) -> int:
    """How many numbers `planner_sees` gives."""
    return CHANNELS + MAPS + CLASSES + MAPS * PEAKS + recipe.grid**2 * MAPS


def planner_sees(places: Tensor, classes: Tensor, peaks: Tensor) -> Tensor:
    """What plans are read from, [batch, features]: the features, without where things are.

    Only where people are stays, since two in two places are two.
    """
    where = places[:, :, CHANNELS:].flatten(1)
    return torch.cat([places.mean(1), classes.sqrt(), peaks, where], 1)


class Bridge(nn.Module):
    """Features to memory: tokens of the classes, the concepts, the plan, each place, the peaks.

    Concepts are the common words of captions; how likely each is to be said is read from the
    features. They are the one token that text alone can teach the decoder to heed.
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.places = nn.Linear(CHANNELS + MAPS, recipe.width)
        self.classes = nn.Linear(CLASSES, recipe.width)
        self.concepts = nn.Linear(recipe.concepts, recipe.width)
        self.peaks = nn.Linear(MAPS * PEAKS, recipe.width)
        self.concept_places = nn.Linear(CHANNELS + MAPS, recipe.concepts)
        self.concept_classes = nn.Linear(CLASSES, recipe.concepts)
        self.concept_peaks = nn.Linear(MAPS * PEAKS, recipe.concepts)
        self.plan = nn.Linear(PLAN, recipe.width)
        # Fitted by itself when the rest is trained.
        self.planner = nn.Linear(planned_from(recipe), PLAN).requires_grad_(False)
        self.positions = nn.Parameter(torch.zeros(recipe.grid**2 + 4, recipe.width))
        self.norm = nn.LayerNorm(recipe.width)
        self.layer = EncoderLayer(recipe)
        self.grid_dropout = recipe.grid_dropout
        self.drop = nn.Dropout(0.2)

    def concept_logits(self, places: Tensor, classes: Tensor, peaks: Tensor) -> Tensor:
        """How likely each concept is to be said, as logits [batch, concepts]."""
        pooled = self.drop(places.mean(1))
        named = self.concept_places(pooled) + self.concept_classes(self.drop(classes.sqrt()))
        return named + self.concept_peaks(self.drop(peaks))

    def heads(self, classes: Tensor, concepts: Tensor, plan: Tensor) -> Tensor:
        """The first three tokens, [batch, 3, width], of the probabilities and the plan."""
        tokens = [self.classes(classes.sqrt()), self.concepts(concepts.sqrt()), self.plan(plan)]
        return torch.stack(tokens, 1) + self.positions[:3]

    def from_text(self, classes: Tensor, concepts: Tensor, plan: Tensor) -> Tensor:
        """Memory [batch, 3, width] of class and concept probabilities, without places."""
        memory: Tensor = self.layer(self.norm(self.heads(classes, concepts, plan)))
        return memory

    def forward(
        self, places: Tensor, classes: Tensor, peaks: Tensor, plan: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Memory [batch, grid * grid + 4, width], and the concept logits.

        The plan [batch, PLAN] is the caption's own in training, so that the decoder heeds it; else
        it is read from the picture.
        """
        logits = self.concept_logits(places, classes, peaks)
        if plan is None:
            plan = decided(self.planner(planner_sees(places, classes, peaks)))
        if self.training and self.grid_dropout:
            kept = torch.rand(places.shape[:2]) >= self.grid_dropout
            places = places * kept[..., None]
        heads = self.heads(classes, logits.sigmoid(), plan)
        seen = torch.cat([self.places(places), self.peaks(peaks)[:, None]], 1)
        tokens = torch.cat([heads, seen + self.positions[3:]], 1)
        return self.layer(self.norm(tokens)), logits


class Decoder(nn.Module):
    """GPT-2 like, with cross-attention and tied embeddings."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.words = nn.Embedding(recipe.vocabulary, recipe.width)
        self.positions = nn.Embedding(recipe.positions, recipe.width)
        self.layers = nn.ModuleList(DecoderLayer(recipe) for _ in range(recipe.layers))
        self.norm = nn.LayerNorm(recipe.width)
        self.dropout = nn.Dropout(recipe.dropout)
        for embedding in (self.words, self.positions):
            # torch's default of 1 would make the tied logits far too large.
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(
        self, ids: Tensor, memory: Tensor, past: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """Logits [batch, length, vocabulary] and the grown cache, for ids [batch, length]."""
        return self.attend(ids, self.crossed(memory), past)

    def crossed(self, memory: Tensor) -> Cache:
        """Cross-attention's keys and values of each layer, which stay the same all caption long."""
        crosses = [cast(DecoderLayer, layer).cross for layer in self.layers]
        return [cross.keys_values(memory) for cross in crosses]

    def attend(self, ids: Tensor, crossed: Cache, past: Cache | None) -> tuple[Tensor, Cache]:
        """`forward`, with the memory's keys and values already made."""
        length = ids.shape[1]
        before = past[0][0].shape[2] if past else 0
        at = torch.arange(before, before + length)
        causal = torch.arange(before + length)[None] > at[:, None]
        mask = torch.zeros(causal.shape).masked_fill(causal, -1e9)
        x = self.dropout(self.words(ids) + self.positions(at))
        cache = []
        for index, layer in enumerate(self.layers):
            x, kept = layer(x, crossed[index], mask, past[index] if past else None)
            cache.append(kept)
        # Probabilities are made from whole floats, whatever the training computes in.
        return torch.matmul(self.norm(x), self.words.weight.T).float(), cache


class Captioner(nn.Module):
    """Bridge and decoder: all that is trained."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.bridge = Bridge(recipe)
        self.decoder = Decoder(recipe)
