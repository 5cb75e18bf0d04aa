"""Laws of the repeat detector on generated documents: idempotence, nothing lost, one answer on both paths, bounds."""

from __future__ import annotations

import functools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrubber.detect.repeat as repeat
from repeat_texts import CHINESE, ENGLISH, prose, rule, scan_of
from repeat_traps import TRAPS
from scrubber.detect.repeat import RepeatDetector
from scrubber.detect.repeat_align import MAX_COMPARISONS, Lines
from scrubber.model.document import Document
from scrubber.model.edit import Edit, apply_edits
from scrubber.model.finding import Action, Finding
from scrubber.text.anchors import line_pairs
from scrubber.text.fold import fold, skeleton

_CHROME = ["广告", "Share", "1.jpg", "-----", "", "评论 3", "Print this page"]


def _edited(lines: list[str], edits: list[tuple[int, int]], spare: list[str]) -> list[str]:
    """A copy of some lines, changed at the given places."""
    copy = list(lines)
    for place, kind in edits:
        if len(copy) < 2:
            break
        at = place % len(copy)
        line = copy[at]
        match kind:
            case 0:
                del copy[at]
            case 1:
                copy.insert(at, spare[place % len(spare)])
            case 2:
                copy.insert(at, _CHROME[place % len(_CHROME)])
            case 3:
                copy[at] = line[: len(line) // 2] + "x" + line[len(line) // 2 + 1 :]
            case 4:
                copy[at] = f"{line}{place % 9}"
            case 5 if at + 1 < len(copy):
                copy[at : at + 2] = [line + copy[at + 1]]
            case 6 if len(line) > 40:
                copy[at : at + 1] = [line[:20], line[20:]]
            case 7:
                copy = ["".join(copy)]
            case 8:
                copy = copy[: at + 1]
            case _:
                copy[at] = line.upper().replace("，", " ")
    return copy


@st.composite
def documents(draw: st.DrawFn, most_edits: int = 4) -> str:
    """A body, a few changed copies of it, and other lines above, between and below."""
    language = draw(st.sampled_from(["zh", "en"]))
    body = prose(draw(st.integers(0, 40)), draw(st.integers(3, 12)), language)
    for place in draw(st.lists(st.integers(0, 11), max_size=3)):
        body[place % len(body)] = body[place % len(body)][: 3 + place]
    spare = prose(900, 5, language)
    change = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9)), max_size=most_edits)
    lines: list[str] = []
    for edits in draw(st.lists(change, min_size=1, max_size=5)):
        lines += _edited(body, edits, spare)
        lines += draw(st.lists(st.sampled_from(_CHROME), max_size=3))
        if draw(st.booleans()):
            lines += prose(draw(st.integers(100, 140)), draw(st.integers(1, 5)), language)
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return ending.join(lines) + draw(st.sampled_from(["", ending]))


def find(text: str, keep: str = "cleanest") -> list[Finding]:
    return list(RepeatDetector([rule(keep=keep)]).find(scan_of(text)))


def without_copies(text: str, found: list[Finding]) -> str:
    removals = sorted(finding.span for finding in found if finding.action is Action.REMOVE)
    return apply_edits(text, [Edit(span, "", ("test/twice-told",)) for span in removals])


@settings(max_examples=150, deadline=None)
@given(documents(), st.sampled_from(["cleanest", "first", "longest"]))
def test_text_without_its_copies_holds_none_to_remove(text: str, keep: str) -> None:
    clean = without_copies(text, find(text, keep))
    assert [finding for finding in find(clean, keep) if finding.action is Action.REMOVE] == []


@settings(max_examples=100, deadline=None)
@given(documents())
def test_the_kept_copy_that_a_removal_names_stays(text: str) -> None:
    document = Document("page.txt", text)
    found = [finding for finding in find(text) if finding.action is Action.REMOVE]
    for finding in found:
        kin = finding.evidence.kin
        assert kin is not None
        for number in (kin.first_line, kin.last_line):
            kept = document.span_of(number - 1, number - 1)
            assert not any(other.span.touches(kept) for other in found)


@settings(max_examples=100, deadline=None)
@given(documents(most_edits=0))
def test_every_line_of_equal_copies_still_stands_once(text: str) -> None:
    found = find(text)
    clean = without_copies(text, found)
    assert {fold(line) for line in Document("a", text).line_texts} == {
        fold(line) for line in Document("b", clean).line_texts
    } | ({""} if "" in {fold(line) for line in Document("a", text).line_texts} else set())


@settings(max_examples=60, deadline=None)
@given(documents())
def test_removed_lines_with_an_exact_twin_are_still_readable(text: str) -> None:
    found = find(text)
    left = skeleton(fold(without_copies(text, found)))
    for finding in found:
        kin = finding.evidence.kin
        if finding.action is Action.REMOVE and kin is not None and kin.measure != "edit":
            for line in text[finding.span.start : finding.span.end].splitlines():
                assert skeleton(fold(line)) in left


def _on_path(text: str, vectorised: bool, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    with monkeypatch.context() as patch:
        patch.setattr(repeat, "line_pairs", functools.partial(line_pairs, vectorised=vectorised))
        return find(text)


@pytest.mark.parametrize("name", list(TRAPS))
def test_both_paths_find_the_same_in_texts_that_repeat(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(TRAPS[name])
    assert _on_path(text, True, monkeypatch) == _on_path(text, False, monkeypatch)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seed", range(8))
def test_both_paths_find_the_same_in_edited_copies(language: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    body = prose(seed, 40, language)
    copy = ["".join(c for c in line if rng.random() > 0.02 * seed) for line in body]
    text = "\n".join([*prose(90, 20, language), *body, *prose(91, 60, language), *copy, *prose(92, 20, language)])
    vectorised = _on_path(text, True, monkeypatch)
    assert vectorised
    assert vectorised == _on_path(text, False, monkeypatch)


def _wrapped(lines: list[str], width: int) -> list[str]:
    return [line[at : at + width] for line in lines for at in range(0, len(line), width)]


_RNG = random.Random(7)
HOSTILE = {
    "one long line of one letter": "a" * 1_000_000,
    "one line many times": (CHINESE[1] + "\n") * 50_000,
    "short line many times": "ab\n" * 200_000,
    "period of many lines": ("\n".join(prose(1, 100)) + "\n") * 40,
    "period within the bound": ("\n".join(prose(1, 300)) + "\n") * 8,
    "two letters": "".join(_RNG.choice("ab") for _ in range(200_000)),
    "numbered rows": "\n".join(f"This is row {n} of the table and nothing else stands in it." for n in range(8_000)),
    "lines in another order": "\n".join(_RNG.sample(prose(5, 1_500) * 4, 6_000)),
    "long lines twice": "\n".join(["".join(prose(2, 800)), "".join(prose(2, 800)), *prose(3, 5)]),
    "long paragraph against short lines": "\n".join(["".join(prose(9, 400)), *_wrapped(prose(9, 400), 24)]),
    "control characters": "\n".join(chr(n % 32) + "\x85\u2028" + line for n, line in enumerate(prose(4, 50) * 2)),
    "no letters": "\n".join("--- *** ---" for _ in range(50_000)),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_work_is_bounded_by_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    similarity = Lines.similarity

    def counted(self: Lines, a: str, b: str, at_least: int) -> int:
        nonlocal compared
        compared += 1
        return similarity(self, a, b, at_least)

    monkeypatch.setattr(Lines, "similarity", counted)
    find(HOSTILE[name])
    assert compared <= MAX_COMPARISONS // 4


def test_a_body_of_an_edited_book_is_found_whole() -> None:
    rng = random.Random(3)
    body = prose(11, 300)
    copy = ["".join(rng.choice(body[0]) if rng.random() < 0.08 else c for c in line) for line in body]
    text = "\n".join([*prose(12, 300), *body, *prose(13, 500), *copy, *prose(14, 300)]) + "\n"
    document = Document("book.txt", text)
    touched: set[int] = set()
    for finding in find(text):
        first, last = document.lines_of(finding.span)
        touched.update(range(first, last + 1))
    assert len(touched & set(range(1_100, 1_400)) | touched & set(range(300, 600))) >= 295
    assert touched <= set(range(1_100, 1_400)) or touched <= set(range(300, 600))


def test_english_article_is_found_in_any_place() -> None:
    for above in (0, 5, 60):
        lines = [*prose(21, above, "en"), *ENGLISH, *prose(22, 10, "en"), *ENGLISH, *prose(23, above, "en")]
        assert [finding.action for finding in find("\n".join(lines))] == [Action.REMOVE]
