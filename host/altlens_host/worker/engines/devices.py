"""Where a model runs: a device is tried with one caption, and left when it fails.

The names of onnxruntime's providers and of their options:
https://onnxruntime.ai/docs/execution-providers. docs/DEVICES.md says what was run and what not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

import onnxruntime
from PIL import Image

from altlens_host.errors import AltlensError, ModelBrokenError
from altlens_host.worker.engines.interface import Engine, Generation, nothing
from altlens_host.worker.engines.sessions import CPU, Provider

PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
"""The providers of onnxruntime, by our name of what they run on."""

_OPTIONS: dict[str, dict[str, str]] = {
    # Full 32 bits, so that the words are those of the processor; no search for minutes.
    "cuda": {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
    "coreml": {"ModelFormat": "MLProgram", "MLComputeUnits": "ALL"},
    # On Linux the sandbox opens no file of Intel's drivers.
    "openvino": {"device_type": "CPU" if sys.platform == "linux" else "AUTO:GPU,CPU"},
}

_UNASKED = ("cuda", "directml", "mps")
"""What `auto` means. The other two compile graphs for fixed shapes, which a decoder's are not, and
what they gain was not measured: they must be asked for (decision 0085)."""


def onnx_devices() -> list[str]:
    """Return the devices that the installed onnxruntime was built for, the processor left out."""
    installed = onnxruntime.get_available_providers()
    return [device for device, provider in PROVIDERS.items() if provider in installed]


def providers(device: str, threads: int) -> list[Provider]:
    """Return what an onnxruntime session is created with to run on a device.

    Args:
        device: One of PROVIDERS.
        threads: How many threads a provider that brings its own may use.
    """
    options = dict(_OPTIONS.get(device, {}))
    if device == "openvino":
        options["num_of_threads"] = str(threads)
    if device == "cuda" and hasattr(onnxruntime, "preload_dlls"):
        # CUDA's own libraries, where they were installed as packages.
        onnxruntime.preload_dlls()
    return [(PROVIDERS[device], options), *CPU]


def open_on(
    device: str,
    present: Collection[str],
    opened: Callable[[str], Engine],
    because: str = "",
) -> Engine:
    """Open a model on a device, or on the processor if that fails.

    Args:
        device: One of `settings.DEVICES`.
        present: The devices that the engine's library finds here, the processor left out.
        opened: Opens the model on one of them.
        because: Why no device but the processor may be used, if that was found before.

    Raises:
        AltlensError: The model cannot be opened on the processor either.
    """
    reasons: list[str] = []
    for one in _wanted(device, present):
        if because:
            reasons.append(f"{one}: {because}")
        elif one not in present:
            reasons.append(f"{one}: the installed libraries do not find it.")
        else:
            try:
                engine = opened(one)
                engine.caption(Image.new("RGB", (64, 48), (120, 130, 140)))
                return FallbackEngine(engine, lambda: opened("cpu"))
            except (AltlensError, MemoryError) as error:
                reasons.append(f"{one}: {_told(error)}")
    engine = opened("cpu")
    engine.reason = " ".join(reasons)
    return engine


class FallbackEngine:
    """An engine on a device that may fail at any time.

    When it does, the picture at hand is answered on the processor, and all later ones.
    """

    def __init__(self, engine: Engine, on_cpu: Callable[[], Engine]) -> None:
        """Use a device as long as it works.

        Args:
            engine: The model on that device.
            on_cpu: Opens it on the processor.
        """
        self._engine = engine
        self._on_cpu = on_cpu
        self.reason = ""

    @property
    def name(self) -> str:
        """What runs the model."""
        return self._engine.name

    @property
    def device(self) -> str:
        """Where it runs now."""
        return self._engine.device

    @property
    def side(self) -> int:
        """The longer side, in pixels, of what the model looks at."""
        return self._engine.side

    def scaled(self, image: Image.Image) -> Image.Image:
        """Scale a picture; see `interface.Engine`."""
        return self._engine.scaled(image)

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        """Caption a picture; see `interface.Engine`."""
        try:
            return self._engine.caption(image, check)
        except (ModelBrokenError, MemoryError) as error:
            if self.device == "cpu":
                raise
            reason = f"{self.device}: it failed in the middle of a picture. {_told(error)}"
        self._engine = self._on_cpu()
        self.reason = reason
        return self._engine.caption(image, check)


def _wanted(device: str, present: Collection[str]) -> Sequence[str]:
    if device == "auto":
        return [one for one in _UNASKED if one in present]
    return [] if device == "cpu" else [device]


def _told(error: Exception) -> str:
    return error.detail if isinstance(error, AltlensError) else f"{type(error).__name__}."
