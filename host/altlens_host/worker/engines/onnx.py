"""The ONNX engine: an encoder and a merged decoder, as the hub publishes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import AltlensError, ModelBrokenError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.decoder import Decoder, DecoderRun
from altlens_host.worker.engines.devices import check_providers, providers
from altlens_host.worker.engines.generation import generate
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.interface import Generation, nothing
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.model_files import first_file, read_config
from altlens_host.worker.processor import read_image_processor
from altlens_host.worker.tokenizer import Tokenizer

_ENCODERS = ("onnx/encoder_model_quantized.onnx", "onnx/encoder_model.onnx")
_DECODERS = ("onnx/decoder_model_merged_quantized.onnx", "onnx/decoder_model_merged.onnx")


class OnnxEngine:
    """Runs a model in the hub layout with onnxruntime."""

    name = "onnx"
    reason = ""

    def __init__(self, model: Model, threads: int, device: str = "cpu") -> None:
        """Load a model.

        Args:
            model: A folder with config.json, preprocessor_config.json, tokenizer.json,
                generation_config.json (optional) and the two graphs, quantized or not.
            threads: How many threads it may use; 0 means as many as help.
            device: Where it runs: "cpu", or one of `devices.PROVIDERS`.

        Raises:
            ModelMissingError: A file is not there.
            ModelBrokenError: A file or the device cannot be used.
        """
        self.device = device
        config = read_config(model.path / "config.json")
        generation = model.path / "generation_config.json"
        said = read_config(generation) if generation.exists() else {}
        self._generation = read_generation_config(said, config)
        processor = read_config(model.path / "preprocessor_config.json")
        self._processor = read_image_processor(processor)
        self._tokenizer = Tokenizer(model.path)
        options = _options(thread_count(threads), device)
        # Side by side: loading takes most of the time from start to ready.
        with ThreadPoolExecutor(1) as second:
            loading = second.submit(_load, first_file(model.path, _DECODERS), options, device)
            self._encoder = _load(first_file(model.path, _ENCODERS), options, device)
        if len(self._encoder.get_inputs()) != 1:
            raise ModelBrokenError("The encoder takes something else than one picture.")
        decoder = config.get("decoder")
        self._decoder = Decoder(loading.result(), decoder if isinstance(decoder, dict) else config)
        self.side = max(self._processor.width, self._processor.height)

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        """Caption a picture; see `interface.Engine`."""
        try:
            run = self._start(image)

            def step(tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
                check()
                return run(tokens, origins)

            best = generate(step, self._generation)
        except (AltlensError, MemoryError):
            raise
        except Exception as error:
            # The library has a dozen exceptions of its own, without a common base.
            raise ModelBrokenError(f"The model cannot be run: {type(error).__name__}.") from None
        tokens = best.tokens[1:]
        words = [token for token in tokens if token not in self._generation.ends]
        return Generation(tokens, best.logprobs, self._tokenizer.decode(words))

    def _start(self, image: Image.Image) -> DecoderRun:
        pixels = onnxruntime.OrtValue.ortvalue_from_numpy(self._processor(image))
        name = self._encoder.get_inputs()[0].name
        output = self._encoder.get_outputs()[0].name
        (hidden,) = self._encoder.run_with_ort_values([output], {name: pixels})
        return DecoderRun(self._decoder, hidden)


def _options(threads: int, device: str) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait would keep a core busy between two captions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    # DirectML cannot do with it.
    options.enable_mem_pattern = device != "directml"
    return options


def _load(
    path: Path, options: onnxruntime.SessionOptions, device: str
) -> onnxruntime.InferenceSession:
    made = providers(device, options.intra_op_num_threads)
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=made)
        check_providers(session, device)
        return session
    except (AltlensError, MemoryError):
        raise
    except Exception as error:
        # The library has a dozen exceptions of its own, without a common base.
        raise ModelBrokenError(f"{path.name} cannot be loaded: {type(error).__name__}.") from None


onnxruntime.disable_telemetry_events()
