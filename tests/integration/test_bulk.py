"""altlens caption --recursive, with a real host."""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.installer import ALTLENS, Home

from altlens_installer.bulk import metadata
from altlens_installer.bulk.packet import alt_in
from altlens_installer.demo.judge import PICTURES


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder of pictures, with what else lies in folders."""
    folder = tmp_path / "album"
    (folder / "below/deep").mkdir(parents=True)
    photographs = sorted(PICTURES.glob("*.jpg"))
    (folder / "one.jpg").write_bytes(photographs[0].read_bytes())
    (folder / "below/zwei ä.JPG").write_bytes(photographs[1].read_bytes())
    Image.new("RGB", (300, 200), "white").save(folder / "below/deep/blank.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    (folder / "notes.txt").write_text("no picture")
    (folder / "below/round").symlink_to(folder, target_is_directory=True)
    (folder / "link.jpg").symlink_to(folder / "one.jpg")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Somebody's home."""
    return Home(tmp_path / "home")


def rows(path: Path) -> dict[str, dict[str, Any]]:
    """Return the lines of a file of answers by their paths, the last of each."""
    return {one["path"]: one for one in map(json.loads, path.read_text().splitlines())}


def test_each_picture_below_a_folder_has_a_line(album: Path, home: Home, tmp_path: Path) -> None:
    """Once, though links lead there too; what cannot be read says why."""
    out = tmp_path / "alt.jsonl"

    ran = home.run("caption", "--recursive", str(album), "--jobs", "2", "--out", str(out))

    said = rows(out)
    assert set(said) == {"one.jpg", "below/zwei ä.JPG", "below/deep/blank.png", "broken.png"}
    assert len(out.read_text().splitlines()) == 4
    assert said["one.jpg"]["kind"] == "described"
    assert said["one.jpg"]["alt"] == said["one.jpg"]["text"] != ""
    assert said["one.jpg"]["model"] == "lite"
    assert (said["below/deep/blank.png"]["kind"], said["below/deep/blank.png"]["alt"]) == (
        "decorative",
        "",
    )
    assert said["broken.png"]["code"] == 302
    assert ran.returncode == 1
    assert "broken.png: " in ran.stderr
    assert "pictures" in ran.stderr
    assert "\x1b" not in ran.stderr
    assert "2 described, 1 decorative, 1 failed" in ran.stdout


def test_what_was_answered_is_not_asked_again_unless_it_changed(
    album: Path, home: Home, tmp_path: Path
) -> None:
    """A failure is, since its cause may have gone."""
    out = tmp_path / "alt.jsonl"
    command = ("caption", "--recursive", str(album), "--out", str(out))
    home.run(*command)
    before = out.read_bytes()
    Image.new("RGB", (300, 200), "black").save(album / "one.jpg")
    (album / "broken.png").unlink()

    ran = home.run(*command)

    assert ran.returncode == 0, ran.stderr
    assert "2 answered before" in ran.stdout
    after = out.read_bytes()
    assert after.startswith(before)
    assert [json.loads(one)["path"] for one in after[len(before) :].splitlines()] == ["one.jpg"]
    assert rows(out)["one.jpg"]["kind"] == "decorative"


def test_what_another_model_or_other_settings_would_answer_is_asked_again(
    album: Path, home: Home, tmp_path: Path
) -> None:
    """Once for each change; and what altlens wrote into a file before gives way."""
    out, settings = tmp_path / "alt.jsonl", home.path / ".config/altlens/settings.json"
    (album / "broken.png").unlink()
    command = ("caption", "--recursive", str(album), "--out", str(out), "--write-metadata")
    home.run(*command)
    (album / "below/deep/blank.png").unlink()
    for path in ("one.jpg", "below/zwei ä.JPG"):  # as one that says other words would have left it
        metadata.write(album / path, "Something else", "en", overwrite=True)
        one, state = rows(out)[path], (album / path).stat()
        one |= {"alt": "Something else", "size": state.st_size, "mtime_ns": state.st_mtime_ns}
        with out.open("a") as file:
            file.write(json.dumps(one) + "\n")
    before = rows(out)
    settings.parent.mkdir(parents=True)
    settings.write_text('{"adult_check": true}')

    ran, again = home.run(*command), home.run(*command)

    after = rows(out)
    assert "2 asked again for another model or other settings" in ran.stdout
    assert "alt text written into 2" in ran.stdout
    assert "2 answered before" in again.stdout
    assert "asked again" not in again.stdout
    with Image.open(album / "one.jpg") as image:
        assert alt_in(image.info["xmp"]) == after["one.jpg"]["alt"] != "Something else"
    told = {one["fingerprint"] for one in (before["one.jpg"], after["one.jpg"])}
    assert len(told) == 2


def test_a_killed_run_is_gone_on_with(home: Home, tmp_path: Path) -> None:
    """Whole lines stay, half of one does not, and nothing is missing at the end."""
    folder, out = tmp_path / "many", tmp_path / "alt.jsonl"
    folder.mkdir()
    photograph = Image.open(sorted(PICTURES.glob("*.jpg"))[0])
    for number in range(12):
        photograph.crop((number, number, 300 + number, 200 + number)).save(folder / f"{number}.png")
    command = ("caption", "--recursive", str(folder), "--out", str(out))
    with subprocess.Popen(
        [*ALTLENS, *command], env=home.environment(), stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 60
        while (not out.exists() or out.read_bytes().count(b"\n") < 3) and (
            time.monotonic() < until and process.poll() is None
        ):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    done = out.read_bytes()
    assert 3 <= done.count(b"\n") < 12
    with out.open("ab") as file:
        file.write(b'{"path": "11.p')

    ran = home.run(*command)

    assert ran.returncode == 0, ran.stderr
    assert out.read_bytes().startswith(done[: done.rindex(b"\n") + 1])
    assert len(out.read_text().splitlines()) == len(rows(out)) == 12


def test_alt_text_is_written_into_files_only_when_asked_for(
    album: Path, home: Home, tmp_path: Path
) -> None:
    """Then it is not asked again either, though the file has changed."""
    out = tmp_path / "alt.jsonl"
    before = (album / "one.jpg").read_bytes()
    (album / "broken.png").unlink()
    command = ("caption", "--recursive", str(album), "--out", str(out))
    home.run(*command)
    assert (album / "one.jpg").read_bytes() == before
    out.unlink()

    ran = home.run(*command, "--write-metadata")
    again = home.run(*command, "--write-metadata")

    assert ran.returncode == 0, ran.stderr
    assert "alt text written into 2" in ran.stdout
    with Image.open(album / "one.jpg") as image:
        assert alt_in(image.info["xmp"]) == rows(out)["one.jpg"]["alt"]
    assert "3 answered before" in again.stdout
    assert not list(album.rglob("*.altlens"))


def test_a_file_that_is_no_file_of_answers_is_left_as_it_is(
    album: Path, home: Home, tmp_path: Path
) -> None:
    """Whoever mistypes the name of the file loses nothing."""
    for text in ("a diary, without a line's end", "a diary\nof two lines\n", "[1]\n"):
        out = tmp_path / "diary"
        out.write_text(text)

        ran = home.run("caption", "--recursive", str(album), "--out", str(out))

        assert ran.returncode == 1
        assert "no file of answers" in ran.stderr
        assert out.read_text() == text


def test_a_folder_that_may_not_be_looked_into_is_told() -> None:
    """And the others are answered all the same."""
    if os.getuid():
        pytest.skip("Only root can become somebody else.")
    program = (
        "import json, os, sys; from pathlib import Path; "
        "from altlens_installer.bulk.finding import pictures; os.setuid(65534); "
        "print(json.dumps([(p.as_posix(), str(s)) for p, s in pictures(Path(sys.argv[1]))]))"
    )
    with tempfile.TemporaryDirectory() as name:  # not below pytest's, which is its owner's alone
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed").mkdir(mode=0o700)
        for path in (folder / "closed/in.png", folder / "one.png"):
            Image.new("RGB", (8, 8)).save(path)

        ran = subprocess.run([ALTLENS[0], "-c", program, name], capture_output=True, check=True)

    found = dict(json.loads(ran.stdout))
    assert set(found) == {"closed", "one.png"}
    assert "Permission denied" in found["closed"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--recursive", "DIR"),
        ("--recursive", "DIR", "--out", "o", "file.png"),
        ("--jobs", "2", "file.png"),
        ("--recursive", "DIR", "--out", "o", "--overwrite"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(words: tuple[str, ...], home: Home) -> None:
    """Said before anything is done."""
    assert home.run("caption", *words).returncode == 2
