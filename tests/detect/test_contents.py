"""Tables of contents: what only says which headings come goes, and lists that look alike stay."""

from __future__ import annotations

import pytest

from scrubber.detect import Scan
from scrubber.detect.contents import contents_lines
from scrubber.model import Document
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import LineRule, Match, RuleInfo, Ruleset

BODY = (
    "The old lighthouse stands at the end of the northern pier and was built of granite from the quarry nearby.",
    "It was lit for the first time in the autumn of 1874, when the harbour was still a village of fishermen.",
    "About nine thousand people climb the tower each year, most of them in the summer holidays.",
)
BAR = LineRule(RuleInfo("t/bar", "line", "Bar", "Button.", "t.toml:1"), match=Match(equals=("hide",)))


def entries(*lines: str) -> list[int]:
    return sorted(contents_lines(Scan(Document("d", "\n".join(lines) + "\n"), CompiledRules(Ruleset((BAR,))))))


def sections(*headings: str) -> list[str]:
    return [line for pair in zip(headings, BODY, strict=True) for line in pair]


@pytest.mark.parametrize(
    ("contents", "headings", "found"),
    [
        (("1 History", "2 Tower", "3 Visitors"), ("History", "Tower", "Visitors"), [0, 1, 2]),
        (("1.1 History", "1.2 Tower", "2. Visitors"), ("History [edit]", "Tower [edit]", "Visitors [edit]"), [0, 1, 2]),
        (("hide", "History", "Tower", "Visitors"), ("History", "Tower", "Visitors"), [1, 2, 3]),
        # equal lines alone may be a list of those who speak, and so may lines in another order
        (("History", "Tower", "Visitors"), ("History", "Tower", "Visitors"), []),
        (("1 History", "2 Tower", "3 Visitors"), ("Tower", "History", "Visitors"), []),
        (("hide", "History", "Tower"), ("History", "Tower", "Visitors"), []),
    ],
)
def test_entries_whose_headings_come_in_order(
    contents: tuple[str, ...], headings: tuple[str, ...], found: list[int]
) -> None:
    assert entries(*contents, *sections(*headings)) == found


def test_rows_that_stand_twice_are_no_contents() -> None:
    rows = ("hide", "Morning", "Noon", "Evening")
    assert entries(*rows, "Tuesday", *rows[1:], *BODY) == []
    assert entries(*rows, BODY[0], *rows[1:], BODY[1], *rows[1:]) == []
