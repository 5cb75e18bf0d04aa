"""Loaded rule sets are kept between runs: what comes back is what was loaded, and nothing stale ever does."""

from __future__ import annotations

import json
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
    monkeypatch.setattr("scrubber.rules.load._Loader.load", None)
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"files": [], "prepared": [], "ruleset": ["LineRule", 1]}',
        '{"files": [], "prepared": [], "ruleset": ["Path", "/"]}',
        '{"files": [], "prepared": [["a", "loose", ["", 1]]], "ruleset": ["", 1]}',
        '{"files": [["/nowhere", "00"]], "prepared": [], "ruleset": ["", 1]}',
        "[" * 100_000,
    ],
)
def test_a_strange_entry_is_as_if_it_were_not_there(folder: Path, tmp_path: Path, text: str) -> None:
    path = rule_file(tmp_path)
    first = load_rules([path])
    (entry,) = folder.glob("*.json")
    entry.write_text(text, encoding="utf-8")
    assert load_rules([path]) == first
    assert json.loads(entry.read_text(encoding="utf-8"))["ruleset"][0] == "Ruleset"


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
