"""Small rule files for tests of the engine, written as a person would write them."""

from __future__ import annotations

from pathlib import Path

from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.rules.decisions import Decisions
from scrubber.rules.load import load_rules

HEADER = '[ruleset]\nname = "t"\nversion = "1"\ndescription = "test"\n'
RUNNING = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。"
OTHER = "港口今年共接待旅客三十万人次，比去年增长一成，其中外地旅客占六成，本地旅客占四成。"
THIRD = "天气预报说，未来三天没有大风，海面平静，适合出行，请旅客提前半小时到达候船大厅等候。"


def cleaner(folder: Path, rules: str, *, decisions: Decisions | None = None, limits: Limits | None = None) -> Cleaner:
    """A cleaner with the rules of one file."""
    path = folder / "t.toml"
    path.write_text(HEADER + rules, encoding="utf-8")
    return Cleaner(load_rules([path]), decisions=decisions, limits=limits)


def line_rule(name: str, match: str, more: str = "") -> str:
    """A line rule as TOML."""
    return f'[[rule]]\nid = "{name}"\nkind = "line"\ntitle = "{name}"\nwhy = "test"\nmatch = {match}\n{more}\n'
