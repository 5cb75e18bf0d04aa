"""The loop of a review: show, read a key, save, show the next.

Every answer is in the decisions file before the next finding is shown. What cannot be saved is not taken for answered.
Before a finding is shown, and before an answer to it counts, its document is looked at: one that has changed is read
again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from scrubber.cli.decisions_file import DecisionsFile
from scrubber.cli.keys import (
    BACKSPACE,
    DOWN,
    END,
    ENTER,
    ERASE_ALL,
    ESCAPE,
    GONE,
    HOME,
    LEFT,
    PAGE_DOWN,
    PAGE_UP,
    RESIZED,
    RIGHT,
    SUSPENDED,
    UP,
    Keys,
)
from scrubber.cli.review_findings import Findings
from scrubber.cli.review_fresh import Freshness
from scrubber.cli.review_screen import Screen, body_rows, head_row, scrolled, what_clean_does
from scrubber.cli.review_state import KEEP, LATER, REMOVE, Item, Reach, Review, Step
from scrubber.errors import ScrubberError
from scrubber.report.escape import visible
from scrubber.report.layout import count_words
from scrubber.report.terminal import NARROW_CELLS, cells_of, wrapped
from scrubber.rules.decisions import Decision
from scrubber.rules.decisions_write import Key
from scrubber.text.fold import fold

#: No longer reason or search is taken, in code points.
MAX_TYPED_CHARS = 500

_ANSWERS: Mapping[str, tuple[str, Reach]] = {
    "y": (REMOVE, Reach.ITEM),
    "n": (KEEP, Reach.ITEM),
    "l": (LATER, Reach.ITEM),
    "a": (REMOVE, Reach.DOCUMENT),
    "d": (KEEP, Reach.DOCUMENT),
    "A": (REMOVE, Reach.RULE),
    "D": (KEEP, Reach.RULE),
}
_DONE_WORDS = {REMOVE: "to be removed", KEEP: "kept", LATER: "left for later"}
_HELP = (
    ("y", "remove it, whatever its confidence and the limits of the document"),
    ("n", "keep it: it stays in every run"),
    ("l", "later: it stays for now, and is quiet until its text changes"),
    ("a  d", "remove or keep this and what is left of this document"),
    ("A  D", "remove or keep this and what is left of this rule"),
    ("e", "write a reason, before the answer or after it"),
    ("u", "take back the last answer, all of it"),
    ("k  j", "the one before, the one behind, answered or not (also left, right)"),
    ("/", "go to the next one with a text, a rule or a path; empty: the same again"),
    ("f", "unfold what is long, or fold it again"),
    ("space  b", "a page on, a page back (up and down: by row)"),
    ("r", "when all is answered: read again what was answered for"),
    ("q", "leave; all answers are saved already"),
)


@dataclass(slots=True)
class Desk:
    """A review under way."""

    review: Review
    findings: Findings
    file: DecisionsFile
    screen: Screen
    keys: Keys
    message: str = ""
    #: How many rows of the hunk in hand are scrolled past, and whether its long texts are unfolded.
    top: int = 0
    full: bool = False
    needle: str = ""
    _help: bool = False
    #: The rows of the hunk in hand, and what they were made of: to wrap a long text takes its time.
    _rows: tuple[tuple[int, int, bool], Sequence[Text]] = ((-1, 0, False), ())
    fresh: Freshness = field(init=False)

    def __post_init__(self) -> None:
        self.fresh = Freshness(self.review, self.findings, self.file)

    def run(self) -> None:
        """Until the reviewer leaves, or the terminal is gone."""
        while True:
            self._freshen()
            self._draw()
            self.message = ""
            key = self.keys.read()
            if key in ("q", GONE):
                self.fresh.tidy()
                return
            if key == SUSPENDED:
                self.screen.close()
                self.keys.suspend()
                self.screen.open()
            elif self._help:
                self._help = False
            elif key in _ANSWERS:
                self._answer(*_ANSWERS[key])
            elif key != RESIZED:
                self._other(key)

    def _other(self, key: str) -> None:
        """A key that is no answer."""
        moves: Mapping[str, Callable[[], bool]] = {
            "k": self.review.back,
            LEFT: self.review.back,
            "j": self.review.forward,
            RIGHT: self.review.forward,
        }
        page = max(1, self.screen.room(4) - 2)
        scrolls = {
            UP: -1,
            DOWN: 1,
            PAGE_UP: -page,
            "b": -page,
            PAGE_DOWN: page,
            " ": page,
            HOME: -(1 << 30),
            END: 1 << 30,
        }
        actions: Mapping[str, Callable[[], None]] = {
            "e": self._reason,
            "u": self._undo,
            "/": self._search,
            "f": self._fold,
            "r": self._read_again,
        }
        if key in moves:
            if moves[key]():
                self._turn()
            else:
                self.message = "This is the first one." if key in ("k", LEFT) else "This is the last one."
        elif key in scrolls:
            self.top = max(0, self.top + scrolls[key])
        elif key in actions:
            actions[key]()
        elif key == "?":
            self._help = True
        else:
            self.message = "No such key. ? shows them all."

    def _turn(self) -> None:
        """Another hunk comes in hand."""
        self.top, self.full = 0, False

    def _fold(self) -> None:
        self.full, self.top = not self.full, 0

    # ---- what is in hand, as it stands now

    def _freshen(self) -> None:
        """Read again what was changed on disk, or by answers, until the hunk in hand is as its document is now."""
        for _ in range(len(self.findings.sources) + 1):
            item = self.review.current
            if item is None:
                few = self.fresh.few_touched()
                if not few:
                    return
                for number in few:
                    self._look_again(number)
                self.review.to_open()
                continue
            source = self.findings.sources[item.source]
            if source.changed:
                self._look_again(item.source)
                self.message = self.message or f"{visible(source.input.name)} has changed, and was read again."
            elif source.touched and not self.fresh.is_heavy(item.source):
                self._look_again(item.source)
            else:
                return

    def _look_again(self, number: int) -> None:
        if self.fresh.is_heavy(number):
            said, self.message = self.message, f"Reading {visible(self.findings.sources[number].input.name)} again."
            self._draw()
            self.message = said
        problem = self.fresh.look_again(number)
        if problem:
            self.message = visible(problem)

    def _read_again(self) -> None:
        if self.review.current is not None:
            self.message = "r is for the end, when all is answered."
            return
        for number, source in enumerate(self.findings.sources):
            if source.touched:
                self._look_again(number)
        self.review.to_open()

    # ---- answers

    def _answer(self, verdict: str, reach: Reach) -> None:
        item = self.review.current
        if item is None:
            self.message = "All is answered. k goes back to what you said."
            return
        if self.findings.sources[item.source].changed:
            return  # what was answered is not what stands there now; it is shown next
        step = self.review.answered(verdict, reach)
        if step is None or (reach is Reach.ITEM and verdict == REMOVE and not item.removable):
            self.message = "There is nothing to remove here: n leaves it as it is."
            return
        saved = self._saved(step)
        if saved is None:
            return
        self.review.take(step, saved)
        self._turn()
        done = f"{_DONE_WORDS[verdict]}." if step.items == 1 else f"{step.items:,} {_DONE_WORDS[verdict]}."
        theirs = sum(saved.get(key) != decision for key, decision in step.after.items())
        if theirs:
            done += f" {theirs:,} decided by someone else meanwhile, which stands."
        self.message = f"{done[:1].upper()}{done[1:]} Saved; u takes it back."

    def _saved(self, step: Step) -> Mapping[Key, Decision] | None:
        try:
            saved = self.file.record(step.before, step.after)
        except ScrubberError as error:
            self.message = f"Not saved, not answered. {visible(str(error).partition(chr(10))[0])}"
            return None
        self.fresh.note_answers(step.sources)
        return saved

    def _undo(self) -> None:
        step = self.review.taken_back()
        if step is None:
            self.message = "There is nothing to take back."
            return
        saved = self._saved(step)
        if saved is not None:
            self.review.take_back(step, saved)
            self._turn()
            self.message = "Taken back." if step.items == 1 else f"{step.items:,} answers taken back."

    def _reason(self) -> None:
        item = self.review.current
        if item is None:
            self.message = "All is answered. k goes back to what a reason is for."
            return
        answer = self.review.answer_of(item)
        typed = self._typed("reason: ", answer.reason if answer else self.review.reasons.get(item.keys, ""))
        if typed is None:
            return
        step = self.review.reasoned(typed.strip())
        if step is None:
            self.message = "The reason goes with the answer."
            return
        saved = self._saved(step)
        if saved is not None:
            self.review.take(step, saved, move=False)
            self.message = "Saved."

    # ---- search

    def _search(self) -> None:
        typed = self._typed("go to: ", "")
        if typed is None:
            return
        self.needle = fold(typed) or self.needle
        if not self.needle:
            return
        if self.review.seek(self._holds):
            self._turn()
        else:
            self.message = f"Nothing here holds {visible(typed) or 'it'}."

    def _holds(self, item: Item) -> bool:
        hunk, name = self.findings.text_of(item)
        lines = (*hunk.before, *hunk.old, *hunk.new, *hunk.after, *(hunk.kin.lines if hunk.kin else ()))
        texts = (name, item.document_id, *hunk.rules, *hunk.reasons, *(line.text for line in lines))
        return any(self.needle in fold(text) for text in texts)

    def _typed(self, label: str, start: str) -> str | None:
        """A line of text; None where the reviewer thinks better of it."""
        text = start
        while True:
            self._draw(label, text)
            key = self.keys.read()
            if key == ENTER:
                return text
            if key in (ESCAPE, GONE):
                return None
            if key == BACKSPACE:
                text = text[:-1]
            elif key == ERASE_ALL:
                text = ""
            elif len(key) == 1 and len(text) < MAX_TYPED_CHARS:
                text += key

    # ---- what is seen

    def _draw(self, label: str = "", typed: str = "") -> None:
        width, _ = self.screen.size()
        item = self.review.current
        standing = self.review.standing()
        if self._help:
            head, body = head_row("keys", "", "", width), self._help_rows(width)
        elif item is None:
            head, body = head_row("review", self.file.name, "", width), self._end_rows(width)
        else:
            hunk, name = self.findings.text_of(item)
            title = f"[{self.review.position + 1:,} of {standing.items:,}]"
            head = head_row(title, name, f"{standing.open:,} open", width)
            if self._rows[0] != (item.place, width, self.full):
                self._rows = (item.place, width, self.full), body_rows(hunk, width, full=self.full)
            body = list(self._rows[1])
        footer = self._footer(item, label, typed, width)
        room = self.screen.room(len(footer) + 2)
        shown, self.top, below = scrolled(body, room, self.top)
        more = f" {count_words(below, 'row')} below: space " if below else (" end " if self.top else "")
        line = Text(f"--{more}{'-' * max(0, width - 2 - cells_of(more))}"[:width], "dim")
        self.screen.show([head, *shown], [line, *footer], bool(label))

    def _footer(self, item: Item | None, label: str, typed: str, width: int) -> list[Text]:
        if label:
            return wrapped(Text(label, "bold"), Text(_tail(visible(typed), 3 * (width - len(label)) - 1)), width)
        rows = wrapped(Text(), Text(self.message, "bold"), width) if self.message else []
        if self._help:
            return [*rows, Text("any key goes back")]
        if item is not None:
            rows += wrapped(Text(), self._status(item), width)
        return [*rows, _prompt(width, item)]

    def _status(self, item: Item) -> Text:
        answer = self.review.answer_of(item)
        if answer is not None:
            by = f", by {visible(answer.by)}" if answer.by else ""
            said = f"Recorded: {answer.verdict}{by}." + (f" {visible(answer.reason)}" if answer.reason else "")
            return Text(said, "green")
        reason = self.review.reasons.get(item.keys, "")
        hunk, _ = self.findings.text_of(item)
        return Text(what_clean_does(hunk.outcome) + (f" Reason: {visible(reason)}" if reason else ""))

    def _help_rows(self, width: int) -> list[Text]:
        rows: list[Text] = []
        standing = self.review.standing()
        item = self.review.current
        for keys, text in _HELP:
            if item is not None and keys == "a  d":
                text += f" ({standing.of_document:,} open)"
            if item is not None and keys == "A  D":
                text += f" ({visible(item.rule)}, {standing.of_rule:,} open)"
            rows += wrapped(Text(f"  {keys:<10}", "bold"), Text(text), width)
        return rows

    def _end_rows(self, width: int) -> list[Text]:
        rows = wrapped(Text(), Text("All is answered."), width)
        touched = sum(source.touched for source in self.findings.sources)
        if touched:
            text = (
                f"Answers can change what else is found. {count_words(touched, 'input')} with answers "
                "can be read again: r."
            )
            rows += wrapped(Text(), Text(text), width)
        return rows


def _tail(text: str, room: int) -> str:
    """The end of what is typed, where all of it would not fit."""
    return text if len(text) <= room else f"...{text[len(text) - room + 3 :]}"


def _prompt(width: int, item: Item | None) -> Text:
    if item is None:
        return Text("u k r ? q", "bold")
    keys = "y n l a d A D e u k j / ? q"
    if width < NARROW_CELLS:
        return Text(f"remove, keep, later? {keys.replace(' ', '')}", "bold")
    return Text(f"remove, keep, later? [{keys}]", "bold")
