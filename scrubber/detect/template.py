"""Lines that most documents of a group share: findings of `template` rules.

What is shared was counted over the whole dump before (`corpus.line_counts`), and is the same in every pass and in every
worker. Without such counts there is no detector, and the rules are silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrubber.corpus.line_counts import SharedLines, number_of
from scrubber.corpus.template_lines import Floor, TemplateLine, counted_group, group_of, template_lines
from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Evidence, Finding
from scrubber.rules.schema import TemplateRule

_PLACES = {"head": "above their text", "tail": "below their text", "": "somewhere"}


class TemplateDetector:
    """Findings of `template` rules: a run of lines each, blank lines aside."""

    def __init__(self, rules: Sequence[TemplateRule], shared: SharedLines) -> None:
        self.rules = tuple(rules)
        self.shared = shared

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Runs of shared lines that nothing protects. O(lines) a rule."""
        for rule in self.rules:
            group = counted_group(scan.document, rule.group)
            floor = Floor(rule.min_documents, rule.share)
            lines = [
                line
                for line in template_lines(scan.document, group, self.shared, floor)
                if (line.edge or rule.zone == "anywhere")
                and not (rule.action is Action.REMOVE and scan.protected[line.line])
            ]
            size = self.shared.documents(number_of(group, ""))
            for run in _runs(scan, lines):
                yield _finding(scan, rule, run, size)


def _runs(scan: Scan, lines: Sequence[TemplateLine]) -> Iterator[list[TemplateLine]]:
    """Lines of one edge that only blank lines part."""
    run: list[TemplateLine] = []
    for line in lines:
        if run and (line.edge != run[-1].edge or not all(scan.document.blank[run[-1].line + 1 : line.line])):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _finding(scan: Scan, rule: TemplateRule, run: Sequence[TemplateLine], size: int) -> Finding:
    document = scan.document
    fewest = min(line.documents for line in run)
    name = group_of(document, rule.group)
    where = f" of {name}" if name else ""
    each = "this line" if len(run) == 1 else "each of these lines"
    first = document.span_of(run[0].line, run[0].line)
    return Finding(
        rule=rule.info,
        span=document.span_of(run[0].line, run[-1].line),
        action=rule.action,
        confidence=rule.confidence,
        evidence=Evidence(
            f"{fewest:,} of {size:,} documents{where} hold {each} {_PLACES[run[0].edge]}",
            (("documents", str(fewest)), ("group", str(size))),
        ),
        score=min(1000, fewest * 1000 // max(1, size)),
        anchor=first,
    )
