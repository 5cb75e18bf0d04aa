"""Records are views of their lines: nothing but the text's own string changes, whatever a line holds."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import UnreadableInput
from scrubber.model import Edit, Span
from scrubber.read import jsonl
from scrubber.read.jsonl import Batch, BrokenLine, Item, Passage, Record

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def items(content: bytes, max_bytes: int = 10_000) -> list[Item]:
    return list(jsonl.read(io.BytesIO(content), max_bytes=max_bytes))


@given(
    before=st.dictionaries(st.text(max_size=4), VALUES, max_size=3),
    after=st.dictionaries(st.text(max_size=4), VALUES, max_size=3),
    text=st.text(max_size=30),
    ascii_only=st.booleans(),
    data=st.data(),
)
def test_a_record_written_back_differs_in_its_text_alone(
    before: dict[str, object], after: dict[str, object], text: str, ascii_only: bool, data: st.DataObject
) -> None:
    record = before | {"text": text} | {key: value for key, value in after.items() if key != "text"}
    line = json.dumps(record, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") + b"\n"
    (read,) = items(line)
    assert isinstance(read, Record)
    assert read.text == text
    assert read.written(()) == line
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    written = read.written([Edit(Span(start, stop), "é", ("r",))])
    expected = record | {"text": text[:start] + "é" + text[stop:]}
    assert written.endswith(b"\n")
    assert str(json.loads(written)) == str(json.loads(json.dumps(expected)))
    assert written.startswith(line[: read.start]) or not line.isascii()


@given(st.binary(max_size=200))
def test_any_bytes_come_out_in_their_order(content: bytes) -> None:
    try:
        found = items(content, max_bytes=50)
    except UnreadableInput:
        return
    raw = [each.mark + each.line.encode(each.encoding) if isinstance(each, Record) else each.raw for each in found]
    assert b"".join(raw) == content.removeprefix(b"\xef\xbb\xbf") or b"".join(raw) == content


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"not json", "line 1 is not JSON"),
        (b'{"text": "a"} {}', "line 1 is not JSON"),
        (b'{"text": "a",}', "line 1 is not JSON"),
        (b'{"text": "a\tb"}', "line 1 is not JSON"),
        (b"[1]", "line 1 is not JSON"),
        (b'{"text": 5}', "line 1 has no text in its field 'text'"),
        (b'{"body": "a"}', "line 1 has no field 'text'"),
        (b'{"text": "a", "deep": ' + b"[" * 3000 + b"]" * 3000 + b"}", "line 1 is nested too deep"),
    ],
)
def test_a_broken_line_says_what_is_wrong_and_the_next_one_is_read(line: bytes, message: str) -> None:
    broken, record = items(line + b'\n{"text": "b"}')
    assert isinstance(broken, BrokenLine)
    assert broken.message.startswith(message)
    assert isinstance(record, Record)
    assert (record.number, record.text) == (2, "b")


def test_ids_are_strings_and_numbers_as_they_are_written() -> None:
    names = [
        each.name
        for each in items(b'{"id":"a b","text":""}\n{"id":1.50,"text":""}\n{"id":[1],"text":""}\n{"id":true,"text":""}')
        if isinstance(each, Record)
    ]
    assert names == ["a b", "1.50", "", ""]


def test_of_a_key_that_is_there_twice_the_last_one_counts() -> None:
    (record,) = items(b'{"text": "a", "text": "b"}')
    assert isinstance(record, Record)
    assert record.written([Edit(Span(0, 1), "c", ("r",))]) == b'{"text": "a", "text": "c"}'


def test_null_and_blank_lines_pass_through() -> None:
    assert items(b'\n{"text": null}\n \r\n') == [Passage(b"\n"), Passage(b'{"text": null}\n'), Passage(b" \r\n")]


def test_lines_in_another_encoding_are_decoded_one_by_one() -> None:
    text = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示。"
    line = json.dumps({"text": text}, ensure_ascii=False).encode("gbk") + b"\n"
    (record,) = items(line)
    assert isinstance(record, Record)
    assert (record.text, record.encoding) == (text, "gb18030")


def test_a_file_in_sixteen_bits_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="is UTF-16"):
        items('{"text": "a"}'.encode("utf-16"))


LINES = st.one_of(
    st.dictionaries(st.sampled_from(("text", "id", "x")), VALUES).map(json.dumps),
    st.builds(
        lambda number, text: f'{{"id": {number}, "text": {json.dumps(text, ensure_ascii=False)}}}',
        st.sampled_from(("1", "-0", "1.50", "1e999", "01", "+1", "NaN", '"a\\u00e9"', '"\\ud800"', "[1]", "null")),
        st.text(max_size=6),
    ),
    st.sampled_from(
        (
            '{"text": "a", "text": "b", "id": 1, "id": "c"}',
            '{"text": "a", "id": "\\ud83d\\ude00"}',
            '{"te\\u0078t": "a"}',
            '{"text": "a",}',
            '{"text": "a"} x',
            '\ufeff{"text": "a"}',
            '{"text": "a\tb"}',
            '{"text": "' + "a" * 60 + '"}',
            '["text"]',
            " ",
        )
    ),
)


@given(
    lines=st.lists(LINES, max_size=8),
    ends=st.sampled_from(("\n", "\r\n", "\n\n")),
    tail=st.sampled_from((b"", b'{"text": "no end"}', b"\xff", b'{"text": "\xe9"}')),
    batch=st.integers(1, 300),
    most=st.sampled_from((40, 10_000)),
)
def test_batches_hold_what_is_read_one_by_one(lines: list[str], ends: str, tail: bytes, batch: int, most: int) -> None:
    content = "".join(line + ends for line in lines).encode("utf-8", "surrogatepass") + tail

    def said(found: Iterator[Item | Batch]) -> Iterator[tuple[object, ...]]:
        for each in found:
            if isinstance(each, Batch):
                yield from ((at, *record) for at, record in enumerate(each.records, start=each.first))
            elif isinstance(each, Record):
                yield each.number, each.name, each.text
            else:
                yield (each,)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "_BATCH_BYTES", batch)
        in_batches = list(said(jsonl.read_in_batches(io.BytesIO(content), max_bytes=most)))
    assert in_batches == list(said(jsonl.read(io.BytesIO(content), max_bytes=most)))


def test_plain_records_come_as_a_batch() -> None:
    content = b'{"id": "a", "text": "one"}\n{"text": "two", "more": {"text": 1}}\n'
    (batch,) = jsonl.read_in_batches(io.BytesIO(content), max_bytes=1_000)
    assert isinstance(batch, Batch)
    assert batch.records == [("a", "one"), ("", "two")]
    named = jsonl.read_in_batches(io.BytesIO(content), text_field="text", id_field="text", max_bytes=1_000)
    assert [each.name for each in named if isinstance(each, Record)] == ["one", "two"]
