"""A WARC with a wrong length costs that record; the others come out, with what their heads declare."""

from __future__ import annotations

import contextlib
import gzip
import io

import pytest
from warc_files import record

from scrubber.errors import UnreadableInput
from scrubber.read import warc
from scrubber.read.warc import BrokenCapture, Capture, PassedOver

pytest.importorskip("fastwarc", reason="the extra warc is not installed")

PAGES = [record(number, b"<p>The ferry %d" % number) for number in range(4)]


def items(content: bytes, max_bytes: int = 1_000_000) -> list[warc.Item]:
    return list(warc.read(io.BytesIO(content), max_bytes=max_bytes))


def names(found: list[warc.Item]) -> list[str]:
    return [each.name for each in found if isinstance(each, Capture)]


def test_responses_come_with_their_declared_charset_and_address() -> None:
    (found,) = items(record(7, "<p>返航".encode("gbk"), media="text/html; charset=GBK"))
    assert isinstance(found, Capture)
    assert (found.name, found.kind, found.content) == ("urn:uuid:7", "html", "<p>返航".encode("gbk"))
    assert (found.declared or "").lower() == "gbk"
    assert found.fields == (("url", "http://pier.example/7"), ("date", "2020-01-01T00:00:00Z"))


@pytest.mark.parametrize("wrong", [30, -5, 100_000, 10_000_000])
def test_a_wrong_length_costs_one_record(wrong: int) -> None:
    broken = record(1, b"<p>A page of another length", more_bytes=wrong)
    found = items(PAGES[0] + broken + PAGES[2] + PAGES[3])
    assert names(found) == ["urn:uuid:0", "urn:uuid:2", "urn:uuid:3"]
    assert [each.name for each in found if isinstance(each, BrokenCapture)] == ["urn:uuid:1"]


@pytest.mark.parametrize("wrong", [(-5, -6, -3), (5, 4, 300), (400, 0, -3), (-5, 100_000, -5), (9, 9, 9)])
def test_each_of_many_wrong_lengths_costs_its_record_and_no_other(wrong: tuple[int, ...]) -> None:
    lengths = (0, wrong[0], wrong[1], 0, wrong[2], 0)
    found = items(b"".join(record(n, b"<p>Page %d" % n, more_bytes=more) for n, more in enumerate(lengths)))
    told = [each.name for each in found if isinstance(each, Capture | BrokenCapture)]
    assert told == [f"urn:uuid:{number}" for number in range(6)]
    assert {"urn:uuid:0", "urn:uuid:3", "urn:uuid:5"} <= set(names(found))


def test_a_file_that_is_cut_off_loses_its_last_record_and_says_so() -> None:
    found = items(b"".join(PAGES)[:-20])
    assert names(found) == ["urn:uuid:0", "urn:uuid:1", "urn:uuid:2"]
    assert isinstance(found[-1], BrokenCapture)
    assert "cut off" in found[-1].message


def test_rubbish_between_records_is_told_and_the_next_one_read() -> None:
    found = items(PAGES[0] + b"rubbish\r\n" + PAGES[1])
    assert "urn:uuid:1" in names(found)
    assert any(isinstance(each, BrokenCapture) for each in found)


def test_codings_are_taken_off_and_bombs_among_them_stopped() -> None:
    packed = record(1, gzip.compress(b"<p>A page"), head=b"Content-Encoding: gzip\r\n")
    chunked = record(2, b"3\r\n<p>\r\n2\r\nab\r\n0\r\n\r\n", head=b"Transfer-Encoding: chunked\r\n")
    bomb = record(3, gzip.compress(b" " * 5_000_000), head=b"Content-Encoding: gzip\r\n")
    found = items(packed + chunked + bomb + PAGES[0])
    assert [each.content for each in found if isinstance(each, Capture)] == [b"<p>A page", b"<p>ab", b"<p>The ferry 0"]
    assert isinstance(found[2], BrokenCapture)
    assert "unpacks to more" in found[2].message


def test_what_is_no_text_or_no_success_is_passed_over() -> None:
    image = record(1, b"\x89PNG", media="image/png")
    gone = record(2, b"gone", status="404 Not Found")
    request = record(3, b"GET / HTTP/1.1", kind="request")
    assert items(image + gone + request + PAGES[0])[:2] == [PassedOver(1), PassedOver(2)]


def test_the_texts_of_a_wet_are_plain_text() -> None:
    (found,) = items(record(1, "渡轮返航".encode(), kind="conversion", media="text/plain"))
    assert isinstance(found, Capture)
    assert (found.kind, found.content.decode()) == ("text", "渡轮返航")


@pytest.mark.parametrize("content", [b"", b"no WARC at all", b"\nWARC/1.0" * 5000])
def test_what_is_no_warc_says_so_and_ends(content: bytes) -> None:
    found: list[warc.Item] = []
    with contextlib.suppress(UnreadableInput):
        found += warc.read(io.BytesIO(content), max_bytes=1000)
    assert all(isinstance(each, BrokenCapture) for each in found)
