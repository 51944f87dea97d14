"""Work on the disk that is killed at any of its steps."""

import os
import signal
import sys
from collections.abc import Callable

_CHANGING = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link"}


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do something in a process that dies before its change of the disk with this number.

    Returns:
        Whether it died; if not, it was done before.
    """
    child = os.fork()
    if not child:
        seen = 0

        def die(event: str, given: tuple[object, ...]) -> None:
            nonlocal seen
            writing = event == "open" and isinstance(given[2], int) and given[2] & os.O_ACCMODE
            if event in _CHANGING or writing:
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen += 1

        status = 1
        try:
            sys.addaudithook(die)
            work()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return os.WIFSIGNALED(ended)
