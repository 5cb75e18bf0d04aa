"""`index`, and `--against`: the real program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import REPOSITORY, Run, environment

from scrubber.corpus.index_write import IndexWriter

FERRY = (
    "The ferry returned at noon, and the harbour office said that it will sail again on Monday, when the storm has "
    "moved on to the east and the pier has been repaired."
)
HARBOUR = (
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。船长告诉记者，全体乘客平安，"
    "行李也已经送到岸上。岛上的学校和市场照常开放，居民可以到码头的办公室退票，也可以改签到下一个星期的班次。"
)
BRIDGE = (
    "Nobody has crossed the old bridge since the winter: its planks are loose, its ropes are wet, and the road that "
    "led to it was washed away by the spring tide."
)


@pytest.fixture
def corpus_place(place: Path) -> Path:
    """A place with a corpus of two documents, and a new document that repeats a paragraph of one of them."""
    (place / "corpus").mkdir()
    (place / "corpus" / "ferry.txt").write_text(f"{BRIDGE}\n\n{FERRY}\n", "utf-8")
    (place / "corpus" / "harbour.txt").write_text(f"{HARBOUR}\n", "utf-8")
    (place / "new.txt").write_text(
        f"The island has a school and a market.\n\n{FERRY.replace('storm', 'gale')}\n", "utf-8"
    )
    return place


def stats(scrubber: Run) -> dict[str, int]:
    found: dict[str, int] = json.loads(scrubber("index", "stats", "c.index", "--json").text)
    return found


def test_an_index_is_built_asked_and_told_of(corpus_place: Path, scrubber: Run) -> None:
    built = scrubber("index", "build", "c.index", "corpus")
    assert (built.code, built.text) == (0, "")
    assert built.errors == "c.index: 3 paragraphs of 2 documents\n"
    asked = scrubber("index", "query", "c.index", "new.txt")
    assert asked.code == 0
    assert asked.text.startswith("new.txt:3\n    kin  corpus/ferry.txt:3\n    about ")
    assert asked.errors == "1 of 1 paragraph found\n"
    told = scrubber("index", "stats", "c.index")
    assert "paragraphs  3, 3 different\n" in told.text
    assert "texts       none: findings are estimates\n" in told.text
    assert sorted(path.name for path in corpus_place.iterdir() if "index" in path.name) == ["c.index"]


def test_with_texts_a_query_is_exact(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus", "--with-text")
    row = json.loads(scrubber("index", "query", "c.index", "new.txt", "--report", "jsonl").text)
    kin = row.pop("kin")
    assert row == {"version": 1, "document": "new.txt", "lines": [3, 3]}
    assert (kin["id"], kin["lines"], kin["measure"]) == ("corpus/ferry.txt", [3, 3], "edit")
    assert kin["score"] == kin["edit"] > kin["jaccard"]


def test_check_fails_on_a_paragraph_that_the_corpus_holds(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus", "--with-text")
    assert pier("check", "new.txt").code == 0
    found = pier("check", "new.txt", "--against", "c.index", "--report", "jsonl")
    assert found.code == 1
    (verdict,) = json.loads(found.text.splitlines()[1])["verdicts"]
    assert (verdict["rule"], verdict["outcome"], verdict["lines"]) == ("core/known-paragraph", "flagged", [3, 3])
    assert (verdict["kin"]["id"], verdict["kin"]["lines"], verdict["kin"]["measure"]) == (
        "corpus/ferry.txt", [3, 3], "edit",
    )  # fmt: skip
    ((own, other),) = verdict["kin"]["differing"]
    new = (corpus_place / "new.txt").read_text("utf-8").splitlines()[2]
    assert (new[own[0] : own[1]], FERRY[other[0] : other[1]]) == ("gale", "storm")


def test_what_is_flagged_stays(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    shown = pier("diff", "new.txt", "--against", "c.index")
    assert shown.code == 0
    assert "core/known-paragraph   possible   flagged" in shown.text
    assert "kin  corpus/ferry.txt:3" in shown.text
    assert "shared shingles, estimated" in shown.text
    assert "an estimate, its index has no texts" in " ".join(shown.text.split())
    cleaned = pier("clean", "new.txt", "--against", "c.index")
    assert cleaned.stdout == (corpus_place / "new.txt").read_bytes()


@pytest.mark.parametrize("options", [("--ignore", "core/known-paragraph"), ("--select", "pier/*")])
def test_the_rule_can_be_switched_off(corpus_place: Path, pier: Run, scrubber: Run, options: tuple[str, str]) -> None:
    scrubber("index", "build", "c.index", "corpus")
    assert pier("check", "new.txt", "--against", "c.index", *options).code == 0


def test_documents_of_the_index_are_not_their_own_kin(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    assert pier("check", "corpus", "--against", "c.index").code == 0
    (corpus_place / "corpus" / "later.txt").write_text(f"{HARBOUR}\n", "utf-8")
    found = pier("check", "corpus", "--against", "c.index")
    assert found.code == 1
    assert "corpus/later.txt" in found.text
    assert "kin  corpus/harbour.txt:1   equal" in found.text


def test_workers_change_nothing(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus", "--with-text")
    for number in range(5):
        (corpus_place / f"copy{number}.txt").write_text(f"{BRIDGE.replace('loose', 'gone')}\n", "utf-8")
    names = [f"copy{number}.txt" for number in range(5)]
    one = pier("diff", *names, "--against", "c.index", "--jobs", "1")
    assert one.text.count("kin  corpus/ferry.txt:1") == 5
    assert pier("diff", *names, "--against", "c.index", "--jobs", "2").stdout == one.stdout
    assert [path.name for path in corpus_place.iterdir() if "index" in path.name] == ["c.index"]


def test_the_ledger_tells_what_the_run_was_compared_with(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    digest = stats(scrubber)["digest"]
    pier("clean", "new.txt", "--out", "out", "--against", "c.index")
    ledger = corpus_place / "out" / ".scrubber" / "ledger.jsonl"
    header, line, _ = map(json.loads, ledger.read_text("utf-8").splitlines())
    assert header["options"]["against"] == digest
    (finding,) = line["findings"]
    assert finding["kin"]["document"] == "corpus/ferry.txt"
    assert finding["kin"]["measure"] == "estimate"
    assert scrubber("verify", str(ledger)).code == 0
    again = pier("clean", "new.txt", "--out", "out", "--against", "c.index", "--resume")
    assert "taken over" in again.errors or "1 read" not in again.errors
    scrubber("index", "remove", "c.index", "corpus/ferry.txt")
    pier("clean", "new.txt", "--out", "out", "--against", "c.index", "--resume")
    assert json.loads(ledger.read_text("utf-8").splitlines()[1])["findings"] == []


def test_documents_are_added_replaced_and_removed(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    (corpus_place / "corpus" / "ferry.txt").write_text(f"{HARBOUR}\n", "utf-8")
    added = scrubber("index", "add", "c.index", "corpus/ferry.txt", "new.txt")
    assert added.code == 0
    assert added.errors.startswith("1 document added, 1 replaced\n")
    assert (stats(scrubber)["documents"], stats(scrubber)["paragraphs"]) == (3, 3)
    removed = scrubber("index", "remove", "c.index", "new.txt", "./corpus/")
    assert removed.errors.startswith("3 documents removed\n")
    assert stats(scrubber)["documents"] == 0


def test_a_name_that_is_not_in_it_removes_nothing(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    outcome = scrubber("index", "remove", "c.index", "corpus/ferry.txt", "nowhere\x1b[2J.txt")
    assert outcome.code == 2
    assert "\x1b" not in outcome.errors
    assert stats(scrubber)["documents"] == 2


def test_records_go_with_their_file(corpus_place: Path, scrubber: Run) -> None:
    records = corpus_place / "pages.jsonl"
    lines = [json.dumps({"id": name, "text": text}) + "\n" for name, text in (("a", FERRY), ("b", BRIDGE))]
    records.write_text("".join(lines), "utf-8")
    scrubber("index", "build", "c.index", "pages.jsonl")
    asked = scrubber("index", "query", "c.index", "new.txt")
    assert "kin  pages.jsonl#a:1\n" in asked.text
    records.write_text(lines[1], "utf-8")
    added = scrubber("index", "add", "c.index", "pages.jsonl")
    assert added.errors.startswith("0 documents added, 1 replaced, 1 that the inputs hold no more removed\n")
    assert scrubber("index", "remove", "c.index", "pages.jsonl").errors.startswith("1 document removed\n")


def test_an_input_that_cannot_be_read_is_told_and_the_rest_indexed(corpus_place: Path, scrubber: Run) -> None:
    built = scrubber("index", "build", "c.index", "corpus", "nowhere.txt")
    assert built.code == 3
    assert "nowhere.txt: cannot be read" in built.errors
    assert stats(scrubber)["documents"] == 2


def test_an_index_is_not_replaced_by_nothing(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    built = scrubber("index", "build", "c.index", "nowhere.txt")
    assert built.code == 3
    assert "nothing was built" in built.errors
    assert stats(scrubber)["documents"] == 2


@pytest.mark.parametrize("command", [("check",), ("diff",), ("clean",)])
def test_an_index_that_cannot_be_used_ends_the_run_before_it_begins(
    corpus_place: Path, pier: Run, command: tuple[str]
) -> None:
    (corpus_place / "c.index").write_text("The captain's notes.", "utf-8")
    outcome = pier(*command, "new.txt", "--against", "c.index")
    assert (outcome.code, outcome.text) == (2, "")
    assert outcome.errors.startswith("c.index: is not an index")
    assert "scrubber index build --force c.index PATH..." in outcome.errors


@pytest.mark.parametrize("arguments", [("stats", "c.index"), ("query", "c.index", "new.txt"), ("add", "c.index", ".")])
def test_an_index_that_is_not_there_is_a_usage_error(corpus_place: Path, scrubber: Run, arguments: list[str]) -> None:
    outcome = scrubber("index", *arguments)
    assert outcome.code == 2
    assert "no such index" in outcome.errors
    assert not (corpus_place / "c.index").exists()


def test_a_file_of_somebody_else_is_not_built_over(corpus_place: Path, scrubber: Run) -> None:
    before = (corpus_place / "new.txt").read_bytes()
    assert scrubber("index", "build", "new.txt", "corpus").code == 2
    assert (corpus_place / "new.txt").read_bytes() == before


def test_a_second_writer_waits_says_so_and_gives_up(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    with IndexWriter(corpus_place / "c.index", wait_ms=0) as writer:
        for arguments in (("add", "c.index", "new.txt"), ("remove", "c.index", "corpus")):
            outcome = scrubber("index", *arguments, "--wait", "1")
            assert outcome.code == 3
            assert outcome.errors.startswith("c.index: another process is writing; waiting")
            assert "has been writing for 1 s" in outcome.errors
        built = scrubber("index", "build", "c.index", "new.txt", "--wait", "0")
        assert built.code == 3
        assert not writer.has("new.txt")
    assert stats(scrubber)["documents"] == 2


def test_look_ups_go_on_while_somebody_writes(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    with IndexWriter(corpus_place / "c.index", wait_ms=0) as writer:
        writer.remove(["corpus/ferry.txt"])
        assert pier("check", "new.txt", "--against", "c.index").code == 1
        assert scrubber("index", "query", "c.index", "new.txt").text
        writer.finish()
    assert pier("check", "new.txt", "--against", "c.index").code == 0


#: Ends itself as kill -9 would, with much done and nothing finished.
KILLED = """
import os, signal, sys
from pathlib import Path
from scrubber.corpus.index_form import IndexShape
from scrubber.corpus.index_rows import entry_of
from scrubber.corpus.index_write import IndexWriter, NewIndex
from scrubber.model import Document
from scrubber.text.sketch import permutations

path, moment = Path("c.index"), sys.argv[1]
entries = [entry_of(Document(f"{number}.txt", "fog " * 30 + str(number) * 40), 80, with_text=False)
           for number in range(300)]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "add":
    with IndexWriter(path) as writer:
        writer.add(entries)
        writer.remove(["corpus/ferry.txt"])
        writer._tables.finish()
        die()
with NewIndex(path, IndexShape(32, 4, 80, False, permutations())) as made:
    made.add(entries)
    if moment == "build":
        die()
    if moment == "copy":
        made._database.set_trace_callback(lambda said: die() if "VACUUM" in said else None)
    made.publish()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
@pytest.mark.parametrize("moment", ["build", "copy", "add"])
def test_a_writer_that_is_killed_leaves_the_index_as_it_was(corpus_place: Path, scrubber: Run, moment: str) -> None:
    scrubber("index", "build", "c.index", "corpus")
    before = stats(scrubber)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, moment], cwd=corpus_place, env=environment(), check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert {name: stats(scrubber)[name] for name in ("digest", "documents")} == {
        name: before[name] for name in ("digest", "documents")
    }
    assert scrubber("index", "query", "c.index", "new.txt").text
    assert scrubber("index", "build", "c.index", "corpus", "new.txt").code == 0
    assert stats(scrubber)["documents"] == 3
    assert [path.name for path in corpus_place.iterdir() if "index" in path.name] == ["c.index"]


def test_names_of_documents_are_shown_harmlessly(corpus_place: Path, scrubber: Run, pier: Run) -> None:
    name = "corpus/\x1b[31m\u202egpj.txt"
    (corpus_place / name).write_text(f"{FERRY}\n", "utf-8")
    (corpus_place / "corpus" / "ferry.txt").unlink()
    scrubber("index", "build", "c.index", "corpus")
    asked = scrubber("index", "query", "c.index", "new.txt")
    assert "corpus/%1B[31m<U+202E>gpj.txt" in asked.text
    row = scrubber("index", "query", "c.index", "new.txt", "--report", "jsonl").text
    assert "\u202e" not in row
    assert json.loads(row)["kin"]["id"] == "corpus/%1B[31m\u202egpj.txt"
    assert "\u202e" not in pier("diff", "new.txt", "--against", "c.index").text


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_index_in_a_folder_that_cannot_be_written_to_is_read(corpus_place: Path, pier: Run, scrubber: Run) -> None:
    scrubber("index", "build", "corpus/c.index", "corpus")
    (corpus_place / "corpus").chmod(0o500)
    try:
        assert pier("check", "new.txt", "--against", "corpus/c.index").code == 1
    finally:
        (corpus_place / "corpus").chmod(0o700)


def test_without_an_index_nothing_of_it_is_imported(corpus_place: Path) -> None:
    asked = (
        "import sys; from scrubber.cli.main import main; main(['check', 'new.txt', '--rules', 'pier.toml', '-q']);"
        "print([name for name in sys.modules if name == 'sqlite3' or name.startswith('scrubber.corpus.index')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=corpus_place, env=environment(PYTHONPATH=str(REPOSITORY)),
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_look_up_of_a_few_paragraphs_imports_nothing_heavy(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    asked = (
        "import sys; from scrubber.cli.main import main; main(['index', 'query', 'c.index', 'new.txt', '-q']);"
        "print([name for name in ('numpy', 'datasketch', 'scipy', 'rapidfuzz', 'bs4') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=corpus_place, env=environment(), check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_explain_names_the_kin(corpus_place: Path, scrubber: Run) -> None:
    scrubber("index", "build", "c.index", "corpus")
    told = scrubber("explain", "new.txt:3", "--rules", "pier.toml", "--against", "c.index").text
    assert "flagged  core/known-paragraph   possible\n" in told
    assert "kin: corpus/ferry.txt:3\n" in told


def test_a_folder_is_no_index_and_the_command_that_makes_one_is_told(corpus_place: Path, pier: Run) -> None:
    outcome = pier("check", "new.txt", "--against", "corpus")
    assert outcome.code == 2
    assert outcome.errors.endswith("Make one of what is in it: scrubber index build corpus.index corpus\n")
