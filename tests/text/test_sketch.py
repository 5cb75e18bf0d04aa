"""Similarities are exact integers; signatures are datasketch's own; candidates are bounded and complete enough."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text import sketch
from scrubber.text.shingle import shingle_hashes, shingles
from scrubber.text.sketch import (
    PERMUTATIONS,
    SCHEME,
    SEED,
    candidate_pairs,
    characters_allow,
    common_length,
    containment_thousandths,
    differing_spans,
    edit_similarity,
    jaccard_thousandths,
    lengths_allow,
    shingle_counts,
    signatures,
    text_jaccard,
)
from strategies import SENTENCES

short = st.text("abc汉字", max_size=12)


def longest_common(a: str, b: str) -> int:
    """Length of the longest common subsequence, the plain way."""
    row = [0] * (len(b) + 1)
    for left in a:
        before = row
        row = [0]
        for place, right in enumerate(b):
            row.append(before[place] + 1 if left == right else max(before[place + 1], row[-1]))
    return row[-1]


@given(short, short, st.integers(0, 1000))
def test_edit_similarity_is_the_exact_share_rounded_down(a: str, b: str, at_least: int) -> None:
    total = len(a) + len(b)
    exact = 2000 * longest_common(a, b) // total if total else 1000
    assert edit_similarity(a, b) == edit_similarity(b, a) == exact
    assert edit_similarity(a, b, at_least) == (exact if exact >= at_least else 0)
    assert common_length(a, b) == longest_common(a, b)


@given(short, short, st.integers(0, 1000))
def test_cheap_bounds_never_refuse_what_is_alike(a: str, b: str, at_least: int) -> None:
    if edit_similarity(a, b) >= at_least:
        assert lengths_allow(len(a), len(b), at_least)
        assert characters_allow(a, b, at_least)


def test_edit_similarity_of_nothing() -> None:
    assert edit_similarity("", "") == 1000
    assert edit_similarity("", "返航") == 0


@given(short, short)
def test_differing_spans_hold_all_that_differs(a: str, b: str) -> None:
    marks = differing_spans(a, b)
    rest_a, rest_b = list(a), list(b)
    for (a_start, a_end), (b_start, b_end) in reversed(marks):
        del rest_a[a_start:a_end], rest_b[b_start:b_end]
    assert rest_a == rest_b
    assert (marks == ()) == (a == b)
    for before, after in itertools.pairwise(marks):
        assert after[0][0] - before[0][1] >= sketch.MERGE_GAP_CHARS


def test_differing_spans_join_what_is_one_character_apart() -> None:
    assert differing_spans("渡轮今天返航", "渡轮昨天归航") == (((2, 5), (2, 5)),)
    assert differing_spans("渡轮今天再返航", "渡轮昨天再归航") == (((2, 3), (2, 3)), ((5, 6), (5, 6)))


@pytest.mark.parametrize(
    ("a", "b", "jaccard", "containment"),
    [
        ({1, 2, 3}, {2, 3, 4}, 500, 666),
        ({1, 2}, {1, 2, 3}, 666, 1000),
        ({1}, {1}, 1000, 1000),
        ({1}, {2}, 0, 0),
        (set(), {1}, 0, 0),
        (set(), set(), 0, 0),
    ],
)
def test_set_measures_are_exact_and_nothing_is_like_nothing(
    a: set[int], b: set[int], jaccard: int, containment: int
) -> None:
    assert jaccard_thousandths(a, b) == jaccard
    assert containment_thousandths(a, b) == containment


def test_texts_below_one_shingle_are_compared_exactly() -> None:
    assert text_jaccard("返航", "返航", 3) == 1000
    assert text_jaccard("返航", "归航", 3) == 0
    assert text_jaccard("", "返航", 3) == 0


@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES), st.integers(2, 8))
def test_long_texts_have_the_same_counts_by_their_hashes(a: str, b: str, k: int) -> None:
    by_strings = shingle_counts(a, b, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketch, "MAX_STRING_SHINGLE_CHARS", 0)
        assert shingle_counts(a, b, k) == by_strings
    assert by_strings[2] == len(shingles(a, k) & shingles(b, k))


def test_signatures_are_those_of_datasketch() -> None:
    from datasketch import LeanMinHash, MinHash

    texts = [*SENTENCES, "", "返航", "返航了", "".join(SENTENCES) * 100, SENTENCES[0] * 2]
    for k in (3, 5):
        rows = signatures(texts, k)
        assert rows.shape == (len(texts), PERMUTATIONS)
        for text, row in zip(texts, rows, strict=True):
            own = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME, hashfunc=int)
            numbers = [number & 0xFFFFFFFF for number in sorted(shingle_hashes(text, k))]
            if numbers:
                own.update_batch(numbers)
            assert own.hashvalues.tolist() == row.tolist()
            lean = LeanMinHash(seed=SEED, hashvalues=row, scheme=SCHEME)
            assert lean.jaccard(own) == 1.0


def test_candidates_hold_the_like_and_leave_out_the_empty() -> None:
    alike = SENTENCES[0] * 3
    texts = ["返", SENTENCES[2], alike, "", SENTENCES[5], alike.replace("返航", "归航")]
    assert candidate_pairs(signatures(texts, 3)).tolist() == [[2, 5]]


@pytest.mark.parametrize("texts", [[], ["返"], ["返", ""], [SENTENCES[0]], [SENTENCES[0], SENTENCES[2]]])
def test_no_candidates_where_there_is_no_pair(texts: list[str]) -> None:
    assert candidate_pairs(signatures(texts, 3)).tolist() == []


def test_a_group_of_equal_texts_gives_few_pairs_and_links_all_of_them() -> None:
    count = 300
    pairs = candidate_pairs(signatures([SENTENCES[0]] * count, 3)).tolist()
    assert len(pairs) <= (sketch.GROUP_FIRST_ROWS + 1) * count
    assert [pair for pair in pairs if pair[0] == 0] == [[0, later] for later in range(1, count)]
    assert all(first < second for first, second in pairs)


def test_pairs_are_the_same_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = signatures([sentence + SENTENCES[number % 3] for number, sentence in enumerate(SENTENCES * 3)], 3)
    together = candidate_pairs(rows).tolist()
    monkeypatch.setattr(sketch, "_PAIRS_WAITING", 0)
    assert candidate_pairs(rows).tolist() == together


def test_importing_the_module_imports_nothing_heavy() -> None:
    code = (
        "import sys, scrubber.text.sketch as s; s.edit_similarity('a', 'a'); s.text_jaccard('abc', 'abd', 2);"
        "print(sorted({'numpy', 'datasketch', 'scipy', 'rapidfuzz'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
