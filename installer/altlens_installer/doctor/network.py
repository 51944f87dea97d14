"""altlens doctor --network: watches host and worker from outside, and looks for sockets.

Nothing of altlens is asked whether it opens one: strace writes down the system calls that the
kernel was asked for, of both processes and whatever they start, from the first instruction to
the last, answered or refused. There is no way out to a network without one of them.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_installer import client
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.doctor.serving import drawn_page, drawn_picture
from altlens_installer.terminal import plain

CALLS = (
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "io_uring_setup",
)
"""The calls that make a socket or use one (socket(2) and those that refer to it). io_uring can
make one too, and strace would not see it there."""

_SECONDS = 120.0
"""Watched programs are slow."""

_KEY_BYTES = 32
_CALL = re.compile(r"^\d+ +(\w+)\(")


def network(patient: Patient) -> Finding:
    """Watch a host from hello to its end, with a caption, a page and their cache in between."""
    if patient.machine.system != "linux":
        return Finding("warn", "Only on Linux can the host be watched, with strace.")
    strace = shutil.which("strace")
    if strace is None:
        mend = "sudo apt-get install strace"
        return Finding("warn", "strace is not there, so nothing could be watched.", mend)
    with tempfile.TemporaryDirectory(prefix="altlens-") as folder:
        trace = Path(folder, "trace")
        watched = [strace, "-f", "-qq", "-e", "signal=none"]
        watched += ["-e", f"trace=execve,{','.join(CALLS)}", "-o", str(trace), *patient.host]
        # Its cache is a throw-away one, elsewhere than the user's.
        environment = dict(patient.environment) | {"XDG_DATA_HOME": folder}
        try:
            _use(watched, environment)
        except AltlensError as error:
            said = f"The host did not work while it was watched: {error.detail}"
            return Finding("fail", said, "altlens doctor")
        return _judged(trace.read_text(errors="replace").splitlines())


def _use(watched: list[str], environment: dict[str, str]) -> None:
    """Let a host say hello, caption a picture, read a page, and remember both.

    Raises:
        AltlensError: It does not.
    """
    key = os.urandom(_KEY_BYTES)
    with client.Host(watched, environment, _SECONDS, profile_key=key) as host:
        # A page is read by other libraries than a picture is captioned by.
        list(host.captions([drawn_picture(), drawn_page()]))


def _judged(lines: list[str]) -> Finding:
    calls = [(match[1], line) for line in lines if (match := _CALL.match(line))]
    sockets = [line for name, line in calls if name in CALLS]
    if sockets:
        first = plain(sockets[0])[:200]
        reason = f"{len(sockets)} calls for sockets were seen; please report it: {first}."
        return Finding("fail", reason)
    started = sum(name == "execve" and line.endswith(" = 0") for name, line in calls)
    if started < 2:
        return Finding("fail", "The worker was not seen: nothing is known.", "altlens doctor")
    return Finding("pass", f"{started} programs were watched, and none asked for a socket.")
