"""`rules`: the rule files themselves, listed, shown, checked and tried; and what editors must know of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace

from scrubber.cli.drafting import new
from scrubber.cli.options import InputOptions, RuleOptions
from scrubber.cli.session import open_session, set_scene
from scrubber.cli.streams import print_lines
from scrubber.cli.watching import at_each_change
from scrubber.engine.examples import check_examples
from scrubber.errors import ScrubberError, UsageError
from scrubber.model import Confidence
from scrubber.report.escape import visible
from scrubber.report.layout import count_words
from scrubber.rules.builtin import BUILTINS
from scrubber.rules.examples import ExampleResult
from scrubber.rules.json_schema import rule_file_schema
from scrubber.rules.lint import lint_rules
from scrubber.rules.load import load_rules
from scrubber.rules.schema import Match, Rule, Ruleset, keys_of
from scrubber.rules.selection import nearest_id
from scrubber.rules.sources import bundled_folder, bundled_names, bundled_sources, named_sources
from scrubber.rules.toml_cells import shown

_Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH|NAME", help="Rule files, folders, bundled sets. Default: all bundled."),
]


def list_rules(rules: RuleOptions) -> int:
    """List the rules in force: id, kind, confidence, title."""
    session = open_session(set_scene(InputOptions(), rules))
    rows = [(rule.id, rule.kind, rule.confidence.word, rule.info.title) for rule in session.ruleset.rules]
    rows += [
        (rule.id, rule.kind, "certain" if rule.kind == "builtin" else "possible", rule.title)
        for rule in BUILTINS
        if rule.id not in session.skip_builtin
    ]
    for row in _columns(rows):
        print_lines(row, sys.stdout)
    return 0


def show(
    rules: RuleOptions,
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Full id, such as core/cc-line.")],
) -> int:
    """Show one rule: every key, why it is there, its examples, and where it is declared."""
    session = open_session(set_scene(InputOptions(), rules))
    rule = session.ruleset.get(rule_id)
    if rule is None:
        built_in = next((info for info in BUILTINS if info.id == rule_id), None)
        if built_in is None:
            known = (*(each.id for each in session.ruleset.rules), *(info.id for info in BUILTINS))
            raise UsageError(
                f"no rule {shown(rule_id)}.", hint=nearest_id(rule_id, known) or "See: scrubber rules list."
            )
        print_lines(f"{built_in.id}\n{built_in.title}\n{built_in.why}\n\ndeclared  {built_in.declared_at}", sys.stdout)
        return 0
    print_lines("\n".join(_page(rule)), sys.stdout)
    return 0


def _page(rule: Rule) -> Iterator[str]:
    yield rule.id
    yield rule.info.title
    if rule.info.why:
        yield rule.info.why
    yield ""
    yield f"kind  {rule.kind}"
    for path, (name, key) in keys_of(type(rule)).items():
        value = getattr(rule, name)
        if isinstance(value, Match):
            yield from _match_rows(path, value)
        else:
            yield f"{path}  {_written(value, key.type)}"
    if rule.aliases:
        yield f"aliases  {', '.join(rule.aliases)}"
    yield f"declared  {rule.info.declared_at}"
    for example in rule.examples:
        expected = f"removes {list(example.removes)}" if example.removes is not None else "becomes the text below"
        if example.removes == ():
            expected = "changes nothing"
        yield ""
        yield f"example  {example.name}: {expected}{' (known gap)' if example.known_gap else ''}"
        yield from (f"    {line}" for line in example.text.rstrip("\n").split("\n"))
        if example.clean is not None:
            yield "  becomes"
            yield from (f"    {line}" for line in example.clean.rstrip("\n").split("\n"))


def _match_rows(path: str, match: Match) -> Iterator[str]:
    for form in ("equals", "starts", "ends", "contains", "regex"):
        for text in getattr(match, form):
            yield f"{path}.{form}  {text}"


def _written(value: Any, type_: str) -> str:
    if type_ == "share":
        return f"{value / 1000:g}"
    if isinstance(value, Confidence):
        return value.word
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)


def lint(paths: _Paths = None) -> int:
    """Check rule files: mistakes, missing reasons, examples and limits, patterns that hit too much or are needless."""
    ruleset, named = _named(paths)
    mistakes = lint_rules(ruleset, named)
    for mistake in mistakes:
        print_lines(mistake.render(), sys.stdout)
    print_lines(f"{count_words(len(named), 'rule')}, {len(mistakes):,} to look at", sys.stderr)
    return 1 if mistakes else 0


def try_examples(
    paths: _Paths = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run them again whenever a rule file changes, until Ctrl-C (exit code 130).")
    ] = False,
) -> int:
    """Run the examples inside rule files, each with its rule alone."""
    if not watch:
        return _try_once(paths)
    at_each_change(lambda: _try_and_tell(paths), lambda: _files_behind(paths))
    return 0


def _try_and_tell(paths: Sequence[str] | None) -> None:
    """A trial whose rule files may be wrong, or gone for a moment: that is told, and the next change tries again."""
    try:
        _try_once(paths)
    except ScrubberError as error:
        print_lines(str(error), sys.stdout)
    sys.stdout.flush()
    print_lines("watching rule files; Ctrl-C ends this", sys.stderr)


def _files_behind(paths: Sequence[str] | None) -> list[Path]:
    """The files that paths and names stand for, all bundled ones for none; and the folders, which gain files."""
    folder, bundled = bundled_folder(), bundled_names()
    files: list[Path] = []
    for path in paths or bundled:
        if path in bundled:
            files += [source.file for source in bundled_sources(folder, path)]
        else:
            files += [Path(path), *sorted(Path(path).glob("*.toml"))]
    return files


def _try_once(paths: Sequence[str] | None) -> int:
    ruleset, named = _named(paths)
    # What a rule leans on is there, but its examples are another file's business.
    tried = tuple(rule if rule.id in named else replace(rule, examples=()) for rule in ruleset.rules)
    results = check_examples(ruleset.with_rules(tried))
    failed = [result for result in results if not result.passed]
    for result in failed:
        print_lines(_failure(result), sys.stdout)
    gaps = sum(result.known_gap and result.passed for result in results)
    known = f", {count_words(gaps, 'known gap')}" if gaps else ""
    print_lines(f"{len(results) - len(failed):,} of {len(results):,} examples pass{known}", sys.stderr)
    return 1 if failed else 0


def _failure(result: ExampleResult) -> str:
    return f"{result.declared_at}: {result.rule_id}, {result.example_name}: {result.message}"


def _named(paths: Sequence[str] | None) -> tuple[Ruleset, frozenset[str]]:
    """The rules that the paths bring with them, and the ids of those that are declared in the files named."""
    ruleset = load_rules(tuple(paths or ()))
    if not paths:
        return ruleset, frozenset(rule.id for rule in ruleset.rules)
    names = bundled_names()
    files = {
        source.path
        for path in paths
        for source in (
            bundled_sources(bundled_folder(), path) if path in names else named_sources(Path(path), None, names)
        )
    }
    return ruleset, frozenset(rule.id for rule in ruleset.rules if rule.info.declared_at.rpartition(":")[0] in files)


def schema() -> int:
    """Print a JSON Schema of rule files (draft-07), for editors that complete and check TOML."""
    print_lines(json.dumps(rule_file_schema(), ensure_ascii=False, indent=2), sys.stdout)
    return 0


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(3)]
    return [
        "   ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]) for row in cells
    ]


#: The commands below `rules`.
COMMANDS: Mapping[str, Callable[..., int]] = {
    "list": list_rules,
    "show": show,
    "lint": lint,
    "test": try_examples,
    "schema": schema,
    "new": new,
}
