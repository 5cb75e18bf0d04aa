"""Drafts of rules: forms that hit what they were made from and its like, kinds, limits and places."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scrubber.errors import UsageError
from scrubber.model import Document
from scrubber.model.finding import RuleInfo
from scrubber.rules.draft import DRAFTED, Lines, draft_rule, entry_of, match_of, slug_of, where_of
from scrubber.rules.match import CompiledRules
from scrubber.rules.schema import KINDS, LineRule, Match, Ruleset
from scrubber.text.fold import fold

BODY = (
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。",
    "All passengers were safe, the captain told the reporters on the pier that day.",
)


def hits(match: Match, line: str) -> bool:
    """Whether a line rule with these forms hits a line."""
    rule = LineRule(info=RuleInfo("new/a", "line", "A", "", ""), match=match, max_chars=10_000)
    return bool(CompiledRules(Ruleset((rule,))).hits(line, fold(line)))


def lines(*texts: str, first: int, last: int | None = None) -> Lines:
    """Lines (from 1) of a document of these."""
    document = Document("a.txt", "".join(f"{text}\n" for text in texts))
    return Lines(document, "a.txt", first - 1, (last or first) - 1, one=last is None)


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("Share this story", Match(equals=("Share this story",))),
        ("\u3000分享到：\u200b ", Match(equals=("分享到：",))),
        ("Read 1,204 times", Match(regex=(r"^read \d[\d,]* times$",))),
        ("２０２３年第１期（共 12 期）", Match(regex=(r"^\d+年第\d+期\(共 \d+ 期\)$",))),
        ("[1] a.b* {2}", Match(regex=(r"^\[\d+\] a\.b\* \{\d+\}$",))),
        ("See <<more>>", Match(regex=("^see <{2}more>>$",))),
    ],
)
def test_what_varies_in_a_line_is_left_open_and_nothing_else(line: str, match: Match) -> None:
    assert match_of([line]) == match


def test_lines_that_say_the_same_are_one_form() -> None:
    assert match_of(["Share", "SHARE ", "Page 1", "page 22"]) == Match(equals=("Share",), regex=(r"^page \d+$",))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=40))
def test_a_form_hits_the_line_that_it_was_made_from_and_no_longer_one(line: str) -> None:
    assume(fold(line))
    match = match_of([line])
    assert hits(match, line)
    assert not hits(match, f"{line} and more")
    assert not hits(match, f"More: {line}")


@given(
    st.lists(st.integers(0, 10**9), min_size=2, max_size=2), st.sampled_from(["Page {}", "阅读 {:,} 次", "{}/{}.jpg"])
)
def test_a_form_hits_the_same_line_with_other_numbers(numbers: list[int], line: str) -> None:
    match = match_of([line.format(1234, 5)])
    assert hits(match, line.format(*numbers)) or "," in line


@pytest.mark.parametrize("line", [" \u200b", "x" * 3_000])
def test_what_is_no_form_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        match_of([line])


@pytest.mark.parametrize(
    ("entries", "pattern"),
    [
        (["· Tides", "· A harbour in winter", "· Ropes", "· The pier"], "^· .{1,40}$"),
        (["2023-01-02 Tides", "2022-11-30 Ropes of old ships"], r"^\d+-\d+-\d+ .{1,40}$"),
        (["Tides...", "Ropes..."], r"^.{1,20}\.\.\.$"),
        (["[1]", "[22]"], r"^\[\d+\]$"),
        (["<<1", "<<2"], r"^<{2}\d+$"),
    ],
)
def test_entries_are_told_by_what_their_ends_have_in_common(entries: list[str], pattern: str) -> None:
    assert entry_of(entries) == pattern
    assert all(hits(Match(regex=(pattern,)), entry) for entry in entries)


@pytest.mark.parametrize("entries", [["Tides", "Ropes and piers"], ["Tides", "The sea"], ["1 " + "x" * 500, "2 y"]])
def test_entries_without_a_common_form_are_refused(entries: list[str]) -> None:
    with pytest.raises(UsageError):
        entry_of(entries)


@pytest.mark.parametrize(
    ("first", "last", "where"),
    [
        (1, None, "before-body"),
        (5, None, "after-body"),
        (3, None, "anywhere"),
        (2, None, "before-body"),
        (1, 5, "anywhere"),
    ],
)
def test_a_rule_acts_where_its_line_was_seen(first: int, last: int | None, where: str) -> None:
    assert where_of(lines("Home", BODY[0], "Share", BODY[1], "Print", first=first, last=last)) == where


def test_without_running_text_a_rule_acts_anywhere() -> None:
    assert where_of(lines("Home", "Share", first=1)) == "anywhere"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(DRAFTED)))
def test_kinds_that_speak_of_no_line_are_refused_with_those_that_do(kind: str) -> None:
    with pytest.raises(UsageError, match=f"a {kind} rule is not made from single lines") as refused:
        draft_rule(kind, lines("Share", first=1), "new")
    assert "line, keep, licence, head, tail, between, listing" in refused.value.hint


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        draft_rule("tial", lines("Share", first=1), "new")
    assert refused.value.hint == 'Did you mean "tail"?'


@pytest.mark.parametrize(
    ("kind", "place", "part"),
    [
        ("line", lines("Share", " ", first=2), "is blank"),
        ("head", lines("Share", first=1), "nothing stands above"),
        ("head", lines("Share", "Print", first=1, last=2), "made from one line"),
        ("between", lines("Share", "Print", first=1), "its first and its last line"),
        ("between", lines("Share", "", first=1, last=2), "its first and its last line"),
        ("listing", lines("1", "2", "3", first=1), "4 entries or more"),
        ("line", lines(*map(str, range(300)), first=1, last=300), "more than 200 lines"),
    ],
)
def test_lines_that_do_not_fit_their_kind_are_refused(kind: str, place: Lines, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        draft_rule(kind, place, "new")


@pytest.mark.parametrize("kind", DRAFTED)
def test_titles_and_reasons_speak_of_the_line_and_its_place(kind: str) -> None:
    texts = ("Home", "Share it", *BODY, "1 Pier", "2 Pier", "3 Pier", "4 Pier")
    place = {"between": lines(*texts, first=1, last=2), "listing": lines(*texts, first=5, last=8)}
    draft = draft_rule(kind, place.get(kind) or lines(*texts, first=2), "seed")
    assert draft.rule.id.startswith("seed/")
    assert "a.txt, line" in draft.rule.info.why
    assert '"' in draft.rule.info.title
    assert "\n" not in draft.rule.info.title


def test_a_tail_that_text_follows_stops_at_it() -> None:
    texts = (*BODY, "Related", "A pier", "A ship", "Correction: it sank", BODY[0])
    draft = draft_rule("tail", lines(*texts, first=3, last=5), "new")
    assert draft.lines == (2, 3, 4)
    assert draft.rule.stop == Match(equals=("Correction: it sank",))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Share this story now, please", "share-this-story-now"),
        ("Don't!", "dont"),
        ("分享", ""),
        ("Ä", ""),
        ("7 a.m. tide", "a-m-tide"),
    ],
)
def test_ids_are_the_words_of_the_line(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_ids_are_free_and_lines_without_words_have_their_number() -> None:
    place = lines("Share", "分享", first=1)
    assert draft_rule("line", place, "new", taken={"share", "share-2"}).rule.id == "new/share-3"
    assert draft_rule("line", lines("Share", "分享", first=2), "new").rule.id == "new/line-2"
    assert draft_rule("line", place, "new", rule_id="mine", taken={"share"}).rule.id == "new/mine"
