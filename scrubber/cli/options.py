"""The options, each declared once, in groups that commands take as one parameter.

A command that says `inputs: InputOptions` gets every option of that group on its command line; `spread` makes it so.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

import typer
from msgspec import Struct


class Profile(StrEnum):
    """How far to go."""

    CAREFUL = "careful"
    STANDARD = "standard"
    THOROUGH = "thorough"


class Level(StrEnum):
    """The confidence from which on findings are applied."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class InputFormat(StrEnum):
    """What inputs are, whatever they are called."""

    TEXT = "text"
    HTML = "html"
    JSONL = "jsonl"
    WARC = "warc"
    PARQUET = "parquet"


class Metadata(StrEnum):
    """Where to write what a page says of itself."""

    NONE = "none"
    HEADER = "header"
    JSON = "json"


class Undecodable(StrEnum):
    """What becomes of an input that cannot be decoded."""

    FAIL = "fail"
    SKIP = "skip"
    REPLACE = "replace"


class FailOn(StrEnum):
    """Which findings fail `check`."""

    ANY = "any"
    REMOVE = "remove"


class LedgerText(StrEnum):
    """Whether the ledger holds removed text, or its checksum."""

    KEEP = "keep"
    HASH = "hash"


class Colour(StrEnum):
    """When to write colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class InputOptions(Struct, frozen=True):
    """What to read, and how."""

    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help='Files or folders; "-" is standard input, none means ".".'),
    ] = None
    files_from: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Read paths from FILE (or standard input), one a line.")
    ] = None
    nul: Annotated[bool, typer.Option("-0", "--null", help="Paths in --files-from end with NUL.")] = False
    stdin_filename: Annotated[
        str | None,
        typer.Option(metavar="NAME", help='Name for "-": picks the reader, the rules and the configuration.'),
    ] = None
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="In folders, read only these. Repeatable.")
    ] = None
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="In folders, pass these over. Repeatable.")
    ] = None
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Excludes win over paths that are named, too.")
    ] = False
    changed_since: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Only files that git reports as changed since the branch left REV."),
    ] = None
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="Encoding of the inputs; skips detection.")] = (
        None
    )
    undecodable: Annotated[
        Undecodable | None, typer.Option(help="What becomes of input that cannot be decoded. Default: fail.")
    ] = None
    as_format: Annotated[
        InputFormat | None, typer.Option("--as", help="Read inputs as this, whatever they are called.")
    ] = None
    text_field: Annotated[str, typer.Option(metavar="F", help="JSONL, Parquet: the field that holds the text.")] = (
        "text"
    )
    id_field: Annotated[str, typer.Option(metavar="F", help="JSONL, Parquet: the field that holds the id.")] = "id"
    root: Annotated[
        str | None, typer.Option(metavar="DIR", help="What paths in reports, decisions and ledgers are relative to.")
    ] = None


class RuleOptions(Struct, frozen=True):
    """Which rules, and how far they go."""

    rules: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH|NAME", help="Rule files, folders or bundled sets; later ones win. Repeatable."),
    ] = None
    select: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only these rules. Globs, repeatable.")] = None
    ignore: Annotated[list[str] | None, typer.Option(metavar="ID", help="Not these rules. Globs, repeatable.")] = None
    profile: Annotated[Profile | None, typer.Option(help="How far to go. Default: standard.")] = None
    min_confidence: Annotated[
        Level | None, typer.Option(help="Apply findings from this confidence on. Default: the profile's.")
    ] = None
    isolated: Annotated[
        bool,
        typer.Option(
            "--isolated",
            help="No configuration, no decisions, no comments that keep lines; bundled rules unless --rules.",
        ),
    ] = False
    config: Annotated[str | None, typer.Option(metavar="FILE", help="Configuration file; nothing is looked for.")] = (
        None
    )


class ReportingOptions(Struct, frozen=True):
    """What to show."""

    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[:FILE]",
            help="terminal, html, markdown, csv, patch, json, jsonl, github or sarif; to standard output, or FILE. "
            "Repeatable.",
        ),
    ] = None
    context: Annotated[int, typer.Option(metavar="N", min=0, max=1000, help="Unchanged lines around a hunk.")] = 2
    full: Annotated[bool, typer.Option("--full", help="Do not fold long removals.")] = False
    show_all: Annotated[bool, typer.Option("--all", help="Show settled findings too.")] = False
    statistics: Annotated[bool, typer.Option("--statistics", help="Counts by rule, after the report.")] = False
    summary: Annotated[bool | None, typer.Option("--summary/--no-summary", help="Closing lines on standard error.")] = (
        None
    )


class RunOptions(Struct, frozen=True):
    """How to run, and what to say meanwhile."""

    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=256, help="Worker processes; never changes results. Default: cores, at most 8."
        ),
    ] = None
    sample: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Only N documents, chosen by the hash of their ids: always the same ones."
        ),
    ] = None
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Findings do not fail; real errors still do.")] = False
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False


class MessageOptions(Struct, frozen=True):
    """How to look."""

    color: Annotated[Colour, typer.Option(help="When to write colours.")] = Colour.AUTO
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the payload and errors.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")] = False


class OutputOptions(Struct, frozen=True):
    """Where clean text goes, and its record."""

    out: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Mirror the inputs below DIR; x.jsonl, x.parquet: one record a text."),
    ] = None
    in_place: Annotated[bool, typer.Option("--in-place", help="Replace the inputs; originals are stored first.")] = (
        False
    )
    ledger: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Default: OUT/.scrubber/ledger.jsonl; in place, below the project root."),
    ] = None
    no_ledger: Annotated[bool, typer.Option("--no-ledger", help="Keep no record: nothing can be restored.")] = False
    ledger_text: Annotated[LedgerText, typer.Option(help="Keep removed text in the ledger, or only its checksums.")] = (
        LedgerText.KEEP
    )
    metadata: Annotated[
        Metadata, typer.Option(help="HTML: title, date, author, site, URL before the text, or as JSON beside it.")
    ] = Metadata.NONE
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Write OUT/manifest-sha256.txt too: checksums in BagIt form.")
    ] = False
    resume: Annotated[
        bool, typer.Option("--resume", help="Take over what an earlier run has done and nothing has changed.")
    ] = False
    retry: Annotated[
        str | None,
        typer.Option(metavar="LEDGER", help="Only what failed in the run of that ledger. Name the same inputs again."),
    ] = None
    fail_on_change: Annotated[bool, typer.Option("--fail-on-change", help="Exit with 1 if something changed.")] = False


def spread(command: Callable[..., int]) -> Callable[..., int]:
    """The command with each parameter that is a group of options replaced by its options, for typer to read."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        group = hints[name]
        if not (isinstance(group, type) and issubclass(group, Struct)):
            kind = inspect.Parameter.KEYWORD_ONLY
            parameters.append(parameter.replace(annotation=hints[name], kind=kind))
            continue
        inner = get_type_hints(group, include_extras=True)
        names, defaults = group.__struct_fields__, group.__struct_defaults__
        groups[name] = (group, names)
        parameters += [
            inspect.Parameter(item, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=inner[item])
            for item, default in zip(names, defaults, strict=True)
        ]

    def called(**values: Any) -> int:
        arguments = {
            name: group(**{item: values.pop(item) for item in items}) for name, (group, items) in groups.items()
        }
        return command(**arguments, **values)

    called.__name__ = command.__name__
    called.__doc__ = command.__doc__
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return called
