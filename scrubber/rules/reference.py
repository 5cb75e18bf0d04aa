"""The reference of rule kinds as Markdown, made from the schema so that it cannot drift from it."""

from __future__ import annotations

from scrubber.model.finding import Action, Confidence
from scrubber.rules.schema import KINDS, Key, Match, Rule, defaults_of, keys_of

#: Keys that every kind has; they are described once.
COMMON = ("confidence", "fold", "action")

_TYPE_WORDS = {
    "match": "match table",
    "strings": "list of strings",
    "string": "string",
    "integer": "whole number",
    "share": "share, 0 to 1",
    "boolean": "true or false",
    "choice": "word",
}


def kinds_markdown() -> str:
    """One section for each kind: what it does, and a table of its keys. Ends with a newline."""
    parts = ["### Keys of every kind\n", _table(next(iter(KINDS.values())), COMMON)]
    for kind, cls in KINDS.items():
        summary = (cls.__doc__ or "").split("\n\n")
        parts.append(f"### `{kind}`\n")
        parts.append("\n\n".join(" ".join(paragraph.split()) for paragraph in summary) + "\n")
        own = tuple(path for path in keys_of(cls) if path not in COMMON)
        parts.append(_table(cls, own))
    return "\n".join(parts)


def _table(cls: type[Rule], paths: tuple[str, ...]) -> str:
    rows = ["| Key | Value | Default | Meaning |", "|---|---|---|---|"]
    keys = keys_of(cls)
    defaults = defaults_of(cls)
    for path in paths:
        name, key = keys[path]
        default = "required" if key.required else _default(defaults[name], key)
        if path == "action":
            default = f"`{Action.FLAG if cls.default_action is Action.FLAG else Action.REMOVE}`"
        rows.append(f"| `{path}` | {_values(key)} | {default} | {key.doc} |")
    return "\n".join(rows) + "\n"


def _values(key: Key) -> str:
    if key.choices:
        words = ", ".join(f"`{choice}`" for choice in key.choices)
        return f"list of {words}" if key.type == "strings" else words
    return _TYPE_WORDS[key.type]


def _default(value: object, key: Key) -> str:
    if isinstance(value, Match) or value == ():
        return "none"
    if key.type == "share" and isinstance(value, int):
        return f"{value / 1000:g}"
    if isinstance(value, Confidence):
        return f"`{value.word}`"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`" if isinstance(value, str) else str(value)
