"""What the libraries that read text ask the system for, as strace sees it from outside."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from support import text_recognizer

from altlens_host.messages import Result
from altlens_host.models.catalogue import find
from altlens_host.models.recognizer import within
from altlens_host.worker.sandbox import program
from altlens_installer import client
from altlens_installer.doctor.network import CALLS
from altlens_installer.doctor.serving import PAGE, drawn_page

if sys.platform != "linux":
    pytest.skip("calls are watched by strace, which only Linux has", allow_module_level=True)

SHUT_IN = "seccomp("
"""The last step of the sandbox; before it the worker has neither a picture nor a library."""

OPENED = re.compile(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]+)".* = \d+$')


def test_reading_a_page_asks_for_no_socket_and_opens_what_is_the_programs(tmp_path: Path) -> None:
    """The reader's libraries import others that could do more: a browser of URLs, an HTTP client.

    The sandbox would refuse them; here they do not even ask.
    """
    trace = tmp_path / "trace"
    wanted = ",".join(("open", "openat", "seccomp", *CALLS))
    watching = ["strace", "-f", "-qq", "-e", "signal=none", "-e", f"trace={wanted}"]
    command = [*watching, "-o", str(trace), *client.command()]
    home = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    quicker = text_recognizer.put(tmp_path / ".local/share/altlens")

    with client.Host(command, home) as host:
        ((_, read),) = host.captions([drawn_page()])

    _, _, calls = trace.read_text(errors="replace").partition(SHUT_IN)
    asked = [line.partition(" ")[2].strip() for line in calls.splitlines()]
    opened = {Path(match[1]).resolve() for line in asked if (match := OPENED.match(line))}
    allowed = [find("lite").path, quicker, *program.readable(), Path("/proc")]
    assert isinstance(read, Result)
    assert read.read.replace("\n", " ") == " ".join(PAGE)
    assert any(path.match("rapidocr/models/*.onnx") for path in opened)
    assert set(within(quicker)) <= opened
    assert [line for line in asked if line.startswith(CALLS)] == []
    assert [one for one in opened if not any(map(one.is_relative_to, allowed))] == []
