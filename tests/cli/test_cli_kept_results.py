"""What a run has found is kept for the next one: the same words come out, and nothing that has changed is taken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run, environment
from msgspec.structs import replace

from scrubber.cli import kept_results
from scrubber.cli.kept_results import DECIDING, OF_DOCUMENT, OF_OTHERS, OF_OUTPUT, KeptResults
from scrubber.cli.tasks import Setup
from scrubber.engine.clean import Cleaner
from scrubber.engine.guards import Limits
from scrubber.model import Document
from scrubber.rules.decisions import Decisions

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "dirty"
FORMATS = ("html", "markdown", "csv", "patch", "json", "jsonl", "github", "sarif")

ASKED = """
import sys
from scrubber.engine.clean import Cleaner
asked = []
clean = Cleaner.clean
Cleaner.clean = lambda self, document: asked.append(document.id) or clean(self, document)
from scrubber.cli.main import main
from scrubber.cli.standard import prepare_streams
prepare_streams()
code = main(sys.argv[1:])
print("looked at:", *asked, file=sys.stderr)
"""
LOADED = """
import sys
from scrubber.cli.main import main
from scrubber.cli.standard import prepare_streams
prepare_streams()
code = main(sys.argv[1:])
print("loaded:", *sorted({"re2", "numpy", "scrubber.detect", "scrubber.engine.clean", "scrubber.rules.match",
                          "scrubber.rules.schema"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def run(place: Path, kept: Path, program: str, *arguments: str) -> str:
    """The last line that a small program about the real one writes to standard error."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        env=environment(SCRUBBER_CACHE_DIR=str(kept)),
        check=False,
    )
    return done.stderr.splitlines()[-1].partition(":")[2].strip()


def looked_at(place: Path, kept: Path, *arguments: str) -> list[str]:
    """The documents that a check cleans, and does not take from an earlier run."""
    return run(place, kept, ASKED, *arguments).split()


def check(place: Path, kept: Path, *arguments: str) -> list[str]:
    return looked_at(place, kept, "check", "--rules", "pier.toml", *arguments)


def entries(kept: Path) -> list[Path]:
    return sorted((kept / "results").glob("*/*"))


def test_what_has_not_changed_is_not_looked_at_again(place: Path, kept: Path) -> None:
    (place / "a.txt").write_text(BODY)
    (place / "b.txt").write_text(DIRTY)
    assert check(place, kept, ".") == ["a.txt", "b.txt"]
    assert check(place, kept, ".") == []
    (place / "b.txt").write_text(BODY + DIRTY)
    assert check(place, kept, ".") == ["b.txt"]
    assert looked_at(place, kept, "diff", "--rules", "pier.toml", ".") == []
    assert looked_at(place, kept, "clean", "--rules", "pier.toml", ".", "--out", "out") == []
    assert (place / "out" / "b.txt").read_text() == BODY + BODY
    kept_before = entries(kept)
    (place / "b.txt").write_text(DIRTY + BODY)
    assert looked_at(place, kept, "clean", "--rules", "pier.toml", "b.txt", "--out", "out") == ["b.txt"]
    assert entries(kept) == kept_before


def test_a_warm_check_loads_no_rules(place: Path, kept: Path) -> None:
    (place / "a.txt").write_text(BODY)
    (place / "b.txt").write_text(DIRTY)
    assert run(place, kept, LOADED, "check", "a.txt", "b.txt") != ""
    assert run(place, kept, LOADED, "check", "a.txt", "b.txt") == ""


@pytest.mark.parametrize("how", ["--no-cache", "no folder"])
def test_it_can_be_switched_off(place: Path, kept: Path, how: str) -> None:
    (place / "a.txt").write_text(BODY)
    options = ("--no-cache",) if how == "--no-cache" else ()
    folder = kept if options else Path()
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", ASKED, "check", "--rules", "pier.toml", "a.txt", *options],
            cwd=place,
            capture_output=True,
            text=True,
            env=environment(SCRUBBER_CACHE_DIR=str(folder) if options else ""),
            check=False,
        )
        assert done.stderr.splitlines()[-1] == "looked at: a.txt"
    assert entries(kept) == []


CHANGES = {
    "a rule": ("pier.toml", "Share this story", "Share this tale"),
    "the title of a rule": ("pier.toml", "Share bar", "Bar of shares"),
    "the limits": ("scrubber.toml", "max-share = 0.9", "max-share = 0.8"),
    "the profile": ("scrubber.toml", 'profile = "standard"', 'profile = "thorough"'),
    "rules of one file": ("scrubber.toml", '"b*" = ["pier/advert"]', '"a*" = ["pier/advert"]'),
    "how paragraphs are parted": ("scrubber.toml", 'paragraphs = "line"', 'paragraphs = "blank-line"'),
    "what is ignored": ("scrubber.toml", "ignore = []", 'ignore = ["pier/advert"]'),
}
CONFIG = """
rules = ["pier.toml"]
profile = "standard"
paragraphs = "line"
ignore = []

[limits]
max-share = 0.9

[per-file-ignores]
"b*" = ["pier/advert"]
"""


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_decides_is_part_of_the_key(place: Path, kept: Path, change: tuple[str, str, str]) -> None:
    (place / "a.txt").write_text(DIRTY)
    (place / "scrubber.toml").write_text(CONFIG)
    assert looked_at(place, kept, "check", "a.txt") == ["a.txt"]
    assert looked_at(place, kept, "check", "a.txt") == []
    name, before, after = change
    text = (place / name).read_text()
    assert before in text
    (place / name).write_text(text.replace(before, after))
    assert looked_at(place, kept, "check", "a.txt") == ["a.txt"]


def test_a_decision_about_a_document_is_heard_and_others_do_not_matter(place: Path, kept: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (place / name).write_text(DIRTY)
    found = subprocess.run(
        [sys.executable, "-m", "scrubber", "check", "--rules", "pier.toml", "--report", "json", "a.txt", "b.txt"],
        cwd=place,
        capture_output=True,
        env=environment(SCRUBBER_CACHE_DIR=str(kept)),
        check=False,
    )
    fingerprint = found.stdout.decode().partition('"fingerprint"')[2].split('"')[1]
    (place / "scrubber.decisions.toml").write_text(
        f'[[decision]]\nfingerprint = "{fingerprint}"\nrule = "pier/share-bar"\npath = "a.txt"\nverdict = "keep"\n'
    )
    assert check(place, kept, "a.txt", "b.txt") == ["a.txt"]
    assert check(place, kept, "a.txt", "b.txt") == []


def test_a_document_of_another_name_or_encoding_is_another_one(place: Path, kept: Path) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert check(place, kept, "a.txt") == ["a.txt"]
    (place / "c.txt").write_text(DIRTY)
    assert check(place, kept, "c.txt") == ["c.txt"]
    (place / "c.txt").write_text(DIRTY, "utf-16")
    assert check(place, kept, "c.txt") == ["c.txt"]


def test_parts_of_dumps_are_looked_at_each_time(place: Path, kept: Path) -> None:
    (place / "a.jsonl").write_text(json.dumps({"id": "1", "text": DIRTY}) + "\n")
    assert check(place, kept, "a.jsonl") == check(place, kept, "a.jsonl") == ["a.jsonl#1"]
    assert entries(kept) == []


@pytest.mark.parametrize(
    "content", [b"", b"[", b"null", b'["x", []]', b"\xff\xfe", b"[" * 100_000, b'{"a": 1}', b"[1, 2, 3]"]
)
def test_a_strange_entry_is_as_if_it_were_not_there(place: Path, kept: Path, content: bytes) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert check(place, kept, "a.txt") == ["a.txt"]
    (entry,) = entries(kept)
    good = entry.read_bytes()
    entry.write_bytes(content)
    assert check(place, kept, "a.txt") == ["a.txt"]
    assert entry.read_bytes() == good
    entry.write_bytes(good.replace(entry.name.encode(), b"0" * len(entry.name)))
    assert check(place, kept, "a.txt") == ["a.txt"]


def test_a_cache_that_cannot_be_written_is_none(place: Path, tmp_path: Path) -> None:
    (place / "a.txt").write_text(DIRTY)
    file = tmp_path / "file"
    file.write_text("x")
    assert check(place, file, "a.txt") == ["a.txt"]
    assert check(place, file, "a.txt") == ["a.txt"]


def test_reports_are_the_same_bytes(scrubber: Run, place: Path, kept: Path) -> None:
    paths = [str(path) for path in sorted(SAMPLES.iterdir()) if path.stat().st_size < 2500]
    assert {Path(path).suffix for path in paths} == {".txt", ".html"}
    reports = [f"--report={name}:report.{name}" for name in FORMATS]
    asked = ("check", "--report=terminal", *reports, "--all", "--statistics", "--jobs=1", *paths)
    seen = []
    for options in ({"env": {"SCRUBBER_CACHE_DIR": str(kept)}}, {"env": {"SCRUBBER_CACHE_DIR": str(kept)}}, {}):
        outcome = scrubber(*asked, *([] if options else ["--no-cache"]), **options)
        seen.append((outcome, [(place / f"report.{name}").read_bytes() for name in FORMATS]))
        assert len(entries(kept)) == len(paths)
    assert seen[0] == seen[1] == seen[2]
    assert all(seen[0][1])


def setup_with(cleaner: Cleaner, folder: Path) -> Setup:
    return Setup(
        cleaner.ruleset, Decisions(), Limits(), frozenset(), (), None, "fail", "auto", 1 << 20, results=str(folder)
    )


@pytest.fixture
def cleaner(place: Path) -> Cleaner:
    from scrubber.api import load_rules

    return Cleaner(load_rules(place / "pier.toml"))


def test_every_field_of_a_setup_is_accounted_for(cleaner: Cleaner, tmp_path: Path) -> None:
    parts = (DECIDING, OF_DOCUMENT, OF_OUTPUT, OF_OTHERS)
    assert set(Setup.__struct_fields__) == frozenset().union(*parts)
    assert sum(map(len, parts)) == len(Setup.__struct_fields__)
    setup = setup_with(cleaner, tmp_path)
    for name in OF_OTHERS:
        assert KeptResults(replace(setup, **{name: object()})).place_of(Document("a", "b"), ()) is None


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_results, "MAX_FOLDER_ENTRIES", 4)
    monkeypatch.setattr(kept_results, "MAX_KEPT_A_RUN", 1500)


def test_what_is_kept_is_bounded(cleaner: Cleaner, tmp_path: Path, small: None) -> None:
    keeping = KeptResults(setup_with(cleaner, tmp_path / "results"))
    for number in range(2000):
        document = Document(f"{number}.txt", BODY)
        place = keeping.place_of(document, ())
        assert place is not None
        keeping.keep(place, cleaner.clean(document))
    found = [len(list(folder.iterdir())) for folder in (tmp_path / "results").iterdir()]
    assert max(found) <= 4
    assert sum(found) > 256
    assert not list((tmp_path / "results").glob("*/*.new"))
    recent = keeping.place_of(Document("1499.txt", BODY), ())
    late = keeping.place_of(Document("1500.txt", BODY), ())
    assert recent is not None
    assert late is not None
    assert Path(recent).exists()
    assert not Path(late).exists()


def test_a_result_that_is_too_long_is_not_kept(
    cleaner: Cleaner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_results, "MAX_ENTRY_BYTES", 200)
    keeping = KeptResults(setup_with(cleaner, tmp_path))
    for text, is_kept in ((BODY, True), (DIRTY, False)):
        document = Document("a.txt", text)
        place = keeping.place_of(document, ())
        assert place is not None
        keeping.keep(place, cleaner.clean(document))
        assert (keeping.taken(place, document) is not None) is is_kept
