"""The torch engine: a VisionEncoderDecoderModel of transformers, from safetensors alone.

The search is our own (docs/decisions/0084-torch-with-our-search.md): torch gives the numbers of
the next token, and nothing of `generate` is used.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import AltlensError, ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.generation import generate
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.interface import Generation, generation_of, nothing
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.model_files import read_config
from altlens_host.worker.processor import read_image_processor
from altlens_host.worker.tokenizer import Tokenizer

WEIGHTS = "model.safetensors"
_PICKLE = "pytorch_model.bin"

_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    # Threads that spin while they wait would keep a core busy between two captions.
    "OMP_WAIT_POLICY": "PASSIVE",
    "KMP_BLOCKTIME": "0",
    # Nothing can be written, so nothing that was compiled can be kept; torch wants a folder for
    # that all the same, as soon as it is imported.
    "CUDA_CACHE_DISABLE": "1",
    "TORCHINDUCTOR_CACHE_DIR": os.sep,
}
"""Read by the libraries when they are first imported."""


class TorchEngine:
    """Runs a model in the hub layout with torch."""

    name = "torch"
    reason = ""

    def __init__(self, model: Model, threads: int, device: str = "cpu") -> None:
        """Load a model.

        Args:
            model: A folder with config.json, preprocessor_config.json, tokenizer.json,
                generation_config.json (optional) and model.safetensors.
            threads: How many threads it may use; 0 means as many as help.
            device: "cpu", in 32 bits; "cuda" or "mps", in 16.

        Raises:
            ModelMissingError: A file is not there; a pickle in its place is never opened.
            ModelBrokenError: A file cannot be used, or torch is not installed.
        """
        config = read_config(model.path / "config.json")
        generation = model.path / "generation_config.json"
        said = read_config(generation) if generation.exists() else {}
        self._generation = read_generation_config(said, config)
        processor = read_config(model.path / "preprocessor_config.json")
        self._processor = read_image_processor(processor)
        self._tokenizer = Tokenizer(model.path)
        self.side = max(self._processor.width, self._processor.height)
        self.device = device
        if not (model.path / WEIGHTS).is_file():
            never = f" {_PICKLE} is a pickle, which is never loaded."
            told = never if (model.path / _PICKLE).exists() else ""
            raise ModelMissingError(f"{model.path.name} has no {WEIGHTS}.{told}")
        self._torch = _import_torch()
        self._torch.set_num_threads(thread_count(threads))
        self._model = _load(self._torch, model, device)

    def scaled(self, image: Image.Image) -> Image.Image:
        """Scale a picture; see `interface.Engine`."""
        return self._processor.scaled(image)

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        """Caption a picture; see `interface.Engine`."""
        try:
            with self._torch.inference_mode():
                run = _Run(self._torch, self._model, self._pixels(image))

                def step(tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
                    check()
                    return run(tokens, origins)

                found = generate(step, self._generation)
        except (AltlensError, MemoryError):
            raise
        except Exception as error:
            # torch raises RuntimeError for nearly everything, a full graphics card included.
            raise ModelBrokenError(f"The model cannot be run: {type(error).__name__}.") from None
        return generation_of(found, self._generation.ends, self._tokenizer.decode)

    def _pixels(self, image: Image.Image) -> Any:
        pixels = self._torch.from_numpy(self._processor(image))
        return pixels.to(device=self._model.device, dtype=self._model.dtype)


def torch_devices() -> list[str]:
    """Return the devices that the installed torch finds here, the processor left out."""
    try:
        torch = _import_torch()
    except ModelBrokenError:
        return []  # opening a model says so
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name, there in here.items() if there]


class _Run:
    """The model at work on one picture; a Step of the search."""

    def __init__(self, torch: Any, model: Any, pixels: Any) -> None:
        from transformers.modeling_outputs import BaseModelOutput

        self._torch = torch
        self._model = model
        self._output = BaseModelOutput
        self._hidden = model.encoder(pixel_values=pixels).last_hidden_state
        self._past: Any = None
        self._rows = 0

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
        """Run the decoder for one more token of each caption; see `generation.Step`."""
        if self._past is not None and list(origins) != list(range(self._rows)):
            order = self._torch.tensor(origins, device=self._model.device)
            self._past.reorder_cache(order)
        rows = len(tokens)
        made = self._model(
            encoder_outputs=self._output(self._hidden.expand(rows, -1, -1)),
            decoder_input_ids=self._torch.tensor(tokens, device=self._model.device)[:, None],
            past_key_values=self._past,
            use_cache=True,
        )
        self._past = made.past_key_values
        self._rows = rows
        scores: NDArray[np.float32] = made.logits[:, -1].float().cpu().numpy()
        return scores


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Hide a module that nothing here needs, and that torch imports where it is installed.

    dill opens a file to write when it is imported, which the sandbox does not allow.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # "not there", as the import system has it
    try:
        yield
    finally:
        del sys.modules[name]


def _import_torch() -> Any:
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        with _without("dill"):
            import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise ModelBrokenError(
            f"The torch engine cannot be used: {error.name or 'torch'} is not installed. "
            "Install altlens with the extra [torch]."
        ) from None
    # What the libraries warn about is not for the log of whoever started the browser.
    logging.disable(logging.WARNING)
    return torch


def _load(torch: Any, model: Model, device: str) -> Any:
    from transformers import VisionEncoderDecoderModel

    kind: Any = VisionEncoderDecoderModel
    try:
        loaded, said = kind.from_pretrained(
            model.path,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            dtype=torch.float32 if device == "cpu" else torch.float16,
        )
    except MemoryError:
        raise
    except Exception as error:
        # safetensors, transformers and torch have a dozen exceptions, without a common base.
        raise ModelBrokenError(f"{WEIGHTS} cannot be loaded: {type(error).__name__}.") from None
    lacking = [*said["missing_keys"], *(name for name, *_ in said["mismatched_keys"])]
    if lacking:
        # transformers would make up random numbers for them.
        raise ModelBrokenError(f"{WEIGHTS} does not hold {lacking[0][:100]} as config.json has it.")
    try:
        return loaded.eval().to(device)
    except MemoryError:
        raise
    except Exception as error:
        raise ModelBrokenError(f"{device} cannot be used: {type(error).__name__}.") from None
