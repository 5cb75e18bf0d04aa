"""What is decided over all documents of a run: copies name what stays, whoever comes first and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing

import pytest
from corpus_texts import HAN, near_copies
from msgspec.structs import replace

from scrubber.corpus.decide import Comparison, decide
from scrubber.corpus.observation import Observation, Observations, ObservedText
from scrubber.model.copies import DocumentCopies, FoundCopy, text_digest
from scrubber.text.shingle import shingle_length
from scrubber.text.sketch import edit_similarity, text_jaccard

NEAR = Comparison("set/near", whole=False, threshold=800, min_chars=20, takes=True)
WHOLE = Comparison("set/whole", whole=True, threshold=800, min_chars=20, takes=True)


def observed(*texts: str, protected: Sequence[int] = ()) -> Observation:
    """A document whose paragraphs are these lines."""
    rows = [ObservedText(number + 1, number + 1, text, text, number in protected) for number, text in enumerate(texts)]
    whole = ObservedText(1, len(texts), " ".join(texts), protected=bool(protected)) if texts else None
    return Observation(tuple({row.text: row for row in reversed(rows)}.values()), whole)


def decided(documents: Mapping[str, Observation], *comparisons: Comparison) -> dict[str, DocumentCopies]:
    with closing(Observations()) as observations:
        for name, observation in documents.items():
            observations.add(name, observation.coded())
        found = list(decide(observations, comparisons))
    assert [name for name, _ in found] == sorted(name for name, _ in found)
    return dict(found)


def corpus(seed: int, count: int = 40) -> dict[str, Observation]:
    """Documents of one to four paragraphs, about half of which are copies of others; some documents twice."""
    choose = random.Random(seed)
    texts = near_copies(seed, 3 * count)
    found: dict[str, Observation] = {}
    lines: list[list[str]] = []
    for number in range(count):
        own = choose.sample(texts, choose.randint(1, 4)) if number % 5 else list(choose.choice(lines or [texts[:3]]))
        lines.append(own)
        found[f"d{number:02}"] = observed(*own, protected=(0,) if number % 9 == 4 else ())
    return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("comparisons", [(NEAR,), (NEAR, WHOLE), (replace(NEAR, keep="longest"), WHOLE)])
def test_what_goes_is_like_what_stays(seed: int, comparisons: tuple[Comparison, ...]) -> None:
    documents = corpus(seed)
    found = decided(documents, *comparisons)
    gone = {(name, copy.text) for name, copies in found.items() for copy in copies.copies}
    left_out = {name for name, text in gone if not text}
    met = 0
    for name, copies in found.items():
        texts = {text_digest(row.text): row for row in documents[name].paragraphs}
        for copy in copies.copies:
            met += 1
            assert copy.document_id != name
            assert copy.document_id not in left_out
            kin = documents[copy.document_id]
            if not copy.text:
                assert found.get(copy.document_id, DocumentCopies()).copies == () or copy.document_id not in left_out
                continue
            assert name not in left_out, "of a document that is left out no paragraph is compared"
            own = texts[copy.text]
            assert not own.protected
            kept = next(row for row in kin.paragraphs if row.first_line == copy.first_line)
            assert (copy.document_id, text_digest(kept.text)) not in gone
            assert text_digest(kept.text) in found[copy.document_id].kept
            assert copy.score >= 800
            assert copy.measure == ("equal" if own.text == kept.text else copy.measure)
            k = min(shingle_length(own.text), shingle_length(kept.text))
            exact = max(text_jaccard(own.text, kept.text, k), edit_similarity(own.text, kept.text))
            assert copy.score == exact or copy.measure == "equal"
    assert met > 5


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_documents_decides_nothing(seed: int) -> None:
    documents = corpus(seed)
    names = list(documents)
    random.Random(seed).shuffle(names)
    assert decided({name: documents[name] for name in names}, NEAR, WHOLE) == decided(documents, WHOLE, NEAR)


ONE = "The ferry returned at noon, and the harbour office said that it will sail again on the next day."
TWO = ONE.replace("noon", "dusk")
LONGER = ONE + " So it was."
COUNTS = "On that day 12 boats came back to the harbour, and the office counted 340 people on the pier."

CASES: list[tuple[str, dict[str, Observation], Comparison, dict[str, list[str]]]] = [
    ("the first stays", {"b": observed(ONE), "a": observed(TWO)}, NEAR, {"b": ["a"]}),
    ("the longest stays", {"a": observed(ONE), "b": observed(LONGER)}, replace(NEAR, keep="longest"), {"a": ["b"]}),
    (
        "of equally long ones the first",
        {"a": observed(ONE), "b": observed(TWO)},
        replace(NEAR, keep="longest"),
        {"b": ["a"]},
    ),
    ("a protected one stays", {"a": observed(ONE), "b": observed(TWO, protected=(0,))}, NEAR, {"a": ["b"]}),
    ("two protected ones stay", {"a": observed(ONE, protected=(0,)), "b": observed(TWO, protected=(0,))}, NEAR, {}),
    ("no copy within a document", {"a": observed(ONE, TWO), "b": observed(COUNTS)}, NEAR, {}),
    ("short texts are passed over", {"a": observed(ONE), "b": observed(ONE)}, replace(NEAR, min_chars=200), {}),
    ("bars are no text", {"a": observed("-" * 60), "b": observed("-" * 60)}, NEAR, {}),
    ("other numbers, other facts", {"a": observed(COUNTS), "b": observed(COUNTS.replace("12", "41"))}, NEAR, {}),
    (
        "numbers may count for nothing",
        {"a": observed(COUNTS), "b": observed(COUNTS.replace("12", "41"))},
        replace(NEAR, by_numbers=False),
        {"b": ["a"]},
    ),
    ("Han", {"a": observed(HAN), "b": observed(HAN[:30] + "了" + HAN[31:])}, NEAR, {"b": ["a"]}),
    ("shingles as long as asked", {"a": observed(ONE), "b": observed(TWO)}, replace(NEAR, shingle=8), {"b": ["a"]}),
    ("a whole document", {"a": observed(ONE, COUNTS), "b": observed(TWO, COUNTS)}, WHOLE, {"b": ["a"]}),
    ("a part is no duplicate", {"a": observed(ONE, COUNTS, LONGER * 3), "b": observed(ONE)}, WHOLE, {}),
]


@pytest.mark.parametrize(
    ("documents", "comparison", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_cases(documents: dict[str, Observation], comparison: Comparison, expected: dict[str, list[str]]) -> None:
    found = decided(documents, comparison)
    assert {
        name: [copy.document_id for copy in copies.copies] for name, copies in found.items() if copies.copies
    } == expected


def test_two_rules_leave_one_copy_at_least() -> None:
    """What the first rule keeps, the second does not take as a copy of a third text."""
    far = "The ferry came home late, and the island office said that it will rest there on the next day."
    documents = {"a": observed(far), "b": observed(ONE), "c": observed(TWO)}
    loose = replace(NEAR, rule="set/loose", threshold=500)
    assert [copy.document_id for copy in decided(documents, loose)["b"].copies] == ["a"]
    found = decided(documents, NEAR, loose)
    assert [(copy.rule, copy.document_id) for copy in found["c"].copies] == [("set/near", "b")]
    assert found["b"].copies == ()
    assert found["b"].kept == (text_digest(ONE),)


def test_differences_are_marked_in_the_texts_as_written() -> None:
    first = ObservedText(1, 1, ONE.casefold(), ONE)
    second = ObservedText(3, 3, TWO.casefold(), TWO)
    found = decided({"a": Observation((first,)), "b": Observation((second,))}, NEAR)
    (copy,) = found["b"].copies
    assert [(TWO[a:b], ONE[c:d]) for a, b, c, d in copy.differing] == [("dusk", "noon")]
    assert copy.differs == 4


def test_nothing_comes_of_nothing() -> None:
    assert decided({}, NEAR, WHOLE) == {}
    assert decided({"a": Observation(), "b": observed()}, NEAR, WHOLE) == {}


def test_an_observation_comes_back_as_it_was() -> None:
    whole = ObservedText(1, 9, '渡轮 and "quotes"\\', "", True)
    observation = Observation((ObservedText(2, 3, "a b", "A\r\nb"), ObservedText(4, 4, "same", "same")), whole)
    assert Observation.decoded(observation.coded()) == observation
    for strange in (b"", b"{}", b"[[],[]]", b"[[[1,2,3,4,5]],null]", b'[[[2,1,"a",0,0]],null]'):
        assert not Observation.holds(strange)


def copies_of(found: Mapping[str, DocumentCopies]) -> list[FoundCopy]:
    return [copy for copies in found.values() for copy in copies.copies]


def test_no_text_has_copies_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from scrubber.corpus import decide as module

    monkeypatch.setattr(module, "MOST_COPIES", 3)
    found = decided({f"{number}": observed(ONE) for number in range(9)}, NEAR)
    kin = [copy.document_id for copy in copies_of(found)]
    assert max(kin.count(name) for name in kin) == 3
