"""Readers: bytes of one kind to a `Document`. A registry by suffix, written out by hand.

Readers open no files and follow no links; whoever calls them has the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from scrubber.errors import UnreadableInput, UsageError, Where
from scrubber.model import Document
from scrubber.read import plain
from scrubber.read.forms import Form, form_of


class ReadFunction(Protocol):
    """What a reader module offers. `media_type` is that of the registry entry under which it was found."""

    def __call__(
        self,
        data: bytes,
        *,
        id: str,  # noqa: A002
        path: str,
        declared: str | None = None,
        encoding: str | None = None,
        undecodable: str = "fail",
        media_type: str,
    ) -> Document: ...


class Reader(Struct, frozen=True):
    """One kind of input: its name for `--as`, its media type, and the function that reads it.

    `suffix` is what outputs add to the names of inputs: marked-up input comes out as text, and under another name.
    """

    name: str
    media_type: str
    function: ReadFunction
    suffix: str = ""

    def __call__(
        self,
        data: bytes,
        *,
        id: str,  # noqa: A002  the name that `Document` uses
        path: str,
        declared: str | None = None,
        encoding: str | None = None,
        undecodable: str = "fail",
    ) -> Document:
        """The document in `data`. Raises `UnreadableInput`; `undecodable` is `fail`, `skip` or `replace`."""
        return self.function(
            data,
            id=id,
            path=path,
            declared=declared,
            encoding=encoding,
            undecodable=undecodable,
            media_type=self.media_type,
        )


def _read_html(data: bytes, **known: Any) -> Document:
    """`html.read`, which is imported for the first page: its tables and patterns take a while to make."""
    from scrubber.read import html

    return html.read(data, **known)


#: Suffixes of markup and records: as plain text they would be cleaned as what they are not.
_NOT_PLAIN = frozenset(
    {".xml", ".json", ".jsonl", ".ndjson", ".warc", ".wet", ".gz", ".bz2", ".xz",
     ".zst", ".zip", ".tar", ".tgz", ".parquet", ".pdf", ".doc", ".docx", ".epub"}
)  # fmt: skip

_TEXT = Reader("text", "text/plain", plain.read)
_MARKDOWN = Reader("text", plain.MARKDOWN, plain.read)
_HTML = Reader("html", "text/html", _read_html, ".txt")
_XHTML = Reader("html", "application/xhtml+xml", _read_html, ".txt")

#: By suffix, in lower case and with its dot.
READERS: Mapping[str, Reader] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _XHTML,
}

#: By the names that `--as` takes.
KINDS: Mapping[str, Reader] = {"text": _TEXT, "html": _HTML}


def leaf_format(as_: str | None) -> str | None:
    """What `--as` says of one document: nothing, where it names a format of many."""
    return as_ if as_ in KINDS else None


def is_wanted(path: str) -> bool:
    """Whether a walk reads a file of that name: one that a reader, or what opens files of many documents, knows."""
    form = form_of(path)
    return form.holds_many or suffix_of(form.inner) in READERS


def output_relative(path: str, as_: str | None = None) -> tuple[str, str]:
    """The name of an input's output without its suffix, and the suffix that it adds.

    A packed document leaves its coding behind, an archive gives its whole name to a folder.

    >>> output_relative("a/x.html.gz"), output_relative("a/x.tar.gz"), output_relative("x.jsonl.zst")
    (('a/x.html', '.txt'), ('a/x.tar.gz', ''), ('x.jsonl', ''))
    """
    form = form_of(path, as_)
    if form.is_archive:
        return path, ""
    if form.holds_records:
        return form.inner, ".jsonl" if form.kind == "warc" else ""
    try:
        return form.inner, reader_for(form.inner, leaf_format(as_)).suffix
    except UnreadableInput:
        return form.inner, ""


def may_be_replaced(path: str, as_: str | None = None) -> bool:
    """Whether the clean text of an input may stand in its place: it is neither packed nor marked up.

    >>> may_be_replaced("x.jsonl"), may_be_replaced("x.jsonl.gz"), may_be_replaced("p.html")
    (True, False, False)
    """
    form = form_of(path, as_)
    return not (form.coding or form.is_archive or output_relative(path, as_)[1])


def suffix_of(path: str) -> str:
    """The last suffix of the last part of `path`, in lower case; empty where there is none.

    >>> suffix_of("a.d/Page.TXT"), suffix_of("a.d/.txt"), suffix_of("a.d/x")
    ('.txt', '', '')
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def reader_for(path: str, as_: str | None = None) -> Reader:
    """The reader for `path`, or the one that `as_` names whatever the path is called.

    A name with an unknown suffix, or with none, is read as plain text: whoever names a file wants it read (a
    walk asks `READERS` instead). Raises `UsageError` for an unknown `as_`, and `UnreadableInput` for a suffix
    that stands for markup or records that no reader here takes apart.

    >>> reader_for("notes.MD").media_type, reader_for("page.html", as_="text").media_type
    ('text/markdown', 'text/plain')
    """
    suffix = suffix_of(path)
    found = READERS.get(suffix)
    if as_ is not None:
        if as_ not in KINDS:
            raise UsageError(f"unknown format {as_[:40]!r} for --as.", hint=f"Known: {', '.join(KINDS)}.")
        return found if found is not None and found.name == as_ else KINDS[as_]
    if found is None and suffix in _NOT_PLAIN:
        raise UnreadableInput(
            f"no reader for {suffix}.", where=Where(path), hint="Pass --as text to read it as plain text."
        )
    return found or _TEXT


__all__ = [
    "KINDS",
    "READERS",
    "Form",
    "ReadFunction",
    "Reader",
    "form_of",
    "is_wanted",
    "leaf_format",
    "may_be_replaced",
    "output_relative",
    "reader_for",
    "suffix_of",
]
