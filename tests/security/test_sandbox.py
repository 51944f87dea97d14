"""What a hijacked worker can do: nothing that it could do in a process that is free.

Each deed is first done in a free process, so that its failure in the sandbox means something.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from altlens_host.worker_messages import PROMISES, Task, read_worker, write_task

if sys.platform != "linux":
    pytest.skip("there is a sandbox on Linux only", allow_module_level=True)

PROGRAM = Path(__file__).with_name("shut_in.py")
PATIENCE = 100
NOBODY = 65534

REFUSED = {
    "internet": "ENOSYS",
    "unix socket": "ENOSYS",
    "socket pair": "ENOSYS",
    "netlink": "ENOSYS",
    "read home": "EACCES",
    "list home": "EACCES",
    "read passwd": "EACCES",
    "look at others": "EACCES",
    "create": "EPERM",
    "append": "EPERM",
    "overwrite": "EPERM",
    "truncate": "ENOSYS",
    "make folder": "ENOSYS",
    "rename": "ENOSYS",
    "mode": "ENOSYS",
    "times": "ENOSYS",
    "link": "ENOSYS",
    "write to a device": "EPERM",
    "speak to a driver": "EACCES",
    "memory file": "ENOSYS",
    "child": "EPERM",
    "spawn": "EPERM",
    "signal": "ENOSYS",
    "limit": "EPERM",
    "core dumps": "EPERM",
}
DEADLY = ["ptrace", "read another's memory", "io_uring", "namespace", "keys", "bpf"]


def users() -> list[bool]:
    """Whether to give up root, where there is root to give up."""
    return [False, True] if os.geteuid() == 0 else [False]


@pytest.fixture(params=users(), ids=lambda nobody: "nobody" if nobody else "as started")
def nobody(request: pytest.FixtureRequest) -> bool:
    """Whether the program becomes an unprivileged user first."""
    return bool(request.param)


@pytest.fixture
def home(nobody: bool) -> Iterator[Path]:
    """A home that belongs to the program's user.

    Not below pytest's own folder, which each run of pytest closes to others again.
    """
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        (made / "kept").write_bytes(b"private")
        if nobody:
            for path in (made, made / "kept"):
                os.chown(path, NOBODY, NOBODY)
        yield made


def start(home: Path, **said: Any) -> subprocess.Popen[bytes]:
    said = {"home": str(home), "deeds": [], **said}
    return subprocess.Popen(
        [sys.executable, "-P", str(PROGRAM), json.dumps(said)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        pass_fds=[said["inherited"]] if "inherited" in said else [],
    )


def run(home: Path, **said: Any) -> tuple[int, dict[str, Any]]:
    process = start(home, **said)
    told, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, json.loads(told) if told else {}


def test_every_promise_is_kept_on_this_system(home: Path, nobody: bool) -> None:
    """Where the kernel offers all, a worker that lacks one has lost it by our fault."""
    code, told = run(home, nobody=nobody)

    assert code == 0
    assert told["held"] == sorted(PROMISES)


def test_nothing_outside_is_within_reach(home: Path, nobody: bool) -> None:
    """No socket, no file, no process, no signal; all of that worked before."""
    _, free = run(home, nobody=nobody, free=True, deeds=list(REFUSED))
    _, shut_in = run(home, nobody=nobody, deeds=list(REFUSED))

    del free["held"], shut_in["held"]
    assert free == dict.fromkeys(REFUSED, "done")
    assert shut_in == REFUSED


def test_no_other_program_can_be_run(home: Path, nobody: bool) -> None:
    """Nor can the process become one."""
    _, free = run(home, nobody=nobody, free=True, deeds=["execute"])
    _, shut_in = run(home, nobody=nobody, deeds=["execute"])

    assert free["execute"] == "done"
    assert shut_in["execute"] == "ENOSYS"


@pytest.mark.parametrize("deed", DEADLY)
def test_what_only_an_attacker_does_ends_the_process(home: Path, deed: str) -> None:
    """At once; whatever it was going to try next is not tried."""
    free, _ = run(home, free=True, deeds=[deed])
    shut_in, told = run(home, deeds=[deed])

    assert free == 0
    assert (shut_in, told) == (-signal.SIGSYS, {})


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has a second set of calls")
def test_the_other_set_of_call_numbers_is_no_way_around(home: Path) -> None:
    """The x32 calls do the same under other numbers."""
    code, _ = run(home, deeds=["x32"])

    assert code == -signal.SIGSYS


def test_what_the_host_left_open_is_closed(home: Path) -> None:
    """A file of the host's, inherited by mistake, is not the worker's."""
    with (home / "kept").open("rb") as file:
        _, free = run(home, free=True, inherited=file.fileno(), deeds=["inherited"])
        _, shut_in = run(home, inherited=file.fileno(), deeds=["inherited"])

    assert free["inherited"] == "done"
    assert shut_in["inherited"] == "EBADF"


@pytest.mark.parametrize(
    ("hidden", "missing"), [("landlock", "file_access"), ("seccomp", "system_calls")]
)
def test_a_kernel_that_lacks_a_step_is_told_and_the_others_are_made(
    home: Path, hidden: str, missing: str
) -> None:
    """Nothing can be written with either of the two alone."""
    _, told = run(home, hide=[hidden], deeds=["create", "append"])

    assert set(PROMISES) - set(told.pop("held")) == {missing}
    assert "done" not in told.values()


def test_a_worker_that_computes_on_a_card_reaches_its_driver_and_nothing_else(
    home: Path, nobody: bool
) -> None:
    """The card's files are opened for writing, others still cannot be; and that is told."""
    _, told = run(home, nobody=nobody, devices=["/dev/zero"], deeds=list(REFUSED))

    held = told.pop("held")
    assert set(PROMISES) - set(held) == {"no_devices"}
    assert {name for name, became in told.items() if became == "done"} == {
        "write to a device",
        "speak to a driver",
    }


def test_without_landlock_no_card_is_reached(home: Path) -> None:
    """A filter of calls cannot tell the card's file from any other."""
    deeds = ["write to a device", "speak to a driver", "create", "append"]
    _, told = run(home, hide=["landlock"], devices=["/dev/zero"], deeds=deeds)

    assert set(PROMISES) - set(told.pop("held")) == {"file_access"}
    assert set(told.values()) == {"EPERM"}


def in_the_sandbox(code: str, *, memory: int = 1 << 30) -> subprocess.CompletedProcess[str]:
    program = (
        "import os, resource, sys, threading\nfrom pathlib import Path\n"
        "from altlens_host.worker import sandbox\n"
        f"def enter(): return sandbox.enter(sandbox.Needs([], [], {memory}))\n"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", program + code],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_memory_and_files_are_limited() -> None:
    """A decoder that asks for too much gets an error, not the machine."""
    said = in_the_sandbox(
        "enter()\n"
        "try: bytearray(300 << 20)\n"
        "except MemoryError: print('memory')\n"
        "try: kept = [open('/dev/null') for _ in range(100)]\n"
        "except OSError as error: print(error.strerror)\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "limits = [resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS]\n"
        "print(*(resource.getrlimit(one) for one in limits))\n",
        memory=256 << 20,
    )

    assert said.stdout.splitlines() == [
        "memory",
        "Too many open files",
        "(0, 0) (3600, 3600) (4563402752, 4563402752)",
    ]


def test_a_process_with_two_threads_is_not_taken_for_shut_in() -> None:
    """Landlock would leave the other thread free."""
    said = in_the_sandbox(
        "ended = threading.Event()\nthreading.Thread(target=ended.wait).start()\n"
        "try: enter()\nexcept Exception as error: print(error.code)\nended.set()\n"
    )

    assert said.stdout == "411\n"


def test_the_worker_is_shut_in_before_anything_heavy_is_there() -> None:
    """A library that was loaded may have started threads, or kept something open."""
    code = (
        "import os, sys\n"
        "from altlens_host.worker import __main__, sandbox\n"
        "def look(needs):\n"
        "    heavy = {'numpy', 'PIL', 'onnxruntime', 'tokenizers'} & set(sys.modules)\n"
        "    os._exit(3 if heavy else len(os.listdir('/proc/self/task')))\n"
        "sandbox.enter = look\n"
        "__main__.main(['--model', 'lite'])\n"
    )
    command = [sys.executable, "-P", "-c", code]

    assert subprocess.run(command, stdin=subprocess.DEVNULL, timeout=PATIENCE).returncode == 1


def test_a_home_on_the_search_path_is_not_opened_by_it(tmp_path: Path) -> None:
    """Somebody's PYTHONPATH must not hand the home to the worker."""
    (tmp_path / "kept").write_text("private")
    said = in_the_sandbox(
        f"os.environ['HOME'] = {str(tmp_path)!r}\n"
        f"sys.path += [{str(tmp_path)!r}, {str(tmp_path.parent)!r}, '/']\n"
        f"kept = Path({str(tmp_path)!r}, 'kept')\nprint(kept.read_text())\nenter()\n"
        "try: print(kept.read_text())\nexcept OSError as error: print(error.strerror)\n"
    )

    assert said.stdout.splitlines() == ["private", "Permission denied"]


def test_the_worker_is_shut_in_with_all_its_threads(home: Path, nobody: bool) -> None:
    """In its own thread, in a new one and in one that onnxruntime started."""
    tried = [deed for deed in REFUSED if deed != "limit"]
    asked = ["--model", "lite", "--threads", "2"]
    free = payload(home, nobody=nobody, free=True, deeds=tried, worker=asked)
    shut_in = payload(home, nobody=nobody, deeds=tried, worker=asked)

    assert free.pop("held") == ()
    assert shut_in.pop("held") == PROMISES
    for thread in ("main", "new", "engine"):
        assert free[thread] == dict.fromkeys(tried, "done")
        assert shut_in[thread] == {deed: REFUSED[deed] for deed in tried}


def payload(home: Path, **said: Any) -> dict[str, Any]:
    """Return what became of the deeds in the worker, by thread, and the promises it made."""
    with start(home, **said) as process:
        assert process.stdin
        assert process.stdout
        try:
            _, ready = read_worker(json.loads(frame(process.stdout)))
            for body in (write_task(Task(1, 1)), b"x"):
                process.stdin.write(struct.pack("=I", len(body)) + body)
            process.stdin.flush()
            return {"held": ready.held, **json.loads(frame(process.stdout))}  # type: ignore[union-attr]
        finally:
            process.kill()


def frame(pipe: Any) -> bytes:
    (length,) = struct.unpack("=I", pipe.read(4))
    return bytes(pipe.read(length))
