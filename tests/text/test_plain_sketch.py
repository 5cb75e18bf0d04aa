"""Promises of signatures by plain integers: the same values as the vectorised form, which are those of datasketch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.text.plain_sketch import Permutations, PlainSketcher, plain_band_keys
from scrubber.text.sketch import BANDS, EMPTY_VALUE, PERMUTATIONS, ROWS, band_keys, permutations, signatures

TEXTS = st.text(min_size=0, max_size=200)


@pytest.fixture(scope="module")
def sketcher() -> PlainSketcher:
    return PlainSketcher(permutations())


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize(("bands", "rows"), [(BANDS, ROWS), (21, 6)])
def test_values_and_keys_are_those_of_the_vectorised_form(
    sketcher: PlainSketcher, k: int, bands: int, rows: int
) -> None:
    @settings(max_examples=25, deadline=None)
    @given(TEXTS)
    def holds(text: str) -> None:
        values = signatures([text], k)
        plain = sketcher.signature(text, k)
        assert list(plain) == values[0].tolist()
        assert plain_band_keys(plain, bands, rows) == band_keys(values, bands, rows)[0].tolist()

    holds()


def test_a_text_below_one_shingle_has_an_empty_signature(sketcher: PlainSketcher) -> None:
    assert set(sketcher.signature("abcd", 5)) == {EMPTY_VALUE}


def test_permutations_survive_as_bytes() -> None:
    own = permutations()
    assert len(own.factors) == len(own.summands) == PERMUTATIONS
    assert Permutations.unpacked(own.packed()) == own


def test_half_a_number_is_no_permutation() -> None:
    with pytest.raises(ValueError, match="permutations"):
        Permutations.unpacked(b"123456789")


def test_known_permutations_give_the_same_signatures_without_datasketch() -> None:
    text = "The ferry returned at noon, and the harbour office was open."
    assert (signatures([text], 5, permutations()) == signatures([text], 5)).all()
