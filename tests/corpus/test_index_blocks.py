"""Laws of the blocks that postings are packed into."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.corpus.index_blocks import (
    MAX_BLOCK_BYTES,
    MAX_ENTRY,
    PREFIX_BITS,
    packed_blocks,
    prefixes_in,
    unpacked_block,
)

#: Keys that are close, so that blocks of every width come about, and keys from all over.
KEYS = st.one_of(st.integers(0, 300), st.integers(0, 1 << 18), st.integers(0, (1 << 31) - 1))
ENTRIES = st.lists(
    st.builds(lambda key, prefix: key << PREFIX_BITS | prefix, KEYS, st.integers(0, (1 << PREFIX_BITS) - 1)),
    min_size=1,
    max_size=600,
    unique=True,
).map(sorted)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.booleans())
def test_what_was_packed_comes_out_again(entries: list[int], loose: bool) -> None:
    blocks = list(packed_blocks(np.array(entries, dtype=np.uint64), loose=loose))
    assert [int(entry) for first, block in blocks for entry in unpacked_block(first, block)] == entries
    assert all(int(unpacked_block(first, block)[0]) == first for first, block in blocks)
    assert all(len(block) <= MAX_BLOCK_BYTES for _, block in blocks)


@settings(max_examples=60, deadline=None)
@given(ENTRIES)
def test_the_holders_of_a_key_are_found_without_unpacking(entries: list[int]) -> None:
    blocks = list(packed_blocks(np.array(entries, dtype=np.uint64)))
    wanted = {entry >> PREFIX_BITS for entry in entries}
    mask = (1 << PREFIX_BITS) - 1
    for key in sorted(wanted | {key + 1 for key in wanted} | {key - 1 for key in wanted if key}):
        found = [prefix for first, block in blocks for prefix in prefixes_in(first, block, key)[0]]
        assert found == [entry & mask for entry in entries if entry >> PREFIX_BITS == key]


def test_a_key_that_ends_a_block_may_go_on_in_the_next() -> None:
    entries = np.arange(1000, dtype=np.uint64)  # one key, a thousand holders
    blocks = list(packed_blocks(entries))
    assert len(blocks) > 1
    assert all(prefixes_in(first, block, 0)[1] for first, block in blocks)
    assert not prefixes_in(*next(packed_blocks(np.array([5 << PREFIX_BITS], dtype=np.uint64))), 4)[1]


def test_the_largest_entry_fits() -> None:
    (first, block), *_ = packed_blocks(np.array([0, MAX_ENTRY], dtype=np.uint64))
    assert unpacked_block(first, block).tolist() == [0, MAX_ENTRY]


@pytest.mark.parametrize("block", [b"", b"\x00", b"\x05" + b"x" * 9, b"\x03" + b"x" * 8, b"\x01" + b"x" * 5000])
def test_what_is_no_block_is_refused(block: bytes) -> None:
    with pytest.raises(ValueError, match="not a block"):
        prefixes_in(0, block, 1)
    with pytest.raises(ValueError, match="not a block"):
        unpacked_block(0, block)
