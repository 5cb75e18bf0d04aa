"""Loaded rule sets are kept between runs: what comes back is what was loaded, and nothing stale ever does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.rules import cache, match
from scrubber.rules.load import load_rules
from scrubber.rules.match import CompiledRules

RULES = """
[ruleset]
name = "t"

[words]
verbs = ["share", "print"]
"""


def rule_file(folder: Path, name: str = "t.toml", extends: str = "", rules: int = 3) -> Path:
    text = RULES.replace('name = "t"', f'name = "{name[:-5]}"\n{extends}')
    for number in range(rules):
        text += (
            f'[[rule]]\nid = "r{number}"\nkind = "line"\ntitle = "x"\nwhy = "y"\nconfidence = "certain"\n'
            f"match = {{ regex = ['^<<verbs>> {number}$', '\\d+ seiten{number}'] }}\n"
            f'  [[rule.example]]\n  name = "a"\n  text = "share {number}"\n  removes = [1]\n'
        )
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, which keeps sets of any size."""
    monkeypatch.setenv("SCRUBBER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "MIN_PATTERNS", 1)
    return tmp_path / "cache" / "rules"


def test_what_comes_back_is_what_was_loaded(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rule_file(tmp_path)
    first = load_rules([path])
    assert len(list(folder.glob("*.json"))) == 1
    monkeypatch.setattr(match, "_prepared", {})
    monkeypatch.setattr("scrubber.rules.loading.Loader.load", None)
    second = load_rules([path])
    assert second == first
    line = ["share 1"]
    assert CompiledRules(second).hits_of(line, line) == CompiledRules(first).hits_of(line, line) != [frozenset()]


@pytest.mark.parametrize("changed", ["t.toml", "base.toml"])
def test_a_changed_file_is_loaded_anew_whoever_extends_it(folder: Path, tmp_path: Path, changed: str) -> None:
    base = rule_file(tmp_path, "base.toml")
    top = rule_file(tmp_path, "t.toml", 'extends = ["base.toml"]')
    before = load_rules([top])
    file = {"t.toml": top, "base.toml": base}[changed]
    file.write_text(file.read_text(encoding="utf-8").replace("certain", "possible", 1), encoding="utf-8")
    assert load_rules([top]).digest != before.digest


def entry_with(**parts: object) -> str:
    empty = ["Ruleset", [""], [""], "", {}, [""]]
    whole = {"files": [], "patterns": [], "words": ["a", "1", {}], "ruleset": empty} | parts
    return json.dumps(whole) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        entry_with(ruleset=["LineRule", 1]),
        entry_with(ruleset=["Path", "/"]),
        entry_with(ruleset=["", 1]),
        entry_with(ruleset=["Match", [], [], [], [], [7]]),
        entry_with(patterns=[["a", "loose", 1]]),
        entry_with(files=[["/nowhere", "00"]]),
        entry_with(words=["a\x1fb", "1", {}]),
        entry_with(words=["a", "one", {}]),
        entry_with(words=["a", "1", {"0": [[None, "-1"]]}]),
        entry_with() + "[1, 2]",
        "[" * 100_000,
    ],
)
def test_a_strange_entry_is_as_if_it_were_not_there(folder: Path, tmp_path: Path, text: str) -> None:
    path = rule_file(tmp_path)
    first = load_rules([path])
    (entry,) = folder.glob("*.json")
    entry.write_text(text, encoding="utf-8")
    assert load_rules([path]) == first
    assert json.loads(entry.read_text(encoding="utf-8").splitlines()[0])["ruleset"][0] == "Ruleset"


def test_what_needs_no_examples_gets_none_and_cuts_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rule_file(tmp_path)
    first = load_rules([path])
    monkeypatch.setattr("scrubber.rules.loading.Loader.load", None)
    bare = load_rules([path], examples=False)
    assert [rule.examples for rule in bare.rules] == [()] * 3
    assert [replace(rule, examples=()) for rule in first.rules] == list(bare.rules)
    assert load_rules([path]) == first


def test_without_a_cache_folder_everything_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MIN_PATTERNS", 1)
    path = rule_file(tmp_path)
    monkeypatch.setenv("SCRUBBER_CACHE_DIR", "")
    first = load_rules([path])
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("SCRUBBER_CACHE_DIR", str(tmp_path / "file"))
    assert load_rules([path]) == first
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "t.toml"]


def test_old_entries_make_room(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 2)
    for number in range(4):
        load_rules([rule_file(tmp_path, f"t{number}.toml")])
    assert len(list(folder.iterdir())) == 2
