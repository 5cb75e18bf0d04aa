"""Rules from lines that many documents share: drafts for a person to read, which only flag.

Each says what it is made of: how many documents hold a line at their edge, and how many inside their text, which speaks
against it. The examples put the lines round placeholder sentences of no document; none is written that a trial does not
confirm. Refuses lines that no form can be made of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from scrubber.errors import UsageError
from scrubber.model.finding import Action, RuleInfo
from scrubber.rules.draft import MAX_FORMS, free_id, match_of, quoted_line, slug_of
from scrubber.rules.draft_examples import Trial
from scrubber.rules.schema import Example, LineRule, Match
from scrubber.rules.toml_write import rule_toml
from scrubber.text.lines import trim
from scrubber.text.shingle import DENSE_SCRIPT_K, shingle_length

#: Where a rule acts whose lines stand at one edge of their documents, at the other, or at both.
WHERE = {"head": "before-body", "tail": "after-body", "both": "outside-body"}
_EDGE_WORDS = {"head": "above", "tail": "below", "both": "above or below"}
#: So many lines stand in an example.
_EXAMPLE_LINES = 6
#: The support of so many forms is written above the examples, each by itself.
_NOTED_LINES = 12
#: Room for longer numbers in a line, in code points.
_ROOM_CHARS = 20

#: Sentences that no scraped text holds, in the place of one: first, last, and one that quotes a line.
_SPACED_TEXT = (
    "This sentence stands where the first paragraph of a text would stand, and says nothing of its own.",
    "This sentence stands where the last paragraph of a text would stand, and it ends like one.",
    'The sign at the gate said "{}" in large letters, but nobody who came by that day had read it.',
)
_DENSE_TEXT = (
    "这句话放在正文第一段应当出现的位置，它本身并没有说明任何事情，只是用来占据一个段落的地方。",
    "这句话放在正文最后一段应当出现的位置，它像普通的段落一样结束，后面不再有其他的正文内容。",
    "门口的牌子上用很大的字写着“{}”，可是那一天路过的人里面，没有一个人停下来认真读过它。",
)


class LearnedLine(Struct, frozen=True):
    """A line that documents share, as one of them writes it: how many hold it at an edge, and how many inside."""

    text: str
    documents: int
    inside: int = 0


class LearnedGroup(Struct, frozen=True):
    """What the documents of a group share at an edge (`head`, `tail`, `both`). `name` is what people call the group."""

    name: str
    edge: str
    documents: int
    lines: tuple[LearnedLine, ...]


def learned_rules(
    group: LearnedGroup, set_name: str, taken: Collection[str], trial_of: Callable[[LineRule], Trial]
) -> Iterator[tuple[str, str]]:
    """The rules of a group: bare id and TOML of each, `MAX_FORMS` lines at most, the most frequent first. O(lines).

    `taken` are bare ids that are no longer free; `trial_of` makes a trial of a rule that acts.
    """
    ids = set(taken)
    lines = sorted(group.lines, key=lambda line: (-line.documents, line.text))
    kept = [line for line in lines if _form_of([line.text]) is not None]
    for start in range(0, len(kept), MAX_FORMS):
        some = kept[start : start + MAX_FORMS]
        bare = free_id(slug_of(f"{group.edge} of {group.name}") or f"{group.edge}-lines", ids)
        rule = _rule(group, some, f"{set_name}/{bare}")
        examples = _examples(some, trial_of(replace(rule, action=Action.REMOVE)))
        if not examples:
            continue
        ids.add(bare)
        notes = [*map(_support, some[:_NOTED_LINES])]
        if len(some) > _NOTED_LINES:
            notes.append(
                f"... and {len(some) - _NOTED_LINES} lines more, in {some[-1].documents} documents or more each."
            )
        written = ("action", "where", "limits.max-chars")
        yield bare, rule_toml(replace(rule, examples=examples), written, notes)


def _form_of(lines: Sequence[str]) -> Match | None:
    try:
        return match_of(lines)
    except UsageError:
        return None


def _rule(group: LearnedGroup, lines: Sequence[LearnedLine], rule_id: str) -> LineRule:
    inside = max(line.inside for line in lines)
    against = f"; inside a text one stands in up to {inside:,}" if inside else "; none stands inside a text"
    words = _EDGE_WORDS[group.edge]
    return LineRule(
        info=RuleInfo(
            rule_id,
            "line",
            f"Lines {words} the texts of {quoted_line(group.name)[1:-1] or 'all documents'}",
            f"At least {lines[-1].documents:,} of {group.documents:,} documents hold each of these lines {words} "
            f"their text{against}.",
            "",
        ),
        action=Action.FLAG,
        match=match_of([line.text for line in lines]),
        where=WHERE[group.edge],
        max_chars=max(len(trim(line.text)) for line in lines) + _ROOM_CHARS,
    )


def _support(line: LearnedLine) -> str:
    inside = f", inside a text in {line.inside:,}" if line.inside else ""
    return f"{quoted_line(line.text)} in {line.documents:,} documents{inside}"


def _examples(lines: Sequence[LearnedLine], trial: Trial) -> tuple[Example, ...]:
    """One that cuts and one that must not; empty where the rule does not do what it is for."""
    some = [" ".join(line.text.split()) for line in lines[:_EXAMPLE_LINES]]
    dense = shingle_length("".join(some)) == DENSE_SCRIPT_K
    first, last, quoting = _DENSE_TEXT if dense else _SPACED_TEXT
    where = {"above": [*some, first, last], "below": [first, last, *some]}
    for place, rows in where.items():
        text = "\n".join(rows) + "\n"
        cut = tuple(range(1, len(some) + 1) if place == "above" else range(3, len(some) + 3))
        if trial(text) == cut:
            break
    else:
        return ()
    spared = "\n".join((first, quoting.format(some[0]), last)) + "\n"
    cutting = Example("the lines go, the text stays", text, removes=cut)
    if trial(spared):
        return (cutting,)
    return cutting, Example("a sentence that quotes one of them stays", spared, removes=())
