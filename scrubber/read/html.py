"""HTML pages: the text of a page as lines, and what its markup says of them.

The text of a page is its title, then its blocks in document order, one a line (a `pre` keeps its lines). `br` ends a
line. Items of lists of content begin with a hyphen or their number; rows of tables of facts are one line, their cells
parted by tabs; menus, bars of links and tables that only lay out a page stay one item or cell a line. Left out are
scripts, styles, templates, `noscript` (a reader with scripts does not see it; without them it mostly says that they are
missing), form controls, drawings, players and embedded pages, and what the page hides (`html_blocks`), whose amount is
on record. A page that hides nearly everything is one that a script would show: then the hidden text is taken, as is
`noscript` where it holds more than the rest of the page.

Refuses to judge: what is chrome and what is content is for rules and detectors.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from scrubber.errors import Where
from scrubber.model import Document, KeptLines, Origin
from scrubber.model.page import Markup, Page
from scrubber.read.html_blocks import Builder
from scrubber.read.html_guard import Route, route_of
from scrubber.read.html_layout import lay_out
from scrubber.read.html_meta import Facts, head_title, metadata_of
from scrubber.read.html_scan import mended
from scrubber.read.keep_marks import SIGN_BYTES, MarkedBuilder
from scrubber.read.plain import how_known
from scrubber.text.decode import Undecodable, decode, without_nuls

MEDIA_TYPE = "text/html"
#: More text than this in `noscript` is no message about missing scripts, where it is also more than all the rest.
UNSCRIPTED_CHARS = 1_000
#: Bytes that are markup whatever follows.
_OPENS_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?[\0\s]*+<(?:!--|![Dd]|[?/]?[A-Za-z])[^<]{0,10000}>")
_NULS = re.compile(rb"\0+")
_PARSERS = {Route.FAST: "lexbor", Route.BS4: "bs4", Route.TOKENS: "tokens"}


class PageText(Struct, frozen=True):
    """The text of a page (each line with its ending), what is known of each line, and the page's own facts.

    `kept` are the lines that comments in it ask to keep.
    """

    text: str
    markup: tuple[Markup, ...]
    page: Page
    kept: tuple[KeptLines, ...] = ()


def read(
    data: bytes,
    *,
    id: str,  # noqa: A002  the name that `Document` uses
    path: str,
    declared: str | None = None,
    encoding: str | None = None,
    undecodable: str = "fail",
    media_type: str = MEDIA_TYPE,
) -> Document:
    """The document in the page `data`. Its `text` is block text, so that only the page itself can restore the bytes.

    `declared` is what a header said; without it the page's own declaration is asked. Raises `Undecodable` with the
    path in front, and `UsageError` for an unknown `encoding`. O(n).

    >>> read(b"<title>Pier</title><p>The ferry<br>is back.", id="a.html", path="a.html").text
    'Pier\\nThe ferry\\nis back.\\n'
    """
    understood = partial(
        decode,
        declared=partial(_declared, data) if declared is None else declared,
        encoding=encoding,
        undecodable=undecodable,
    )
    nuls = 0
    try:
        decoded = understood(data)
    except Undecodable as error:
        # The standard drops NULs from the text of a page, so that they speak against nothing else in it.
        rest = without_nuls(data) if _OPENS_MARKUP.match(data) else None
        try:
            if rest is None:
                raise
            decoded = understood(rest)
        except Undecodable:
            raise Undecodable(error.message, where=Where(path), hint=error.hint) from None
        nuls = len(data) - len(rest)
    is_utf8 = not nuls and decoded.encoding == "utf-8" and not decoded.bom and not decoded.repairs
    found = page_text(decoded.text, encoded=data if is_utf8 else None)
    page = found.page
    if decoded.repairs:
        first = decoded.repairs[0].byte_offset
        page = replace(
            page, bad_runs=len(decoded.repairs), first_bad_byte=_place_with_nuls(data, first) if nuls else first
        )
    how = how_known(decoded.how_known, decoded.confidence, decoded.runner_up)
    origin = Origin(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        encoding=decoded.encoding,
        bom=decoded.bom,
        newline="lf" if found.text else "none",
        media_type=media_type,
        how_known=how + (f", without {nuls:,} bytes of NUL" if nuls else ""),
        roundtrips=False,
    )
    return Document(id, found.text, origin, paragraphs="line", markup=found.markup, page=page, kept=found.kept)


def page_text(markup: str, route: Route | None = None, *, encoded: bytes | None = None) -> PageText:
    """The text of a decoded page; `encoded` is the same page in UTF-8, where it is at hand. O(n).

    `route` overrules the choice of the parser, for tests.

    >>> page_text("<ul><li><a href=1>Home</a><li><a href=2>News</a></ul>").text
    'Home\\nNews\\n'
    """
    if encoded is None:
        markup, encoded = _in_utf8(markup)
    whole = mended(markup)
    if whole.text is not markup:
        encoded = whole.text.encode("utf-8")
    chosen = route_of(whole.text, crowded=whole.crowded, knotty=whole.knotty) if route is None else route
    marked = SIGN_BYTES in encoded
    builder, facts = walked_by(
        lambda builder: _walk(whole.text, encoded, chosen, builder), MarkedBuilder if marked else Builder
    )
    laid = lay_out(builder, head_title(facts))
    page = Page(
        metadata=metadata_of(facts, laid.title),
        containers=laid.containers,
        title_from=laid.title_from,
        hidden_chars=builder.hidden_chars + whole.lost_chars,
        parser=_PARSERS[chosen],
    )
    return PageText("\n".join((*laid.lines, "")), laid.markup, page, laid.kept)


def _in_utf8(markup: str) -> tuple[str, bytes]:
    """A page without halves of surrogate pairs, which are no text (decoded bytes never hold them), and its bytes."""
    try:
        return markup, markup.encode("utf-8")  # quicker than to look for what cannot be written
    except UnicodeEncodeError:
        markup = markup.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return markup, markup.encode("utf-8")


def _to_be_shown(builder: Builder) -> frozenset[str]:
    """What is hidden and yet is the page: a script would show it, or there is no script. `hidden`, `noscript`."""
    if not builder.hidden_chars:
        return frozenset()
    visible = sum(len(block.text) for block in builder.blocks)
    if visible * 10 < builder.hidden_chars - builder.never_shown_chars:
        return frozenset(("hidden", "noscript"))
    if builder.unscripted_chars > max(visible, UNSCRIPTED_CHARS):
        return frozenset(("noscript",))
    return frozenset()


def walked_by(walk: Callable[[Builder], Facts], kind: type[Builder] = Builder) -> tuple[Builder, Facts]:
    """What a walk tells: once, or again where what the page hides is the page."""
    builder = kind()
    facts = walk(builder)
    if shown := _to_be_shown(builder):
        builder = kind(shown=shown)
        facts = walk(builder)
    return builder, facts


def _walk(markup: str, encoded: bytes, route: Route, builder: Builder) -> Facts:
    if route is Route.FAST:
        from scrubber.read.html_walk import walk

        return walk(encoded, builder)
    from scrubber.read.html_slow import walk_tokens, walk_tree

    return (walk_tree if route is Route.BS4 else walk_tokens)(markup, builder)


def _place_with_nuls(data: bytes, place: int) -> int:
    """Where the byte stands in `data` that stands at `place` without the NULs. O(n)."""
    for match in _NULS.finditer(data):
        if match.start() > place:
            break
        place += match.end() - match.start()
    return place


def _declared(data: bytes) -> str | None:
    from scrubber.read.html_slow import declared_charset

    return declared_charset(data)
