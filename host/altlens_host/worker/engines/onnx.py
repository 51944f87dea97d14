"""The ONNX engine: runs prepared graphs where there are some, else those of the hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import AltlensError, ModelBrokenError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.choices import Choices
from altlens_host.worker.engines.generation import Step, choices_needed, generate
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.interface import Generation, generation_of, nothing
from altlens_host.worker.engines.prepared import PreparedGraphs
from altlens_host.worker.engines.reference import ENDINGS, ENDINGS_ON_CARDS, ReferenceGraphs
from altlens_host.worker.engines.sessions import CPU, Provider, open_session
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.model_files import CONFIGS, read_config
from altlens_host.worker.prepared_files import WORDS, Prepared
from altlens_host.worker.processor import read_image_processor
from altlens_host.worker.tokenizer import Tokenizer


def trusted(_: Path) -> None:
    """Let a file be opened."""


class Run(Step, Protocol):
    """A decoder before its first token.

    Attributes:
        signs: What the encoder says beside; see `interface.Generation`.
    """

    signs: tuple[float, ...]


class Graphs(Protocol):
    """A model's graphs, in one of the layouts."""

    def start(self, image: Image.Image) -> Run:
        """Run the encoder on a picture of mode RGB."""
        ...


class OnnxEngine:
    """Runs a model in the hub layout with onnxruntime."""

    name = "onnx"
    reason = ""

    def __init__(
        self,
        model: Model,
        threads: int,
        providers: Sequence[Provider] = CPU,
        *,
        prepared: Prepared | None = None,
        device: str = "cpu",
        before_opening: Callable[[Path], None] = trusted,
        other_arithmetic: bool = False,
    ) -> None:
        """Load a model.

        Args:
            model: A folder with config.json, preprocessor_config.json, tokenizer.json,
                generation_config.json (optional) and the graphs, quantized or not.
            threads: How many threads it may use; 0 means as many as help.
            providers: What may run it, best first.
            prepared: Its prepared graphs, which are then used in place of those of the hub.
            device: What the first of the providers runs on, by our name.
            before_opening: Called before a file is opened, from several threads; what it raises
                is raised here.
            other_arithmetic: Have onnxruntime fuse the operations of graphs that it leaves as
                they are for use, and leave those of the others: the words are the same, the
                numbers differ as between machines.

        Raises:
            ModelMissingError: A file is not there.
            ModelBrokenError: A file cannot be used.
        """
        self.device = device
        for name in CONFIGS:
            before_opening(model.path / name)
        config = read_config(model.path / "config.json")
        generation = model.path / "generation_config.json"
        said = read_config(generation) if generation.exists() else {}
        self.generation = read_generation_config(said, config)
        processor = read_image_processor(read_config(model.path / "preprocessor_config.json"))
        self._processor = processor

        def opened(path: Path) -> onnxruntime.InferenceSession:
            before_opening(path)
            kept = prepared is not None and path.name not in prepared.optimize
            as_it_is = kept is not other_arithmetic
            return open_session(path, thread_count(threads), providers, as_it_is=as_it_is)

        def words() -> Tokenizer:
            folder = prepared.folder if prepared else model.path
            before_opening(folder / WORDS)
            return Tokenizer(folder)

        # Beside the graphs: the 50,000 words of a large model take a third of their time.
        with ThreadPoolExecutor(1) as beside:
            tokenizer = beside.submit(words)
            self.graphs: Graphs
            if prepared is None:
                endings = ENDINGS if device == "cpu" else ENDINGS_ON_CARDS
                self.graphs = ReferenceGraphs(model.path, config, processor, opened, endings)
            else:
                needed = choices_needed(self.generation)
                self.graphs = PreparedGraphs(prepared.folder, processor, needed, opened)
        self.tokenizer = tokenizer.result()
        self.side = max(processor.width, processor.height)

    def scaled(self, image: Image.Image) -> Image.Image:
        """Scale a picture; see `interface.Engine`."""
        return self._processor.scaled(image)

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        """Caption a picture; see `interface.Engine`."""
        try:
            run = self.graphs.start(image)

            def step(tokens: Sequence[int], origins: Sequence[int]) -> NDArray[Any] | Choices:
                check()
                return run(tokens, origins)

            found = generate(step, self.generation)
        except (AltlensError, MemoryError):
            raise
        except Exception as error:
            # The library has a dozen exceptions of its own, without a common base.
            raise ModelBrokenError(f"The model cannot be run: {type(error).__name__}.") from None
        return generation_of(found, self.generation.ends, self.tokenizer.decode, run.signs)
