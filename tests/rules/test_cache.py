"""Loaded rule sets are kept between runs: what comes back is what was loaded, and nothing stale ever does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from scrubber.rules import cache
from scrubber.rules.load import load_rules
from scrubber.rules.match import CompiledRules
from scrubber.text.fold import fold as fold_text

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
    monkeypatch.setattr("scrubber.rules.prepared._prepared", {})
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


def entry_with(texts: bytes = b"a\xff\xff" + b"a\xff\xff1\xff", **parts: object) -> bytes:
    """An entry of one pattern and one word, with some of its parts exchanged."""
    empty = ["Ruleset", [""], [""], "", {}, [""]]
    sizes = {"patterns": [3, [0], [0], [-1], [1]], "words": [5, ["a"], [5]]}
    head = {"files": parts.pop("files", []), "known": [[], "", {}, []], "ids": [], "comparing": []}
    return (
        b"\n".join(json.dumps(line).encode() for line in (head, {"ruleset": empty} | sizes | parts))
        + b"\n"
        + texts
        + b"[]\n"
    )


STRANGE = {
    "nothing": b"",
    "a torn line": b"{",
    "a list": b"[]",
    "null": b"null",
    "a part of a rule": entry_with(ruleset=["LineRule", 1]),
    "a type that is none of ours": entry_with(ruleset=["Path", "/"]),
    "no rule set": entry_with(ruleset=["", 1]),
    "a pattern that is not there": entry_with(ruleset=["Match", [], [], [], [], [7]]),
    "an empty list": entry_with(ruleset=[]),
    "a file that is not there": entry_with(files=[["/nowhere", "00"]]),
    "no column of limits": entry_with(patterns=[3, [0], [0], [-1]]),
    "a limit that is no number": entry_with(patterns=[3, [0], [0], ["x"], [1]]),
    "a way of folding that is not known": entry_with(patterns=[3, [7], [0], [-1], [1]]),
    "more patterns than limits": entry_with(patterns=[3, [0, 0], [0], [-1], [1]]),
    "a size that is no number": entry_with(patterns=["3", [0], [0], [-1], [1]]),
    "a size below nothing": entry_with(patterns=[-3, [0], [0], [-1], [1]]),
    "a size beyond the file": entry_with(patterns=[1 << 20, [0], [0], [-1], [1]]),
    "a pattern that is not UTF-8": entry_with(b"\xc3\xff\xff" + b"a\xff\xff1\xff"),
    "groups that do not fill their text": entry_with(words=[5, ["a"], [4]]),
    "more groups than texts": entry_with(words=[5, ["a", "b"], [5]]),
    "groups that are no texts": entry_with(words=[5, 7, [5]]),
    "torn texts": entry_with(b"a\xff\xff"),
    "deep lists": b"[" * 100_000,
}


@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE)
def test_a_strange_entry_is_as_if_it_were_not_there(folder: Path, tmp_path: Path, content: bytes) -> None:
    path = rule_file(tmp_path)
    first = load_rules([path])
    (entry,) = folder.glob("*.json")
    entry.write_bytes(content)
    assert load_rules([path]) == first
    assert json.loads(entry.read_bytes().split(b"\n")[1])["ruleset"][0] == "Ruleset"


def test_a_whole_entry_of_this_form_is_taken(folder: Path, tmp_path: Path) -> None:
    load_rules([rule_file(tmp_path)])
    (entry,) = folder.glob("*.json")
    entry.write_bytes(entry_with(ruleset=["Ruleset", [""], [""], "x", {}, [""]]))
    assert cache.read_entry(entry.name, examples=False) is not None
    assert cache.read_entry(entry.name, examples=True) is not None


def test_what_is_asked_of_it_is_what_was_asked_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.toml"
    forms = (r"^share \d{2}$", "ñandú+", r"^\w{1,9} 分享$", "tel[12] 7", "a?b?c?", "x", r"\d \d", "[^a-z ]{3}")
    path.write_text(
        RULES
        + "".join(
            f"[[rule]]\nid = 'r{number}'\nkind = 'line'\ntitle = 'x'\nwhy = 'y'\nfold = '{fold}'\n"
            f"match = {{ regex = ['{form}'] }}\n"
            for number, (form, fold) in enumerate((form, fold) for form in forms for fold in ("loose", "exact"))
        ),
        encoding="utf-8",
    )
    lines = ["share 12", "SHARE ١٢", "Ñandúú", "港口 分享", "tel2 7", "tel1 8", "3 4", "x", "%%%", "渡轮返航"]
    keys = [fold_text(line) for line in lines]
    before = CompiledRules(load_rules([path])).hits_of(lines, keys)
    monkeypatch.setattr("scrubber.rules.prepared._prepared", {})
    after = CompiledRules(load_rules([path])).hits_of(lines, keys)
    assert after == before
    assert len({*before}) > 5


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
