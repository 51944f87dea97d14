"""What altlens promises to those who do not want to be watched: nothing leaves, nothing is kept."""

import subprocess
import sys
from pathlib import Path

from PIL import Image
from support.encoding import encoded
from support.host_process import PATIENCE, HostProcess


def picture() -> bytes:
    return encoded(Image.effect_noise((120, 90), 90), "JPEG")


def traced(trace: Path) -> tuple[str, ...]:
    return ("strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,bind", "-o", str(trace))


def test_nothing_is_written_into_the_users_home(tmp_path: Path) -> None:
    """No cache, no database, no number that tells this machine from others."""
    with HostProcess(home=tmp_path) as host:
        host.greet()
        host.caption(2, picture())
        assert host.wait(2)["type"] == "result"
        host.hang_up()
        host.process.wait(PATIENCE)

    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == []


def test_host_and_worker_open_no_socket(tmp_path: Path) -> None:
    """From start to end, captions included, as the kernel saw it."""
    trace = tmp_path / "trace"
    with HostProcess(under=traced(trace), home=tmp_path) as host:
        host.greet()
        host.caption(2, picture())
        assert host.wait(2)["type"] == "result"
        host.hang_up()
        host.process.wait(PATIENCE)

    calls = [line for line in trace.read_text().splitlines() if "(" in line]
    assert calls == []


def test_the_trace_would_show_a_socket(tmp_path: Path) -> None:
    """The check above can fail: a program that opens a socket is seen."""
    trace = tmp_path / "trace"
    program = "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)"

    subprocess.run([*traced(trace), sys.executable, "-c", program], check=True)

    assert "socket(AF_INET" in trace.read_text()
