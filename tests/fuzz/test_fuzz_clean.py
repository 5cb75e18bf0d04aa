"""The bundled rules on any file: no crash, every byte comes back, and nothing that is shown steers a terminal."""

from __future__ import annotations

import io
import json
import tempfile
import unicodedata
from pathlib import Path

from fuzz_inputs import hostile_documents, hostile_files
from hypothesis import given

from scrubber.engine.clean import Cleaner
from scrubber.model import Document
from scrubber.read import reader_for
from scrubber.report import REPORTS, ReportOptions
from scrubber.store.encode import way_for
from scrubber.store.files import fixity_of
from scrubber.store.ledger_entries import document_entry
from scrubber.store.ledger_fields import parse_line
from scrubber.store.ledger_form import DocumentEntry, canonical
from scrubber.store.ledger_parse import entry_of
from scrubber.store.originals import put_store
from scrubber.store.paths import where
from scrubber.store.restore import restore_entry
from scrubber.text.decode import Undecodable


@given(content=hostile_files())
def test_every_byte_comes_back_through_a_ledger_line(bundled: Cleaner, content: bytes) -> None:
    try:
        document = reader_for("a.txt")(content, id="a.txt", path="a.txt", undecodable="replace")
    except Undecodable:
        return
    result = bundled.clean(document)
    clean = result.text.encode("utf-8")
    way = way_for(document, content)
    entry = document_entry(result, path="a.txt", output="a.txt", produced=fixity_of(clean), way=way)
    read = entry_of(parse_line(canonical(entry.to_json()), where(Path("ledger.jsonl"), 2)))
    assert read.to_json() == entry.to_json()
    assert isinstance(read, DocumentEntry)
    with tempfile.TemporaryDirectory() as folder:
        if way == "store":
            put_store(Path(folder), content)
        assert restore_entry(read, clean, store=Path(folder)) == content


@given(text=hostile_documents())
def test_what_was_cleaned_stays_clean(bundled: Cleaner, text: str) -> None:
    once = bundled.clean(Document("a.txt", text))
    assert bundled.clean(Document("a.txt", once.text)).text == once.text


@given(text=hostile_documents())
def test_what_is_shown_steers_no_terminal(bundled: Cleaner, text: str) -> None:
    result = bundled.clean(Document("a.txt", text))
    shown = io.StringIO()
    REPORTS["terminal"]([result], shown, ReportOptions(width=80, color=False, full=True, show_all=True))
    harmless = [part.isprintable() or unicodedata.category(part) == "Zs" for part in shown.getvalue() if part != "\n"]
    assert all(harmless)
    records = io.StringIO()
    REPORTS["jsonl"]([result], records, ReportOptions())
    lines = records.getvalue().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[1])["changed"] == result.changed
