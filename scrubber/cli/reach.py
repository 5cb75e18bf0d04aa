"""How far a rule reaches: what it would cut (or protect) in texts, run alone. Refuses to change any of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from scrubber.cli.account import account_for, tell_failures
from scrubber.cli.options import RunOptions
from scrubber.cli.running import collected, run_tasks, tasks_for
from scrubber.cli.session import Session
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import setup_for
from scrubber.engine.clean import Cleaner
from scrubber.model import CleanResult, Document, Outcome
from scrubber.report.layout import count_words
from scrubber.rules.draft_examples import NearLines
from scrubber.rules.schema import Ruleset

#: So many places are named one by one.
PLACES_SHOWN = 10
#: So much of a line is shown, in code points.
_SHOWN_CHARS = 80
_HELD = (Outcome.FLAGGED, Outcome.LIMITED)


class Reach(Struct):
    """What one rule does to documents. `keeps`: it protects lines instead of cutting them."""

    keeps: bool
    documents: int = 0
    documents_hit: int = 0
    lines: int = 0
    held: int = 0
    places: list[tuple[str, int, str]] = field(default_factory=list)
    failures: int = 0

    def add_document(self, name: str, cleaner: Cleaner, document: Document, near: NearLines) -> None:
        """Count one document under a cleaner with the rule alone."""
        self.add(name, cleaner.clean(document), cleaner, near)

    def add(self, name: str, result: CleanResult, cleaner: Cleaner, near: NearLines) -> None:
        """Count one cleaned document, and look in it for lines near to the rule's. O(its size)."""
        document = result.document
        if self.keeps:
            hit = [index for index, flag in enumerate(cleaner.scan(document).protected) if flag]
            starts = hit
        else:
            verdicts = result.plan.verdicts
            removed = [verdict.finding.span for verdict in verdicts if verdict.outcome is Outcome.REMOVED]
            self.held += sum(verdict.outcome in _HELD for verdict in verdicts)
            starts = [document.line_at(span.start) for span in removed]
            lines = sorted({index for span in removed for index in range(*_range(document.lines_of(span)))})
            hit = [index for index in lines if not document.blank[index]]
        self.documents += 1
        self.documents_hit += bool(hit)
        self.lines += len(hit)
        room = PLACES_SHOWN - len(self.places)
        self.places += [(name, index + 1, document.line_texts[index]) for index in starts[:room]]
        near.look(document, name, set(hit))

    def rows(self, rule_id: str, where: str) -> Iterator[str]:
        """What to say of it, a line each."""
        does = "protects" if self.keeps else "cuts"
        documents = count_words(self.documents, "document")
        yield f"{rule_id} {does} {count_words(self.lines, 'line')} in {self.documents_hit:,} of {documents} ({where})"
        for name, number, text in self.places:
            bare = text.strip()
            yield f"  {name}:{number}: {bare if len(bare) <= _SHOWN_CHARS else bare[: _SHOWN_CHARS - 1] + '…'}"
        if self.held:
            yield f"  {count_words(self.held, 'finding')} held back by limits; `scrubber diff` shows them"


def _range(lines: tuple[int, int]) -> tuple[int, int]:
    return lines[0], lines[1] + 1


def reach_over(session: Session, near: NearLines, messages: Messages) -> Reach:
    """The reach of a session's only rule over the session's inputs. What cannot be read is told and passed over."""
    rule = session.ruleset.rules[0]
    reach = Reach(rule.kind == "keep")
    cleaner = Cleaner(Ruleset((rule,)))
    found = collected(session.scene, None, force_exclude=False)
    account = account_for(session)
    finished = run_tasks(
        tasks_for(found), setup_for(session), account, RunOptions(), messages, label="reading", bar_allowed=True
    )
    for done in finished:
        if done.result is not None:
            reach.add(done.input.name, done.result, cleaner, near)
    reach.failures = len(account.failures)
    tell_failures(account, messages)
    return reach
