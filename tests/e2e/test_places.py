"""Wherever an image is, and however late it comes: frames, shadow roots, and pages that change."""

from __future__ import annotations

import pytest
from e2e.browser import Browser
from e2e.cases import UNTOUCHED, Case, Page, judge, observe
from e2e.recorder import Recording
from e2e.website import Website

# The page draws what its address says: /frame.html?ID&SOURCE.
FRAME = """<!doctype html><body><script>
const [id, source] = location.search.slice(1).split("&");
document.body.innerHTML = `<img id="${id}" src="${source}">`;
</script>"""
NESTED = """<!doctype html><body><script>
document.body.innerHTML = `<iframe src="/frame.html${location.search}"></iframe>`;
</script>"""

FRAMES = [
    Case("same origin", '<iframe src="/frame.html?{id}&{src}"></iframe>'),
    Case("another origin", '<iframe src="{elsewhere}/frame.html?{id}&{src}"></iframe>'),
    Case("frame in a frame", '<iframe src="/nested.html?{id}&{src}"></iframe>'),
    Case(
        "frame of another origin in a frame",
        '<iframe src="{elsewhere}/nested.html?{id}&{src}"></iframe>',
    ),
    Case("srcdoc", "<iframe srcdoc='<img id={id} src={here}{src}>'></iframe>"),
    Case("sandboxed", "<iframe sandbox srcdoc='<img id={id} src={here}{src}>'></iframe>"),
    Case("data", "<iframe src='data:text/html,<img id={id} src={here}{src}>'></iframe>"),
    Case(
        "about:blank",
        '<iframe id="blank"></iframe><script>'
        "blank.contentDocument.body.innerHTML = '<img id={id} src={here}{src}>'</script>",
    ),
    Case(
        "blob",
        '<iframe id="blob"></iframe><script>blob.src = URL.createObjectURL('
        "new Blob(['<img id={id} src={here}{src}>'], {type: 'text/html'}))</script>",
    ),
    Case(
        "frame added later",
        '<p id="f-{id}"></p>',
        later="document.getElementById('f-{id}').innerHTML ="
        " `<iframe src='/frame.html?{id}&${PICTURE}'></iframe>`",
    ),
]

_ATTACH = (
    "<script>document.getElementById('h-{id}').attachShadow({mode: '%s'}).innerHTML = %s</script>"
)
_IMAGE = "'<img id={id} src={src}>'"
SHADOWS = [
    Case("open", '<p id="h-{id}"></p>' + _ATTACH % ("open", _IMAGE)),
    Case("closed", '<p id="h-{id}"></p>' + _ATTACH % ("closed", _IMAGE)),
    Case(
        "declarative",
        '<div><template shadowrootmode="closed"><img id="{id}" src="{src}"></template></div>',
    ),
    Case(
        "in one another",
        '<div><template shadowrootmode="open"><div><template shadowrootmode="closed">'
        '<img id="{id}" src="{src}"></template></div></template></div>',
    ),
    Case(
        "slotted",
        '<div><template shadowrootmode="closed"><slot></slot></template>'
        '<img id="{id}" src="{src}"></div>',
    ),
    Case(
        "background in a closed root",
        '<div><template shadowrootmode="closed"><div id="{id}" role="img" style="width: 96px;'
        ' height: 72px; background-image: url({src})"></div></template></div>',
    ),
    Case(
        "author's word in a closed root",
        '<p><template shadowrootmode="closed"><img id="{id}" src="{src}" alt=""></template></p>',
        UNTOUCHED,
    ),
    Case(
        "image added to a closed root later",
        '<p id="h-{id}"></p><script>'
        "window.root = document.getElementById('h-{id}').attachShadow({mode: 'closed'});"
        "root.innerHTML = '<p>Words</p>'</script>",
        later="root.innerHTML = `<img id='{id}' src='${PICTURE}'>`",
    ),
    Case(
        "alt taken away in a closed root",
        '<p id="h-{id}"></p><script>'
        "window.named = document.getElementById('h-{id}').attachShadow({mode: 'closed'});"
        "named.innerHTML = '<img id={id} src={src} alt=words>'</script>",
        later="named.firstChild.removeAttribute('alt')",
    ),
    Case(
        "root attached later",
        '<p id="h-{id}"></p>',
        later="document.getElementById('h-{id}').attachShadow({mode: 'open'}).innerHTML ="
        " `<img id='{id}' src='${PICTURE}'>`",
    ),
    Case(
        "closed root attached later",
        '<p id="h-{id}"></p>',
        later="document.getElementById('h-{id}').attachShadow({mode: 'closed'}).innerHTML ="
        " `<img id='{id}' src='${PICTURE}'>`",
    ),
    Case(
        "custom element",
        '<x-card data-src="{src}" data-id="{id}"></x-card><script>customElements.define("x-card",'
        " class extends HTMLElement { connectedCallback() { this.attachShadow({mode: 'closed'})"
        ".innerHTML = `<img id=${this.dataset.id} src=${this.dataset.src}>` } })</script>",
    ),
    Case(
        "custom element defined later",
        "<x-late></x-late>",
        later="customElements.define('x-late', class extends HTMLElement { connectedCallback() {"
        " this.attachShadow({mode: 'closed'}).innerHTML ="
        " `<img id='{id}' src='${PICTURE}'>` } })",
    ),
]

_E = "document.getElementById('{id}')"
LATER = [
    Case(
        "inserted",
        '<p id="p-{id}"></p>',
        later="document.getElementById('p-{id}').innerHTML = `<img id='{id}' src='${PICTURE}'>`",
    ),
    Case("source set", '<img id="{id}">', later=_E + ".src = PICTURE"),
    Case("srcset set", '<img id="{id}">', later=_E + ".srcset = PICTURE + ' 1x'"),
    Case(
        "srcset swapped after it was described",
        '<img id="{id}" srcset="/cat.jpg 1x">',
        later=_E + ".srcset = PICTURE + ' 1x'",
    ),
    Case(
        "source of a poster swapped after it was described",
        '<video id="{id}" width="96" height="72" poster="/bee.jpg"></video>',
        later=_E + ".poster = PICTURE",
    ),
    Case(
        "alt taken away",
        '<img id="{id}" src="{src}" alt="A">',
        later=_E + ".removeAttribute('alt')",
    ),
    Case("title taken away", '<img id="{id}" src="{src}" title="A">', later=_E + ".title = ''"),
    Case(
        "aria-label taken away",
        '<img id="{id}" src="{src}" aria-label="A">',
        later=_E + ".removeAttribute('aria-label')",
    ),
    Case(
        "role taken away",
        '<img id="{id}" src="{src}" role="none">',
        later=_E + ".removeAttribute('role')",
    ),
    Case(
        "aria-hidden taken away above",
        '<p aria-hidden="true"><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.removeAttribute('aria-hidden')",
    ),
    Case(
        "inert taken away above",
        '<p inert><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.inert = false",
    ),
    Case(
        "details opened",
        '<details><img id="{id}" src="{src}"></details>',
        later=_E + ".parentNode.open = true",
    ),
    Case(
        "display",
        '<p style="display: none"><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.style.display = ''",
    ),
    Case(
        "visibility",
        '<p style="visibility: hidden"><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.style.visibility = ''",
    ),
    Case(
        "hidden taken away",
        '<p hidden><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.hidden = false",
    ),
    Case(
        "shown by a class",
        '<style>.away { display: none }</style><p class="away"><img id="{id}" src="{src}"></p>',
        later=_E + ".parentNode.className = ''",
    ),
    Case(
        "dialog opened",
        '<dialog><img id="{id}" src="{src}"></dialog>',
        later=_E + ".parentNode.show()",
    ),
    Case(
        "popover shown",
        '<div popover="manual"><img id="{id}" src="{src}"></div>',
        later=_E + ".parentNode.showPopover()",
    ),
    Case(
        "enlarged",
        '<img id="{id}" src="{src}" width="20" height="15">',
        later=_E + ".width = 96; " + _E + ".height = 72",
    ),
    Case(
        "moved",
        '<p hidden><img id="{id}" src="{src}"></p><b></b>',
        later=_E + ".parentNode.nextSibling.append(" + _E + ")",
    ),
    Case("lazy", '<img id="{id}" src="{src}" loading="lazy">'),
    Case(
        "cloned",
        '<template id="t-{id}"><img id="{id}" src="{src}"></template><u></u>',
        later="const t = document.getElementById('t-{id}');"
        " t.nextSibling.append(t.content.cloneNode(true))",
    ),
    Case(
        "background set",
        '<div id="{id}" role="img" style="width: 96px; height: 72px"></div>',
        later=_E + ".style.backgroundImage = `url(${PICTURE})`",
    ),
    Case(
        "role img set",
        '<div id="{id}" style="width: 96px; height: 72px; background-image: url({src})"></div>',
        later=_E + ".setAttribute('role', 'img')",
    ),
    Case(
        "poster set",
        '<video id="{id}" width="96" height="72"></video>',
        later=_E + ".poster = PICTURE",
    ),
]
ALL = {"frames": FRAMES, "shadows": SHADOWS, "later": LATER}


@pytest.fixture(scope="module")
def pages(scripted: Browser, site: Website, recording: Recording) -> dict[str, Page]:
    """Each of the three pages, seen once."""
    site.put("/frame.html", FRAME.encode(), "text/html")
    site.put("/nested.html", NESTED.encode(), "text/html")
    return {name: observe(scripted, site, recording, cases) for name, cases in ALL.items()}


@pytest.mark.parametrize(
    ("page", "case"),
    [
        pytest.param(name, case, id=f"{name}: {case.name}")
        for name, cases in ALL.items()
        for case in cases
    ],
)
def test_an_image_is_found(pages: dict[str, Page], page: str, case: Case) -> None:
    """Its own picture's words are its name in the tree, wherever it is."""
    judge(case, pages[page].cases[case.name])
