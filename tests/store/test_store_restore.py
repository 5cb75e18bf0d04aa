from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.errors import Failure, LedgerMismatch, UsageError
from scrubber.model import CleanResult, Document, Origin
from scrubber.store.encode import encode_original, way_for
from scrubber.store.files import Fixity, fixity_of
from scrubber.store.ledger_entries import document_entry, failed_entry
from scrubber.store.ledger_form import DocumentEntry
from scrubber.store.originals import put_store
from scrubber.store.restore import restore, restore_entry
from scrubber.store.verify import verify
from store_examples import cleaned, forge, read_bytes, store_result, tree, write_ledger

PIECES = [
    "The ferry returned.",
    "渡轮中午返航。",
    "渡輪",
    "フェリー",
    "Fähre",
    "Паром",
    "e\u0301",
    "😀",
    "\ufffd",
    "\ufeff",
]
PIECES += ["\n", "\r\n", "\r", "\n\n", "\u2028", "\x85", "\t", "\u3000", "\x0c", " "]
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
ENCODINGS = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030", "big5", "cp932", "windows-1251", "koi8-r"]
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "gb18030": b"\x84\x31\x95\x33"}


@st.composite
def originals(draw: st.DrawFn) -> tuple[bytes, str]:
    """Bytes as they are found, and the encoding to read them in: with mark or without, sound or with bad bytes."""
    encoding = draw(st.sampled_from(ENCODINGS))
    content = draw(texts).encode(encoding, "ignore")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(min_size=1, max_size=3)) + content[at:]
    if draw(st.booleans()):
        content = MARKS.get(encoding, b"") + content
    return content, encoding


@st.composite
def results(draw: st.DrawFn) -> tuple[bytes, CleanResult]:
    """An original and what some edits make of it."""
    content, encoding = draw(originals())
    document = read_bytes(content, encoding=encoding)
    places = sorted(draw(st.lists(st.integers(0, len(document.text)), max_size=8)))
    spans = list(zip(places[::2], places[1::2], strict=False))
    return content, cleaned(document, spans, put=draw(st.sampled_from(["", "X", "，", "\n"])))


@settings(max_examples=150, deadline=None)
@given(results())
def test_originals_come_back_byte_for_byte_through_a_ledger(example: tuple[bytes, CleanResult]) -> None:
    content, result = example
    with tempfile.TemporaryDirectory() as folder:
        out, back = Path(folder, "out"), Path(folder, "back")
        ledger = write_ledger(out, [store_result(out, result, content)])
        report = restore(ledger, out=back)
        assert report.failed == ()
        assert tree(back) == {"a.txt": content}
        assert verify(ledger).right


@settings(max_examples=150, deadline=None)
@given(originals())
def test_the_way_is_by_edits_exactly_where_encoding_gives_the_bytes(example: tuple[bytes, str]) -> None:
    content, encoding = example
    document = read_bytes(content, encoding=encoding)
    if way_for(document, content) == "edits":
        assert encode_original(document.text, document.origin) == content
    else:
        assert not document.origin.roundtrips


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", None),
        (b"\xef\xbb\xbf", None),
        (b"\xff\xfea\x00\r\x00\n\x00", None),
        (b"one\rtwo\r\nthree\nfour", None),
        (b"caf\xe9 and caf\xc3\xa9\n", "utf-8"),
        ("渡轮中午返航。".encode("gb18030") + b"\xff", "gb18030"),
    ],
)
def test_usual_originals_need_no_store(content: bytes, encoding: str | None) -> None:
    assert way_for(read_bytes(content, encoding=encoding), content) == "edits"


def test_bytes_that_do_not_encode_back_go_to_the_store(tmp_path: Path) -> None:
    content = b"\x87\x90\n"  # a second code for U+2252 in cp932: it decodes, and comes back as another
    document = read_bytes(content, encoding="cp932")
    assert way_for(document, content) == "store"
    ledger = write_ledger(tmp_path, [store_result(tmp_path, cleaned(document, [(0, 1)]), content)])
    assert restore(ledger, out=tmp_path / "back").failed == ()
    assert (tmp_path / "back" / "a.txt").read_bytes() == content


@pytest.mark.parametrize(
    "encoding", ["idna", "punycode", "hex", "rot13", "undefined", "unicode_escape", "no-such", "../x", ""]
)
def test_an_encoding_that_is_no_character_set_is_refused(encoding: str) -> None:
    with pytest.raises(LedgerMismatch, match="encoding"):
        encode_original("a", Origin("a", "", 0, encoding=encoding))


FERRY = b"The ferry returned at noon.\nShare this story\nIt sails on.\n"


def ferry_entry(out: Path, name: str = "a.txt", **options: Any) -> DocumentEntry:
    return store_result(out, cleaned(read_bytes(FERRY, name), [(28, 45)]), FERRY, **options)


def test_each_document_is_restored_or_fails_alone(tmp_path: Path) -> None:
    entries = [ferry_entry(tmp_path, name) for name in ("a.txt", "b/c.txt", "d.txt")]
    ledger = write_ledger(tmp_path, [*entries, failed_entry(Failure("e.txt", "e.txt", "binary."))])
    (tmp_path / "a.txt").write_bytes(b"changed")
    report = restore(ledger, out=tmp_path / "back")
    assert [(one.id, one.outcome) for one in report.documents] == [
        ("a.txt", "failed"),
        ("b/c.txt", "restored"),
        ("d.txt", "restored"),
    ]
    assert "size" in report.failed[0].message
    assert report.unrecorded == 1
    assert tree(tmp_path / "back") == {"b/c.txt": FERRY, "d.txt": FERRY}


def test_an_output_of_the_right_size_but_other_bytes_is_refused(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    (tmp_path / "a.txt").write_bytes(b"T" + (tmp_path / "a.txt").read_bytes()[1:].swapcase())
    report = restore(ledger, out=tmp_path / "back")
    assert "checksum" in report.failed[0].message
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["a.txt"], ["a.txt"]),
        (["b"], ["b/c.txt", "b/d.txt"]),
        (["b/"], ["b/c.txt", "b/d.txt"]),
        (["b/d.txt", "a.txt"], ["a.txt", "b/d.txt"]),
    ],
)
def test_some_documents_can_be_asked_for(tmp_path: Path, only: list[str], expected: list[str]) -> None:
    entries = [ferry_entry(tmp_path, name) for name in ("a.txt", "b/c.txt", "b/d.txt")]
    restore(write_ledger(tmp_path, entries), out=tmp_path / "back", only=only)
    assert list(tree(tmp_path / "back")) == expected


def test_asking_for_what_the_ledger_does_not_name_is_a_usage_error(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    with pytest.raises(UsageError, match=r"b\.txt"):
        restore(ledger, out=tmp_path / "back", only=["a.txt", "b.txt"])
    assert not (tmp_path / "back").exists()


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "a.txt").write_bytes(b"mine")
    assert "--force" in restore(ledger, out=tmp_path / "back").failed[0].message
    assert tree(tmp_path / "back") == {"a.txt": b"mine"}
    assert restore(ledger, out=tmp_path / "back", force=True).failed == ()
    assert tree(tmp_path / "back") == {"a.txt": FERRY}


def test_an_interrupted_ledger_restores_what_it_holds(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)], close=False)
    with ledger.open("ab") as sink:
        sink.write(b'{"id": "torn')
    report = restore(ledger, out=tmp_path / "back")
    assert (report.state, report.torn, report.failed) == ("interrupted", True, ())


def test_the_untouched_original_is_asked_for_where_it_is_needed(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path, source=True)])
    assert "--source" in restore(ledger, out=tmp_path / "back").failed[0].message
    (tmp_path / "dump").mkdir()
    assert "missing" in restore(ledger, out=tmp_path / "back", source=tmp_path / "dump").failed[0].message
    (tmp_path / "dump" / "a.txt").write_bytes(FERRY)
    assert restore(ledger, out=tmp_path / "back", source=tmp_path / "dump").failed == ()
    assert tree(tmp_path / "back") == {"a.txt": FERRY}


def test_a_run_that_kept_no_text_restores_from_the_sources(tmp_path: Path) -> None:
    entry = ferry_entry(tmp_path, keep_text=False)
    with pytest.raises(LedgerMismatch, match="checksum only"):
        restore_entry(replace(entry, way="edits"), (tmp_path / "a.txt").read_bytes())
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "a.txt").write_bytes(FERRY)
    assert restore_entry(entry, b"", source=tmp_path / "dump") == FERRY


def test_a_document_left_out_of_the_outputs_still_comes_back(tmp_path: Path) -> None:
    document = read_bytes(FERRY)
    result = cleaned(document, [(0, len(document.text))])
    entry = document_entry(result, path="a.txt", output=None, produced=None, way="edits")
    assert restore(write_ledger(tmp_path, [entry]), out=tmp_path / "back").failed == ()
    assert tree(tmp_path / "back") == {"a.txt": FERRY}


def test_a_file_that_was_left_as_it_is_in_place_comes_back(tmp_path: Path) -> None:
    content = "渡轮中午返航，码头照常开放。".encode("gb18030")
    (tmp_path / "a.txt").write_bytes(content)
    result = cleaned(read_bytes(content, encoding="gb18030"))
    entry = document_entry(result, path="a.txt", output="a.txt", produced=fixity_of(content), way="edits")
    assert restore(write_ledger(tmp_path, [entry]), out=tmp_path / "back").failed == ()
    assert tree(tmp_path / "back") == {"a.txt": content}


def test_records_of_one_file_bring_it_back_once(tmp_path: Path) -> None:
    whole = b'{"text": "one"}\n{"text": "two"}\n'
    put_store(tmp_path / ".scrubber", whole)
    entries = [
        document_entry(
            cleaned(Document(f"x.jsonl#{number}", text)),
            path="x.jsonl",
            output="x.jsonl",
            produced=fixity_of(whole),
            way="store",
            source=fixity_of(whole),
        )
        for number, text in enumerate(("one", "two"), start=1)
    ]
    (tmp_path / "x.jsonl").write_bytes(whole)
    ledger = write_ledger(tmp_path, entries)
    report = restore(ledger, out=tmp_path / "back")
    assert [one.outcome for one in report.documents] == ["restored", "same"]
    assert tree(tmp_path / "back") == {"x.jsonl": whole}
    assert verify(ledger).right


def test_two_documents_with_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    entries = [
        ferry_entry(tmp_path),
        replace(
            ferry_entry(tmp_path), id="b", source=replace(ferry_entry(tmp_path).source, fixity=Fixity("0" * 64, 1))
        ),
    ]
    report = restore(write_ledger(tmp_path, entries), out=tmp_path / "back", force=True)
    assert [one.outcome for one in report.documents] == ["restored", "failed"]
    assert "same name" in report.failed[0].message


@pytest.mark.skipif(os.name == "nt", reason="names of POSIX")
@pytest.mark.parametrize(
    ("name", "restored"),
    [(b"caf\xe9.txt", b"caf\xe9.txt"), (b"two\nlines.txt", b"two%0Alines.txt"), (b"aux.txt", b"%61ux.txt")],
)
def test_odd_names_come_back_as_true_as_is_harmless(tmp_path: Path, name: bytes, restored: bytes) -> None:
    entry = document_entry(
        cleaned(read_bytes(FERRY)), path=os.fsdecode(name), output="a.txt", produced=fixity_of(FERRY), way="edits"
    )
    (tmp_path / "a.txt").write_bytes(FERRY)
    assert restore(write_ledger(tmp_path, [entry]), out=tmp_path / "back").failed == ()
    assert [os.fsencode(path.name) for path in (tmp_path / "back").iterdir()] == [restored]


def test_outputs_lie_beside_the_ledger_not_where_it_says(tmp_path: Path) -> None:
    ferry_entry(tmp_path / "run")
    ledger = write_ledger(tmp_path / "run", [ferry_entry(tmp_path / "run")])
    (tmp_path / "run").rename(tmp_path / "moved")
    moved = tmp_path / "moved" / ".scrubber" / ledger.name
    assert verify(moved).right
    assert restore(moved, out=tmp_path / "back").failed == ()


def test_a_ledger_outside_a_scrubber_folder_needs_to_be_told_where_outputs_are(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)]).rename(tmp_path / "l.jsonl")
    for call in (lambda: verify(ledger), lambda: restore(ledger, out=tmp_path / "back")):
        with pytest.raises(UsageError, match="outputs"):
            call()
    assert verify(ledger, output_root=tmp_path).right
    assert restore(ledger, out=tmp_path / "back", output_root=tmp_path).failed == ()


def test_verify_names_what_is_missing_and_what_has_changed(tmp_path: Path) -> None:
    out, dump = tmp_path / "out", tmp_path / "dump"
    entries = [ferry_entry(out, name) for name in ("a.txt", "b.txt", "c.txt")]
    entries += [ferry_entry(out, "d.txt", source=True), ferry_entry(out, "e.txt", source=True)]
    stored = b"\x87\x90\n"
    entries.append(store_result(out, cleaned(read_bytes(stored, "f.txt", "cp932")), stored))
    ledger = write_ledger(out, entries)
    dump.mkdir()
    for name in ("a.txt", "b.txt", "d.txt"):
        (dump / name).write_bytes(FERRY)
    assert [one.id for one in verify(ledger, source=dump).discrepancies] == ["e.txt"]
    (out / "a.txt").unlink()
    (out / "b.txt").write_bytes(b"other")
    (dump / "d.txt").write_bytes(FERRY.upper())
    (out / ".scrubber" / "store" / fixity_of(stored).sha256).unlink()
    report = verify(ledger, source=dump)
    assert [(one.id, one.problem) for one in report.discrepancies] == [
        ("a.txt", "output-missing"),
        ("b.txt", "output-changed"),
        ("d.txt", "source-changed"),
        ("e.txt", "source-missing"),
        ("f.txt", "stored-missing"),
    ]
    assert (report.state, report.documents, report.right) == ("complete", 6, False)


def test_verify_does_not_take_a_file_replaced_in_place_for_a_changed_source(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    assert verify(ledger, source=tmp_path).right


def test_verify_fails_for_a_ledger_that_is_interrupted_or_altered(tmp_path: Path) -> None:
    assert not verify(write_ledger(tmp_path, [ferry_entry(tmp_path)], close=False)).right
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    assert verify(ledger).right
    ledger.write_bytes(ledger.read_bytes().replace(b"is a bar", b"is a car"))
    assert verify(ledger).state == "altered"
    assert not verify(ledger).right


def test_restored_bytes_with_another_checksum_are_not_written(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path, [ferry_entry(tmp_path)])
    forge(ledger, {"edits.0.cut": "Share this STORY\n"})
    assert "checksum" in restore(ledger, out=tmp_path / "back").failed[0].message
    assert not (tmp_path / "back").exists()
