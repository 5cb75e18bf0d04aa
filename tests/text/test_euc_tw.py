"""Promises of the reader of EUC-TW. The codes are those of CNS 11643."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.text import euc_tw
from scrubber.text.decode import decode


@pytest.mark.parametrize(
    ("codes", "text"),
    [("c4a1", "一"), ("c4e3", "中"), ("fdcb", "籲"), ("8ea2a1a1", "乂"), ("8ea1c4e3", "中"), ("a1a2", "，"), ("a1a3", "、"),
     ("8ea2f2c4", "龘"), ("8ea3a1a1", "\ufffd"), ("41c4e30a", "A中\n")],
)  # fmt: skip
def test_codes_are_read(codes: str, text: str) -> None:
    assert euc_tw.decode(bytes.fromhex(codes)) == text


def written(text: str) -> bytes:
    codes = {character: code for code, character in reversed(euc_tw._table().items())}
    return b"".join(codes.get(character) or character.encode("ascii") for character in text)


def test_a_file_is_found_read_and_kept_for_the_store() -> None:
    text = "渡輪今天中午返航，碼頭將於星期一重新開放，港務處表示，所有班次將恢復正常。\n" * 3
    read = decode(written(text))
    assert (read.text, read.encoding, read.roundtrips, read.repairs) == (text, "euc-tw", False, ())


def test_what_cannot_be_read_is_recorded() -> None:
    text = "渡輪今天中午返航，碼頭將於星期一重新開放。\n" * 5
    data = written(text) + b"\x8e\xa3\xa1\xa1" + written(text)
    read = decode(data)
    assert [(run.text_offset, run.byte_offset, run.raw) for run in read.repairs] == [
        (len(text), len(written(text)), b"\x8e\xa3\xa1\xa1")
    ]


@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_and_all_that_was_lost(data: bytes) -> None:
    text, runs = euc_tw.decode_recording(data, limit=1000)
    assert text == euc_tw.decode(data)
    assert [run.text_offset for run in runs] == [place for place, one in enumerate(text) if one == "\ufffd"]
