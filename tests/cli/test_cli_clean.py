"""`clean`: outputs, the ledger, going on after a stop, replacing in place, and the way back."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, Run

from scrubber.store.ledger_read import read_ledger
from scrubber.store.lock import run_lock

LEDGER = Path(".scrubber") / "ledger.jsonl"


def lines_without_times(ledger: Path) -> list[object]:
    lines = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    lines[0] |= {"started_at": "", "roots": {}}
    lines[-1] |= {"ended_at": "", "digest": ""}
    return lines


@pytest.fixture
def dump(place: Path) -> Path:
    """A tree in several encodings and line ends, with one file that is clean already."""
    folder = place / "dump"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "plain.txt").write_text(DIRTY)
    (folder / "a" / "clean.txt").write_text(BODY)
    (folder / "bom.txt").write_bytes(b"\xef\xbb\xbf" + DIRTY.replace("\n", "\r\n").encode())
    (folder / "gbk.txt").write_bytes(f"{CHINESE}\r\n分享到\r\n{CHINESE}{CHINESE}\r\n".encode("gbk"))
    (folder / "sixteen.txt").write_bytes(DIRTY.encode("utf-16"))
    (folder / "bad.txt").write_bytes(DIRTY.encode().replace(b"harbour", b"harb\xffour"))
    (folder / "page.bin").write_bytes(b"\x00\x01")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".scrubber" not in file.parts
    }


def test_the_tree_is_mirrored_and_every_document_written(place: Path, dump: Path, pier: Run) -> None:
    before = contents(dump)
    outcome = pier("clean", "dump", "--out", "out")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert contents(dump) == before
    clean = contents(place / "out")
    assert sorted(clean) == ["a/clean.txt", "a/plain.txt", "bad.txt", "bom.txt", "gbk.txt", "sixteen.txt"]
    assert clean["a/plain.txt"] == clean["a/clean.txt"] == clean["sixteen.txt"] == BODY.encode()
    assert clean["bom.txt"] == BODY.replace("\n", "\r\n").encode()
    assert clean["gbk.txt"] == f"{CHINESE}\r\n{CHINESE}{CHINESE}\r\n".encode()
    ledger = read_ledger(place / "out" / LEDGER)
    assert ledger.state == "complete"
    assert [entry.id for entry in ledger.entries] == sorted(f"dump/{name}" for name in clean)


def test_restore_gives_every_byte_back(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    before = {name: content for name, content in contents(dump).items() if name != "page.bin"}
    pier("clean", "dump", "--out", "out")
    outcome = scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back")
    assert outcome.code == 0
    assert contents(place / "back") == before
    assert "back/gbk.txt   " in outcome.text
    assert "sha256 as recorded" in outcome.text
    again = scrubber("restore", "out/.scrubber/ledger.jsonl", "dump/gbk.txt", "--out", "back")
    assert again.code == 3
    assert "is there already" in again.errors
    forced = scrubber("restore", "out/.scrubber/ledger.jsonl", "dump/gbk.txt", "--out", "back", "--force")
    assert (forced.code, forced.text.count("\n")) == (0, 1)


def test_verify_sees_what_was_touched(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    pier("clean", "dump", "--out", "out")
    outcome = scrubber("verify", "out/.scrubber/ledger.jsonl")
    assert (outcome.code, outcome.text) == (0, "6 documents as recorded   ledger complete\n")
    (place / "out" / "gbk.txt").write_text("other")
    (dump / "bom.txt").write_text("other")
    outcome = scrubber("verify", "out/.scrubber/ledger.jsonl")
    assert outcome.code == 1
    assert outcome.text.splitlines() == [
        "source changed   bom.txt",
        "output changed   gbk.txt",
        "2 of 6 documents differ   ledger complete",
    ]


def test_a_hostile_ledger_writes_nothing_outside(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    pier("clean", "dump", "--out", "out")
    ledger = place / "out" / LEDGER
    ledger.write_text(ledger.read_text("utf-8").replace('"path":"gbk.txt"', '"path":"../../gbk.txt"'))
    outcome = scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back")
    assert outcome.code == 3
    assert not (place / "back").exists()
    assert not (place.parent / "gbk.txt").exists()


def test_writing_over_an_input_is_refused_before_anything_is_read(place: Path, dump: Path, pier: Run) -> None:
    before = contents(place)
    for arguments in (("dump", "--out", "dump"), ("dump/gbk.txt", "--out", "dump"), ("dump", "--out", "dump/a/..")):
        outcome = pier("clean", *arguments)
        assert (outcome.code, outcome.stdout) == (2, b"")
        assert "would write over the input" in outcome.errors
    outcome = pier("clean", "dump", "--out", "out", "--ledger", "dump/gbk.txt")
    assert outcome.code == 2
    assert pier("diff", "dump", "--report", "jsonl:out/x").code == 3
    assert contents(place) == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_an_output_folder_that_is_a_link_to_the_inputs_is_refused(place: Path, dump: Path, pier: Run) -> None:
    (place / "link").symlink_to(dump)
    before = contents(dump)
    assert pier("clean", "dump", "--out", "link").code == 2
    assert contents(dump) == before


def test_an_output_folder_among_the_inputs_is_not_read_again(place: Path, dump: Path, pier: Run) -> None:
    first = pier("clean", "dump", "--out", "dump/out", "--report", "jsonl")
    second = pier("clean", "dump", "--out", "dump/out", "--report", "jsonl")
    assert first.stdout == second.stdout
    assert second.code == 0


def test_an_earlier_ledger_is_kept(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    first = (place / "out" / LEDGER).read_bytes()
    pier("clean", "dump", "--out", "out")
    assert (place / "out" / ".scrubber" / "ledger-1.jsonl").read_bytes() == first
    if os.name != "nt":
        assert stat.S_IMODE((place / "out" / LEDGER).stat().st_mode) == 0o600


def test_no_ledger_leaves_nothing_but_the_outputs(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out", "--no-ledger")
    assert not (place / "out" / ".scrubber").exists()
    assert len(contents(place / "out")) == 6


def test_a_ledger_without_text_restores_from_the_sources(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    before = {name: content for name, content in contents(dump).items() if name != "page.bin"}
    pier("clean", "dump", "--out", "out", "--ledger-text", "hash")
    assert "Share this story" not in (place / "out" / LEDGER).read_text("utf-8")
    assert not (place / "out" / ".scrubber" / "store").exists()
    assert scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back").code == 0
    assert contents(place / "back") == before
    assert pier("clean", "dump", "--in-place", "--ledger-text", "hash").code == 2


def test_a_ledger_elsewhere_needs_to_be_told_where_the_outputs_are(
    place: Path, dump: Path, pier: Run, scrubber: Run
) -> None:
    pier("clean", "dump", "--out", "out", "--ledger", "record.jsonl.gz")
    outcome = scrubber("verify", "record.jsonl.gz")
    assert outcome.code == 2
    assert "--outputs DIR" in outcome.errors
    assert scrubber("verify", "record.jsonl.gz", "--outputs", "out").code == 0


def test_one_run_at_a_time(place: Path, dump: Path, pier: Run) -> None:
    (place / "out").mkdir()
    with run_lock(place / "out"):
        outcome = pier("clean", "dump", "--out", "out")
    assert outcome.code == 2
    assert "another run of scrubber is writing here" in outcome.errors
    assert contents(place / "out") == {}


def test_resume_takes_over_what_is_unchanged_and_does_the_rest(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    output = place / "out" / "a" / "plain.txt"
    untouched = output.stat().st_mtime_ns
    (dump / "bom.txt").write_text(DIRTY)
    (place / "out" / "gbk.txt").write_text("touched")
    outcome = pier("clean", "dump", "--out", "out", "--resume")
    assert outcome.code == 0
    assert " 4 taken over from an earlier run\n" in outcome.errors
    assert output.stat().st_mtime_ns == untouched
    pier("clean", "dump", "--out", "fresh")
    assert contents(place / "out") == contents(place / "fresh")
    assert lines_without_times(place / "out" / LEDGER) == lines_without_times(place / "fresh" / LEDGER)


def test_resume_does_all_again_under_other_rules(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    outcome = pier("clean", "dump", "--out", "out", "--resume", "--ignore", "pier/share-bar")
    assert "taken over" not in outcome.errors
    assert (place / "out" / "a" / "plain.txt").read_text() == DIRTY


def test_resume_goes_on_behind_a_torn_line(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    whole = lines_without_times(place / "out" / LEDGER)
    content = (place / "out" / LEDGER).read_bytes()
    (place / "out" / LEDGER).write_bytes(b"".join(content.splitlines(keepends=True)[:4])[:-20])
    outcome = pier("clean", "dump", "--out", "out", "--resume")
    assert " 2 taken over" in outcome.errors
    assert lines_without_times(place / "out" / LEDGER) == whole


def test_in_place_stores_originals_and_leaves_clean_files_alone(
    place: Path, dump: Path, pier: Run, scrubber: Run
) -> None:
    before = {name: content for name, content in contents(dump).items() if name != "page.bin"}
    mode = 0o640
    (dump / "a" / "plain.txt").chmod(mode)
    untouched = [(dump / name).stat().st_mtime_ns for name in ("a/clean.txt", "page.bin")]
    outcome = pier("clean", "dump", "--in-place")
    assert outcome.code == 0
    assert (dump / "a" / "plain.txt").read_text() == BODY
    assert (dump / "gbk.txt").read_text("utf-8").count(CHINESE) == 3
    assert [(dump / name).stat().st_mtime_ns for name in ("a/clean.txt", "page.bin")] == untouched
    if os.name != "nt":
        assert stat.S_IMODE((dump / "a" / "plain.txt").stat().st_mode) == mode
    assert (place / ".scrubber" / ".gitignore").read_text() == "*\n"
    assert scrubber("verify", ".scrubber/ledger.jsonl").code == 0
    assert scrubber("restore", ".scrubber/ledger.jsonl", "--out", "back").code == 0
    assert contents(place / "back" / "dump") == before


def test_in_place_a_second_run_changes_nothing_and_resume_keeps_the_record(
    place: Path, dump: Path, pier: Run, scrubber: Run
) -> None:
    before = {name: content for name, content in contents(dump).items() if name != "page.bin"}
    pier("clean", "dump", "--in-place")
    first, record = contents(dump), lines_without_times(place / LEDGER)
    pier("clean", "dump", "--in-place", "--resume")
    assert contents(dump) == first
    assert lines_without_times(place / LEDGER) == record
    assert scrubber("restore", ".scrubber/ledger.jsonl", "--out", "back").code == 0
    assert contents(place / "back" / "dump") == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("options", [(), ("--no-ledger",)], ids=["ledger", "no ledger"])
def test_in_place_links_are_refused(place: Path, dump: Path, pier: Run, options: tuple[str, ...]) -> None:
    (place / "link.txt").symlink_to(dump / "a" / "plain.txt")
    outcome = pier("clean", "link.txt", "--in-place", *options)
    assert outcome.code == 3
    assert "links are not replaced in place" in outcome.errors
    assert (dump / "a" / "plain.txt").read_text() == DIRTY


def test_in_place_without_ledger_for_hooks(place: Path, dump: Path, pier: Run) -> None:
    outcome = pier("clean", "dump/a/plain.txt", "--in-place", "--no-ledger", "--fail-on-change")
    assert outcome.code == 1
    assert (dump / "a" / "plain.txt").read_text() == BODY
    assert not (place / ".scrubber").exists()
    assert pier("clean", "dump/a/plain.txt", "--in-place", "--no-ledger", "--fail-on-change").code == 0


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_in_place_a_name_that_no_ledger_can_hold_fails_alone(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    (place / "b\x07.txt").write_text(DIRTY)
    outcome = pier("clean", ".", "--in-place", "--no-summary")
    assert outcome.code == 3
    assert outcome.errors.startswith("b␇.txt: has a name that no ledger can hold")
    assert (place / "a.txt").read_text() == BODY
    assert (place / "b\x07.txt").read_text() == DIRTY
    assert read_ledger(place / LEDGER).state == "complete"


def test_of_two_outputs_with_one_name_the_second_fails(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    for name in ("A.txt", "a.txt"):
        (place / "dump" / name).write_text(DIRTY)
    if len(list((place / "dump").iterdir())) == 1:
        pytest.skip("this file system knows no letter case")
    outcome = pier("clean", "dump", "--out", "out", "--no-summary")
    assert outcome.code == 3
    assert outcome.errors == (
        "dump/a.txt: its output a.txt cannot stand beside that of dump/A.txt. Clean them apart.\n"
    )
    assert contents(place / "out") == {"A.txt": BODY.encode()}


def test_undecodable_input_fails_is_skipped_or_replaced(place: Path, pier: Run) -> None:
    raw = "café, naïve, über alles; ".encode("latin-1") * 400
    (place / "a.txt").write_bytes(raw)
    (place / "b.txt").write_text(DIRTY)
    common = ("clean", ".", "--out", "out", "--encoding", "utf-8", "--no-ledger", "--no-summary")
    assert pier(*common).code == 3
    skipped = pier(*common, "--undecodable", "skip")
    assert (skipped.code, skipped.errors) == (0, "a.txt: skipped: not utf-8.\n")
    assert list(contents(place / "out")) == ["b.txt"]
    assert pier(*common, "--undecodable", "replace").code == 0
    assert "\ufffd" in (place / "out" / "a.txt").read_text("utf-8")


def test_a_document_past_the_limit_is_a_recorded_failure(place: Path, pier: Run) -> None:
    (place / "scrubber.toml").write_text('[limits]\nmax-bytes = "1 kB"\n')
    (place / "a.txt").write_text(BODY * 10)
    (place / "b.txt").write_text(DIRTY)
    outcome = pier("clean", ".", "--out", "out", "--no-summary")
    assert outcome.code == 3
    assert outcome.errors.startswith("a.txt: has 1,600 bytes, more than limits.max-bytes (1,000).")
    assert list(contents(place / "out")) == ["b.txt"]


def test_the_summary_says_what_went_and_where_the_ledger_is(place: Path, dump: Path, pier: Run) -> None:
    errors = pier("clean", "dump", "--out", "out").errors
    assert errors.startswith(" 6 read ")
    assert "pier/share-bar" in errors
    assert errors.splitlines()[-1] == " ledger out/.scrubber/ledger.jsonl"
    assert pier("clean", "dump", "--out", "out", "-q").errors == ""
