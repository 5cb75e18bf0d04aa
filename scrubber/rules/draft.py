"""The first draft of a rule, made from real lines of a document: its forms, limits, title and reason.

It is as narrow as the lines allow: whole lines, numbers aside, in the part of the document where they were seen.
Refuses kinds that are not about single lines, and lines from which no form follows. Whether the rule does what its
author wants is for examples and for `--over` to show; nothing here runs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from scrubber.errors import UsageError
from scrubber.model.document import Document
from scrubber.model.finding import RuleInfo
from scrubber.rules.schema import KINDS, Match, Rule
from scrubber.rules.toml_cells import nearest, shown
from scrubber.text.fold import fold
from scrubber.text.lines import trim

#: Kinds that a draft can be made of, each with what `--from` names.
DRAFTED = {
    "line": "a line that goes, or several",
    "keep": "a line that stays, or several",
    "licence": "a rights statement",
    "head": "the first line that stays",
    "tail": "the first line that goes, and the last one if text follows",
    "between": "the first and the last line that go",
    "listing": "the entries",
}
#: A longer line is no pattern, in code points.
MAX_FORM_CHARS = 2_000
#: More lines than this are no longer the examples of one form.
MAX_FORMS = 200
#: What stands between the common ends of entries may be so long, in code points (RE2 repeats 1,000 times at most).
MAX_MIDDLE_CHARS = 400
#: Fewest entries that a listing can be told by; the kind's own default.
MIN_ENTRIES = 4
#: So much of a line stands in titles and reasons, in code points.
_QUOTED_CHARS = 40
_ID_WORDS, _ID_CHARS = 4, 40

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
#: Numbers, words, and single marks: entries have whole words in common, not the chance letters at their ends.
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+|[^\W\d_]+|.", re.DOTALL)
_SPECIAL = re.compile(r"[\\.^$|?*+()\[\]{}]")


class Draft(Struct, frozen=True):
    """A rule without examples. `written` are keys to spell out, `lines` indexes of what it is about, ascending."""

    rule: Rule
    written: tuple[str, ...]
    lines: tuple[int, ...]


class Lines(Struct, frozen=True):
    """The lines of a document that a rule is made of: indexes, `last` included. `one`: only one was named."""

    document: Document
    name: str
    first: int
    last: int
    one: bool

    def text(self, index: int) -> str:
        return self.document.line_texts[index]

    @property
    def filled(self) -> list[int]:
        """Indexes of the lines that are not blank."""
        return self.between(self.first, self.last)

    def between(self, first: int, last: int) -> list[int]:
        blank = self.document.blank
        return [index for index in range(first, last + 1) if not blank[index]]

    def place(self) -> str:
        """Where the lines stand, in words."""
        number = f"line {self.first + 1}" if self.one else f"lines {self.first + 1}-{self.last + 1}"
        return f"{self.name}, {number}"


def check_kind(kind: str) -> None:
    """Raises `UsageError` for a kind that no draft can be made of."""
    if kind in DRAFTED:
        return
    if kind in KINDS:
        can = ", ".join(DRAFTED)
        raise UsageError(
            f"a {kind} rule is not made from single lines.",
            hint=f"Kinds that are: {can}. For {kind}, write it by hand; docs/rule-files.md has its keys.",
        )
    raise UsageError(f"unknown kind {shown(kind)}.", hint=nearest(kind, KINDS) or f"Kinds are {', '.join(DRAFTED)}.")


def draft_rule(kind: str, lines: Lines, set_name: str, *, rule_id: str = "", taken: Collection[str] = ()) -> Draft:
    """A rule of that kind from those lines. Raises `UsageError` where none follows from them. O(size of the lines).

    `rule_id` is its bare id (default: from the words of the line), `taken` are bare ids that it must not have.
    """
    check_kind(kind)
    if not lines.filled:
        raise UsageError(f"{lines.place()} is blank.", hint="Name a line with text.")
    if not lines.one and len(lines.filled) > MAX_FORMS and kind in ("line", "keep", "licence"):
        raise UsageError(f"{lines.place()}: more than {MAX_FORMS} lines are no form.", hint="Name fewer.")
    made = _MAKERS[kind](lines)
    bare = rule_id or free_id(slug_of(lines.text(lines.filled[0])) or f"{kind}-{lines.first + 1}", taken)
    title, why, values, written, about = made
    info = RuleInfo(f"{set_name}/{bare}", kind, title, why, "")
    return Draft(KINDS[kind](info=info, action=KINDS[kind].default_action, **values), written, tuple(about))


_Made = tuple[str, str, dict[str, Any], tuple[str, ...], Sequence[int]]


# --- forms -----------------------------------------------------------------------------------------------------------


def match_of(lines: Sequence[str]) -> Match:
    """The forms of some lines: `equals` where nothing in a line varies, else a regex. Raises `UsageError`.

    >>> match_of(["Share this story"]), match_of(["Read １,204 times (today)"]).regex
    (Match(equals=('Share this story',), starts=(), ends=(), contains=(), regex=()), ('^read \\\\d[\\\\d,]* times \\\\(today\\\\)$',))
    """
    equals: dict[str, str] = {}
    regex: dict[str, None] = {}
    for line in lines:
        key = fold(line)
        if not key:
            raise UsageError("nothing is left of this line once it is folded.", hint="Name a line with text.")
        if len(key) > MAX_FORM_CHARS:
            raise UsageError(
                f"the line has {len(key):,} characters, too many for a form.",
                hint="Write the rule by hand, with what its start or its end says.",
            )
        # In a plain form <<name>> would be a word list.
        if _NUMBER.search(key) or "<<" in line or "<<" in key:
            regex[f"^{_pattern(key)}$"] = None
        else:
            equals.setdefault(key, trim(line))
    return Match(equals=tuple(equals.values()), regex=tuple(regex))


def _pattern(key: str) -> str:
    """A folded text as a regex: numbers become any number, all else stands for itself."""
    return "".join(map(_piece, _TOKEN.findall(key))).replace("<<", "<{2}")


def _piece(token: str) -> str:
    if _NUMBER.fullmatch(token):
        return r"\d[\d,]*" if "," in token else r"\d+"
    return _SPECIAL.sub(r"\\\g<0>", token)


def entry_of(lines: Sequence[str]) -> str:
    """A regex for lines that begin or end alike (a mark, a date, a page number). Raises `UsageError`.

    >>> entry_of(["Notes on tides 12", "A harbour in winter 107", "Ropes 9", "The old pier 31"])
    '^.{1,40} \\\\d+$'
    """
    tokens = [_TOKEN.findall(fold(line)) for line in lines]
    pieces = [[_piece(token) for token in line] for line in tokens]
    shortest = min(map(len, pieces))
    head = _common(pieces, shortest)
    tail = _common([line[::-1] for line in pieces], shortest - head)
    ends = [*pieces[0][:head], *pieces[0][len(pieces[0]) - tail :]]
    if not any(end.strip() for end in ends):
        raise UsageError(
            "these lines have no form in common: none begins or ends as the others do.",
            hint="Name lines with a date, a number or a mark in the same place, or write the rule by hand.",
        )
    middles = [sum(map(len, line[head : len(line) - tail])) for line in tokens]
    most = max(middles)
    if most > MAX_MIDDLE_CHARS:
        raise UsageError(f"an entry has {most:,} characters, too many for a form.", hint="Write the rule by hand.")
    middle = "" if not most else f".{{{1 if min(middles) else 0},{_roomy(most)}}}"
    first, last = "".join(pieces[0][:head]), "".join(pieces[0][len(pieces[0]) - tail :])
    return f"^{first}{middle}{last}$".replace("<<", "<{2}")


def _common(lines: Sequence[Sequence[str]], most: int) -> int:
    """How many first pieces all lines share, `most` at most."""
    count = 0
    while count < most and len({line[count] for line in lines}) == 1:
        count += 1
    return count


def _roomy(chars: int) -> int:
    """A limit in code points with room for longer numbers and names."""
    return (chars + 29) // 20 * 20


# --- kinds -----------------------------------------------------------------------------------------------------------


def _lines_made(lines: Lines) -> tuple[Match, int, str]:
    texts = [lines.text(index) for index in lines.filled]
    return match_of(texts), _roomy(max(len(trim(text)) for text in texts)), quoted_line(texts[0])


def _line(lines: Lines) -> _Made:
    match, most, quoted = _lines_made(lines)
    where = where_of(lines)
    words = _WHERE_WORDS[where]
    why = f"{quoted} belongs to the page, not to the text: it stands {words} ({lines.place()})."
    values: dict[str, Any] = {"match": match, "max_chars": most, "where": where}
    return (
        f"Line {quoted}",
        why,
        values,
        ("limits.max-chars", *(("where",) if where != "anywhere" else ())),
        lines.filled,
    )


def _keep(lines: Lines) -> _Made:
    match, most, quoted = _lines_made(lines)
    why = f"{quoted} is content, whatever another rule says of it ({lines.place()})."
    return f"{quoted} stays", why, {"match": match, "max_chars": most}, ("limits.max-chars",), lines.filled


def _licence(lines: Lines) -> _Made:
    match, most, quoted = _lines_made(lines)
    where = where_of(lines)
    where = "anywhere" if where == "anywhere" else "outside-body"
    why = f"{quoted} states rights: it leaves the text and stays on record ({lines.place()})."
    values: dict[str, Any] = {"match": match, "max_chars": most, "where": where}
    return f"Rights statement {quoted}", why, values, ("spdx", "where", "params.max-chars"), lines.filled


def _head(lines: Lines) -> _Made:
    if not lines.one:
        raise UsageError("a head rule is made from one line, the first that stays.", hint="Write FILE:LINE.")
    above = lines.between(0, lines.first - 1)
    if not above:
        raise UsageError(f"nothing stands above {lines.place()}.", hint="Name the first line that stays.")
    quoted = quoted_line(lines.text(lines.first))
    why = f"What stands above {quoted} leads through the site, not into the text ({lines.place()})."
    values = {"end": match_of([lines.text(lines.first)]), **_limits(lines, above)}
    return f"Everything above {quoted}", why, values, _SECTION_KEYS, above


def _tail(lines: Lines) -> _Made:
    document = lines.document
    last = len(document.bounds) - 1 if lines.one else lines.last
    below = lines.between(lines.first, last)
    follows = lines.between(last + 1, len(document.bounds) - 1)
    quoted = quoted_line(lines.text(below[0]))
    why = f"{quoted} opens what the page adds below the text ({lines.place()})."
    values = {"start": match_of([lines.text(below[0])]), **_limits(lines, below)}
    if follows:
        values["stop"] = match_of([lines.text(follows[0])])
    return f"{quoted} and what follows", why, values, _SECTION_KEYS, below


def _between(lines: Lines) -> _Made:
    inside = lines.filled
    if lines.one or len(inside) < 2:
        raise UsageError("a between rule needs its first and its last line.", hint="Write FILE:LINE-LINE.")
    opening, closing = lines.text(inside[0]), lines.text(inside[-1])
    why = f"The box from {quoted_line(opening)} to {quoted_line(closing)} interrupts the text ({lines.place()})."
    values = {"start": match_of([opening]), "end": match_of([closing]), **_limits(lines, inside)}
    return f"Box from {quoted_line(opening)} to {quoted_line(closing)}", why, values, _SECTION_KEYS, inside


def _listing(lines: Lines) -> _Made:
    last = len(lines.document.bounds) - 1 if lines.one else lines.last
    entries = lines.between(lines.first, last)
    if len(entries) < MIN_ENTRIES:
        raise UsageError(f"a listing has {MIN_ENTRIES} entries or more.", hint="Write FILE:LINE-LINE around them.")
    quoted = quoted_line(lines.text(entries[0]))
    why = f"Entries such as {quoted} lead to other texts ({lines.name}, lines {entries[0] + 1}-{entries[-1] + 1})."
    share = _limits(lines, entries)["max_share"]
    values = {"entry": Match(regex=(entry_of([lines.text(index) for index in entries]),)), "max_share": share}
    return f"List of entries such as {quoted}", why, values, ("params.min-entries", "limits.max-share"), entries


_SECTION_KEYS = ("limits.max-lines", "limits.max-share")
_MAKERS = {
    "line": _line,
    "keep": _keep,
    "licence": _licence,
    "head": _head,
    "tail": _tail,
    "between": _between,
    "listing": _listing,
}


def _limits(lines: Lines, cut: Sequence[int]) -> dict[str, int]:
    """Limits of a section: half as much again as was seen. The share, in thousandths, is 300 to 900 in steps of 50."""
    document = lines.document
    chars = sum(document.bounds[index].next - document.bounds[index].start for index in cut)
    share = 1500 * chars // max(1, len(document.text))
    return {"max_lines": len(cut) + max(3, len(cut) // 2), "max_share": min(900, max(300, (share + 49) // 50 * 50))}


_WHERE_WORDS = {
    "anywhere": "among its lines",
    "before-body": "above the text",
    "after-body": "below the text",
    "outside-body": "above and below the text",
}


def where_of(lines: Lines) -> str:
    """Where the lines stand: outside the running text, on which side, or `anywhere`. O(lines of the document)."""
    about = {lines.document.keys[index] for index in lines.filled}
    running = [
        index for index, flag in enumerate(lines.document.running) if flag and lines.document.keys[index] not in about
    ]
    if not running:
        return "anywhere"
    above = any(index < running[0] for index in lines.filled)
    below = any(index > running[-1] for index in lines.filled)
    if any(running[0] < index < running[-1] for index in lines.filled):
        return "anywhere"
    return "outside-body" if above and below else "before-body" if above else "after-body"


# --- words -----------------------------------------------------------------------------------------------------------


def slug_of(text: str) -> str:
    """The first Latin words of a text as an id; empty where it has none.

    >>> slug_of("Share this story with Zoë!"), slug_of("分享到：")
    ('share-this-story-with', '')
    """
    plain = unicodedata.normalize("NFKD", fold(text)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z]+", plain.replace("'", ""))[:_ID_WORDS]
    slug = "-".join(words)[:_ID_CHARS].strip("-")
    return slug if len(slug) > 1 else ""


def free_id(slug: str, taken: Collection[str]) -> str:
    """The slug, with the first number that makes it free."""
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"


def quoted_line(line: str) -> str:
    bare = " ".join(line.split())
    return f'"{bare if len(bare) <= _QUOTED_CHARS else bare[: _QUOTED_CHARS - 1] + "…"}"'


def over_defaults(draft: Draft, defaults: Collection[str]) -> Draft:
    """The draft with every key written out that [defaults] of its file would change."""
    return replace(draft, written=tuple(dict.fromkeys((*draft.written, *defaults))))
