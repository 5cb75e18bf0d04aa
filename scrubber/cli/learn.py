"""`learn`: rules proposed from lines that a dump repeats, as a draft for a person to read.

Two looks at every document: the first counts lines, the second sees where those that many share stand. A third, at a
few documents of each group, tells what the rules in force take already. Nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
from msgspec import Struct, field, structs

from scrubber.cli.account import Account, account_for, tell_failures
from scrubber.cli.corpus_pass import count_lines
from scrubber.cli.drafting import trial_of
from scrubber.cli.inputs import STDIN
from scrubber.cli.observing import Seen, observe, of_document
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions, RunOptions
from scrubber.cli.rule_target import RuleTarget
from scrubber.cli.running import collected, refuse_nothing, tasks_for
from scrubber.cli.sampling import containers_of
from scrubber.cli.session import open_session, set_scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, Task, setup_for
from scrubber.corpus.line_counts import LineCounts, SharedLines, masked, number_of
from scrubber.corpus.template_lines import Floor, counted_group, group_of, template_lines
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.errors import UsageError
from scrubber.model import Document
from scrubber.report.layout import count_words
from scrubber.rules.learned import LearnedGroup, LearnedLine, learned_rules
from scrubber.rules.schema import Ruleset

#: The rules in force are asked about so many documents of each group.
_ASKED_DOCUMENTS = 3
#: Lines that so many groups share belong to none of them.
_SHARED_GROUPS = 3
_SHARED_NAME = "several groups"


class Group(StrEnum):
    """What makes documents one group."""

    FOLDER = "folder"
    HOST = "host"
    ALL = "all"


class _Place(Struct, frozen=True):
    """A template line of one document: its masked form, how it is written, the edge where it stands (or none)."""

    form: str
    text: str
    edge: str


class _Form(Struct):
    """What is known of a form in its group: how its first document writes it, and at which edges it stands."""

    text: str
    edges: Counter[str] = field(default_factory=Counter)
    documents_asked: list[str] = field(default_factory=list)

    def edge(self) -> str:
        """The edge where most of it stands; `both` where neither has three quarters."""
        head, tail = self.edges["head"], self.edges["tail"]
        if 4 * max(head, tail) < 3 * (head + tail):
            return "both"
        return "head" if head >= tail else "tail"

    @property
    def documents(self) -> int:
        return self.edges["head"] + self.edges["tail"]


def _places(how: str, shared: SharedLines, floor: Floor, document: Document) -> tuple[str, tuple[_Place, ...]]:
    group = counted_group(document, how)
    keys, texts = document.keys, document.line_texts
    found = {
        masked(keys[each.line]): _Place(masked(keys[each.line]), texts[each.line], each.edge)
        for each in reversed(template_lines(document, group, shared, floor))
    }
    return group_of(document, how), tuple(found.values())


def learn(
    inputs: InputOptions,
    rules: RuleOptions,
    run: RunOptions,
    message: MessageOptions,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Rule file to write, or to add to. Default: standard output."),
    ] = None,
    group: Annotated[Group, typer.Option(help="What makes documents one group.")] = Group.FOLDER,
    min_documents: Annotated[
        int, typer.Option(metavar="N", min=2, help="Fewest documents of a group that share a line.")
    ] = 8,
    share: Annotated[
        float, typer.Option(metavar="S", min=0.01, max=1.0, help="Smallest share of the group that they are.")
    ] = 0.6,
) -> int:
    """Propose rules from lines that many documents share above or below their texts. All of them only flag."""
    messages = Messages(message)
    if inputs.paths == [STDIN]:
        raise UsageError("learn compares many documents; standard input is one.", hint="Name files or folders.")
    scene = set_scene(inputs, rules)
    session = open_session(scene)
    target = RuleTarget.at(out, scene.root)
    found = collected(scene, None, force_exclude=inputs.force_exclude)
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    account = account_for(session)
    seen = _Dump(tasks_for(found), setup_for(session), account, run, messages)
    floor = Floor(min_documents, round(share * 1000))
    forms, sizes = _forms(seen, group.value, floor)
    covered = _covered(seen, group.value, session.ruleset, forms)
    groups = _groups(forms, sizes, covered, floor)
    drafts: dict[str, str] = {}
    for each in groups:
        drafts.update(learned_rules(each, target.set_name, {*target.taken, *drafts}, trial_of))
    if drafts:
        target.write("\n".join(drafts.values()), "Lines that many documents share, for a person to read")
    _tell(messages, groups, len(drafts), sizes, len(covered))
    if drafts and out is not None:
        messages.say(f"wrote {count_words(len(drafts), 'rule')} to {target.name}")
    tell_failures(account, messages)
    return account.exit_code(findings=False)


class _Dump(Struct, frozen=True):
    """What is looked at, and where failures go."""

    tasks: Sequence[Task]
    setup: Setup
    account: Account
    run: RunOptions
    messages: Messages

    def look(
        self, look: Callable[[Document], Seen], label: str, account: Account | None = None
    ) -> Iterator[tuple[str, Seen]]:
        """`look` at every document. Failures are counted where an account is given."""
        return observe(
            self.tasks,
            self.setup,
            partial(of_document, look),
            account or Account(),
            self.run,
            self.messages,
            label=label,
        )


#: Group and masked form of a line.
_Key = tuple[str, str]


def _forms(dump: _Dump, how: str, floor: Floor) -> tuple[dict[_Key, _Form], Mapping[str, int]]:
    """The forms that groups share, and the sizes of the groups that have any. Memory: the forms that are frequent."""
    with LineCounts() as counting:
        for _, numbers in dump.look(partial(count_lines, (how,)), "counting", dump.account):
            counting.add(numbers)
        shared = counting.frequent(floor.documents)
    forms: dict[_Key, _Form] = {}
    sizes: dict[str, int] = {}
    for document_id, (group, places) in dump.look(partial(_places, how, shared, floor), "looking"):
        for place in places:
            form = forms.setdefault((group, place.form), _Form(place.text))
            form.edges[place.edge] += 1
            if len(form.documents_asked) < _ASKED_DOCUMENTS:
                form.documents_asked.append(document_id)
        if places:
            sizes[group] = shared.documents(number_of(f"{how}\0{group}", ""))
    return forms, sizes


class _Asking(Struct):
    """Asks the rules in force which lines of some documents they take: group and masked forms."""

    how: str
    ruleset: Ruleset
    limits: Limits
    wanted: frozenset[str]
    _cleaner: Cleaner | None = None

    def __call__(self, document: Document) -> tuple[str, tuple[str, ...]]:
        if document.id not in self.wanted:
            return "", ()
        if self._cleaner is None:
            self._cleaner = Cleaner(self.ruleset, limits=self.limits)
        edits = self._cleaner.clean(document).plan.edits
        ranges = [document.lines_of(edit.span) for edit in edits if not edit.replacement]
        gone = [masked(document.keys[index]) for first, last in ranges for index in range(first, last + 1)]
        return group_of(document, self.how), tuple(dict.fromkeys(gone))


def _covered(dump: _Dump, how: str, ruleset: Ruleset, forms: Mapping[_Key, _Form]) -> frozenset[_Key]:
    """The forms that the rules in force take wherever they were asked. What the learned model takes, no rule says."""
    ruleset = ruleset.with_rules(tuple(rule for rule in ruleset.rules if rule.kind != "statistic"))
    wanted = frozenset(document_id for form in forms.values() for document_id in form.documents_asked)
    if not wanted or not ruleset.rules:
        return frozenset()
    taken: Counter[_Key] = Counter()
    holding = containers_of(wanted)
    tasks = [task for task in dump.tasks if task.input.id in holding]
    asking = _Asking(how, ruleset, dump.setup.limits, wanted)
    for _, (group, cut) in structs.replace(dump, tasks=tasks).look(asking, "asking the rules in force"):
        taken.update((group, form) for form in cut)
    return frozenset(key for key, form in forms.items() if taken[key] >= len(form.documents_asked))


def _groups(
    forms: Mapping[_Key, _Form], sizes: Mapping[str, int], covered: frozenset[_Key], floor: Floor
) -> list[LearnedGroup]:
    """The forms worth a rule, by group and edge; those of several groups apart."""
    held: dict[str, list[_Key]] = {}
    for key, form in forms.items():
        if key not in covered and form.documents >= floor.least(sizes[key[0]]):
            held.setdefault(key[1], []).append(key)
    lines: dict[tuple[str, str], list[LearnedLine]] = {}
    documents: dict[tuple[str, str], set[str]] = {}
    for keys in held.values():
        shared = len(keys) >= _SHARED_GROUPS
        for some in [keys] if shared else [[key] for key in keys]:
            form = forms[some[0]]
            for key in some[1:]:
                form = _Form(form.text, form.edges + forms[key].edges)
            place = (_SHARED_NAME if shared else some[0][0], form.edge())
            lines.setdefault(place, []).append(LearnedLine(form.text, form.documents, form.edges[""]))
            documents.setdefault(place, set()).update(group for group, _ in some)
    return [
        LearnedGroup(name, edge, sum(sizes[group] for group in documents[name, edge]), tuple(lines[name, edge]))
        for name, edge in sorted(lines)
    ]


def _tell(
    messages: Messages, groups: Sequence[LearnedGroup], rules: int, sizes: Mapping[str, int], covered: int
) -> None:
    """What was found, on standard error."""
    for each in groups:
        place = f"{each.name or 'all documents'}, {each.edge}"
        messages.say(f"{place}: {count_words(len(each.lines), 'line')} shared by {each.documents:,} documents")
    if covered:
        messages.say(f"{count_words(covered, 'shared line')} left out: the rules in force take them already")
    if not rules:
        messages.say("nothing that documents share is left to propose")
