"""A program that shuts itself in, or does not, and then tries what a hijacked worker would try.

Run as `python shut_in.py '{"deeds": […], …}'`; prints what became of each deed, as JSON. With
`"worker": […]` it is the worker itself, with these arguments, and tells its host in a frame, when
it is asked for the first caption.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import resource
import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOBODY = 65534
LIBC = ctypes.CDLL(None, use_errno=True)
DEVICE = "/dev/zero"
X32_GETPID = 0x40000000 + 39


def system(name: str, *arguments: int) -> int:
    """Make a system call by name."""
    from altlens_host.worker.sandbox.syscalls import ARCHITECTURES, NUMBERS

    more = {"io_uring_setup": (425, 425), "memfd_create": (319, 279), "keyctl": (250, 219)}
    numbers = {**NUMBERS, **more}[name]
    number = numbers[ARCHITECTURES[os.uname().machine].column]
    return raw(number, *arguments)


def raw(number: int, *arguments: int) -> int:
    """Make a system call by number."""
    result = LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return int(result)


def child() -> None:
    """Make a process."""
    made = os.fork()
    if made == 0:
        os._exit(0)
    os.waitpid(made, 0)


def spawn() -> None:
    """Run a program, as the libraries do."""
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def execute() -> None:
    """Become another program."""
    os.execv("/bin/echo", ["echo", '{"execute": "done"}'])


def limit() -> None:
    """Change a limit of its own."""
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    except ValueError as error:  # what Python makes of EPERM
        raise OSError(errno.EPERM, str(error)) from None


def deeds(home: Path, inherited: int) -> dict[str, Callable[[], Any]]:
    """Return what is tried; all of it succeeds in a process that is free."""
    kept = home / "kept"
    return {
        "internet": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "socket pair": lambda: [end.close() for end in socket.socketpair()],
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "read home": kept.read_bytes,
        "list home": lambda: list(home.iterdir()),
        "read passwd": lambda: Path("/etc/passwd").read_bytes(),
        "look at others": lambda: Path(f"/proc/{os.getppid()}/status").read_bytes(),
        "create": lambda: (home / "new").write_bytes(b"x"),
        "append": lambda: kept.open("ab").close(),
        "overwrite": lambda: os.close(os.open(kept, os.O_RDWR)),
        "truncate": lambda: os.truncate(kept, 1),
        "make folder": lambda: os.mkdir(f"{home}/folder {threading.get_native_id()}"),  # noqa: PTH102
        "rename": lambda: kept.rename(kept),
        "mode": lambda: kept.chmod(0o600),
        "times": lambda: os.utime(kept),
        "link": lambda: (home / f"link {threading.get_native_id()}").symlink_to(kept),
        "write to a device": lambda: os.close(os.open(DEVICE, os.O_RDWR)),
        "speak to a driver": lambda: spoken(DEVICE),
        "memory file": lambda: os.close(os.memfd_create("x")),
        "child": child,
        "spawn": spawn,
        "signal": lambda: os.kill(os.getpid(), 0),
        "signal a thread": lambda: system("tgkill", os.getpid(), os.getpid(), 0),
        "limit": limit,
        "core dumps": lambda: LIBC.prctl(4, 0) and raise_last(),
        "inherited": lambda: os.fstat(inherited),
        "execute": execute,
        # The rest ends a process that is shut in.
        "ptrace": lambda: system("ptrace", 0, 0, 0, 0),
        "read another's memory": lambda: system("process_vm_readv", os.getpid(), 0, 0, 0, 0, 0),
        "io_uring": lambda: system("io_uring_setup", 1, 0),
        "namespace": lambda: system("unshare", 0),
        "keys": lambda: system("keyctl", 0, -3, 0),
        "bpf": lambda: system("bpf", 0, 0, 0),
        "x32": lambda: raw(X32_GETPID),
    }


def spoken(device: str) -> None:
    """Ask a driver something that it does not know, as NVIDIA's is asked."""
    with open(device, "rb") as file:  # noqa: PTH123
        try:
            fcntl.ioctl(file, 0xC0484600)
        except OSError as error:
            if error.errno != errno.ENOTTY:
                raise


def raise_last() -> None:
    """Raise the error of the last call."""
    raise OSError(ctypes.get_errno(), "refused")


def attempt(deed: Callable[[], Any]) -> str:
    """Do a deed and say what became of it: "done" or the name of the error."""
    try:
        deed()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def become_nobody() -> None:
    """Give up root. The interpreter may lie where nobody else can read: load all of it first."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import tempfile  # noqa: F401

    from altlens_host.worker import __main__, captioner, engines, sandbox  # noqa: F401
    from altlens_host.worker.sandbox import landlock, linux, seccomp  # noqa: F401

    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    try:
        Path("/etc/shadow").read_bytes()
    except PermissionError:
        return
    raise AssertionError("still root")


def hide(*names: str) -> None:
    """Make a kernel without these calls, as an old one or a container is."""
    from altlens_host.worker.sandbox import filter as bpf
    from altlens_host.worker.sandbox.seccomp import _Program
    from altlens_host.worker.sandbox.syscalls import ARCHITECTURES
    from altlens_host.worker.sandbox.system import call, no_new_privileges

    here = ARCHITECTURES[os.uname().machine]
    numbers = {"landlock": 444, "seccomp": here.seccomp}
    program = [
        bpf.Instruction(0x20, 0, 0, 0),
        *(
            one
            for name in names
            for one in (
                bpf.Instruction(0x15, 0, 1, numbers[name]),
                bpf.Instruction(0x06, 0, 0, bpf.ERRNO + errno.ENOSYS),
            )
        ),
        bpf.Instruction(0x06, 0, 0, bpf.ALLOW),
    ]
    packed = bpf.pack(program)
    assert no_new_privileges()
    call(here.seccomp, 1, 0, ctypes.byref(_Program(len(program), packed)))


def serve(argv: list[str], wanted: Callable[[], dict[str, str]], *, free: bool) -> int:
    """Be the worker, and try everything at the first caption, in three kinds of threads."""
    from altlens_host.worker import __main__, pipes, sandbox

    ends: list[int] = []
    claim = pipes.claim

    def claimed() -> tuple[int, int]:
        ends.extend(claim())
        return ends[0], ends[1]

    def answer(engine: Any) -> Any:
        told = {
            "main": wanted(),
            "new": in_a_new_thread(wanted),
            "engine": in_a_thread_of_the_engine(engine, wanted),
        }
        body = json.dumps(told).encode()
        os.write(ends[1], struct.pack("=I", len(body)) + body)
        os._exit(0)

    def loaded(*arguments: Any) -> Any:
        captioner, ready = load(*arguments)
        captioner.answer = lambda *_, **__: answer(captioner.engine)
        return captioner, ready

    load, __main__._load = __main__._load, loaded
    __main__.claim = claimed
    if free:
        sandbox.enter = lambda needs: frozenset()
    return __main__.main(argv)


def in_a_new_thread(wanted: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Try in a thread of Python's."""
    found: dict[str, str] = {}
    thread = threading.Thread(target=lambda: found.update(wanted()))
    thread.start()
    thread.join()
    return found


def in_a_thread_of_the_engine(engine: Any, wanted: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Try in a thread of onnxruntime's pool, which is where it calls back from."""
    import numpy as np

    (one,) = engine.graphs._encoder.get_inputs()
    shape = [size if isinstance(size, int) else 1 for size in one.shape]
    found: dict[str, str] = {}
    ended = threading.Event()

    def ran(*_: Any) -> None:
        # Python knows no thread that it did not start itself.
        assert isinstance(threading.current_thread(), threading._DummyThread)
        found.update(wanted())
        ended.set()

    engine.graphs._encoder.run_async(None, {one.name: np.zeros(shape, np.float32)}, ran, None)
    assert ended.wait(60)
    return found


def main(said: dict[str, Any]) -> int:
    """Do what the test asked."""
    if said.get("nobody"):
        become_nobody()
    here = deeds(Path(said["home"]), said.get("inherited", 0))

    def wanted() -> dict[str, str]:
        return {name: attempt(here[name]) for name in said["deeds"]}

    if said.get("hide"):
        hide(*said["hide"])
    if "worker" in said:
        return serve(said["worker"], wanted, free=said.get("free", False))
    held: list[str] = []
    if not said.get("free"):
        from altlens_host.worker import sandbox

        devices = [Path(name) for name in said.get("devices", [])]
        needs = sandbox.Needs([], [], said.get("memory", 1 << 30), devices)
        held = sorted(sandbox.enter(needs))
    print(json.dumps({"held": held, **wanted()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
