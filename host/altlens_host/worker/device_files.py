"""The files through which the driver of a graphics card is reached on Linux.

Looked for before the worker shuts itself in, so without importing anything heavy: what is not
named to the sandbox then can never be opened afterwards.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

_DEV = Path("/dev")

_LIBRARIES = {
    "onnx": ("onnxruntime", "capi/libonnxruntime_providers_cuda.so"),
    "torch": ("torch", "lib/libtorch_cuda.so"),
}
"""What computes with CUDA, by engine: the package that it comes in, and its file there."""


def device_files(
    device: str, engine: str, system: str = sys.platform, dev: Path = _DEV
) -> list[Path]:
    """Return the files that a worker has to open for writing to use a graphics card.

    Args:
        device: The device that was asked for, one of `settings.DEVICES`.
        engine: What shall run the model, one of `settings.ENGINES`.
        system: As `sys.platform` says.
        dev: Where the files are.

    Returns:
        NVIDIA's control file, its memory manager's and one for each card; none where there is
        no driver, no library that computes with it, or where it was not asked for.
    """
    if system != "linux" or device not in ("auto", "cuda"):
        return []
    if not any(_installed(*at) for name, at in _LIBRARIES.items() if engine in ("auto", name)):
        return []
    named = [dev / "nvidiactl", dev / "nvidia-uvm"]
    cards = [path for path in sorted(dev.glob("nvidia*")) if path.name[6:].isdecimal()]
    return [*named, *cards] if cards and all(path.exists() for path in named) else []


def _installed(package: str, library: str) -> bool:
    found = find_spec(package)
    places = (found.submodule_search_locations or []) if found else []
    return any((Path(place) / library).is_file() for place in places)
