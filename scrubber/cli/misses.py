"""Rules that nearly apply to a line, and why each does not: for `explain`, which must answer "why is this still here?".

A miss is a rule whose pattern hits, but a condition of which does not hold; a section or a listing that the line would
belong to, had it been accepted; or a copy that stays because another one went. The nearest come first: those with the
fewest conditions unmet, a line's own rule before the section around it. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.near_copies import NearCopies
from scrubber.cli.near_sections import NearSections
from scrubber.cli.near_statistic import NearStatistic
from scrubber.detect import Scan
from scrubber.model import CleanResult
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import (
    FRAME_WHERE,
    KeepRule,
    LicenceRule,
    LineRule,
    RepeatRule,
    Rule,
    StatisticRule,
    leans_on_others,
)
from scrubber.text.lines import trim
from scrubber.text.wording import Wording

#: So many misses are named for each line of a file, and for the one line that was asked for.
MAX_MISSES, MAX_MISSES_ASKED = 3, 12
#: A wording that a line shares so much of (thousandths) is near, though not near enough for its rule.
_NEAR_WORDING = 600
#: A line so many times as long as a rule takes is near it; what is longer is named for the line asked for only.
_NEAR_LENGTH = 4
#: No line is longer, in code points.
_ANY_LENGTH = 1 << 40
#: Distances of misses that are not counted in unmet conditions: each is further than one unmet condition.
_SECTION, _COPY, _WORDING, _NEIGHBOURS = 2, 2, 3, 9


class Miss(Struct, frozen=True):
    """A rule that nearly applies: its id, and why it does not, to be read behind the id."""

    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}, {self.reason}"


class Misses:
    """The misses in one text. Line indexes are those of that text; reasons name lines by their `numbers`.

    `result` is what became of the document, `scan` the text under the same rules: as it was read, or what is left of
    it, whose last pass had to find nothing. `numbers` are the numbers of its lines in the text as read.
    """

    def __init__(self, result: CleanResult, scan: Scan, numbers: Sequence[int]) -> None:
        self.scan = scan
        self.document = scan.document
        self.numbers = numbers
        self._hits_of_any_length: dict[int, frozenset[int]] = {}
        self._sections = NearSections(result, scan, numbers)
        self._copies = NearCopies(result, scan, numbers)
        self._statistic = NearStatistic(scan)

    def of(self, index: int, *, known: Collection[str] = (), asked: bool = False) -> tuple[list[Miss], int]:
        """The nearest misses of one line, and how many more there are. O(rules).

        `known` are rules whose verdict on the line is told already. `asked`: more of them, and rules too that judge a
        line by its neighbours, whose patterns hit nearly any line.
        """
        if self.document.blank[index]:
            return [], 0
        found: list[tuple[int, int, Miss]] = []
        for place, rule in enumerate(self.scan.compiled.ruleset.rules):
            if rule.id in known or (leans_on_others(rule) and not asked):
                continue
            near = self._near(rule, index, asked)
            if near is not None:
                found.append((near[0], place, Miss(rule.id, near[1])))
        found.sort(key=lambda item: item[:2])
        most = MAX_MISSES_ASKED if asked else MAX_MISSES
        return [miss for _, _, miss in found[:most]], max(0, len(found) - most)

    def of_keepers(self, index: int) -> list[Miss]:
        """Keep rules that nearly protect a line that went. O(rules)."""
        return [
            Miss(rule.id, "; ".join(reasons))
            for rule in self.scan.compiled.ruleset.rules
            if isinstance(rule, KeepRule)
            and self._hits(rule, "match", index)
            and (reasons := list(self._unmet(rule, index)))
        ]

    def _near(self, rule: Rule, index: int, asked: bool) -> tuple[int, str] | None:
        """How far the rule is from the line, and why."""
        if isinstance(rule, LineRule | LicenceRule):
            if not asked and self._length(index) > _NEAR_LENGTH * rule.max_chars:
                return None
            return self._near_line(rule, index)
        if isinstance(rule, RepeatRule):
            reason = self._copies.reason(rule, index)
            return (_COPY, reason) if reason else None
        if isinstance(rule, StatisticRule):
            reason = self._statistic.reason(index, asked=asked)
            return (_SECTION, reason) if reason else None
        reason = self._sections.reason(rule, index)
        return (_SECTION, reason) if reason else None

    def _near_line(self, rule: LineRule | LicenceRule, index: int) -> tuple[int, str] | None:
        score = self._wording_score(rule, index) if isinstance(rule, LicenceRule) else 0
        reasons = list(self._unmet(rule, index))
        if not self._hits(rule, "match", index):
            if not isinstance(rule, LicenceRule) or score < _NEAR_WORDING:
                return None
            if score < rule.similarity:
                reasons.insert(0, f"wants {_percent(rule.similarity)} of its wording, has {_percent(score)}")
                return _WORDING, "; ".join(reasons)
        if leans_on_others(rule):
            reasons.append(_neighbours_wanted(rule))
            return _NEIGHBOURS, "; ".join(reasons)
        if not reasons:
            return 1, "whose conditions hold, but not together with the other cuts"
        return len(reasons), "; ".join(reasons)

    def _length(self, index: int) -> int:
        return len(trim(self.document.line_texts[index]))

    def _hits(self, rule: LineRule | LicenceRule | KeepRule, name: str, index: int) -> bool:
        """Whether a matcher of the rule hits the line, however long that is: a scan asks up to the rule's length."""
        if self._length(index) <= rule.max_chars:
            return self.scan.matches(rule, name, index)
        if index not in self._hits_of_any_length:
            line = self.document.line_texts[index], self.document.keys[index]
            self._hits_of_any_length[index] = self._of_any_length.hits(*line)
        return self._of_any_length.matcher(rule, name) in self._hits_of_any_length[index]

    @cached_property
    def _of_any_length(self) -> CompiledRules:
        """The same rules about lines, their limits of length left out."""
        ruleset = self.scan.compiled.ruleset
        rules = tuple(
            replace(rule, max_chars=_ANY_LENGTH)
            for rule in ruleset.rules
            if isinstance(rule, LineRule | LicenceRule | KeepRule)
        )
        return CompiledRules(ruleset.with_rules(rules))

    def _wording_score(self, rule: LicenceRule, index: int) -> int:
        """How close the line comes to the nearest wording, in thousandths."""
        key = self.document.keys[index]
        if len(self.document.line_texts[index]) > rule.max_chars:
            return 0
        forms = (Wording.of(wording) for wording in rule.wording)
        return max((form.score(key) for form in forms if form.may_match(key)), default=0)

    def _unmet(self, rule: LineRule | LicenceRule | KeepRule, index: int) -> Iterator[str]:
        """Conditions of the rule that do not hold on a line that its pattern hits."""
        scan = self.scan
        length = self._length(index)
        if length > rule.max_chars:
            yield f"wants {rule.max_chars:,} characters or fewer, has {length:,}"
        if self._hits(rule, "unless", index):
            yield "but its `unless` hits the line too"
        if isinstance(rule, KeepRule):
            return
        quiet = scan.quiet_line(rule)
        if quiet >= 0:
            yield f"but line {self.numbers[quiet]:,} speaks of such lines, and keeps the rule quiet"
        if isinstance(rule, LineRule):
            yield from self._unmet_by_others(rule, index)
        elif self._inside_paragraph(index):
            yield "but the line is part of a longer paragraph"
        if scan.spares(rule, index):
            heading = next((line for line in scan.headings if scan.matches(rule, "topic", line)), index)
            yield f"but line {self.numbers[heading]:,} says that the document is about such lines"
        if rule.where not in FRAME_WHERE and not scan.zone(rule.where)(index):
            yield f"acts {_ZONES[rule.where]} only{self._body(rule.where)}"

    def _unmet_by_others(self, rule: LineRule, index: int) -> Iterator[str]:
        """Conditions about the other lines of the document."""
        scan = self.scan
        copies = scan.copies[self.document.keys[index]]
        if copies < rule.copies:
            yield f"wants the line {rule.copies:,} times in the document, found {copies:,}"
        needed = len(scan.lines_hit(scan.compiled.matcher(rule, "needs")))
        if rule.needs and needed < rule.needs_lines:
            yield f"wants {rule.needs_lines:,} lines in the document that its `needs` hits, found {needed:,}"
        above = scan.lines_hit(scan.compiled.matcher(rule, "above"))
        if rule.above and (not above or index >= above[0]):
            yield "wants to stand above a line that its `above` hits"
        below = scan.lines_hit(scan.compiled.matcher(rule, "below"))
        if rule.below and (not below or index <= below[-1]):
            yield "wants to stand below a line that its `below` hits"
        if rule.under and index not in scan.listed_under(rule, [index]):
            yield "wants to stand in a list under a line that its `under` hits"

    def _inside_paragraph(self, index: int) -> bool:
        """Whether the line stands in a hard-wrapped paragraph that is more than chrome, as licence rules see it."""
        document = self.document
        if document.paragraphs_by_line:
            return False
        beside: Sequence[int] = [index - 1, index + 1]
        return any(
            0 <= other < len(document.bounds) and not document.blank[other] and not self.scan.chrome[other]
            for other in beside
        )

    def _body(self, where: str) -> str:
        return self._body_words if where.endswith("-body") else ""

    @cached_property
    def _body_words(self) -> str:
        first, last = self.scan.body
        return f" (here lines {self.numbers[first]:,} to {self.numbers[last]:,})" if first <= last else ""


def _neighbours_wanted(rule: Rule) -> str:
    if not isinstance(rule, LineRule):
        return ""
    if rule.enclosed:
        return f"wants {rule.enclosed:,} such lines or fewer between two lines that other rules cut"
    if rule.where == "below-text":
        return "acts below the text and below a line there that other rules cut"
    if rule.where == "beside-chrome":
        return "acts beside lines that other rules cut only, above the title or below the text"
    if rule.where == "below-title":
        return "acts between a title that is told for sure and the text only"
    if rule.where == "contents":
        return "acts in a table of contents only, whose entries stand further down as headings"
    if rule.where == "menu":
        return "acts in a menu above the text only, whose names share no word with it"
    return "acts in the navigation above the title only"


def _percent(thousandths: int) -> str:
    whole, tenth = divmod(thousandths, 10)
    return f"{whole}.{tenth} %" if tenth else f"{whole} %"


_ZONES = {
    "anywhere": "anywhere",
    "head": "in the first quarter of the lines",
    "tail": "in the last quarter of the lines",
    "before-body": "above the running text",
    "after-body": "below the running text",
    "outside-body": "above or below the running text",
}
