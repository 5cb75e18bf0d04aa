"""What a file is, by its name: how it is packed, and what is inside. Refuses to look at bytes.

One document a file is the rule. A coding (`.gz` and the like) packs one file; an archive holds files, and a file of
records many texts. `--as` says what is inside, never how it is packed.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

#: Suffix of a packed file to the name of its coding.
CODINGS = {".gz": "gz", ".bz2": "bz2", ".xz": "xz", ".zst": "zst"}
ARCHIVES = {".zip": "zip", ".tar": "tar"}
RECORDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".warc": "warc", ".wet": "warc", ".parquet": "parquet"}
#: Short suffixes of packed archives, and what they stand for.
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".tbz": ".tar.bz2", ".txz": ".tar.xz", ".tzst": ".tar.zst"}


class Form(Struct, frozen=True):
    """How one file is packed. `inner` is the name without the suffix of its coding (empty: not packed).

    `kind` is `document`, or one of the values of `ARCHIVES` and `RECORDS`.
    """

    inner: str
    coding: str
    kind: str

    @property
    def is_archive(self) -> bool:
        """Whether members come out of it, each with an output of its own."""
        return self.kind in _ARCHIVE_KINDS

    @property
    def holds_records(self) -> bool:
        """Whether many texts come out of it, which share one output."""
        return self.kind in _RECORD_KINDS

    @property
    def ends_with_index(self) -> bool:
        """Whether what is in it is told at its end, so that it is not read as it streams by."""
        return self.kind in ("zip", "parquet")

    @property
    def holds_many(self) -> bool:
        """Whether it is opened into more than one document."""
        return self.kind != "document"


_ARCHIVE_KINDS = frozenset(ARCHIVES.values())
_RECORD_KINDS = frozenset(RECORDS.values())


@lru_cache(maxsize=1024)
def form_of(name: str, as_: str | None = None) -> Form:
    """The form of the file called `name`; `as_` is what is in it where that is not to be told from the name.

    >>> form_of("dump/x.jsonl.gz")
    Form(inner='dump/x.jsonl', coding='gz', kind='jsonl')
    >>> form_of("a.tgz").kind, form_of("a.txt").kind, form_of("a.jsonl", as_="text").kind
    ('tar', 'document', 'document')
    """
    stem, suffix = _split(name)
    if suffix in _SHORT:
        name = stem + _SHORT[suffix]
        stem, suffix = _split(name)
    coding = CODINGS.get(suffix, "")
    inner = stem if coding else name
    suffix = _split(inner)[1]
    if suffix in ARCHIVES:
        return Form(inner, coding, ARCHIVES[suffix])
    if as_ is not None:
        return Form(inner, coding, as_ if as_ in _RECORD_KINDS else "document")
    return Form(inner, coding, RECORDS.get(suffix, "document"))


def _split(name: str) -> tuple[str, str]:
    """A path and the last suffix of its last part, in lower case; `.txt` alone has none."""
    start = max(name.rfind("/"), name.rfind("\\")) + 1
    dot = name.rfind(".", start)
    return (name[:dot], name[dot:].lower()) if dot > start else (name, "")
