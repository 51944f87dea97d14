"""Settings and limits; the only place that reads the environment.

Nothing that the extension sends can change these: they come from how the host was started and
from a file that only the user writes, `settings.json` in the folder of the user's settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any, Literal, NamedTuple

LANGUAGE = "en"
"""The language that the models speak (BCP 47)."""

ANSWER_VERSION = 9
"""Raised whenever the same model would say other words of the same picture than before, or say
them otherwise."""

DEVICES = ("auto", "cpu", "cuda", "directml", "coreml", "openvino", "mps")
"""Where a model can be run; auto: on a graphics card if one works, else on the processor."""

ENGINES = ("auto", "onnx", "torch")
"""What can run a model; auto: what its files are for, ONNX where both are there."""

TextState = Literal["read", "off", "not_installed"]
"""Whether text in pictures is read; off where the user's settings say so."""

MAX_FRAME_BYTES = 1_048_576
"""Firefox drops a port that sends more in one message (MDN, "Native messaging")."""

MAX_IMAGE_BYTES = 32 * 1024 * 1024
"""Enough for a camera's JPEG; the extension sends about 0.1 MB."""

MAX_IMAGE_PIXELS = 64_000_000
"""Enough for a camera of 64 megapixels; decoded, that is 192 MB."""

MAX_WAITING = 256
"""Captions that wait at one time, before the host says that it is busy."""

MAX_WAITING_BYTES = 2 * MAX_IMAGE_BYTES
"""What the pictures that wait may hold together."""

MAX_ASSEMBLING_BYTES = 2 * MAX_IMAGE_BYTES
"""What the pictures that still arrive in parts may hold together."""


READING_SIDE = 2048
"""The longer side, in pixels, of a picture in which something is read."""

MAX_WAITING_FOR_ONE = 16
"""Requests that wait for one picture: a key that is held down must not keep others out."""


class Settings(NamedTuple):
    """How this host was started, and what its user chose.

    Attributes:
        model: "auto" for the best that is installed, the name of a model, or the folder of one.
        by_browser: Whether a browser started the host, and not the command line.
        deadline_seconds: How long a request may wait for its answer.
        idle_seconds: After how long without a picture the worker is ended.
        warm: Whether the worker is started at hello, and not with the first picture.
        memory_megabytes: How much memory the worker may have resident.
        threads: Threads for the model; 0 means as many as help.
        device: Where the model shall run, one of DEVICES.
        engine: What shall run it, one of ENGINES.
        neutral_words: Whether captions speak of people without gender, origin and faith.
        read_text: Whether text in pictures is read, where the extra `[ocr]` is installed.
        adult_check: Whether photographs are first checked for adult content; that needs the
            extra `[safe]`.
        resting_seconds: How long no worker is started after three died soon.
        start_seconds: How long the worker may take until its model is loaded.
        remembered: How many answers are kept in memory, private and normal ones each.
        problems: What was wrong with the file of settings, one sentence each.
    """

    model: str = "auto"
    by_browser: bool = True
    deadline_seconds: float = 30.0
    idle_seconds: float = 120.0
    warm: bool = False
    memory_megabytes: int = 2048
    threads: int = 0
    device: str = "auto"
    engine: str = "auto"
    neutral_words: bool = True
    read_text: bool = True
    adult_check: bool = False
    resting_seconds: float = 60.0
    start_seconds: float = 60.0
    remembered: int = 2000
    problems: tuple[str, ...] = ()

    @property
    def answer_seconds(self) -> float:
        """How long the worker may look at one picture.

        Half of a request's time: when a picture hangs the worker, those behind it still have
        time for the next worker to answer them.
        """
        return self.deadline_seconds / 2

    @property
    def answer_version(self) -> str:
        """Which words are said of one picture by one model; remembered answers are parted by it."""
        parts = {
            "as written": not self.neutral_words,
            "read": self.reads_text,
            # Whether it can be done makes no difference: where it cannot, nothing is answered.
            "checked": self.adult_check,
        }
        return " ".join([str(ANSWER_VERSION), *(name for name, here in parts.items() if here)])

    @property
    def reads_text(self) -> bool:
        """Whether text in pictures is read: it was chosen, and can be."""
        return self.text == "read"

    @property
    def text(self) -> TextState:
        """Whether text in pictures is read, and if not, why."""
        if not self.read_text:
            return "off"
        return "read" if can_read_text() else "not_installed"

    def in_force(self) -> dict[str, Any]:
        """Return what a user can choose, as it is now."""
        return {name: getattr(self, name) for name in CHOICES}


CHOICES: dict[str, tuple[float, float] | frozenset[str] | int | None] = {
    "model": 4096,
    "deadline_seconds": (1, 600),
    "idle_seconds": (1, 86_400),
    "warm": None,
    "memory_megabytes": (256, 1_048_576),
    "threads": (0, 256),
    "device": frozenset(DEVICES),
    "engine": frozenset(ENGINES),
    "neutral_words": None,
    "read_text": None,
    "adult_check": None,
    "resting_seconds": (1, 3600),
}
"""What the file of settings may hold: numbers from and to, one of some words, a text's most
characters, or None for true and false."""


@cache
def can_read_text() -> bool:
    """Say whether the extra `[ocr]` is installed. Nothing of it is imported."""
    return all(util.find_spec(name) is not None for name in ("rapidocr", "zxingcpp"))


def settings_file(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> Path:
    """Return where the file of settings is, whether it is there or not."""
    given = os.environ if environ is None else environ
    if system == "linux":
        # What platformdirs says, without the time that importing it takes from each start
        # (XDG Base Directory Specification 0.8).
        config = given.get("XDG_CONFIG_HOME") or Path(given.get("HOME") or "~") / ".config"
        return Path(config).expanduser() / "altlens" / "settings.json"
    import platformdirs

    return platformdirs.user_config_path("altlens", appauthor=False) / "settings.json"


def data_folder(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> Path:
    """Return the folder of what altlens keeps for its user, whether it is there or not."""
    given = os.environ if environ is None else environ
    if system == "linux":
        # As above: the first answer from the disk waits for this.
        data = given.get("XDG_DATA_HOME") or Path(given.get("HOME") or "~") / ".local" / "share"
        return Path(data).expanduser() / "altlens"
    import platformdirs

    return platformdirs.user_data_path("altlens", appauthor=False)


def system_data_folders(
    environ: Mapping[str, str] | None = None, system: str = sys.platform
) -> tuple[Path, ...]:
    """Return the folders of what altlens reads for all users, whether they are there or not."""
    given = os.environ if environ is None else environ
    if system == "win32":
        return (Path(given.get("PROGRAMDATA") or "C:\\ProgramData") / "altlens",)
    if system == "darwin":
        return (Path("/Library/Application Support/altlens"),)
    # The default is that of the XDG Base Directory Specification 0.8.
    named = given.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return tuple(Path(one) / "altlens" for one in named.split(":") if one.startswith("/"))


def worker_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the part of the environment that the worker may see.

    Firefox hands its whole environment to the host. The worker decodes pictures from the whole
    web, so tokens and addresses that happen to stand there are not passed on.
    """
    given = os.environ if environ is None else environ
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
    return {
        name: value
        for name, value in given.items()
        if name.upper() in kept or name.startswith(("COVERAGE_", "COV_"))
    }
