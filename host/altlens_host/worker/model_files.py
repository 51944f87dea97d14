"""Finds and reads the files beside a model's graphs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from altlens_host.errors import ModelBrokenError, ModelMissingError

_MOST_BYTES = 64 * 1024 * 1024


def first_file(folder: Path, names: Sequence[str]) -> Path:
    """Return the first of these files that is there.

    Args:
        folder: The model's folder.
        names: Paths within it, best first.

    Raises:
        ModelMissingError: None of them is there.
    """
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ModelMissingError(f"{folder.name} has no {' or '.join(names)}.")


def read_config(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ModelMissingError: The file is not there.
        ModelBrokenError: It cannot be read, or holds something else.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelBrokenError(f"{path.name} is larger than {_MOST_BYTES} bytes.")
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelMissingError(f"{path.parent.name} has no {path.name}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelBrokenError(f"{path.name} cannot be read: {type(error).__name__}.") from None
    if not isinstance(value, dict):
        raise ModelBrokenError(f"{path.name} holds no JSON object.")
    return value
