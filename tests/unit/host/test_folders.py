"""The user's folders are where each system wants them."""

from pathlib import Path

import platformdirs
import pytest

from altlens_host import folders, settings


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/home/ann"}, "/home/ann/.local/share/altlens"),
        ({"HOME": "/home/ann", "XDG_DATA_HOME": "/data"}, "/data/altlens"),
        ({"HOME": "/home/ann", "XDG_DATA_HOME": ""}, "/home/ann/.local/share/altlens"),
    ],
)
def test_data_is_where_the_desktop_specification_says(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where platformdirs says, which the installer asks."""
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert settings.data_folder(environment, "linux") == Path(expected)
    assert platformdirs.user_data_path("altlens", appauthor=False) == Path(expected)
    assert folders.cache() == Path(expected, "cache")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_platformdirs_says_where(system: str) -> None:
    """With no folder of an author in between."""
    assert settings.data_folder({}, system) == platformdirs.user_data_path(
        "altlens", appauthor=False
    )


def test_the_log_is_where_platformdirs_says() -> None:
    """One file, by the host's name."""
    assert folders.log() == platformdirs.user_log_path("altlens", appauthor=False) / "host.log"
