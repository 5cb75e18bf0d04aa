"""The way of a new text through CI: it fails on the right lines, somebody decides, it passes; an old corpus passes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Outcome, Run
from git_tree import GitTree

NEW = DIRTY + "Advert: a boat\nThe mate waved from the deck until the harbour was out of sight that night.\n"
#: The lines of `NEW` that fail: a cut, and a flag.
WRONG = [("seeds/new.txt", 2), ("seeds/new.txt", 4)]


@pytest.fixture
def git(place: Path) -> GitTree:
    """`main` with a clean corpus and the settings of the project; the branch `work` is at hand."""
    tree = GitTree(place)
    (place / "seeds").mkdir()
    for name in ("a", "b"):
        (place / "seeds" / f"{name}.txt").write_text(BODY)
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\n')
    tree.commit("A clean corpus")
    tree("checkout", "--quiet", "-b", "work")
    return tree


def annotated(outcome: Outcome) -> list[tuple[str, int]]:
    """File and line of each annotation, in order."""
    return sorted((file, int(line)) for file, line in re.findall(r"^::\w+ file=([^,]+),line=(\d+)", outcome.text, re.M))


def in_sarif(file: Path) -> list[tuple[str, int]]:
    """File and line of each result of a SARIF file, in order."""
    (run,) = json.loads(file.read_text("utf-8"))["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    return sorted((place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places)


def decided(run: Run, **verdicts: str) -> str:
    """Decisions about the findings of the new text: a verdict for each rule, as `review` would record them."""
    record = json.loads(run("diff", "seeds/new.txt", "--report", "jsonl").stdout.splitlines()[1])
    tables = [
        f'[[decision]]\nfingerprint = "{found["fingerprint"]}"\nrule = "{found["rule"]}"\npath = "{record["id"]}"\n'
        f'verdict = "{verdicts[found["rule"].partition("/")[2].replace("-", "_")]}"\n'
        for found in record["verdicts"]
    ]
    return "\n".join(tables)


def test_a_new_dirty_text_fails_until_somebody_has_decided(place: Path, git: GitTree, scrubber: Run) -> None:
    (place / "seeds" / "new.txt").write_text(NEW)
    git.commit("A new text")
    call = ("check", "seeds", "--changed-since", "main", "--report", "github")
    outcome = scrubber(*call, env={"GITHUB_ACTIONS": "true"})
    assert (outcome.code, annotated(outcome)) == (1, WRONG)
    assert "pier/share-bar" in outcome.text
    # The same, whichever way the job is called; and what `diff` shows at home.
    assert annotated(scrubber("check", "--report", "github")) == WRONG
    assert scrubber("diff", "seeds/new.txt").stdout == scrubber("check", "seeds/new.txt").stdout
    # For uploads findings do not fail the step.
    assert scrubber(*call, "--exit-zero").code == 0

    (place / "scrubber.decisions.toml").write_text(decided(scrubber, share_bar="keep", advert="later"))
    git.commit("Decisions")
    outcome = scrubber(*call)
    assert (outcome.code, annotated(outcome)) == (0, [])
    assert "note: changed since main, too: scrubber.decisions.toml.\n" in outcome.errors
    shown = scrubber("diff", "seeds", "--all", "--exit-code")
    assert (shown.code, len(re.findall(r"(?:likely|possible) +decided$", shown.text, re.M))) == (0, 2)
    assert scrubber("clean", "seeds", "--in-place", "--no-ledger", "--fail-on-change").code == 0
    assert git("status", "--porcelain") == ""

    # An edit elsewhere in the text unsettles nothing; one more bar does.
    text = (place / "seeds" / "new.txt").read_text()
    (place / "seeds" / "new.txt").write_text(f"The pilot came aboard at dawn, and nobody had seen him before.\n{text}")
    assert scrubber(*call).code == 0
    (place / "seeds" / "new.txt").write_text(f"{text}Share this story\n")
    outcome = scrubber(*call)
    assert (outcome.code, annotated(outcome)) == (1, [("seeds/new.txt", 6)])


def test_cleaning_passes_as_well(place: Path, git: GitTree, scrubber: Run) -> None:
    (place / "seeds" / "new.txt").write_text(DIRTY)
    assert scrubber("check").code == 1
    assert scrubber("clean", "seeds", "--in-place", "--no-ledger").code == 0
    assert scrubber("check").code == 0


def test_an_old_dirty_corpus_passes_and_a_new_finding_in_it_fails(place: Path, git: GitTree, scrubber: Run) -> None:
    with (place / "scrubber.toml").open("a") as config:
        config.write('baseline = ".scrubber-baseline.json"\n')
    for number in range(5):
        (place / "seeds" / f"old{number}.txt").write_text(NEW)
    assert scrubber("check", "--write-baseline").code == 0
    git.commit("An old corpus")
    git("branch", "--force", "main")
    outcome = scrubber("check", "--report", "github")
    assert (outcome.code, annotated(outcome)) == (0, [])
    old = place / "seeds" / "old3.txt"
    old.write_text("The pilot came aboard at dawn, and nobody had seen him before.\n" + NEW + "Advert: a pier\n")
    for option in ((), ("--changed-since", "main")):
        outcome = scrubber("check", "--report", "github", *option)
        assert (outcome.code, annotated(outcome)) == (1, [("seeds/old3.txt", 7)])
    assert scrubber("check", "--write-baseline").code == 0
    assert scrubber("check").code == 0


def test_sarif_says_the_same_as_the_annotations(place: Path, git: GitTree, scrubber: Run) -> None:
    (place / "seeds" / "new.txt").write_text(NEW)
    call = ("check", "seeds", "--changed-since", "main", "--report", "github", "--report", "sarif:found.sarif")
    outcome = scrubber(*call)
    assert (outcome.code, annotated(outcome), in_sarif(place / "found.sarif")) == (1, WRONG, WRONG)
    (place / "scrubber.decisions.toml").write_text(decided(scrubber, share_bar="keep", advert="keep"))
    assert scrubber(*call).code == 0
    assert in_sarif(place / "found.sarif") == []
    (place / "scrubber.decisions.toml").unlink()
    assert scrubber("check", "seeds", "--baseline", "base.json", "--write-baseline").code == 0
    (place / "seeds" / "new.txt").write_text(NEW + "Advert: a pier\n")
    assert scrubber(*call, "--baseline", "base.json").code == 1
    assert in_sarif(place / "found.sarif") == [("seeds/new.txt", 6)]
