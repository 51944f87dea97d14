"""One picture's way: decode, triage, recall, describe, tidy. Each step answers or hands on."""

from __future__ import annotations

from collections.abc import Callable

from altlens_host.messages import Answer
from altlens_host.models.catalogue import Model
from altlens_host.worker import confidence, counts, images, kinds, postprocess, triage
from altlens_host.worker.engines import Engine, nothing
from altlens_host.worker.photo_memory import PhotoMemory
from altlens_host.worker.photo_print import photo_print


class Captioner:
    """Answers what a picture shows."""

    def __init__(self, model: Model, engine: Engine, *, neutral: bool = True) -> None:
        """Keep what is asked.

        Args:
            model: What the answers name as their source.
            engine: That model, loaded.
            neutral: Whether people are spoken of without gender, origin and faith.
        """
        self._model = model
        self.engine = engine
        self._style = postprocess.Style(neutral, counts.FIRST_DOUBTFUL.get(model.id))
        self._calibration = confidence.load(model)
        self._photographs = PhotoMemory()

    def answer(
        self, data: bytes, check: Callable[[], None] = nothing, *, any_format: bool = False
    ) -> Answer:
        """Say what a picture shows.

        Args:
            data: The bytes of the picture.
            check: Called now and then; what it raises ends the work.
            any_format: Take other formats than JPEG and PNG too.

        Raises:
            ImageError: The picture cannot be used.
            ModelBrokenError: The model cannot be run.
        """
        check()
        image = images.decode(data, self.engine.side, any_format=any_format)
        check()
        looked = triage.look(image)
        if looked.kind is triage.Kind.DECORATIVE:
            return Answer("decorative", "", 0.0, 0, "", "", 0.0, "plain")
        seen = photo_print(image)
        known = self._photographs.get(seen) if seen else None
        if known:
            return known
        made = self.engine.caption(image, check)
        text = postprocess.tidy(made.text, self._style)
        if text:
            text = kinds.agreed(text, looked)
        verdict = self._calibration.of(confidence.measures(made, looked.photo))
        if not text:
            verdict = confidence.Verdict(0.0, "unsure", verdict.calibrated)
        answer = Answer(
            "described" if text else "unsure",
            text,
            made.mean_logprob,
            len(made.tokens),
            self._model.id,
            self._model.revision,
            *verdict,
        )
        if seen:
            self._photographs.put(seen, answer)
        return answer
