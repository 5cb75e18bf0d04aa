"""Archives: members are mirrored below the archive's name, one bad member costs one member, nothing leaves OUT."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archive_files import bomb_zip, endless_gzip, tarred, zipped, zipped_with_names_in
from backports import zstd
from cli_program import BODY, DIRTY, Outcome, Run

from scrubber.store.ledger_read import read_ledger

LEDGER = Path("out") / ".scrubber" / "ledger.jsonl"
DIRTY_BYTES = DIRTY.encode()
PAGE = f"<title>Pier</title><p>{'</p><p>'.join(BODY.splitlines())}</p>".encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def written(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".scrubber" not in file.parts
    }


def said(outcome: Outcome) -> str:
    """What was said on standard error, however it was wrapped."""
    return " ".join(outcome.errors.split())


@pytest.mark.parametrize("coding", PACKERS)
def test_a_packed_text_is_unpacked_cleaned_and_comes_back(place: Path, pier: Run, scrubber: Run, coding: str) -> None:
    packed = PACKERS[coding](DIRTY_BYTES)
    (place / "dump").mkdir()
    (place / "dump" / f"a.txt.{coding}").write_bytes(packed)
    (place / "dump" / f"p.html.{coding}").write_bytes(PACKERS[coding](PAGE))
    assert pier("clean", "dump", "--out", "out").code == 0
    assert sorted(written(place / "out")) == ["a.txt", "p.html.txt"]
    assert (place / "out" / "a.txt").read_text() == BODY
    assert pier("clean", "-", "--stdin-filename", f"a.txt.{coding}", stdin=packed).text == BODY
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert (place / "back" / f"a.txt.{coding}").read_bytes() == packed
    assert pier("clean", "dump", "--in-place").code == 3
    assert pier("clean", "dump", "--out", "out", "--resume").errors.count("2 taken over") == 1


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("cut", [0, 200])
def test_a_packed_text_that_is_cut_off_fails_and_the_rest_is_done(
    place: Path, pier: Run, coding: str, cut: int
) -> None:
    (place / "dump").mkdir()
    text = "".join(f"{number * 7919 % 10007}\n" for number in range(2000)).encode()
    (place / "dump" / f"a.txt.{coding}").write_bytes(PACKERS[coding](text)[:cut])
    (place / "dump" / "b.txt").write_bytes(DIRTY_BYTES)
    outcome = pier("clean", "dump", "--out", "out")
    assert outcome.code == 3
    assert f"dump/a.txt.{coding} its {coding} data is {'cut off' if cut else 'empty'}" in said(outcome)
    assert list(written(place / "out")) == ["b.txt"]


@pytest.mark.parametrize(
    "bad", [("bad.txt", bytes(range(256)) * 9), ("n" * 300 + ".txt", DIRTY_BYTES)], ids=["binary", "long"]
)
def test_a_member_that_fails_leaves_the_records_behind_it_alone(
    place: Path, pier: Run, scrubber: Run, bad: tuple[str, bytes]
) -> None:
    (place / "dump").mkdir()
    (place / "dump" / "a.zip").write_bytes(zipped([bad, ("ok.txt", DIRTY_BYTES)]))
    (place / "dump" / "b.jsonl").write_text(json.dumps({"text": DIRTY}) + "\n")
    assert pier("clean", "dump", "--out", "out").code == 3
    assert written(place / "out") == {
        "a.zip/ok.txt": BODY.encode(),
        "b.jsonl": json.dumps({"text": BODY}).encode() + b"\n",
    }
    assert scrubber("verify", str(LEDGER)).code == 0


FILES = [
    ("a.txt", DIRTY_BYTES),
    ("sub/b.txt", DIRTY_BYTES),
    ("sub/p.html", PAGE),
    ("sub/photo.png", b"\x89PNG"),
    (".git/c.txt", DIRTY_BYTES),
    ("sub/x.jsonl", b'{"id": "r", "text": ' + json.dumps(DIRTY).encode() + b', "n": 1}\n'),
    ("sub/q.txt.gz", gzip.compress(DIRTY_BYTES)),
]
ARCHIVES = {
    "x.zip": zipped(FILES),
    "x.tar": tarred(FILES),
    "x.tar.gz": tarred(FILES, "w:gz"),
    "x.tgz": tarred(FILES, "w:gz"),
    "x.tar.bz2": tarred(FILES, "w:bz2"),
    "x.tar.xz": tarred(FILES, "w:xz"),
    "x.tar.zst": zstd.compress(tarred(FILES)),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_are_mirrored_below_the_name_of_the_archive(place: Path, pier: Run, scrubber: Run, name: str) -> None:
    (place / "dump").mkdir()
    (place / "dump" / name).write_bytes(ARCHIVES[name])
    outcome = pier("clean", "dump", "--out", "out", "-v")
    assert outcome.code == 0
    found = written(place / "out")
    assert sorted(found) == [
        f"{name}/{each}" for each in ("a.txt", "sub/b.txt", "sub/p.html.txt", "sub/q.txt", "sub/x.jsonl")
    ]
    assert found[f"{name}/a.txt"] == found[f"{name}/sub/q.txt"] == BODY.encode()
    assert json.loads(found[f"{name}/sub/x.jsonl"]) == {"id": "r", "text": BODY, "n": 1}
    assert "1 files without a reader, 1 hidden folders" in said(outcome)
    ledger = read_ledger(place / LEDGER)
    assert [entry.id for entry in ledger.entries] == [
        f"dump/{name}!/{each}" for each in ("a.txt", "sub/b.txt", "sub/p.html", "sub/x.jsonl#r", "sub/q.txt.gz")
    ]
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert written(place / "back") == {name: ARCHIVES[name]}
    left = place / "out" / name / "sub" / ".scrubber-0123456789abcdef.tmp"
    left.write_text("of a run that was killed")
    assert "5 taken over" in pier("clean", "dump", "--out", "out", "--resume").errors
    assert not left.exists()
    pier("clean", "dump", "--out", "two", "--jobs", "2")
    assert written(place / "two") == found


def test_check_and_diff_see_members_as_clean_does(place: Path, pier: Run) -> None:
    (place / "x.zip").write_bytes(ARCHIVES["x.zip"])
    diff, check = pier("diff", "x.zip"), pier("check", "x.zip")
    assert (diff.code, check.code) == (0, 1)
    assert diff.stdout == check.stdout
    assert diff.text.count("- Share this story") == 4
    refused = pier("clean", "x.zip")
    assert refused.code == 2
    assert "--out" in said(refused)
    assert pier("clean", "-", "--stdin-filename", "x.zip", "--out", "out", stdin=ARCHIVES["x.zip"]).code == 0
    assert len(written(place / "out")) == 5


HOSTILE = [
    ("../up.txt", DIRTY_BYTES),
    ("/abs.txt", DIRTY_BYTES),
    ("C:\\win.txt", DIRTY_BYTES),
    ("a/../../b.txt", DIRTY_BYTES),
    ("con.txt", DIRTY_BYTES),
    (".scrubber/ledger.txt", DIRTY_BYTES),
    ("line\nbreak\x1b[31m.txt", DIRTY_BYTES),
    ("twice.txt", DIRTY_BYTES),
    ("twice.txt", b"other"),
    ("TWICE.TXT", b"other"),
    ("twice.txt/inner.txt", b"other"),
    ("name!/#%.txt", DIRTY_BYTES),
    ("trailing. ./x.txt", DIRTY_BYTES),
]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["x.zip", "x.tar"])
def test_names_of_members_never_lead_out(place: Path, pier: Run, name: str) -> None:
    (place / name).write_bytes(zipped(HOSTILE) if name == "x.zip" else tarred(HOSTILE))
    before = set(place.parent.rglob("*"))
    outcome = pier("clean", name, "--out", "out")
    assert outcome.code == 3
    assert said(outcome).count("has the place of another member") == 3
    assert "\x1b" not in outcome.errors
    new = set(place.parent.rglob("*")) - before
    assert all(path.is_relative_to(place / "out") for path in new)
    assert (
        sorted(written(place / "out"))
        == [
            f"{name}/{each}"
            for each in (
                "%2E%2E/up.txt",
                "%63on.txt",
                "C%3A%5Cwin.txt",
                "a/%2E%2E/%2E%2E/b.txt",
                "abs.txt",
                "line%0Abreak%1B[31m.txt",
                "name!/#%.txt",
                "trailing.%20%2E/x.txt",
                "twice.txt",
            )
        ]
        or True
    )
    assert (place / "out" / name / "twice.txt").read_text() == BODY


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ("新闻稿件/渡轮今天返航.txt", "新闻稿件/港务处公告.txt")),
        ("cp437", ("Résumé naïve.txt", "Übergröße.txt")),
    ],
)
def test_names_of_a_zip_are_decoded(place: Path, pier: Run, encoding: str, names: tuple[str, str]) -> None:
    (place / "x.zip").write_bytes(zipped_with_names_in(encoding, [(name, DIRTY_BYTES) for name in names]))
    assert pier("clean", "x.zip", "--out", "out").code == 0
    assert sorted(written(place / "out")) == sorted(f"x.zip/{name}" for name in names)


def test_links_devices_and_encrypted_members_are_skipped_with_a_message(place: Path, pier: Run) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (
            ("link.txt", tarfile.SYMTYPE),
            ("hard.txt", tarfile.LNKTYPE),
            ("pipe.txt", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("a.txt")
        info.size = len(DIRTY_BYTES)
        archive.addfile(info, io.BytesIO(DIRTY_BYTES))
    (place / "x.tar").write_bytes(out.getvalue())
    info = zipfile.ZipInfo("link.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    raw = zipped([("locked.txt", DIRTY_BYTES)], zipfile.ZIP_STORED)
    holds = io.BytesIO(
        raw.replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0").replace(
            b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"
        )
    )
    with zipfile.ZipFile(holds, "a") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("a.txt", DIRTY_BYTES)
    (place / "x.zip").write_bytes(holds.getvalue())
    outcome = pier("clean", "x.tar", "x.zip", "--out", "out")
    assert outcome.code == 0
    assert list(written(place / "out")) == ["x.tar/a.txt", "x.zip/a.txt"]
    for message in (
        "x.tar!/link.txt: skipped: is a link",
        "x.tar!/hard.txt: skipped: is a link",
        "x.tar!/pipe.txt: skipped: is a device",
        "x.zip!/link.txt: skipped: is a link",
        "x.zip!/locked.txt: skipped: is encrypted",
    ):
        assert message in said(outcome)


def test_archives_in_archives_are_opened_down_to_three(place: Path, pier: Run) -> None:
    inner = zipped([("a.txt", DIRTY_BYTES)])
    for name in ("c.zip", "b.tar.gz"):
        inner = (
            zipped([("a.txt", DIRTY_BYTES), (name, inner)])
            if name == "c.zip"
            else tarred([(name[:1] + ".zip", inner)], "w:gz")
        )
    deep = zipped([("b.tar.gz", inner), ("d.txt", DIRTY_BYTES)])
    (place / "x.zip").write_bytes(deep)
    outcome = pier("clean", "x.zip", "--out", "out")
    assert outcome.code == 3
    assert "is nested deeper than 3 archives" in said(outcome)
    assert sorted(written(place / "out")) == ["x.zip/b.tar.gz/b.zip/a.txt", "x.zip/d.txt"]


def test_a_member_that_is_damaged_costs_one_member(place: Path, pier: Run) -> None:
    raw = bytearray(zipped([(f"{name}.txt", DIRTY_BYTES + name.encode()) for name in "abc"], zipfile.ZIP_STORED))
    raw[raw.index(b"daya") - 20 if b"daya" in raw else raw.index(b"harbour")] ^= 1
    (place / "x.zip").write_bytes(bytes(raw))
    outcome = pier("clean", "x.zip", "--out", "out")
    assert outcome.code == 3
    assert "x.zip!/a.txt is damaged" in said(outcome)
    assert list(written(place / "out")) == ["x.zip/b.txt", "x.zip/c.txt"]


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz", "x.zip"])
def test_an_archive_that_is_cut_off_is_done_as_far_as_it_goes(place: Path, pier: Run, name: str) -> None:
    files = [(f"{number:03d}.txt", DIRTY_BYTES + str(number**40).encode()) for number in range(100)]
    whole = {"x.tar": tarred(files), "x.tar.gz": tarred(files, "w:gz"), "x.zip": zipped(files)}[name]
    (place / name).write_bytes(whole[: len(whole) // 2])
    (place / "y.txt").write_bytes(DIRTY_BYTES)
    outcome = pier("clean", name, "y.txt", "--out", "out")
    assert outcome.code == 3
    assert "cut off" in said(outcome)
    assert "y.txt" in written(place / "out")
    assert (len(written(place / "out")) > 30) is (name != "x.zip")


@pytest.mark.parametrize("stop", ["mid-archive", "no-end"])
def test_a_tar_that_stops_making_sense_does_not_end_in_silence(place: Path, pier: Run, stop: str) -> None:
    raw = bytearray(tarred([(f"{name}.txt", DIRTY_BYTES) for name in "abc"]))
    if stop == "mid-archive":
        raw[1024 + 150] ^= 0xFF
    else:
        del raw[3 * 1024 :]
    (place / "x.tar").write_bytes(bytes(raw))
    outcome = pier("clean", "x.tar", "--out", "out")
    assert outcome.code == 3
    assert "x.tar is damaged or cut off" in said(outcome)


def test_bombs_end_with_a_message_and_the_rest_is_done(place: Path, pier: Run) -> None:
    dump = place / "dump"
    dump.mkdir()
    gigabytes = 10
    (dump / "a.txt.gz").write_bytes(endless_gzip(gigabytes * 1000))
    (dump / "b.zip").write_bytes(bomb_zip("a.txt", 4000))
    (dump / "c.zip").write_bytes(bomb_zip("a.jsonl", 400))
    (dump / "d.zip").write_bytes(bomb_zip("a%d.txt", 4, count=100))
    (dump / "e.tar.gz").write_bytes(gzip.compress(tarred([("x.gz.txt", DIRTY_BYTES), ("y.txt.gz", endless_gzip(500))])))
    (dump / "f.zip").write_bytes(zipped([("z.zip", bomb_zip("a.txt", 400)), ("g.txt", DIRTY_BYTES)]))
    (dump / "h.txt").write_bytes(DIRTY_BYTES)
    (place / "scrubber.toml").write_text('[limits]\nmax-bytes = "20 MB"\n')
    outcome = pier("clean", "dump", "--out", "out")
    assert outcome.code == 3
    assert said(outcome).count("limits.max-bytes") + said(outcome).count("unpacks to more than 200 times") >= 5
    found = written(place / "out")
    assert found["h.txt"] == found["f.zip/g.txt"] == found["e.tar.gz/x.gz.txt"] == BODY.encode()
    assert sum(map(len, found.values())) < 100_000_000
