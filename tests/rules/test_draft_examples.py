"""Examples of drafts come from real texts, and none is given that the rule does not bear out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.engine.clean import Cleaner
from scrubber.engine.examples import check_examples
from scrubber.engine.guards import Limits
from scrubber.errors import UsageError
from scrubber.model import Confidence, Document
from scrubber.rules.draft import DRAFTED, Draft, Lines, draft_rule
from scrubber.rules.draft_examples import MAX_CONTEXT_CHARS, NearLines, Trial, cutting_example, sparing_example
from scrubber.rules.lint import lint_rules
from scrubber.rules.load import load_rules
from scrubber.rules.schema import Example, Ruleset
from scrubber.rules.toml_write import rule_toml, ruleset_toml
from strategies import documents

BODY = (
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。",
    "All passengers were safe, the captain told the reporters on the pier that day.",
)
PAGE = (
    "Home > News",
    BODY[0],
    "Share this story",
    "He asked us to share this story with the whole harbour, and so we did it gladly.",
    BODY[1],
    "Read 17 times",
    "Related",
    "1 A pier",
    "2 A ship",
    "3 A rope",
    "4 A net",
)


def page(*texts: str) -> Document:
    return Document("a.txt", "".join(f"{text}\n" for text in texts))


def drafted(kind: str, document: Document, first: int, last: int | None = None) -> Draft:
    """A draft from lines that count from 1."""
    return draft_rule(kind, Lines(document, "a.txt", first - 1, (last or first) - 1, one=last is None), "new")


def trial_of(draft: Draft) -> Trial:
    """What the rule alone takes from a text."""
    limits = Limits(Confidence.POSSIBLE, max_share=1000, min_left_chars=0, short_lines=0)
    cleaner = Cleaner(Ruleset((draft.rule,)), limits=limits)

    def lines_gone(text: str) -> tuple[int, ...]:
        document = Document("example", text)
        edits = cleaner.clean(document).plan.edits
        return tuple(
            number
            for number, (start, stop, _) in enumerate(document.bounds, 1)
            if not document.blank[number - 1] and any(e.span.start <= start and stop <= e.span.end for e in edits)
        )

    return lines_gone


def examples(draft: Draft, document: Document) -> tuple[Example | None, Example, bool]:
    """Both examples, and whether the second one shows the rule's own words."""
    near = NearLines(draft, document)
    near.look(document, "a.txt", set(draft.lines))
    return (
        cutting_example(draft, document, trial_of(draft)),
        *sparing_example(draft, document, near.found, trial_of(draft)),
    )


CASES = [
    ("line", 3, None),
    ("line", 6, 7),
    ("keep", 3, None),
    ("licence", 6, None),
    ("head", 2, None),
    ("tail", 7, None),
    ("between", 6, 7),
    ("listing", 8, None),
]


@pytest.mark.parametrize(("kind", "first", "last"), CASES)
def test_a_draft_loads_passes_its_examples_and_pleases_lint(
    tmp_path: Path, kind: str, first: int, last: int | None
) -> None:
    document = page(*PAGE)
    draft = drafted(kind, document, first, last)
    cutting, sparing, real = examples(draft, document)
    assert cutting is not None
    assert real or kind == "keep"
    rule = replace(draft.rule, examples=(cutting,) if kind == "keep" else (cutting, sparing))
    (tmp_path / "new.toml").write_text(ruleset_toml("new", "x") + "\n" + rule_toml(rule, draft.written), "utf-8")
    ruleset = load_rules([tmp_path / "new.toml"])
    results = check_examples(ruleset)
    assert [result.message for result in results] == [""] * len(rule.examples)
    assert lint_rules(ruleset) == ()


def test_a_sentence_with_the_same_words_is_the_best_example_of_what_stays() -> None:
    _, sparing, real = examples(drafted("line", page(*PAGE), 3), page(*PAGE))
    assert real
    assert sparing.name == "a sentence with such words stays (a.txt)"
    assert "He asked us to share this story" in sparing.text


def test_else_the_same_line_inside_the_text_is() -> None:
    _, sparing, real = examples(drafted("line", page(*PAGE), 6), page(*PAGE))
    assert real
    assert sparing.text.splitlines()[1] == "Read 17 times"
    assert sparing.removes == ()


def test_where_no_text_shows_what_must_stay_that_is_said() -> None:
    document = page("Share", "A table of ships", "Print")
    cutting, sparing, real = examples(drafted("line", document, 1), document)
    assert cutting is not None
    assert (real, sparing.text) == (False, "A table of ships\nPrint\n")
    alone = page("Share")
    assert examples(drafted("line", alone, 1), alone)[1:] == (Example("what stands around it stays", "", ()), False)


@pytest.mark.parametrize(
    ("kind", "texts", "first", "last"),
    [
        ("head", (BODY[0], "2023-01-02", BODY[1]), 2, None),
        ("tail", (BODY[0], "Related", BODY[1]), 2, None),
        ("listing", ("1 a", "2 b", "3 c", "4 d", BODY[0], BODY[1]), 1, 4),
    ],
)
def test_a_rule_that_would_not_cut_its_own_lines_has_no_example(
    kind: str, texts: tuple[str, ...], first: int, last: int | None
) -> None:
    document = page(*texts)
    assert examples(drafted(kind, document, first, last), document)[0] is None


def test_examples_are_short_though_texts_are_long() -> None:
    long = "The harbour was quiet that night. " * 200
    document = page(long, *(["A short headline"] * 40), "Related", *(f"{number} Pier" for number in range(300)))
    draft = drafted("tail", document, 42)
    cutting, _, _ = examples(draft, document)
    assert cutting is not None
    assert len(cutting.text.splitlines()) < 20
    assert max(map(len, cutting.text.splitlines())) <= MAX_CONTEXT_CHARS


def test_a_long_sentence_keeps_the_words_for_which_it_was_chosen() -> None:
    told = "Share this story, he said, and then went on about the tide and the wind and the nets. "
    document = page(told + "It was late and the lamps were lit on the pier. " * 4, "Share this story", BODY[1])
    _, sparing, real = examples(drafted("line", document, 2), document)
    assert real
    assert told in sparing.text


def test_of_many_near_sentences_the_nearest_are_kept_whatever_comes_later() -> None:
    document = page(*PAGE)
    near = NearLines(drafted("line", document, 3), document)
    for number in range(200):
        near.look(page(f"He will share his story with you, number {number} of them."), f"{number}.txt", ())
    near.look(page("You should share this story with all of your friends at sea."), "last.txt", ())
    assert len(near.found) == 8
    assert near.found[0].name == "last.txt"
    assert near.found[1].name == "0.txt"


@given(documents(), st.sampled_from(sorted(DRAFTED)), st.integers(0, 30), st.integers(0, 5))
def test_whatever_is_drafted_is_borne_out(text: str, kind: str, first: int, more: int) -> None:
    document = Document("a.txt", text)
    if not document.bounds:
        return
    first = min(first, len(document.bounds) - 1)
    last = min(first + more, len(document.bounds) - 1)
    try:
        draft = draft_rule(kind, Lines(document, "a.txt", first, last, one=more == 0), "new")
    except UsageError:
        return
    cutting, sparing, _ = examples(draft, document)
    found = tuple(each for each in (cutting, sparing) if each is not None and each.text.strip())
    results = check_examples(Ruleset((replace(draft.rule, examples=found),)))
    assert all(result.passed for result in results)
