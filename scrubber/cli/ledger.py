"""`restore` and `verify`: what a ledger is for. A ledger is a file from elsewhere; it is believed in nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.options import MessageOptions
from scrubber.cli.session import name_from_here
from scrubber.cli.streams import Messages, print_lines
from scrubber.errors import UsageError
from scrubber.report.layout import count_words
from scrubber.store.ledger_read import LedgerReader
from scrubber.store.paths import is_folder
from scrubber.store.restore import RestoreReport
from scrubber.store.restore import restore as restore_documents
from scrubber.store.verify import verify as verify_documents

_Ledger = Annotated[
    str, typer.Argument(metavar="LEDGER", help="The ledger of a run, such as OUT/.scrubber/ledger.jsonl.")
]
_Outputs = Annotated[
    str | None,
    typer.Option("--outputs", metavar="DIR", help="Where the outputs lie. Default: the folder that holds .scrubber."),
]
_Source = Annotated[
    str | None, typer.Option("--source", metavar="DIR", help="Where the originals lie. Default: the recorded root.")
]


def restore(
    message: MessageOptions,
    ledger: _Ledger,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Write the originals below DIR.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Ids or paths in the ledger. Default: all.")
    ] = None,
    source: _Source = None,
    outputs: _Outputs = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> int:
    """Rebuild originals, byte for byte, each proved by its checksum before it is written."""
    messages = Messages(message)
    report = restore_documents(
        Path(ledger),
        out=Path(out),
        only=tuple(paths or ()),
        source=_source_root(ledger, source),
        output_root=_output_root(ledger, outputs),
        force=force,
    )
    for document in report.documents:
        if document.outcome == "failed":
            messages.error(f"{document.id}: {document.message}")
        elif document.outcome == "restored" and document.target is not None:
            size = document.target.stat().st_size
            print_lines(f"{name_from_here(document.target)}   {size:,} bytes, sha256 as recorded", sys.stdout)
    _tell_state(report, messages)
    return 3 if report.failed else 0


def verify(message: MessageOptions, ledger: _Ledger, source: _Source = None, outputs: _Outputs = None) -> int:
    """Compare outputs and originals with the recorded checksums. Changes nothing."""
    originals = _source_root(ledger, source)
    report = verify_documents(Path(ledger), source=originals, output_root=_output_root(ledger, outputs))
    for found in report.discrepancies:
        more = f"   {found.message}" if found.message else ""
        print_lines(f"{found.problem.replace('-', ' ')}   {found.path}{more}", sys.stdout)
    differing = len({found.id for found in report.discrepancies})
    state = f"ledger {report.state}" + (", its last line is torn" if report.torn else "")
    counted = (
        f"{differing:,} of {count_words(report.documents, 'document')} differ"
        if differing
        else f"{count_words(report.documents, 'document')} as recorded"
    )
    print_lines(f"{counted}   {state}", sys.stdout)
    messages = Messages(message)
    if originals is None:
        messages.say("originals were not compared: the recorded root is not there. Give --source DIR.")
    if report.failed:
        messages.say(f"{count_words(report.failed, 'input')} had failed in the run itself")
    return 0 if report.right else 1


def _source_root(ledger: str, given: str | None) -> Path | None:
    """The folder of the originals: as given, else the recorded one if it is there. What is read there is proved."""
    if given is not None:
        if not is_folder(Path(given)):
            raise UsageError(f"--source {given!r} is no folder.")
        return Path(given)
    recorded = LedgerReader(Path(ledger)).header.source_root
    folder = Path(recorded) if recorded and "\0" not in recorded else None
    return folder if folder is not None and is_folder(folder) else None


def _output_root(ledger: str, given: str | None) -> Path | None:
    if given is not None:
        if not is_folder(Path(given)):
            raise UsageError(f"--outputs {given!r} is no folder.")
        return Path(given)
    if Path(ledger).absolute().parent.name != ".scrubber":
        raise UsageError(
            "the ledger lies in no .scrubber folder, so where its outputs are is not known.", hint="Give --outputs DIR."
        )
    return None


def _tell_state(report: RestoreReport, messages: Messages) -> None:
    if report.state == "altered":
        messages.error("the ledger was altered after its run; every restored file was proved by its checksum.")
    elif report.state == "interrupted":
        messages.say("the ledger is that of an interrupted run; documents without a line were not restored.")
    if report.unrecorded:
        messages.say(f"{count_words(report.unrecorded, 'input')} had failed in the run itself")
