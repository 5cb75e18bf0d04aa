"""Pages with NULs in them: the standard drops those from text, so that they make no page binary."""

from __future__ import annotations

import pytest

from scrubber.errors import UnreadableInput
from scrubber.model import Document
from scrubber.read.html import read

PAGE = "<p>Die Fähre kam am Mittag zurück.</p>"


def read_page(page: bytes) -> Document:
    return read(page, id="a.html", path="a.html")


@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
@pytest.mark.parametrize("count", [1, 2, 1000])
def test_nuls_are_dropped_from_a_page_however_many(codec: str, count: int) -> None:
    page = PAGE.encode(codec).replace(b" am", b" a" + b"\0" * count + b"m")
    found = read_page(page)
    assert found.text == "Die Fähre kam am Mittag zurück.\n"
    assert found.origin.how_known.endswith(f"without {count:,} bytes of NUL")
    assert found.origin.size == len(page)


def test_nuls_above_the_first_tag_and_in_it() -> None:
    assert read_page(b"\0\0\n<di\0v>one</div>").text == "one\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_is_still_one(codec: str) -> None:
    assert read_page(PAGE.encode(codec)).origin.encoding == codec


def test_what_only_begins_like_a_page_is_binary() -> None:
    rest = bytes(range(32)) * 50
    for page in (
        b"<p>one</p>" + rest,
        b"PK\3\4\0\0<p>one</p>",
        b"one \0\0\0<p>two</p>",
        b"\0\0\0\0",
        b"<\0p\0>" + rest,
    ):
        with pytest.raises(UnreadableInput, match="binary"):
            read_page(page)


def test_the_first_bad_byte_is_told_by_its_place_in_the_file() -> None:
    page = b"<p>\0\0\0ein Text, der auf UTF-8 lautet: \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\0 \xff.</p>"
    found = read_page(page).page
    assert found is not None
    assert (found.bad_runs, page[found.first_bad_byte]) == (1, 0xFF)
