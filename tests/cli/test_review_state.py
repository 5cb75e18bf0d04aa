"""The state of a review, without terminal and files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.cli.review_state import KEEP, LATER, REMOVE, Item, Reach, Review, Step, Subject
from scrubber.rules.decisions import Decision
from scrubber.rules.decisions_write import Key


def item(rule: str, document: str, number: int, confidence: int = 2, **values: object) -> Item:
    subjects = (Subject(f"{number:016x}", rule),)
    return Item(confidence, rule, document, (number, number + 1), subjects, **values)  # type: ignore[arg-type]


ITEMS = [
    item("b/tail", "x.txt", 1, source=0),
    item("a/bar", "y.txt", 2, source=1),
    item("b/tail", "y.txt", 3, source=1),
    item("c/guess", "x.txt", 4, confidence=1, source=0),
]


def save(review: Review, step: Step | None) -> dict[Key, Decision]:
    """What a file would say after a step."""
    saved = dict(review.decided)
    for key, decision in (step.after if step is not None else {}).items():
        saved.pop(key, None)
        if decision is not None:
            saved[key] = decision
    return saved


def answer(review: Review, verdict: str, reach: Reach = Reach.ITEM) -> Step | None:
    step = review.answered(verdict, reach)
    if step is not None:
        review.take(step, save(review, step))
    return step


def in_hand(review: Review) -> str:
    here = review.current
    return "" if here is None else f"{here.rule} {here.document_id}"


def test_doubtful_items_come_first_then_each_rule_together() -> None:
    review = Review(ITEMS)
    seen = []
    while review.current is not None:
        seen.append(in_hand(review))
        answer(review, KEEP)
    assert seen == ["c/guess x.txt", "a/bar y.txt", "b/tail x.txt", "b/tail y.txt"]


def test_order_does_not_depend_on_the_order_of_finding() -> None:
    assert Review(ITEMS[::-1]).items == Review([*ITEMS, *ITEMS]).items


def test_what_is_decided_already_is_passed_over_but_can_be_gone_back_to() -> None:
    first = Review(ITEMS)
    answer(first, KEEP)
    review = Review(ITEMS, first.decided)
    assert in_hand(review) == "a/bar y.txt"
    assert review.back()
    assert in_hand(review) == "c/guess x.txt"
    answer(review, LATER)
    assert in_hand(review) == "a/bar y.txt"


def test_a_wide_answer_leaves_what_is_answered_as_it_is() -> None:
    review = Review(ITEMS)
    answer(review, LATER)  # the guess in x.txt
    review.go_to(ITEMS[0])
    step = answer(review, REMOVE, Reach.DOCUMENT)
    assert step is not None
    assert step.items == 1
    assert sorted(decision.verdict for decision in review.decided.values()) == ["later", "remove"]


def test_a_wide_removal_passes_over_what_cannot_be_removed() -> None:
    review = Review([ITEMS[0], item("core/bad-bytes", "x.txt", 9, confidence=3, removable=False)])
    step = answer(review, REMOVE, Reach.DOCUMENT)
    assert step is not None
    assert step.items == 1
    assert review.answered(REMOVE) is None


def test_what_lies_beneath_is_put_off_with_it_but_not_decided_with_it() -> None:
    beneath = (Subject("f" * 16, "a/inner"),)
    for verdict, count in ((LATER, 2), (KEEP, 1), (REMOVE, 1)):
        review = Review([replace(ITEMS[0], beneath=beneath)])
        answer(review, verdict)
        assert len(review.decided) == count


def test_a_reason_waits_for_the_answer_and_can_be_written_after_it() -> None:
    review = Review(ITEMS, by="ode")
    assert review.reasoned("because") is None
    answer(review, KEEP)
    assert {(each.reason, each.by) for each in review.decided.values()} == {("because", "ode")}
    review.back()
    step = review.reasoned("for another reason")
    assert step is not None
    review.take(step, save(review, step), move=False)
    assert in_hand(review) == "c/guess x.txt"
    assert {each.reason for each in review.decided.values()} == {"for another reason"}
    answer(review, REMOVE)  # another answer keeps the reason
    assert {(each.verdict, each.reason) for each in review.decided.values()} == {("remove", "for another reason")}


def test_items_of_a_document_that_changed_make_way_for_new_ones() -> None:
    review = Review(ITEMS)
    answer(review, KEEP)
    new = item("b/tail", "y.txt", 7, source=1)
    review.renew(1, [new])
    assert [each.document_id for each in review.items] == ["x.txt", "x.txt", "y.txt"]
    assert in_hand(review) == "b/tail x.txt"
    answer(review, KEEP)
    assert review.current == new
    review.renew(1, [])
    assert review.current is None
    assert review.standing().open == 0


def test_what_was_answered_stays_in_sight_when_its_document_is_read_again() -> None:
    review = Review(ITEMS)
    answer(review, KEEP)
    review.renew(0, [ITEMS[0]])
    assert len(review.items) == 4
    assert review.tally() == {KEEP: 1}


def test_superfluous_answers_are_only_those_of_this_session() -> None:
    theirs = Key(f"{4:016x}", "x.txt")
    decision = Decision(theirs.fingerprint, "c/guess", "x.txt", KEEP)
    review = Review(ITEMS, {theirs: decision})
    answer(review, KEEP)
    answer(review, KEEP)
    unmet = review.unmet({"x.txt": frozenset(), "y.txt": frozenset((f"{2:016x}",))})
    assert list(unmet) == [Key(f"{1:016x}", "x.txt")]
    review.forget(unmet, {key: each for key, each in review.decided.items() if key not in unmet})
    assert theirs in review.decided
    assert review.tally() == {KEEP: 1}
    assert len(review.items) == 3


def test_nothing_in_hand_can_be_asked_for_everything() -> None:
    review = Review([])
    assert review.current is None
    assert review.answered(KEEP) is None
    assert review.reasoned("x") is None
    assert review.taken_back() is None
    assert not review.back()
    assert not review.forward()
    assert not review.seek(lambda each: True)


ACTIONS = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from((REMOVE, KEEP, LATER)), st.sampled_from(Reach)),
    st.tuples(st.sampled_from(("undo", "back", "forward", "renew")), st.integers(0, 2), st.just(Reach.ITEM)),
)
MANY = st.lists(
    st.builds(
        item,
        st.sampled_from(("a/x", "b/y")),
        st.just("x.txt") | st.just("y.txt"),
        st.integers(0, 12),
        st.integers(1, 3),
        source=st.integers(0, 1),
        removable=st.booleans(),
    ),
    max_size=12,
)


@given(MANY, st.lists(ACTIONS, max_size=20))
def test_every_way_through_a_review_can_be_gone_back(
    items: list[Item], actions: list[tuple[str, object, Reach]]
) -> None:
    """Whatever is done, counts hold, an open item comes in hand after an answer, and undoing all of it undoes it all."""
    review = Review(items)
    for name, value, reach in actions:
        if name == "answer":
            step = answer(review, str(value), reach)
            standing = review.standing()
            if step is not None and standing.open:
                assert review.current is not None
                assert review.is_open(review.current)
        elif name == "undo":
            undo = review.taken_back()
            if undo is not None:
                review.take_back(undo, save(review, undo))
                assert review.current == undo.item
        elif name == "renew":
            review.renew(0, [each for each in items if each.source == 0])
        else:
            getattr(review, name)()
        assert 0 <= review.position <= len(review.items)
        assert review.items == sorted(review.items, key=lambda each: each.order)
    while (undo := review.taken_back()) is not None:
        review.take_back(undo, save(review, undo))
    assert review.decided == {}
