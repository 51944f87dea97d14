"""Measures, prints Markdown tables, and writes results/latest.json.

python -m bench [limits|answers|cache|extension|engines …] [--rounds N] [--only NAME …]
    [--write-docs]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import answers, document, extension, limits
from bench.cache import cache
from bench.lineup import NAMES
from bench.measure import Measure, head
from bench.processes import Launcher

RESULTS = Path(__file__).parent / "results" / "latest.json"

Section = Callable[[argparse.Namespace], dict[str, Any]]
"""Measures and prints; returns what results/latest.json keeps of it, by key."""


def measures(key: str, every: Callable[[], Iterator[Measure]]) -> Section:
    """Make a section of measures with limits of their own.

    Args:
        key: Under which results/latest.json keeps them.
        every: Measures one after the other.
    """

    def section(_: argparse.Namespace) -> dict[str, Any]:
        print("\n".join(head()), flush=True)
        made = []
        for measure in every():
            made.append(measure.as_json())
            print(measure.row(), flush=True)
        return {key: made}

    return section


def engines(options: argparse.Namespace) -> dict[str, Any]:
    """Measure altlens beside other programs that run the same model."""
    from bench import engines

    if sys.platform != "linux":
        print("Only Linux tells the peaks of memory and the share of other programs: left out.")
        return {}
    return engines.run(options.rounds, options.only, options.pictures)


SECTIONS: dict[str, Section] = {
    "limits": measures("limits", limits.every),
    "answers": measures("answers", answers.every),
    "cache": measures("cache", lambda: cache(Launcher())),
    "extension": measures("extension", extension.every),
    "engines": engines,
}
"""In the order in which they run; each alone as `python -m bench NAME`."""


def main(argv: list[str] | None = None) -> int:
    """Measure what is asked for, or everything.

    Returns:
        1 if a limit does not hold.
    """
    options = _parse(argv)
    if options.cores:
        # All that is started from here inherits it.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    machine = {
        "system": platform.platform(),
        "processor": _processor(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
    said: dict[str, Any] = {"machine": machine}
    for name in options.sections or SECTIONS:
        print(f"## {name}", end="\n\n", flush=True)
        said |= SECTIONS[name](options)
        print(flush=True)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(said, indent=1) + "\n")
    if options.write_docs:
        document.write(said)
    return 0 if passed(said) else 1


def passed(said: dict[str, Any]) -> bool:
    """Return whether every limit holds that was measured."""
    held = [one for name in said for one in _list(said[name])]
    return all(one["passed"] or one.get("value", 0) is None for one in held if "passed" in one)


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, default=15, help="warm captions of each engine")
    parser.add_argument("--pictures", type=int, default=50, help="on which errors are measured")
    parser.add_argument("--cores", type=int, help="use only so many processors (on Linux)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--write-docs",
        action="store_true",
        help="put the figures of engines and answers into docs/PERFORMANCE.md",
    )
    options = parser.parse_args(argv)
    for given, known in ((options.sections, SECTIONS), (options.only, NAMES)):
        if unknown := [one for one in given if one not in known]:
            parser.error(f"not known: {', '.join(unknown)}; there are {', '.join(known)}")
    written = {"engines", "answers"} & {*(options.sections or SECTIONS)}
    if options.write_docs and (options.only or not written):
        parser.error("--write-docs needs a run of all engines, or of answers")
    return options


def _processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


if __name__ == "__main__":
    sys.exit(main())
