"""Where clean text and its record go; and refusals that come before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from scrubber.cli.inputs import STDIN, Inputs
from scrubber.cli.options import LedgerText, OutputOptions
from scrubber.errors import Failure, UsageError
from scrubber.read import form_of, output_relative
from scrubber.rules.toml_cells import shown
from scrubber.store.lock import OWN_FOLDER
from scrubber.store.parquet import refuse_without_extra
from scrubber.store.paths import (
    RealPaths,
    colliding_outputs,
    collision_key,
    escape_problem,
    is_folder,
    name_problem,
    output_name,
)

LEDGER_NAME = "ledger.jsonl"


class Kind(StrEnum):
    """What becomes of clean text."""

    STDOUT = "none"
    OUT = "out"
    IN_PLACE = "in-place"


class Destination(Struct, frozen=True):
    """Where to write. `output_root` is what output names are relative to, `ledger` the file of the record.

    Paths are absolute; both are None where there is no such thing. `gathered` is the name of the one output (JSON
    Lines, or Parquet) that takes all texts, if that was asked for.
    """

    kind: Kind
    output_root: Path | None = None
    ledger: Path | None = None
    keep_text: bool = True
    gathered: str = ""


def destination_of(options: OutputOptions, root: Path) -> Destination:
    """The destination that the options name. Raises `UsageError` where they contradict each other."""
    if options.out is not None and options.in_place:
        raise UsageError("--out and --in-place are two destinations.", hint="Give one of them.")
    if options.ledger is not None and options.no_ledger:
        raise UsageError("--ledger and --no-ledger contradict each other.")
    keep_text = options.ledger_text is LedgerText.KEEP
    if options.in_place and not keep_text:
        raise UsageError(
            "--ledger-text hash keeps no originals, and --in-place leaves none elsewhere.", hint="Use --out."
        )
    if options.out == "":
        raise UsageError("--out names no folder.")
    gathered = ""
    if options.out is not None:
        kind, top = Kind.OUT, _absolute(options.out)
        form = form_of(top.name)
        if form.kind in ("jsonl", "parquet") and not is_folder(top):
            if form.coding:
                raise UsageError(f"--out {shown(options.out)} would have to be packed.", hint=f"Name it x.{form.kind}.")
            if form.kind == "parquet":
                refuse_without_extra()
            top, gathered = top.parent, top.name
    elif options.in_place:
        kind, top = Kind.IN_PLACE, _absolute(root)
    else:
        kind, top = Kind.STDOUT, None
    if options.resume and (top is None or options.no_ledger):
        raise UsageError("--resume goes by the ledger of the earlier run.", hint="It needs --out or --in-place.")
    if options.resume and gathered:
        raise UsageError(
            "--resume goes by outputs of their own, and --out names one for all texts.", hint="Give --out DIR."
        )
    ledger = None
    if options.ledger is not None:
        ledger = _absolute(options.ledger)
    elif top is not None and not options.no_ledger:
        ledger = top / OWN_FOLDER / LEDGER_NAME
    return Destination(kind, top, ledger, keep_text, gathered)


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  links stay as they are written


def outputs_of(
    inputs: Inputs, destination: Destination, *, as_format: str | None = None, beside: str = ""
) -> tuple[dict[str, str], dict[str, Failure]]:
    """The output names by document id, and the inputs that cannot have one.

    Marked-up input adds a suffix to its name, and is not replaced in place. `as_format` is what inputs are read as;
    `beside` is the suffix of a further file that marked-up input has beside its output.

    Raises `UsageError` where an output would stand on an input, or an input lies outside of what is replaced in place.
    """
    outputs: dict[str, str] = {}
    refused: dict[str, Failure] = {}
    root = destination.output_root
    if destination.kind is Kind.IN_PLACE and destination.ledger is not None and inputs.source_root != root:
        raise UsageError(
            f"some inputs lie outside of the project root {shown(str(root))}, which the ledger is for.",
            hint="Give --root, or --no-ledger.",
        )
    for each in inputs.inputs:
        form = form_of(each.name, as_format)
        relative, suffix = output_relative(each.relative, as_format)
        problem = escape_problem(each.source) if destination.ledger is not None else ""
        if destination.kind is Kind.IN_PLACE and destination.ledger is not None:
            problem = problem or name_problem(each.source)
        if problem:
            message = f"has a name that no ledger can hold: {problem}."
            refused[each.id] = Failure(each.id, each.name, message, "Rename it, or give --no-ledger.")
        elif destination.kind is Kind.IN_PLACE and suffix:
            message = "is marked up, and its text does not go in its place."
            refused[each.id] = Failure(
                each.id, each.name, message, "Clean it with --out, or leave it out by --exclude."
            )
        elif destination.kind is Kind.IN_PLACE and (form.coding or form.is_archive):
            message = "is packed, and text does not go in its place."
            refused[each.id] = Failure(
                each.id, each.name, message, "Clean it with --out, or leave it out by --exclude."
            )
        elif destination.kind is Kind.IN_PLACE:
            outputs[each.id] = each.source
        elif destination.gathered:
            outputs[each.id] = destination.gathered
        elif destination.kind is Kind.OUT:
            outputs[each.id] = output_name(relative, suffix=suffix)
        elif form.holds_records:
            outputs[each.id] = STDIN
        if destination.kind is Kind.STDOUT and form.kind == "parquet":
            raise UsageError(
                f"{shown(each.name)} is Parquet, which does not go to standard output.",
                hint="Give --out DIR, or --out x.jsonl.",
            )
        if destination.kind is Kind.STDOUT and form.is_archive:
            raise UsageError(
                f"{shown(each.name)} holds many documents, which cannot go to standard output together.",
                hint="Give --out DIR, or --out x.jsonl.",
            )
    if destination.gathered and root is not None:
        _refuse_standing_on_inputs(inputs, root, [destination.gathered])
    elif destination.kind is Kind.OUT and root is not None:
        names = {each.id: each.name for each in inputs.inputs}
        claims = list(outputs.items())
        claims += [
            (each.id, f"{outputs[each.id]}{beside}")
            for each in inputs.inputs
            if each.id in outputs and beside and output_relative(each.name, as_format)[1]
        ]
        for lost, holder in colliding_outputs(claims).items():
            message = f"its output {outputs.pop(lost)} cannot stand beside that of {names[holder]}."
            refused[lost] = Failure(lost, names[lost], message, "Clean them apart.")
        kept = [name for lost, name in claims if lost in outputs]
        _refuse_standing_on_inputs(inputs, root, kept)
    return outputs, refused


def _refuse_standing_on_inputs(inputs: Inputs, root: Path, outputs: Iterable[str]) -> None:
    """No output may take the name of an input, whatever links or letter case lie between the two."""
    folders: dict[str, str] = {}

    def place(path: str) -> tuple[str, str]:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = _folder_key(folder)
        return folders[folder], collision_key(name)

    # A link keeps its own name, and the file behind it has another: neither may be written over.
    taken = {place(os.path.abspath(each.path)): each.name for each in inputs.inputs if each.path}  # noqa: PTH100
    real = RealPaths()
    taken_paths = {real.of(each.path): each.name for each in inputs.inputs if each.path}
    taken |= {place(path): name for path, name in taken_paths.items()}
    for output in outputs:
        hit = taken.get(place(str(root / output))) or _below_archive(taken_paths, root / output)
        if hit is not None:
            raise UsageError(
                f"--out {shown(str(root))} would write over the input {shown(hit)}.",
                hint="Choose another folder, or --in-place.",
            )


def _below_archive(taken: Mapping[str, str], output: Path) -> str | None:
    """An input that stands in the folder which an archive's members are to fill."""
    if not form_of(output.name).is_archive:
        return None
    top = os.path.realpath(output) + os.sep
    return next((name for path, name in taken.items() if path.startswith(top)), None)


def _folder_key(folder: str) -> str:
    """What tells a folder from others: its number on its device, or its name where it is not there yet."""
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:
        return os.path.realpath(folder)
    return f"{status.st_dev}:{status.st_ino}"


def refuse_writing_over(files: Iterable[tuple[str, str]], inputs: Inputs) -> None:
    """Raises `UsageError` where one of the files (option, path) is an input."""
    paths = RealPaths()
    real = {paths.of(each.path): each.name for each in inputs.inputs if each.path}
    for option, path in files:
        hit = real.get(os.path.realpath(path))
        if hit is not None:
            raise UsageError(f"{option} {shown(path)} would write over the input {shown(hit)}.")
