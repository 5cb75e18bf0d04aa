"""The rule kinds: one frozen record each, and the keys a rule file may hold for it.

This is the one source for the loader (which keys, which types, what is missing), for `rules show`, for error
messages and for the reference page. A field's `Key` says where the value stands in the rule's table
(`limits.max-chars`), what it must be, and what it means. Shares, thresholds and similarities are written as decimal
fractions and held as integers in thousandths, because whatever decides must be exact (see docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, get_type_hints

from msgspec import Struct

from scrubber.model.finding import Action, Confidence, RuleInfo
from scrubber.rules.keys import MATCH_FORMS as MATCH_FORMS
from scrubber.rules.keys import NO_MATCH as NO_MATCH
from scrubber.rules.keys import Key as Key
from scrubber.rules.keys import Match as Match
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
    "below-title",
    "menu",
    "below-text",
    "contents",
    "beside-chrome",
    "before-body",
    "after-body",
    "outside-body",
)

#: The frame round the text is told by the lines that other rules, licence rules among them, cut.
FRAME_WHERE = ("above-title", "below-title", "menu", "below-text", "contents", "beside-chrome")
_WHERE_OF_LICENCES = tuple(place for place in WHERE if place not in FRAME_WHERE)

_WHERE_DOC = (
    "Where the line may stand: anywhere; head or tail (first or last quarter of the lines); before-body, after-body "
    "or outside-body (above the first, below the last, or on either side of the running text); above-title (in the "
    "navigation above the first heading that shares words with the text, or in a menu right above it); menu (above the text, "
    "among lines that other rules cut or the rule's `needs` hits, and without a word of the text); below-text (below the "
    "text and below a line there that other rules cut); contents (in a table of contents, whose entries stand further down as headings); "
    "beside-chrome (below the text with nothing right below it but such labels and lines that other rules cut, or above a "
    "title that is told for sure with nothing else right above it); below-title (between a title that is told for sure and the text)."
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


class Example(Struct, frozen=True):
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


class Rule(Struct, frozen=True):
    """What all kinds share."""

    kind: ClassVar[str] = ""
    default_action: ClassVar[Action] = Action.REMOVE

    info: RuleInfo
    examples: tuple[Example, ...] = ()
    aliases: tuple[str, ...] = ()
    confidence: Annotated[
        Confidence,
        Key(
            "confidence",
            "choice",
            "How sure a finding is: certain, likely or possible.",
            choices=("certain", "likely", "possible"),
        ),
    ] = Confidence.LIKELY
    fold: Annotated[
        str,
        Key(
            "fold",
            "choice",
            "loose: lines are compared after NFKC, case and spaces; exact: as written, ends trimmed.",
            choices=("loose", "exact"),
        ),
    ] = "loose"
    action: Annotated[
        Action, Key("action", "choice", "remove, or flag: show it and leave it.", choices=("remove", "flag"))
    ] = Action.REMOVE

    @property
    def id(self) -> str:
        """The full id, `ruleset/rule`."""
        return self.info.id


class LineRule(Rule, frozen=True, kw_only=True):
    """Removes whole lines that match."""

    kind: ClassVar[str] = "line"

    match: Annotated[Match, Key("match", "match", "What the line says.", required=True)] = NO_MATCH
    unless: Annotated[Match, Key("unless", "match", "What spares the line.")] = NO_MATCH
    where: Annotated[str, Key("where", "choice", _WHERE_DOC, choices=WHERE)] = "anywhere"
    above: Annotated[Match, Key("above", "match", "Only above the first line that matches this.")] = NO_MATCH
    below: Annotated[Match, Key("below", "match", "Only below the last line that matches this.")] = NO_MATCH
    under: Annotated[Match, Key("under", "match", _UNDER_DOC)] = NO_MATCH
    topic: Annotated[Match, Key("topic", "match", _TOPIC_DOC)] = NO_MATCH
    quiet: Annotated[Match, Key("quiet", "match", _QUIET_DOC)] = NO_MATCH
    needs: Annotated[Match, Key("needs", "match", _NEEDS_DOC)] = NO_MATCH
    needs_lines: Annotated[int, Key("needs-lines", "integer", "How many such lines the document needs.", least=1)] = 1
    enclosed: Annotated[
        int,
        Key(
            "enclosed",
            "integer",
            "The line must stand, together with fewer than so many others, between two lines that other rules cut; the end "
            "of the document counts as such a line. 0: anywhere.",
            least=0,
        ),
    ] = 0
    copies: Annotated[
        int, Key("copies", "integer", "The line must stand at least so often in the document.", least=1)
    ] = 1
    max_chars: Annotated[
        int,
        Key(
            "limits.max-chars", "integer", "Longest line it may cut, in code points as written, ends trimmed.", least=1
        ),
    ] = 200


def needs_corpus(rule: Rule) -> bool:
    """Whether a rule compares documents with each other, so that one text alone shows nothing of it."""
    return isinstance(rule, TemplateRule) or (isinstance(rule, NeardupRule | DuplicateRule) and rule.scope == "corpus")


def leans_on_others(rule: Rule) -> bool:
    """Whether a rule takes what other rules cut as evidence, so that alone it finds nothing."""
    return isinstance(rule, LineRule) and (rule.enclosed > 0 or rule.where in FRAME_WHERE)


class KeepRule(Rule, frozen=True, kw_only=True):
    """Protects whole lines that match from every other rule and from every decision."""

    kind: ClassVar[str] = "keep"
    default_action: ClassVar[Action] = Action.KEEP

    match: Annotated[Match, Key("match", "match", "What the line says.", required=True)] = NO_MATCH
    unless: Annotated[Match, Key("unless", "match", "What takes the protection away.")] = NO_MATCH
    max_chars: Annotated[
        int, Key("limits.max-chars", "integer", "Longest line it protects, in code points.", least=1)
    ] = 1_000_000


_SECTION_LINES = "Most lines it may cut, blank ones not counted."
_SECTION_SHARE = "Largest share of the document's characters it may cut."
_ENTRY_DOC = (
    "What the lines of the section look like. Without it: short lines without a sentence end, dated lines, links, "
    "teasers cut off with an ellipsis, and lines that other rules remove."
)


class HeadRule(Rule, frozen=True, kw_only=True):
    """Removes everything above a line that opens the article."""

    kind: ClassVar[str] = "head"

    end: Annotated[Match, Key("end", "match", "The first line that stays.", required=True)] = NO_MATCH
    entry: Annotated[Match, Key("entry", "match", _ENTRY_DOC)] = NO_MATCH
    max_lines: Annotated[int, Key("limits.max-lines", "integer", _SECTION_LINES, least=1)] = 40
    max_share: Annotated[int, Key("limits.max-share", "share", _SECTION_SHARE, least=1, most=1000)] = 600


class TailRule(Rule, frozen=True, kw_only=True):
    """Removes from a marker line down to the end, if what follows the marker belongs to it."""

    kind: ClassVar[str] = "tail"

    start: Annotated[Match, Key("start", "match", "The marker line; it goes too.", required=True)] = NO_MATCH
    stop: Annotated[Match, Key("stop", "match", "A line that must survive ends the cut.")] = NO_MATCH
    entry: Annotated[Match, Key("entry", "match", _ENTRY_DOC)] = NO_MATCH
    max_lines: Annotated[int, Key("limits.max-lines", "integer", _SECTION_LINES, least=1)] = 200
    max_share: Annotated[int, Key("limits.max-share", "share", _SECTION_SHARE, least=1, most=1000)] = 900


class BetweenRule(Rule, frozen=True, kw_only=True):
    """Removes a box inside the text: from its opening line to its closing line, or over its entries."""

    kind: ClassVar[str] = "between"

    start: Annotated[Match, Key("start", "match", "The opening line; it goes too.", required=True)] = NO_MATCH
    end: Annotated[
        Match, Key("end", "match", "The closing line; it goes too. Without it the box ends with its last entry.")
    ] = NO_MATCH
    entry: Annotated[
        Match, Key("entry", "match", "What the lines of the box look like. Needed where there is no `end`.")
    ] = NO_MATCH
    min_entries: Annotated[
        int, Key("params.min-entries", "integer", "Fewest entries of a box without `end`.", least=0)
    ] = 1
    max_lines: Annotated[int, Key("limits.max-lines", "integer", _SECTION_LINES, least=1)] = 12
    max_share: Annotated[int, Key("limits.max-share", "share", _SECTION_SHARE, least=1, most=1000)] = 600


class RepeatRule(Rule, frozen=True, kw_only=True):
    """Removes further copies of a run of lines that stands in the document more than once."""

    kind: ClassVar[str] = "repeat"

    min_lines: Annotated[
        int, Key("params.min-lines", "integer", "Fewest lines of a run, blank ones not counted.", least=1)
    ] = 4
    min_chars: Annotated[int, Key("params.min-chars", "integer", "Fewest code points of a run.", least=1)] = 200
    similarity: Annotated[
        int,
        Key(
            "params.similarity",
            "share",
            "Edit similarity from which two lines with the same numbers are twins.",
            least=500,
            most=1000,
        ),
    ] = 850
    keep: Annotated[
        str,
        Key(
            "params.keep",
            "choice",
            "Which copy stays: the one with fewest foreign lines, the first, the longest.",
            choices=("cleanest", "first", "longest"),
        ),
    ] = "cleanest"
    among_first: Annotated[
        int,
        Key(
            "params.among-first",
            "integer",
            "With min-lines = 1: the line that stays is one of so many first lines (chrome not counted). 0: any heading "
            "that shares words with the text.",
            least=0,
        ),
    ] = 0
    where: Annotated[str, Key("where", "choice", _WHERE_DOC, choices=WHERE)] = "anywhere"


class NeardupRule(Rule, frozen=True, kw_only=True):
    """Finds paragraphs that nearly repeat another one. Flags by default."""

    kind: ClassVar[str] = "neardup"
    default_action: ClassVar[Action] = Action.FLAG

    scope: Annotated[
        str, Key("params.scope", "choice", "Where the other paragraph may stand.", choices=("document", "corpus"))
    ] = "document"
    threshold: Annotated[
        int, Key("params.threshold", "share", "Jaccard or edit similarity from which on.", least=300, most=1000)
    ] = 800
    shingle: Annotated[
        str,
        Key(
            "params.shingle",
            "choice",
            "Length of shingles in code points; auto: 3 for Han, kana, hangul, else 5.",
            choices=("auto", "2", "3", "4", "5", "6", "7", "8"),
        ),
    ] = "auto"
    min_chars: Annotated[int, Key("params.min-chars", "integer", "Shortest paragraph, in code points.", least=10)] = 80
    keep: Annotated[str, Key("params.keep", "choice", "Which one stays.", choices=("first", "longest"))] = "first"
    spare_if: Annotated[
        tuple[str, ...],
        Key(
            "params.spare-if",
            "strings",
            "numbers-differ: two facts, not one, are left alone.",
            choices=("numbers-differ",),
        ),
    ] = ("numbers-differ",)


class DuplicateRule(Rule, frozen=True, kw_only=True):
    """Finds whole documents that equal or nearly repeat another one of the run. Flags by default.

    They are compared as the other rules leave them. With `remove` the later copy is left out of the outputs; in place it
    is flagged, for no input is ever deleted.
    """

    kind: ClassVar[str] = "duplicate"
    default_action: ClassVar[Action] = Action.FLAG

    scope: Annotated[str, Key("params.scope", "choice", "Where the other document may stand.", choices=("corpus",))] = (
        "corpus"
    )
    threshold: Annotated[
        int, Key("params.threshold", "share", "Jaccard or edit similarity from which on.", least=500, most=1000)
    ] = 800
    shingle: Annotated[
        str,
        Key(
            "params.shingle",
            "choice",
            "Length of shingles in code points; auto: 3 for Han, kana, hangul, else 5.",
            choices=("auto", "2", "3", "4", "5", "6", "7", "8"),
        ),
    ] = "auto"
    min_chars: Annotated[int, Key("params.min-chars", "integer", "Shortest document, in code points.", least=10)] = 200
    keep: Annotated[str, Key("params.keep", "choice", "Which one stays.", choices=("first", "longest"))] = "first"
    spare_if: Annotated[
        tuple[str, ...],
        Key(
            "params.spare-if",
            "strings",
            "numbers-differ: documents that differ in numbers alone, or fill in one template, are left alone.",
            choices=("numbers-differ",),
        ),
    ] = ("numbers-differ",)


class LicenceRule(Rule, frozen=True, kw_only=True):
    """Removes a rights statement from the text and keeps it on record in the ledger."""

    kind: ClassVar[str] = "licence"

    wording: Annotated[
        tuple[str, ...], Key("wording", "strings", "Wordings of the statement, with {slots} for what varies.")
    ] = ()
    match: Annotated[Match, Key("match", "match", "Forms of the statement, where a wording will not do.")] = NO_MATCH
    unless: Annotated[Match, Key("unless", "match", "What spares the line.")] = NO_MATCH
    topic: Annotated[Match, Key("topic", "match", _TOPIC_DOC)] = NO_MATCH
    quiet: Annotated[Match, Key("quiet", "match", _QUIET_DOC)] = NO_MATCH
    spdx: Annotated[str, Key("spdx", "string", "SPDX id of the licence, or NOASSERTION.")] = "NOASSERTION"
    where: Annotated[str, Key("where", "choice", _WHERE_DOC, choices=_WHERE_OF_LICENCES)] = "outside-body"
    similarity: Annotated[
        int, Key("params.similarity", "share", "How close the line must come to a wording.", least=500, most=1000)
    ] = 900
    max_chars: Annotated[int, Key("params.max-chars", "integer", "Longest line it may cut.", least=1)] = 400
    record: Annotated[bool, Key("params.record", "boolean", "Whether the ledger keeps it as a rights statement.")] = (
        True
    )


class ListingRule(Rule, frozen=True, kw_only=True):
    """Removes a run of similar entries that reaches the end of the document; it needs no heading.

    Entries are lines that match `entry`; or whatever stands between `label` lines (a kind label after each entry);
    or, with `truncated`, sentences that are all cut off at about one length.
    """

    kind: ClassVar[str] = "listing"

    start: Annotated[Match, Key("start", "match", "A heading that goes too if it stands right above.")] = NO_MATCH
    entry: Annotated[Match, Key("entry", "match", "What an entry looks like.")] = NO_MATCH
    label: Annotated[Match, Key("label", "match", "The kind label that stands after (or before) each entry.")] = (
        NO_MATCH
    )
    truncated: Annotated[
        bool, Key("params.truncated", "boolean", "Entries are sentences cut off at about one length.")
    ] = False
    min_entries: Annotated[int, Key("params.min-entries", "integer", "Fewest entries.", least=2)] = 4
    density: Annotated[
        int, Key("params.density", "share", "Share of the run's lines that must be entries.", least=1, most=1000)
    ] = 700
    gap: Annotated[int, Key("params.gap", "integer", "Most lines in a row that are no entries.", least=0)] = 1
    max_share: Annotated[int, Key("limits.max-share", "share", _SECTION_SHARE, least=1, most=1000)] = 900


FIXES = ("entities", "control", "zero-width", "spaces", "mojibake", "newlines")


class FixRule(Rule, frozen=True, kw_only=True):
    """Replaces residue of conversion instead of removing lines."""

    kind: ClassVar[str] = "fix"
    default_action: ClassVar[Action] = Action.REPLACE

    do: Annotated[tuple[str, ...], Key("do", "strings", "What to repair.", required=True, choices=FIXES)] = ()


class StatisticRule(Rule, frozen=True, kw_only=True):
    """Removes lines that a learned model takes for boilerplate, whatever they say.

    The rule's `confidence` is the highest that its findings may have; how sure the model is of each line says the rest.
    """

    kind: ClassVar[str] = "statistic"

    model: Annotated[
        str, Key("params.model", "choice", "Which model: the one that scrubber ships.", choices=("builtin",))
    ] = "builtin"


class TemplateRule(Rule, frozen=True, kw_only=True):
    """Finds lines that most documents of a group share at their edges. Flags by default; needs more than one document.

    Numbers count as equal. It is silent where fewer documents share a line, and in documents that are copies of others.
    """

    kind: ClassVar[str] = "template"
    default_action: ClassVar[Action] = Action.FLAG

    group: Annotated[
        str,
        Key(
            "params.group",
            "choice",
            "What makes documents one group: the folder of their id (records: their file), the host of their page, or all.",
            choices=("folder", "host", "all"),
        ),
    ] = "folder"
    min_documents: Annotated[
        int, Key("params.min-documents", "integer", "Fewest documents of the group that share a line.", least=2)
    ] = 8
    share: Annotated[
        int, Key("params.share", "share", "Smallest share of the group that they are.", least=1, most=1000)
    ] = 600
    zone: Annotated[
        str,
        Key(
            "params.zone",
            "choice",
            "Only above and below what a document has for itself, or anywhere.",
            choices=("edges", "anywhere"),
        ),
    ] = "edges"


KINDS: Mapping[str, type[Rule]] = {
    cls.kind: cls
    for cls in (
        LineRule, KeepRule, HeadRule, TailRule, BetweenRule, RepeatRule, NeardupRule, LicenceRule, ListingRule, FixRule,
        StatisticRule, TemplateRule, DuplicateRule,
    )
}  # fmt: skip


@cache
def keys_of(cls: type[Rule]) -> Mapping[str, tuple[str, Key]]:
    """The keys that a rule of this kind may hold: dotted path to field name and `Key`, in declaration order."""
    hints = get_type_hints(cls, include_extras=True)
    keys = ((name, key) for name in cls.__struct_fields__ for key in getattr(hints[name], "__metadata__", ()))
    return {key.path: (name, key) for name, key in keys}


def defaults_of(cls: type[Rule]) -> dict[str, Any]:
    """The fields of a kind that a rule file may leave out, with what they then are."""
    names, defaults = cls.__struct_fields__, cls.__struct_defaults__
    return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
