"""Packed bytes come out as they went in, within a bound, or with a clear word."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import UnreadableInput
from scrubber.read.forms import form_of
from scrubber.read.packed import FREE_BYTES, Budget, TooMuch, unpack, unpacked_stream

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}
each_coding = pytest.mark.parametrize("coding", PACKERS)


@each_coding
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=3), zeros=st.integers(0, 9))
def test_streams_behind_one_another_come_out_as_one(coding: str, parts: list[bytes], zeros: int) -> None:
    packed = b"".join(map(PACKERS[coding], parts)) + b"\0" * zeros * 4
    assert unpack(packed, coding, 10_000) == b"".join(parts)


@each_coding
@given(cut=st.integers(1, 400))
def test_every_cut_is_seen(coding: str, cut: int) -> None:
    packed = PACKERS[coding](b"".join(str(number**9).encode() for number in range(200)))
    with pytest.raises(UnreadableInput, match=r"cut off|damaged"):
        unpack(packed[:-cut], coding, 10_000)


@each_coding
@pytest.mark.parametrize("content", [b"plain text", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"])
def test_what_is_not_packed_says_so(coding: str, content: bytes) -> None:
    with pytest.raises(UnreadableInput, match=f"its {coding} data is"):
        unpack(content, coding, 100)


@each_coding
def test_no_more_is_unpacked_than_was_asked_for(coding: str) -> None:
    packed = PACKERS[coding](b"x" * 5_000_000)
    with pytest.raises(UnreadableInput, match=r"more bytes than limits\.max-bytes"):
        unpack(packed, coding, 1000)
    budget = Budget(10)
    budget.left = 1_000_000
    with pytest.raises(TooMuch, match="unpacks to more than 200 times"):
        unpacked_stream(io.BytesIO(packed), coding, budget).read()


def test_small_files_may_unpack_to_a_fixed_amount_whatever_their_size() -> None:
    budget = Budget(1)
    budget.take(FREE_BYTES)
    with pytest.raises(TooMuch):
        budget.take(1)


def test_a_window_larger_than_the_limit_is_refused() -> None:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 30})
    packed = packer.compress(b"x" * 100) + packer.flush()
    with pytest.raises(UnreadableInput, match=r"memory|damaged"):
        unpack(packed, "zst", 1000)


@pytest.mark.parametrize(
    ("name", "inner", "coding", "kind"),
    [
        ("a/b.txt", "a/b.txt", "", "document"),
        ("a/b.TXT.GZ", "a/b.TXT", "gz", "document"),
        ("b.d/x", "b.d/x", "", "document"),
        ("x.gz", "x", "gz", "document"),
        (".gz", ".gz", "", "document"),
        ("x.tar.zst", "x.tar", "zst", "tar"),
        ("x.TBZ2", "x.tar", "bz2", "tar"),
        ("c.warc.wet.gz", "c.warc.wet", "gz", "warc"),
        ("x.ndjson.xz", "x.ndjson", "xz", "jsonl"),
    ],
)
def test_the_form_of_a_file_is_told_by_its_name(name: str, inner: str, coding: str, kind: str) -> None:
    form = form_of(name)
    assert (form.inner, form.coding, form.kind) == (inner, coding, kind)
