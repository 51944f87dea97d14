"""The wheel, installed by each tool that people use, from an index, into a bare environment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.distribution import Built

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NEWEST_FIRST = ("python3.14", "python3.13", "python3.12", "python3.11")


def run(*command: str | Path, home: Path, **more: str) -> str:
    """Run a command whose home is empty; return what it says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    ran = subprocess.run(
        command, env=kept | {"HOME": str(home)} | more, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def captions(altlens: Path, home: Path, repository: Path) -> None:
    """Assert that an installed altlens does what a user wants of it, without anything else."""
    picture = repository / "installer/altlens_installer/demo/pictures/cat.jpg"
    said = json.loads(run(altlens, "caption", "--json", picture, home=home))
    assert "cat" in said["text"]
    ran = subprocess.run(
        [altlens, "doctor", "--json"],
        env=dict(os.environ) | {"HOME": str(home)},
        capture_output=True,
        text=True,
    )
    found = {one["check"]: one["status"] for one in json.loads(ran.stdout)}
    assert {found[name] for name in ("python", "engine", "model", "caption")} == {"pass"}


def mends(altlens: Path, python: Path, home: Path, *, shared: bool, **more: str) -> None:
    """Damage the model in an environment, and run what doctor prints against that.

    `shared`: also damage what shares the file with it, by hard links.
    """
    where = "import altlens_host.models as m; print(m.__path__[0])"
    models = Path(run(python, "-c", where, home=home).strip())
    words = models / "embedded/lite/tokenizer.json"
    kept = words.read_bytes()
    if not shared:
        words.unlink()
    words.write_bytes(kept[:1000])
    environment = dict(os.environ) | {"HOME": str(home)} | more

    def examine() -> dict[str, dict[str, str]]:
        ran = subprocess.run([altlens, "doctor", "--json"], env=environment, capture_output=True)
        return {one["check"]: one for one in json.loads(ran.stdout)}

    found = examine()["model"]
    subprocess.run(["sh", "-c", found["mend"]], env=environment, check=True)

    assert found["status"] == "fail"
    assert examine()["model"]["status"] == "pass"


def usable(name: str) -> bool:
    """Say whether there is a Python of that name which can run."""
    return bool(shutil.which(name)) and not subprocess.run([name, "-c", ""]).returncode


@pytest.mark.parametrize("which", [-1, 0], ids=["oldest", "newest"])
def test_the_oldest_and_the_newest_python_run_it(
    which: int, built: Built, repository: Path, tmp_path: Path
) -> None:
    """Those that are on this machine, of the ones that altlens names."""
    python = [name for name in NEWEST_FIRST if usable(name)][which]
    run(python, "-m", "venv", tmp_path / "environment", home=tmp_path)
    bin_folder = tmp_path / "environment/bin"
    run(bin_folder / "python", "-m", "pip", "install", "-q", built.wheel, home=Path.home())

    captions(bin_folder / "altlens", tmp_path, repository)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with pipx and uv."""
    folder = tmp_path_factory.mktemp("tools")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "-q", "pipx", "uv"]
    subprocess.run(pip, check=True)
    return folder / "bin"


def test_pipx_installs_it(built: Built, repository: Path, tmp_path: Path, tools: Path) -> None:
    """With its commands on the PATH and its manual page where man looks."""
    places = {"PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "man"}
    own = {name: str(tmp_path / place) for name, place in places.items()}

    run(tools / "pipx", "install", "--python", sys.executable, built.wheel, home=tmp_path, **own)

    captions(tmp_path / "bin/altlens", tmp_path, repository)
    assert (tmp_path / "man/man1/altlens.1").is_file()
    path = f"{tools}:{tmp_path}/bin:{os.environ['PATH']}"
    python = tmp_path / "pipx/venvs/altlens/bin/python"
    mends(tmp_path / "bin/altlens", python, tmp_path, shared=False, PATH=path, **own)


def test_uv_installs_it(built: Built, repository: Path, tmp_path: Path, tools: Path) -> None:
    """As a tool in an environment of its own."""
    own = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}

    run(
        *(tools / "uv", "tool", "install", "--no-config", "--python", sys.executable, built.wheel),
        home=tmp_path,
        **own,
    )

    captions(tmp_path / "bin/altlens", tmp_path, repository)
    path = f"{tools}:{tmp_path}/bin:{os.environ['PATH']}"
    python = tmp_path / "tools/altlens/bin/python"
    mends(tmp_path / "bin/altlens", python, tmp_path, shared=True, PATH=path, **own)
