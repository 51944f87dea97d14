"""Models from a hub that misbehaves: what a user types, and what is there afterwards."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from integration.models.conftest import FIRST, REPO, SECOND, User
from support.installer import ALTLENS

from altlens_installer.demo.judge import PICTURES

ENCODER = "onnx/encoder_model_quantized.onnx"
DECODER = "onnx/decoder_model_merged_quantized.onnx"
BLOCK = 16_384
"""What is kept of a file that breaks off is a multiple of this."""

STRACE = ("strace", "-f", "-qq", "-e", "trace=connect,sendto")

TAKEN = {
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    ENCODER,
    DECODER,
}


def installed(user: User, name: str = "distilvit") -> dict[str, Path]:
    """Return the revisions of a model that are there, as the host sees them."""
    home = user.models / name
    return {one.name: one for one in home.glob("*") if "." not in one.name and one.is_dir()}


def nothing_is_installed(user: User) -> bool:
    """Say whether the host would still use what it used before."""
    return not installed(user) and user.used()["id"] == "lite"


def test_one_command_and_every_caption_comes_from_it(user: User) -> None:
    """The promise of the whole: no file to edit, no other step."""
    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    assert FIRST in ran.stdout
    assert user.used() == {"id": "distilvit", "revision": FIRST}
    picture = str(PICTURES / "cat.jpg")
    said = user.home.run("caption", "--json", picture)
    answer = json.loads(said.stdout)
    assert (answer["model"], answer["revision"]) == ("distilvit", FIRST)
    asked = json.loads(user.home.run("caption", "--json", "--model", "lite", picture).stdout)
    assert asked["model"] == "lite"


def test_the_tag_is_resolved_to_a_commit_and_locked_with_the_hashes(
    user: User, published: Path
) -> None:
    """What was fetched once is what counts from then on."""
    user.model("install", "distilvit")

    card = json.loads((user.distilvit / "altlens.json").read_text())
    assert card["source"] == {"repo": REPO, "asked": "v0.5.0", "commit": FIRST}
    assert (card["id"], card["revision"], card["licence"]) == ("distilvit", FIRST, "Apache-2.0")
    assert {name: one["sha256"] for name, one in card["files"].items()} == {
        name: hashlib.sha256((published / name).read_bytes()).hexdigest() for name in TAKEN
    }


def test_nothing_is_fetched_that_is_not_needed_and_never_a_pickle(user: User) -> None:
    """A .bin runs what it contains when it is opened."""
    user.model("install", "distilvit")

    fetched = {one.path.split(f"{FIRST}/", 1)[1] for one in user.hub.asked("/resolve/")}
    assert fetched == TAKEN
    there = {one.name for one in user.distilvit.rglob("*") if one.is_file()}
    assert not {name for name in there if name.endswith((".bin", ".md", ".part", ".lock"))}


def test_no_token_is_sent_though_one_is_configured_everywhere(user: User) -> None:
    """Nobody needs to know who installs what; nor what else is on the machine."""
    folder = user.home.path / "hf"
    folder.mkdir()
    (folder / "token").write_text("hf_secret")
    netrc = user.home.path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hf_secret\ndefault login me password x\n")
    netrc.chmod(0o600)

    ran = user.model("install", "distilvit", HF_TOKEN="hf_secret", CLAUDECODE="1", AI_AGENT="x")

    assert ran.returncode == 0, ran.stderr
    assert user.hub.requests
    for one in user.hub.requests:
        assert "authorization" not in one.headers
        assert "cookie" not in one.headers
        assert "hf_secret" not in str(one.headers)
        assert "torch" not in one.headers["user-agent"]
        assert "agent/" not in one.headers["user-agent"]


def test_nothing_but_the_hub_is_asked_and_nothing_but_the_model(user: User, tmp_path: Path) -> None:
    """Watched by strace: no other address, and on the hub no path of telemetry."""
    traced = tmp_path / "trace"

    ran = subprocess.run(
        [*STRACE, "-o", str(traced), *ALTLENS, "model", "install", "distilvit"],
        env=user.environment(),
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert ran.returncode == 0, ran.stderr
    port = user.hub.address.rpartition(":")[2]
    reached = [line for line in traced.read_text().splitlines() if "sa_family=AF_INET" in line]
    assert reached
    assert [line for line in reached if f"htons({port})" not in line] == []
    assert {one.path.split("/")[1] for one in user.hub.requests} <= {"api", "mozilla", "content"}
    assert [one.path for one in user.hub.asked("/api/")] == [f"/api/models/{REPO}/revision/v0.5.0"]


def corrupted(user: User) -> None:
    def changed(name: str, data: bytes) -> bytes:
        if name != ENCODER:
            return data
        return data[:300] + bytes([data[300] ^ 1]) + data[301:]

    user.hub.changed = changed


def small_file_changed(user: User) -> None:
    user.hub.changed = lambda name, data: (
        data.replace(b"32", b"33") if name == "preprocessor_config.json" else data
    )


@pytest.mark.parametrize("fault", [corrupted, small_file_changed])
def test_a_file_that_is_another_is_refused_with_both_hashes(
    fault: Callable[[User], None], user: User, published: Path
) -> None:
    """Large ones by the hub's SHA-256, small ones by their git id."""
    fault(user)

    ran = user.model("install", "distilvit")

    assert ran.returncode == 1
    name = ENCODER if fault is corrupted else "preprocessor_config.json"
    sent = user.hub.changed(name, (published / name).read_bytes())
    data = (published / name).read_bytes()
    if fault is corrupted:
        both = [hashlib.sha256(one).hexdigest() for one in (sent, data)]
    else:
        both = [hashlib.sha1(b"blob %d\0" % len(one) + one).hexdigest() for one in (sent, data)]
    assert all(one in ran.stderr for one in both), ran.stderr
    assert len(ran.stderr.splitlines()[-1].split("altlens: ")) == 2
    assert nothing_is_installed(user)

    user.hub.changed = lambda _name, data: data
    again = user.model("install", "distilvit")

    assert again.returncode == 0, again.stderr
    assert user.used()["id"] == "distilvit"


def test_a_file_that_the_catalogue_knows_must_have_its_hash(user: User, published: Path) -> None:
    """The hub's own word is not enough where altlens knew the file before."""
    commit = "2963c42" + "0" * 33
    user.hub.add(REPO, published, commit)

    ran = user.model("install", "distilvit", "--revision", commit)

    assert ran.returncode == 1
    known = "0c66eda97aa444b17357dfba1c9827abc7824d6fd905dd28f097f74ddef02943"
    assert known in ran.stderr
    assert hashlib.sha256((published / DECODER).read_bytes()).hexdigest() in ran.stderr
    assert nothing_is_installed(user)


def test_a_file_that_stays_too_short_is_never_installed(user: User) -> None:
    """The server ends too early, each time."""
    user.hub.changed = lambda name, data: data[:-7] if name == DECODER else data

    ran = user.model("install", "distilvit")

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()[-1]) > 0
    assert "Traceback" not in ran.stderr
    assert nothing_is_installed(user)


@pytest.mark.parametrize(
    ("fails", "told"),
    [
        (lambda path: "/api/" in path, "v0.5.0"),
        (lambda path: DECODER in path, DECODER),
    ],
    ids=["repository", "file"],
)
def test_what_the_hub_does_not_have_is_named(
    user: User, fails: Callable[[str], bool], told: str
) -> None:
    """At once; nobody waits for what will not come."""
    user.hub.fault = lambda _method, path: 404 if fails(path) else None

    ran = user.model("install", "distilvit")

    assert ran.returncode == 1
    assert told in ran.stderr
    assert "404" in ran.stderr
    assert sum(fails(one.path) for one in user.hub.requests) == 1
    assert nothing_is_installed(user)


def test_a_hub_that_fails_once_is_asked_again(user: User) -> None:
    """500 at the first of each, then well."""
    failed = set()

    def once(_method: str, path: str) -> int | None:
        if path in failed or ("/api/" not in path and DECODER not in path):
            return None
        failed.add(path)
        return 500

    user.hub.fault = once

    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    assert len(failed) == 3
    assert "trying again" in ran.stderr


def test_a_page_that_is_not_the_hub_is_told_as_that(user: User) -> None:
    """A hotel's login page, answered with 200."""
    user.hub.fault = lambda _method, _path: 200

    ran = user.model("install", "distilvit")

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert user.hub.address in ran.stderr
    assert nothing_is_installed(user)


def test_a_connection_that_is_cut_is_gone_on_with(user: User, published: Path) -> None:
    """From where it was cut, and not from the beginning."""
    assert (published / DECODER).stat().st_size > 2 * BLOCK
    user.hub.cut = [2 * BLOCK]

    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    ranges = [one.headers["range"] for one in user.hub.requests if "range" in one.headers]
    assert ranges
    assert set(ranges) == {f"bytes={2 * BLOCK}-"}
    assert user.used()["id"] == "distilvit"


def test_a_server_without_ranges_costs_time_and_no_more(user: User, published: Path) -> None:
    """It sends the whole file again; the beginning is not there twice."""
    user.hub.ranges = False
    user.hub.cut = [(published / DECODER).stat().st_size // 2]

    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    assert user.model("verify", "distilvit").returncode == 0


def test_a_hub_that_is_not_there_is_told_in_a_line(user: User) -> None:
    """No network: with what to do then."""
    ran = user.model("install", "distilvit", HF_ENDPOINT="http://127.0.0.1:1")

    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert "http://127.0.0.1:1" in last
    assert "--from" in last
    assert nothing_is_installed(user)


@pytest.mark.parametrize("how", ["--offline", "HF_HUB_OFFLINE"])
def test_offline_means_that_nothing_is_asked(user: User, how: str) -> None:
    """By the option, or by the hub's own variable."""
    if how.startswith("--"):
        ran = user.model("install", "distilvit", how)
    else:
        ran = user.model("install", "distilvit", HF_HUB_OFFLINE="1")

    assert ran.returncode == 1
    assert "--from" in ran.stderr
    assert user.hub.requests == []
    assert nothing_is_installed(user)


def test_offline_what_is_there_is_enough(user: User) -> None:
    """Prepared anew if another altlens did it, without asking anybody; damage is named."""
    user.model("install", "distilvit")
    card = user.distilvit / "altlens.json"
    source = json.loads(card.read_text())["source"]
    card.write_text(card.read_text().replace('"prepared_by"', '"once"'))
    before = len(user.hub.requests)

    ran = user.model("install", "distilvit", "--offline")
    again = user.model("install", "distilvit", "--offline")
    (user.distilvit / "tokenizer.json").write_text("{}")
    damaged = user.model("install", "distilvit", "--offline")

    assert ran.returncode == 0, ran.stderr
    assert "is installed" in ran.stdout
    assert source.items() <= json.loads(card.read_text())["source"].items()
    assert "already" in again.stdout
    assert damaged.returncode == 1
    assert "tokenizer.json" in damaged.stderr
    assert len(user.hub.requests) == before


def test_a_disk_without_room_is_told_before_anything_is_fetched(user: User, tmp_path: Path) -> None:
    """On a real file system of two megabytes."""
    data = tmp_path / "small"
    data.mkdir()
    mounted = f'mount -t tmpfs -o size=2m none {data} && exec "$@"'
    alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]

    ran = subprocess.run(
        [*alone, "sh", "-c", mounted, "sh", *ALTLENS, "model", "install", "distilvit"],
        env=user.environment(XDG_DATA_HOME=str(data)),
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert ran.returncode == 1
    assert "MB" in ran.stderr.splitlines()[-1]
    assert "Make room" in ran.stderr
    assert user.hub.asked("/resolve/") == []


def test_a_disk_that_fills_up_in_the_middle_leaves_what_was_there(
    user: User, published: Path
) -> None:
    """The kernel refuses to write on: no half model, and the next attempt goes on."""
    assert (published / DECODER).stat().st_size > 2 * BLOCK
    limit = 2 * BLOCK

    ran = subprocess.run(
        [*ALTLENS, "model", "install", "distilvit"],
        env=user.environment(),
        capture_output=True,
        text=True,
        timeout=110,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )

    assert ran.returncode == 1
    assert "Make room" in ran.stderr, ran.stderr
    assert nothing_is_installed(user)
    before = len(user.hub.requests)
    assert user.model("install", "distilvit").returncode == 0
    later = [one for one in user.hub.requests[before:] if one.path.endswith(DECODER)]
    assert {one.headers.get("range") for one in later} == {f"bytes={limit}-"}


def test_a_model_that_captions_nothing_never_takes_the_place_of_one_that_does(
    user: User, tmp_path: Path, published: Path
) -> None:
    """Whole, by all hashes, and of a kind that cannot be run."""
    other = tmp_path / "other"
    shutil.copytree(published, other)
    (other / ENCODER).write_bytes(b"no graph")
    user.hub.add(REPO, other, SECOND)
    user.model("install", "distilvit")

    ran = user.model("install", "distilvit", "--revision", SECOND)

    assert ran.returncode == 1
    assert "captions no picture" in ran.stderr
    assert user.used() == {"id": "distilvit", "revision": FIRST}


def test_a_tag_that_was_moved_is_refused_with_both_commits(user: User, republished: Path) -> None:
    """Trust on first use: what v0.5.0 was is what it is."""
    user.model("install", "distilvit")
    user.hub.add(REPO, republished, SECOND, "v0.5.0")

    moved = user.model("install", "distilvit")

    assert moved.returncode == 1
    assert FIRST in moved.stderr
    assert SECOND in moved.stderr
    assert user.used()["revision"] == FIRST
    named = user.model("install", "distilvit", "--revision", SECOND)
    assert named.returncode == 0, named.stderr
    assert user.used()["revision"] == SECOND
    assert installed(user).keys() == {FIRST, SECOND}


def test_the_branch_main_is_never_followed(user: User, published: Path) -> None:
    """It may hold a model of another kind tomorrow."""
    user.hub.add(REPO, published, SECOND, "main")

    ran = user.model("install", "distilvit", "--revision", "main")

    assert ran.returncode == 1
    assert nothing_is_installed(user)


def test_a_repository_that_is_not_in_the_catalogue_is_called_as_on_the_hub(
    user: User, published: Path
) -> None:
    """Its branch is resolved to a commit as well, and it must be chosen."""
    user.hub.add("Xenova/vit-gpt2-image-captioning", published, SECOND, "main")

    ran = user.model("install", "Xenova/vit-gpt2-image-captioning")

    assert ran.returncode == 0, ran.stderr
    assert SECOND in ran.stdout
    assert user.used()["id"] == "lite"
    assert user.model("use", "Xenova/vit-gpt2-image-captioning").returncode == 0
    assert user.used() == {"id": "Xenova/vit-gpt2-image-captioning", "revision": SECOND}
    card = json.loads(Path(user.model("path").stdout.strip(), "altlens.json").read_text())
    assert card["licence"] == "apache-2.0"


def test_what_is_whole_is_not_fetched_again_and_what_is_damaged_is(user: User) -> None:
    """Only the damaged file; and it must be the one that was there first."""
    user.model("install", "distilvit")
    path = user.distilvit / "tokenizer.json"
    path.write_bytes(path.read_bytes()[:-100])
    broken = user.model("verify", "distilvit")
    before = len(user.hub.requests)

    ran = user.model("install", "distilvit")

    assert broken.returncode == 1
    assert "tokenizer.json" in broken.stdout
    assert "altlens model install distilvit" in broken.stdout
    assert ran.returncode == 0, ran.stderr
    fetched = [one.path for one in user.hub.requests[before:] if "/resolve/" in one.path]
    assert [path.rpartition("/")[2] for path in fetched] == ["tokenizer.json"]
    assert user.model("verify", "distilvit").returncode == 0


def test_two_at_once_do_not_meet(user: User) -> None:
    """The second says so; the first goes on."""
    user.hub.pause = 0.3
    first = user.begin("install", "distilvit")
    try:
        while not user.hub.asked("/content/"):
            assert first.poll() is None
        second = user.model("install", "distilvit")
    finally:
        user.hub.pause = 0
        said, _ = first.communicate(timeout=100)

    assert second.returncode == 1
    assert "Another altlens" in second.stderr
    assert first.returncode == 0, said


def test_progress_is_a_few_lines_in_a_pipe(user: User) -> None:
    """A screen reader is told tenths, and not each block."""
    ran = user.model("install", "distilvit")

    lines = ran.stderr.splitlines()
    assert 2 <= len(lines) <= 12, ran.stderr
    assert [line for line in lines if "%" in line][-1].startswith("100%")
    assert "\x1b" not in ran.stderr


def test_graphs_of_full_precision_are_fetched_only_when_asked_for(user: User) -> None:
    """They are four times as large, and go when they are not needed any more.

    This model is of no kind that can be made fast; then it is what it is without that.
    """
    ran = user.model("install", "distilvit", "--fast")

    assert ran.returncode == 0, ran.stderr
    fetched = {one.path.split(f"{FIRST}/", 1)[1] for one in user.hub.asked("/resolve/")}
    assert fetched == TAKEN | {"onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx"}
    assert "--fast cannot be" in ran.stderr
    assert user.used() == {"id": "distilvit", "revision": FIRST}
    assert {one.name for one in user.distilvit.glob("onnx/*")} == {
        Path(ENCODER).name,
        Path(DECODER).name,
    }
    assert user.model("verify").returncode == 0


def test_what_torch_runs_is_fetched_when_asked_for_and_then_kept(
    user: User, tmp_path: Path, published: Path
) -> None:
    """Also when the model was there before; what is there is not fetched again."""
    both = tmp_path / "both"
    shutil.copytree(published, both)
    (both / "model.safetensors").write_bytes(b"no weights that anything here opens")
    user.hub.add(REPO, both, FIRST)
    user.model("install", "distilvit")
    before = len(user.hub.requests)

    ran = user.model("install", "distilvit", "--torch")
    again = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    later = user.hub.requests[before:]
    fetched = {one.path.split(f"{FIRST}/", 1)[1] for one in later if "/resolve/" in one.path}
    assert fetched == {"model.safetensors"}
    assert "already" in again.stdout
    card = json.loads((user.distilvit / "altlens.json").read_text())
    assert "model.safetensors" in card["files"]
    assert (user.distilvit / "model.safetensors").exists()


def test_altlens_install_fetches_the_model_that_it_is_told(user: User) -> None:
    """One command for all; the choice is the same as that of `altlens model use`."""
    user.home.profile()

    ran = subprocess.run(
        [*ALTLENS, "install", "--all-profiles", "--allow-unsigned", "--model", "distilvit-coco"],
        env=user.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert ran.returncode == 1, "the hub lacks that commit"
    assert "3083a3ce" in ran.stderr
    assert not user.home.places.launcher.exists()
