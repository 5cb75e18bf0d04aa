"""`config show`: the settings in force, and where each came from. `config init` lies beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from scrubber.cli.config_init import init
from scrubber.cli.options import InputOptions, RuleOptions
from scrubber.cli.session import Scene, limits_of, name_from_here, set_scene
from scrubber.cli.streams import print_lines
from scrubber.config import Settings, setting_fields


def show(
    path: Annotated[str | None, typer.Argument(metavar="PATH", help="As if this were the input.")] = None,
    root: Annotated[str | None, typer.Option("--root", metavar="DIR", help="The project root.")] = None,
    config: Annotated[str | None, typer.Option("--config", metavar="FILE", help="Configuration file.")] = None,
) -> int:
    """Print every setting with its value and its origin."""
    scene = set_scene(InputOptions(paths=[path] if path is not None else None, root=root), RuleOptions(config=config))
    rows = _rows(scene)
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    head = name_from_here(scene.config) if scene.config is not None else "none"
    print_lines(f"configuration  {head}\nproject root   {scene.root.resolve()}\n", sys.stdout)
    for key, value, origin in rows:
        print_lines(f"{key.ljust(widths[0])}  {value.ljust(min(widths[1], 40))}  {origin}", sys.stdout)
    return 0


def _rows(scene: Scene) -> list[tuple[str, str, str]]:
    settings = scene.settings
    limits, origins = limits_of(settings)
    effective = {
        "min-confidence": limits.min_confidence.word,
        "limits.max-share": limits.max_share / 1000,
        "limits.min-left-chars": limits.min_left_chars,
    }
    return [
        (key, _as_toml(effective.get(key, _value(settings, name))), origins.get(key, settings.origin(key)))
        for name, key in setting_fields()
    ]


def _value(settings: Settings, name: str) -> Any:
    return getattr(settings, name)


def _as_toml(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, Path):
        return json.dumps(name_from_here(value), ensure_ascii=False)
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return "{ " + ", ".join(f"{_as_toml(glob)} = {_as_toml(ids)}" for glob, ids in value) + " }"
        return f"[{', '.join(_as_toml(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


#: The commands below `config`.
COMMANDS: Mapping[str, Callable[..., int]] = {"show": show, "init": init}
