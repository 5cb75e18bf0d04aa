"""Rule sets whose rules are read late say the same of themselves as those that are read at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.errors import ConfigError, UsageError
from scrubber.rules import cache
from scrubber.rules.late import LateRuleset
from scrubber.rules.load import load_rules
from scrubber.rules.ruleset import Ruleset
from scrubber.rules.selection import select_rules

RULES = """
[ruleset]
name = "t"
version = "2"

[[rule]]
id = "bar"
aliases = ["old-bar"]
kind = "line"
title = "x"
why = "y"
match = { regex = ['^share \\d$'] }

[[rule]]
id = "frame"
kind = "template"
title = "x"
why = "y"
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "MIN_PATTERNS", 1)
    (tmp_path / "t.toml").write_text(RULES, encoding="utf-8")
    return tmp_path / "t.toml"


def late_set(path: Path, reads: list[str]) -> Ruleset:
    def late(read: Callable[[], Ruleset]) -> Ruleset:
        reads.append("read")
        return read()

    return load_rules([path], examples=False, late=late)


def test_nothing_is_read_before_it_is_asked_for(path: Path) -> None:
    whole = load_rules([path])
    reads: list[str] = []
    late = late_set(path, reads)
    assert isinstance(late, LateRuleset)
    assert (late.ids, late.comparing, late.digest) == (whole.ids, whole.comparing, whole.digest)
    assert (late.files, late.aliases, late.warnings) == (whole.files, whole.aliases, whole.warnings)
    assert whole.comparing == ("t/frame",)
    chosen, other = (select_rules(each, ["t/*"], ["t/bar"]) for each in (late, whole))
    assert (chosen.ids, chosen.digest, chosen.aliases) == (other.ids, other.digest, other.aliases)
    with pytest.raises(UsageError):
        select_rules(late, ["t/none"])
    assert reads == []
    assert late.rules == whole.rules
    assert chosen.rules == other.rules
    assert late.read() == whole
    assert reads == ["read", "read"]


def test_it_travels_and_is_replaced_with_its_rules(path: Path) -> None:
    whole = load_rules([path])
    late = late_set(path, [])
    assert copy.copy(late) == whole
    assert late.with_rules(whole.rules[:1]).ids == whole.ids[:1]


def test_what_is_not_kept_is_read_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not isinstance(late_set(path, []), LateRuleset)
    assert isinstance(late_set(path, []), LateRuleset)
    path.write_text(RULES.replace("share", "print"), encoding="utf-8")
    assert not isinstance(late_set(path, []), LateRuleset)


def test_rules_that_change_meanwhile_are_refused(path: Path) -> None:
    load_rules([path])
    late = late_set(path, [])
    path.write_text(RULES.replace("share", "print"), encoding="utf-8")
    with pytest.raises(ConfigError, match="changed during the run"):
        _ = late.rules
