"""What the documents point at is there, and the picture of the floors is the one that the imports are held to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doc_blocks import PAGES, REPOSITORY

from test_architecture import MAY_IMPORT

_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
_MODULE = re.compile(r"\b[a-z_]+(?:/[a-z_]+)*\.py\b")
#: What the worked examples add in a copy.
_MADE_IN_A_COPY = ("docs/extending.md",)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())


def anchors_of(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target, anchor in set(_LINK.findall(_FENCED.sub("", text))):
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in anchors_of(path.read_text("utf-8")), f"{target}#{anchor}"


@each_page
def test_modules_that_are_named_exist(page: Path) -> None:
    if page.relative_to(REPOSITORY).as_posix() in _MADE_IN_A_COPY:
        return
    modules = {path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob("[!.]*/**/*.py")}
    for name in set(_MODULE.findall(page.read_text("utf-8"))):
        assert any(module == name or module.endswith(f"/{name}") for module in modules), name


def test_the_picture_of_the_floors_says_what_the_imports_are_held_to() -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text("utf-8")
    picture = text.partition("## Floors")[2].partition("```mermaid")[2].partition("```")[0]
    below: dict[str, set[str]] = {}
    for upper, lower in re.findall(r"^ +(\w+) --> (\w+)$", picture, re.MULTILINE):
        below.setdefault(upper, set()).add(lower)

    def reach(part: str) -> set[str]:
        return {found for lower in below.get(part, ()) for found in {lower, *reach(lower)}}

    drawn = {part for upper, lowers in below.items() for part in (upper, *lowers)}
    held = {part: others - {""} for part, others in MAY_IMPORT.items() if part not in ("", "__main__")}
    assert {part: reach(part) for part in drawn} == held
