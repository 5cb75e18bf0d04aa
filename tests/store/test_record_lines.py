"""JSON Lines come back from their output and the ledger, byte for byte, however their strings were written."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.cli.inputs import Input
from scrubber.cli.parts import Part, line_of, record_document, record_place
from scrubber.errors import ScrubberError, Where
from scrubber.model import CleanResult, Edit, Plan, Span, apply_edits
from scrubber.read import jsonl
from scrubber.read.jsonl import Record
from scrubber.store.files import fixity_of
from scrubber.store.ledger_entries import document_entry
from scrubber.store.ledger_fields import parse_line
from scrubber.store.ledger_form import DocumentEntry, canonical
from scrubber.store.ledger_parse import entry_of
from scrubber.store.record_lines import RecordFile

#: Ways in which programs write a character of a string.
_WAYS = (
    lambda c: json.dumps(c, ensure_ascii=False)[1:-1],
    lambda c: json.dumps(c)[1:-1],
    lambda c: "".join(f"\\u{unit:04X}" for unit in _units(c)),
)


def _units(character: str) -> list[int]:
    raw = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


SPACES = st.sampled_from(["", " ", "\t", "  "])
CHARACTERS = st.sampled_from([*'aé返😀"\\/\n\r\x00\x7f\u2028 .', "\ud83d", "\ude00"])
TOKENS = st.lists(st.tuples(CHARACTERS, st.integers(0, 2)), max_size=12).map(
    lambda parts: '"' + "".join(_WAYS[2 if "\ud800" <= c <= "\udfff" else way](c) for c, way in parts) + '"'
)
ENDS = st.sampled_from(["\n", "\r\n", " \n"])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """One record, as odd as JSON allows: spaces, keys that are there twice, numbers of any form."""
    space = lambda: draw(SPACES)  # noqa: E731
    fields = [('"n"', draw(st.sampled_from(["1.50", "1e3", "null", '[{"text":"x"}]', '"\\u00e9"'])))]
    fields += [('"text"', draw(TOKENS)) for _ in range(draw(st.integers(1, 2)))]
    fields = draw(st.permutations(fields))
    body = ",".join(f"{space()}{key}{space()}:{space()}{value}{space()}" for key, value in fields)
    return f"{space()}{{{body}}}{draw(ENDS)}"


@settings(deadline=None)
@given(st.lists(lines(), min_size=1, max_size=4), st.booleans(), st.booleans(), st.data())
def test_any_lines_come_back(written: list[str], mark: bool, ended: bool, data: st.DataObject) -> None:
    original = (b"\xef\xbb\xbf" if mark else b"") + "".join(written).encode()
    original = original if ended else original.rstrip(b"\r\n")
    entries: list[DocumentEntry] = []
    output = b""
    for number, record in enumerate(jsonl.read(io.BytesIO(original), max_bytes=10_000), start=1):
        assert isinstance(record, Record)
        document = record_document(record, f"x.jsonl#{number}", "x.jsonl")
        start = data.draw(st.integers(0, len(record.text)))
        stop = data.draw(st.integers(start, len(record.text)))
        put = data.draw(st.sampled_from(["", "é"]))
        edits = (Edit(Span(start, stop), put, ()),) if stop > start or put else ()
        result = CleanResult(document, apply_edits(record.text, edits), Plan(document.id, edits, ()))
        part = Part(fixity_of(original), "source", record=record, exact=True)
        line = line_of(part, Input(document.id, "", "x.jsonl", "x.jsonl", "x.jsonl"), "x.jsonl", result=result)
        assert line is not None
        assert line.raw is not None
        place = record_place(record, line, result)
        assert place is not None
        entry = document_entry(
            result, path="x.jsonl", output=None, produced=None, way="edits", source=fixity_of(original)
        )
        entries.append(replace(entry, record=replace(place, line=number)))
        output += line.raw
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "out.jsonl", Path(folder) / "back.jsonl"
        path.write_bytes(output)
        there = [replace(entry, output="x.jsonl", result=fixity_of(output)) for entry in entries]
        read = [entry_of(parse_line(canonical(entry.to_json()), Where("ledger"))) for entry in there]
        assert read == there
        file = RecordFile(there[0], path, target)
        for entry in there:
            file.add(entry)
        file.finish()
        assert target.read_bytes() == original


def test_the_usual_ways_of_writing_need_no_string_in_the_ledger() -> None:
    for line, raw in (
        ('{"text": "返航"}', (False, None)),
        ('{"text": "\\u8fd4\\u822a"}', (True, None)),
        ('{"text": "a\\/b"}', (False, '"a\\/b"')),
    ):
        (record,) = jsonl.read(io.BytesIO(line.encode()), max_bytes=100)
        assert isinstance(record, Record)
        assert record.token() == raw


@pytest.mark.parametrize("change", ["other line", "span beyond", "no string", "output changed", "line beyond"])
def test_a_ledger_that_does_not_fit_leaves_nothing(tmp_path: Path, change: str) -> None:
    original, output = b'{"text": "ab"}\n{"text": "b"}\n', b'{"text": "b"}\n{"text": "b"}\n'
    line = {
        "id": "x.jsonl#1",
        "path": "x.jsonl",
        "output": "x.jsonl",
        "source": {"sha256": fixity_of(original).sha256, "size": len(original), "encoding": "utf-8", "bom": "",
                   "newline": "", "repairs": []},
        "result": {"sha256": fixity_of(output).sha256, "size": len(output)},
        "findings": [],
        "edits": [{"start": 0, "end": 1, "cut": "a", "put": "", "by": []}],
        "licences": [],
        "way": "edits",
        "record": {"line": 1, "span": [9, 12], "escaped": False, "raw": None},
    }  # fmt: skip
    changes = {
        "other line": (2, [9, 12]),
        "span beyond": (1, [9, 999]),
        "no string": (1, [0, 13]),
        "line beyond": (7, [9, 12]),
    }
    number, span = changes.get(change, (1, [9, 12]))
    line["record"] = {"line": number, "span": span, "escaped": False, "raw": None}
    entry = entry_of(parse_line(canonical(line), Where("ledger")))
    assert isinstance(entry, DocumentEntry)
    (tmp_path / "x.jsonl").write_bytes(output[::-1] if change == "output changed" else output)
    file = RecordFile(entry, tmp_path / "x.jsonl", tmp_path / "back")
    file.add(entry)
    for _ in range(2):
        with pytest.raises(ScrubberError):
            file.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]
