"""Comments that keep lines, from input to output: shown with their reason, and ignored where nobody may write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Run

BODY = "<p>The ferry returned at noon, and the harbour office said that it will sail again.</p>\n"
PAGE = f"""<html><title>The ferry is back</title><body><h1>The ferry is back</h1>
{BODY}<p>All passengers were safe, the captain told the reporters on the pier that day.</p>
<div>Share this story</div>
<!-- scrubber: keep reason="The essay is about this button." --><div>Share this story</div><!-- scrubber: end -->
</body></html>
"""
MARKDOWN = """The ferry returned at noon, and the harbour office said that it will sail again.

<!-- scrubber: keep -->
Share this story
<!-- scrubber: end -->
All passengers were safe, the captain told the reporters on the pier that day.
Share this story
"""


@pytest.fixture
def pages(place: Path) -> Path:
    (place / "a.html").write_text(PAGE)
    (place / "b.md").write_text(MARKDOWN)
    return place


def cleaned(run: Run, page: Path, *options: str) -> str:
    found = run("clean", "-", "--stdin-filename", page.name, *options, stdin=page.read_bytes())
    assert found.code == 0
    return found.stdout.decode()


def test_what_comments_keep_stays_and_the_rest_goes(pages: Path, pier: Run) -> None:
    assert cleaned(pier, pages / "a.html").count("Share this story") == 1
    text = cleaned(pier, pages / "b.md")
    assert text == MARKDOWN.removesuffix("Share this story\n")
    (pages / "c.md").write_text(text)
    assert pier("check", "c.md").code == 0


def test_explain_names_the_comment_and_its_reason(pages: Path, pier: Run) -> None:
    shown = pier("explain", "a.html").stdout.decode()
    assert "A comment in the input keeps it: The essay is about this button." in shown
    assert "kept     core/keep-comment" in pier("explain", "b.md:3").stdout.decode()


def test_isolated_and_ignore_take_no_notice_of_comments(pages: Path, pier: Run) -> None:
    for option in (("--isolated",), ("--ignore", "core/keep-comment")):
        assert "Share" not in cleaned(pier, pages / "a.html", *option)
        assert "Share" not in cleaned(pier, pages / "b.md", *option)


def test_select_leaves_comments_in_force(pages: Path, pier: Run) -> None:
    assert cleaned(pier, pages / "a.html", "--select", "pier/*").count("Share this story") == 1
