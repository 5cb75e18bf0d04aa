"""Results of documents that were cleaned alone, and need not be cleaned so again: under which key, and where they lie.

A key stands for the document as it was read, for the rules, decisions and options that judge it, and for the code and
the libraries that do. The folder is that of the other caches; where that is switched off, results last as long as the
run, in the temporary folder.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scrubber.corpus.result_cache import ResultReader, packed
from scrubber.model import CleanResult, Document
from scrubber.model.edit import apply_edits
from scrubber.model.plan_form import plan_in, written_plan
from scrubber.rules.entries import STRANGE, cache_root
from scrubber.text.fold import FOLD_VERSION

if TYPE_CHECKING:
    from scrubber.cli.tasks import Setup

_NAME = "results.sqlite"
_PACKAGE = Path(__file__).resolve().parent.parent


class ResultsFile(Struct, frozen=True):
    """Where results lie, and the digest of all conditions that the documents of a run share."""

    path: Path
    conditions: bytes


def results_path(folder: Path) -> Path:
    """The file of results in the user's cache folder; in `folder` where that is switched off."""
    return (cache_root() or folder) / _NAME


def conditions_of(setup: Setup, look: object) -> bytes:
    """The digest of everything but the documents that decides what they come to. `look` is what is observed."""
    from scrubber.cli.record import library_versions

    told = (
        _code_digest(),
        sorted(library_versions().items()),
        unicodedata.unidata_version,
        FOLD_VERSION,
        setup.ruleset.digest,
        [rule.id for rule in setup.ruleset.rules],
        setup.limits,
        sorted(setup.skip_builtin),
        setup.shared.digest if setup.shared is not None else "",
        setup.against.digest if setup.against is not None else "",
        look,
    )
    return hashlib.sha256(repr(told).encode("utf-8")).digest()


@cache
def _code_digest() -> str:
    """SHA-256 over the code and the models of this program."""
    digest = hashlib.sha256()
    for suffix in ("py", "json"):
        for path in sorted(_PACKAGE.rglob(f"*.{suffix}")):
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def key_of(results: ResultsFile, setup: Setup, document: Document, ignored: Sequence[str]) -> bytes:
    """The key of a document under the rules but those that are `ignored` for it. O(n)."""
    # Where it was read from is no cause; as what it is known decides about decisions, groups and kin.
    told = (
        document.id,
        hashlib.sha256(document.text.encode("utf-8")).hexdigest(),
        replace(document.origin, path=""),
        document.paragraphs,
        document.markup,
        document.page,
        document.kept,
        tuple(ignored),
        setup.decisions.for_path(document.id),
    )
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=32, key=results.conditions).digest()


def packed_plan(key: bytes, result: CleanResult) -> bytes:
    """A plan as the cache takes it."""
    return packed(key, json.dumps(written_plan(result.plan), separators=(",", ":")).encode("ascii"))


@cache
def opened_results(results: ResultsFile) -> ResultReader:
    """The results, open for this process until it ends."""
    return ResultReader(results.path)


def known_result(results: ResultsFile, key: bytes, document: Document) -> CleanResult | None:
    """What a document came to, if that is known. O(n)."""
    written = opened_results(results).plan(key)
    if written is None:
        return None
    try:
        plan = plan_in(json.loads(written), document)
        return CleanResult(document, apply_edits(document.text, plan.edits), plan)
    except STRANGE:
        return None
