"""What is known of a text that was read from a marked-up page: the blocks behind its lines, and the page's own facts.

Lines of such a document run parallel to its `Markup`: rules and detectors work on the lines as on those of any text,
and those that can judge by structure look here. Nothing here changes a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct


class Container(NamedTuple):
    """A block-level element. `parent` is its place in `Page.containers` (-1 for the first one, the page itself).

    `names` are its class and id, its role and its itemprop as they are written, parted by blanks. `first` and `stop`
    are numbers of the blocks inside it, half-open; both are equal for an empty one.
    """

    parent: int
    tag: str
    names: str
    first: int
    stop: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """The class, id, role and itemprop tokens."""
        return tuple(self.names.split())


class Containers(Struct, frozen=True):
    """The containers of a page, in document order, each behind its parent: as columns, for most are never asked for."""

    parents: tuple[int, ...]
    tags: tuple[str, ...]
    names: tuple[str, ...]
    firsts: tuple[int, ...]
    stops: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.parents)

    def __getitem__(self, number: int) -> Container:
        return Container(
            self.parents[number], self.tags[number], self.names[number], self.firsts[number], self.stops[number]
        )

    def __iter__(self) -> Iterator[Container]:
        return map(Container, self.parents, self.tags, self.names, self.firsts, self.stops)


class Markup(NamedTuple):
    """What is known of one line. All lines of a `pre` share one, as they are one block.

    `block` numbers blocks from 0 in reading order; `container` is the innermost block-level element. `kind` is
    `title`, `heading`, `paragraph`, `item`, `row`, `code`. `level` is that of a heading (1 to 6), else 0. `lists`
    counts the lists around it, `tables` the tables, `ordinal` the number of an item of an ordered list (else 0).
    `links` and `link_chars` count links that begin in it and the code points that stand in links, `bold_chars` those
    in bold or emphasised type. `after_break` tells that a line break, no new element, parts it from the block above.
    """

    block: int
    container: int
    kind: str
    level: int = 0
    lists: int = 0
    tables: int = 0
    ordinal: int = 0
    links: int = 0
    link_chars: int = 0
    bold_chars: int = 0
    after_break: bool = False

    def link_density(self, text: str) -> int:
        """The share of a line's text that stands in links, in thousandths."""
        length = len(text)
        return min(1000, self.link_chars * 1000 // length) if length else 0


class Metadata(Struct, frozen=True):
    """What a page says of itself; empty where it says nothing. `date` is `YYYY-MM-DD`; `url` is the canonical one."""

    title: str = ""
    date: str = ""
    author: str = ""
    site: str = ""
    url: str = ""
    language: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """Name and value of what is known, in a fixed order."""
        pairs = (
            ("title", self.title),
            ("date", self.date),
            ("author", self.author),
            ("site", self.site),
            ("url", self.url),
            ("language", self.language),
        )
        return tuple((name, value) for name, value in pairs if value)


class Page(Struct, frozen=True):
    """A marked-up page as it was read.

    `title_from` is the number of the block above which
    the title stood before it was put first (-1: only the page's head has it). `hidden_chars` counts the code points
    that were left out because the page hides them. `parser` names what took the page apart: `lexbor`, `bs4`, `tokens`.
    """

    metadata: Metadata
    containers: Containers
    title_from: int = -1
    hidden_chars: int = 0
    parser: str = "lexbor"
    #: Runs of bytes that the encoding does not allow, and the byte offset of the first one.
    bad_runs: int = 0
    first_bad_byte: int = 0

    def above(self, container: int) -> Iterator[Container]:
        """A container and all around it, from the inside out. O(depth)."""
        while container >= 0:
            found = self.containers[container]
            yield found
            container = found.parent

    def path(self, container: int) -> str:
        """The tag path from the outside in, as `html/body/div/p`. O(depth)."""
        return "/".join(reversed([found.tag for found in self.above(container)]))
