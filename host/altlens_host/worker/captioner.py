"""One picture's way: decode, triage, check, read, recall, describe, tidy.

Each step answers or hands on.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PIL.Image import Image

from altlens_host.messages import MAX_TEXT, Answer, Level, Verdict
from altlens_host.models.catalogue import Model
from altlens_host.settings import READING_SIDE
from altlens_host.worker import confidence, images, kinds, postprocess, triage
from altlens_host.worker.adult import AdultCheck
from altlens_host.worker.engines import Engine, Generation, nothing
from altlens_host.worker.headers import JPEG_START
from altlens_host.worker.photo_memory import PhotoMemory
from altlens_host.worker.photo_print import digests, photo_print
from altlens_host.worker.text import codes
from altlens_host.worker.text.reader import (
    DOCUMENTS,
    SURE_BESIDE,
    WRITTEN,
    Reader,
    Reading,
    names_writing,
    shortened,
)


class Captioner:
    """Answers what a picture shows."""

    def __init__(
        self,
        model: Model,
        engine: Engine,
        *,
        neutral: bool = True,
        reader: Reader | None = None,
        adult: AdultCheck | None = None,
    ) -> None:
        """Keep what is asked.

        Args:
            model: What the answers name as their source.
            engine: That model, loaded.
            neutral: Whether people are spoken of without gender, origin and faith.
            reader: Reads text in pictures; None where it is not to be read.
            adult: Looks at photographs first; None where all are to be described.
        """
        self._model = model
        self.engine = engine
        self._style = postprocess.style_for(model.id, neutral=neutral)
        self._calibration = confidence.load(model)
        self._reader = reader
        self._adult = adult
        self._photographs = PhotoMemory()
        self._answered: tuple[Image, Image, Answer] | None = None
        self._beside = ThreadPoolExecutor(1)

    def answer(
        self,
        data: bytes,
        check: Callable[[], None] = nothing,
        *,
        any_format: bool = False,
        sharp: bool = True,
        whole: bool = True,
    ) -> Answer:
        """Say what a picture shows.

        Args:
            data: The bytes of the picture.
            check: Called now and then; what it raises ends the work.
            any_format: Take other formats than JPEG and PNG too.
            sharp: Whether there is no sharper picture to be had. Where there is, the answer may
                be `more_pixels`: there seems to be something to read.
            whole: Whether what is written is read to its end. Else the answer may be `unread`:
                there is more than its text may hold.

        Raises:
            ImageError: The picture cannot be used.
            ModelBrokenError: The model cannot be run.
            AdultCheckError: It may be a photograph, and cannot be checked as it was asked for.
        """
        check()
        image = images.decode(data, self.engine.side, any_format=any_format)
        check()
        grey = image.convert("L")
        # Nearly always the model is asked, and scaling takes as long as looking.
        scaled = self._beside.submit(self.engine.scaled, image)
        looked = triage.look(image, grey)
        if looked.kind is triage.Kind.DECORATIVE:
            return _silent("decorative")
        if self._adult and not kinds.is_drawn(looked) and (warning := self._adult.warning(image)):
            return warning

        def read(check: Callable[[], None] = check) -> Reading:
            assert self._reader is not None
            large = image
            if data.startswith(JPEG_START):
                # A large one was decoded no larger than the model needs it.
                large = images.decode(data, READING_SIDE, any_format=any_format)
            seen = large if large.width > image.width else image
            return self._reader.read(seen, check, whole=whole)

        reading: Reading | None = None
        if self._reader and looked.kind is not triage.Kind.PHOTO:
            written = looked.kind in WRITTEN
            code, reading = codes.find_beside(image, read if written and sharp else None, check)
            if code:
                return _silent("described")._replace(
                    text=code.name, confidence=1.0, barcode=code.content
                )
            if written and not sharp:
                return _silent("more_pixels")
            if reading and reading.text and looked.kind in DOCUMENTS:
                return _as_text(reading)
        answer = self._known(image, grey)
        if answer is None or (whole and answer.unread):
            answer = self._described(scaled, looked, check, reading, read if sharp else None)
            if answer.kind != "more_pixels":
                self._answered = image, grey, answer
        return answer

    def remember(self) -> None:
        """Keep what was last described, for when it comes again; after the answer is given.

        The print takes about as long as triage, and nobody should wait for it.
        """
        if self._answered:
            image, grey, answer = self._answered
            self._answered = None
            if seen := photo_print(image, grey):
                self._photographs.put(seen, answer)

    def _known(self, image: Image, grey: Image) -> Answer | None:
        """Return what was said of a photograph, if it was described and remembered."""
        if not self._photographs.may_know(digests(image)):
            return None
        seen = photo_print(image, grey)
        return self._photographs.get(seen) if seen else None

    def caption(self, image: Image, check: Callable[[], None] = nothing) -> tuple[Generation, str]:
        """Return what the model makes of a picture, and its words as they are heard.

        Raises:
            ModelBrokenError: The model cannot be run.
        """
        made = self.engine.caption(image, check)
        return made, postprocess.tidy(made.text, self._style)

    def _described(
        self,
        scaled: Future[Image],
        looked: triage.Seen,
        check: Callable[[], None],
        reading: Reading | None,
        read: Callable[[], Reading] | None,
    ) -> Answer:
        """Let the model say what a picture shows, with what is written in it beside.

        Args:
            scaled: The picture, when it has the size that the model looks at.
            looked: What triage makes of it.
            check: As for `answer`.
            reading: What was read in it; None where that was not tried.
            read: Reads it; None where a sharper picture is to be asked for first.
        """
        made, text = self.caption(scaled.result(), check)
        if self._reader and reading is None and names_writing(text):
            if read is None:
                return _silent("more_pixels")
            reading = read()
        text = kinds.agreed(text, looked) if text else text
        verdict = self._judged(made, text, looked)
        answer = Answer(
            "described" if text else "unsure",
            text,
            made.mean_logprob,
            len(made.tokens),
            self._model.id,
            self._model.revision,
            *verdict,
            # Also where it is not said: of what is read to its end the reader may be surer.
            unread=bool(reading and reading.unread),
        )
        if reading and reading.text and reading.confidence >= SURE_BESIDE:
            beside = answer._replace(read=reading.text, read_confidence=reading.confidence)
            answer = beside if text else _as_text(reading)
        return answer

    def _judged(self, made: Generation, text: str, looked: triage.Seen) -> confidence.Verdict:
        """Say how likely a caption is right.

        What was measured on photographs says nothing of a drawing. Of those triage is the judge.
        """
        if not text:
            return confidence.Verdict(0.0, "unsure", self._calibration.measured)
        if not kinds.is_drawn(looked):
            return self._calibration.of(confidence.measures(made))
        level: Level = "plain" if looked.sure >= kinds.LEAST_SURE else "hedged"
        return confidence.Verdict(looked.sure, level, calibrated=False)


def _silent(kind: Verdict) -> Answer:
    return Answer(kind, "", 0.0, 0, "", "", level="plain")


def _as_text(reading: Reading) -> Answer:
    said = shortened(" ".join(reading.text.split()), MAX_TEXT)
    sure = reading.confidence
    level: Level = "plain" if sure >= SURE_BESIDE else "hedged"
    answer = _silent("text")._replace(text=said, confidence=sure, level=level)
    return answer._replace(read=reading.text, read_confidence=sure, unread=reading.unread)
