"""Which images of a page get alt text, and where it is put in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from altlens_host.messages import Result
from altlens_installer.bulk import html_images, markdown_images, repair
from altlens_installer.errors import DataUnusableError


def html(text: str) -> str:
    """Put X in wherever HTML gets alt text."""
    return put(text, [one.at for one in html_images.images(text)])


def markdown(text: str) -> str:
    """Put X in wherever Markdown gets alt text."""
    return put(text, [one.at for one in markdown_images.images(text)])


def put(text: str, places: list[int]) -> str:
    for at in sorted(places, reverse=True):
        text = f"{text[:at]}X{text[at:]}"
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<img src=a.png>", "<imgX src=a.png>"),
        ("<p>ä\r\n<IMG\r\n  SRC='a.png'/>", "<p>ä\r\n<IMGX\r\n  SRC='a.png'/>"),
        ('<a href="b"><img src="a.png"></a>', '<a href="b"><imgX src="a.png"></a>'),
        ('<img src=a.png title=" ">', '<imgX src=a.png title=" ">'),
        ("<b hidden></b><img src=a.png>", "<b hidden></b><imgX src=a.png>"),
        ("<div aria-hidden=true></div><img src=a>", "<div aria-hidden=true></div><imgX src=a>"),
        ("<div inert/></div><img src=a>", "<div inert/></div><imgX src=a>"),
        ("<p>a < b<img src=a.png>", "<p>a < b<imgX src=a.png>"),
    ],
)
def test_an_image_without_alt_gets_one(before: str, after: str) -> None:
    """Whatever is around it and however it is written."""
    assert html(before) == after


@pytest.mark.parametrize(
    "text",
    [
        '<img src=a.png alt="">',
        "<img src=a.png alt>",
        '<img src=a.png alt="A dog">',
        "<img src=a.png role=presentation>",
        '<img src=a.png role="none img">',
        "<img src=a.png aria-label='A dog'>",
        "<img src=a.png aria-labelledby=b>",
        "<img src=a.png title='A dog'>",
        "<img src=a.png aria-hidden=true>",
        "<div aria-hidden=TRUE><p><img src=a.png></p></div>",
        "<div inert><img src=a.png></div>",
        "<div role=img><img src=a.png></div>",
        "<div contenteditable><img src=a.png></div>",
        "<base href='https://example.org/'><img src=a.png>",
        "<img>",
        "<img src=''>",
        "<!-- <img src=a.png> -->",
        "<script>'<img src=a.png>'</script>",
        "<style><img src=a.png></style>",
        "&lt;img src=a.png>",
        "<imgs src=a.png>",
    ],
)
def test_where_the_author_has_spoken_or_nothing_is_shown_it_is_left(text: str) -> None:
    """The rules of the extension."""
    assert html(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("![](a.png)", "![X](a.png)"),
        ("# A\n\nb ![](a.png) c", "# A\n\nb ![X](a.png) c"),
        ("# b ![](a.png) #", "# b ![X](a.png) #"),
        ("> * a\r\n>   ![](a.png)\r\n", "> * a\r\n>   ![X](a.png)\r\n"),
        ("[![](a.png)](b)", "[![X](a.png)](b)"),
        ("![][a]\n\n[a]: a.png", "![X][a]\n\n[a]: a.png"),
        ("`![](b.png)` ![](a.png)", "`![](b.png)` ![X](a.png)"),
        ("\\![](b.png) ![](a.png)", "\\![](b.png) ![X](a.png)"),
        ("a\n<div>\n<img src=a.png>\n</div>\n", "a\n<div>\n<imgX src=a.png>\n</div>\n"),
        ("a <img src=a.png> b", "a <imgX src=a.png> b"),
        ("- one\n- ![](a.png)", "- one\n- ![X](a.png)"),
        ("| a | b |\n|---|---|\n| ![](a.png) | c |", "| a | b |\n|---|---|\n| ![X](a.png) | c |"),
        ("|a|b|\n|-|-|\n|![](a.png)|![](a.png)|", "|a|b|\n|-|-|\n|![](a.png)|![](a.png)|"),
    ],
)
def test_an_image_of_markdown_gets_words_in_its_place(before: str, after: str) -> None:
    """Wherever it stands; of two that are alike in a row it cannot be told which is which."""
    assert markdown(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "![A dog](a.png)",
        '![](a.png "A dog")',
        "    ![](a.png)",
        "```\n![](a.png)\n```",
        "`<img src=a.png>`",
        "<img src=a.png alt=''>",
        "[](a.png)",
        "![]( a",
        "![ ](a.png) ![][none]",
    ],
)
def test_what_only_looks_like_one_in_markdown_is_left(text: str) -> None:
    """Code, links, and what has words."""
    assert markdown(text) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_words_are_alt_text_of_the_same_page(alt: str) -> None:
    """They end no attribute and no bracket."""
    text = "a ![](a.png) b"
    (one,) = markdown_images.images(text)
    made = text[: one.at] + markdown_images.with_alt(alt) + text[one.at :]
    tokens = MarkdownIt("commonmark").parseInline(made)[0].children or []
    (image,) = (token for token in tokens if token.type == "image")
    assert "".join(child.content for child in image.children or []) == alt
    assert [token.type for token in tokens] == ["text", "image", "text"]

    page = f"<img{html_images.with_alt(alt)} src=a.png>"
    assert html(page) == page


@given(st.text("<>img src=a.png'\"/!-\n\r `[]()#*aä&;"))
def test_no_text_is_too_strange(text: str) -> None:
    """A place that is told is behind an image's beginning."""
    for one in html_images.images(text):
        assert text[: one.at].lower().endswith("<img")
    for one in markdown_images.images(text):
        assert text[: one.at].lower().endswith("![" if one.markdown else "<img")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<p>ä".encode(), "utf-8"),
        ("\ufeff<p>ä".encode(), "utf-8"),
        ('<meta charset="iso-8859-2">ł'.encode("iso-8859-2"), "iso-8859-2"),
        (b"<p>\xe4\x80", "windows-1252"),
    ],
)
def test_a_page_is_read_in_its_encoding(data: bytes, encoding: str, tmp_path: Path) -> None:
    """And would be the same bytes again."""
    path = tmp_path / "page.html"
    path.write_bytes(data)

    page = repair.read(path)

    assert page.encoding == encoding
    assert page.text.encode(encoding) == data


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.html", "<p>ä".encode("utf-16")), ("a.html", b"\x81"), ("a.txt", b""), ("none.md", None)],
)
def test_what_cannot_be_read_is_refused(name: str, data: bytes | None, tmp_path: Path) -> None:
    """Before anything is changed."""
    if data is not None:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(DataUnusableError):
        repair.read(tmp_path / name)


def test_only_files_beside_the_page_are_looked_at(tmp_path: Path) -> None:
    """Nothing is fetched, and no path from the root of a server is taken for one of this disk."""
    for name in ("a b.png", "a.png"):
        (tmp_path / name).write_bytes(b"")
    sources = [
        "a%20b.png", "./a.png?b#c", f"../{tmp_path.name}/a.png", "none.png", f"{tmp_path}/a.png",
        "//host/a.png", "https://example.org/a.png", "file:a.png", "data:image/png,a", "http://[/a",
    ]  # fmt: skip
    page = tmp_path / "page.html"
    page.write_text("".join(f'<img src="{one}">' for one in sources))

    found = [file is not None for _, file in repair.read(page).images]

    assert found == [True, True, True, *[False] * 7]


@pytest.mark.parametrize(
    ("kind", "level", "lone", "markdown_", "alt"),
    [
        ("described", "plain", True, False, "A dog"),
        ("described", "hedged", True, False, "A dog"),
        ("described", "unsure", True, False, None),
        ("text", "plain", False, False, "A dog"),
        ("decorative", "plain", False, False, ""),
        ("decorative", "plain", True, False, None),
        ("decorative", "plain", False, True, None),
        ("unsure", "unsure", False, False, None),
    ],
)
def test_what_an_answer_comes_to(
    kind: str, level: str, lone: bool, markdown_: bool, alt: str | None
) -> None:
    """A link is never left without a name, and nobody's doubt becomes a word."""
    image = html_images.Image("a.png", 0, lone, markdown_)
    text = "A\ndog" if kind in ("described", "text") else ""
    reply = Result(
        **{**dict.fromkeys(Result._fields, ""), "kind": kind, "level": level, "text": text}  # type: ignore[arg-type]
    )

    made, why = repair._alt(image, reply)

    assert made == alt
    assert bool(why) == (alt is None)
