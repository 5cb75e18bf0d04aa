"""Labels beside chrome: what leads to nothing goes, what may be a heading of the text stays."""

from __future__ import annotations

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.rules.load import load_rules

BODY = (
    "The harbour ferry returned to the old pier at noon, and the harbour office opened the gates again.",
    "Passengers of the harbour ferry had waited since the early morning, the office said on Monday.",
    "The council will decide in May whether the old pier is repaired or replaced by a new one.",
)
TITLE = "Harbour ferry returns to the old pier"
BYLINE = "4 March 2021, 08:30"

RULES = """
[ruleset]
name = "t"

[[rule]]
id = "bar"
kind = "line"
title = "Bar"
why = "Buttons."
match = { equals = ["Home | News", "Share on Facebook", "Imprint"] }

[[rule]]
id = "label"
kind = "line"
title = "Label"
why = "Leads to nothing."
match = { equals = ["Contact", "More", "Save"] }
where = "beside-chrome"

[[rule]]
id = "button"
kind = "line"
title = "Button"
why = "Below the title."
match = { equals = ["Listen"] }
where = "below-title"
"""


@pytest.fixture(scope="module")
def cleaner(tmp_path_factory: pytest.TempPathFactory) -> Cleaner:
    path = tmp_path_factory.mktemp("beside") / "t.toml"
    path.write_text(RULES, encoding="utf-8")
    return Cleaner(load_rules([path]))


def left(cleaner: Cleaner, *lines: str) -> list[str]:
    return cleaner.clean(Document("d", "\n".join(lines) + "\n")).text.splitlines()


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        (("Contact", "Imprint"), ()),
        (("Contact", "More", "Imprint"), ()),
        (("Share on Facebook", "Contact", "Imprint"), ()),
        (("Contact",), ()),
        # a list of the text, and one that a line introduces
        (("Contact", "More", "Save", "Imprint"), ("Contact", "More", "Save")),
        (("What the office offers:", "Contact", "Imprint"), ("What the office offers:", "Contact")),
        (("Share on Facebook", "Contact", "More", "Save", "Imprint"), ()),
        # something stands below it that nobody cuts: a heading
        (("Contact", "Ask for Ada at the red door", "Imprint"), ("Contact", "Ask for Ada at the red door")),
        (("Share on Facebook", "Contact", "Ask for Ada at the red door"), ("Contact", "Ask for Ada at the red door")),
    ],
)
def test_below_the_text(cleaner: Cleaner, below: tuple[str, ...], stays: tuple[str, ...]) -> None:
    assert left(cleaner, TITLE, BYLINE, *BODY, *below) == [TITLE, BYLINE, *BODY, *stays]


@pytest.mark.parametrize(
    ("above", "stays"),
    [
        (("Home | News", "More"), ()),
        # the first line alone may be a heading; more labels are none
        (("More",), ("More",)),
        (("More", "Save"), ()),
        (("Home | News", "Old harbour songs", "More"), ("Old harbour songs", "More")),
    ],
)
def test_above_the_title(cleaner: Cleaner, above: tuple[str, ...], stays: tuple[str, ...]) -> None:
    assert left(cleaner, *above, TITLE, BYLINE, *BODY) == [*stays, TITLE, BYLINE, *BODY]


def test_a_label_inside_the_text_stays(cleaner: Cleaner) -> None:
    lines = [TITLE, BYLINE, *BODY[:1], "Share on Facebook", "More", *BODY[1:]]
    assert left(cleaner, *lines) == [line for line in lines if line != "Share on Facebook"]


def test_without_running_text_nothing_is_told(cleaner: Cleaner) -> None:
    lines = ["Save", "a rope", "a bell", "More"]
    assert left(cleaner, *lines) == lines


def test_a_button_between_a_title_and_its_text(cleaner: Cleaner) -> None:
    assert left(cleaner, TITLE, BYLINE, "Listen", *BODY) == [TITLE, BYLINE, *BODY]


def test_a_title_that_is_a_button_stays(cleaner: Cleaner) -> None:
    assert left(cleaner, "Listen", *BODY) == ["Listen", *BODY]


def test_cleaning_twice_changes_nothing(cleaner: Cleaner) -> None:
    once = left(cleaner, "Home | News", "More", TITLE, BYLINE, "Listen", *BODY, "Contact", "Share on Facebook", "Save")
    assert left(cleaner, *once) == once
