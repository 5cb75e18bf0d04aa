"""The site of the pages: built without a warning, whole, and asking nothing of any other machine."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from doc_blocks import REPOSITORY

DOCS = REPOSITORY / "docs"
#: What a page that is shown fetches by itself; a link that a reader may follow is no such thing.
_FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
_FETCHED_BY_STYLES = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//")


def module(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    made = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = made
    specification.loader.exec_module(made)
    return made


drawing = module("drawing")


class Page(HTMLParser):
    """What a page fetches, where its links lead, and what its anchors are."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _FETCHED and values.get(_FETCHED[tag]):
            self.fetched.append(values[_FETCHED[tag]])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if "id" in values:
            self.anchors.add(values["id"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("sphinx", "myst_parser", "furo"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: pip install 'corpus-scrubber[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-d",
        folder / "trees",
        DOCS,
        folder / "site",
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "site"


def test_every_page_is_there_and_in_the_navigation(site: Path) -> None:
    names = {path.stem for path in DOCS.glob("*.md")}
    assert {path.stem for path in site.glob("*.html")} >= names | {"index", "search"}
    assert (site / "index.html").read_bytes() == (site / "README.html").read_bytes()
    linked = {link.partition("#")[0] for link in Page(site / "index.html").links}
    assert {f"{name}.html" for name in names} - linked <= {"README.html"}


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.glob("*.html"):
        page = Page(path)
        assert [url for url in page.fetched if re.match(r"(?:\w+:)?//", url)] == [], path.name
        assert not _FETCHED_BY_STYLES.search(path.read_text("utf-8")), path.name
    for path in site.glob("_static/**/*.css"):
        assert not _FETCHED_BY_STYLES.search(path.read_text("utf-8")), path.name


def test_links_lead_somewhere(site: Path) -> None:
    pages = {path.name: Page(path) for path in site.glob("*.html")}
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"\w+:", link) or name in ("genindex.html", "search.html"):
                continue
            target, _, anchor = link.partition("#")
            assert (site / (target or name)).exists(), f"{name}: {link}"
            assert not anchor or anchor in pages[target or name].anchors, f"{name}: {link}"


def test_flow_charts_are_drawn(site: Path) -> None:
    text = (site / "architecture.html").read_text("utf-8")
    assert (
        text.count('style="width:100%;max-width:')
        == (DOCS / "architecture.md").read_text("utf-8").count("```mermaid")
        == 2
    )
    assert "flowchart" not in text


def test_a_drawing_has_every_node_and_arrow() -> None:
    text = 'flowchart LR\n  a([<in>]) --> b["B<br/>more"] --> c\n  c -- "again & again" --> b\n'
    down, boxes, arrows = drawing.chart_of(text)
    assert not down
    assert {name: (box.lines, box.is_round) for name, box in boxes.items()} == {
        "a": (("<in>",), True), "b": (("B", "more"), False), "c": (("c",), False),
    }  # fmt: skip
    assert [(arrow.start, arrow.end, arrow.label) for arrow in arrows] == [
        ("a", "b", ""), ("b", "c", ""), ("c", "b", "again & again"),
    ]  # fmt: skip
    ranks, back = drawing.ranks_of(boxes, arrows)
    assert (ranks, {(arrow.start, arrow.end) for arrow in back}) == ({"a": 0, "b": 1, "c": 2}, {("c", "b")})
    drawn = drawing.svg_of(text)
    assert drawn == drawing.svg_of(text)
    assert drawn.count("<rect ") == 3
    assert drawn.count('fill="none" stroke="currentColor" opacity') == 3
    assert ">&lt;in&gt;</text>" in drawn
    assert ">again &amp; again</text>" in drawn


@pytest.mark.parametrize("text", ["graph TD\n a --> b\n", "flowchart TD\n a ==> b\n", "flowchart TD\n a --> \n"])
def test_what_is_no_such_chart_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no node|no arrow|not a flow chart"):
        drawing.svg_of(text)
