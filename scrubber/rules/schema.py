"""The rule kinds: one frozen dataclass each, and the keys a rule file may hold for it.

This is the one source for the loader (which keys, which types, what is missing), for `rules show`, for error
messages and for the reference page. A field's `Key` says where the value stands in the rule's table
(`limits.max-chars`), what it must be, and what it means. Shares, thresholds and similarities are written as decimal
fractions and held as integers in thousandths, because whatever decides must be exact (see docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar

from scrubber.model.finding import Action, Confidence, RuleInfo
from scrubber.rules.keys import MATCH_FORMS as MATCH_FORMS
from scrubber.rules.keys import NO_MATCH as NO_MATCH
from scrubber.rules.keys import Key as Key
from scrubber.rules.keys import Match as Match
from scrubber.rules.keys import key as _key
from scrubber.rules.ruleset import Ruleset as Ruleset
from scrubber.rules.ruleset import RuleSetInfo as RuleSetInfo

#: Where in a document a rule may act. The last four need the body: the lines from the first to the last line of
#: running text that no rule hits. A document without running text has as body all lines between its opening and
#: its closing run of lines that rules hit.
WHERE = (
    "anywhere",
    "head",
    "tail",
    "above-title",
    "menu",
    "below-text",
    "contents",
    "before-body",
    "after-body",
    "outside-body",
)

#: The frame round the text is told by the lines that other rules, licence rules among them, cut.
FRAME_WHERE = ("above-title", "menu", "below-text", "contents")
_WHERE_OF_LICENCES = tuple(place for place in WHERE if place not in FRAME_WHERE)

_WHERE_DOC = (
    "Where the line may stand: anywhere; head or tail (first or last quarter of the lines); before-body, after-body "
    "or outside-body (above the first, below the last, or on either side of the running text); above-title (in the "
    "navigation above the first heading that shares words with the text, or in a menu right above it); menu (above the text, "
    "among lines that other rules cut or the rule's `needs` hits, and without a word of the text); below-text (below the "
    "text and below a line there that other rules cut); contents (in a table of contents, whose entries stand further down as headings)."
)

_UNDER_DOC = (
    "Only below running text, in the list under a line that matches this: no running text stands between the two, nor "
    "right below the line, but lines that the rule hits."
)
_QUIET_DOC = "Where a line that the rule does not hit says this, the document is about such lines: the rule is silent."
_NEEDS_DOC = "The rule acts only in a document that holds lines which match this, as a thread holds member lines."
_TOPIC_DOC = (
    "Where a heading above the text says this, the document is about such lines: those that are running text stay."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text inside a rule file with what the rule must make of it.

    `removes` holds line numbers (empty: nothing may change), `clean` the whole text that must come out; one of the
    two is set. `known_gap` marks what must fail for now.
    """

    name: str
    text: str
    removes: tuple[int, ...] | None = None
    clean: str | None = None
    known_gap: bool = False
    declared_at: str = ""

    @property
    def cuts(self) -> bool:
        """Whether the example says that something goes."""
        return bool(self.removes) or (self.clean is not None and self.clean.strip() != self.text.strip())


@dataclass(frozen=True, slots=True)
class Rule:
    """What all kinds share."""

    kind: ClassVar[str] = ""
    default_action: ClassVar[Action] = Action.REMOVE

    info: RuleInfo
    examples: tuple[Example, ...] = ()
    aliases: tuple[str, ...] = ()
    confidence: Confidence = _key(
        "confidence", "choice", "How sure a finding is: certain, likely or possible.",
        Confidence.LIKELY, choices=("certain", "likely", "possible"),
    )  # fmt: skip
    fold: str = _key(
        "fold", "choice", "loose: lines are compared after NFKC, case and spaces; exact: as written, ends trimmed.",
        "loose", choices=("loose", "exact"),
    )  # fmt: skip
    action: Action = _key(
        "action", "choice", "remove, or flag: show it and leave it.", Action.REMOVE, choices=("remove", "flag")
    )

    @property
    def id(self) -> str:
        """The full id, `ruleset/rule`."""
        return self.info.id


@dataclass(frozen=True, slots=True)
class LineRule(Rule):
    """Removes whole lines that match."""

    kind: ClassVar[str] = "line"

    match: Match = _key("match", "match", "What the line says.", NO_MATCH, required=True)
    unless: Match = _key("unless", "match", "What spares the line.", NO_MATCH)
    where: str = _key("where", "choice", _WHERE_DOC, "anywhere", choices=WHERE)
    above: Match = _key("above", "match", "Only above the first line that matches this.", NO_MATCH)
    below: Match = _key("below", "match", "Only below the last line that matches this.", NO_MATCH)
    under: Match = _key("under", "match", _UNDER_DOC, NO_MATCH)
    topic: Match = _key("topic", "match", _TOPIC_DOC, NO_MATCH)
    quiet: Match = _key("quiet", "match", _QUIET_DOC, NO_MATCH)
    needs: Match = _key("needs", "match", _NEEDS_DOC, NO_MATCH)
    needs_lines: int = _key("needs-lines", "integer", "How many such lines the document needs.", 1, least=1)
    enclosed: int = _key(
        "enclosed", "integer",
        "The line must stand, together with fewer than so many others, between two lines that other rules cut; the end "
        "of the document counts as such a line. 0: anywhere.", 0, least=0,
    )  # fmt: skip
    copies: int = _key("copies", "integer", "The line must stand at least so often in the document.", 1, least=1)
    max_chars: int = _key(
        "limits.max-chars", "integer", "Longest line it may cut, in code points as written, ends trimmed.", 200,
        least=1,
    )  # fmt: skip


def needs_corpus(rule: Rule) -> bool:
    """Whether a rule compares documents with each other, so that one text alone shows nothing of it."""
    return isinstance(rule, TemplateRule) or (isinstance(rule, NeardupRule | DuplicateRule) and rule.scope == "corpus")


def leans_on_others(rule: Rule) -> bool:
    """Whether a rule takes what other rules cut as evidence, so that alone it finds nothing."""
    return isinstance(rule, LineRule) and (rule.enclosed > 0 or rule.where in FRAME_WHERE)


@dataclass(frozen=True, slots=True)
class KeepRule(Rule):
    """Protects whole lines that match from every other rule and from every decision."""

    kind: ClassVar[str] = "keep"
    default_action: ClassVar[Action] = Action.KEEP

    match: Match = _key("match", "match", "What the line says.", NO_MATCH, required=True)
    unless: Match = _key("unless", "match", "What takes the protection away.", NO_MATCH)
    max_chars: int = _key(
        "limits.max-chars", "integer", "Longest line it protects, in code points.", 1_000_000, least=1
    )


_SECTION_LINES = "Most lines it may cut, blank ones not counted."
_SECTION_SHARE = "Largest share of the document's characters it may cut."
_ENTRY_DOC = (
    "What the lines of the section look like. Without it: short lines without a sentence end, dated lines, links, "
    "teasers cut off with an ellipsis, and lines that other rules remove."
)


@dataclass(frozen=True, slots=True)
class HeadRule(Rule):
    """Removes everything above a line that opens the article."""

    kind: ClassVar[str] = "head"

    end: Match = _key("end", "match", "The first line that stays.", NO_MATCH, required=True)
    entry: Match = _key("entry", "match", _ENTRY_DOC, NO_MATCH)
    max_lines: int = _key("limits.max-lines", "integer", _SECTION_LINES, 40, least=1)
    max_share: int = _key("limits.max-share", "share", _SECTION_SHARE, 600, least=1, most=1000)


@dataclass(frozen=True, slots=True)
class TailRule(Rule):
    """Removes from a marker line down to the end, if what follows the marker belongs to it."""

    kind: ClassVar[str] = "tail"

    start: Match = _key("start", "match", "The marker line; it goes too.", NO_MATCH, required=True)
    stop: Match = _key("stop", "match", "A line that must survive ends the cut.", NO_MATCH)
    entry: Match = _key("entry", "match", _ENTRY_DOC, NO_MATCH)
    max_lines: int = _key("limits.max-lines", "integer", _SECTION_LINES, 200, least=1)
    max_share: int = _key("limits.max-share", "share", _SECTION_SHARE, 900, least=1, most=1000)


@dataclass(frozen=True, slots=True)
class BetweenRule(Rule):
    """Removes a box inside the text: from its opening line to its closing line, or over its entries."""

    kind: ClassVar[str] = "between"

    start: Match = _key("start", "match", "The opening line; it goes too.", NO_MATCH, required=True)
    end: Match = _key(
        "end", "match", "The closing line; it goes too. Without it the box ends with its last entry.", NO_MATCH
    )
    entry: Match = _key(
        "entry", "match", "What the lines of the box look like. Needed where there is no `end`.", NO_MATCH
    )
    min_entries: int = _key("params.min-entries", "integer", "Fewest entries of a box without `end`.", 1, least=0)
    max_lines: int = _key("limits.max-lines", "integer", _SECTION_LINES, 12, least=1)
    max_share: int = _key("limits.max-share", "share", _SECTION_SHARE, 600, least=1, most=1000)


@dataclass(frozen=True, slots=True)
class RepeatRule(Rule):
    """Removes further copies of a run of lines that stands in the document more than once."""

    kind: ClassVar[str] = "repeat"

    min_lines: int = _key("params.min-lines", "integer", "Fewest lines of a run, blank ones not counted.", 4, least=1)
    min_chars: int = _key("params.min-chars", "integer", "Fewest code points of a run.", 200, least=1)
    similarity: int = _key(
        "params.similarity", "share", "Edit similarity from which two lines with the same numbers are twins.",
        850, least=500, most=1000,
    )  # fmt: skip
    keep: str = _key(
        "params.keep", "choice", "Which copy stays: the one with fewest foreign lines, the first, the longest.",
        "cleanest", choices=("cleanest", "first", "longest"),
    )  # fmt: skip
    among_first: int = _key(
        "params.among-first", "integer",
        "With min-lines = 1: the line that stays is one of so many first lines (chrome not counted). 0: any heading "
        "that shares words with the text.", 0, least=0,
    )  # fmt: skip
    where: str = _key("where", "choice", _WHERE_DOC, "anywhere", choices=WHERE)


@dataclass(frozen=True, slots=True)
class NeardupRule(Rule):
    """Finds paragraphs that nearly repeat another one. Flags by default."""

    kind: ClassVar[str] = "neardup"
    default_action: ClassVar[Action] = Action.FLAG

    scope: str = _key(
        "params.scope", "choice", "Where the other paragraph may stand.", "document", choices=("document", "corpus")
    )
    threshold: int = _key(
        "params.threshold", "share", "Jaccard or edit similarity from which on.", 800, least=300, most=1000
    )
    shingle: str = _key(
        "params.shingle", "choice", "Length of shingles in code points; auto: 3 for Han, kana, hangul, else 5.",
        "auto", choices=("auto", "2", "3", "4", "5", "6", "7", "8"),
    )  # fmt: skip
    min_chars: int = _key("params.min-chars", "integer", "Shortest paragraph, in code points.", 80, least=10)
    keep: str = _key("params.keep", "choice", "Which one stays.", "first", choices=("first", "longest"))
    spare_if: tuple[str, ...] = _key(
        "params.spare-if", "strings", "numbers-differ: two facts, not one, are left alone.", ("numbers-differ",),
        choices=("numbers-differ",),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DuplicateRule(Rule):
    """Finds whole documents that equal or nearly repeat another one of the run. Flags by default.

    They are compared as the other rules leave them. With `remove` the later copy is left out of the outputs; in place it
    is flagged, for no input is ever deleted.
    """

    kind: ClassVar[str] = "duplicate"
    default_action: ClassVar[Action] = Action.FLAG

    scope: str = _key("params.scope", "choice", "Where the other document may stand.", "corpus", choices=("corpus",))
    threshold: int = _key(
        "params.threshold", "share", "Jaccard or edit similarity from which on.", 800, least=500, most=1000
    )
    shingle: str = _key(
        "params.shingle", "choice", "Length of shingles in code points; auto: 3 for Han, kana, hangul, else 5.",
        "auto", choices=("auto", "2", "3", "4", "5", "6", "7", "8"),
    )  # fmt: skip
    min_chars: int = _key("params.min-chars", "integer", "Shortest document, in code points.", 200, least=10)
    keep: str = _key("params.keep", "choice", "Which one stays.", "first", choices=("first", "longest"))
    spare_if: tuple[str, ...] = _key(
        "params.spare-if", "strings",
        "numbers-differ: documents that differ in numbers alone, or fill in one template, are left alone.",
        ("numbers-differ",), choices=("numbers-differ",),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LicenceRule(Rule):
    """Removes a rights statement from the text and keeps it on record in the ledger."""

    kind: ClassVar[str] = "licence"

    wording: tuple[str, ...] = _key(
        "wording", "strings", "Wordings of the statement, with {slots} for what varies.", ()
    )
    match: Match = _key("match", "match", "Forms of the statement, where a wording will not do.", NO_MATCH)
    unless: Match = _key("unless", "match", "What spares the line.", NO_MATCH)
    topic: Match = _key("topic", "match", _TOPIC_DOC, NO_MATCH)
    spdx: str = _key("spdx", "string", "SPDX id of the licence, or NOASSERTION.", "NOASSERTION")
    where: str = _key("where", "choice", _WHERE_DOC, "outside-body", choices=_WHERE_OF_LICENCES)
    similarity: int = _key(
        "params.similarity", "share", "How close the line must come to a wording.", 900, least=500, most=1000
    )
    max_chars: int = _key("params.max-chars", "integer", "Longest line it may cut.", 400, least=1)
    record: bool = _key("params.record", "boolean", "Whether the ledger keeps it as a rights statement.", True)


@dataclass(frozen=True, slots=True)
class ListingRule(Rule):
    """Removes a run of similar entries that reaches the end of the document; it needs no heading.

    Entries are lines that match `entry`; or whatever stands between `label` lines (a kind label after each entry);
    or, with `truncated`, sentences that are all cut off at about one length.
    """

    kind: ClassVar[str] = "listing"

    start: Match = _key("start", "match", "A heading that goes too if it stands right above.", NO_MATCH)
    entry: Match = _key("entry", "match", "What an entry looks like.", NO_MATCH)
    label: Match = _key("label", "match", "The kind label that stands after (or before) each entry.", NO_MATCH)
    truncated: bool = _key("params.truncated", "boolean", "Entries are sentences cut off at about one length.", False)
    min_entries: int = _key("params.min-entries", "integer", "Fewest entries.", 4, least=2)
    density: int = _key(
        "params.density", "share", "Share of the run's lines that must be entries.", 700, least=1, most=1000
    )
    gap: int = _key("params.gap", "integer", "Most lines in a row that are no entries.", 1, least=0)
    max_share: int = _key("limits.max-share", "share", _SECTION_SHARE, 900, least=1, most=1000)


FIXES = ("entities", "control", "zero-width", "spaces", "mojibake", "newlines")


@dataclass(frozen=True, slots=True)
class FixRule(Rule):
    """Replaces residue of conversion instead of removing lines."""

    kind: ClassVar[str] = "fix"
    default_action: ClassVar[Action] = Action.REPLACE

    do: tuple[str, ...] = _key("do", "strings", "What to repair.", (), required=True, choices=FIXES)


@dataclass(frozen=True, slots=True)
class StatisticRule(Rule):
    """Removes lines that a learned model takes for boilerplate, whatever they say.

    The rule's `confidence` is the highest that its findings may have; how sure the model is of each line says the rest.
    """

    kind: ClassVar[str] = "statistic"

    model: str = _key("params.model", "choice", "Which model: the one that scrubber ships.", "builtin",
                      choices=("builtin",))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateRule(Rule):
    """Finds lines that most documents of a group share at their edges. Flags by default; needs more than one document.

    Numbers count as equal. It is silent where fewer documents share a line, and in documents that are copies of others.
    """

    kind: ClassVar[str] = "template"
    default_action: ClassVar[Action] = Action.FLAG

    group: str = _key(
        "params.group", "choice",
        "What makes documents one group: the folder of their id (records: their file), the host of their page, or all.",
        "folder", choices=("folder", "host", "all"),
    )  # fmt: skip
    min_documents: int = _key(
        "params.min-documents", "integer", "Fewest documents of the group that share a line.", 8, least=2
    )
    share: int = _key("params.share", "share", "Smallest share of the group that they are.", 600, least=1, most=1000)
    zone: str = _key(
        "params.zone", "choice", "Only above and below what a document has for itself, or anywhere.", "edges",
        choices=("edges", "anywhere"),
    )  # fmt: skip


KINDS: Mapping[str, type[Rule]] = {
    cls.kind: cls
    for cls in (
        LineRule, KeepRule, HeadRule, TailRule, BetweenRule, RepeatRule, NeardupRule, LicenceRule, ListingRule, FixRule,
        StatisticRule, TemplateRule, DuplicateRule,
    )
}  # fmt: skip


def keys_of(cls: type[Rule]) -> dict[str, tuple[str, Key]]:
    """The keys that a rule of this kind may hold: dotted path to field name and `Key`, in declaration order."""
    found: dict[str, tuple[str, Key]] = {}
    declared: tuple[Field[Any], ...] = fields(cls)
    for item in declared:
        key = item.metadata.get("key")
        if key is not None:
            found[key.path] = (item.name, key)
    return found
