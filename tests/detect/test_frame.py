"""The frame round a text: what goes by its place alone, and what stays because it might be text."""

from __future__ import annotations

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.read.html import read
from scrubber.rules.load import load_rules

BODY = (
    "The harbour ferry returned to the old pier at noon, and the harbour office opened the gates again.",
    "Passengers of the harbour ferry had waited since the early morning, the office said on Monday.",
    "The council will decide in May whether the old pier is repaired or replaced by a new one.",
)
TITLE = "Harbour ferry returns to the old pier"

RULES = """
[ruleset]
name = "t"

[[rule]]
id = "bar"
kind = "line"
title = "Bar"
why = "Buttons."
match = { equals = ["Home | News", "Share", "Comments", "Imprint", "Reply"] }

[[rule]]
id = "above-title"
kind = "line"
title = "Above the title"
why = "Navigation."
match = { regex = ['^.{1,160}$'] }
where = "above-title"

[[rule]]
id = "below-text"
kind = "line"
title = "Below the text"
why = "Lists."
match = { regex = ['^.{1,90}$'] }
unless = { regex = ['[.!?]$', '^\\\\d'] }
where = "below-text"
"""


@pytest.fixture(scope="module")
def cleaner(tmp_path_factory: pytest.TempPathFactory) -> Cleaner:
    path = tmp_path_factory.mktemp("frame") / "t.toml"
    path.write_text(RULES.replace("\\\\", "\\"), encoding="utf-8")
    return Cleaner(load_rules([path]))


def left(cleaner: Cleaner, *lines: str) -> list[str]:
    return cleaner.clean(Document("d", "\n".join(lines) + "\n")).text.splitlines()


@pytest.mark.parametrize(
    ("above", "stays"),
    [
        (("Town Courier", "Home | News"), ()),
        (("Pier", "Home | News"), ("Pier",)),
        (("Town Courier", "Ferry news of the week", "Home | News"), ()),
        (("Council To Meet About New Bridge And Road Works In March", "Home | News"), None),
        (("News Sports Opinion Weather Jobs Homes Cars Obituaries", "Home | News"), ()),
        (("News, sports and opinion from all over the valley", "Home | News"), None),
        (("Home | News", "Town Courier"), ("Town Courier",)),
        # three short names in a row are a menu; two are not, nor three with a number, a colon or an office among them
        (("Home | News", "Town", "Sports", "Opinion"), ()),
        (("Home | News", "Town", "Sports"), ("Town", "Sports")),
        (("Home | News", "Town", "Sports", "Item 4"), ("Town", "Sports", "Item 4")),
        (("Home | News", "Town", "Sports", "Port Office"), ("Town", "Sports", "Port Office")),
        (("Town", "Sports", "Opinion"), ("Town", "Sports", "Opinion")),
        # a word of the text between two lines that go is a word of the menu
        (("Home | News", "Pier", "Share"), ()),
        (("Town Courier",), ("Town Courier",)),
        (("Old pier gets its harbour ferry again", "Home | News"), ("Old pier gets its harbour ferry again",)),
    ],
)
def test_above_the_title(cleaner: Cleaner, above: tuple[str, ...], stays: tuple[str, ...] | None) -> None:
    """None: all of it stays but the bar."""
    expected = [line for line in above if line != "Home | News"] if stays is None else list(stays)
    assert left(cleaner, *above, TITLE, *BODY) == [*expected, TITLE, *BODY]


def test_a_short_title_that_shares_no_word_stays_above_a_byline(cleaner: Cleaner) -> None:
    lines = ("Noon hour", "4 March 2021", "Home | News", TITLE, *BODY)
    assert left(cleaner, *lines) == ["Noon hour", "4 March 2021", TITLE, *BODY]


def test_a_short_name_with_which_the_text_begins_is_its_title(cleaner: Cleaner) -> None:
    lines = (
        "Home | News",
        "Skua",
        "Share",
        "A harbour bird of the old pier",
        "Skua is a harbour bird of the old pier.",
        *BODY,
    )
    assert "Skua" in left(cleaner, *lines)


def test_a_title_above_a_byline_comes_before_a_weaker_heading(cleaner: Cleaner) -> None:
    title = "Notes of the harbour gate: from the bench to the lamps"
    lines = ("Ferry trips", "Home | News", title, "4 March 2021", *BODY)
    assert left(cleaner, *lines) == [title, "4 March 2021", *BODY]


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        # directly below the text anything may belong to it
        (("Harbour Office", "4 March", "Share", "Comments"), ("Harbour Office", "4 March")),
        (("Share", "Storm on the coast", "Two hurt in fog", "New lamps", "A goat wins", "Imprint"), ()),
        # one line that is cut proves nothing
        (("Share", "Storm on the coast", "Two hurt in fog"), ("Storm on the coast", "Two hurt in fog")),
        # nor do buttons that stand below each post
        (("Reply", "Thanks", "Reply", "Same here", "Reply"), ("Thanks", "Same here")),
        # facts, rows of numbers, steps and sentences
        (("Share", "Length: 30 m", "Opened: 1931", "Comments"), ("Length: 30 m", "Opened: 1931")),
        (("Share", "Monday 8 12 16", "Sunday 10 14", "Comments"), ("Monday 8 12 16", "Sunday 10 14")),
        (("Share", "Notes", "1 Harbour Papers, volume 7", "Comments"), ("Notes", "1 Harbour Papers, volume 7")),
        (("Share", "Keep in mind", "Dogs pay half.", "Comments"), ("Keep in mind", "Dogs pay half.")),
    ],
)
def test_below_the_text(cleaner: Cleaner, below: tuple[str, ...], stays: tuple[str, ...]) -> None:
    assert left(cleaner, TITLE, *BODY, *below) == [TITLE, *BODY, *stays]


def test_nothing_is_told_of_a_thread(cleaner: Cleaner) -> None:
    posts = [part for number, line in enumerate(BODY) for part in (f"Ann, 2021-03-0{number + 1} 12:00", line)]
    lines = (TITLE, *BODY, *posts, "Share", "Thanks a lot", "Comments")
    assert "Thanks a lot" in left(cleaner, *lines)


def test_a_section_that_the_numbering_goes_on_with_is_text(cleaner: Cleaner) -> None:
    numbered = [f"{number}. {line}" for number, line in enumerate(BODY, 1)]
    lines = (
        TITLE,
        *numbered,
        "4. Contact",
        "Phone: 555 0142",
        "Mail: pier@harbour.example",
        "Share",
        "Comments",
        "More",
        "Imprint",
    )
    assert left(cleaner, *lines) == [TITLE, *numbered, "4. Contact", "Phone: 555 0142", "Mail: pier@harbour.example"]


def left_of_page(cleaner: Cleaner, body: str, head_title: str = TITLE) -> list[str]:
    text = "".join(f"<p>{line}</p>" for line in BODY)
    page = f"<head><title>{head_title}</title></head><body>{body}{text}</body>"
    return cleaner.clean(read(page.encode(), id="p", path="p.html")).text.splitlines()


BAR = "<div>Home | News</div>"
LINKS = "<ul><li><a href=1>Ferry</a><li><a href=2>Pier news</a></ul>"


@pytest.mark.parametrize(
    ("above", "stays"),
    [
        # what goes from a text above its title goes from a page whose title was put first
        (f"<div>Town Courier</div>{BAR}", ()),
        (f"{BAR}<div>Town</div><div>Sports</div><div>Opinion</div>", ()),
        (f"{BAR}<div>Town</div><div>Item 4</div>", ("Town", "Item 4")),
        ("<div>Town Courier</div>", ("Town Courier",)),
        # links between what other rules cut and the title, even with words of the text
        (f"{BAR}{LINKS}", ()),
        (LINKS, ("Ferry", "Pier news")),
        (f"{BAR}<div>The pier and its <a href=1>ferry</a></div>", ("The pier and its ferry",)),
    ],
)
def test_above_a_title_that_was_put_first(cleaner: Cleaner, above: str, stays: tuple[str, ...]) -> None:
    assert left_of_page(cleaner, f"{above}<h1>{TITLE}</h1>") == [TITLE, *stays, *BODY]


def test_what_stands_below_a_title_in_its_page_stays(cleaner: Cleaner) -> None:
    below = ("Town Courier", "Ferry")
    body = f"<h1>{TITLE}</h1><div>Town Courier</div><div><a href=1>Ferry</a></div>{BAR}"
    assert left_of_page(cleaner, body) == [TITLE, *below, *BODY]


def test_a_title_below_the_beginning_of_the_text_says_nothing(cleaner: Cleaner) -> None:
    body = f"<div>Town Courier</div>{BAR}<p>{BODY[0]}</p><h1>{TITLE}</h1>"
    assert "Town Courier" in left_of_page(cleaner, body)


def test_a_title_of_the_head_alone_is_passed_over(cleaner: Cleaner) -> None:
    """It stands above everything, and says nothing of what stands above the heading."""
    body = f"<div>Town Courier</div>{BAR}<h1>{TITLE}, at noon</h1>"
    assert left_of_page(cleaner, body, TITLE) == [TITLE, f"{TITLE}, at noon", *BODY]
