"""`--against INDEX`: the corpus that a run looks paragraphs up in, checked before any input is read."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from scrubber.cli.tasks import Setup
    from scrubber.model.copies import FrozenCopies
    from scrubber.model.known import KnownParagraphs


_EVIDENCE_BEGINS = b'{"format":"scrubber-evidence",'


class EvidenceOptions(Struct, frozen=True):
    """What else a run may look at."""

    against: Annotated[
        str | None,
        typer.Option(
            metavar="INDEX",
            help="Flag paragraphs that this index of another corpus holds, or nearly. "
            "Or the evidence of an earlier run: find what that one found.",
        ),
    ] = None


class Against(Struct, frozen=True):
    """An index, and the digest of what it holds: all workers of a run must see the same."""

    path: Path
    digest: str


class CopiesFile(Struct, frozen=True):
    """What was decided about the documents of this run: a file that all workers look into, and the SHA-256 of its bytes."""

    path: Path
    digest: str


@cache
def opened_copies(copies: CopiesFile) -> FrozenCopies:
    """That file, open for this process until it ends. Raises UsageError."""
    from scrubber.corpus.evidence import Evidence

    evidence = Evidence(copies.path)
    atexit.register(evidence.close)
    return evidence


def with_evidence(setup: Setup, evidence: EvidenceOptions) -> Setup:
    """The setup with the index that was named, or with the evidence of an earlier run.

    Raises UsageError where that is none that can be used.
    """
    if evidence.against is None:
        return setup
    from scrubber.corpus.index_form import tidy
    from scrubber.corpus.index_lookup import KnownIndex

    path = Path(evidence.against)
    if _is_evidence(path):
        from scrubber.cli.corpus_pass import with_given_evidence

        return with_given_evidence(setup, path)
    # Workers that are gone leave files of SQLite beside the index.
    atexit.register(tidy, path)
    with KnownIndex(path) as index:
        return replace(setup, against=Against(path, index.digest))


def _is_evidence(path: Path) -> bool:
    """Whether a file begins as the evidence of a run does."""
    try:
        with path.open("rb") as source:
            return source.read(len(_EVIDENCE_BEGINS)) == _EVIDENCE_BEGINS
    except OSError:
        return False


@cache
def opened(against: Against) -> KnownParagraphs:
    """The index, open for this process until it ends. Raises UnwritableOutput where it is not the same any more."""
    from scrubber.corpus.index_lookup import KnownIndex

    index = KnownIndex(against.path, expected=against.digest)
    atexit.register(index.close)
    return index
