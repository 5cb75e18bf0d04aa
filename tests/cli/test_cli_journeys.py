"""Two journeys from end to end through the real program: an archivist's and a contributor's.

That of a CI job is in `test_cli_ci_journey.py`.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

from cli_program import BODY, REPOSITORY, Run
from live_terminal import LiveTerminal
from test_cli_hooks import Project, project

__all__ = ["project"]

LEDGER = "clean/.scrubber/ledger.jsonl"


def tree(folder: Path) -> dict[str, bytes]:
    """The files below a folder, but for our own records."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".scrubber" not in path.parts
    }


def test_an_archivist_cleans_asks_proves_and_restores(place: Path, scrubber: Run) -> None:
    shutil.copytree(REPOSITORY / "samples" / "dirty", place / "dump")
    before = tree(place / "dump")

    # Clean, and read the summary.
    cleaned = scrubber("clean", "dump", "--out", "clean", "--report", "json:found.json")
    assert (cleaned.code, cleaned.stdout) == (0, b"")
    assert tree(place / "dump") == before
    outputs = {f"{name}.txt" if name.endswith(".html") else name for name in before}
    assert tree(place / "clean").keys() == outputs
    assert re.search(rf"^ {len(before)} read   \d+ changed", cleaned.errors, re.M)
    assert f" ledger {LEDGER}\n" in cleaned.errors
    rows = dict(re.findall(r"^   ([a-z]+/[a-z-]+) +(\d+) ", cleaned.errors, re.M))
    found = json.loads((place / "found.json").read_text("utf-8"))
    assert rows
    for rule, documents in rows.items():
        cut_by = [
            document["id"]
            for document in found["files"]
            if any(v["rule"] == rule and v["outcome"] in ("removed", "replaced") for v in document["verdicts"])
        ]
        assert len(cut_by) == int(documents), rule

    # Explain a line that is gone, by the rule that took it, with the file and the line of that rule.
    document = next(each for each in found["files"] if each["id"] == "dump/zh-portal-twice.txt")
    verdict = next(each for each in document["verdicts"] if each["outcome"] == "removed" and each["kind"] == "line")
    first, _ = verdict["lines"]
    explained = scrubber("explain", f"{document['id']}:{first}").text
    asked = explained.partition(f"\n{first:>5} - ")[2]
    assert asked.startswith(verdict["text"].split("\n")[0])
    assert f"{verdict['rule']}   {verdict['confidence']}" in asked
    declared = re.search(rf"{verdict['rule']}.*?(rules/\w+\.toml):(\d+)$", asked, re.M | re.DOTALL)
    assert declared is not None
    lines = (REPOSITORY / declared[1]).read_text("utf-8").split("\n")
    assert verdict["rule"].partition("/")[2] in "".join(lines[int(declared[2]) - 1 : int(declared[2]) + 1])

    # Verify and restore: each byte is there again. A byte that was changed is told.
    assert scrubber("verify", LEDGER).code == 0
    assert scrubber("restore", LEDGER, "--out", "back").code == 0
    assert tree(place / "back") == before
    assert scrubber("clean", "clean", "--out", "again", "--fail-on-change").code == 0
    touched = place / "clean" / "zh-portal-twice.txt"
    touched.write_bytes(touched.read_bytes() + b"!")
    outcome = scrubber("verify", LEDGER)
    assert outcome.code == 1
    assert "zh-portal-twice.txt" in outcome.text


def test_a_contributor_writes_a_rule_decides_and_commits(project: Project) -> None:
    folder = project.folder
    seeds = folder / "seeds"
    seeds.mkdir()
    bell = "Bell of the day: 1,204 rings\n"
    (seeds / "a.txt").write_text(f"{BODY}{bell}Advert: a boat\n")
    (seeds / "b.txt").write_text(f"{BODY}{bell.replace('1,204', '87')}Share this story\n")

    # `diff` shows what the rules know; the bell they do not.
    code, shown = project.call("scrubber", "diff", "seeds", "--exit-code")
    assert code == 1
    assert " - Share this story" in shown
    assert " ~ Advert: a boat" in shown
    assert " - Bell" not in shown

    # A rule from the real line, tried on all texts; its examples hold, and nothing is wanting.
    code, told = project.call("scrubber", "rules", "new", "bell.toml", "--from", "seeds/a.txt:3", "--over", "seeds")
    assert code == 0, told
    assert "cuts 2 lines in 2 of 2 documents" in told
    assert project.call("scrubber", "rules", "lint", "bell.toml") == (0, "1 rule, 0 to look at\n")
    assert project.call("scrubber", "rules", "test", "bell.toml") == (0, "2 of 2 examples pass\n")
    config = folder / "scrubber.toml"
    config.write_text(config.read_text().replace('"pier.toml"', '"pier.toml", "bell.toml"'))

    # The commit is refused, with the lines.
    code, output = project.commit()
    assert code == 1
    assert " - Bell of the day: 87 rings" in output

    # Review: the doubtful one first; it stays. The rest may go.
    with LiveTerminal(folder, "review", "seeds", "--by", "ode") as terminal:
        assert "Advert: a boat" in terminal.until("[1 of 4]  seeds/a.txt")
        terminal.press("n").until("[2 of 4]")
        terminal.press("y").until("[3 of 4]")
        terminal.press("y").until("[4 of 4]")
        terminal.press("y").until("All is answered.")
        terminal.press("q")
        assert terminal.end() == 0
    decisions = tomllib.loads((folder / "scrubber.decisions.toml").read_text("utf-8"))["decision"]
    assert sorted((each["rule"], each["verdict"]) for each in decisions) == [
        ("bell/bell-of-the-day", "remove"),
        ("bell/bell-of-the-day", "remove"),
        ("pier/advert", "keep"),
        ("pier/share-bar", "remove"),
    ]
    assert project.commit()[0] == 1

    # Cleaned, it is committed, texts with rule and decisions; and nothing is left to say about it.
    assert project.call("scrubber", "clean", "seeds", "--in-place", "--no-ledger")[0] == 0
    assert (seeds / "a.txt").read_text() == f"{BODY}Advert: a boat\n"
    assert (seeds / "b.txt").read_text() == BODY
    code, output = project.commit()
    assert code == 0, output
    assert re.search(r"scrubber check\.+Passed", output)
    assert project.git("status", "--porcelain") == ""
    assert project.call("scrubber", "check", "seeds") == (0, "")
