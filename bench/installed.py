"""The random model as a user has it: put in place by `altlens model install`, in a folder apart."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from altlens_host.models import store
from bench.full_size import ROOT, folder

VARIANTS = ("q8", "precise", "fast")
"""What a model can be prepared as; see docs/MODELS.md."""

BEAMS = 2


def home() -> Path:
    """Return the folder that stands for the user's data."""
    return folder() / "data"


def environment(name: str) -> dict[str, str]:
    """Return what makes altlens look there, and use an installed model, as `model use` does.

    The worker is not ended while slower contenders have their turn, and reads no text, since
    none of the others does.
    """
    settings = home() / "settings" / name
    place = settings / "altlens" / "settings.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    said = {"idle_seconds": 3600, "model": _id(name), "read_text": False}
    place.write_text(json.dumps(said) + "\n", encoding="utf-8")
    names = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    return {**dict.fromkeys(names, str(home())), "XDG_CONFIG_HOME": str(settings)}


def installed(layout: Path, name: str) -> Path:
    """Return the folder of an installed model; install it unless this altlens did so before.

    Args:
        layout: A model in the hub layout, in 32 and 8 bits.
        name: One of VARIANTS; "reference" for one that is not prepared; "two-beams" for one
            whose generation config asks for BEAMS.

    Raises:
        RuntimeError: It cannot be installed, or was not prepared.
    """
    stamp = home() / f"{name}.made-by"
    wanted = _digest(layout)
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing the model as {name} …", file=sys.stderr, flush=True)
        shutil.rmtree(store.home_of(home() / "altlens" / "models", _id(name)), ignore_errors=True)
        _install(layout, name)
        stamp.write_text(wanted)
    (made,) = store.revisions(store.home_of(home() / "altlens" / "models", _id(name)))
    return made


def there(name: str) -> Path | None:
    """Return the folder of a model that was installed here before; None where none was."""
    made = store.revisions(store.home_of(home() / "altlens" / "models", _id(name)))
    return made[0] if made else None


def two_beams(layout: Path) -> Path:
    """Return a copy of a layout whose generation config asks for BEAMS; its files are shared."""
    copy, name = folder() / "two-beams", "generation_config.json"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(layout, copy, copy_function=os.link)
    said = json.loads((layout / name).read_text(encoding="utf-8"))
    changed = _write(copy / name, {**said, "num_beams": BEAMS})
    card = json.loads((layout / "altlens.json").read_text(encoding="utf-8"))
    card["files"][name] = {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    _write(copy / "altlens.json", card)
    return copy


def _id(name: str) -> str:
    return f"bench-{name}"


def _install(layout: Path, name: str) -> None:
    source = two_beams(layout) if name == "two-beams" else layout
    command = [str(Path(sys.executable).with_name("altlens")), "model", "install", _id(name)]
    options = [f"--{name}"] if name in VARIANTS[1:] else []
    made = subprocess.run(
        [*command, "--from", str(source), *options],
        env={**os.environ, **environment(name)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if made.returncode:
        raise RuntimeError(f"altlens model install: {made.stderr.strip() or made.stdout.strip()}")
    (place,) = store.revisions(store.home_of(home() / "altlens" / "models", _id(name)))
    prepared = place / "prepared"
    if name == "reference":
        shutil.rmtree(prepared, ignore_errors=True)
    elif not prepared.is_dir():
        raise RuntimeError(f"{name} was not prepared: {made.stdout.strip()}")


def _digest(layout: Path) -> str:
    made = hashlib.sha256((layout / "altlens.json").read_bytes())
    for place in (ROOT / "host" / "altlens_host", ROOT / "installer" / "altlens_installer"):
        for path in sorted(place.rglob("*.py")):
            made.update(path.read_bytes())
    return made.hexdigest()


def _write(path: Path, value: Any) -> bytes:
    path.unlink()  # the name, and not the bytes that it shares with the layout
    data = (json.dumps(value, indent=2) + "\n").encode()
    path.write_bytes(data)
    return data
