from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import LedgerMismatch, UsageError
from scrubber.store.paths import (
    below,
    colliding_outputs,
    deepest_common_folder,
    document_id,
    escape_problem,
    name_problem,
    output_name,
    portable_name,
    quote_id,
)

# Any file name of a POSIX system, as Python shows it.
file_names = st.binary(min_size=1, max_size=12).map(
    lambda raw: raw.replace(b"\0", b"!").replace(b"/", b"#").decode("utf-8", "surrogateescape")
)
relative_paths = st.lists(file_names, min_size=1, max_size=4).map("/".join)
hostile_names = st.text(
    st.sampled_from(list("ab./\\:!%# \0\n\x1b\x85CONau1~*?新\udcff\ud800")), min_size=0, max_size=14
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seeds/ferry.txt", "seeds/ferry.txt"),
        ("新闻/一.txt", "新闻/一.txt"),
        ("50%.txt", "50%25.txt"),
        ("a#b.txt", "a%23b.txt"),
        ("wow!/b.txt", "wow%21/b.txt"),
        ("wow!.txt", "wow!.txt"),
        ("two\nlines.txt", "two%0Alines.txt"),
        ("next\x85line.txt", "next%C2%85line.txt"),
        ("caf\udce9.txt", "caf%E9.txt"),
    ],
)
def test_an_id_encodes_only_marks_controls_and_bytes_that_are_no_text(name: str, expected: str) -> None:
    assert quote_id(name) == expected


@given(relative_paths)
def test_an_id_can_be_turned_back_into_its_path(path: str) -> None:
    assert unquote_to_bytes(quote_id(path)) == path.encode("utf-8", "surrogateescape")


@given(relative_paths)
def test_an_id_is_text_without_controls(path: str) -> None:
    quoted = quote_id(path)
    quoted.encode("utf-8")
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in quoted)


def test_document_ids_count_from_the_root(tmp_path: Path) -> None:
    assert document_id(tmp_path / "a" / ".." / "b" / "c.txt", tmp_path) == "b/c.txt"


def test_an_input_outside_the_root_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--root"):
        document_id(tmp_path / "a.txt", tmp_path / "b")


def test_a_root_reached_through_a_link_still_names_its_files(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert document_id(tmp_path / "link" / "a.txt", tmp_path / "real") == "a.txt"


def test_outputs_mirror_the_tree_below_the_deepest_common_folder(tmp_path: Path) -> None:
    (tmp_path / "dump" / "a").mkdir(parents=True)
    (tmp_path / "dump" / "c.txt").write_bytes(b"")
    assert deepest_common_folder([tmp_path / "dump"]) == tmp_path / "dump"
    assert deepest_common_folder([tmp_path / "dump" / "c.txt"]) == tmp_path / "dump"
    assert deepest_common_folder([tmp_path / "dump" / "a", tmp_path / "dump" / "c.txt"]) == tmp_path / "dump"


@pytest.mark.parametrize(
    ("relative", "member", "suffix", "expected"),
    [
        ("a/b.txt", "", "", "a/b.txt"),
        ("a%20b.txt", "", "", "a%20b.txt"),
        ("12:30.txt", "", "", "12:30.txt"),
        ("b.html", "", ".txt", "b.html.txt"),
        ("x.zip", "in/b.txt", "", "x.zip/in/b.txt"),
        ("x.zip", "../../etc/passwd", "", "x.zip/%2E%2E/%2E%2E/etc/passwd"),
        ("x.zip", "/etc/passwd", "", "x.zip/etc/passwd"),
        ("x.zip", "C:\\b.txt", "", "x.zip/C%3A%5Cb.txt"),
        ("x.zip", ".git/config", "", "x.zip/%2Egit/config"),
        (".scrubber/ledger.jsonl", "", "", "%2Escrubber/ledger.jsonl"),
        ("con.txt", "", "", "%63on.txt"),
        ("bell\a.txt", "", "", "bell%07.txt"),
    ],
)
def test_output_names_are_kept_but_for_what_is_unsafe(relative: str, member: str, suffix: str, expected: str) -> None:
    assert output_name(relative, member=member, suffix=suffix) == expected


@given(hostile_names, hostile_names)
def test_every_output_name_passes_the_check_for_foreign_names(relative: str, member: str) -> None:
    name = output_name(relative, member=member)
    assert name_problem(name) == ""
    name.encode("utf-8")


@given(hostile_names, st.booleans())
def test_a_portable_name_stays_as_it_is(name: str, foreign: bool) -> None:
    once = portable_name(name, foreign=foreign)
    assert portable_name(once, foreign=foreign) == once


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../a",
        "a/../b",
        "a//b",
        "./a",
        "a/",
        "a\x00b",
        "C:a",
        "c:/a",
        "a\\b",
        "..\\a",
        "a\nb",
        "a\x85b",
        "nul",
        "a/COM1.txt",
        "lpt¹",
        "aux .txt",
        "con:x",
        ". .",
        "a/...",
        ".git/config",
        "a/.GIT/x",
        ".scrubber/lock",
    ],
)
def test_names_that_could_leave_or_harm_are_refused(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize(
    "name", ["a", "a/b.txt", "新/一.txt", "..a", "a..", "console.txt", "12:30", ".hidden", "a%2Fb"]
)
def test_harmless_names_are_let_through(name: str) -> None:
    assert name_problem(name) == ""
    assert escape_problem(name) == ""


@given(hostile_names)
def test_what_passes_the_check_stays_below_its_folder(name: str) -> None:
    if not name_problem(name):
        assert os.path.normpath("/top/" + name).startswith("/top/")


def test_a_link_on_the_way_or_at_the_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out" / "file").symlink_to(tmp_path / "elsewhere" / "nothing")
    for name in ("folder/a.txt", "file"):
        with pytest.raises(LedgerMismatch, match="link"):
            below(tmp_path / "out", name)
    assert below(tmp_path / "out", "new/a.txt") == tmp_path / "out" / "new" / "a.txt"


@pytest.mark.parametrize(
    ("claims", "lost"),
    [
        ([("a", "a.txt"), ("b", "b.txt")], {}),
        ([("B", "b.txt"), ("a", "B.TXT")], {"a": "B"}),
        ([("1", "caf\u00e9"), ("2", "cafe\u0301")], {"2": "1"}),
        ([("1", "straße"), ("2", "STRASSE"), ("3", "Strasse")], {"2": "1", "3": "1"}),
        ([("1", "x.zip"), ("2", "X.zip/a.txt")], {"2": "1"}),
        ([("1", "x/a.txt"), ("2", "X")], {"2": "1"}),
        ([("1", "x/a.txt"), ("2", "X/b.txt")], {}),
    ],
)
def test_the_second_of_two_equal_outputs_loses_in_id_order(claims: list[tuple[str, str]], lost: dict[str, str]) -> None:
    assert colliding_outputs(claims) == lost
    assert colliding_outputs(reversed(claims)) == lost
