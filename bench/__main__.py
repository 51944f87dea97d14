"""Prints every limit as a Markdown table, and writes results/latest.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

from bench import limits
from bench.measure import Measure

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Measure everything.

    Returns:
        1 if a limit does not hold.
    """
    machine = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
    print("| what | limit | median | spread | runs | |")
    print("|---|---|---|---|---|---|", flush=True)
    measures: list[Measure] = []
    for measure in limits.every():
        measures.append(measure)
        print(measure.row(), flush=True)

    RESULTS.parent.mkdir(exist_ok=True)
    said = {"machine": machine, "limits": [measure.as_json() for measure in measures]}
    RESULTS.write_text(json.dumps(said, indent=1) + "\n")
    return 0 if all(measure.passed for measure in measures) else 1


if __name__ == "__main__":
    sys.exit(main())
