"""What has happened in a run: counts, failures, decisions that met nothing; and saying so."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from scrubber.cli.inputs import Inputs
from scrubber.cli.options import FailOn
from scrubber.cli.session import Session
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Done
from scrubber.cli.unused import DecisionWatch
from scrubber.cli.work import APPLIED
from scrubber.errors import Failure
from scrubber.report import RunEnd, Tally
from scrubber.report.hunks import hunks
from scrubber.report.layout import count_words
from scrubber.rules.decisions import Decisions

#: So many failures are listed one by one; `--verbose` lists them all.
_FAILURES_LISTED = 20


class Account(Struct):
    """What has happened in a run so far."""

    #: Whether to look for hunks, as a report would show them; `clean` need not know.
    hunks_wanted: bool = False
    #: Looks out for recorded decisions, which should meet something.
    watch: DecisionWatch = field(default_factory=lambda: DecisionWatch(Decisions(), {}))
    tally: Tally = field(default_factory=Tally)
    failures: list[Failure] = field(default_factory=list)
    skipped: list[Failure] = field(default_factory=list)
    #: Members of archives that were not read, by the reason.
    passed: Counter[str] = field(default_factory=Counter)
    taken_over: int = 0
    written: int = 0
    #: Whether all of the inputs was looked at: no sample, and not cut short.
    whole: bool = True
    #: How often an input was begun anew because the worker died that had it.
    second_trials: int = 0
    #: Documents that a report shows a hunk of, and those of which `clean` would change something.
    documents_shown: int = 0
    documents_changed: int = 0

    def add(self, done: Done) -> None:
        """Count one input."""
        self.taken_over += done.taken_over
        self.written += done.written
        if done.failure is not None:
            (self.skipped if done.skipped else self.failures).append(done.failure)
            if not done.skipped:
                self.tally.fail(done.failure)
        if done.result is not None:
            self.tally.add(done.result)
            plan = done.result.plan
            applied = bool(plan.edits) or any(verdict.outcome in APPLIED for verdict in plan.verdicts)
            self.documents_changed += applied
            self.documents_shown += self.hunks_wanted and bool(hunks(done.result, context=0))
            self.watch.see(done.result)

    def fails(self, fail_on: FailOn) -> bool:
        """Whether there are findings that `check` fails on."""
        return bool(self.documents_changed if fail_on is FailOn.REMOVE else self.documents_shown)

    def ended(self, *, interrupted: bool = False) -> RunEnd:
        """How the run ended, for reports."""
        return RunEnd(tuple(self.failures), tuple(self.skipped), interrupted)

    def exit_code(self, *, findings: bool) -> int:
        """Inputs that could not be handled outrank findings."""
        if self.failures:
            return 3
        return 1 if findings else 0


def account_for(session: Session, *, hunks_wanted: bool = False) -> Account:
    """An empty account of a run under this session."""
    return Account(hunks_wanted, DecisionWatch(session.decisions, session.ruleset.aliases))


def tell_failures(account: Account, messages: Messages) -> None:
    """Every failure on its own line, on standard error, whatever else is silenced."""
    shown = account.failures if messages.options.verbose else account.failures[:_FAILURES_LISTED]
    for failure in shown:
        messages.error(f"{failure.path}: {failure.message} {failure.hint}".rstrip())
    if len(shown) < len(account.failures):
        more = count_words(len(account.failures) - len(shown), "more failure")
        messages.error(f"... {more}; --verbose lists them all.")


def tell_rest(account: Account, inputs: Inputs, session: Session, messages: Messages) -> None:
    """What was skipped or passed over, and under which rules."""
    for note in inputs.notes:
        messages.say(f"note: {note}")
    scene, failed = session.scene, account.failures + account.skipped
    for unused in account.watch.unused(scene.paths, scene.root, failed, whole=account.whole):
        messages.say(f"note: {unused}")
    if account.watch.done:
        of_them = "their texts are" if account.watch.done > 1 else "its text is"
        messages.detail(f"{count_words(account.watch.done, 'decision')} to remove met nothing: {of_them} gone already.")
    for failure in account.skipped:
        messages.say(f"{failure.path}: {failure.message}")
    if account.second_trials:
        messages.say(
            f"note: a worker process was killed; {count_words(account.second_trials, 'trial')} more were needed."
        )
    nothing = not inputs.inputs and not inputs.failures
    passed_over = Counter(dict(inputs.passed_over)) + account.passed
    if passed_over:
        words = ", ".join(f"{count:,} {what}" for what, count in sorted(passed_over.items()))
        (messages.say if nothing else messages.detail)(f"passed over: {words}")
    elif nothing:
        messages.say("no inputs")
    messages.detail(f"rules: {', '.join(_set_names(session))}; {len(session.ruleset.ids)} in force")


def _set_names(session: Session) -> list[str]:
    return [f"{info.name} {info.version}".rstrip() for info in session.ruleset.files] or ["none"]
