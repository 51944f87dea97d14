"""The host's entry point: the one place that wires the parts together."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType

from altlens_host import __version__, settings
from altlens_host.errors import FramingError
from altlens_host.lane import Lane
from altlens_host.memory import Memory
from altlens_host.messages import error_reply
from altlens_host.scheduler import Scheduler
from altlens_host.service import Service
from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
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
    chosen = _settings(sys.argv[1:] if argv is None else argv)
    channel = Channel(settings.MAX_FRAME_BYTES)
    supervisors = {private: Supervisor(chosen) for private in (False, True)}

    def end(_signal: int = 0, _frame: FrameType | None = None) -> None:
        for supervisor in supervisors.values():
            supervisor.stop()
        os._exit(0)

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    service = Service(chosen, _lanes(chosen, supervisors), channel.send)
    for private in supervisors:
        threading.Thread(target=_forever, args=(service.work, private), daemon=True).start()
    threading.Thread(target=_forever, args=(service.watch,), daemon=True).start()
    try:
        channel.read(service.receive)
    except FramingError as error:
        channel.send(error_reply(None, error))
    finally:
        end()
    return 0


def _forever(function: Callable[..., None], *arguments: object) -> None:
    while True:
        function(*arguments)


def _lanes(chosen: Settings, supervisors: dict[bool, Supervisor]) -> dict[bool, Lane]:
    return {
        private: Lane(
            Scheduler(
                settings.MAX_WAITING, settings.MAX_WAITING_BYTES, settings.MAX_WAITING_FOR_ONE
            ),
            Memory(chosen.remembered),
            supervisor,
        )
        for private, supervisor in supervisors.items()
    }


def _settings(argv: Sequence[str]) -> Settings:
    if argv and not any(argument.startswith("-") for argument in argv):
        # As Firefox starts it: importing argparse costs a tenth of the start.
        return with_file(Settings(), settings_file())
    import argparse

    parser = argparse.ArgumentParser(
        prog="altlens-host",
        description="The native messaging host of altlens. Firefox starts it; people use altlens.",
    )
    parser.add_argument("--version", action="version", version=f"altlens-host {__version__}")
    parser.add_argument("--model", default="lite", help="a model's name or folder")
    parser.add_argument("manifest", nargs="?", help="given by Firefox: the native manifest")
    parser.add_argument("extension", nargs="?", help="given by Firefox: the extension's id")
    given = parser.parse_args(argv)
    chosen = Settings(model=given.model, by_browser=given.extension is not None)
    return with_file(chosen, settings_file())


if __name__ == "__main__":
    sys.exit(main())
