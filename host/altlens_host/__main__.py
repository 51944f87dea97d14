"""The host's entry point: the one place that wires the parts together."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from altlens_host import __version__, folders, settings, startup
from altlens_host.cache.cache import SealedCache
from altlens_host.cache.places import prepare
from altlens_host.errors import AltlensError, FramingError, StartError
from altlens_host.framing import Frame, Oversized
from altlens_host.lane import Lane
from altlens_host.log import Log
from altlens_host.memory import Memory
from altlens_host.messages import ErrorReply, Reply, error_reply
from altlens_host.models import catalogue
from altlens_host.scheduler import Scheduler
from altlens_host.service import Service
from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
from altlens_host.signals import when_told_to_end
from altlens_host.stdio import Channel
from altlens_host.supervisor import Supervisor


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the browser on stdin and stdout until it hangs up.

    Args:
        argv: The arguments without the program's name. Firefox adds two, the path of the native
            manifest and the id of the extension (MDN, "Native messaging").

    Returns:
        0. In fact the process is ended from inside, so that nothing can delay it.
    """
    os.umask(0o077)  # whatever is written from here on is for its owner alone
    chosen, arguments = _started(sys.argv[1:] if argv is None else argv)
    log = Log(folders.log)
    channel = Channel(settings.MAX_FRAME_BYTES)
    supervisors = {private: Supervisor(chosen) for private in (False, True)}

    ending = threading.RLock()

    def end() -> None:
        with ending:  # for good: whoever comes second waits here until all is gone
            for supervisor in supervisors.values():
                supervisor.stop()
            os._exit(0)

    when_told_to_end(end)
    send = partial(_send, channel, log)
    service = Service(chosen, _lanes(chosen, supervisors, log), send)
    receive = service.receive
    try:
        startup.check(arguments, _model_folder(chosen))
    except StartError as error:
        receive = partial(_refuse, send, error)
        log.warn(error)
    for private in supervisors:
        threading.Thread(target=_forever, args=(service.work, private), daemon=True).start()
    threading.Thread(target=_forever, args=(service.watch,), daemon=True).start()
    try:
        channel.read(receive)
    except FramingError as error:
        channel.send(error_reply(None, error))
    finally:
        end()
    return 0


def _forever(function: Callable[..., None], *arguments: object) -> None:
    while True:
        with suppress(Exception):  # not even a fault of ours may leave all later ones unanswered
            function(*arguments)


def _send(channel: Channel, log: Log, reply: Reply) -> None:
    if isinstance(reply, ErrorReply) and (reply.code == 500 or 400 <= reply.code < 500):
        # A fault of ours or of the worker; the others are the client's.
        with suppress(Exception):  # the answer counts more than the log
            log.warn(reply)
    channel.send(reply)


def _refuse(send: Callable[[Reply], None], error: StartError, event: Frame | Oversized) -> None:
    send(startup.refusal(event, error))


def _model_folder(chosen: Settings) -> Path | None:
    try:
        return catalogue.find(chosen.model).path
    except AltlensError:
        return None  # hello says so


def _lanes(chosen: Settings, supervisors: dict[bool, Supervisor], log: Log) -> dict[bool, Lane]:
    cache = SealedCache(lambda: prepare(folders.cache()), log.warn)
    return {
        private: Lane(
            Scheduler(
                settings.MAX_WAITING, settings.MAX_WAITING_BYTES, settings.MAX_WAITING_FOR_ONE
            ),
            Memory(chosen.remembered),
            supervisor,
            None if private else cache,
        )
        for private, supervisor in supervisors.items()
    }


def _started(argv: Sequence[str]) -> tuple[Settings, Sequence[str]]:
    """Return the settings, and the arguments that only a browser gives."""
    if argv and not any(argument.startswith("-") for argument in argv):
        # As Firefox starts it: importing argparse costs a tenth of the start.
        return with_file(Settings(), settings_file()), argv
    import argparse

    parser = argparse.ArgumentParser(
        prog="altlens-host",
        description="The native messaging host of altlens. Firefox starts it; people use altlens.",
    )
    parser.add_argument("--version", action="version", version=f"altlens-host {__version__}")
    parser.add_argument("--model", help="a model's name or folder")
    parser.add_argument(
        "--device", choices=settings.DEVICES, help="where the model runs (settings.json, or auto)"
    )
    parser.add_argument(
        "--no-read-text", action="store_true", help="text in pictures is not read, if it can be"
    )
    parser.add_argument("manifest", nargs="?", help="given by Firefox: the native manifest")
    parser.add_argument("extension", nargs="?", help="given by Firefox: the extension's id")
    given = parser.parse_args(argv)
    browser = [one for one in (given.manifest, given.extension) if one is not None]
    chosen = Settings(model=given.model or Settings().model, by_browser=bool(browser))
    chosen = with_file(chosen, settings_file())
    if given.model and not browser:
        # Whoever types a model means it. In what a browser starts, it is only what was
        # installed: `altlens model use` chooses another (docs/decisions/0074).
        chosen = chosen._replace(model=given.model)
    chosen = chosen._replace(
        device=given.device or chosen.device,
        read_text=chosen.read_text and not given.no_read_text,
    )
    return chosen, browser


if __name__ == "__main__":
    sys.exit(main())
