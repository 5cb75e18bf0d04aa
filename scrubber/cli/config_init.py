"""`config init`: a commented `scrubber.toml` with every setting there is.

All of it is commented out, so that the file changes nothing until somebody wants it to, and follows the defaults of
later versions. Refuses to write over a file unless told to.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

import scrubber
from scrubber.cli.options import MessageOptions
from scrubber.cli.session import name_from_here
from scrubber.cli.streams import Messages
from scrubber.config import CONFIG_FILES, find_config, setting_fields
from scrubber.errors import UsageError, Where
from scrubber.rules.decisions import DECISIONS_FILE
from scrubber.rules.load import DEFAULT_RULESETS
from scrubber.rules.sources import bundled_names
from scrubber.rules.toml_write import toml_string
from scrubber.store.files import write_atomic

#: Comments are wrapped at so many code points.
_WIDTH = 100
_HEAD = (
    "Settings of this project for scrubber. Every setting is commented out: each line shows what holds without it, "
    "or an example where that is nothing. `scrubber config show` prints what is in force, and where it came from. "
    "Paths and globs are relative to this file; the command line wins over it."
)


#: Settings that are tables with keys of the user's own.
_TABLES = ("per-file-ignores",)


class Shown(NamedTuple):
    """How a setting stands in the file: what it means, and its value as TOML. `example`: nothing holds without it."""

    doc: str
    value: str
    example: bool = False


def shown_settings() -> Mapping[str, Shown]:
    """What is written for each key, by key."""
    known = bundled_names()
    sets = ", ".join(toml_string(name) for name in DEFAULT_RULESETS if name in known)
    version = ".".join(scrubber.__version__.split(".")[:2])
    return {
        "rules": Shown("Rule sets by name, rule files, or folders of them. Later ones win.", f"[{sets}]"),
        "include": Shown("In folders, read only these.", '["seeds/**/*.txt"]', True),
        "exclude": Shown("In folders, pass these over.", '["seeds/raw/**"]', True),
        "select": Shown("Only these rules: globs over full ids.", '["core/*"]', True),
        "ignore": Shown("Not these rules: globs over full ids.", '["core/near-duplicate"]', True),
        "profile": Shown("How far to go: careful, standard or thorough.", '"standard"'),
        "min-confidence": Shown(
            "Apply findings from this confidence on: certain, likely or possible. Without it the profile decides.",
            '"likely"',
        ),
        "paragraphs": Shown("What a paragraph is: each line, what blank-line parts, or auto.", '"auto"'),
        "encoding": Shown("Encoding of all inputs. Without it each is looked at.", '"gb18030"', True),
        "undecodable": Shown("What becomes of input that cannot be decoded: fail, skip or replace.", '"fail"'),
        "decisions": Shown(
            f"Decisions about single findings. Without it {DECISIONS_FILE} in the project root, if it is there.",
            '"review/decisions.toml"',
            True,
        ),
        "baseline": Shown("Findings recorded there do not fail `check`.", '".scrubber-baseline.json"', True),
        "required-version": Shown("Refuse other versions of scrubber.", f'">={version}"', True),
        "limits.max-share": Shown(
            "Largest share of running text that may go. Over this, only decisions, fixes, certain cuts and copies are "
            "applied, and the rest is flagged. Without it the profile decides.",
            "0.8",
        ),
        "limits.min-left-chars": Shown("Where fewer characters would be left: the same.", "80"),
        "limits.max-bytes": Shown("A larger document is a recorded failure.", '"256 MB"'),
        "limits.max-seconds": Shown(
            "A document that takes longer is a recorded failure; 0, as without it, is no limit.", "300", True
        ),
        "per-file-ignores": Shown(
            "Rules that are switched off for some files.", '"seeds/poems/**" = ["core/near-duplicate"]', True
        ),
    }


def config_text() -> str:
    """The whole file."""
    return "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    yield from _comment(_HEAD)
    shown = shown_settings()
    keys = [key for _, key in setting_fields() if key in shown]
    tables = dict.fromkeys(key.partition(".")[0] for key in keys if "." in key or key in _TABLES)
    for key in keys:
        if key.partition(".")[0] not in tables:
            yield ""
            yield from _setting(f"{key} = ", shown[key])
    for table in tables:
        yield from ("", f"[{table}]")
        for key in keys:
            outer, _, inner = key.partition(".")
            if outer == table:
                yield from _setting(f"{inner} = " if inner else "", shown[key])


def _setting(before: str, shown: Shown) -> Iterator[str]:
    yield from _comment(f"{shown.doc} For example:" if shown.example else shown.doc)
    yield f"#{before}{shown.value}"


def _comment(text: str) -> Iterator[str]:
    yield from (f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_long_words=False))


def init(
    message: MessageOptions,
    force: Annotated[bool, typer.Option("--force", help="Write over a scrubber.toml that is there.")] = False,
) -> int:
    """Write a scrubber.toml here, with every setting explained and commented out."""
    messages = Messages(message)
    path = Path(CONFIG_FILES[0])
    if os.path.lexists(path) and not force:
        raise UsageError("is there already.", where=Where(str(path)), hint="Give --force to write over it.")
    before = find_config(Path.cwd()).path
    write_atomic(path, config_text().encode("utf-8"))
    messages.say(f"wrote {path}")
    if before is not None and before.resolve() != path.resolve():
        messages.say(f"note: {name_from_here(before)} is not read any more from here: {path} wins.")
    return 0
