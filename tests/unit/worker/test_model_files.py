"""The files beside a model's graphs."""

from pathlib import Path

import pytest

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.worker.model_files import first_file, read_config


def test_the_better_file_is_taken_where_both_are_there(tmp_path: Path) -> None:
    """The quantized graph before the large one."""
    for name in ("large", "small"):
        (tmp_path / name).touch()

    assert first_file(tmp_path, ["small", "large"]).name == "small"
    assert first_file(tmp_path, ["tiny", "large"]).name == "large"


def test_what_is_nowhere_is_named(tmp_path: Path) -> None:
    """The user learns which file to look for."""
    with pytest.raises(ModelMissingError, match=r"a\.onnx or b\.onnx"):
        first_file(tmp_path, ["a.onnx", "b.onnx"])


def test_a_missing_config_is_missing(tmp_path: Path) -> None:
    """Code 404, not 405."""
    with pytest.raises(ModelMissingError, match=r"config\.json"):
        read_config(tmp_path / "config.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_config_that_is_no_object_is_broken(tmp_path: Path, content: bytes) -> None:
    """Whatever a broken disk or an editor made of it, it ends in one error."""
    path = tmp_path / "config.json"
    path.write_bytes(content)

    with pytest.raises(ModelBrokenError, match=r"config\.json"):
        read_config(path)


def test_a_config_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    """A file in the wrong place must not fill the memory."""
    path = tmp_path / "config.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)

    with pytest.raises(ModelBrokenError, match="larger"):
        read_config(path)
