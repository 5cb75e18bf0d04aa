"""The file of evidence: every document is found in it, equal evidence has equal bytes, and nothing else is taken for it."""

from __future__ import annotations

import json
import random
from array import array
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.corpus.decide import Comparison
from scrubber.corpus.evidence import Evidence, write_evidence
from scrubber.corpus.line_counts import SharedLines
from scrubber.errors import UsageError
from scrubber.model.copies import NOTHING, DocumentCopies, FoundCopy

RULE = Comparison("set/near", whole=False, threshold=800, min_chars=80, takes=True)
ids = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), unique=True, max_size=60)


def copies_for(name: str) -> DocumentCopies:
    chance = random.Random(name)
    made = tuple(
        FoundCopy("set/near", f"{number:032x}", f"kin of {name}\n", 3, 4, "edit", 700, 910, 4, ((1, 2, 1, 3),))
        for number in range(chance.randrange(4))
    )
    return DocumentCopies(made, ("ab" * 16,) * chance.randrange(2))


def write(path: Path, names: list[str], shared: SharedLines | None = None) -> str:
    template = (5, ("folder",)) if shared is not None else None
    return write_evidence(path, shared, template, [RULE], [(name, copies_for(name)) for name in sorted(names)])


@given(names=ids, asked=ids)
def test_every_document_is_found_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], asked: list[str]
) -> None:
    path = tmp_path_factory.mktemp("evidence") / "e.jsonl"
    write(path, names)
    evidence = Evidence(path)
    for name in (*names, *asked):
        assert evidence.of(name) == (copies_for(name) if name in names else NOTHING)
    evidence.close()


def test_the_digest_is_that_of_the_bytes_and_equal_for_equal_evidence(tmp_path: Path) -> None:
    shared = SharedLines(array("Q", [3, 1 << 60]), array("I", [9, 12]))
    digests = {write(tmp_path / f"{number}.jsonl", ["b", "a", "渡轮#1"], shared) for number in range(2)}
    assert digests == {sha256((tmp_path / "0.jsonl").read_bytes()).hexdigest()}


def test_shared_lines_come_back(tmp_path: Path) -> None:
    shared = SharedLines(array("Q", [3, 1 << 60]), array("I", [9, 12]))
    write(tmp_path / "e.jsonl", ["a"], shared)
    write(tmp_path / "f.jsonl", ["a"])
    assert Evidence(tmp_path / "e.jsonl").shared() == shared
    assert Evidence(tmp_path / "f.jsonl").shared() is None


@pytest.mark.parametrize(
    ("template", "rules", "answered"),
    [
        ((5, ("folder",)), [RULE], True),
        ((9, ("folder",)), [RULE], True),
        (None, [], True),
        ((4, ("folder",)), [RULE], False),
        ((5, ("folder", "host")), [RULE], False),
        ((5, ("folder",)), [Comparison("set/near", whole=False, threshold=900, min_chars=80, takes=True)], False),
    ],
)
def test_evidence_answers_rules_that_looked_for_no_more(
    tmp_path: Path, template: tuple[int, tuple[str, ...]] | None, rules: list[Comparison], answered: bool
) -> None:
    write(tmp_path / "e.jsonl", ["a"], SharedLines(array("Q"), array("I")))
    assert Evidence(tmp_path / "e.jsonl").answers(template, rules) is answered


def test_what_is_no_evidence_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    write(path, ["a", "b"])
    whole = path.read_bytes()
    header, _, rest = whole.partition(b"\n")
    told = json.loads(header)
    strange = {
        "empty": b"",
        "text": b"The ferry returned at noon.\n",
        "number": b"7\n",
        "cut": whole[:-3],
        "longer": whole + b"\n",
        "version": json.dumps(told | {"version": 2}).encode() + b"\n" + rest,
        "fold": json.dumps(told | {"fold": 0}).encode() + b"\n" + rest,
        "sizes": json.dumps(told | {"document_bytes": "7"}).encode() + b"\n" + rest,
        "negative": json.dumps(told | {"line_bytes": -1}).encode() + b"\n" + rest,
    }
    for name, content in strange.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match=r"Run without it|makes its own"):
            Evidence(tmp_path / name)
    with pytest.raises(UsageError):
        Evidence(tmp_path / "there is none")


def test_a_line_that_is_none_of_ours_is_refused_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    write(path, ["only"])
    size = len(path.read_bytes().partition(b"\n")[2])
    for line in (b'["only",[[1]],[]]', b'"only"', b"[[],[],[]]", b"}"):
        header = json.loads(path.read_bytes().partition(b"\n")[0]) | {"document_bytes": size}
        body = line.ljust(size - 1) + b"\n"
        (tmp_path / "odd.jsonl").write_bytes(json.dumps(header, separators=(",", ":")).encode() + b"\n" + body)
        with pytest.raises(UsageError):
            Evidence(tmp_path / "odd.jsonl").of("only")
