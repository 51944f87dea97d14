"""A release, built once, and its wheel installed where nothing else of ours is."""

import site
import subprocess
import sys
from pathlib import Path

import pytest
from support.distribution import Built, Installed, make_dist


@pytest.fixture(scope="session")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build all of it once."""
    return make_dist(repository, tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel into a fresh environment; libraries come from the one that runs this.

    A folder named in a .pth file is put on sys.path as it is: .pth files in that folder, and with
    them the editable install of this checkout, are not followed.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    place = Installed(folder)
    pip = [sys.executable, "-m", "pip", "--python", place.command("python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(built.wheel)], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.check_output([place.command("python"), "-c", ask], text=True).strip()
    Path(own, "libraries.pth").write_text("\n".join(site.getsitepackages()))
    return place
