"""Drafts: passes composed into one set of changes against the first text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scrubber.engine.draft import Change, Draft
from scrubber.model import Span


@st.composite
def change_lists(draw: st.DrawFn, text: str) -> list[Change]:
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    changes: list[Change] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if end > start:
            changes.append(Change(Span(start, end), draw(st.sampled_from(("", "", "X", "yz"))), (len(changes),)))
    return changes


def applied(text: str, changes: list[Change]) -> str:
    for change in reversed(changes):
        text = text[: change.span.start] + change.replacement + text[change.span.end :]
    return text


@given(st.data())
def test_passes_compose_into_one_set_of_changes(data: st.DataObject) -> None:
    source = data.draw(st.text("abcdefgh\n", min_size=1, max_size=60))
    draft, text = Draft(source), source
    for _ in range(4):
        changes = data.draw(change_lists(text))
        draft, text = draft.apply(changes), applied(text, changes)
        assert draft.text == text
        reached = 0
        for change in draft.changes:
            assert reached <= change.span.start <= change.span.end <= len(source)
            reached = change.span.end


@given(st.data())
def test_what_is_unchanged_maps_to_itself(data: st.DataObject) -> None:
    source = data.draw(st.text("abcdefgh\n", min_size=1, max_size=60))
    draft = Draft(source).apply(data.draw(change_lists(source)))
    for offset, character in enumerate(draft.text):
        span = draft.to_source(Span(offset, offset + 1))
        if span.end - span.start == 1 and all(not change.span.touches(span) for change in draft.changes):
            assert source[span.start] == character


def test_a_span_that_touches_a_replacement_grows_to_the_whole_of_it() -> None:
    draft = Draft("a&nbsp;b").apply([Change(Span(1, 7), " ", (0,))])
    assert draft.text == "a b"
    assert draft.to_source(Span(0, 2)) == Span(0, 7)
    assert draft.to_source(Span(1, 2)) == Span(1, 7)


def test_a_removal_takes_up_what_was_removed_inside_it() -> None:
    draft = Draft("one\ntwo\nthree\n").apply([Change(Span(4, 8), "", (0,))])
    draft = draft.apply([Change(Span(0, 10), "", (1,))])
    assert draft.text == ""
    assert draft.changes == (Change(Span(0, 14), "", (1, 0)),)


def test_what_a_repair_took_at_the_edge_of_a_line_goes_with_the_line() -> None:
    repaired = Draft("one\n\x01two\x01\nthree\n").apply([Change(Span(4, 5), "", (0,)), Change(Span(8, 9), "", (1,))])
    cut = repaired.apply([Change(Span(4, 8), "", (2,))])
    assert cut.changes == (Change(Span(4, 10), "", (2, 1, 0)),)
    assert cut.text == "one\nthree\n"


def test_removals_of_whole_lines_side_by_side_stay_apart() -> None:
    first = Draft("one\r\ntwo\r\nthree").apply([Change(Span(0, 5), "", (0,))])
    assert first.apply([Change(Span(0, 5), "", (1,))]).changes == (
        Change(Span(0, 5), "", (0,)),
        Change(Span(5, 10), "", (1,)),
    )
