"""Results that are kept: what comes back is what was put in or nothing, within bounds, whoever else writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from scrubber.corpus.result_cache import ResultReader, ResultWriter, packed, unpacked


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def fill(path: Path, numbers: range, most_bytes: int = 1 << 20, size: int = 1000) -> None:
    with ResultWriter(path, most_bytes) as writer:
        for number in numbers:
            # Nothing that could be made smaller.
            value = b"".join((number * 1000 + place).to_bytes(4, "little") for place in range(size // 4))
            writer.put(key(number), packed(key(number), b"plan %d" % number), packed(key(number), value))


def held(path: Path, numbers: range) -> list[int]:
    reader = ResultReader(path)
    found = [number for number in numbers if reader.plan(key(number)) == b"plan %d" % number]
    reader.close()
    return found


def test_what_was_put_in_comes_back(tmp_path: Path) -> None:
    fill(tmp_path / "r", range(20))
    assert held(tmp_path / "r", range(30)) == list(range(20))


def test_values_are_bound_to_their_key() -> None:
    stored = packed(key(1), b"a plan")
    assert unpacked(key(1), stored) == b"a plan"
    assert unpacked(key(2), stored) is None
    assert unpacked(key(1), stored[:-1]) is None
    assert unpacked(key(1), b"") is None
    assert unpacked(key(1), "text") is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "r"
    fill(path, range(40), most_bytes=1 << 20)
    with ResultWriter(path) as writer:
        for number in range(5):
            writer.touch(key(number))
    before = sum(row[0] for row in sqlite3.connect(path).execute("SELECT size FROM result"))
    most = before // 2
    fill(path, range(100, 101), most_bytes=most)
    left = held(path, range(200))
    assert left[:5] == [0, 1, 2, 3, 4]
    assert 100 in left
    assert len(left) < 40
    with closing(sqlite3.connect(path)) as database:
        assert sum(row[0] for row in database.execute("SELECT size FROM result")) <= most


def test_no_run_keeps_more_than_it_may(tmp_path: Path) -> None:
    fill(tmp_path / "r", range(400), most_bytes=50_000)
    with closing(sqlite3.connect(tmp_path / "r")) as database:
        assert sum(row[0] for row in database.execute("SELECT size FROM result")) <= 50_000


def test_two_runs_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r"
    with ResultWriter(path) as one, ResultWriter(path) as other:
        for number in range(1200):
            (one if number % 2 else other).put(key(number), packed(key(number), b"plan %d" % number), b"")
    assert held(path, range(1200)) == list(range(1200))


def test_a_run_that_holds_the_file_stops_nobody(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from scrubber.corpus import result_cache

    monkeypatch.setattr(result_cache, "_PATIENCE", 0.01)
    path = tmp_path / "r"
    fill(path, range(3))
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        fill(path, range(3, 6))
        assert held(path, range(6)) == [0, 1, 2]


def test_files_of_others_give_way_and_damaged_ones_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"The ferry returned at noon. " * 400)
    with closing(sqlite3.connect(tmp_path / "other")) as database:
        database.execute("CREATE TABLE result (a)")
        database.commit()
    for name in ("text", "other"):
        assert held(tmp_path / name, range(3)) == []
        fill(tmp_path / name, range(3))
        assert held(tmp_path / name, range(3)) == [0, 1, 2]
    assert held(tmp_path / "none", range(3)) == []
    assert not (tmp_path / "none").exists()
    with closing(sqlite3.connect(tmp_path / "text")) as database:
        database.execute("UPDATE result SET plan = x'00112233445566778899aabbccddeeff0011' WHERE key = ?", (key(1),))
        database.commit()
    assert held(tmp_path / "text", range(3)) == [0, 2]
