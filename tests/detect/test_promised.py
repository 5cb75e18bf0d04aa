"""What a count of answers promises is the shortest of texts, and no line of the page's frame."""

from __future__ import annotations

import pytest

from scrubber.api import clean_text
from scrubber.detect.promised import promised_lines

TEXT = """\
How do I get resin off a rope
I have two hundred yards of tarred rope whose lay is full of pine resin, and I would like to splice it before spring comes.
Soap does nothing to it, and I am afraid that petrol would take the tar out together with the resin that I want gone.
"""


@pytest.mark.parametrize(
    "heading",
    [
        "1 Answer",
        "2 answers",
        "Replies (3)",
        "1 个回答",
        "共3条回复",
        "回覆（12）",
        "最佳答案",
        "3 Antworten",
        "2件の回答",
        "답변 4개",
    ],
)
def test_counts_promise_what_stands_below(heading: str) -> None:
    keys = [
        "text.",
        heading.lower().replace("（", "(").replace("）", ")"),
        "sort by: votes",
        "use cold butter",
        "share",
    ]
    assert promised_lines(keys, [False, True, True, False, True]) == {3}


@pytest.mark.parametrize(
    "heading", ["0 answers", "answers", "replies (0)", "12 answers to the question of the day", "3", "2 comments"]
)
def test_other_lines_promise_nothing(heading: str) -> None:
    assert promised_lines([heading, "use cold butter"], [True, False]) == frozenset()


def test_only_the_first_lines_are_promised() -> None:
    keys = ["1 answer", "a", "", "b", "c", "d", "share", "e"]
    assert promised_lines(keys, [True, False, False, False, False, False, True, False]) == {1, 3, 4}
    far = ["2 answers", *["share"] * 5, "a"]
    assert promised_lines(far, [True] * 6 + [False]) == frozenset()


def test_as_many_answers_are_promised_as_are_counted() -> None:
    keys = ["2 answers", "a", "share", "b", "share", "c"]
    assert promised_lines(keys, [True, False, True, False, True, False]) == {1, 3}
    listed = ["3 answers", *"abcdefghijkl", "share", "m"]
    assert promised_lines(listed, [True, *[False] * 12, True, False]) == {1, 2, 3}


def test_the_only_answer_stays_where_chrome_encloses_it() -> None:
    page = f"{TEXT}Share this question\n1 Answer\nSort by: Votes\nUse cold butter\nShare | Follow\nPrivacy policy | Terms of use\n"
    assert clean_text(page).text.endswith("\nUse cold butter\n")
