"""Rules written as TOML: what comes out loads as the rule that went in.

Whatever a reader could not see, or a terminal, an editor or a workflow runner would obey, is written as an escape, so
that a rule made from scraped text is plain to look at wherever it is shown. Nothing is left out and nothing shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import Any

from scrubber.model.finding import Confidence
from scrubber.rules.schema import MATCH_FORMS, Example, Match, Rule, defaults_of, keys_of

#: A table or an array that makes a longer line is written over several, in code points.
MAX_LINE_CHARS = 118
#: Letters by their category, but blank to the eye: Hangul fillers.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_SHORT_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
#: GitHub's runner takes lines that start with the first, or hold the second, for commands.
_COMMAND_START, _COMMAND_PART = "::", "##["


def _is_plain(character: str) -> bool:
    return character.isprintable() and character not in _FILLERS


def _escaped(text: str) -> str:
    """The inside of a basic string, quotes aside. Comments take it too."""
    parts: list[str] = []
    for index, character in enumerate(text):
        if character in _SHORT_ESCAPES:
            parts.append(_SHORT_ESCAPES[character])
        elif _is_plain(character) and not text.startswith(_COMMAND_PART, index):
            parts.append(character)
        else:
            point = ord(character)
            parts.append(f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}")
    return "".join(parts)


def toml_string(text: str) -> str:
    """A string on one line. O(n).

    >>> print(toml_string('say "no"\\u200b'), toml_string("^\\\\d+$"))
    "say \\"no\\"\\u200b" '^\\d+$'
    """
    would_escape = "\\" in text or '"' in text
    if would_escape and "'" not in text and all(map(_is_plain, text)) and _COMMAND_PART not in text:
        return f"'{text}'"
    return '"' + _escaped(text).replace('"', '\\"') + '"'


def toml_text(text: str) -> str:
    """A text of several lines, as it stands in an example: the string begins on the line below. O(n)."""
    lines = text.split("\n")
    literal = "'''" not in text and all(
        all(map(_is_plain, line))
        and not line.endswith(" ")
        and not line.lstrip().startswith(_COMMAND_START)
        and _COMMAND_PART not in line
        for line in lines
    )
    if literal and text.endswith("\n"):
        return f"'''\n{text}'''"
    return '"""\n' + "\n".join(map(_basic_line, lines)) + '"""'


def _basic_line(line: str) -> str:
    """A line of a basic string over several lines. A space at its end is spelt out: editors take such away."""
    escaped = _escaped(line).replace('"', '\\"')
    bare = escaped.lstrip()
    if bare.startswith(_COMMAND_START):
        escaped = escaped[: len(escaped) - len(bare)] + "\\u003a" + bare[1:]
    return escaped[:-1] + "\\u0020" if escaped.endswith(" ") else escaped


def ruleset_toml(name: str, description: str) -> str:
    """The head of a new rule file."""
    return (
        f'[ruleset]\nname        = {toml_string(name)}\nversion     = "0.1.0"\n'
        f"description = {toml_string(description)}\n"
    )


def rule_toml(rule: Rule, written: Sequence[str] = (), notes: Sequence[str] = ()) -> str:
    """One `[[rule]]` with its examples: the keys whose values are not the usual ones, and those in `written`.

    `notes` are comments above the examples.
    """
    rows = [("id", toml_string(rule.id.partition("/")[2])), ("kind", toml_string(rule.kind))]
    rows.append(("title", toml_string(rule.info.title)))
    if rule.info.why:
        rows.append(("why", toml_string(rule.info.why)))
    rows += _key_rows(rule, written)
    width = max(len(name) for name, _ in rows)
    parts = ["[[rule]]\n", *(f"{name.ljust(width)} = {value}\n" for name, value in rows)]
    for note in notes:
        parts += ["\n", *(f"  # {line}\n" for line in wrap(_escaped(note), MAX_LINE_CHARS - 4))]
    parts += [part for example in rule.examples for part in _example_rows(example)]
    return "".join(parts)


def _key_rows(rule: Rule, written: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The rows of the keys of a kind; those of one table (`limits.max-lines`) share a row."""
    usual = defaults_of(type(rule)) | {"action": type(rule).default_action}
    tables: dict[str, list[str]] = {}
    for path, (name, _) in keys_of(type(rule)).items():
        value = getattr(rule, name)
        if value == usual[name] and path not in written:
            continue
        outer, _, inner = path.partition(".")
        text = _value(value, share=keys_of(type(rule))[path][1].type == "share")
        tables.setdefault(outer, []).append(f"{inner} = {text}" if inner else text)
    for outer, texts in tables.items():
        nested = any(path.startswith(f"{outer}.") for path in keys_of(type(rule)))
        yield outer, f"{{ {', '.join(texts)} }}" if nested else texts[0]


def _value(value: Any, *, share: bool) -> str:
    if isinstance(value, Match):
        return _match(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Confidence):
        return toml_string(value.word)
    if isinstance(value, int):
        return f"{Decimal(value).scaleb(-3).normalize():f}" if share else str(value)
    if isinstance(value, tuple):
        return _array(value)
    return toml_string(str(value))


def _match(match: Match) -> str:
    forms = [f"{form} = {_array(getattr(match, form))}" for form in MATCH_FORMS if getattr(match, form)]
    return f"{{ {', '.join(forms)} }}"


def _array(texts: Sequence[str]) -> str:
    """An array of strings; over several lines where it is long, which TOML allows inside an inline table too."""
    strings = [toml_string(text) for text in texts]
    line = f"[{', '.join(strings)}]"
    if len(line) <= MAX_LINE_CHARS or len(strings) == 1:
        return line
    return "[\n" + "".join(f"  {text},\n" for text in strings) + "]"


def _example_rows(example: Example) -> Iterator[str]:
    yield f"\n  [[rule.example]]\n  name    = {toml_string(example.name)}\n  text    = {toml_text(example.text)}\n"
    if example.removes is not None:
        yield f"  removes = [{', '.join(map(str, example.removes))}]\n"
    if example.clean is not None:
        yield f"  clean   = {toml_text(example.clean)}\n"
    if example.known_gap:
        yield "  known-gap = true\n"
