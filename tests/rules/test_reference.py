"""The documented keys are those of the schema."""

from __future__ import annotations

from pathlib import Path

from scrubber.rules.reference import kinds_markdown

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "rule-files.md"


def test_the_page_on_rule_files_holds_the_reference_of_the_schema() -> None:
    _, _, kinds = PAGE.read_text("utf-8").partition("## Kinds\n\n")
    assert kinds == kinds_markdown(), "write kinds_markdown() below the heading Kinds of docs/rule-files.md"
