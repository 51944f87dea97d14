"""A home of its own for each test."""

from pathlib import Path

import pytest
from support.installer import Home, sources

from altlens_installer.install import Sources


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


@pytest.fixture
def parts(repository: Path) -> Sources:
    """What to install."""
    return sources(repository)
