"""What can be said on the command line of altlens."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from altlens_host import __version__
from altlens_host.settings import DEVICES
from altlens_installer import dispatch


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="altlens",
        description="Alt text for every image on the web, made on your own machine, in Firefox.",
    )
    parser.add_argument("--version", action="version", version=f"altlens {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = _command(commands, "install", dispatch.install, "put altlens into Firefox profiles")
    _install_options(one)

    one = _command(commands, "uninstall", dispatch.uninstall, "take altlens out again")
    one.add_argument(
        "--profile", metavar="NAME|PATH", help="the profile's name or folder (all if not given)"
    )
    one.add_argument("--system", action="store_true", help="what was installed for all users")
    models = one.add_mutually_exclusive_group()
    models.add_argument("--keep-models", action="store_true", help="leave fetched models")
    models.add_argument("--purge", action="store_true", help="settings, cache and logs go, too")

    one = _command(commands, "update", dispatch.update, "bring what is installed up to date")
    _doing(one)

    one = _command(commands, "caption", dispatch.caption, "say what picture files show")
    _caption_options(one)

    text = "give images in HTML and Markdown files alt text"
    one = _command(commands, "repair", dispatch.repair, text)
    one.add_argument("files", nargs="+", metavar="FILE", help="an .html or .md file")
    one.add_argument(
        "--write", action="store_true", help="change the files; without it, print what would be"
    )
    _model(one)

    one = _command(commands, "eval", dispatch.evaluate, "measure captions against people's")
    one.add_argument(
        "--data",
        metavar="FILE|DIR",
        help='lines of {"image", "captions"}, captions of COCO or Flickr, a local copy of a set of '
        "the hub; docs/TRAINING.md lists all",
    )
    one.add_argument("--pictures", metavar="DIR", help="the pictures, if not beside the captions")
    one.add_argument("--split", choices=("train", "validation", "test"), help="part of the set")
    form = one.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--markdown", action="store_true", help="a report in Markdown")
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

    one = _command(
        commands, "doctor", dispatch.doctor, "find out what is wrong, and how to mend it"
    )
    one.add_argument("--profile", metavar="NAME|PATH", help="the profile (all if not given)")
    one.add_argument(
        "--network", action="store_true", help="watch host and worker for sockets, with strace"
    )
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(
        commands, "cache", dispatch.cache, "look at what is remembered on the disk, or clear it"
    )
    one.add_argument(
        "action",
        choices=("stats", "clear", "verify"),
        help="count, remove everything, or examine the files",
    )
    one.add_argument("--json", action="store_true", help="a JSON list (stats and verify)")

    text = "fetch models, check them, choose one"
    _model_commands(commands.add_parser("model", help=text, description=f"{text.capitalize()}."))

    one = _command(commands, "demo", dispatch.demo, "show altlens at work on a page of photographs")
    one.add_argument(
        "--headless", action="store_true", help="no window: print what a screen reader hears"
    )
    one.add_argument("--firefox", metavar="PATH", help="the Firefox to use")
    _model(one)

    one = _command(
        commands, "completion", dispatch.completion, "print what lets a shell complete altlens"
    )
    one.set_defaults(whole=parser)
    one.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh"), help="the shell")
    return parser


def _caption_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("files", nargs="*", metavar="FILE", help="a JPEG, PNG, WebP, GIF, BMP or AVIF")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.add_argument(
        "--device", choices=DEVICES, help="where the model runs (what settings.json says, or auto)"
    )
    _model(one)
    many = one.add_argument_group("a whole folder")
    many.add_argument("--recursive", metavar="DIR", help="all pictures in a folder and below it")
    many.add_argument(
        "--out",
        metavar="FILE.jsonl",
        help="where the answers go, a JSON object a line; what is in it is not asked again",
    )
    many.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="look at so many side by side (1)"
    )
    many.add_argument(
        "--write-metadata",
        action="store_true",
        help="write alt text into JPEG, PNG and WebP files that have none",
    )
    many.add_argument(
        "--overwrite", action="store_true", help="with --write-metadata: also where there is some"
    )


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

    one = _command(commands, "list", dispatch.model_list, "say which models there are")
    one.add_argument("--json", action="store_true", help="a JSON list")

    one = _command(
        commands, "install", dispatch.model_install, "fetch a model, check it and try it"
    )
    one.add_argument(
        "name",
        metavar="NAME",
        help="from the list, or OWNER/NAME[@REVISION]; text: what reads text quickly",
    )
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

    text = "compare files and captions with what they were"
    one = _command(commands, "verify", dispatch.model_verify, text)
    one.add_argument("names", nargs="*", metavar="NAME", help="which (all if not given)")
    one.add_argument("--json", action="store_true", help="a JSON list")

    text = "record what a model says of drawn pictures"
    one = _command(commands, "golden", dispatch.model_golden, text)
    one.add_argument("name", metavar="NAME|DIR", help="the model")
    one.add_argument(
        "--out", metavar="FILE", help="write this file (golden.json beside the model if not given)"
    )

    one = _command(commands, "remove", dispatch.model_remove, "take a model away")
    one.add_argument("name", metavar="NAME[@REVISION]", help="the model, or one revision of it")
    one.add_argument("--system", action="store_true", help=for_all)

    one = _command(commands, "path", dispatch.model_path, "print the folder of a model")
    one.add_argument("name", nargs="?", metavar="NAME", help="which (that in use if not given)")

    one = _command(commands, "use", dispatch.model_use, "choose the model that captions")
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
