"""Writes the pages that say what the code says already, so that they cannot drift from it.

    python docs/generate.py            writes what differs
    python docs/generate.py --check    writes nothing; exits with 1 and names what differs

`docs/rules.md` comes from the bundled rule files, `docs/commands.md` from the program's own commands, the part of
`docs/rule-files.md` below "Kinds" and `docs/rule-file.schema.json` from the schema of rule files, and `docs/report.svg` from a run (`picture.py`).
Nothing in them depends on the machine, the clock, or the order of a set. Refuses to guess: what a page cannot be made
of is an error.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, get_args

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs"
_MADE_BY = "<!-- Made by docs/generate.py. Change the code or the rule files, and run it again. -->"

#: Options of typer itself; their wording changes with its version.
_NOT_OURS = frozenset(("install_completion", "show_completion", "help"))
#: Conditions of line rules that the page on rules names, in the order of the schema.
_CONDITIONS = ("unless", "above", "below", "topic", "quiet", "needs", "enclosed", "copies")
_DEFAULT_IN_WORDS = re.compile(r"\s*\bDefault: (?P<words>.+)\.$")


def rules_page() -> str:
    """The reference of all bundled rules, by set, in the order in which they are loaded."""
    from scrubber.rules.builtin import BUILTINS
    from scrubber.rules.load import load_rules

    ruleset = load_rules(())
    parts = [
        "# Bundled rules",
        _MADE_BY,
        f"All {len(ruleset.rules):,} rules that are in force where nothing else is asked for, in "
        f"{len(ruleset.files)} sets. `scrubber rules show ID` prints one with its patterns and examples; "
        "[rule-files.md](rule-files.md) says what kinds and conditions mean, and [why.md](why.md) what to do where a "
        "rule is wrong for a text.",
        "*Where* says in which part of a document the rule may act, and which conditions it has besides. Rules that "
        "flag show what they find and leave it.",
        _table(
            ("Set", "Version", "Rules", "Holds"),
            (
                (
                    f"[{info.name}](#{info.name})",
                    info.version,
                    f"{sum(rule.id.startswith(info.name + '/') for rule in ruleset.rules):,}",
                    info.description,
                )
                for info in ruleset.files
            ),
        ),
    ]
    for info in ruleset.files:
        rules = [rule for rule in ruleset.rules if rule.id.startswith(f"{info.name}/")]
        parts += [
            f"## {info.name}",
            f"{info.description}. Rule file: [{info.path}](../{info.path}).",
            _table(("Rule", "Kind", "Confidence", "Action", "Where", "What and why"), map(_rule_row, rules)),
        ]
    parts += [
        "## Built in",
        "Findings that no rule file declares.",
        _table(
            ("Rule", "What and why"), ((f"`{info.id}`", f"{info.title}. {info.why}") for info in BUILTINS)
        ),
    ]  # fmt: skip
    return _page(parts)


def _rule_row(rule: Any) -> tuple[str, ...]:
    conditions = [name for name in _CONDITIONS if _is_set(rule, name)]
    where = [getattr(rule, "where", ""), *(f"`{name}`" for name in conditions)]
    why = rule.info.why if rule.info.why != rule.info.title else ""
    told = f"**{rule.info.title.rstrip('.')}.** {why}" if why else f"**{rule.info.title.rstrip('.')}.**"
    place = ", ".join(filter(None, where)) or "-"
    return f"`{rule.id}`", rule.kind, rule.confidence.word, rule.action.value, place, told


def _is_set(rule: Any, name: str) -> bool:
    """Whether a rule has a condition: its value is not the default of its kind."""
    from scrubber.rules.schema import defaults_of

    usual = defaults_of(type(rule))
    return name in usual and getattr(rule, name) != usual[name]


def commands_page() -> str:
    """Every command with its arguments and options, and the exit codes."""
    import typer.main

    from scrubber.cli.main import build_app

    app: Any = build_app()
    program: Any = typer.main.get_command(app)
    commands = list(_commands(app, program, "scrubber"))
    parts = [
        "# Commands",
        _MADE_BY,
        "`scrubber COMMAND --help` prints the same at a terminal. `-h` and `--help` work everywhere; "
        "`--install-completion` and `--show-completion` set up completion for the shell.",
        _table(
            ("Command", "Does"),
            ((f"[`{name}`](#{_anchor(name)})", command.help.strip()) for name, command, _ in commands if command.help),
        ),
        "## scrubber",
        _parameters(program, app.registered_callback.callback),
    ]
    for name, command, function in commands:
        parts += [f"## {name}", command.help.strip(), f"```text\n{_usage(name, command)}\n```"]
        parts.append(_parameters(command, function))
    return _page([*parts, "## Exit codes", *_exit_codes()])


def _commands(app: Any, group: Any, prefix: str) -> Iterator[tuple[str, Any, Callable[..., int]]]:
    """Full name, command as typer made it, and the function behind it; groups in the order of their declaration."""
    for info in app.registered_commands:
        yield f"{prefix} {info.name}", group.commands[info.name], info.callback
    for info in app.registered_groups:
        yield from _commands(info.typer_instance, group.commands[info.name], f"{prefix} {info.name}")


def _usage(name: str, command: Any) -> str:
    words = [name, *(("[OPTIONS]",) if any(_is_option(parameter) for parameter in command.params) else ())]
    for parameter in command.params:
        if not _is_option(parameter):
            word = f"{parameter.metavar}{'...' if parameter.nargs == -1 else ''}"
            words.append(word if parameter.required else f"[{word}]")
        elif parameter.required:
            words.append(f"{parameter.opts[0]} {parameter.metavar}")
    return " ".join(words)


def _is_option(parameter: Any) -> bool:
    return str(parameter.opts[0]).startswith("-")


def _parameters(command: Any, function: Callable[..., Any]) -> str:
    declared = inspect.signature(function, eval_str=True).parameters
    rows = [
        _parameter_row(parameter, declared[parameter.name])
        for parameter in sorted(command.params, key=_is_option)
        if parameter.name not in _NOT_OURS
    ]
    return _table(("Argument or option", "Value", "Default", "Meaning"), rows) if rows else "It takes no options."


def _parameter_row(parameter: Any, declared: inspect.Parameter) -> tuple[str, ...]:
    info = declared.annotation.__metadata__[0]
    names = [*parameter.opts, *parameter.secondary_opts] if _is_option(parameter) else [parameter.metavar]
    help_text = (info.help or "").strip()
    in_words = _DEFAULT_IN_WORDS.search(help_text)
    if parameter.required:
        default = "required"
    elif in_words is not None:
        default, help_text = in_words["words"], help_text[: in_words.start()]
    else:
        default = _default(declared.default)
    value = _value(get_args(declared.annotation)[0], info) if _is_option(parameter) else "text"
    default = f"`{default}`" if f"`{default}`" in value else default
    return ", ".join(f"`{name}`" for name in names), value, default, help_text or "-"


def _value(annotation: Any, info: Any) -> str:
    """What an option takes: words to choose from, a number with its bounds, or what its metavar says."""
    types = [annotation, *(part for part in get_args(annotation) if part is not type(None))]
    for type_ in types:
        if isinstance(type_, type) and issubclass(type_, Enum):
            return ", ".join(f"`{member.value}`" for member in type_)
    if bool in types:
        return "-"
    bounds = f" ({info.min} to {info.max:,})" if info.min is not None and info.max is not None else ""
    return f"`{info.metavar or 'TEXT'}`{bounds}"


def _default(value: object) -> str:
    if value is None or value is False:
        return "off" if value is False else "none"
    return f"`{value.value}`" if isinstance(value, Enum) else f"`{value}`"


def _exit_codes() -> Iterator[str]:
    from scrubber import errors
    from scrubber.cli import main

    unread, wrong = errors.UnreadableInput.exit_code, errors.UsageError.exit_code
    if wrong != main.USAGE:
        raise AssertionError("typer's usage errors and ours must have one exit code")
    yield _table(
        ("Code", "Means"),
        (
            (
                "0",
                "Done, with nothing to report. `clean` and `diff` end with 0 where there are changes, too; so does "
                "a list of files that is empty.",
            ),
            (
                "1",
                "Findings: `check` failed, `diff --exit-code` showed a hunk, `clean --fail-on-change` changed "
                "something; `rules lint`, `rules test` or `verify` found something wrong.",
            ),
            (str(wrong), "The call, the configuration or a rule file is wrong. Nothing was done."),
            (
                str(unread),
                "Some inputs could not be read, decoded, written or restored; the others were handled. It outranks 1.",
            ),
            (str(main.INTERNAL), "A bug of ours. The message names a report file; no text of a document is in it."),
            (
                str(main.INTERRUPTED),
                "Interrupted. Files that are finished are whole, the ledger is closed, `--resume` goes on.",
            ),
            (str(main.READER_GONE), "The reader of our output went away."),
        ),
    )
    yield "Errors of the Python interface have the same codes as `exit_code`:"
    found = [getattr(errors, name) for name in vars(errors)]
    classes = [item for item in found if isinstance(item, type) and issubclass(item, errors.ScrubberError)]
    yield _table(
        ("Error", "Code", "Means"),
        (
            (f"`{cls.__name__}`", str(cls.exit_code), " ".join((cls.__doc__ or "").split()))
            for cls in classes
            if cls is not errors.ScrubberError
        ),
    )


def rule_files_page() -> str:
    """`docs/rule-files.md` with what stands below its heading "Kinds" made anew."""
    from scrubber.rules.reference import kinds_markdown

    heading = "## Kinds\n\n"
    above, found, _ = (PAGES / "rule-files.md").read_text("utf-8").partition(heading)
    if not found:
        raise AssertionError("docs/rule-files.md has no heading Kinds")
    return above + heading + kinds_markdown()


def schema_file() -> str:
    """What `scrubber rules schema` prints; `.taplo.toml` names it for the rule files of this repository."""
    from scrubber.rules.json_schema import rule_file_schema

    return json.dumps(rule_file_schema(), ensure_ascii=False, indent=2) + "\n"


def _page(parts: Sequence[str]) -> str:
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(
        f"| {' | '.join(line)} |" if place != 1 else f"|{'|'.join(line)}|" for place, line in enumerate(lines)
    )


def _cell(text: str) -> str:
    """Text for one cell of a table: bars would end it; tags and entities count outside code only."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    shown = (piece if piece.startswith("`") else piece.replace("&", "&amp;").replace("<", "&lt;") for piece in pieces)
    return "".join(shown).replace("|", "\\|")


def _anchor(heading: str) -> str:
    return heading.replace(" ", "-")


class Made(NamedTuple):
    """A page as it should be, and what of two versions of it is compared: all of it, or what it shows."""

    text: str
    compared: Callable[[str], str] = str


def pages() -> Mapping[str, Made]:
    """Every page that is made, by its path from the top of the repository."""
    sys.path[:0] = [str(ROOT), str(PAGES)]
    from picture import picture, shown_in

    return {
        "docs/rules.md": Made(rules_page()),
        "docs/commands.md": Made(commands_page()),
        "docs/rule-files.md": Made(rule_files_page()),
        "docs/rule-file.schema.json": Made(schema_file()),
        "docs/report.svg": Made(picture(), shown_in),
    }


def main() -> int:
    """Write or compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a page differs")
    check = parser.parse_args().check
    differing = 0
    for name, made in pages().items():
        path = ROOT / name
        old = path.read_text("utf-8") if path.exists() else ""
        if made.compared(old) == made.compared(made.text):
            continue
        differing += 1
        if check:
            print(f"{name} is not what the code says. Run: python docs/generate.py")
        else:
            path.write_text(made.text, "utf-8", newline="\n")
            print(f"wrote {name}")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
