"""Shingles follow the script, their numbers are the same with and without numpy, samples depend on text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text import shingle
from scrubber.text.fold import fold
from scrubber.text.shingle import (
    CHUNK_SHINGLES,
    hashed_shingles,
    samples,
    shingle_hashes,
    shingle_length,
    shingles,
)
from strategies import SENTENCES

texts = st.one_of(st.sampled_from(SENTENCES), st.text(max_size=60), st.text("ab汉字𠀀", max_size=40))
lengths = st.integers(2, 8)


def hashes_by_text(many: list[str], k: int) -> list[list[int]]:
    """What the numpy path gives, put together again for each text."""
    found: list[list[int]] = [[] for _ in many]
    for rows, starts, hashes in hashed_shingles(many, k):
        stops = [*starts.tolist()[1:], len(hashes)]
        for row, start, stop in zip(rows.tolist(), starts.tolist(), stops, strict=True):
            found[row] += hashes[start:stop].tolist()
    return found


@pytest.mark.parametrize(
    ("text", "k"),
    [
        ("渡轮今天中午返航", 3),
        ("フェリーは正午に戻りました", 3),
        ("배는 정오에 돌아왔다", 3),
        ("The ferry returned at noon", 5),
        ("Паром вернулся в полдень", 5),
        ("عادت السفن إلى الميناء", 5),
        ("渡轮 A3 号 2023 年返航", 3),
        ("The 渡轮 returned at noon", 5),
        ("12345 - 67890", 5),
        ("", 5),
    ],
)
def test_shingle_length_follows_the_script_of_most_letters(text: str, k: int) -> None:
    assert shingle_length(text) == k


def test_shingles_are_all_runs_of_k_code_points() -> None:
    assert shingles("abcab", 3) == {"abc", "bca", "cab"}
    assert shingles("ab", 3) == frozenset()


@given(st.lists(texts, max_size=8), lengths)
def test_numbers_are_the_same_with_and_without_numpy(many: list[str], k: int) -> None:
    found = hashes_by_text(many, k)
    assert [frozenset(numbers) for numbers in found] == [shingle_hashes(text, k) for text in many]
    assert [len(numbers) for numbers in found] == [max(0, len(text) - k + 1) for text in many]


@given(texts, lengths)
def test_as_many_numbers_as_shingles(text: str, k: int) -> None:
    assert len(shingle_hashes(text, k)) == len(shingles(text, k))


def test_long_texts_are_hashed_in_portions_without_loss() -> None:
    long = "".join(SENTENCES) * (2 * CHUNK_SHINGLES // len("".join(SENTENCES)) + 1)
    many = ["渡轮返航了", long, "", "ab", long[:CHUNK_SHINGLES], "返航的渡轮"]
    for numbers, text in zip(hashes_by_text(many, 3), many, strict=True):
        assert len(numbers) == max(0, len(text) - 2)
        assert frozenset(numbers) == shingle_hashes(text, 3)
    portions = list(hashed_shingles(many, 3))
    assert all(len(portion.hashes) < 3 * CHUNK_SHINGLES for portion in portions)
    assert all(len(set(portion.rows.tolist())) == len(portion.rows) for portion in portions)


def test_the_numbers_are_fixed() -> None:
    # Stored signatures depend on them: a change here needs a new recipe.
    assert sorted(shingle_hashes("渡轮返航", 3)) == [881051981004776298, 5798860610770912970]
    assert shingle.SHINGLE_RECIPE == "code-points-1 k=3/5 base=9e3779b97f4a7c15 mix=fmix64"


@pytest.mark.parametrize("sentence", [fold(sentence) for sentence in SENTENCES])
def test_every_script_has_samples(sentence: str) -> None:
    assert len(samples(sentence)) * 20 >= len(sentence)
    assert all(sample in sentence for sample in samples(sentence))


@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_samples_of_a_part_are_found_again_wherever_it_stands(one: str, two: str, three: str) -> None:
    alone, inside = samples(fold(two)), samples(fold(one + two + three))
    # The cut at each end costs the samples that reach over it and shifts at most the next one.
    assert len(alone - inside) <= 4


def test_samples_of_a_long_text_are_bounded_and_survive_an_edit() -> None:
    text = "".join(f"{SENTENCES[number % 4]}{number:x}" for number in range(4000))
    found = samples(text)
    assert len(found) <= shingle.MAX_SAMPLES
    edited = samples(text[:100_000] + "返航" + text[100_000:])
    assert len(found & edited) * 100 >= 95 * len(found)
