"""What every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

# Two busy cores make no promise of milliseconds an example; pytest-timeout ends what hangs.
settings.register_profile("altlens", deadline=None)
settings.load_profile("altlens")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
