"""Files that are no index, or none that can be used: refused with what to do; and writers that meet each other."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from index_texts import BRIDGE, FERRY, HARBOUR, build, document, shape

from scrubber.corpus.index_form import APPLICATION_ID, connect
from scrubber.corpus.index_lookup import KnownIndex
from scrubber.corpus.index_rows import entry_of
from scrubber.corpus.index_write import BUILDING, IndexWriter, NewIndex
from scrubber.errors import UnwritableOutput, UsageError
from scrubber.text.fold import fold


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return build(tmp_path / "c.index", [document("a.txt", FERRY), document("b.txt", HARBOUR)])


def statement(*statements: str) -> Callable[[Path], None]:
    """Carries out SQL in a file, as another program might."""

    def damage(path: Path) -> None:
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA writable_schema = ON")
        for each in statements:
            database.execute(each)
        database.close()

    return damage


def overwrite(offset: int, raw: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[offset : offset + len(raw)] = raw
        path.write_bytes(content)

    return damage


#: What happens to the file, what the message says, and whether the command that rebuilds it needs --force.
BROKEN: dict[str, tuple[Callable[[Path], None], str, bool]] = {
    "text": (lambda path: path.write_text("渡轮\n" * 900, "utf-8"), "no SQLite database", True),
    "empty": (lambda path: path.write_bytes(b""), "another program", True),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged", True),
    "header": (overwrite(16, b"\xff" * 60), "", True),
    "foreign": (statement("PRAGMA application_id = 7"), "another program", True),
    "future": (statement("PRAGMA user_version = 9"), "format 9", False),
    "extra table": (statement("CREATE TABLE more (a)"), "other tables", True),
    "trigger": (
        statement("CREATE TRIGGER t AFTER INSERT ON place BEGIN DELETE FROM meta; END"), "other tables", True,
    ),
    "view": (statement("DROP TABLE place", "CREATE VIEW place AS SELECT 1"), "other tables", True),
    "scheme": (statement("UPDATE meta SET value = 'word-5' WHERE name = 'recipe'"), "another recipe (word-5", False),
    "fold": (statement("UPDATE meta SET value = 99 WHERE name = 'fold'"), "another fold (99", False),
    "no bands": (statement("DELETE FROM meta WHERE name = 'bands'"), "not complete", True),
    "bands are words": (statement("UPDATE meta SET value = 'x' WHERE name = 'bands'"), "not complete", True),
    "too many bands": (statement("UPDATE meta SET value = 1000 WHERE name = 'bands'"), "do not fit", True),
    "permutations": (statement("UPDATE meta SET value = x'0102' WHERE name = 'permutations'"), "damaged", True),
    "content": (statement("UPDATE meta SET value = 3 WHERE name = 'content'"), "not complete", True),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_refused_with_the_command_that_rebuilds_it(index: Path, name: str) -> None:
    damage, message, force = BROKEN[name]
    damage(index)
    with pytest.raises(UsageError) as caught:
        KnownIndex(index)
    assert message in str(caught.value)
    assert f"scrubber index build {'--force ' if force else ''}" in caught.value.hint
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError):
        IndexWriter(index, wait_ms=0)


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_can_be_built_anew(index: Path, name: str) -> None:
    damage, _, force = BROKEN[name]
    damage(index)
    with NewIndex(index, shape(), force=force) as made:
        made.add([entry_of(document("a.txt", BRIDGE), 80, with_text=False)])
        made.publish(wait_ms=0)
    with KnownIndex(index) as known:
        assert next(iter(known.candidates([fold(BRIDGE)], "z")))
        assert list(known.candidates([fold(FERRY)], "z")) == [()]


def test_a_file_of_somebody_else_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("The captain's notes.", "utf-8")
    with pytest.raises(UsageError, match="is no index"):
        NewIndex(path, shape())
    assert path.read_text("utf-8") == "The captain's notes."
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="no regular file"):
        NewIndex(tmp_path / "folder", shape(), force=True)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(UsageError, match="no regular file"):
        NewIndex(tmp_path / "link", shape(), force=True)


@pytest.mark.parametrize("opened", [KnownIndex, IndexWriter])
def test_what_is_not_there_is_not_made(tmp_path: Path, opened: Callable[[Path], object]) -> None:
    with pytest.raises(UsageError, match="no such index"):
        opened(tmp_path / "c.index")
    with pytest.raises(UsageError, match="is a folder"):
        opened(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE posting SET block = x'00'",
        "UPDATE posting SET block = 'words'",
        "UPDATE posting SET block = 7",
        "DELETE FROM document",
        "UPDATE document SET id = x'ff'",
        "UPDATE place SET first = 'x', last = x'00', numbers = 'n'",
    ],
)
def test_damaged_rows_are_an_error_or_no_finding_and_nothing_worse(index: Path, damage: str) -> None:
    statement(damage)(index)
    with KnownIndex(index) as known:
        try:
            list(known.candidates([fold(FERRY), fold(FERRY).replace("storm", "gale")], "z"))
        except UsageError as error:
            assert "damaged" in error.message  # noqa: PT017


def test_a_text_that_unpacks_to_something_else_is_damage(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY)], with_text=True)
    statement("UPDATE body SET written = x'789c00'")(path)
    with KnownIndex(path) as known, pytest.raises(UsageError, match="damaged"):
        list(known.candidates([fold(FERRY)], "z"))
    with IndexWriter(path, wait_ms=0) as writer, pytest.raises(UsageError, match="damaged"):
        writer.remove(["a.txt"])


def test_a_text_that_unpacks_to_far_more_than_was_asked_about_is_no_kin(tmp_path: Path) -> None:
    path = build(tmp_path / "c.index", [document("a.txt", FERRY)], with_text=True)
    bomb = zlib.compress(b" " * 50_000_000)
    database = sqlite3.connect(path)
    database.execute("UPDATE body SET written = ?", (bomb,))
    database.commit()
    database.close()
    with KnownIndex(path) as known:
        assert list(known.candidates([fold(FERRY)], "z")) == [()]


def test_look_ups_see_one_state_while_somebody_writes(index: Path) -> None:
    with KnownIndex(index) as known:
        before = list(known.candidates([fold(FERRY), fold(BRIDGE)], "z"))
        with IndexWriter(index, wait_ms=0) as writer:
            writer.remove(["a.txt"])
            writer.add([entry_of(document("c.txt", BRIDGE), 80, with_text=False)])
            with KnownIndex(index) as second:
                assert list(second.candidates([fold(FERRY), fold(BRIDGE)], "z")) == before
            writer.finish()
        assert list(known.candidates([fold(FERRY), fold(BRIDGE)], "y")) == before
        with KnownIndex(index) as after:
            found = list(after.candidates([fold(FERRY), fold(BRIDGE)], "z"))
    assert found[0] == ()
    assert found[1][0].document_id == "c.txt"


def test_a_new_index_takes_the_place_of_one_that_is_read(index: Path) -> None:
    with KnownIndex(index) as known:
        before = list(known.candidates([fold(FERRY)], "z"))
        build(index, [document("c.txt", BRIDGE)])
        assert list(known.candidates([fold(FERRY)], "y")) == before
    with KnownIndex(index) as after:
        assert list(after.candidates([fold(FERRY)], "z")) == [()]
        assert next(iter(after.candidates([fold(BRIDGE)], "z")))[0].document_id == "c.txt"


def test_a_second_writer_is_told_and_gives_up(index: Path) -> None:
    told: list[str] = []
    with IndexWriter(index, wait_ms=0), pytest.raises(UnwritableOutput, match="another process"):
        IndexWriter(index, wait_ms=1, waiting=lambda: told.append("waiting"))
    assert told == ["waiting"]
    with IndexWriter(index, wait_ms=0) as writer:
        assert writer.has("a.txt")


def test_a_build_does_not_run_over_a_writer(index: Path) -> None:
    with (
        IndexWriter(index, wait_ms=0),
        NewIndex(index, shape()) as made,
        pytest.raises(UnwritableOutput, match="another process"),
    ):
        made.publish(wait_ms=0)
    with KnownIndex(index) as known:
        assert known.counts()["documents"] == 2


def test_two_builds_of_one_index_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "c.index"
    with NewIndex(path, shape()), pytest.raises(UnwritableOutput, match="another process builds it"):
        NewIndex(path, shape())
    assert not list(tmp_path.iterdir())


def test_what_was_not_finished_has_not_happened(index: Path) -> None:
    with IndexWriter(index, wait_ms=0) as writer:
        writer.remove(["a.txt"])
    with KnownIndex(index) as known:
        assert known.counts()["documents"] == 2
    with NewIndex(index, shape()) as made:
        made.add([entry_of(document("c.txt", BRIDGE), 80, with_text=False)])
    with KnownIndex(index) as known:
        assert next(iter(known.candidates([fold(FERRY)], "z")))
    assert [path.name for path in index.parent.iterdir()] == [index.name]


@pytest.mark.parametrize("left", [b"", b"half a database", b"SQLite format 3\x00" + b"\x10" * 5000])
def test_what_a_killed_build_left_is_built_over(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "c.index"
    (tmp_path / f"c.index{BUILDING}").write_bytes(left)
    build(path, [document("a.txt", FERRY)])
    with KnownIndex(path) as known:
        assert known.counts()["documents"] == 1
    assert [each.name for each in tmp_path.iterdir()] == ["c.index"]


def test_an_index_is_one_file_when_everybody_has_gone(index: Path) -> None:
    with KnownIndex(index), KnownIndex(index):
        pass
    assert [path.name for path in index.parent.iterdir()] == [index.name]


def test_an_index_that_changed_meanwhile_is_noticed(index: Path) -> None:
    with KnownIndex(index) as known:
        digest = known.digest
    with KnownIndex(index, expected=digest):
        pass
    build(index, [document("c.txt", BRIDGE)])
    with pytest.raises(UnwritableOutput, match="was changed"):
        KnownIndex(index, expected=digest)


def test_look_ups_cannot_write(index: Path) -> None:
    database = connect(index, write=False)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM meta")
    database.close()
    assert APPLICATION_ID.to_bytes(4, "big") == b"scrb"
