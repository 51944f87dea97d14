"""The altlens command. Each command imports what it needs when it runs: --help is instant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from altlens_host import __version__
from altlens_host.errors import AltlensError
from altlens_host.settings import DEVICES


def main(argv: Sequence[str] | None = None) -> int:
    """Run the altlens command.

    Args:
        argv: The arguments without the program's name; None for the process's.

    Returns:
        The exit status: 0 well, 1 an error, 2 wrong usage; doctor has its own.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = build_parser()
    given = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        status = run(given)
        sys.stdout.flush()
        return status
    except AltlensError as error:
        return _fail(error.detail, error.hint)
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _fail("Stopped.", "")
    except Exception as error:  # a user cannot use a traceback
        found = error.__traceback__
        while found and found.tb_next:
            found = found.tb_next
        place = f"{Path(found.tb_frame.f_code.co_filename).name}:{found.tb_lineno}" if found else ""
        detail = f"{type(error).__name__}: {error} ({place})."
        return _fail(detail, "This is a fault of altlens itself. Please report it.")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="altlens",
        description="Alt text for every image on the web, made on your own machine, in Firefox.",
    )
    parser.add_argument("--version", action="version", version=f"altlens {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = _command(commands, "install", _install, "put altlens into Firefox profiles")
    _install_options(one)

    one = _command(commands, "uninstall", _uninstall, "take altlens out again")
    one.add_argument(
        "--profile", metavar="NAME|PATH", help="the profile's name or folder (all if not given)"
    )
    one.add_argument("--system", action="store_true", help="what was installed for all users")
    models = one.add_mutually_exclusive_group()
    models.add_argument("--keep-models", action="store_true", help="leave fetched models")
    models.add_argument("--purge", action="store_true", help="settings, cache and logs go, too")

    one = _command(commands, "update", _update, "bring what is installed up to date")
    _doing(one)

    one = _command(commands, "caption", _caption, "say what picture files show")
    one.add_argument("files", nargs="+", metavar="FILE", help="a JPEG, PNG, WebP, GIF, BMP or AVIF")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.add_argument(
        "--device", choices=DEVICES, help="where the model runs (what settings.json says, or auto)"
    )
    _model(one)

    one = _command(commands, "eval", _evaluate, "measure captions against people's")
    one.add_argument(
        "--data", metavar="FILE.jsonl|DIR", help='lines of {"image", "captions"}; a folder of such'
    )
    one.add_argument("--json", action="store_true", help="one JSON object")
    how = one.add_mutually_exclusive_group()
    how.add_argument(
        "--raw-references", action="store_true", help="compare with people's captions as they are"
    )
    how.add_argument(
        "--baselines",
        action="store_true",
        help="compare with chance, neighbours and people on the test photographs of the folder "
        "that lite is trained from, and judge drawn pictures",
    )
    one.add_argument(
        "--drawn",
        type=_positive,
        default=100,
        metavar="N",
        help="with --baselines: how many pictures to draw of each kind (100)",
    )
    _model(one)

    one = _command(commands, "doctor", _doctor, "find out what is wrong, and how to mend it")
    one.add_argument("--profile", metavar="NAME|PATH", help="the profile (all if not given)")
    one.add_argument(
        "--network", action="store_true", help="watch host and worker for sockets, with strace"
    )
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(commands, "cache", _cache, "look at what is remembered on the disk, or clear it")
    one.add_argument(
        "action",
        choices=("stats", "clear", "verify"),
        help="count, remove everything, or examine the files",
    )
    one.add_argument("--json", action="store_true", help="a JSON list (stats and verify)")

    text = "fetch models, check them, choose one"
    _model_commands(commands.add_parser("model", help=text, description=f"{text.capitalize()}."))

    one = _command(commands, "demo", _demo, "show altlens at work on a page of photographs")
    one.add_argument(
        "--headless", action="store_true", help="no window: print what a screen reader hears"
    )
    one.add_argument("--firefox", metavar="PATH", help="the Firefox to use")
    _model(one)

    one = _command(commands, "completion", _completion, "print what lets a shell complete altlens")
    one.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh"), help="the shell")
    return parser


def _install_options(one: argparse.ArgumentParser) -> None:
    which = one.add_mutually_exclusive_group()
    which.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME|PATH",
        help="a profile's name or folder; may be given again",
    )
    which.add_argument("--all-profiles", action="store_true", help="every profile that is found")
    which.add_argument(
        "--enterprise", action="store_true", help="by policy, for all users and profiles"
    )
    one.add_argument("--browser", metavar="B", help="only this browser, such as librewolf")
    one.add_argument("--system", action="store_true", help="the host for all users")
    one.add_argument(
        "--managed", metavar="FILE", help="with --enterprise: the extension's settings, as JSON"
    )
    one.add_argument("--xpi", metavar="FILE", help="a signed extension, instead of the one here")
    one.add_argument(
        "--allow-unsigned",
        action="store_true",
        help="let the profile take unsigned add-ons, which makes all of them less safe",
    )
    model = one.add_mutually_exclusive_group()
    _model(model)
    model.add_argument(
        "--no-model", action="store_true", help="fetch no model; lite ships with altlens"
    )
    _doing(one)


def _model_commands(parent: argparse.ArgumentParser) -> None:
    commands = parent.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for_all = "for all users of this machine"

    one = _command(commands, "list", _model_list, "say which models there are")
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(commands, "install", _model_install, "fetch a model, check it and try it")
    one.add_argument("name", metavar="NAME", help="from the list, or OWNER/NAME[@REVISION]")
    how = one.add_mutually_exclusive_group()
    how.add_argument(
        "--precise", action="store_true", help="prepare it from full precision: fewer errors"
    )
    how.add_argument(
        "--fast", action="store_true", help="prepare it from full precision: the fastest"
    )
    one.add_argument("--torch", action="store_true", help="fetch what torch runs, as well")
    one.add_argument(
        "--from", metavar="DIR|FILE.zip", dest="source", help="take the files from here"
    )
    one.add_argument("--revision", metavar="R", help="a commit or a tag, not the usual one")
    one.add_argument("--offline", action="store_true", help="use no network")
    one.add_argument("--system", action="store_true", help=for_all)

    one = _command(
        commands,
        "verify",
        _model_verify,
        "compare files and captions with what they were",
    )
    one.add_argument("names", nargs="*", metavar="NAME", help="which (all if not given)")
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(commands, "golden", _model_golden, "record what a model says of drawn pictures")
    one.add_argument("name", metavar="NAME|DIR", help="the model")
    one.add_argument(
        "--out", metavar="FILE", help="write this file (golden.json beside the model if not given)"
    )

    one = _command(commands, "remove", _model_remove, "take a model away")
    one.add_argument("name", metavar="NAME[@REVISION]", help="the model, or one revision of it")
    one.add_argument("--system", action="store_true", help=for_all)

    one = _command(commands, "path", _model_path, "print the folder of a model")
    one.add_argument("name", nargs="?", metavar="NAME", help="which (that in use if not given)")

    one = _command(commands, "use", _model_use, "choose the model that captions")
    one.add_argument(
        "name", metavar="NAME|DIR|auto", help="auto: distilvit once it is installed, else lite"
    )


def _doing(one: argparse.ArgumentParser) -> None:
    one.add_argument("--dry-run", action="store_true", help="print the plan, and do nothing")
    one.add_argument("--json", action="store_true", help="print the plan as JSON, and ask nothing")
    one.add_argument("--yes", action="store_true", help="do not ask whether to go ahead")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    made.set_defaults(run=run, parser=made)
    return made


def _model(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--model", metavar="M", help="a model's name, or its folder")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _fail(detail: str, hint: str) -> int:
    print(f"altlens: {detail} {hint}".rstrip(), file=sys.stderr)
    return 1


def _install(given: argparse.Namespace) -> int:
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


def _uninstall(given: argparse.Namespace) -> int:
    from altlens_installer import commands

    return commands.uninstall(
        given.profile,
        system=given.system,
        keep_models=given.keep_models,
        purge=given.purge,
        out=sys.stdout,
    )


def _update(given: argparse.Namespace) -> int:
    from altlens_installer import update

    return update.update(given.dry_run, given.json, given.yes, sys.stdin, sys.stdout)


def _caption(given: argparse.Namespace) -> int:
    from altlens_installer import caption

    return caption.caption(
        given.files, given.model, given.json, sys.stdout, sys.stderr, device=given.device
    )


def _evaluate(given: argparse.Namespace) -> int:
    from altlens_installer import baselines, evaluate

    if given.baselines:
        data = Path(given.data) if given.data else None
        return baselines.baselines(data, given.model, given.drawn, given.json, sys.stdout)
    if not given.data:
        given.parser.error("one of --data and --baselines is needed")
    return evaluate.evaluate(
        Path(given.data), given.model, given.raw_references, given.json, sys.stdout
    )


def _doctor(given: argparse.Namespace) -> int:
    from altlens_installer.doctor import report

    return report.doctor(given.profile, given.network, given.json, sys.stdout)


def _cache(given: argparse.Namespace) -> int:
    from altlens_installer import cache_command

    if given.action == "clear":
        return cache_command.clear(sys.stdout)
    action = cache_command.stats if given.action == "stats" else cache_command.verify
    return action(given.json, sys.stdout)


def _model_list(given: argparse.Namespace) -> int:
    from altlens_installer.models import command

    return command.show(given.json, sys.stdout)


def _model_install(given: argparse.Namespace) -> int:
    from altlens_installer.models import fetching

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


def _model_verify(given: argparse.Namespace) -> int:
    from altlens_installer.models import command

    return command.verify(given.names, given.json, sys.stdout)


def _model_golden(given: argparse.Namespace) -> int:
    from altlens_installer.models import golden

    return golden.record(given.name, given.out, sys.stdout, sys.stderr)


def _model_remove(given: argparse.Namespace) -> int:
    from altlens_installer.models import command

    return command.remove(given.name, given.system, sys.stdout)


def _model_path(given: argparse.Namespace) -> int:
    from altlens_installer.models import command

    return command.path(given.name, sys.stdout)


def _model_use(given: argparse.Namespace) -> int:
    from altlens_installer.models import command

    return command.use(given.name, sys.stdout)


def _demo(given: argparse.Namespace) -> int:
    from altlens_installer.demo import run

    return run.demo(given.headless, given.firefox, given.model, sys.stdout)


def _completion(given: argparse.Namespace) -> int:
    import shtab

    print(shtab.complete(build_parser(), shell=given.shell))
    return 0
