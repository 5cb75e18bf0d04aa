"""Rules that compare the documents of a run: what is a copy of what, what stays, and that nothing depends on how it is run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cli_program import Run, environment
from run_of_copies import documents, edited, paragraph, rules

from scrubber.store.ledger_form import DocumentEntry
from scrubber.store.ledger_read import read_ledger

LEDGER = Path(".scrubber") / "ledger.jsonl"


@pytest.fixture
def dump(place: Path) -> Path:
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    folder = place / "dump"
    folder.mkdir()
    for name, text in documents().items():
        (folder / name).write_text(text, "utf-8")
    return folder


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text + "\n", "utf-8")


def outputs(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the ledger and its evidence."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".scrubber" not in file.parts
    }


def entries(folder: Path) -> dict[str, DocumentEntry]:
    found = read_ledger(folder / LEDGER).entries
    return {entry.id.rpartition("/")[2]: entry for entry in found if isinstance(entry, DocumentEntry)}


def without_times(folder: Path) -> list[object]:
    lines = [json.loads(line) for line in (folder / LEDGER).read_text("utf-8").splitlines()]
    lines[0] |= {"started_at": "", "roots": {}}
    lines[-1] |= {"ended_at": "", "digest": ""}
    return lines


# --- what is found ----------------------------------------------------------------------------------------------------


def test_a_paragraph_goes_that_stands_in_an_earlier_document(place: Path, scrubber: Run) -> None:
    chance = Random(1)
    first, second, third, shared = (paragraph(chance) for _ in range(4))
    write(place / "dump", a=f"{first}\n{shared}", b=f"{second}\n{edited(shared, Random(3), 1)}\n{third}")
    (place / "near.toml").write_text(rules("remove"), "utf-8")
    assert scrubber("clean", "--rules", "near.toml", "dump", "--out", "out").code == 0
    assert (place / "out" / "a.txt").read_text("utf-8") == f"{first}\n{shared}\n"
    assert (place / "out" / "b.txt").read_text("utf-8") == f"{second}\n{third}\n"
    (finding,) = entries(place / "out")["b.txt"].findings
    assert finding.kin is not None
    assert (finding.kin.document_id, finding.kin.first_line) == ("dump/a.txt", 2)
    assert scrubber("verify", f"out/{LEDGER}").code == 0
    assert scrubber("restore", f"out/{LEDGER}", "--out", "back").code == 0
    assert outputs(place / "back") == outputs(place / "dump")


def test_it_flags_unless_told_otherwise(place: Path, dump: Path, scrubber: Run) -> None:
    text = rules("remove", "remove").replace('action = "remove"\n', "")
    (place / "near.toml").write_text(text, "utf-8")
    shown = scrubber("diff", "--rules", "near.toml", "dump", "--report", "jsonl")
    verdicts = [
        (verdict["rule"], verdict["outcome"])
        for line in shown.text.splitlines()
        for verdict in json.loads(line).get("verdicts", ())
    ]
    assert {outcome for rule, outcome in verdicts if rule != "near/share"} == {"flagged"}
    assert {rule for rule, _ in verdicts} == {"near/share", "near/close-copy", "near/twice"}
    assert scrubber("check", "--rules", "near.toml", "dump").code == 1


def test_texts_are_compared_as_the_rules_of_their_document_leave_them(place: Path, scrubber: Run) -> None:
    """A share bar inside a paragraph of two lines hides no copy; kin are named by lines of the original."""
    chance = Random(2)
    own, shared = paragraph(chance), paragraph(chance)
    other = "\n\n".join(paragraph(chance) for _ in range(3))
    write(place / "dump", a=f"Share this story\n\n{own}\n\n{shared}", b=f"{shared}\nShare this story\n\n{other}")
    (place / "near.toml").write_text(rules("remove"), "utf-8")
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    assert (place / "out" / "b.txt").read_text("utf-8") == f"{other}\n"
    copy = next(finding for finding in entries(place / "out")["b.txt"].findings if finding.kin is not None)
    assert copy.kin is not None
    assert (copy.kin.first_line, copy.span.start) == (5, 0)


def test_a_document_is_never_its_own_kin(place: Path, scrubber: Run) -> None:
    chance = Random(3)
    shared = paragraph(chance)
    write(place / "dump", a=f"{shared}\n{paragraph(chance)}\n{shared}", b=paragraph(chance))
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    assert scrubber("check", "--rules", "near.toml", "dump").code == 0


def test_two_facts_of_one_form_are_left_alone(place: Path, scrubber: Run) -> None:
    chance = Random(4)
    fact = (
        "On day 1 the ferry carried 120 people from the pier to the island, and the harbour counted 14 boats at noon."
    )
    other = fact.replace("120", "245").replace("day 1", "day 2").replace("14", "9")
    write(place / "dump", a=f"{fact}\n{paragraph(chance)}", b=f"{other}\n{paragraph(chance)}")
    (place / "near.toml").write_text(rules("remove"), "utf-8")
    assert scrubber("check", "--rules", "near.toml", "dump").code == 0


def test_the_longest_stays_where_the_rule_says_so(place: Path, scrubber: Run) -> None:
    chance = Random(5)
    shared = paragraph(chance, 40)
    write(place / "dump", a=f"{paragraph(chance)}\n{shared[:-20]}", b=f"{paragraph(chance)}\n{shared}")
    (place / "near.toml").write_text(rules("remove").replace("threshold = 0.8", 'threshold = 0.8, keep = "longest"'))
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    assert shared in (place / "out" / "b.txt").read_text("utf-8")
    assert shared[:-20] not in (place / "out" / "a.txt").read_text("utf-8")


def test_a_protected_copy_stays_and_is_the_one_that_counts(place: Path, scrubber: Run) -> None:
    chance = Random(6)
    shared = paragraph(chance)
    write(place / "dump", a=f"{paragraph(chance)}\n{shared}", b=f"{paragraph(chance)}\n{shared}")
    keep = f'\n[[rule]]\nid = "k"\nkind = "keep"\ntitle = "K"\nmatch = {{ equals = ["{shared}"] }}\n'
    (place / "near.toml").write_text(rules("remove") + keep, "utf-8")
    assert scrubber("check", "--rules", "near.toml", "dump").code == 0
    (place / "near.toml").write_text(rules("remove"), "utf-8")
    assert scrubber("check", "--rules", "near.toml", "dump").code == 1


def test_no_copy_goes_whose_kept_text_is_gone(place: Path, dump: Path, scrubber: Run) -> None:
    """Every text that was cut as a copy stands, or nearly, in the outputs."""
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    standing = {entry.id for entry in entries(place / "out").values() if entry.output is not None}
    met = 0
    for entry in entries(place / "out").values():
        for finding in entry.findings:
            if finding.kin is not None and finding.outcome.value == "removed":
                met += 1
                assert finding.kin.document_id in standing
                kept = (place / finding.kin.document_id).read_text("utf-8").splitlines()[finding.kin.first_line - 1]
                assert kept in (place / "out" / Path(finding.kin.document_id).name).read_text("utf-8")
    assert met > 3


def test_a_text_that_would_lose_nearly_everything_is_flagged_instead(place: Path, scrubber: Run) -> None:
    chance = Random(7)
    shared = paragraph(chance, 40)
    write(place / "dump", a=f"{paragraph(chance)}\n{shared}", b=f"Share this story\nTides\n{shared}")
    (place / "near.toml").write_text(rules("remove"), "utf-8")
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    assert (place / "out" / "b.txt").read_text("utf-8") == f"Tides\n{shared}\n"
    outcomes = {finding.rule: finding.outcome.value for finding in entries(place / "out")["b.txt"].findings}
    assert outcomes == {"near/share": "removed", "near/close-copy": "flagged"}


def test_a_decision_keeps_a_copy(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    cut = [
        (name, finding)
        for name, entry in entries(place / "out").items()
        for finding in entry.findings
        if finding.kin is not None and finding.outcome.value == "removed"
    ]
    for name, finding in cut:
        row = f'[[decision]]\nfingerprint = "{finding.fingerprint}"\nrule = "{finding.rule}"\npath = "dump/{name}"\n'
        (place / "scrubber.decisions.toml").write_text(f'{row}verdict = "keep"\n', "utf-8")
        scrubber("clean", "--rules", "near.toml", "dump", "--out", "again")
        again = entries(place / "again")[name]
        assert "decided" in [each.outcome.value for each in again.findings], finding
        assert again.output is not None
        shutil.rmtree(place / "again")


# --- whole documents --------------------------------------------------------------------------------------------------


def test_a_document_that_another_one_repeats_has_no_output_and_comes_back(
    place: Path, dump: Path, scrubber: Run
) -> None:
    done = scrubber("clean", "--rules", "near.toml", "dump", "--out", "out", "--manifest")
    assert done.code == 0
    found = entries(place / "out")
    assert [name for name, entry in found.items() if entry.output is None] == ["900.txt", "901.txt"]
    assert not (place / "out" / "900.txt").exists()
    (finding,) = found["900.txt"].findings
    assert finding.kin is not None
    assert (finding.kin.document_id, finding.kin.measure, finding.outcome.value) == ("dump/000.txt", "equal", "removed")
    assert "900.txt" not in (place / "out" / "manifest-sha256.txt").read_text("utf-8")
    assert scrubber("verify", f"out/{LEDGER}").code == 0
    assert scrubber("restore", f"out/{LEDGER}", "--out", "back").code == 0
    assert outputs(place / "back") == outputs(dump)


def test_what_an_earlier_run_wrote_of_it_goes(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "dump", "--out", "out", "-q")
    before = outputs(place / "out")
    scrubber("clean", "dump", "--out", "out", "--rules", "near.toml", "-q")
    scrubber("clean", "dump", "--out", "fresh", "--rules", "near.toml", "-q")
    assert outputs(place / "out") == outputs(place / "fresh")
    assert outputs(place / "out").keys() < before.keys()


def test_in_place_no_document_is_left_out(place: Path, dump: Path, scrubber: Run) -> None:
    before = outputs(dump)
    scrubber("clean", "--rules", "near.toml", "dump", "--in-place")
    assert outputs(dump).keys() == before.keys()
    outcomes = [finding.outcome.value for finding in entries(place)["900.txt"].findings]
    assert outcomes == ["flagged"]
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert {name.removeprefix("dump/"): text for name, text in outputs(place / "back").items()} == before


@pytest.mark.parametrize("options", [(), ("--ledger-text", "hash")], ids=["text", "hash"])
def test_records_are_left_out_of_their_file(place: Path, dump: Path, scrubber: Run, options: tuple[str, ...]) -> None:
    rows = [{"id": name, "n": 1, "text": text} for name, text in documents().items()]
    rows.insert(1, rows.pop())
    source = "\n".join(json.dumps(row, ensure_ascii=number % 2 == 0) for number, row in enumerate(rows))
    (place / "x.jsonl").write_text(source, "utf-8")
    scrubber("clean", "--rules", "near.toml", "x.jsonl", "--out", "out", *options)
    left = {json.loads(line)["id"] for line in (place / "out" / "x.jsonl").read_text("utf-8").splitlines()}
    assert left == {name for name in documents() if name not in ("900.txt", "901.txt")}
    assert scrubber("verify", f"out/{LEDGER}").code == 0
    source_options = ("--source", ".") if options else ()
    assert scrubber("restore", f"out/{LEDGER}", "--out", "back", *source_options).code == 0
    assert (place / "back" / "x.jsonl").read_text("utf-8") == source
    resumed = scrubber("clean", "--rules", "near.toml", "x.jsonl", "--out", "out", "--resume", *options)
    assert f"{len(rows)} taken over" in resumed.errors


def test_documents_are_left_out_of_one_file_of_all(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "all.jsonl")
    left = [json.loads(line)["id"] for line in (place / "all.jsonl").read_text("utf-8").splitlines()]
    assert left == [f"dump/{name}" for name in sorted(documents()) if name not in ("900.txt", "901.txt")]
    assert scrubber("verify", str(LEDGER), "--out", ".").code in (0, 2)


def test_what_is_left_out_is_nobodys_kin(place: Path, scrubber: Run) -> None:
    """A paragraph that only the left out copy has stays where it stands for the third time."""
    chance = Random(8)
    body = [paragraph(chance, 30) for _ in range(6)]
    extra = paragraph(chance, 30)
    write(
        place / "dump",
        a="\n".join(body),
        b="\n".join([*body, extra]),
        c="\n".join([paragraph(chance), extra]),
    )
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    assert sorted(outputs(place / "out")) == ["a.txt", "c.txt"]
    assert extra in (place / "out" / "c.txt").read_text("utf-8")


# --- how it is run ----------------------------------------------------------------------------------------------------


def test_order_and_workers_change_nothing(place: Path, dump: Path, scrubber: Run) -> None:
    names = [f"dump/{name}" for name in documents()]
    runs: dict[str, tuple[dict[str, bytes], list[object], str]] = {}
    for jobs in ("1", "2", "4"):
        Random(int(jobs)).shuffle(names)
        done = scrubber(
            "clean", "--rules", "near.toml", *names, "--out", f"out{jobs}", "--jobs", jobs, "--report", "jsonl"
        )
        assert done.code == 0
        runs[jobs] = outputs(place / f"out{jobs}"), without_times(place / f"out{jobs}"), done.text
    assert runs["1"][:2] == runs["2"][:2] == runs["4"][:2]
    assert runs["1"][2] == runs["2"][2] == runs["4"][2]
    (one,), (four,) = ([*(place / name / ".scrubber").glob("evidence-*.jsonl")] for name in ("out1", "out4"))
    assert one.read_bytes() == four.read_bytes()
    assert read_ledger(place / "out1" / LEDGER).header.evidence_digest.startswith(one.stem.partition("-")[2])


def test_check_diff_and_clean_agree(place: Path, dump: Path, scrubber: Run) -> None:
    said = {
        command: scrubber(command, "--rules", "near.toml", "dump", "--report", "jsonl", *options).text
        for command, options in {"check": (), "diff": (), "clean": ("--out", "out")}.items()
    }
    assert said["check"] == said["diff"] == said["clean"]


def test_cleaning_the_outputs_again_changes_nothing(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    scrubber("clean", "--rules", "near.toml", "out", "--out", "again")
    assert outputs(place / "again") == outputs(place / "out")


def test_resume_takes_over_only_what_the_same_corpus_says(place: Path, dump: Path, scrubber: Run) -> None:
    options = ("--rules", "near.toml", "dump", "--out", "out")
    scrubber("clean", *options)
    assert f"{len(documents())} taken over" in scrubber("clean", *options, "--resume").errors
    chance = Random(9)
    (dump / "000a.txt").write_text(f"{paragraph(chance)}\n{documents()['004.txt']}", "utf-8")
    assert "taken over" not in scrubber("clean", *options, "--resume").errors


def test_a_sample_is_judged_by_all(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "some", "--sample", "5")
    some = outputs(place / "some")
    assert some.items() <= outputs(place / "out").items()


def test_what_cannot_be_read_is_told_once(place: Path, dump: Path, scrubber: Run) -> None:
    (dump / "broken.txt").write_bytes(b"\x00\xff\x01" * 40)
    done = scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    assert done.code == 3
    assert done.errors.count("broken.txt") == 1


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs kill -9")
@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_a_killed_run_is_resumed_to_the_same_end(place: Path, scrubber: Run, share: float) -> None:
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    (place / "dump").mkdir()
    for name, text in documents(count=90).items():
        (place / "dump" / name).write_text(text, "utf-8")
    assert scrubber("clean", "--rules", "near.toml", "dump", "--out", "whole").code == 0
    size = int((place / "whole" / LEDGER).stat().st_size * share)
    kill_at(place, place / "out" / LEDGER, size, "--out", "out")
    assert scrubber("clean", "--rules", "near.toml", "dump", "--out", "out", "--resume").code == 0
    assert outputs(place / "out") == outputs(place / "whole")
    assert without_times(place / "out") == without_times(place / "whole")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs kill -9")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_killed_run_in_place_is_resumed_with_what_it_had_decided(place: Path, scrubber: Run, share: float) -> None:
    """What is replaced already would be compared otherwise: a copy that is gone makes nobody a copy."""
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    (place / "dump").mkdir()
    for name, text in documents(count=90).items():
        (place / "dump" / name).write_text(text, "utf-8")
    shutil.copytree(place / "dump", place / "same")
    assert scrubber("clean", "--rules", "near.toml", "dump", "--in-place").code == 0
    shutil.move(place / "dump", place / "whole")
    whole = without_times(place)
    size = int((place / LEDGER).stat().st_size * share)
    shutil.move(place / ".scrubber", place / "kept")
    shutil.move(place / "same", place / "dump")
    kill_at(place, place / LEDGER, size, "--in-place")
    resumed = scrubber("clean", "--rules", "near.toml", "dump", "--in-place", "--resume")
    assert resumed.code == 0
    assert outputs(place / "dump") == outputs(place / "whole")
    assert len([*(place / ".scrubber").glob("evidence-*.jsonl")]) == 1
    assert without_times(place)[1:-1] == whole[1:-1]


def kill_at(place: Path, ledger: Path, size: int, *options: str) -> None:
    """Run over the dump until the ledger has `size` bytes, and no further."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "near.toml", "dump", "--jobs", "2", *options],
        cwd=place,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not (ledger.is_file() and ledger.stat().st_size >= size):
        pass
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


# --- evidence and results that are kept -------------------------------------------------------------------------------


def test_a_run_that_is_given_the_evidence_finds_the_same_in_one_document(
    place: Path, dump: Path, scrubber: Run
) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    (evidence,) = (place / "out" / ".scrubber").glob("evidence-*.jsonl")
    name = "dump/002.txt"
    alone = scrubber("diff", "--rules", "near.toml", name, "--report", "jsonl", "--root", ".")
    given = scrubber("diff", "--rules", "near.toml", name, "--report", "jsonl", "--against", str(evidence))
    every = scrubber("diff", "--rules", "near.toml", "dump", "--report", "jsonl")
    lines = {json.loads(line).get("id"): line for line in every.text.splitlines()}
    assert given.text.splitlines()[1] == lines[name]
    assert "close-copy" not in alone.text
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "again", "--against", str(evidence))
    assert outputs(place / "again") == outputs(place / "out")
    told = scrubber("explain", "--rules", "near.toml", f"{name}:2", "--against", str(evidence))
    assert "near/close-copy" in told.text


def test_evidence_of_other_rules_is_refused(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    (evidence,) = (place / "out" / ".scrubber").glob("evidence-*.jsonl")
    (place / "near.toml").write_text(rules("remove", "remove").replace("0.8", "0.9"), "utf-8")
    refused = scrubber("check", "--rules", "near.toml", "dump", "--against", str(evidence))
    assert refused.code == 2
    assert "under other rules" in refused.errors
    evidence.write_bytes(evidence.read_bytes()[:-5])
    (place / "near.toml").write_text(rules("remove", "remove"), "utf-8")
    cut = scrubber("check", "--rules", "near.toml", "dump", "--against", str(evidence))
    assert (cut.code, "is not whole" in cut.errors) == (2, True)


@pytest.mark.parametrize("state", ["none", "filled", "foreign", "broken", "no folder"])
def test_kept_results_change_nothing(place: Path, dump: Path, scrubber: Run, state: str, tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    caches.mkdir()
    results = caches / "results.sqlite"
    env = {"SCRUBBER_CACHE_DIR": "" if state == "none" else str(caches)}
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "out")
    if state == "filled":
        scrubber("clean", "--rules", "near.toml", "dump", "--out", "before", env=env)
        assert results.stat().st_size > 0
    elif state == "foreign":
        results.write_text("no database at all" * 400, "utf-8")
    elif state == "broken":
        scrubber("clean", "--rules", "near.toml", "dump", "--out", "before", env=env)
        raw = bytearray(results.read_bytes())
        for place_of in range(4096, len(raw), 97):
            raw[place_of] ^= 0x5A
        results.write_bytes(raw)
    elif state == "no folder":
        shutil.rmtree(caches)
        caches.write_text("in the way", "utf-8")
    again = scrubber("clean", "--rules", "near.toml", "dump", "--out", "again", env=env)
    assert again.code == 0, again.errors
    assert outputs(place / "again") == outputs(place / "out")
    assert without_times(place / "again") == without_times(place / "out")


def test_what_a_changed_document_says_is_looked_at_anew(place: Path, dump: Path, scrubber: Run, tmp_path: Path) -> None:
    env = {"SCRUBBER_CACHE_DIR": str(tmp_path / "caches")}
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "before", env=env)
    chance = Random(11)
    (dump / "002.txt").write_text("\n".join(paragraph(chance) for _ in range(4)), "utf-8")
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "kept", env=env)
    scrubber("clean", "--rules", "near.toml", "dump", "--out", "anew", env={"SCRUBBER_CACHE_DIR": ""})
    assert outputs(place / "kept") == outputs(place / "anew")
    assert without_times(place / "kept") == without_times(place / "anew")
