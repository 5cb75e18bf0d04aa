"""Recorded decisions are read whole or refused whole."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest

from scrubber.errors import ConfigError
from scrubber.rules.decisions import Decision, Decisions, load_decisions

KEEP = """\
[[decision]]
fingerprint = "9f31c0a4d2e7b813"
rule    = "seed-news/related-tail"
path    = "seeds/ferry.txt"
verdict = "keep"
reason  = "The list is the article here."
by      = "m.ode"
"""
LATER = '[[decision]]\nfingerprint = "00000000000000aa"\nrule = "core/x"\npath = "seeds/b.txt"\nverdict = "later"\n'


def written(folder: Path, text: str, name: str = "scrubber.decisions.toml") -> Path:
    """The path of a file with that text."""
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def refused(folder: Path, text: str) -> ConfigError:
    """The error that a decisions file with that text is refused with."""
    with pytest.raises(ConfigError) as caught:
        load_decisions(written(folder, text))
    return caught.value


def test_decisions_are_read_and_found_by_the_document(tmp_path: Path) -> None:
    decisions = load_decisions(written(tmp_path, KEEP + LATER))
    assert decisions.for_path("seeds/ferry.txt") == (
        Decision(
            "9f31c0a4d2e7b813",
            "seed-news/related-tail",
            "seeds/ferry.txt",
            "keep",
            "The list is the article here.",
            "m.ode",
        ),
    )
    assert [each.verdict for each in decisions.for_path("seeds/b.txt")] == ["later"]
    assert decisions.for_path("seeds/none.txt") == ()


def test_decisions_are_sorted_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    one, two = (
        load_decisions(written(tmp_path, KEEP + LATER)),
        load_decisions(written(tmp_path, LATER + KEEP, "b.toml")),
    )
    assert one.decisions == two.decisions
    assert [each.fingerprint for each in one.decisions] == ["00000000000000aa", "9f31c0a4d2e7b813"]


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    assert load_decisions(written(tmp_path, KEEP)).digest == hashlib.sha256(KEEP.encode()).hexdigest()


def test_no_file_means_no_decisions(tmp_path: Path) -> None:
    assert load_decisions(tmp_path / "none.toml") == Decisions()
    assert Decisions().digest == ""


@pytest.mark.parametrize("text", ["", "\n", "# none yet\n"])
def test_an_empty_file_means_no_decisions(tmp_path: Path, text: str) -> None:
    assert load_decisions(written(tmp_path, text)).decisions == ()


def test_one_finding_may_be_decided_in_two_documents(tmp_path: Path) -> None:
    assert len(load_decisions(written(tmp_path, KEEP + KEEP.replace("ferry", "barge"))).decisions) == 2


def test_decisions_can_be_pickled_for_workers(tmp_path: Path) -> None:
    decisions = load_decisions(written(tmp_path, KEEP))
    copy = pickle.loads(pickle.dumps(decisions))  # noqa: S301
    assert copy == decisions
    assert copy.for_path("seeds/ferry.txt") == decisions.decisions


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        (KEEP.replace("9f31", "9F31"), 2, 15, "16 hex digits"),
        (KEEP.replace("9f31", ""), 2, 15, "16 hex digits"),
        (KEEP.replace('"9f31c0a4d2e7b813"', "17"), 2, 15, "wants a string, found an integer"),
        (KEEP.replace("seed-news/", ""), 3, 11, 'Write "set/rule".'),
        (KEEP.replace('"seeds/ferry.txt"', '""'), 4, 11, "empty"),
        (KEEP.replace('"keep"', '"keeps"'), 5, 11, 'Did you mean "keep"?'),
        (KEEP.replace("reason ", "raeson "), 6, 1, 'Did you mean "reason"?'),
        (KEEP.replace("verdict = ", "# "), 1, 1, 'needs "verdict"'),
        (KEEP + KEEP, 8, 1, "decided already (line 1)"),
        (KEEP.replace("[[decision]]", "[decision]"), 1, 2, "Write [[decision]]."),
        (KEEP.replace("[[decision]]", "[[decisions]]"), 1, 3, 'Did you mean "decision"?'),
        (KEEP + "x", 8, 1, "not TOML"),
    ],
)
def test_a_mistake_is_found_at_its_place(tmp_path: Path, text: str, line: int, column: int, part: str) -> None:
    error = refused(tmp_path, text)
    assert error.where is not None
    assert (error.where.line, error.where.column) == (line, column)
    assert part in str(error)
    assert error.exit_code == 2


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, KEEP.replace("9f31", "zz31") + LATER.replace('"later"', '"maybe"'))
    name = (tmp_path / "scrubber.decisions.toml").as_posix()
    lines = str(error).split("\n")
    assert [line.split(": ")[0] for line in lines if line.startswith(name)] == [f"{name}:2:15", f"{name}:12:11"]
    assert lines[1].strip() == 'fingerprint = "zz31c0a4d2e7b813"'


def test_a_file_outside_the_root_is_refused_unread_also_behind_a_link(tmp_path: Path) -> None:
    outside = written(tmp_path, "secret = ", "outside.toml")
    root = tmp_path / "project"
    root.mkdir()
    (root / "link.toml").symlink_to(outside)
    for path in (outside, root / "link.toml"):
        with pytest.raises(ConfigError, match="outside the project root") as caught:
            load_decisions(path, root)
        assert "secret" not in str(caught.value)


def test_only_a_toml_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"named \.toml") as caught:
        load_decisions(written(tmp_path, "secret = ", "decisions.txt"))
    assert "secret" not in str(caught.value)
