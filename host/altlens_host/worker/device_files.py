"""Which devices are in sight, before anything heavy is imported.

A worker shuts itself in before it imports a library that could ask. What is not named to the
sandbox then can never be opened afterwards, and where nothing is in sight nothing is named.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

_DEV = Path("/dev")

_LIBRARIES: dict[str, dict[str, tuple[str, ...]]] = {
    "linux": {
        "onnx": ("onnxruntime", "capi/libonnxruntime_providers_cuda.so"),
        "torch": ("torch", "lib/libtorch_cuda.so"),
    },
    "win32": {
        "onnx": ("onnxruntime", "capi/DirectML.dll", "capi/onnxruntime_providers_cuda.dll"),
        "torch": ("torch", "lib/torch_cuda.dll"),
    },
    "darwin": {"torch": ("torch", "lib/libtorch_cpu.dylib")},
}
"""What computes on the devices that `auto` means, by system and engine: the package that it comes
in, and one of its files there."""


def in_sight(
    device: str, engine: str, system: str = sys.platform, dev: Path = _DEV
) -> tuple[str, list[Path]]:
    """Return the device to look for, and the files through which its driver is reached.

    Args:
        device: The device that was asked for, one of `settings.DEVICES`.
        engine: What shall run the model, one of `settings.ENGINES`.
        system: As `sys.platform` says.
        dev: Where the files of devices are.

    Returns:
        That device; "cpu" in place of "auto" where there is nothing else. On Linux NVIDIA's
        control file, its memory manager's and one for each card, where all of them are there
        and so is a library that computes with them.
    """
    libraries = _LIBRARIES.get(system, {}).items()
    there = any(_installed(*one) for name, one in libraries if engine in ("auto", name))
    files = _nvidia(dev) if there and system == "linux" and device in ("auto", "cuda") else []
    usable = bool(files) if system == "linux" else there
    return "cpu" if device == "auto" and not usable else device, files


def _nvidia(dev: Path) -> list[Path]:
    driver = [dev / "nvidiactl", dev / "nvidia-uvm"]
    cards = [path for path in sorted(dev.glob("nvidia*")) if path.name[6:].isdecimal()]
    return [*driver, *cards] if cards and all(path.exists() for path in driver) else []


def _installed(package: str, *files: str) -> bool:
    found = find_spec(package)
    places = (found.submodule_search_locations or []) if found else []
    return any((Path(place) / file).is_file() for place in places for file in files)
