"""Coverage-guided fuzzing with atheris: `python -m fuzz.run --seconds 60 [--keep] [TARGET]…`.

Each target runs in a process of its own, since libFuzzer never returns. What it finds on the way
is thrown away unless `--keep` asks to merge it into the corpus, which the tests replay.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
LONGEST = {"framing": 16_384, "images": 8192}
"""The longest input of a target, in bytes."""


def main() -> int:
    """Fuzz each target for its share of the time; 1 if one of them found something."""
    arguments = _arguments()
    if arguments.inside:
        _fuzz(arguments.inside[0], arguments.inside[1:])
    if not find_spec("atheris"):
        print("fuzz: atheris is not installed; it has no wheel for this Python or system.")
        return 1
    from fuzz import targets

    chosen = arguments.targets or list(targets.EVERY)
    share = max(1, arguments.seconds // len(chosen))
    failed = [name for name in chosen if not _run(name, share, arguments.keep)]
    print(f"fuzz: {len(chosen)} targets, {share} s each, {len(failed)} failed {failed or ''}")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--keep", action="store_true", help="merge what is new into the corpus")
    parser.add_argument("--inside", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(name: str, seconds: int, keep: bool) -> bool:
    from fuzz import seeds

    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        found, start = Path(folder, "found"), Path(folder, "seeds")
        found.mkdir()
        start.mkdir()
        for number, seed in enumerate(seeds.every()[name]):
            (start / f"seed-{number}").write_bytes(seed)
        length = f"-max_len={LONGEST.get(name, 2048)}"
        crash = f"-artifact_prefix={Path.cwd()}/fuzz-{name}-"
        options = [length, crash, "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0"]
        options += ["-print_final_stats=1", f"-max_total_time={seconds}"]
        if _inside(name, *options, str(found), str(start), str(kept)):
            return False
        return not keep or _merge(name, Path(folder, "again"), length, kept, start, found)


def _merge(name: str, again: Path, length: str, *folders: Path) -> bool:
    # To survive a crash, merging starts itself anew by its first argument, which is a file.
    again.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fuzz.run --inside {name} "$@"\n')
    again.chmod(0o700)
    return not _inside(name, f"--as={again}", length, "-merge=1", *map(str, folders))


def _inside(name: str, *options: str) -> int:
    command = [sys.executable, "-m", "fuzz.run", "--inside", name, *options]
    return subprocess.run(command, check=False).returncode


def _fuzz(name: str, options: list[str]) -> None:
    import atheris

    # Pillow's own readers in Python count too: that is where a picture's chunks are parsed.
    with atheris.instrument_imports(include=["altlens_host", "PIL"]):
        from fuzz import targets
    program = sys.argv[0]
    if options and options[0].startswith("--as="):
        program = options.pop(0).removeprefix("--as=")
    atheris.Setup([program, *options], targets.EVERY[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
