"""What Orca gets: the same names, read from the AT-SPI bus of a Firefox on a real display.

Speech and braille both read that tree. The other tests read it where Firefox keeps it, before it
goes over the bus; this shows that it arrives.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.browser import Browser, until, with_extension
from e2e.recorder import Recording
from e2e.website import Website

SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
WALK = Path(__file__).with_name("atspi_walk.py")
NEEDED = "xvfb at-spi2-core gir1.2-atspi-2.0 python3-gi dbus"


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A display and a session bus with AT-SPI on it: the environment of their programs."""
    if not (shutil.which("Xvfb") and shutil.which("dbus-daemon") and LAUNCHER.exists()):
        pytest.fail(f"AT-SPI is not there. Install it: apt-get install {NEEDED}", pytrace=False)
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    running: list[subprocess.Popen[str]] = []

    def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        running.append(process)
        return process

    environment = {
        name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"
    }
    environment |= {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)}
    try:
        screen = start(["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24"], environment)
        bus = start(["dbus-daemon", "--session", "--print-address=1", "--nofork"], environment)
        assert screen.stdout
        assert bus.stdout
        ours = {
            "DISPLAY": f":{screen.stdout.readline().strip()}",
            "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
            "GNOME_ACCESSIBILITY": "1",
            "XDG_RUNTIME_DIR": str(runtime),
        }
        start([str(LAUNCHER), "--launch-immediately"], environment | ours)
        yield ours
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


@pytest.fixture
def shown(
    binary: Path, home: Path, recording: Recording, extension: Path, desktop: dict[str, str]
) -> Iterator[Browser]:
    """Firefox on that display, with the extension and the real host."""
    with with_extension(binary, home, extension, display=desktop) as running:
        yield running


def heard(desktop: dict[str, str], title: str) -> list[tuple[str, str]]:
    """Return role and name of each node that the bus has of the page with a title."""
    clean = {"PATH": os.environ["PATH"], "HOME": desktop["XDG_RUNTIME_DIR"], **desktop}
    walk = [SYSTEM_PYTHON, str(WALK), title]
    done = subprocess.run(walk, env=clean, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [(role, name) for role, name in json.loads(done.stdout) or []]


@pytest.mark.timeout(180)
def test_a_screen_reader_gets_the_words_over_the_bus(
    shown: Browser, site: Website, desktop: dict[str, str]
) -> None:
    """An image, a link of nothing but an image, and one in a shadow root: named as in the tree."""
    address = site.page(
        '<img id="a" src="/cat.jpg"><a href="#x"><img id="b" src="/coffee.jpg"></a>'
        '<div><template shadowrootmode="closed"><img src="/rocket.jpg"></template></div>'
        '<img src="/bee.jpg" alt=""><img src="/bee.jpg" alt="A bee">'
    )
    shown.open(address)
    first, second = shown.described("a").name, shown.described("b").name
    title = shown.script("return document.title")

    def images() -> list[str] | None:
        names = [name for role, name in heard(desktop, title) if role in {"image", "graphic"}]
        return names if len(names) == 4 and all(names) else None

    names = until(images, "four named images on the bus")

    assert names[:2] == [first, second]
    assert names[3] == "A bee"
    assert len(set(names)) == 4
    assert ("link", second) in heard(desktop, title)
