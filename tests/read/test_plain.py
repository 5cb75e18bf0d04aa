"""Promises of the plain reader and of the registry of readers."""

from __future__ import annotations

import hashlib

import pytest

from scrubber.errors import UnreadableInput, UsageError
from scrubber.read import READERS, reader_for
from scrubber.text.decode import encode_text

HAN = "渡轮今天中午返航，码头将于星期一重新开放。\r\n"


def test_the_origin_says_all_that_the_way_back_needs() -> None:
    data = b"\xff\xfe" + (HAN * 3).encode("utf-16-le")
    document = reader_for("in/a.txt")(data, id="a.txt", path="in/a.txt")
    origin = document.origin
    assert (document.id, document.text, origin.path) == ("a.txt", HAN * 3, "in/a.txt")
    assert (origin.sha256, origin.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (origin.encoding, origin.bom, origin.newline) == ("utf-16-le", b"\xff\xfe", "crlf")
    assert (origin.media_type, origin.how_known, origin.roundtrips) == ("text/plain", "byte order mark", True)
    assert encode_text(document.text, origin.encoding, origin.bom, origin.repairs) == data


def test_repairs_come_along() -> None:
    data = HAN.encode() * 2 + b"\xff"
    origin = reader_for("a.md")(data, id="a", path="a.md").origin
    assert [(bad.text_offset, bad.byte_offset, bad.raw) for bad in origin.repairs] == [
        (len(HAN) * 2, len(data) - 1, b"\xff")
    ]
    assert origin.media_type == "text/markdown"


def test_a_guess_says_how_sure_it_is() -> None:
    origin = reader_for("a.txt")((HAN * 5).encode("gbk"), id="a", path="a.txt").origin
    assert origin.encoding == "gb18030"
    assert origin.how_known.startswith("its characters, ")
    assert "% sure; next best " in origin.how_known


def test_the_path_stands_before_the_message() -> None:
    with pytest.raises(UnreadableInput, match=r"^in/x\.txt: binary\. If it is text"):
        reader_for("in/x.txt")(b"\0\0", id="x", path="in/x.txt")


def test_options_reach_the_decoder() -> None:
    read = reader_for("a.txt")
    assert read(b"\xe9", id="a", path="a.txt", encoding="latin-1").text == "é"
    assert read(b"\xff" * 9 + b"ab", id="a", path="a.txt", undecodable="replace").text.endswith("ab")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("x.txt", "text/plain"), ("X.TEXT", "text/plain"), ("a/b.Md", "text/markdown"), ("README", "text/plain"),
     ("page.dump", "text/plain"), ("a.d/.txt", "text/plain")],
)  # fmt: skip
def test_a_file_that_was_named_is_read(path: str, media_type: str) -> None:
    assert reader_for(path).media_type == media_type


def test_markup_without_a_reader_is_not_read_as_plain_text_unasked() -> None:
    assert ".warc" not in READERS
    with pytest.raises(UnreadableInput, match=r"a\.warc: no reader for \.warc\. Pass --as text"):
        reader_for("a.warc")
    assert reader_for("a.warc", as_="text").media_type == "text/plain"
    assert reader_for("a.md", as_="text").media_type == "text/markdown"


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown format 'docx'"):
        reader_for("a.txt", as_="docx")
