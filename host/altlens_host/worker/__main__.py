"""Wires the worker together and runs it: `python -m altlens_host.worker --model M --threads N`.

SIGTERM ends it by the system's default, which also works in the middle of native code.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING

from altlens_host.errors import AltlensError, InternalError
from altlens_host.models.catalogue import find
from altlens_host.worker.pipes import Picture, Pipes, claim
from altlens_host.worker_messages import Ready, write_answer, write_failure, write_ready

if TYPE_CHECKING:
    from altlens_host.worker.captioner import Captioner


def main(argv: list[str]) -> int:
    """Load the model, say so, and answer until the host ends.

    Args:
        argv: The command line, without the program.

    Returns:
        1 if the model cannot be loaded or the host does not speak as agreed.
    """
    pipes = Pipes(*claim())
    # A terminal sends Ctrl-C to all its processes; when the worker ends is the host's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library warns about here is a stranger's picture: not for the log.
    warnings.simplefilter("ignore")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    asked = _parse(argv)
    try:
        captioner, ready = _load(asked.model, asked.threads)
        pipes.send(write_ready(ready))
        while True:
            pipes.send(_answer(captioner, pipes.next()))
    except Exception as error:
        pipes.send(write_failure(None, _told(error)))
        return 1


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m altlens_host.worker", allow_abbrev=False)
    parser.add_argument("--model", required=True, help="the name or the folder of a model")
    parser.add_argument("--threads", type=int, default=0, help="0 means as many as help")
    return parser.parse_args(argv)


def _load(name: str, threads: int) -> tuple[Captioner, Ready]:
    model = find(name)
    # The heavy libraries: after the model was found, and so that their failure is told as well.
    from altlens_host.worker.captioner import Captioner
    from altlens_host.worker.engines import open_engine

    engine = open_engine(model, threads)
    return Captioner(model, engine), Ready(model.id, model.revision, engine.name, engine.device)


def _answer(captioner: Captioner, picture: Picture) -> bytes:
    number = picture.task.id
    if isinstance(picture.data, AltlensError):
        return write_failure(number, picture.data)
    try:
        return write_answer(number, captioner.answer(picture.data))
    except Exception as error:
        return write_failure(number, _told(error))


def _told(error: Exception) -> AltlensError:
    """Return what the host is told: of a fault of our own its type, never its words."""
    if isinstance(error, AltlensError):
        return error
    return InternalError(f"The worker failed: {type(error).__name__}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
