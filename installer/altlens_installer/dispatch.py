"""What each command runs. It imports what it needs only then: --help is instant."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def install(given: argparse.Namespace) -> int:
    """Put altlens into profiles."""
    from altlens_installer import commands

    wish = commands.Wish(
        profiles=tuple(given.profile),
        all_profiles=given.all_profiles,
        browser=given.browser,
        system=given.system,
        enterprise=given.enterprise,
        managed=given.managed,
        model=given.model,
        xpi=given.xpi,
        allow_unsigned=given.allow_unsigned,
        dry_run=given.dry_run,
        as_json=given.json,
        yes=given.yes,
    )
    return commands.install(wish, sys.stdin, sys.stdout)


def uninstall(given: argparse.Namespace) -> int:
    """Take altlens out again."""
    from altlens_installer import commands

    return commands.uninstall(
        given.profile,
        system=given.system,
        keep_models=given.keep_models,
        purge=given.purge,
        out=sys.stdout,
    )


def update(given: argparse.Namespace) -> int:
    """Bring what is installed up to date."""
    from altlens_installer import update

    return update.update(given.dry_run, given.json, given.yes, sys.stdin, sys.stdout)


def caption(given: argparse.Namespace) -> int:
    """Say what picture files show, or all in a folder."""
    from altlens_installer import caption

    if bool(given.files) == bool(given.recursive):
        given.parser.error("either FILEs or --recursive DIR is needed")
    if given.recursive:
        return _caption_folder(given)
    if given.out or given.jobs > 1 or given.write_metadata:
        given.parser.error("--out, --jobs and --write-metadata go with --recursive")
    return caption.caption(
        given.files, given.model, given.json, sys.stdout, sys.stderr, device=given.device
    )


def _caption_folder(given: argparse.Namespace) -> int:
    from altlens_installer.bulk import folder

    if not given.out:
        given.parser.error("--recursive needs --out FILE.jsonl")
    if given.overwrite and not given.write_metadata:
        given.parser.error("--overwrite goes with --write-metadata")
    wish = folder.Wish(
        Path(given.recursive),
        Path(given.out),
        given.jobs,
        given.model,
        given.device,
        given.write_metadata,
        given.overwrite,
    )
    return folder.caption(wish, sys.stdout, sys.stderr)


def repair(given: argparse.Namespace) -> int:
    """Give images in files alt text."""
    from altlens_installer.bulk import repair

    return repair.repair(given.files, given.model, given.write, sys.stdout, sys.stderr)


def evaluate(given: argparse.Namespace) -> int:
    """Measure captions against people's, or against the baselines."""
    from altlens_installer import baselines, evaluate

    if given.baselines:
        if given.markdown or given.pictures or given.split:
            given.parser.error("--markdown, --pictures and --split do not go with --baselines")
        data = Path(given.data) if given.data else None
        return baselines.baselines(data, given.model, given.drawn, given.json, sys.stdout)
    if not given.data:
        given.parser.error("one of --data and --baselines is needed")
    form = "json" if given.json else "markdown" if given.markdown else "text"
    return evaluate.evaluate(
        given.data,
        given.model,
        given.raw_references,
        form,
        sys.stdout,
        pictures=Path(given.pictures) if given.pictures else None,
        split=given.split,
    )


def doctor(given: argparse.Namespace) -> int:
    """Find out what is wrong; return doctor's own exit status."""
    from altlens_installer.doctor import report

    return report.doctor(given.profile, given.network, given.json, sys.stdout)


def cache(given: argparse.Namespace) -> int:
    """Count, clear or examine what is remembered."""
    from altlens_installer import cache_command

    if given.action == "clear":
        return cache_command.clear(sys.stdout)
    action = cache_command.stats if given.action == "stats" else cache_command.verify
    return action(given.json, sys.stdout)


def model_list(given: argparse.Namespace) -> int:
    """Say which models there are."""
    from altlens_installer.models import command

    return command.show(given.json, sys.stdout)


def model_install(given: argparse.Namespace) -> int:
    """Fetch a model, check it and try it."""
    from altlens_installer import reading
    from altlens_installer.models import fetching

    if given.name == reading.NAME and not given.source:
        return reading.install(given.system, sys.stdout, sys.stderr)
    options = fetching.Options(
        given.name,
        "precise" if given.precise else "fast" if given.fast else "q8",
        given.source,
        given.revision,
        given.offline,
        given.system,
        given.torch,
    )
    return fetching.install(options, sys.stdout, sys.stderr)


def model_verify(given: argparse.Namespace) -> int:
    """Compare models' files and captions with what they were."""
    from altlens_installer.models import command

    return command.verify(given.names, given.json, sys.stdout)


def model_golden(given: argparse.Namespace) -> int:
    """Record what a model says of drawn pictures."""
    from altlens_installer.models import golden

    return golden.record(given.name, given.out, sys.stdout, sys.stderr)


def model_remove(given: argparse.Namespace) -> int:
    """Take a model away."""
    from altlens_installer import reading
    from altlens_installer.models import command

    if given.name == reading.NAME and reading.folder(given.system).exists():
        return reading.remove(given.system, sys.stdout)
    return command.remove(given.name, given.system, sys.stdout)


def model_path(given: argparse.Namespace) -> int:
    """Print the folder of a model."""
    from altlens_installer.models import command

    return command.path(given.name, sys.stdout)


def model_use(given: argparse.Namespace) -> int:
    """Choose the model that captions."""
    from altlens_installer.models import command

    return command.use(given.name, sys.stdout)


def demo(given: argparse.Namespace) -> int:
    """Show altlens at work."""
    from altlens_installer.demo import run

    return run.demo(given.headless, given.firefox, given.model, sys.stdout)


def completion(given: argparse.Namespace) -> int:
    """Print what lets a shell complete the command."""
    import shtab

    print(shtab.complete(given.whole, shell=given.shell))
    return 0
