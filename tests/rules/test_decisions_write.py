"""Decisions go into a file without touching what else stands in it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scrubber.errors import ConfigError
from scrubber.rules.decisions import VERDICTS, Decision, load_decisions
from scrubber.rules.decisions_write import PREAMBLE, Key, key_of, read_text

FERRY = Decision("9f31c0a4d2e7b813", "seed-news/related-tail", "seeds/ferry.txt", "keep", "The list is it.", "m.ode")
PIER = Decision("10000000000000aa", "core/x", "seeds/pier.txt", "later")

COMMENTED = """\
# Decisions of the harbour corpus.

# The list is what the page is about.
[[decision]]  # asked on Monday
fingerprint = "9f31c0a4d2e7b813"
# moved from tail
rule = "seed-news/related-tail"
path    = "seeds/ferry.txt"
verdict = "keep"   # for good

# Nothing below this line.
"""
TABLE = """\
[[decision]]
fingerprint = "9f31c0a4d2e7b813"
rule = "seed-news/related-tail"
path = "seeds/ferry.txt"
verdict = "keep"
"""
IN_LINES = """\
# Decisions of the harbour corpus.
decision = [  # asked on Monday
  # The list is what the page is about.
  # moved from tail
  { fingerprint = "9f31c0a4d2e7b813", rule = "seed-news/related-tail", path = "seeds/ferry.txt", verdict = "keep" } # for good
  # Nothing below this line.
]
"""
COMMENTS = [part.partition("\n")[0].strip() for part in COMMENTED.split("#")[1:]]


def added(text: str, *decisions: Decision) -> str:
    return read_text(text.encode(), "d.toml").changed({key_of(each): each for each in decisions}).text()


def test_a_new_file_says_what_it_is_and_is_sorted() -> None:
    assert added("", FERRY, PIER) == PREAMBLE + (
        "\ndecision = [\n"
        '  { fingerprint = "10000000000000aa", rule = "core/x", path = "seeds/pier.txt", verdict = "later" },\n'
        '  { fingerprint = "9f31c0a4d2e7b813", rule = "seed-news/related-tail", path = "seeds/ferry.txt", '
        'verdict = "keep", reason = "The list is it.", by = "m.ode" },\n'
        "]\n"
    )


def test_a_file_of_tables_stays_one() -> None:
    assert (
        added(TABLE, PIER)
        == (
            '\n[[decision]]\nfingerprint = "10000000000000aa"\nrule        = "core/x"\n'
            'path        = "seeds/pier.txt"\nverdict     = "later"\n\n'
        ).removeprefix("\n")
        + TABLE
    )


def test_lines_that_were_there_stay_as_they_are_written() -> None:
    text = added(IN_LINES, PIER)
    start = IN_LINES.index("  # The list")
    new = text.removeprefix(IN_LINES[:start]).partition("\n")[0]
    assert text == IN_LINES[:start] + new + "\n" + IN_LINES[start:].replace("} #", "}, #")
    assert added(text, PIER) == text


def test_tables_that_were_there_stay_as_they_are_written() -> None:
    text = added(COMMENTED, PIER)
    start = text.index("# The list")
    assert text.startswith("# Decisions of the harbour corpus.\n\n[[decision]]\n")
    assert text[start:] == COMMENTED[COMMENTED.index("# The list") :]


@pytest.mark.parametrize("before", [COMMENTED, IN_LINES])
@pytest.mark.parametrize("decision", [replace(FERRY, verdict="later", reason=""), None])
def test_no_comment_is_lost_with_a_decision_that_changes_or_goes(decision: Decision | None, before: str) -> None:
    text = read_text(before.encode(), "d.toml").changed({key_of(FERRY): decision}).text()
    for comment in COMMENTS:
        assert f"# {comment}\n" in text
    decisions = read_text(text.encode(), "d.toml").decisions()
    assert decisions == (() if decision is None else (decision,))


def test_a_table_with_values_over_several_lines_is_kept_but_not_rewritten() -> None:
    text = COMMENTED.replace('path    = "seeds/ferry.txt"', 'path    = """\nseeds/ferry.txt"""')
    assert text.split("\n\n")[1] in added(text, PIER)
    with pytest.raises(ConfigError, match="several lines") as caught:
        added(text, FERRY)
    assert caught.value.where is not None
    assert caught.value.where.line == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('decision = [{ fingerprint = "10000000000000aa", rule = "core/x", path = "p", verdict = "keep" }]\n', 1),
        (IN_LINES.replace(", verdict", ",\n verdict").replace("{ f", "{ f"), None),
        (IN_LINES.replace("} # for good\n", "}, { "), None),
    ],
)
def test_lines_that_hold_more_than_one_thing_are_refused_with_their_place(text: str, line: int | None) -> None:
    with pytest.raises(ConfigError) as caught:
        read_text(text.encode(), "d.toml")
    assert caught.value.where is not None
    assert line in (None, caught.value.where.line)


def test_an_empty_array_takes_decisions() -> None:
    assert added("decision = [\n]\n", PIER).splitlines()[1].startswith('  { fingerprint = "10000000000000aa"')
    assert "decision = [" in added("# none yet\n", PIER)


@pytest.mark.parametrize("text", ["surprise = 1\n", COMMENTED + 'mood = "glad"\n', "[[decision]]\n"])
def test_a_file_with_foreign_keys_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_text(text.encode(), "d.toml")


@pytest.mark.parametrize("before", [COMMENTED, IN_LINES, "# none yet\n"])
def test_line_ends_of_the_file_are_kept(before: str) -> None:
    text = added(before.replace("\n", "\r\n"), PIER)
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize("before", [TABLE, IN_LINES])
def test_a_missing_end_of_the_last_line_does_not_join_two_decisions(before: str) -> None:
    text = added(before.rstrip("\n"), replace(FERRY, fingerprint="f" * 16))
    assert len(read_text(text.encode(), "d.toml").decisions()) == 2


WORDS = st.text(max_size=30)
DECISIONS = st.builds(
    Decision,
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.sampled_from(("core/x", "pier/share-bar")),
    WORDS.filter(bool),
    st.sampled_from(VERDICTS),
    WORDS,
    WORDS,
)


@given(st.lists(st.tuples(DECISIONS, st.booleans()), max_size=8), st.sampled_from((COMMENTED, IN_LINES)))
def test_what_was_written_is_what_is_read(steps: list[tuple[Decision, bool]], before: str) -> None:
    """However hostile paths and reasons are: the file says what was decided, and each step is as if it were the only one."""
    known: dict[Key, Decision] = {}
    text = read_text(before.encode(), "d.toml")
    known[key_of(FERRY)] = text.decisions()[0]
    for decision, stays in steps:
        change = decision if stays else None
        text = read_text(text.changed({key_of(decision): change}).text().encode(), "d.toml")
        known.pop(key_of(decision), None)
        if change is not None:
            known[key_of(decision)] = change
        assert text.decisions() == tuple(known[key] for key in sorted(known))
        assert read_text(text.text().encode(), "d.toml").text() == text.text()


def test_what_is_written_loads(tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    file.write_text(added(COMMENTED, PIER), "utf-8")
    assert [each.fingerprint for each in load_decisions(file).decisions] == [PIER.fingerprint, FERRY.fingerprint]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@pytest.mark.parametrize("known", ["", "1f"])
def test_branches_that_add_decisions_merge(known: str, tmp_path: Path) -> None:
    """With the attribute that the file itself names; also where both put theirs in the same place, or begin the file."""

    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    file = tmp_path / "scrubber.decisions.toml"
    attribute = PREAMBLE.partition("put `")[2].partition("`")[0]
    git("init", "-q", "-b", "main")
    (tmp_path / ".gitattributes").write_text(attribute + "\n", "utf-8")
    if known:
        file.write_text(added("", *(replace(PIER, fingerprint=digit * 16) for digit in known)), "utf-8")
    git("add", ".")
    git("commit", "-qm", "common")
    for branch, digits in (("one", "359"), ("two", "47")):
        git("checkout", "-q", "-b", branch, "main")
        before = file.read_text("utf-8") if file.exists() else ""
        file.write_text(added(before, *(replace(FERRY, fingerprint=digit * 16) for digit in digits)), "utf-8")
        git("add", ".")
        git("commit", "-qm", branch)
    git("merge", "-q", "--no-edit", "one")
    merged = "".join(each.fingerprint[0] for each in load_decisions(file).decisions)
    assert merged == "".join(sorted(known + "34579"))
    text = read_text(file.read_bytes(), "d.toml").changed({}).text()
    assert text.count("\n") == file.read_text("utf-8").count("\n")
