"""The decisions file on disk, with more than one who writes it."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from scrubber.cli.decisions_file import DecisionsFile
from scrubber.errors import ConfigError, UsageError
from scrubber.rules.decisions import Decision, load_decisions
from scrubber.rules.decisions_write import key_of
from scrubber.store import lock


def decision(number: int, verdict: str = "keep", by: str = "") -> Decision:
    return Decision(f"{number:016x}", "core/x", "a.txt", verdict, "", by)


def put(file: DecisionsFile, *decisions: Decision) -> None:
    file.record({key_of(each): None for each in decisions}, {key_of(each): each for each in decisions})


def write_many(path: Path, start: int) -> None:
    """What one of several writers does: one decision at a time, never looking at what the others do."""
    file = DecisionsFile(path, "d.toml")
    for number in range(start, start + 20):
        put(file, decision(number))


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, start)) for start in (0, 100, 200)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert len(load_decisions(path).decisions) == 60
    assert sorted(each.name for each in tmp_path.iterdir()) == [".scrubber", "d.toml"]


def test_what_somebody_else_decided_meanwhile_stands(tmp_path: Path) -> None:
    one, two = (DecisionsFile(tmp_path / "d.toml", "d.toml") for _ in range(2))
    put(one, decision(1, "keep", "ode"))
    put(two, decision(1, "remove", "eve"), decision(2, "remove", "eve"))
    assert [(each.verdict, each.by) for each in load_decisions(tmp_path / "d.toml").decisions] == [
        ("keep", "ode"),
        ("remove", "eve"),
    ]


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("", "utf-8")
    link = tmp_path / "d.toml"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("no links here")
    put(DecisionsFile(link, "d.toml"), decision(1))
    assert link.is_symlink()
    assert len(load_decisions(real).decisions) == 1


def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    file = DecisionsFile(path, "d.toml")
    put(file, decision(1))
    broken = path.read_text("utf-8") + "<<<<<<< HEAD\n"
    path.write_text(broken, "utf-8")
    with pytest.raises(ConfigError, match="not TOML"):
        put(file, decision(2))
    assert path.read_text("utf-8") == broken


def test_a_lock_that_is_held_on_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_TRIES", 2)
    monkeypatch.setattr(lock, "_PAUSE_SECONDS", 0)
    path = tmp_path / "d.toml"
    with lock.brief_lock(tmp_path, "decisions.lock"), pytest.raises(UsageError, match="another run"):
        put(DecisionsFile(path, "d.toml"), decision(1))
    assert not path.exists()
    put(DecisionsFile(path, "d.toml"), decision(1))
    assert path.exists()
