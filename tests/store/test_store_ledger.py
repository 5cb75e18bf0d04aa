from __future__ import annotations

import gzip
import json
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scrubber.errors import Failure, LedgerMismatch, UnreadableInput, UnwritableOutput
from scrubber.model import Kin, Span
from scrubber.store.files import fixity_of
from scrubber.store.ledger_entries import document_entry, failed_entry
from scrubber.store.ledger_form import DocumentEntry, FailedEntry, LedgerEntry
from scrubber.store.ledger_read import changed_since, read_ledger, resumable, still_true
from scrubber.store.ledger_write import LedgerWriter, earlier_ledgers
from store_examples import cleaned, forge, header, read_bytes, store_result, tree, write_ledger

FERRY = "The ferry returned at noon.\r\nShare this story\r\n渡轮中午返航。\r\n".encode()
BAR = (29, 47)
CAFE = b"caf\xe9\xff, and more of it\n"


def some_entries(out: Path) -> list[LedgerEntry]:
    kin = Kin("b.txt", 3, 4, "jaccard", 912, Span(4, 9))
    return [
        store_result(out, cleaned(read_bytes(FERRY), [BAR], kin=kin), FERRY),
        failed_entry(Failure("b.txt", "b.txt", "not text.", "Pass --encoding.")),
        store_result(out, cleaned(read_bytes(CAFE, "c/d.txt", "utf-8"), [(6, 10)], put="…"), CAFE),
    ]


def test_a_ledger_reads_back_as_it_was_written(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    ledger = read_ledger(write_ledger(tmp_path, entries))
    assert ledger.header == header(tmp_path)
    assert ledger.entries == tuple(entries)
    assert (ledger.state, ledger.torn) == ("complete", False)
    assert ledger.footer is not None
    assert dict(ledger.footer.totals) == {
        "documents": 2,
        "failed": 1,
        "edited": 2,
        "findings": 2,
        "edits": 2,
        "source_bytes": len(FERRY) + len(CAFE),
        "result_bytes": len(FERRY) - 18 + len("caf\ufffd\ufffd,… more of it\n".encode()),
    }


def test_the_form_of_the_lines_is_the_promised_one(tmp_path: Path) -> None:
    entries = [store_result(tmp_path, cleaned(read_bytes(FERRY), [BAR]), FERRY)]
    raw = write_ledger(tmp_path, entries).read_bytes()
    first, line, last = (json.loads(part) for part in raw.splitlines())
    assert list(first.items())[:3] == [("format", "scrubber-ledger"), ("version", 1), ("scrubber", "0.1.0")]
    assert line == {
        "id": "a.txt",
        "path": "a.txt",
        "output": "a.txt",
        "source": {
            "sha256": sha256(FERRY).hexdigest(),
            "size": len(FERRY),
            "encoding": "utf-8",
            "bom": "",
            "newline": "crlf",
            "repairs": [],
        },
        "result": {"sha256": sha256(FERRY[:29] + FERRY[47:]).hexdigest(), "size": len(FERRY) - 18},
        "findings": [
            {
                "rule": "test/bar",
                "confidence": "certain",
                "outcome": "removed",
                "score": 1000,
                "reason": '"Share this s" is a bar',
                "kin": None,
                "span": [29, 47],
                "fingerprint": "0123456789abcdef",
            }
        ],
        "edits": [{"start": 29, "end": 47, "cut": "Share this story\r\n", "put": "", "by": [0]}],
        "licences": [],
        "way": "edits",
    }
    assert last["status"] == "complete"
    assert last["digest"] == sha256(b"".join(raw.splitlines(keepends=True)[:-1])).hexdigest()


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.jsonl.gz"])
def test_the_same_run_writes_the_same_bytes(tmp_path: Path, name: str) -> None:
    entries = some_entries(tmp_path)
    first = write_ledger(tmp_path, entries, name=name).read_bytes()
    assert write_ledger(tmp_path, entries, name=name).read_bytes() == first


def test_a_compressed_ledger_reads_back(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    path = write_ledger(tmp_path, entries, name="ledger.jsonl.gz")
    assert gzip.decompress(path.read_bytes()).startswith(b'{"format":"scrubber-ledger"')
    assert read_ledger(path).entries == tuple(entries)
    assert read_ledger(path).state == "complete"


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_only_its_owner_can_read_a_ledger(tmp_path: Path) -> None:
    assert stat.S_IMODE(write_ledger(tmp_path, []).stat().st_mode) == 0o600


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_an_earlier_ledger_is_renamed_to_the_first_free_name(tmp_path: Path, suffix: str) -> None:
    raw = [write_ledger(tmp_path, [entry], name=f"ledger{suffix}").read_bytes() for entry in some_entries(tmp_path)]
    kept = {name: content for name, content in tree(tmp_path / ".scrubber").items() if name.startswith("ledger")}
    assert kept == {f"ledger-1{suffix}": raw[0], f"ledger-2{suffix}": raw[1], f"ledger{suffix}": raw[2]}
    names = [path.name for path in earlier_ledgers(tmp_path / ".scrubber" / f"ledger{suffix}")]
    assert names == [f"ledger-2{suffix}", f"ledger-1{suffix}"]


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_ledger_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "ledger.jsonl").symlink_to(tmp_path / "mine")
    with pytest.raises(UnwritableOutput, match="link"):
        LedgerWriter(tmp_path / "ledger.jsonl", header(tmp_path))
    assert tree(tmp_path) == {"mine": b"mine"}


def test_every_line_is_on_its_way_to_the_disk_when_write_returns(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    for name in ("l.jsonl", "l.jsonl.gz"):
        with LedgerWriter(tmp_path / name, header(tmp_path)) as writer:
            for number, entry in enumerate(entries, start=1):
                writer.write(entry)
                seen = read_ledger(tmp_path / name)
                assert seen.entries == tuple(entries[:number])
                assert seen.state == "interrupted"


def test_a_ledger_without_its_closing_line_was_interrupted(tmp_path: Path) -> None:
    ledger = read_ledger(write_ledger(tmp_path, some_entries(tmp_path), close=False))
    assert (ledger.state, ledger.torn, ledger.footer, len(ledger.entries)) == ("interrupted", False, None, 3)


def test_a_ledger_can_be_closed_as_interrupted(tmp_path: Path) -> None:
    with LedgerWriter(tmp_path / "l.jsonl", header(tmp_path)) as writer:
        writer.finish(ended_at="now", status="interrupted")
        with pytest.raises(UnwritableOutput, match="closed"):
            writer.write(failed_entry(Failure("a", "a", "late")))
    assert read_ledger(tmp_path / "l.jsonl").state == "interrupted"


def test_a_torn_last_line_is_dropped_wherever_it_tears(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    path = write_ledger(tmp_path, entries)
    whole = path.read_bytes()
    ends = [index + 1 for index, byte in enumerate(whole) if byte == 10]
    for cut in range(ends[0], len(whole), 37):
        path.write_bytes(whole[:cut])
        ledger = read_ledger(path)
        assert ledger.state == "interrupted"
        assert ledger.torn == (cut not in ends)
        assert ledger.entries == tuple(entries[: sum(end <= cut for end in ends) - 1])


def test_a_torn_compressed_ledger_keeps_its_whole_lines(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    path = write_ledger(tmp_path, entries, name="ledger.jsonl.gz", close=False)
    path.write_bytes(path.read_bytes()[:-40])
    ledger = read_ledger(path)
    assert ledger.state == "interrupted"
    assert ledger.entries == tuple(entries[: len(ledger.entries)])
    assert len(ledger.entries) >= 2


def test_a_changed_line_makes_a_ledger_altered(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path))
    path.write_bytes(path.read_bytes().replace(b"is a bar", b"is a car"))
    assert read_ledger(path).state == "altered"


@pytest.mark.parametrize("content", [b"", b"{}", b"\x1f\x8b broken", b"{}\n", b"[]\n", b"\xff\n", b'{"format":"x"}\n'])
def test_what_is_no_ledger_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "l").write_bytes(content)
    with pytest.raises(LedgerMismatch):
        read_ledger(tmp_path / "l")


def test_a_ledger_that_is_not_there_is_an_unreadable_input(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        read_ledger(tmp_path / "none.jsonl")


def test_a_newer_form_is_refused(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, [])
    forge(path, {"version": 2}, line=0)
    with pytest.raises(LedgerMismatch, match="version"):
        read_ledger(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 7),
        ("id", "\ud800"),
        ("output", ["a"]),
        ("output", None),
        ("result", None),
        ("result.size", -1),
        ("result.size", True),
        ("result.size", 1.5),
        ("result.size", 10**30),
        ("source", "a"),
        ("source.sha256", "A" * 64),
        ("source.sha256", "a" * 63),
        ("source.sha256", "../" + "a" * 61),
        ("source.encoding", None),
        ("source.bom", "f"),
        ("source.bom", "zz"),
        ("source.bom", "é"),
        ("source.repairs", {}),
        ("source.repairs", [[1, 2]]),
        ("source.repairs", [[1, 2, "zz"]]),
        ("source.repairs", [[5, 2, "ff"], [4, 3, "ff"]]),
        ("findings", {}),
        ("findings", [[]]),
        ("findings.0.rule", None),
        ("findings.0.confidence", "sure"),
        ("findings.0.outcome", "gone"),
        ("findings.0.score", "1000"),
        ("findings.0.span", [2, 1]),
        ("findings.0.span", [1]),
        ("findings.0.kin", {"document": "b"}),
        ("edits", None),
        ("edits.0.start", 99),
        ("edits.0.cut", "short"),
        ("edits.0.cut", None),
        ("edits.0.put", None),
        ("edits.0.by", [1]),
        ("edits.0.by", [-1]),
        ("edits.0.by", 0),
        ("licences", [{"rule": "r"}]),
        ("way", "magic"),
        ("path_b64", "!"),
        ("path_b64", "Li4vYQ=="),
        ("path_b64", "YgA="),
    ],
)
def test_every_field_of_a_document_is_checked(tmp_path: Path, field: str, value: Any) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path)[:1])
    forge(path, {field: value})
    with pytest.raises(LedgerMismatch) as caught:
        read_ledger(path)
    assert caught.value.where is not None
    assert caught.value.where.line == 2


@pytest.mark.parametrize("field", ["id", "path", "output", "source", "result", "findings", "edits", "licences", "way"])
def test_no_field_of_a_document_may_be_missing(tmp_path: Path, field: str) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path)[:1])
    lines = path.read_bytes().splitlines(keepends=True)
    record = json.loads(lines[1])
    del record[field]
    lines[1] = json.dumps(record).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerMismatch):
        read_ledger(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scrubber", 1),
        ("fold", "1"),
        ("versions", ["a"]),
        ("versions", {"python": 3}),
        ("rules", [{}]),
        ("rules_digest", "no"),
        ("decisions_digest", "no"),
        ("options", []),
        ("options", {"a": "\ud800"}),
        ("roots", None),
        ("started_at", None),
    ],
)
def test_every_field_of_the_first_line_is_checked(tmp_path: Path, field: str, value: Any) -> None:
    path = write_ledger(tmp_path, [])
    forge(path, {field: value}, line=0)
    with pytest.raises(LedgerMismatch):
        read_ledger(path)


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b"NaN", b'{"a": NaN}', b"\xff\xfe{\x00}\x00", b"{", b"null", b'{"totals": 1}', b"", b"\x00"],
)
def test_a_line_that_is_no_object_is_named_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path)[:1], close=False)
    with path.open("ab") as sink:
        sink.write(line + b"\n")
    with pytest.raises(LedgerMismatch) as caught:
        read_ledger(path)
    assert caught.value.where is not None
    assert caught.value.where.line == 3


def test_nothing_may_stand_behind_the_closing_line(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path))
    whole = path.read_bytes()
    for more in (whole.splitlines(keepends=True)[1], b"torn"):
        path.write_bytes(whole + more)
        with pytest.raises(LedgerMismatch, match="behind"):
            read_ledger(path)


def test_without_kept_text_nothing_removed_is_in_the_ledger(tmp_path: Path) -> None:
    entry = store_result(tmp_path, cleaned(read_bytes(FERRY), [BAR]), FERRY, keep_text=False)
    path = write_ledger(tmp_path, [entry])
    assert b"Share" not in path.read_bytes()
    (read,) = read_ledger(path).entries
    assert isinstance(read, DocumentEntry)
    assert (read.edits[0].cut, read.way) == (None, "source")
    assert read.edits[0].cut_sha256 == sha256(b"Share this story\r\n").hexdigest()


def test_a_removed_rights_statement_stays_on_record(tmp_path: Path) -> None:
    text = "The ferry returned at noon.\nCC BY 4.0, harbour office\n"
    result = cleaned(read_bytes(text.encode()), [(28, 54)], rights="CC-BY-4.0")
    for keep_text in (True, False):
        entry = store_result(tmp_path, result, text.encode(), keep_text=keep_text)
        (licence,) = entry.licences
        assert (licence.spdx, licence.text, licence.line) == ("CC-BY-4.0", "CC BY 4.0, harbour office\n", 2)


def test_a_rights_statement_that_stays_in_the_text_is_not_listed(tmp_path: Path) -> None:
    text = "The ferry returned at noon.\nCC BY 4.0, harbour office\n"
    result = cleaned(read_bytes(text.encode()), [(28, 54)], rights="CC-BY-4.0")
    kept = replace(result, plan=replace(result.plan, edits=()), text=text)
    assert store_result(tmp_path, kept, text.encode()).licences == ()


@pytest.mark.parametrize("name", ["caf\udce9.txt", "two\nlines.txt", "back\\slash.txt", "aux.txt", "c:drive.txt"])
def test_an_odd_name_is_written_harmless_beside_its_true_bytes(tmp_path: Path, name: str) -> None:
    result = cleaned(read_bytes(b"x"))
    entry = document_entry(result, path=name, output="x", produced=fixity_of(b"x"), way="edits")
    (read,) = read_ledger(write_ledger(tmp_path, [entry])).entries
    assert read.path_bytes == os.fsencode(name)
    assert read.path != name


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a//b", ""])
def test_a_path_that_leaves_its_root_is_never_written(path: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        document_entry(cleaned(read_bytes(b"x")), path=path, output=None, produced=None, way="edits")


@pytest.mark.parametrize("path", ["/etc/shadow", "../a", "-", "", "caf\udce9"])
def test_a_failure_is_recorded_whatever_its_path(tmp_path: Path, path: str) -> None:
    entry = failed_entry(Failure("a", path, "cannot be read \udcff.", "Check it."))
    (read,) = read_ledger(write_ledger(tmp_path, [entry])).entries
    assert isinstance(read, FailedEntry)
    assert read == entry
    assert read.error == "cannot be read ?. Check it."


def test_an_entry_is_taken_over_while_all_conditions_are_the_same(tmp_path: Path) -> None:
    entries = some_entries(tmp_path)
    ledger = read_ledger(write_ledger(tmp_path, entries, close=False))
    again = header(tmp_path, started_at="2025-01-01T00:00:00Z", source_root=tmp_path / "moved")
    assert list(resumable(ledger, again)) == ["a.txt", "c/d.txt"]


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("scrubber", "0.2.0", "version of scrubber"),
        ("fold", 2, "fold"),
        ("unicode", "16.0.0", "Unicode"),
        ("versions", {"python": "3.12.0"}, "libraries"),
        ("rules_digest", "cd" * 32, "rules"),
        ("decisions_digest", "cd" * 32, "decisions"),
        ("options", {"profile": "careful"}, "options"),
        ("evidence_digest", "cd" * 32, "evidence"),
    ],
)
def test_nothing_is_taken_over_when_a_condition_differs(tmp_path: Path, field: str, value: Any, word: str) -> None:
    ledger = read_ledger(write_ledger(tmp_path, some_entries(tmp_path)))
    now = header(tmp_path, **{field: value})
    assert resumable(ledger, now) == {}
    (difference,) = changed_since(ledger.header, now)
    assert word in difference


def test_nothing_is_taken_over_from_an_altered_ledger(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, some_entries(tmp_path))
    path.write_bytes(path.read_bytes().replace(b"is a bar", b"is a car"))
    assert resumable(read_ledger(path), header(tmp_path)) == {}


def test_an_entry_is_true_while_source_and_output_have_their_bytes(tmp_path: Path) -> None:
    entry = some_entries(tmp_path)[0]
    assert isinstance(entry, DocumentEntry)
    source = fixity_of(FERRY)
    assert still_true(entry, source=source, output_root=tmp_path)
    assert not still_true(entry, source=fixity_of(b"other"), output_root=tmp_path)
    (tmp_path / "a.txt").write_bytes(b"changed")
    assert not still_true(entry, source=source, output_root=tmp_path)
    (tmp_path / "a.txt").unlink()
    assert not still_true(entry, source=source, output_root=tmp_path)


def test_a_full_disk_stops_the_ledger_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LedgerWriter(tmp_path / "l.jsonl", header(tmp_path))

    class Full:
        def write(self, line: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    writer._file.close()
    monkeypatch.setattr(writer, "_sink", Full())
    with pytest.raises(UnwritableOutput, match="Free some space"):
        writer.write(failed_entry(Failure("a", "a", "bad")))
    with pytest.raises(UnwritableOutput, match="closed"):
        writer.finish(ended_at="now")
