"""What of a page's main thread and memory is the extension's, by Firefox's own instruments."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

INTERVAL = 1.0
UNITS = {"ns": 1e6, "µs": 1e3}
_START = """
Services.profiler.StartProfiler(2 ** 24, arguments[0], ["js", "cpu"], ["GeckoMain"]).then(
  arguments[1], arguments[1]);
"""
_STOP = """
const done = arguments[arguments.length - 1];
const [path] = arguments;
Services.profiler.dumpProfileToFileAsync(path).then(async () => {
  await Services.profiler.StopProfiler();
  done(WebExtensionPolicy.getByID("altlens@altlens").mozExtensionHostname);
}, (error) => done(`!${error}`));
"""
_DUMP = """
const [path, done] = arguments;
Cc["@mozilla.org/memory-info-dumper;1"].getService(Ci.nsIMemoryInfoDumper)
  .dumpMemoryReportsToNamedFile(path, () => done(
    WebExtensionPolicy.getByID("altlens@altlens").mozExtensionHostname), null, false, true);
"""


class Taken(NamedTuple):
    """What the extension's scripts took of the main threads of pages.

    Attributes:
        whole: Milliseconds in all.
        longest: Milliseconds without a break.
        places: Functions of the extension, with their milliseconds, most first.
    """

    whole: float
    longest: float
    places: list[tuple[str, float]]


def start(browser: Any) -> None:
    """Begin to take samples of all processes, each millisecond."""
    browser.chrome_later(_START, INTERVAL)


def stop(browser: Any) -> Taken:
    """End it, and say what the extension's content scripts took.

    A sample counts where any JavaScript frame of its stack is of the extension: what Firefox does
    for it, as drawing, counts too. It counts the processor's time, which other programs on this
    machine cannot lengthen. The extension's own process is none of a page's.
    """
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as folder:
        path = Path(folder, "profile.json")
        host = browser.chrome_later(_STOP, str(path))
        if host.startswith("!"):
            raise RuntimeError(host)
        profile = json.loads(path.read_bytes())
    every = [
        _taken(thread, host, UNITS[profile["meta"]["sampleUnits"]["threadCPUDelta"]])
        for process in profile["processes"]
        for thread in process["threads"]
        if thread["name"] == "GeckoMain" and not _is_extensions(thread)
    ]
    return max(every, key=lambda one: one.whole, default=Taken(0, 0, []))


def content_script_megabytes(browser: Any) -> float:
    """Return what the memory reports have of content scripts, in the process that has most.

    Counted is the whole zone of JavaScript's memory in which their scope lies, after a collection:
    objects, strings, compiled code, and what is free in it.

    Raises:
        RuntimeError: The reports have none.
    """
    with tempfile.TemporaryDirectory(prefix="altlens-bench-") as folder:
        path = Path(folder, "memory.json.gz")
        host = browser.chrome_later(_DUMP, str(path))
        reports = json.loads(gzip.decompress(path.read_bytes()))["reports"]
    zones: dict[str, set[tuple[str, str]]] = defaultdict(set)
    held: Counter[tuple[str, str]] = Counter()
    for one in reports:
        place = one["path"].replace("\\", "/")
        zone = place.partition("/zone(")[2].partition(")")[0]
        if place.startswith("explicit/") and zone:
            held[one["process"], zone] += one["amount"]
            if f"moz-extension://{host}" in place and "Expanded Principal" in place:
                zones[one["process"]].add((one["process"], zone))
    if not zones:
        raise RuntimeError("no content script in the memory reports")
    return max(sum(held[zone] for zone in those) for those in zones.values()) / 1e6


def _is_extensions(thread: dict[str, Any]) -> bool:
    return "extension" in str(thread.get("processName", "")).lower()


def _taken(thread: dict[str, Any], host: str, unit: float) -> Taken:
    strings = thread["stringTable"]
    location = thread["frameTable"]["schema"]["location"]
    frames = [strings[frame[location]] for frame in thread["frameTable"]["data"]]
    stacks, schema = thread["stackTable"]["data"], thread["stackTable"]["schema"]
    innermost: list[str] = []
    for stack in stacks:
        before = stack[schema["prefix"]]
        own = frames[stack[schema["frame"]]]
        # A stack's prefix comes before it in the table.
        innermost.append(own if host in own else innermost[before] if before is not None else "")
    schema = thread["samples"]["schema"]
    where, spent = schema["stack"], schema["threadCPUDelta"]
    whole = longest = stretch = 0.0
    places: defaultdict[str, float] = defaultdict(float)
    for sample in thread["samples"]["data"]:
        # What a sample lacks at its end is left out.
        passed = (sample[spent] or 0) / unit if len(sample) > spent else 0.0
        place = innermost[sample[where]] if sample[where] is not None else ""
        stretch = stretch + passed if place else 0.0
        if place:
            whole += passed
            longest = max(longest, stretch)
            places[place.split("/content/")[-1]] += passed
    return Taken(whole, longest, sorted(places.items(), key=lambda one: -one[1]))
