"""altlens model install: where a model is to come from, and what its user is told."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NamedTuple

from altlens_host.models import catalogue, known, store
from altlens_installer.errors import (
    HubRefusedError,
    ModelOfflineError,
    ModelUnknownError,
    RevisionMovedError,
)
from altlens_installer.models import choice, installing, lock
from altlens_installer.models.collecting import Wish
from altlens_installer.models.hub import COMMIT, Hub, Snapshot, library
from altlens_installer.models.installing import Done
from altlens_installer.models.local import open_source
from altlens_installer.models.progress import Progress
from altlens_installer.models.source import Source, told_size
from altlens_installer.models.trial import tried
from altlens_installer.terminal import say


class Options(NamedTuple):
    """What `altlens model install` was asked to do.

    Attributes:
        name: A name in the catalogue, or `owner/name` on the hub, perhaps with `@` and a
            revision; with `source` any name.
        variant: "q8", "precise" or "fast".
        source: A folder or a zip file, instead of the hub.
        revision: Another than the usual one.
        offline: Use no network.
        system: For all users of the machine.
        torch: Fetch what the torch engine needs, too.
    """

    name: str
    variant: str = "q8"
    source: str | None = None
    revision: str | None = None
    offline: bool = False
    system: bool = False
    torch: bool = False


def install(options: Options, out: IO[str], err: IO[str]) -> int:
    """Install a model, and say which one is used from then on; return the exit status."""
    name, _, at = options.name.partition("@")
    options = options._replace(name=name, revision=options.revision or at or None)
    _require_name(options)
    if name in catalogue.embedded_names():
        say(f"{name} ships with altlens; nothing is to be installed.", out)
        return 0
    root = installing.root_of(options.system)
    progress = Progress(err)
    try:
        source = _source(options, root, progress)
        say(f"{name}: from {source.told}.", out)
        wish = Wish(name, source, options.variant, root, options.torch)
        if options.system:
            installing.make_public(wish.home)
        done = installing.install(wish, progress, tried)
    finally:
        progress.end()
    _tell(wish, done, out)
    return 0


def _require_name(options: Options) -> None:
    given = options.source is not None and store.ID.fullmatch(options.name)
    if not given and not catalogue.fetchable(options.name):
        raise ModelUnknownError(f"No model {options.name!r} is known.")


def _source(options: Options, root: Path, progress: Progress) -> Source:
    if options.source is not None:
        local = open_source(Path(options.source).expanduser(), options.revision)
        said = local.origin.get("id", options.name)
        if options.name in known.ENTRIES and said != options.name:
            raise ModelUnknownError(f"{local.told}, is {said}, not {options.name}.")
        return local
    if options.offline or library().constants.HF_HUB_OFFLINE:
        return _there(options, root)
    entry = known.ENTRIES.get(options.name)
    repo = entry.repo if entry else options.name
    asked = options.revision or (entry.revision if entry else None)
    if entry and asked in {"main", "HEAD"}:
        raise HubRefusedError(
            f"{asked} is no revision of {options.name}: what it holds changes, and may be a model "
            "of another kind."
        )
    snapshot = Hub(told=progress.note).snapshot(repo, asked)
    moved = _moved(options.name, snapshot, root)
    if moved and entry:
        raise RevisionMovedError(moved)
    if moved:  # it may be a branch, which moves
        progress.note(moved)
    return snapshot


def _there(options: Options, root: Path) -> Source:
    """Return what is installed as its own source: it may have to be prepared anew."""
    home = store.home_of(root, options.name)
    found = store.revision(home, options.revision) if options.revision else store.current(home)
    if found is None:
        raise ModelOfflineError(f"{options.name} would have to be fetched.")
    return open_source(found)


def _moved(name: str, snapshot: Snapshot, root: Path) -> str:
    """Say whether a tag is another commit than it was: trust on first use."""
    if not snapshot.asked or COMMIT.fullmatch(snapshot.asked):
        return ""
    before = lock.seen(store.home_of(root, name), snapshot.repo, snapshot.asked)
    if not before or before == snapshot.commit:
        return ""
    return (
        f"{snapshot.asked} of {snapshot.repo} was commit {before} when it was installed, and is "
        f"now {snapshot.commit}."
    )


def _tell(wish: Wish, done: Done, out: IO[str]) -> None:
    if done.already:
        say(f"{wish.name} {wish.revision} is installed already, and whole.", out)
    else:
        size = told_size(installing.total(done.path))
        say(f"{wish.name} {wish.revision} is installed: {size} in {done.path}.", out)
    said = {
        "refused": f"It is used as it was published, which is slower: {done.prepared.reason}",
        "failed": f"It could not be made faster: {done.prepared.reason} It works without that.",
        "absent": "It is used as it was published.",
    }
    if done.prepared.state in said and not done.already:
        say(said[done.prepared.state], out)
    others = [one for one in store.revisions(wish.home) if one != done.path]
    for one in others:
        say(
            f"Another revision of it is still here. To remove it, run: "
            f"altlens model remove {wish.name}@{one.name}",
            out,
        )
    used = choice.chosen()
    if used == wish.name or (used == catalogue.AUTO and wish.name == known.DEFAULT):
        say("It captions from the next start of Firefox on.", out)
    else:
        say(
            f"{choice.in_use()} is used as before. To use it, run: altlens model use {wish.name}",
            out,
        )
