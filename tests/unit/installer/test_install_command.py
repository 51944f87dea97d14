"""What altlens install asks, refuses and prints, with everything real but the terminal."""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import text_recognizer
from support.installer import Home, tree

from altlens_host.errors import AltlensError
from altlens_installer import cli, commands, everyone, files, preferences, uninstall, update, xpi
from altlens_installer.apply import apply
from altlens_installer.commands import Wish
from altlens_installer.errors import (
    ExtensionUnusableError,
    ModelUnavailableError,
    PoliciesConflictError,
    QuestionUnansweredError,
    SettingsUnusableError,
    SignatureNeededError,
    UnsignedNotAllowedError,
)
from altlens_installer.finding.browser import Browser
from altlens_installer.install import Host, Sources, extension_path, prepare
from altlens_installer.questions import Questions
from altlens_installer.store import Store

NAMES = ("first", "Süße Profile")


class Terminal(io.StringIO):
    """Answers that come from a person."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@dataclass
class Said:
    """What a run printed, and its exit status."""

    status: int
    text: str


@pytest.fixture
def machine(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with two profiles; Firefox starts with the second."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "MOZ_LEGACY_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home.path))
    # One for all users, so that none has to be made each time.
    monkeypatch.setenv("XDG_DATA_DIRS", str(text_recognizer.made()))
    folders = [home.profile(f"{number}.{name}") for number, name in enumerate(NAMES)]
    lines = ["[InstallA0A0]", f"Default={folders[1].name}"]
    for number, folder in enumerate(folders):
        lines += [f"[Profile{number}]", f"Name={NAMES[number]}", "IsRelative=1"]
        lines += [f"Path={folder.name}"]
    (folders[0].parent / "profiles.ini").write_text("\n".join(lines), encoding="utf-8")
    return home


def profile(machine: Home, number: int) -> Path:
    """Return one of its profiles."""
    return machine.path / ".mozilla/firefox" / f"{number}.{NAMES[number]}"


def installed(machine: Home) -> list[bool]:
    """Say for each profile whether altlens is in it."""
    return [extension_path(profile(machine, number)).exists() for number in range(2)]


def run(wish: Wish, answers: str = "", stream: type[io.StringIO] = io.StringIO) -> Said:
    """Run altlens install with answers to its questions."""
    out = io.StringIO()
    return Said(commands.install(wish, stream(answers), out), out.getvalue())


def test_without_arguments_it_asks_in_plain_numbered_lines(machine: Home) -> None:
    """And a pipe can answer: no cursor is moved, nothing is coloured."""
    said = run(Wish(), "1\nyes\nyes\n")

    assert said.status == 0
    assert installed(machine) == [False, True]
    lines = said.text.splitlines()
    assert lines[0].startswith("1. Süße Profile")
    assert "starts with it" in lines[0]
    assert lines[1].startswith("2. first")
    assert sum(preferences.SIGNATURES in line for line in lines) >= 1
    assert "\x1b" not in said.text
    assert "\r" not in said.text


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("", [False, True]), ("2", [True, False]), ("2, 1", [True, True]), ("ALL", [True, True])],
)
def test_an_answer_names_one_profile_or_several(
    machine: Home, answer: str, expected: list[bool]
) -> None:
    """Enter alone takes the profile that Firefox starts with."""
    run(Wish(), f"{answer}\ny\ny\n")

    assert installed(machine) == expected


def test_an_answer_that_cannot_be_is_asked_for_again(machine: Home) -> None:
    """With what can be answered."""
    said = run(Wish(), "3\n0\none\n2\nperhaps\nyes\nYES\n")

    assert said.text.count("Only the numbers 1 to 2") == 3
    assert "neither yes nor no" in said.text
    assert installed(machine) == [True, False]


@pytest.mark.parametrize(
    "answers", ["", "1\n", "1\nyes\n", "1\nno\n", "1\nyes\nno\n", "1\nyes\n\n"]
)
def test_without_consent_nothing_is_written(machine: Home, answers: str) -> None:
    """No answer, no to the weakening, no to the plan."""
    start = tree(machine.path)

    with suppress(QuestionUnansweredError, UnsignedNotAllowedError):
        run(Wish(), answers)

    assert tree(machine.path) == start


@pytest.mark.parametrize("wish", [Wish(profiles=("first",), yes=True), Wish(all_profiles=True)])
def test_yes_does_not_allow_what_makes_a_profile_less_safe(machine: Home, wish: Wish) -> None:
    """That must be said in so many words."""
    start = tree(machine.path)

    with pytest.raises(UnsignedNotAllowedError) as caught:
        run(wish)

    assert "--allow-unsigned" in caught.value.hint
    assert tree(machine.path) == start


def test_in_a_terminal_it_is_asked_even_under_yes(machine: Home) -> None:
    """One question, which is not whether to go ahead."""
    said = run(Wish(profiles=("first",), yes=True), "yes\n", Terminal)

    assert said.text.count("Type yes or no") == 1
    assert installed(machine) == [True, False]


@pytest.mark.parametrize(("answer", "expected"), [("no\n", False), ("yes\n", True)])
def test_in_a_terminal_it_is_asked_whether_to_go_ahead(
    machine: Home, answer: str, expected: bool
) -> None:
    """After the plan, and before anything of it is done."""
    said = run(Wish(profiles=("first",), allow_unsigned=True), answer, Terminal)

    assert said.text.index("write ") < said.text.index("Go ahead?")
    assert installed(machine) == [expected, False]


def test_a_profile_that_takes_unsigned_add_ons_already_is_not_weakened(machine: Home) -> None:
    """Nothing to ask: the user's own line, or an installation before."""
    own = f'user_pref("{preferences.SIGNATURES}", false);\n'.encode()
    (profile(machine, 0) / "user.js").write_bytes(own)

    said = run(Wish(profiles=("first",)))

    assert said.status == 0
    assert "less safe" not in said.text
    assert run(Wish(profiles=("first",))).text.endswith("nothing was changed.\n")


def test_a_dry_run_prints_the_plan_and_does_nothing(machine: Home) -> None:
    """For people, and for programs."""
    start = tree(machine.path)
    wish = Wish(profiles=("first",), allow_unsigned=True, dry_run=True)

    told = run(wish).text
    read = json.loads(run(Wish(**{**_fields(wish), "as_json": True})).text)

    assert tree(machine.path) == start
    assert read["applied"] is False
    assert [one["change"] for one in read["steps"]] == ["write"] * 4
    assert all(one["where"] in told and one["undo"] in told for one in read["steps"])
    assert read["warnings"]


def _fields(wish: Wish) -> dict[str, object]:
    return {name: getattr(wish, name) for name in Wish.__slots__}


def test_a_plan_with_a_conflict_shows_it_and_leaves_it(
    machine: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole plan is shown, then one line says why nothing was done."""
    theirs = machine.path / ".mozilla/native-messaging-hosts/altlens.json"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")

    status = cli.main(["install", "--profile", "first", "--allow-unsigned"])

    said = capsys.readouterr()
    assert status == 1
    assert f"conflict   {theirs}" in said.out
    assert len(said.err.splitlines()) == 1
    assert theirs.read_bytes() == b"theirs"
    assert installed(machine) == [False, False]


def test_a_model_that_cannot_be_had_is_refused_before_anything_else(machine: Home) -> None:
    """With what can be had."""
    start = tree(machine.path)

    with pytest.raises(ModelUnavailableError) as caught:
        run(Wish(profiles=("first",), model="nowhere", allow_unsigned=True))

    assert "altlens model list" in caught.value.hint
    assert tree(machine.path) == start


def test_the_model_that_was_asked_for_is_chosen_in_the_settings(machine: Home) -> None:
    """As `altlens model use` does; update keeps it, and so does another installation."""
    run(Wish(profiles=("first",), model="lite", allow_unsigned=True))

    status = cli.main(["update"])
    run(Wish(profiles=("Süße Profile",), allow_unsigned=True))

    assert status == 0
    settings = machine.path / ".config/altlens/settings.json"
    assert json.loads(settings.read_text()) == {"model": "lite"}
    assert b"--model" not in machine.places.launcher.read_bytes()


def test_settings_that_cannot_be_read_stop_a_choice_before_anything_is_done(
    machine: Home,
) -> None:
    """Nothing is overwritten that a person has written."""
    settings = machine.path / ".config/altlens/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"threads": 2')
    start = tree(machine.path)

    with pytest.raises(SettingsUnusableError):
        run(Wish(profiles=("first",), model="lite", allow_unsigned=True))

    assert tree(machine.path) == start


def test_a_dry_run_fetches_no_model(machine: Home) -> None:
    """It says that it would."""
    start = tree(machine.path)

    said = run(Wish(profiles=("first",), model="distilvit", allow_unsigned=True, dry_run=True))

    assert "distilvit would be fetched" in said.text
    assert tree(machine.path) == start


def signed(folder: Path, **change: object) -> Path:
    """Make an XPI that says it is signed."""
    told = {
        "version": "9.9",
        "browser_specific_settings": {"gecko": {"id": "altlens@altlens"}},
        **change,
    }
    path = folder / "signed.xpi"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(told))
        archive.writestr("META-INF/mozilla.rsa", "")
    return path


def test_a_signed_extension_weakens_nothing_and_update_keeps_it(machine: Home) -> None:
    """No question, no signature preference; nothing unsigned takes its place later.

    If it has gone, what would take its place is asked about as ever.
    """
    path = signed(machine.path)

    said = run(Wish(profiles=("first",), xpi=str(path)))
    cli.main(["update"])

    assert said.status == 0
    assert extension_path(profile(machine, 0)).read_bytes() == path.read_bytes()
    user_js = (profile(machine, 0) / "user.js").read_bytes()
    assert preferences.SIGNATURES.encode() not in user_js
    assert b"autoDisableScopes" in user_js
    extension_path(profile(machine, 0)).unlink()
    with pytest.raises(UnsignedNotAllowedError):
        run(Wish(profiles=("first",)))


def test_a_file_that_is_no_signed_extension_is_refused(machine: Home, parts: Sources) -> None:
    """No file, no archive, another add-on, no signature."""
    other = signed(machine.path, browser_specific_settings={"gecko": {"id": "x@y"}})
    odd = machine.path / "odd.xpi"
    unsigned = machine.path / "unsigned.xpi"
    unsigned.write_bytes(xpi.build(parts.extension))
    odd.write_bytes(b"PK no archive")

    for path in (machine.path / "none.xpi", odd, other, unsigned):
        with pytest.raises(ExtensionUnusableError):
            run(Wish(profiles=("first",), xpi=str(path)))


def test_a_browser_that_needs_a_signature_is_refused_with_the_remedy(
    machine: Home, parts: Sources
) -> None:
    """Even where unsigned extensions are allowed: that Firefox cannot take them."""
    folder = profile(machine, 0)
    target = machine.target(folder)
    release = type(target)(folder, "first", target.manifests, "Firefox", unsigned=False)

    plan = prepare([release], machine.host, parts, Store(), unsigned=True)

    assert not plan.steps
    with pytest.raises(SignatureNeededError, match="Firefox"):
        plan.require()
    assert "--xpi" in plan.refused[0].error.hint


def test_an_older_extension_is_named_and_replaced(machine: Home) -> None:
    """Update says what is newer and does it; a newer one is left."""
    run(Wish(profiles=("first",), allow_unsigned=True))
    path = extension_path(profile(machine, 0))
    now = path.read_bytes()

    for version, expected in (("0.0.1", True), ("999.0", False)):
        _as_if_installed(machine, path, signed(machine.path, version=version).read_bytes())
        out = io.StringIO()
        update.update(False, False, True, io.StringIO(), out)

        assert version in out.getvalue()
        assert (path.read_bytes() == now) is expected


def _as_if_installed(machine: Home, path: Path, packed: bytes) -> None:
    (held,) = machine.places.receipts.glob("profile-*.json")
    old = files.digest(path.read_bytes())
    path.write_bytes(packed)
    held.write_text(held.read_text().replace(old, files.digest(packed)))


def test_purge_takes_settings_cache_and_models_and_nothing_else(machine: Home) -> None:
    """Without it they stay; models go unless they are to be kept."""
    own = machine.places.data
    own.parent.mkdir(parents=True)
    start = tree(machine.path)
    for keep, purge, left in ((True, False, {"models", "cache"}), (False, False, {"cache"})):
        run(Wish(profiles=("first",), allow_unsigned=True))
        for name in ("models", "cache"):
            (own / name).mkdir(exist_ok=True)
            (own / name / "one").write_bytes(b"1")

        out = io.StringIO()
        commands.uninstall(None, system=False, keep_models=keep, purge=purge, out=out)

        assert {path.name for path in own.iterdir()} == left
    commands.uninstall(None, system=False, keep_models=False, purge=True, out=io.StringIO())
    assert tree(machine.path) == start


ADMIN = b'{\n\t"policies": {"DisableTelemetry": true}\n}\n'


def administered(machine: Home) -> Browser:
    """Return a browser with an administrator's policies.json."""
    path = machine.path / "etc/policies.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(ADMIN)
    program = machine.path / "firefox"
    places = (str(machine.path / "lib/altlens.json"),)
    return Browser(
        "firefox-esr", "Firefox ESR", "package", program, None, "140.0", "esr", True, False,
        (), places, path, (),
    )  # fmt: skip


def by_policy(machine: Home, parts: Sources, browser: Browser, unsigned: bool = True) -> Host:
    """Install by policy."""
    host = Host(machine.path / "shared/altlens")
    plan = everyone.by_policy([browser], host, parts, Store(), {"a": 1}, unsigned=unsigned)
    plan.require()
    apply(plan, Store())
    return host


def test_policies_are_merged_and_put_back_to_the_byte(machine: Home, parts: Sources) -> None:
    """Twice is once; what the administrator set stays."""
    browser = administered(machine)
    start = tree(machine.path)

    host = by_policy(machine, parts, browser)
    once = tree(machine.path)
    by_policy(machine, parts, browser)

    assert tree(machine.path) == once
    assert browser.policies
    told = json.loads(browser.policies.read_bytes())["policies"]
    assert told["DisableTelemetry"] is True
    assert told["ExtensionSettings"]["altlens@altlens"]["installation_mode"] == "force_installed"
    assert told["3rdparty"]["Extensions"]["altlens@altlens"] == {"a": 1}
    uninstall.uninstall(host.receipts, None, Store())
    assert tree(machine.path) == start


def test_policies_that_were_edited_since_lose_only_what_is_ours(
    machine: Home, parts: Sources
) -> None:
    """The administrator went on working on the file."""
    browser = administered(machine)
    host = by_policy(machine, parts, browser)
    assert browser.policies
    told = json.loads(browser.policies.read_bytes())
    told["policies"]["DisablePocket"] = True
    browser.policies.write_text(json.dumps(told))

    outcome = uninstall.uninstall(host.receipts, None, Store())

    assert outcome.left == []
    rest = json.loads(browser.policies.read_bytes())
    assert rest == {"policies": {"DisableTelemetry": True, "DisablePocket": True}}


def test_policies_that_say_something_else_are_left(machine: Home, parts: Sources) -> None:
    """An administrator who blocks altlens is not overruled; nor is consent taken for granted."""
    browser = administered(machine)
    assert browser.policies
    with pytest.raises(UnsignedNotAllowedError):
        by_policy(machine, parts, browser, unsigned=False)
    blocked = {
        "policies": {"ExtensionSettings": {"altlens@altlens": {"installation_mode": "blocked"}}}
    }
    browser.policies.write_text(json.dumps(blocked))
    start = tree(machine.path)

    with pytest.raises(PoliciesConflictError, match=r"policies\.json"):
        by_policy(machine, parts, browser)

    assert tree(machine.path) == start


@pytest.mark.parametrize("content", [None, "no json", "[]"])
def test_managed_settings_that_cannot_be_used_are_refused(
    tmp_path: Path, content: str | None
) -> None:
    """No file, no JSON, no object."""
    path = tmp_path / "managed.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(AltlensError) as caught:
        everyone.managed(str(path))

    assert caught.value.code == 642


def test_questions_end_when_nobody_answers() -> None:
    """A script that runs it without a terminal must not hang or loop."""
    with pytest.raises(QuestionUnansweredError, match="Which"):
        Questions(io.StringIO("9\n"), io.StringIO()).chosen("Which?", ["one"])
