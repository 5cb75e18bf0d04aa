"""One run with three endings: `check`, `diff` and `clean` agree, in any order and with any number of workers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random

import pytest
from cli_program import BODY, CHINESE, DIRTY, RULES, Run
from hypothesis import HealthCheck, given, settings

from scrubber.cli.account import Account
from scrubber.cli.inputs import Input
from scrubber.cli.options import FailOn
from scrubber.cli.tasks import Setup, Task
from scrubber.cli.work import Worker
from scrubber.engine.guards import Limits
from scrubber.report import REPORTS, ReportOptions
from scrubber.rules.decisions import Decisions
from scrubber.rules.load import load_rules
from strategies import documents

#: Texts with what happens to them: does `diff` show a hunk, and would `clean` change the file?
CASES = {
    "nothing": (BODY.encode(), False, False),
    "removal": (DIRTY.encode(), True, True),
    "flag": (BODY.encode() + b"Advert: a boat\n", True, False),
    "re-encoded": (f"{CHINESE}\n{CHINESE}\n".encode("gbk"), True, True),
    "mark": (b"\xef\xbb\xbf" + BODY.encode(), True, True),
    "bad byte": (f"{CHINESE}\n".encode() + b"\xff\n" + f"{CHINESE}\n".encode(), True, False),
    "limited": (b"Share this story\nShare this story\nShare this story\nShort.\n", True, False),
    "empty": (b"", False, False),
}


@pytest.mark.parametrize("case", CASES)
def test_check_fails_exactly_when_diff_shows_a_hunk(place: Path, pier: Run, case: str) -> None:
    content, shown, changed = CASES[case]
    (place / "a.txt").write_bytes(content)
    diff = pier("diff", "a.txt", "--exit-code", "--report", "terminal", "--report", "jsonl:found.jsonl")
    check = pier("check", "a.txt")
    assert (diff.code, check.code) == (int(shown), int(shown))
    assert diff.stdout == check.stdout
    assert bool(diff.stdout) is shown
    assert pier("check", "a.txt", "--fail-on", "remove").code == int(changed)
    assert pier("clean", "a.txt", "--out", "out", "--fail-on-change").code == int(changed)
    record = json.loads((place / "found.jsonl").read_text("utf-8").splitlines()[1])
    applied = [each for each in record["verdicts"] if each["outcome"] in ("removed", "replaced")]
    assert bool(applied) is changed


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    file = tmp_path_factory.mktemp("rules") / "pier.toml"
    file.write_text(RULES, "utf-8")
    ruleset = load_rules([file])
    return Worker(Setup(ruleset, Decisions(), Limits(), frozenset(), (), "utf-8", "fail", "auto", 10**9))


@given(text=documents(most_lines=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_text_the_three_agree(worker: Worker, text: str) -> None:
    done = worker(Task(Input("a", "", "a", "a", "a"), content=text.encode()))
    assert done.result is not None
    account = Account(hunks_wanted=True)
    account.add(done)
    out = io.StringIO(newline="")
    REPORTS["terminal"]([done.result], out, ReportOptions(width=80, color=False))
    assert account.fails(FailOn.ANY) is bool(out.getvalue())
    if done.result.changed:
        assert account.fails(FailOn.REMOVE)


def test_orders_and_workers_change_nothing(place: Path, pier: Run) -> None:
    random = Random(7)
    names = []
    for number in range(24):
        name = f"{random.choice('äbC渡')}{number}.txt"
        lines = random.choices([*BODY.splitlines(), "Share this story", "Advert: a boat", CHINESE], k=9)
        (place / name).write_text("\n".join(lines) + "\n", "utf-8")
        names.append(name)
    outcomes = []
    for jobs, out in (("1", "one"), ("2", "two"), ("3", "three")):
        random.shuffle(names)
        options = ("--out", out, "--jobs", jobs, "--report", "jsonl", "--report", f"terminal:{out}.report")
        outcome = pier("clean", *names, *options)
        ledger = (place / out / ".scrubber" / "ledger.jsonl").read_text("utf-8").splitlines()[1:-1]
        files = {file.name: file.read_bytes() for file in sorted((place / out).glob("*.txt"))}
        summary = outcome.errors.replace(f" ledger {out}/", " ledger OUT/")
        outcomes.append((outcome.code, outcome.stdout, summary, ledger, files, (place / f"{out}.report").read_bytes()))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0][4]) == 24
    identifiers = [json.loads(line)["id"] for line in outcomes[0][3]]
    assert identifiers == sorted(identifiers)
