"""Which files of a graphics card's driver the sandbox leaves open, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from altlens_host.worker import device_files as module
from altlens_host.worker.device_files import in_sight


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """What a machine with two cards has, among other things."""
    names = ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"]
    for name in [*names, "null", "nvidia-caps"]:
        (tmp_path / name).touch()
    return tmp_path


@pytest.fixture
def with_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """An onnxruntime that was built for CUDA: any file of it stands for the library."""
    for here in module._LIBRARIES.values():
        monkeypatch.setitem(here, "onnx", ("onnxruntime", "__init__.py"))


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_card_is_its_own_file_and_two_of_its_driver(dev: Path, device: str) -> None:
    """Not those with which other processes are looked into, or screens are set."""
    sought, found = in_sight(device, "onnx", "linux", dev)

    assert sought == device
    assert sorted(path.name for path in found) == ["nvidia-uvm", "nvidia0", "nvidia1", "nvidiactl"]


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize("device", ["cpu", "openvino", "coreml", "directml", "mps"])
def test_who_does_not_ask_for_it_has_none(dev: Path, device: str) -> None:
    """The sandbox is as narrow as what was chosen allows."""
    assert in_sight(device, "auto", "linux", dev) == (device, [])


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize("lacking", ["nvidiactl", "nvidia-uvm", "nvidia?"])
def test_half_a_driver_is_none(dev: Path, lacking: str) -> None:
    """A card without its driver, or a driver without a card, computes nothing."""
    for path in dev.glob(lacking):
        path.unlink()

    assert in_sight("cuda", "auto", "linux", dev) == ("cuda", [])
    assert in_sight("auto", "auto", "linux", dev) == ("cpu", [])


@pytest.mark.usefixtures("with_cuda")
def test_other_systems_have_no_such_files(dev: Path) -> None:
    """Nor a sandbox to name them to; the library alone says that there may be a device."""
    assert in_sight("auto", "onnx", "win32", dev) == ("auto", [])
    assert in_sight("cuda", "onnx", "win32", dev) == ("cuda", [])


@pytest.mark.parametrize("system", ["linux", "win32", "darwin", "freebsd14"])
def test_without_a_library_for_it_a_card_is_of_no_use(
    dev: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """Most machines have a card, and the onnxruntime for the processor."""
    for here in module._LIBRARIES.values():
        monkeypatch.setitem(here, "onnx", ("onnxruntime", "is not there"))
        monkeypatch.setitem(here, "torch", ("a_package_that_is_not_there", "x"))

    assert in_sight("auto", "auto", system, dev) == ("cpu", [])
