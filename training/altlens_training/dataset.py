"""Training examples, drawn by number: the same number gives the same batch in any run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from altlens_training import concepts
from altlens_training.data import Corpus, plain
from altlens_training.drawn import kind_of
from altlens_training.features import compute, drawn_openers, picture_openers
from altlens_training.labels import Classes, noun_captions, plain_nouns
from altlens_training.plan import plan
from altlens_training.recipe import Recipe
from altlens_training.tokenizer import END_ID, encode, train_tokenizer

IGNORED = -100
"""The target that cross-entropy leaves out."""


@dataclass(frozen=True)
class Sentences:
    """Ids [batch, length], their next ids (IGNORED after the end), and their plans [batch, 6]."""

    ids: Tensor
    targets: Tensor
    plans: Tensor


@dataclass(frozen=True)
class Views:
    """Rows of the features: places [batch, grid * grid, 1298], classes [batch, 1000], peaks."""

    places: Tensor
    classes: Tensor
    peaks: Tensor


@dataclass(frozen=True)
class Hints:
    """Made-up probabilities for captions without pictures: classes and concepts, [batch, …]."""

    classes: Tensor
    concepts: Tensor


@dataclass(frozen=True)
class Example:
    """A picture's first row of features, how many views it has, and what to say of it."""

    row: int
    views: int
    captions: tuple[str, ...]


class Dataset:
    """All that training reads, in memory."""

    def __init__(self, corpus: Corpus, recipe: Recipe, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.recipe = recipe
        self.text = corpus.text
        captioned = [p for p in corpus.train if p.captions]
        labelled = [(p, p.label) for p in corpus.train if p.label]
        number = {label: index for index, label in enumerate(corpus.classes)}
        parts = (
            ("captioned", picture_openers(captioned, recipe.views, recipe.seed)),
            (
                "labelled",
                picture_openers([p for p, _ in labelled], recipe.label_views, recipe.seed),
            ),
            ("drawn", drawn_openers(recipe.drawn, recipe.seed)),
        )
        features = [compute(name, openers, recipe, folder) for name, openers in parts]
        self._places = torch.from_numpy(np.concatenate([f.places for f in features]))
        self._classes = torch.from_numpy(np.concatenate([f.classes for f in features]))
        self._peaks = torch.from_numpy(np.concatenate([f.peaks for f in features]))
        starts = np.cumsum([0, *(len(f.places) for f in features)])
        self.captioned = [
            Example(i * recipe.views, recipe.views, tuple(map(plain, p.captions)))
            for i, p in enumerate(captioned)
        ]
        nouns = plain_nouns(corpus.classes, corpus.text)
        self.labelled = []
        self._by_noun: dict[str, list[Example]] = {}
        for i, (_, label) in enumerate(labelled):
            row = int(starts[1]) + i * recipe.label_views
            noun = nouns[number[label]]
            example = Example(row, recipe.label_views, noun_captions(noun))
            self.labelled.append(example)
            self._by_noun.setdefault(noun, []).append(example)
        self._classes_of = Classes(nouns)
        self.drawn = [
            Example(int(starts[2]) + i, 1, (kind_of(i).caption,)) for i in range(recipe.drawn)
        ]
        everything = [*self.captioned, *self.labelled, *self.drawn]
        spoken = [c for example in everything for c in example.captions]
        self.tokenizer: Tokenizer = train_tokenizer([*self.text, *spoken], recipe.vocabulary)
        chosen = concepts.choose([*self.text, *spoken * 4], recipe.concepts)
        self.concepts = {word: index for index, word in enumerate(chosen)}
        self._shares = {e.row: concepts.said(e.captions, self.concepts) for e in everything}
        self._common = np.mean([self._shares[e.row] for e in self.captioned], axis=0)

    def views(self, rows: Sequence[int]) -> Views:
        """The features of some rows."""
        parts = (self._places, self._classes, self._peaks)
        return Views(*(part[list(rows)].float() for part in parts))

    def sentences(self, captions: Sequence[str]) -> Sentences:
        """Encode and pad captions."""
        encoded = [encode(self.tokenizer, c, self.recipe.max_length) for c in captions]
        longest = max(map(len, encoded)) - 1
        ids = torch.full((len(encoded), longest), END_ID)
        targets = torch.full((len(encoded), longest), IGNORED)
        for row, sentence in enumerate(encoded):
            ids[row, : len(sentence) - 1] = torch.tensor(sentence[:-1])
            targets[row, : len(sentence) - 1] = torch.tensor(sentence[1:])
        return Sentences(ids, targets, torch.tensor([plan(c) for c in captions]))

    def text_batch(self, step: int, size: int) -> tuple[Hints, Sentences]:
        """Captions without pictures, and what a picture of each might have hinted at."""
        epoch, index = divmod(step, len(self._text_epoch(0)))
        rng = np.random.default_rng([self.recipe.seed, 2, step])
        captions = self._text_epoch(epoch)[index][:size]
        seen = [self._classes_of.seen(caption, rng) for caption in captions]
        named = [self._classes_of.example(rng) for _ in range(self.recipe.class_batch)]
        captions = [*captions, *(caption for caption, _ in named)]
        classes = np.stack([*seen, *(values for _, values in named)])
        exact = np.stack([concepts.said([c], self.concepts) for c in captions])
        blurred = concepts.blurred(exact, self._common, rng)
        return Hints(torch.from_numpy(classes), torch.from_numpy(blurred)), self.sentences(captions)

    @lru_cache(maxsize=2)  # noqa: B019 - one dataset a run
    def _text_epoch(self, epoch: int) -> list[list[str]]:
        """An epoch's batches; like lengths together, which halves the padding."""
        size = self.recipe.text_batch
        rng = random.Random(f"{self.recipe.seed}:text:{epoch}")
        lines = rng.sample(self.text, len(self.text))
        pools = [lines[at : at + 16 * size] for at in range(0, len(lines), 16 * size)]
        ranked = [line for pool in pools for line in sorted(pool, key=lambda c: c.count(" "))]
        batches = [ranked[i * size : (i + 1) * size] for i in range(len(lines) // size)]
        rng.shuffle(batches)
        return batches

    @property
    def pair_steps(self) -> int:
        """Batches of pairs in an epoch."""
        return len(self._epoch(0)) // self.recipe.pair_batch

    @lru_cache(maxsize=2)  # noqa: B019 - one dataset a run
    def _epoch(self, epoch: int) -> list[tuple[int, int, str]]:
        """(example's row, row of the view, caption) of an epoch, in its order."""
        rng = random.Random(f"{self.recipe.seed}:pairs:{epoch}")
        items = [(e, c) for e in self.captioned for c in e.captions]
        items += [(e, rng.choice(e.captions)) for e in self._some_labelled(rng)]
        items += [(e, e.captions[0]) for e in self.drawn[epoch % 2 :: 2]]
        rng.shuffle(items)
        return [(e.row, e.row + rng.randrange(e.views), c) for e, c in items]

    def _some_labelled(self, rng: random.Random) -> list[Example]:
        """A few pictures of each plain noun: a ninth of ImageNet's classes are dogs."""
        chosen = []
        for examples in self._by_noun.values():
            few = min(len(examples), self.recipe.noun_pictures)
            chosen += rng.sample(examples, few)
        return chosen

    def pair_batch(self, step: int) -> tuple[Views, Sentences, Tensor]:
        """Pictures, one caption of each, and the share of captions that say each concept."""
        epoch, index = divmod(step, self.pair_steps)
        size = self.recipe.pair_batch
        items = self._epoch(epoch)[index * size : (index + 1) * size]
        said = np.stack([self._shares[row] for row, _, _ in items])
        captions = [caption for _, _, caption in items]
        views = self.views([row for _, row, _ in items])
        return views, self.sentences(captions), torch.from_numpy(said)

    def planned(self) -> tuple[list[int], Tensor, Tensor]:
        """Rows of all views, the mean plan of each one's captions, and how much each counts.

        A picture of a thing counts a quarter of a captioned one; how many things it shows nobody
        said. A drawn one counts a tenth.
        """
        rows: list[int] = []
        plans: list[Tensor] = []
        weights: list[float] = []
        for examples, weight in ((self.captioned, 1.0), (self.labelled, 0.25), (self.drawn, 0.1)):
            for example in examples:
                wanted = torch.tensor([plan(c) for c in example.captions]).mean(0)
                if examples is self.labelled:
                    wanted[-1] = torch.nan
                rows += range(example.row, example.row + example.views)
                plans += [wanted] * example.views
                weights += [weight / example.views] * example.views
        return rows, torch.stack(plans), torch.tensor(weights)
