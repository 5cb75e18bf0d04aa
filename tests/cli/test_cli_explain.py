"""What nearly happened to a line: the nearest misses that `explain` names, and for which text."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run
from hypothesis import given
from hypothesis import strategies as st

from scrubber.cli.explain import places_left
from scrubber.cli.misses import MAX_MISSES, Misses
from scrubber.engine.clean import Cleaner
from scrubber.model import CleanResult, Document, Edit, Plan, Span, apply_edits
from scrubber.rules.decisions import Decisions
from scrubber.rules.load import load_rules
from strategies import documents

ONE = "The ferry returned at noon, and the harbour office said that it will sail again.\n"
TWO = "All passengers were safe, the captain told the reporters on the pier that day.\n"
THREE = "Nobody on the quay had seen such a winter, and the oldest of them kept a diary.\n"


def rule(kind: str, name: str, more: str) -> str:
    return f'[[rule]]\nid = "{name}"\nkind = "{kind}"\ntitle = "T"\nwhy = "W."\n{more}\n'


def near(folder: Path, rules: str, text: str, line: int, *, asked: bool = False) -> list[str]:
    """The misses of one line (from 1) in the text as it was read."""
    path = folder / "n.toml"
    path.write_text(f'[ruleset]\nname = "n"\n\n{rules}', "utf-8")
    cleaner = Cleaner(load_rules([path]), decisions=Decisions())
    document = Document("a.txt", text)
    result = cleaner.clean(document)
    misses = Misses(result, cleaner.scan(document), range(1, len(document.bounds) + 1))
    return [str(miss) for miss in misses.of(line - 1, asked=asked)[0]]


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ("limits = { max-chars = 10 }", "Follow the pier", "wants 10 characters or fewer, has 15"),
        ('unless = { contains = ["pier"] }', "Follow the pier", "but its `unless` hits the line too"),
        ("copies = 2", "Follow the pier", "wants the line 2 times in the document, found 1"),
        ('where = "head"', "Follow the pier", "acts in the first quarter of the lines only"),
        (
            'where = "outside-body"', "Follow the pier",
            "acts above or below the running text only (here lines 1 to 5)",
        ),
        ('quiet = { contains = ["diary"] }', "Follow the pier", "but line 4 speaks of such lines, and keeps the rule quiet"),
        ('above = { equals = ["End"] }', "Follow the pier", "wants to stand above a line that its `above` hits"),
        ('below = { equals = ["End"] }', "Follow the pier", "wants to stand below a line that its `below` hits"),
        (
            'limits = { max-chars = 10 }\ncopies = 3', "Follow the pier",
            "wants 10 characters or fewer, has 15; wants the line 3 times in the document, found 1",
        ),
    ],
)  # fmt: skip
def test_a_line_rule_names_each_condition_that_does_not_hold(tmp_path: Path, more: str, line: str, reason: str) -> None:
    text = f"{ONE}{TWO}{line}\n{THREE}{ONE}"
    rules = rule("line", "follow", f'match = {{ starts = ["Follow"] }}\n{more}')
    assert near(tmp_path, rules, text, 3) == [f"n/follow, {reason}"]


def test_a_line_far_beyond_the_length_of_a_rule_is_named_only_when_it_is_asked_for(tmp_path: Path) -> None:
    text = f"{ONE}Follow the pier. {THREE * 8}".replace("\n", " ").replace("again. ", "again.\n", 1)
    rules = rule("line", "follow", 'match = { starts = ["Follow"] }\nlimits = { max-chars = 20 }')
    assert near(tmp_path, rules, text, 2) == []
    (found,) = near(tmp_path, rules, text, 2, asked=True)
    assert found.startswith("n/follow, wants 20 characters or fewer, has ")


def test_a_topic_names_the_heading_that_speaks_of_it(tmp_path: Path) -> None:
    text = f"On following\n\n{ONE}{THREE}Follow us on the long way home, said the captain to all of us.\n{TWO}"
    rules = rule("line", "follow", 'match = { starts = ["Follow us"] }\ntopic = { contains = ["following"] }')
    assert near(tmp_path, rules, text, 5) == ["n/follow, but line 1 says that the document is about such lines"]


def test_a_licence_names_how_close_the_wording_comes(tmp_path: Path) -> None:
    rules = rule("licence", "cc", 'wording = ["This work is licensed under a harbour licence"]\nwhere = "anywhere"')
    text = f"{ONE}{TWO}This work is licensed under another quay licence\n"
    (found,) = near(tmp_path, rules, text, 3)
    assert found.startswith("n/cc, wants 90 % of its wording, has 7")
    wrapped = f"{ONE}\nCopyright the pier and all\nwho sail from it to the islands\n\n{TWO}"
    rules = rule("licence", "c", 'match = { starts = ["Copyright"] }\nwhere = "anywhere"')
    path = tmp_path / "w.toml"
    path.write_text(f'[ruleset]\nname = "n"\n\n{rules}', "utf-8")
    cleaner = Cleaner(load_rules([path]))
    document = Document("a.txt", wrapped, paragraphs="blank-line")
    misses = Misses(cleaner.clean(document), cleaner.scan(document), range(1, 8))
    assert [str(miss) for miss in misses.of(2)[0]] == ["n/c, but the line is part of a longer paragraph"]


def test_a_rule_that_judges_by_neighbours_is_named_only_when_asked_and_last(tmp_path: Path) -> None:
    rules = rule("line", "any", 'match = { regex = ["."] }\nenclosed = 2') + rule(
        "line", "follow", 'match = { starts = ["Follow"] }\ncopies = 2'
    )
    text = f"{ONE}Follow the pier\n{TWO}"
    near_follow = "n/follow, wants the line 2 times in the document, found 1"
    assert near(tmp_path, rules, text, 2) == [near_follow]
    assert near(tmp_path, rules, text, 2, asked=True) == [
        near_follow, "n/any, wants 2 such lines or fewer between two lines that other rules cut",
    ]  # fmt: skip


def test_the_nearest_come_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    far = 'match = { starts = ["Follow"] }\ncopies = 2\nlimits = { max-chars = 9 }'
    one = 'match = { starts = ["Follow"] }\ncopies = 2'
    rules = "".join(rule("line", f"far-{number}", far) for number in range(4)) + rule("line", "one", one)
    found = near(tmp_path, rules, f"{ONE}Follow the pier\n{TWO}", 2)
    assert [miss.split(",")[0] for miss in found] == ["n/one", "n/far-0", "n/far-1"]
    assert len(found) == MAX_MISSES


TAIL = rule("tail", "related", 'start = { equals = ["Related stories"] }\nstop = { starts = ["Correction:"] }')


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"{ONE}{TWO}Related stories\nA quay\n{THREE}", 3, "which this line opens, but line 5 is running text"),
        (f"{ONE}{TWO}Related stories\nA quay\n{THREE}", 4, "which line 3 opens, but line 5 is running text"),
        (f"{ONE}{TWO}Related stories\nA quay\n{THREE}", 5, "which line 3 opens, but this line is running text"),
        ("Related stories\nA quay\nA boat\nA crane\nA buoy\n", 2,
         "which line 1 opens, but no text that stays stands above it"),
    ],
)  # fmt: skip
def test_a_tail_names_the_line_that_refutes_it(tmp_path: Path, text: str, line: int, reason: str) -> None:
    assert near(tmp_path, TAIL, text, line) == [f"n/related, {reason}"]


def test_a_refuted_tail_says_nothing_of_the_text_behind_the_line_that_refutes_it(tmp_path: Path) -> None:
    text = f"{ONE}{TWO}Related stories\nA quay\n{THREE}{ONE}"
    assert near(tmp_path, TAIL, text, 6) == []


def test_a_tail_that_was_found_is_no_miss(tmp_path: Path) -> None:
    text = f"{ONE}{TWO}{THREE}Related stories\nA quay\nA boat\nCorrection: it was a crane.\n"
    assert near(tmp_path, TAIL, text, 7) == []


HEAD = rule("head", "skip", "end = { regex = ['^\\d{4}-\\d{2}-\\d{2}$'] }")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (1, "which ends above line 4, but line 2 is running text"),
        (2, "which ends above line 4, but this line is running text"),
        (4, "which ends above this line, but line 2 is running text"),
    ],
)
def test_a_head_names_the_line_that_refutes_it(tmp_path: Path, line: int, reason: str) -> None:
    text = f"Home\n{ONE}Quay\n2021-04-12\n{TWO}"
    assert near(tmp_path, HEAD, text, line) == [f"n/skip, {reason}"]
    assert near(tmp_path, HEAD, text, 3) == []


@pytest.mark.parametrize(
    ("more", "text", "line", "reason"),
    [
        ('end = { equals = ["Sign up"] }\nlimits = { max-lines = 3 }', "Letter\na\nb\nc\nSign up\n", 4,
         "which line 3 opens, but no line closes it within 3 lines"),
        ('end = { equals = ["Sign up"] }\nentry = { equals = ["a"] }', "Letter\na\nb\nSign up\n", 3,
         "which this line opens, but line 5 is no entry of it"),
        ('entry = { equals = ["a"] }\nparams = { min-entries = 3 }', "Letter\na\nb\n", 4,
         "which line 3 opens, wants 3 entries below, has 1"),
    ],
)  # fmt: skip
def test_a_box_names_what_it_lacks(tmp_path: Path, more: str, text: str, line: int, reason: str) -> None:
    rules = rule("between", "box", f'start = {{ equals = ["Letter"] }}\n{more}')
    assert near(tmp_path, rules, f"{ONE}{TWO}{text}{THREE}", line) == [f"n/box, {reason}"]


def test_a_listing_counts_the_entries_that_it_lacks(tmp_path: Path) -> None:
    rules = rule("listing", "papers", "entry = { regex = ['^No\\. \\d+$'] }\nparams = { min-entries = 4 }")
    text = f"{ONE}{TWO}No. 1\nNo. 2\nNo. 3\n"
    assert near(tmp_path, rules, text, 4) == [
        "n/papers, wants 4 such lines down to the end of the text, has 3",
    ]
    text = f"No. 1\n{ONE}No. 2\n{TWO}No. 3\n{THREE}No. 4\n"
    assert near(tmp_path, rules, text, 1) == [
        "n/papers, but such lines do not reach the end of the text close enough together",
    ]


def test_a_repeat_says_which_copy_went_or_how_short_the_run_is(tmp_path: Path) -> None:
    rules = rule("repeat", "twice", "params = { min-lines = 3, min-chars = 100 }")
    between = "Between the two there is a line that nobody else in the whole text has ever written.\n"
    found = {line: near(tmp_path, rules, f"{ONE}{TWO}{THREE}" * 2, line) for line in (1, 2)}
    assert found[1] == found[2] == ["n/twice, which took the copy in lines 4 to 6 and keeps this one"]
    text = f"{ONE}{TWO}{THREE}{between}{ONE}{TWO}{THREE}"
    assert near(tmp_path, rules, text, 2) == [
        "n/twice, but does not take the lines around line 6 for a second copy of these"
    ]
    text = f"{ONE}{TWO}{between}{ONE}{TWO}"
    assert near(tmp_path, rules, text, 4) == ["n/twice, wants 3 lines that repeat in a row, has 2 with line 1"]
    rules = rule("repeat", "twice", "params = { min-lines = 2, min-chars = 900 }")
    (found_short,) = near(tmp_path, rules, text, 1)
    assert found_short.startswith("n/twice, wants 900 characters that repeat in a row, has 1")


def test_many_copies_cost_no_more_than_the_rule_asks(tmp_path: Path) -> None:
    rules = rule("repeat", "twice", "params = { min-lines = 1900, min-chars = 200 }")
    text = "A line of the log that says nothing.\n" * 2000
    assert near(tmp_path, rules, text, 1000)[0].startswith("n/twice, wants 1,900 lines that repeat in a row, has ")


@st.composite
def edited_documents(draw: st.DrawFn) -> CleanResult:
    """A generated document with any sorted, disjoint edits, some of whole lines."""
    text = draw(documents(most_lines=16))
    document = Document("a.txt", text)
    edits: list[Edit] = []
    reached = 0
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(reached, len(text)))
        end = draw(st.integers(start, min(len(text), start + 50)))
        if document.bounds and draw(st.booleans()):
            whole = document.span_of(*document.lines_of(Span(start, end)))
            start, end = whole if whole.start >= reached else (start, end)
        edits.append(Edit(Span(start, end), draw(st.sampled_from(["", "", " ", "x", "x\ny"])), ("t/r",)))
        reached = end
    return CleanResult(document, apply_edits(text, edits), Plan("a.txt", tuple(edits), ()))


@given(edited_documents())
def test_lines_of_which_something_is_left_lead_to_their_place(made: CleanResult) -> None:
    rest = Document("a.txt", made.text)
    places = places_left(made, rest)
    assert list(places.values()) == sorted(places.values())
    assert all(0 <= place < len(rest.bounds) for place in places.values())
    for index, place in places.items():
        whole = made.document.span_of(index, index)
        if not any(
            edit.span.touches(whole) or whole.start <= edit.span.start <= whole.end for edit in made.plan.edits
        ) and (not index or made.document.text[whole.start - 1] != "\r"):
            assert made.document.line_texts[index] in rest.line_texts[place]
    untouched = [
        index
        for index in range(len(made.document.bounds))
        if not any(edit.span.touches(made.document.span_of(index, index)) for edit in made.plan.edits)
    ]
    assert all(index in places for index in untouched)


def test_a_line_that_stays_is_judged_in_the_text_that_is_left(place: Path, scrubber: Run) -> None:
    (place / "n.toml").write_text(
        '[ruleset]\nname = "n"\n\n'
        + rule("line", "bar", 'match = { equals = ["Share this story"] }')
        + rule("line", "twice", 'match = { equals = ["Pier"] }\ncopies = 3\nwhere = "after-body"'),
        "utf-8",
    )
    (place / "a.txt").write_text(f"Share this story\n{ONE}Pier\n{TWO}")
    outcome = scrubber("explain", "a.txt", "--rules", "n.toml")
    assert outcome.text == (
        "a.txt   utf-8 (valid UTF-8)   paragraphs: each line\n"
        "    1 - Share this story\n"
        "          removed  n/bar   likely\n          W.\n          n.toml:4\n"
        f"    2 = {ONE}"
        "          kept     no rule matched\n"
        "    3 = Pier\n"
        "          kept     no rule matched\n"
        "          nearest: n/twice, wants the line 3 times in the document, found 1;"
        " acts below the running text only (here lines 2 to 4)\n"
        f"    4 = {TWO}"
        "          kept     no rule matched\n"
    )


def test_a_keep_rule_that_won_is_named_beside_the_rule_that_lost(place: Path, scrubber: Run) -> None:
    (place / "n.toml").write_text(
        '[ruleset]\nname = "n"\n\n'
        + rule("keep", "corrections", 'match = { starts = ["Correction:"] }')
        + rule("line", "all", 'match = { starts = ["Correction:", "Erratum"] }'),
        "utf-8",
    )
    (place / "a.txt").write_text(f"{ONE}{TWO}Correction: none\nErratum\n")
    rows = scrubber("explain", "a.txt:3", "--rules", "n.toml").text.splitlines()
    assert rows[5:9] == [
        "    3 = Correction: none",
        "          kept  n/all   likely",
        "          W.",
        "          n/corrections protects a line of it",
    ]


def test_a_keep_rule_is_named_where_nothing_else_hit_and_where_it_nearly_kept(place: Path, scrubber: Run) -> None:
    (place / "n.toml").write_text(
        '[ruleset]\nname = "n"\n\n'
        + rule("keep", "corrections", 'match = { starts = ["Correction"] }\nunless = { ends = ["shop"] }')
        + rule("line", "shop", 'match = { contains = ["shop"] }'),
        "utf-8",
    )
    (place / "a.txt").write_text(f"{ONE}{TWO}Correction: none\nCorrection fluid in our shop\n")
    rows = scrubber("explain", "a.txt", "--rules", "n.toml").text.splitlines()
    assert rows[5:8] == ["    3 = Correction: none", "          kept     n/corrections", "          W."]
    assert "          nearest to keep it: n/corrections, but its `unless` hits the line too" in rows


def test_the_line_that_was_asked_for_gets_more_misses_than_the_others(place: Path, scrubber: Run) -> None:
    far = 'match = { starts = ["Follow"] }\ncopies = 2'
    (place / "n.toml").write_text(
        '[ruleset]\nname = "n"\n\n' + "".join(rule("line", f"r{number:02}", far) for number in range(14)), "utf-8"
    )
    (place / "a.txt").write_text(f"{ONE}Follow us\nFollow you\n{TWO}")
    rows = scrubber("explain", "a.txt:2", "--rules", "n.toml").text.splitlines()
    second, third = rows.index("    2 = Follow us"), rows.index("    3 = Follow you")
    assert sum("nearest: " in row for row in rows[second:third]) == 12
    assert rows[third - 1] == "          ... and 2 rules further off"
    assert sum("nearest: " in row for row in rows[third:]) == 3


def test_explain_of_dirty_text_says_nothing_of_the_clean_lines(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert "nearest" not in pier("explain", "a.txt").text
    (place / "b.txt").write_text(BODY)
    assert pier("explain", "b.txt:1").text.count("kept     no rule matched") == 2
