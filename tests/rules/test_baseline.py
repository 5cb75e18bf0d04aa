"""Baselines are written in one way, read whole or refused whole, and joined line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import ConfigError
from scrubber.rules import baseline as module
from scrubber.rules.baseline import Baseline, BaselineEntry, baseline_of, baseline_text, load_baseline, read_baseline

ENTRY = BaselineEntry("9f31c0a4d2e7b813", 'seeds/渡轮 "a".txt', "seed-news/related-tail")
OTHER = BaselineEntry("00000000000000aa", "seeds/b.txt", "core/x")

entries = st.builds(
    BaselineEntry,
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.sampled_from(("core/x", "seed-news/related-tail")),
)


def refused(raw: bytes | str) -> str:
    """What is said of a baseline that is refused."""
    with pytest.raises(ConfigError) as caught:
        read_baseline(raw if isinstance(raw, bytes) else raw.encode(), "b.json")
    assert caught.value.exit_code == 2
    return str(caught.value)


def with_line(line: str) -> str:
    """A baseline with that line among its findings, which is line 5 of the file."""
    lines = baseline_text(baseline_of([OTHER])).splitlines()
    return "\n".join([*lines[:4], line, *lines[4:]])


@given(found=st.lists(entries))
def test_what_is_written_is_read(found: list[BaselineEntry]) -> None:
    baseline = baseline_of(found)
    text = baseline_text(baseline)
    assert read_baseline(text.encode(), "b.json") == baseline
    assert baseline.entries == tuple(sorted(set(found)))
    assert len(text.splitlines() if text.isascii() else text.split("\n")[:-1]) == 4 + len(baseline.entries)
    assert json.loads(text)["findings"] == [
        *({"fingerprint": each.fingerprint, "rule": each.rule, "path": each.path} for each in baseline.entries),
        None,
    ]


@given(found=st.lists(entries, min_size=1), random=st.randoms(use_true_random=False))
def test_order_and_repetition_of_lines_mean_nothing(found: list[BaselineEntry], random: object) -> None:
    lines = baseline_text(baseline_of(found)).split("\n")
    middle = lines[3:-2] * 2
    random.shuffle(middle)  # type: ignore[attr-defined]
    again = read_baseline("\n".join([*lines[:3], *middle, *lines[-2:]]).encode(), "b.json")
    assert again == baseline_of(found)


def test_each_finding_has_a_line_of_its_own_that_ends_like_any_other() -> None:
    lines = baseline_text(baseline_of([ENTRY, OTHER])).splitlines()
    assert lines[0].startswith('{"format":"scrubber-baseline","version":1,')
    assert lines[3] == '{"fingerprint":"00000000000000aa","rule":"core/x","path":"seeds/b.txt"},'
    assert all(line.endswith("},") for line in lines[3:-1])


def test_entries_are_found_by_the_document() -> None:
    baseline = baseline_of([ENTRY, OTHER])
    assert baseline.for_path("seeds/b.txt") == (OTHER,)
    assert baseline.for_path("seeds/none.txt") == ()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: json.dumps(json.loads(text), indent=4),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(
            "null]}", '{"fingerprint":"00000000000000aa","rule":"core/x","path":"seeds/b.txt"}]}'
        ),
        lambda text: text.replace('"path"', '"note":[1,{"a":null}],"path"'),
        # Two branches whose Python knows other characters, joined.
        lambda text: text.replace('"findings"', '"scheme":1,"fold":1,"unicode":"99.0.0",\n"findings"'),
    ],
)
def test_a_file_that_is_formatted_otherwise_says_the_same(rewrite: object) -> None:
    text = baseline_text(baseline_of([ENTRY, OTHER]))
    changed: str = rewrite(text)  # type: ignore[operator]
    assert read_baseline(changed.encode(), "b.json") == baseline_of([ENTRY, OTHER])


@pytest.mark.parametrize("key", ["scheme", "fold"])
def test_fingerprints_of_another_make_are_noticed(key: str) -> None:
    text = baseline_text(baseline_of([OTHER]))
    assert not read_baseline(text.encode(), "b.json").outdated
    assert read_baseline(text.replace(f'"{key}":1', f'"{key}":7').encode(), "b.json").outdated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "b.json:1:1: this is no baseline."),
        ("[]", "b.json:1:1: this is no baseline."),
        ("{}", "b.json:1:3: this is no baseline: its format is another."),
        ('{"findings":[]}', "b.json:1:2: this is no baseline: it begins with its format."),
        ('{"format":"scrubber-report","version":1}', "b.json:1:2: this is no baseline: its format is another."),
        ('{"format":"scrubber-baseline","findings":[]}', "no version that is known (1)."),
        ('{"format":"scrubber-baseline","version":true,"findings":[]}', "no version that is known (1)."),
        ('{"format":"scrubber-baseline",\n"version":2,"x":!!!', "b.json:2:1: the baseline was written by a later scrubber."),
        ('{"format":"scrubber-baseline","version":1}', 'the baseline has no "findings".'),
        ('{"format":"scrubber-baseline","version":1,"findings":[]} x', "text stands behind the end"),
        ('{"format":"scrubber-baseline","version":1,"findings":[', "this is not JSON."),
        ('{"format":"scrubber-baseline","version":1,"findings":{}}', "b.json:1:54: [ is missing here."),
        (with_line("<<<<<<< HEAD"), "b.json:5:1: this is not JSON. Repair the line, or take it out. Where two branches met"),
        (with_line("{}"), 'b.json:5:1: this finding has no "fingerprint" that is a string.'),
        (with_line("7,"), "b.json:5:1: a finding is written {...}."),
        (with_line('{"fingerprint":"9F31C0A4D2E7B813","rule":"core/x","path":"a"},'), "b.json:5:1: a fingerprint has 16 hex"),
        (with_line('{"fingerprint":"00000000000000aa","rule":"core\\n","path":"a"},'), "is no full id."),
        (with_line('{"fingerprint":"00000000000000aa","rule":"core/x","path":""},'), "this path names no document."),
        (with_line('{"fingerprint":"00000000000000aa","rule":"core/x","path":"\\ud800"},'), "this path names no document."),
        (with_line("[" * 100_000), "b.json:5:1: this is nothing that a baseline holds."),
        (with_line("9" * 10_000 + ","), "b.json:5:1: this is nothing that a baseline holds."),
        (b'{"format":"scrubber-baseline",\n"\xff', "b.json:2: the baseline is not UTF-8."),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused_with_its_place(text: str | bytes, expected: str) -> None:
    assert expected in refused(text)


def test_nothing_of_a_foreign_file_is_quoted() -> None:
    assert "secret" not in refused('{"format":"secret","x":"secret"}') + refused("secret = 1")


def test_files_that_are_none_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, expected in (("missing.json", "there is no such baseline file."), (".", "is no regular file.")):
        with pytest.raises(ConfigError) as caught:
            load_baseline(tmp_path / name, name)
        assert expected in str(caught.value)
    file = tmp_path / "b.json"
    file.write_text(baseline_text(Baseline()))
    assert load_baseline(file, "b.json") == Baseline()
    monkeypatch.setattr(module, "MAX_BASELINE_BYTES", 10)
    with pytest.raises(ConfigError, match="is larger than"):
        load_baseline(file, "b.json")
