"""Wires the worker together and runs it: `python -m altlens_host.worker --model M`.

With `prepare FOLDER` in place of that it makes a model's prepared graphs, with `golden check
FOLDER` it compares what a model says with what was recorded of it, and ends.

SIGTERM ends it by the system's default, which also works in the middle of native code.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib
import os
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from altlens_host import process
from altlens_host.errors import AltlensError, InternalError
from altlens_host.models.catalogue import Model, find
from altlens_host.settings import DEVICES, ENGINES
from altlens_host.worker import model_files, sandbox
from altlens_host.worker.device_files import in_sight
from altlens_host.worker.pipes import Picture, Pipes, claim
from altlens_host.worker_messages import (
    MAX_REASON,
    PROMISES,
    Moved,
    Ready,
    write_answer,
    write_failure,
    write_moved,
    write_ready,
)

if TYPE_CHECKING:
    from altlens_host.worker.captioner import Captioner

MEMORY_MIB = 2048
"""Enough for a large model and the largest picture; the model that ships needs a tenth."""


def main(argv: list[str]) -> int:
    """Shut the process in, check the model, load it, and answer until the host ends.

    Args:
        argv: The command line, without the program.

    Returns:
        1 if the model cannot be loaded or the host does not speak as agreed.
    """
    if argv[:1] == ["prepare"]:
        from altlens_host.worker.prepare.command import main as prepare

        return prepare(argv[1:])
    if argv[:1] == ["golden"]:
        from altlens_host.worker.golden.command import main as golden

        return golden(argv[1:])
    process.end_with_parent()
    # What libraries make while they are read stays; looking through it again and again is a
    # twentieth of the time until the first answer.
    gc.disable()
    asked = _parse(argv)  # while stderr can still say what is wrong with it
    incoming, outgoing = claim()
    pipes = Pipes(incoming, outgoing)
    # A terminal sends Ctrl-C to all its processes; when the worker ends is the host's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library warns about here is a stranger's picture: not for the log.
    warnings.simplefilter("ignore")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # numpy multiplies no matrices here; its threads, one for each processor, would count with
    # stacks and buffers against the memory that the worker may have.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # What cannot be written shall not be tried with each module that is imported.
    sys.dont_write_bytecode = True
    try:
        model = find(asked.model)
        asked.device, driver = in_sight(asked.device, asked.engine)
        other = asked.device != "cpu" and not asked.cpu_because
        asked.read_text = asked.read_text and [Path(one).resolve() for one in asked.read_text]
        places = [*model_files.real_places(model), *(asked.read_text or ())]
        memory = asked.memory << 20
        needs = sandbox.Needs(places, (incoming, outgoing), memory, driver if other else ())
        held = sandbox.enter(needs)
        # No thread was started and nothing heavy imported before this line.
        pipes.listen()
        check = model_files.Check(model, asked.checked, every=other)
        captioner, ready = _load(model, asked, check)
        promised = tuple(name for name in PROMISES if name in held)
        pipes.send(write_ready(ready._replace(held=promised, checked=check.finish())))
        gc.freeze()
        gc.enable()
        while True:
            answer = _answer(captioner, pipes.next(), pipes)
            if captioner.engine.device != ready.device:
                ready = ready._replace(device=captioner.engine.device)
                reason = captioner.engine.reason[:MAX_REASON]
                pipes.send(write_moved(Moved(ready.device, reason)))
            pipes.send(answer)
            with suppress(Exception):  # the answer was given; only for next time is it lost
                captioner.remember()
    except Exception as error:
        pipes.send(write_failure(None, _told(error)))
        return 1


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m altlens_host.worker", allow_abbrev=False)
    parser.add_argument("--model", required=True, help="the name or the folder of a model")
    parser.add_argument("--threads", type=int, default=0, help="0 means as many as help")
    parser.add_argument("--memory", type=int, default=MEMORY_MIB, help="the most to use, in MiB")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the model runs")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="what runs the model")
    parser.add_argument("--cpu-because", default="", help="why no other device may be tried")
    parser.add_argument("--words-as-written", action="store_true", help="do not make them neutral")
    parser.add_argument(
        "--read-text",
        nargs="*",
        metavar="FOLDER",
        help="read text in pictures, with the quicker recognizer in one of these folders",
    )
    parser.add_argument("--adult-check", action="store_true", help="look for adult content first")
    parser.add_argument("--checked", default="", help="what an earlier worker said it had checked")
    return parser.parse_args(argv)


def _load(
    model: Model, asked: argparse.Namespace, check: model_files.Check
) -> tuple[Captioner, Ready]:
    from concurrent.futures import ThreadPoolExecutor

    from altlens_host.worker.engines import open_engine

    # What else a picture needs is read while the graphs are opened.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(importlib.import_module, "altlens_host.worker.captioner")
        engine = open_engine(
            model,
            asked.threads,
            asked.device,
            engine=asked.engine,
            cpu_because=asked.cpu_because,
            check=check,
        )
    from altlens_host.worker.adult import AdultCheck
    from altlens_host.worker.captioner import Captioner
    from altlens_host.worker.text.reader import Reader

    captioner = Captioner(
        model,
        engine,
        neutral=not asked.words_as_written,
        reader=Reader(asked.threads, asked.read_text) if asked.read_text is not None else None,
        adult=AdultCheck() if asked.adult_check else None,
    )
    ready = Ready(model.id, model.revision, engine.name, engine.device)
    return captioner, ready._replace(reason=engine.reason[:MAX_REASON])


def _answer(captioner: Captioner, picture: Picture, pipes: Pipes) -> bytes:
    number = picture.task.id
    if isinstance(picture.data, AltlensError):
        return write_failure(number, picture.data)
    try:
        check = functools.partial(pipes.check, picture.task)
        task = picture.task
        answer = captioner.answer(
            picture.data, check, any_format=task.any_format, sharp=task.sharp, whole=task.whole
        )
        return write_answer(number, answer)
    except Exception as error:
        return write_failure(number, _told(error))


def _told(error: Exception) -> AltlensError:
    """Return what the host is told: of a fault of our own its type, never its words."""
    if isinstance(error, AltlensError):
        return error
    return InternalError(f"The worker failed: {type(error).__name__}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
