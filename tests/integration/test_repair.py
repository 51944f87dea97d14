"""altlens repair, with a real host."""

from pathlib import Path

import pytest
from PIL import Image
from support.installer import Home

from altlens_installer.demo.judge import PICTURES

BEFORE = (
    b"<!doctype html>\r\n<meta charset=iso-8859-1>\r\n<h1>\xe4</h1>\r\n"
    b'<img src="dog.jpg">\r\n<img src=blank.png  >\n\n<img src="dog.jpg" alt="">\r\n'
    b'<a href="x"><img src="blank.png"></a><img src="https://example.org/a.png">'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A page with its pictures."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "dog.jpg").write_bytes(sorted(PICTURES.glob("*.jpg"))[0].read_bytes())
    Image.new("RGB", (300, 200), "white").save(folder / "blank.png")
    (folder / "page.html").write_bytes(BEFORE)
    (folder / "page.md").write_bytes(b"# A\r\n\r\n![](dog.jpg)\r\n![](blank.png)\r\n")
    return folder


def test_what_would_be_changed_is_printed_and_nothing_is(site: Path, tmp_path: Path) -> None:
    """As a unified diff, on standard output alone."""
    ran = Home(tmp_path / "home").run("repair", str(site / "page.html"), str(site / "page.md"))

    assert ran.returncode == 0, ran.stderr
    assert '\n-<img src="dog.jpg">\n' in ran.stdout
    assert '\n+<img alt="A' in ran.stdout
    assert '+<img alt="" src=blank.png  >' in ran.stdout
    assert "+![" in ran.stdout
    assert "add --write" in ran.stderr
    assert "page.html:8: blank.png is left: it is decorative" in ran.stderr
    assert "https://example.org/a.png is left" in ran.stderr
    assert (site / "page.html").read_bytes() == BEFORE


def test_all_else_stays_byte_for_byte(site: Path, tmp_path: Path) -> None:
    """Line ends, encoding and permissions too; and then there is no more to do."""
    home = Home(tmp_path / "home")
    page = site / "page.html"
    page.chmod(0o604)

    ran = home.run("repair", str(page), str(site / "page.md"), "--write")
    again = home.run("repair", str(page), "--write")

    assert ran.returncode == 0, ran.stderr
    after = page.read_bytes()
    words = after.partition(b'<img alt="')[2].partition(b'"')[0]
    assert words
    without = after.replace(b' alt="%s"' % words, b"", 1).replace(b' alt=""', b"", 1)
    assert without == BEFORE
    assert page.stat().st_mode & 0o777 == 0o604
    assert (site / "page.md").read_bytes() == (
        b"# A\r\n\r\n![%s](dog.jpg)\r\n![](blank.png)\r\n" % words
    )
    assert "+<img" not in again.stdout
    assert page.read_bytes() == after


def test_a_picture_that_cannot_be_read_is_told(site: Path, tmp_path: Path) -> None:
    """The others are repaired all the same."""
    (site / "blank.png").write_bytes(b"no picture")

    ran = Home(tmp_path / "home").run("repair", str(site / "page.html"), "--write")

    assert ran.returncode == 1
    assert "page.html:5: blank.png is left: " in ran.stderr
    assert b'<img alt="' in (site / "page.html").read_bytes()
