"""The two stages of training, resumable at any step.

1. `text`: the decoder learns to write captions from blurred concepts.
2. `pairs`: bridge and decoder learn from pictures, by cross-entropy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from altlens_training.checkpoint import load, save
from altlens_training.dataset import IGNORED, Dataset, Sentences
from altlens_training.model import Captioner, planner_sees
from altlens_training.planner import fit
from altlens_training.recipe import Recipe

_SAVE_EVERY = 20


class Trainer:
    """Model and optimizer of a run, and the place it has come to."""

    def __init__(self, dataset: Dataset, recipe: Recipe, folder: Path) -> None:
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(recipe.seed)
        self.dataset, self.recipe, self.folder = dataset, recipe, folder
        self.model = Captioner(recipe)
        self.stage, self.step = 0, 0
        self.optimizer = self._optimizer()

    def _optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(
            self.model.parameters(), betas=(0.9, 0.98), weight_decay=0.05, fused=True
        )

    def state(self) -> dict[str, Any]:
        """Everything that the rest of the run depends on."""
        return {
            "recipe": self.recipe.to_dict(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "place": [self.stage, self.step],
            "chance": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.stage, self.step = state["place"]
        torch.set_rng_state(state["chance"])

    def run(self, stop: Callable[[int, int], bool] = lambda stage, step: False) -> Captioner:
        """Train to the end (or until `stop(stage, step)`); the model, ready to caption."""
        recipe, data = self.recipe, self.dataset
        stages = (
            ("text", self._text_loss, recipe.text_steps, recipe.text_rate),
            ("pairs", self._pair_loss, data.pair_steps * recipe.pair_epochs, recipe.pair_rate),
        )
        log = SummaryWriter(str(self.folder / "log"))
        for number, (name, loss_of, steps, rate) in enumerate(stages):
            if number < self.stage:
                continue
            bar = tqdm(total=steps, initial=self.step, desc=name, unit="step", mininterval=2)
            while self.step < steps:
                if stop(number, self.step):
                    return self.model.eval()
                self._set_rate(rate * _schedule(self.step, steps))
                values = self._update(loss_of)
                for key, value in values.items():
                    log.add_scalar(f"{name}/{key}", value, self.step)
                bar.update()
                bar.set_postfix({k: f"{v:.3f}" for k, v in values.items()}, refresh=False)
                if self.step % _SAVE_EVERY == 0:
                    save(self.state(), self.folder / "checkpoint.pt")
            bar.close()
            self.stage, self.step = number + 1, 0
            # Adam's memory of one loss is of no use to the next.
            self.optimizer = self._optimizer()
            save(self.state(), self.folder / "checkpoint.pt")
            save(self.model.state_dict(), self.folder / f"{name}.pt")
        log.close()
        self._fit_planner()
        return self.model.eval()

    def _fit_planner(self) -> None:
        """Let plans be read from pictures; without chance, so it is no stage."""
        rows, plans, weights = self.dataset.planned()
        views = self.dataset.views(rows)
        seen = planner_sees(views.places, views.classes, views.peaks)
        recipe, planner = self.recipe, self.model.bridge.planner
        weight, bias = fit(seen, plans, weights, recipe.plan_decay, recipe.several_from)
        planner.load_state_dict({"weight": weight, "bias": bias})

    def _set_rate(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def _update(self, loss_of: Callable[[], tuple[Tensor, dict[str, float]]]) -> dict[str, float]:
        with torch.autocast("cpu", torch.bfloat16):
            loss, values = loss_of()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        return values

    def _cross_entropy(self, memory: Tensor, sentences: Sentences) -> Tensor:
        logits, _ = self.model.decoder(sentences.ids, memory)
        return nn.functional.cross_entropy(
            logits.flatten(0, 1),
            sentences.targets.flatten(),
            ignore_index=IGNORED,
            label_smoothing=self.recipe.label_smoothing,
        )

    def _text_loss(self) -> tuple[Tensor, dict[str, float]]:
        return self._loss_of_text(self.recipe.text_batch)

    def _loss_of_text(self, size: int) -> tuple[Tensor, dict[str, float]]:
        self.model.train()
        hints, sentences = self.dataset.text_batch(self.step, size)
        memory = self.model.bridge.from_text(hints.classes, hints.concepts, sentences.plans)
        loss = self._cross_entropy(memory, sentences)
        return loss, {"text": loss.item()}

    def _pair_loss(self) -> tuple[Tensor, dict[str, float]]:
        self.model.train()
        views, sentences, said = self.dataset.pair_batch(self.step)
        memory, logits = self.model.bridge(
            views.places, views.classes, views.peaks, sentences.plans
        )
        loss = self._cross_entropy(memory, sentences)
        concept_loss = nn.functional.binary_cross_entropy_with_logits(
            logits, said, reduction="none"
        )
        concept_loss = concept_loss.sum(1).mean()
        # What text has taught of things that few pictures show must not be forgotten.
        recipe = self.recipe
        text_loss, _ = self._loss_of_text(recipe.replayed)
        total = loss + recipe.concept_weight * concept_loss + recipe.text_weight * text_loss
        values = {"loss": loss, "concepts": concept_loss, "text": text_loss}
        return total, {name: value.item() for name, value in values.items()}


def _schedule(step: int, steps: int) -> float:
    """Warm up over 100 steps (or a tenth of them), then fall in a line to a twentieth."""
    warm = min(100, max(1, steps // 10))
    return min(1.0, (step + 1) / warm) * (1 - 0.95 * step / steps)


_LATER = ("threads", "beams", "length_penalty", "no_repeat_ngram_size")
"""What may change between two parts of a run: speed and generation, not training."""


def resume(trainer: Trainer) -> bool:
    """Restore the folder's checkpoint, if it has one of the same recipe."""
    state = load(trainer.folder / "checkpoint.pt")
    here = trainer.recipe.to_dict()
    if state is None or {**state["recipe"], **{key: here[key] for key in _LATER}} != here:
        return False
    trainer.restore(state)
    return True
