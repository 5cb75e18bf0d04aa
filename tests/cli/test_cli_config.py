"""The configuration at work: who wins, what it may not do, `config show` and `config init`."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run

from scrubber import __version__ as scrubber_version
from scrubber.cli.config_init import config_text, shown_settings
from scrubber.config import Settings, load_config, setting_fields
from scrubber.engine.guards import PROFILES
from scrubber.rules.load import DEFAULT_RULESETS


@pytest.fixture
def project(place: Path) -> Path:
    """A project whose configuration names the rules."""
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\n')
    (place / "dump").mkdir()
    (place / "dump" / "a.txt").write_text(DIRTY)
    return place


def add(project: Path, text: str) -> None:
    (project / "scrubber.toml").write_text('rules = ["pier.toml"]\n' + text)


def test_it_is_found_from_the_inputs_upward(project: Path, scrubber: Run) -> None:
    outcome = scrubber("diff", "a.txt", cwd=project / "dump")
    assert "pier/share-bar" in outcome.text
    assert outcome.text.startswith("dump/a.txt ")


def test_the_command_line_wins_over_the_file(project: Path, scrubber: Run) -> None:
    add(project, 'ignore = ["pier/share-bar"]\n')
    assert scrubber("check", "dump").code == 0
    assert scrubber("check", "dump", "--ignore", "pier/advert").code == 1


def test_a_profile_of_the_command_line_wins_over_single_switches(project: Path, scrubber: Run) -> None:
    add(project, 'min-confidence = "certain"\n')
    assert scrubber("check", "dump", "--fail-on", "remove").code == 0
    assert scrubber("check", "dump", "--fail-on", "remove", "--profile", "standard").code == 1
    options = ("--profile", "standard", "--min-confidence", "certain")
    assert scrubber("check", "dump", "--fail-on", "remove", *options).code == 0


def test_isolated_reads_neither_configuration_nor_decisions(project: Path, scrubber: Run) -> None:
    add(project, 'ignore = ["pier/share-bar"]\n')
    (project / "scrubber.decisions.toml").write_text("this is no TOML\n")
    assert scrubber("check", "dump", "--isolated", "--rules", "pier.toml").code == 1
    assert scrubber("check", "dump", "--isolated", "--config", "scrubber.toml").code == 2


def test_another_configuration_can_be_named(project: Path, scrubber: Run) -> None:
    (project / "other.toml").write_text('rules = ["pier.toml"]\nignore = ["pier/*"]\n')
    assert scrubber("check", "dump", "--config", "other.toml").code == 0
    outcome = scrubber("check", "dump", "--config", "missing.toml")
    assert (outcome.code, outcome.errors) == (2, "missing.toml: there is no such configuration file.\n")


def test_mistakes_end_the_run_before_anything_is_read(project: Path, scrubber: Run) -> None:
    add(project, "exlude = []\n")
    outcome = scrubber("clean", "dump", "--out", "out")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert outcome.errors == (
        'scrubber.toml:2:1: unknown key "exlude". Did you mean "exclude"?\n    exlude = []\n    ^\n'
    )
    assert not (project / "out").exists()


@pytest.mark.parametrize("key", ["select", "ignore"])
def test_a_rule_that_is_not_there_is_told_with_its_place(project: Path, scrubber: Run, key: str) -> None:
    add(project, f'{key} = ["pier/share-barr"]\n')
    outcome = scrubber("check", "dump")
    assert outcome.code == 2
    assert outcome.errors.startswith(f'scrubber.toml:2: {key} "pier/share-barr" means no rule.')
    assert 'Did you mean "pier/share-bar"?' in outcome.errors
    outcome = scrubber("check", "dump", "--isolated", "--rules", "pier.toml", f"--{key}", "pier/share-barr")
    assert outcome.errors.startswith(f'scrubber: --{key} "pier/share-barr" means no rule.')


def test_excludes_are_relative_to_the_file_and_those_of_the_line_to_here(project: Path, scrubber: Run) -> None:
    add(project, 'exclude = ["dump/**"]\n')
    assert scrubber("check", ".", cwd=project / "dump").code == 0
    assert scrubber("check", ".", "--exclude", "x", cwd=project / "dump").code == 1
    assert scrubber("check", ".", "--exclude", "a.txt", cwd=project / "dump").code == 0


def test_rules_can_be_switched_off_for_some_files(project: Path, scrubber: Run) -> None:
    add(project, '[per-file-ignores]\n"dump/**" = ["pier/share-*", "core/encoding"]\n')
    (project / "b.txt").write_text(DIRTY)
    (project / "dump" / "c.txt").write_bytes(b"\xef\xbb\xbf" + BODY.encode())
    outcome = scrubber("diff", ".")
    assert "b.txt" in outcome.text
    assert "dump/" not in outcome.text
    add(project, '[per-file-ignores]\n"dump/**" = ["pier/nothing"]\n')
    assert scrubber("diff", ".").code == 2


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_built_in_rules_can_be_chosen_too(project: Path, scrubber: Run, option: str) -> None:
    (project / "dump" / "a.txt").write_bytes(b"\xef\xbb\xbf" + DIRTY.encode())
    outcome = scrubber("diff", "dump", option, "core/encoding")
    assert ("core/encoding" in outcome.text) is (option == "--select")
    assert ("pier/share-bar" in outcome.text) is (option == "--ignore")


def test_decisions_beside_the_configuration_are_obeyed(project: Path, scrubber: Run) -> None:
    records = scrubber("diff", "dump", "--report", "jsonl").stdout.splitlines()
    verdict = json.loads(records[1])["verdicts"][0]
    decision = {"fingerprint": verdict["fingerprint"], "rule": verdict["rule"], "path": "dump/a.txt", "verdict": "keep"}
    text = "[[decision]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in decision.items())
    (project / "scrubber.decisions.toml").write_text(text)
    assert scrubber("check", "dump").code == 0
    assert "decided" in scrubber("diff", "dump", "--all").text
    (project / "scrubber.decisions.toml").write_text(text.replace(verdict["fingerprint"], "0123456789abcdef"))
    outcome = scrubber("check", "dump")
    assert outcome.code == 1
    assert "unused-decision: 0123456789abcdef (keep, pier/share-bar) meets nothing in dump/a.txt." in outcome.errors
    add(project, 'decisions = "elsewhere.toml"\n')
    outcome = scrubber("check", "dump")
    assert outcome.code == 2
    assert "there is no decisions file" in outcome.errors


def test_config_show_names_every_origin(project: Path, scrubber: Run) -> None:
    add(project, 'profile = "careful"\n[limits]\nmax-share = 0.5\n')
    outcome = scrubber("config", "show", "dump")
    assert (outcome.code, outcome.errors) == (0, "")
    rows = {line.split()[0]: line.split() for line in outcome.text.splitlines() if line}
    assert rows["configuration"][1] == "scrubber.toml"
    assert rows["rules"][1:] == ['["pier.toml"]', "scrubber.toml:1"]
    assert rows["profile"][1:] == ['"careful"', "scrubber.toml:2"]
    assert rows["min-confidence"][1:] == ['"certain"', "profile", "careful"]
    assert rows["limits.max-share"][1:] == ["0.5", "scrubber.toml:4"]
    assert rows["undecodable"][1:] == ['"fail"', "default"]


# --- config init -----------------------------------------------------------------------------------------------------


def test_config_init_writes_a_file_that_changes_nothing(place: Path, scrubber: Run) -> None:
    before = scrubber("config", "show").text
    outcome = scrubber("config", "init")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "wrote scrubber.toml\n")
    assert scrubber("config", "show").text == before.replace("configuration  none", "configuration  scrubber.toml")
    settings = load_config(place / "scrubber.toml", place, version="9")
    assert replace(settings, folder=None) == Settings()


def test_config_init_writes_over_nothing_unless_told_to(place: Path, scrubber: Run) -> None:
    (place / "scrubber.toml").write_text('profile = "careful"\n')
    outcome = scrubber("config", "init")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert outcome.errors == "scrubber.toml: is there already. Give --force to write over it.\n"
    assert (place / "scrubber.toml").read_text() == 'profile = "careful"\n'
    assert scrubber("config", "init", "--force", "-q").errors == ""
    assert (place / "scrubber.toml").read_text() == config_text()


def test_config_init_says_which_file_counts_no_more(place: Path, scrubber: Run) -> None:
    (place / "pyproject.toml").write_text("[tool.scrubber]\n")
    assert scrubber("config", "init").errors == (
        "wrote scrubber.toml\nnote: pyproject.toml is not read any more from here: scrubber.toml wins.\n"
    )


def test_every_setting_stands_in_the_file_once_and_means_what_holds_without_it(tmp_path: Path) -> None:
    keys = [key for _, key in setting_fields()]
    assert set(keys) <= set(shown_settings()), "describe the new setting in cli/config_init.py"
    used = re.sub("^#(?! )", "", config_text(), flags=re.MULTILINE)
    (tmp_path / "scrubber.toml").write_text(used)
    settings = load_config(tmp_path / "scrubber.toml", tmp_path, version=scrubber_version)
    assert sorted(settings.origins) == sorted(keys)
    limits = PROFILES["standard"]
    for name, key in setting_fields():
        value = getattr(settings, name)
        if shown_settings()[key].example:
            assert getattr(Settings(), name) in (None, ()), f"{key} has a default, which is no example"
        elif key == "rules":
            assert value == DEFAULT_RULESETS
        elif key == "min-confidence":
            assert value == limits.min_confidence.word
        else:
            assert value == (getattr(limits, name) if hasattr(limits, name) else getattr(Settings(), name))
