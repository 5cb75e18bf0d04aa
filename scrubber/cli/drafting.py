"""`rules new`: a complete rule from a real line, with examples from its text, and what it would cut elsewhere.

The rule goes to standard output or behind the rules of a file; everything else that there is to say goes to standard
error. Refuses to write a rule that does not load or does not cut what it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from scrubber.cli.inputs import STDIN
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions
from scrubber.cli.reach import Reach, reach_over
from scrubber.cli.reading import read_input
from scrubber.cli.rule_target import RuleTarget
from scrubber.cli.running import collected
from scrubber.cli.session import Scene, Session, limits_of, set_scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import setup_for
from scrubber.cli.work import Worker
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.errors import UnreadableInput, UsageError, Where
from scrubber.model import Confidence, Document
from scrubber.rules.builtin import BUILTINS
from scrubber.rules.decisions import Decisions
from scrubber.rules.draft import DRAFTED, Draft, Lines, check_kind, draft_rule, over_defaults
from scrubber.rules.draft_examples import NearLines, Trial, cutting_example, sparing_example
from scrubber.rules.schema import Example, Rule, Ruleset
from scrubber.rules.sources import is_slug
from scrubber.rules.toml_cells import shown
from scrubber.rules.toml_write import rule_toml
from scrubber.store.paths import is_folder

_PLACE = re.compile(r"(?P<path>.+):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?", re.DOTALL | re.ASCII)
#: An example is about its rule, not about the limits of documents.
_NO_LIMITS = Limits(Confidence.POSSIBLE, max_share=1000, min_left_chars=0, short_lines=0)


def new(
    message: MessageOptions,
    source: Annotated[
        str, typer.Option("--from", metavar="TEXT:LINE[-LINE]", help="The line, or the lines, to start from.")
    ],
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Rule file to add to. Default: standard output.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="K", help=f"One of {', '.join(DRAFTED)}.")] = "line",
    over: Annotated[
        list[str] | None,
        typer.Option("--over", metavar="PATH", help="Say what the rule would cut there, too. Repeatable."),
    ] = None,
    rule_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Id within the set. Default: from the line's words.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the texts; skips detection.")
    ] = None,
    config: Annotated[str | None, typer.Option("--config", metavar="FILE", help="Configuration file.")] = None,
) -> int:
    """Start a rule from a real line of a text: forms, limits, reason, and two examples."""
    check_kind(kind)
    if STDIN in (over or ()):
        raise UsageError("--over takes files and folders, not standard input.")
    path, first, last = _place(source)
    if rule_id is not None and not is_slug(rule_id):
        raise UsageError(f"--id {shown(rule_id)} cannot be an id.", hint='Use a-z, 0-9 and "-", as in "share-bar".')
    messages = Messages(message)
    options = RuleOptions(config=config)
    scene = set_scene(InputOptions(paths=[path], encoding=encoding), options)
    target = RuleTarget.at(file, scene.root)
    if rule_id is not None and rule_id in target.taken:
        raise UsageError(f"{target.set_name}/{rule_id} is already there.", where=Where(target.name))
    lines = _read_lines(scene, first, last)
    draft = draft_rule(kind, lines, target.set_name, rule_id=rule_id or "", taken=target.taken)
    draft = over_defaults(draft, target.defaults_of(type(draft.rule)))
    near = NearLines(draft, lines.document)
    if over:
        wide = set_scene(InputOptions(paths=over, encoding=encoding), options)
        reach = reach_over(_session(wide, draft.rule), near, messages)
    else:
        reach = Reach(draft.rule.kind == "keep")
        reach.add_document(lines.name, Cleaner(Ruleset((draft.rule,)), limits=_limits(scene)), lines.document, near)
    rule, notes = _with_examples(draft, lines, near, over or [lines.name])
    target.write(rule_toml(rule, draft.written, notes), f"Started from {lines.name}")
    if file is not None:
        messages.say(f"wrote {rule.id} to {target.name}")
    for row in reach.rows(rule.id, ", ".join(over) if over else lines.name):
        messages.say(row)
    for note in notes:
        messages.say(f"note: {note}")
    return 3 if reach.failures else 0


def _place(source: str) -> tuple[str, int, int | None]:
    """`TEXT:LINE[-LINE]` in its parts."""
    found = _PLACE.fullmatch(source)
    if found is None:
        raise UsageError(f"--from {shown(source)} names no line.", hint="Write TEXT:LINE, or TEXT:LINE-LINE.")
    first, last = int(found["first"]), int(found["last"]) if found["last"] else None
    if found["path"] == STDIN:
        raise UsageError("--from reads a file, not standard input.", hint="Save the text, and name the file.")
    if first < 1 or (last is not None and last < first):
        raise UsageError(f"--from {shown(source)}: lines count from 1, the first one first.")
    return found["path"], first, last


def _read_lines(scene: Scene, first: int, last: int | None) -> Lines:
    """The document that holds the lines. Raises `UnreadableInput`, and `UsageError` for lines that are not there."""
    found = collected(scene, None, force_exclude=False)
    for failure in found.failures:
        raise UnreadableInput(failure.message, where=Where(failure.path), hint=failure.hint)
    if len(found.inputs) != 1 or is_folder(Path(scene.paths[0])):
        raise UsageError("--from takes one file, not a folder.", where=Where(scene.paths[0]))
    worker = Worker(setup_for(_session(scene)))
    source = found.inputs[0]
    document = worker.clean(source, read_input(source.path, worker.setup.max_bytes, source.name)).document
    count = len(document.bounds)
    wrong = next((number for number in (first, last or first) if number > count), None)
    if wrong is not None:
        raise UsageError(f"there is no line {wrong:,}: the text has {count:,}.", where=Where(source.name))
    return Lines(document, source.name, first - 1, (last or first) - 1, one=last is None)


def _limits(scene: Scene) -> Limits:
    return limits_of(scene.settings)[0]


def _session(scene: Scene, *rules: Rule) -> Session:
    """A session under these rules alone."""
    skipped = frozenset(info.id for info in BUILTINS)
    return Session(scene, Ruleset(rules), Decisions(), _limits(scene), skipped)


def trial_of(rule: Rule) -> Trial:
    """Cleans texts with the rule alone."""
    cleaner = Cleaner(Ruleset((rule,)), limits=_NO_LIMITS)

    def lines_gone(text: str) -> tuple[int, ...]:
        document = Document("example", text)
        return tuple(
            index + 1
            for edit in cleaner.clean(document).plan.edits
            for index, (start, stop, _) in enumerate(document.bounds)
            if not document.blank[index] and edit.span.start <= start and stop <= edit.span.end
        )

    return lines_gone


def _with_examples(draft: Draft, lines: Lines, near: NearLines, looked: Sequence[str]) -> tuple[Rule, tuple[str, ...]]:
    """The rule with its examples, and what its author should know. Raises `UsageError` where it cuts nothing."""
    rule = draft.rule
    trial = trial_of(rule)
    cutting = cutting_example(draft, lines.document, trial)
    if cutting is None:
        raise UsageError(_why_not(draft, lines), hint=_HINTS.get(rule.kind, "Try another kind."))
    if rule.kind == "keep":
        return replace(rule, examples=(cutting,)), ()
    sparing, real = sparing_example(draft, lines.document, near.found, trial)
    examples: tuple[Example, ...] = (cutting, sparing) if sparing.text else (cutting,)
    if real:
        return replace(rule, examples=examples), ()
    missing = (
        f"No text that such a rule must leave alone was found in {', '.join(looked)}. "
        "Write an example of one: the same words in an article, a table, a poem."
    )
    return replace(rule, examples=examples), (missing,)


def _why_not(draft: Draft, lines: Lines) -> str:
    return f"a {draft.rule.kind} rule made from {lines.place()} would not cut {_count(draft)} there."


def _count(draft: Draft) -> str:
    return "that line" if len(draft.lines) == 1 else f"those {len(draft.lines)} lines"


_HINTS: Mapping[str, str] = {
    "head": "What stands above must be short lines without a sentence end; running text refutes a head.",
    "tail": "What follows must be short lines without a sentence end down to the end; or name the last line, too.",
    "between": "Name the first and the last line of the box; no line between them may be the first one again.",
    "listing": "The entries must reach the end of the text.",
    "licence": "A licence rule leaves lines of longer paragraphs alone.",
}
