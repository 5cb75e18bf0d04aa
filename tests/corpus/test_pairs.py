"""Pairs of like texts: complete and exact against brute force, the same in any order, spared where one template speaks."""

from __future__ import annotations

import random

import pytest
from corpus_texts import alike, by_ranks, near_copies, pairs_of, sentence
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.corpus import candidates, overlap, pairs
from scrubber.corpus.pairs import Pair, likenesses
from scrubber.text.fold import fold
from scrubber.text.sketch import edit_similarity

JACCARD = likenesses("jaccard", 700)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("threshold", [500, 700, 900])
def test_jaccard_finds_exactly_what_comparing_each_with_each_finds(seed: int, threshold: int) -> None:
    texts = near_copies(seed, 120)
    found = by_ranks(pairs_of(texts, likenesses("jaccard", threshold)))
    assert found == alike(texts, threshold)


@settings(max_examples=40)
@given(st.lists(st.text("ab 渡轮é", min_size=1, max_size=14), max_size=14))
def test_short_texts_are_found_as_exactly(texts: list[str]) -> None:
    folded = [text for text in map(fold, texts) if text]
    assert by_ranks(pairs_of(folded, JACCARD)) == alike(folded, 700)


@pytest.mark.parametrize("measure", ["jaccard", "edit", "either"])
def test_the_order_in_which_texts_come_changes_nothing(measure: str) -> None:
    texts = near_copies(11, 150)
    order = list(range(len(texts)))
    expected = pairs_of(texts, likenesses(measure, 600))
    for seed in range(3):
        random.Random(seed).shuffle(order)
        assert pairs_of(texts, likenesses(measure, 600), order) == expected


def test_what_does_not_fit_memory_gives_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = near_copies(3, 200)
    expected = pairs_of(texts, JACCARD)
    monkeypatch.setattr(candidates, "_BUCKET_NUMBERS", 300)
    monkeypatch.setattr(pairs, "_PAIRS_AT_A_TIME", 7)
    monkeypatch.setattr(overlap, "_SORTED_NUMBERS", 500)
    monkeypatch.setattr(overlap, "LONG_TEXT_CHARS", 150)
    assert pairs_of(texts, JACCARD) == expected


@pytest.mark.parametrize("han", [True, False], ids=["han", "latin"])
@pytest.mark.parametrize("measure", ["edit", "either"])
def test_scattered_edits_are_found_by_edit_similarity(han: bool, measure: str) -> None:
    choose = random.Random(5)
    originals = [" ".join(sentence(choose, han=han, words=12) for _ in range(3)) for _ in range(40)]
    copies = ["".join("x" if choose.random() < 0.06 else mark for mark in text) for text in originals]
    texts = [fold(text) for text in originals + copies]
    found = pairs_of(texts, likenesses(measure, 800))
    assert {(pair.a, pair.b) for pair in found} == {(number, number + 40) for number in range(40)}
    for pair in found:
        assert pair.edit == edit_similarity(texts[pair.a], texts[pair.b])


def test_texts_below_one_shingle_are_pairs_only_if_they_are_equal() -> None:
    texts = ["ab", "ac", "ab", "渡轮", "渡轮", "渡船", "a"]
    assert pairs_of(texts, likenesses("either", 100)) == [
        Pair(0, 2, 1000, 1000),
        Pair(3, 4, 1000, 1000),
    ]


def test_each_of_a_thousand_copies_has_a_pair_with_the_first_and_the_pairs_stay_few() -> None:
    text = fold(sentence(random.Random(1), han=False, words=30))
    numbered = [f"{text} {'abcdefghij'[number // 10 % 10]}{'abcdefghij'[number % 10]}" for number in range(100)]
    texts = [text] * 900 + numbered
    found = pairs_of(texts, JACCARD)
    linked = {pair.b for pair in found if pair.a == 0}
    assert linked == set(range(1, 1000))
    assert len(found) < 20_000


TICKETS = [
    f"The ticket for gate {number} costs {number * 3} coins, and the crew takes it at the pier." for number in range(3)
]


@pytest.mark.parametrize(("measure", "spare", "expected"), [
    ("either", None, 0), ("edit", None, 0), ("jaccard", None, 3), ("jaccard", True, 0), ("either", False, 3),
])  # fmt: skip
def test_texts_that_differ_in_numbers_only_are_spared_unless_asked_for(
    measure: str, spare: bool | None, expected: int
) -> None:
    wanted = likenesses(measure, 500, spare_templated=spare)
    assert len(pairs_of(map(fold, TICKETS), wanted)) == expected


NAMES = ("Anders", "Birgitta", "Caspar", "Dorothea", "Emil", "Friederike", "Gustav", "Henriette", "Ingolf", "Johanna")
HAN_NAMES = ("林一", "陈望海", "高子航", "吴桐", "周定边", "许平", "何守成", "罗青", "孟长河", "唐宁")


@pytest.mark.parametrize("frame", [
    "The harbour office thanks {} for thirty years of service on the night ferry, and wishes all the best.",
    "港务处感谢{}同志三十年来在夜班渡轮上的辛勤工作，并祝愿今后一切顺利，身体健康。",
])  # fmt: skip
def test_a_family_that_differs_in_names_is_spared(frame: str) -> None:
    names = HAN_NAMES if "港" in frame else NAMES
    texts = [fold(frame.format(name)) for name in names]
    assert pairs_of(texts, likenesses("either", 500)) == []
    assert len(pairs_of(texts, likenesses("jaccard", 500))) == 45


def test_revisions_of_one_paragraph_are_no_family() -> None:
    first = "The ferry returned at noon, and the harbour office said that all services would run again on Monday."
    revised = [
        first,
        first.replace("returned", "came back"),
        first.replace("said", "told us"),
        first.replace("run", "go"),
    ]
    found = pairs_of(map(fold, revised), likenesses("either", 500))
    assert {(pair.a, pair.b) for pair in found} == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}


def test_an_empty_collection_has_no_pairs() -> None:
    assert pairs_of([], JACCARD) == []
