"""Promises of the manifest of outputs. It is read back by a reader written from RFC 8493 alone, and by sha256sum."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import LedgerMismatch, UnwritableOutput
from scrubber.store.ledger_write import LedgerWriter
from scrubber.store.manifest import (
    MANIFEST_NAME,
    Manifest,
    decode_path,
    encode_path,
    read_manifest,
    stands_on_manifest,
)
from scrubber.store.paths import portable_name
from scrubber.store.verify import verify
from store_examples import cleaned, header, read_bytes, store_result

NAMES = (
    "a.txt",
    "b/渡轮.txt",
    "B.txt",
    "50% off.txt",
    "a%0A.txt",
    "a%250A.txt",
    " lead.txt",
    "*star.txt",
    "in  side.txt",
)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_of(*names: str) -> Manifest:
    made = Manifest()
    for name in names:
        made.add(name, sha256(name))
    return made


def as_rfc_reads(content: bytes) -> dict[str, str]:
    """What a manifest says by RFC 8493, sections 2.1.3 and 2.3: lines that end at LF, CR or CRLF; a checksum, linear
    white space, a path; in which CR, LF and the percent sign, and only those, are percent-encoded.
    """
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff")
    found: dict[str, str] = {}
    for line in re.split("\r\n|\r|\n", text):
        if line:
            checksum, path = re.split("[ \t]+", line, maxsplit=1)
            assert int(checksum, 16) >= 0
            assert len(checksum) == 64
            assert not re.search("%(?!25|0A|0D)", path)
            name = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            found[os.path.normpath(name)] = checksum.lower()
    return found


def test_a_line_is_the_checksum_two_spaces_and_the_path() -> None:
    assert list(manifest_of("a/b.txt").lines()) == [f"{sha256('a/b.txt')}  a/b.txt\n"]


def test_lines_are_sorted_by_path_whatever_the_order_of_the_run() -> None:
    names = ["b.txt", "a.txt", "B.txt", "a/z.txt", "渡.txt", "\U0001f6a2.txt", "\uffee.txt"]
    listed = list(manifest_of(*names).lines())
    assert listed == list(manifest_of(*reversed(names)).lines())
    assert [line[66:-1] for line in listed] == sorted(names, key=str.encode)


def test_only_what_the_rfc_names_is_encoded() -> None:
    assert encode_path("a%b\rc\nd e;渡~.txt") == "a%25b%0Dc%0Ad e;渡~.txt"
    assert encode_path("%0A.txt") == "%250A.txt"


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_a_path_comes_back(name: str) -> None:
    assert not set(encode_path(name)) & set("\r\n")
    if not name.startswith("./"):
        assert decode_path(encode_path(name)) == name


def test_an_independent_reader_of_the_rfc_reads_the_same(tmp_path: Path) -> None:
    names = (*NAMES, "cr\r.txt", "lf\nlf.txt", "crlf\r\n.txt")
    path = manifest_of(*names).write(tmp_path)
    assert path.name == MANIFEST_NAME
    expected = {name: sha256(name) for name in names}
    assert as_rfc_reads(path.read_bytes()) == expected
    assert read_manifest(path) == expected


outputs = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).map(portable_name)


@given(st.lists(outputs.filter(lambda name: name.strip() == name), max_size=6, unique_by=os.path.normpath))
def test_any_output_name_is_read_by_an_independent_reader(names: list[str]) -> None:
    content = "".join(manifest_of(*names).lines()).encode()
    assert as_rfc_reads(content) == {os.path.normpath(name): sha256(name) for name in names}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not here")
def test_sha256sum_agrees(tmp_path: Path) -> None:
    plain = [name for name in NAMES if "%" not in name]
    for name in plain:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(name, "utf-8")
    manifest_of(*plain).write(tmp_path)
    check = ["sha256sum", "--check", "--strict", "--quiet", MANIFEST_NAME]
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (tmp_path / "a.txt").write_text("other")
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stdout == "a.txt: FAILED\n"


def test_naming_a_file_twice_alike_lists_it_once_and_two_contents_are_refused() -> None:
    made = manifest_of("a.txt", "a.txt")
    assert len(made) == 1
    with pytest.raises(ValueError, match="two contents"):
        made.add("a.txt", sha256("other"))


@pytest.mark.parametrize("name", ["", "/a", "../a", "a/../b", "a//b", "a\0"])
def test_a_name_that_leaves_the_folder_is_not_listed(name: str) -> None:
    with pytest.raises(ValueError, match="not to be listed"):
        Manifest().add(name, sha256("x"))


@pytest.mark.parametrize("checksum", ["", "ab", "G" * 64, sha256("x").upper()])
def test_what_is_no_checksum_is_not_listed(checksum: str) -> None:
    with pytest.raises(ValueError, match="not to be listed"):
        Manifest().add("a", checksum)


def test_an_old_manifest_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    manifest_of("a.txt").write(tmp_path)
    before = (tmp_path / MANIFEST_NAME).read_bytes()
    manifest_of("a.txt", "b.txt").write(tmp_path)
    assert (tmp_path / MANIFEST_NAME).read_bytes().startswith(before)
    (tmp_path / "folder" / MANIFEST_NAME).mkdir(parents=True)
    with pytest.raises(UnwritableOutput):
        manifest_of("a.txt").write(tmp_path / "folder")
    assert [entry.name for entry in (tmp_path / "folder").iterdir()] == [MANIFEST_NAME]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious.txt"
    target.write_text("precious")
    (tmp_path / MANIFEST_NAME).symlink_to(target)
    path = manifest_of("a.txt").write(tmp_path)
    assert target.read_text() == "precious"
    assert stat.S_ISREG(path.lstat().st_mode)


def test_other_writers_form_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / MANIFEST_NAME
    path.write_bytes(f"{sha256('a').upper()}\t ./a.txt\r\n{sha256('b')} 100%25%41.txt\r{sha256('c')}  c".encode())
    assert read_manifest(path) == {"a.txt": sha256("a"), "100%%41.txt": sha256("b"), "c": sha256("c")}


@pytest.mark.parametrize(
    "content",
    [
        b"x  a.txt\n", b"\xff\xfe", f"{'0' * 64}\n".encode(), f"{'0' * 64}  ../a\n".encode(),
        f"{'0' * 64}  /etc/passwd\n".encode(), f"{'0' * 64}  a%0D/..\n{'0' * 64}  b/../c".encode(),
        f"{'0' * 64}  a\n{'0' * 64}  ./a\n".encode(), b"\xef\xbb\xbf" + f"{'0' * 64}  a\n".encode(),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / MANIFEST_NAME
    path.write_bytes(content)
    with pytest.raises(LedgerMismatch):
        read_manifest(path)


def test_the_place_of_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / MANIFEST_NAME
    path.write_text(f"{'0' * 64}  a\nnonsense\n")
    with pytest.raises(LedgerMismatch, match=r"manifest-sha256\.txt:2: is no line"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("output", "stands"),
    [
        ("manifest-sha256.txt", True), ("Manifest-SHA256.TXT", True), ("manifest-sha256.txt/a.txt", True),
        ("a/manifest-sha256.txt", False), ("manifest-sha512.txt", False),
    ],
)  # fmt: skip
def test_outputs_that_would_take_its_name_are_known(output: str, stands: bool) -> None:
    assert stands_on_manifest(output) is stands


def ledger_of(out: Path, *names: str, destination: str = "out") -> tuple[Path, Manifest]:
    """A finished run with these outputs, and the manifest that it would write."""
    manifest = Manifest()
    with LedgerWriter(out / ".scrubber" / "ledger.jsonl", header(out, options={"destination": destination})) as writer:
        for name in names:
            content = f"{name}\n".encode()
            entry = store_result(out, cleaned(read_bytes(content, name)), content)
            assert entry.result is not None
            manifest.add(name, entry.result.sha256)
            writer.write(entry)
        writer.finish(ended_at="2024-01-01T00:00:09Z")
    return writer.path, manifest


def test_verify_compares_a_manifest_with_the_ledger(tmp_path: Path) -> None:
    path, manifest = ledger_of(tmp_path, "a.txt", "b.txt")
    assert verify(path).right
    manifest.write(tmp_path)
    assert verify(path).right
    manifest_of("a.txt", "c.txt").write(tmp_path)
    found = [(each.problem, each.path) for each in verify(path).discrepancies]
    assert found == [("manifest-differs", "a.txt"), ("manifest-lacks", "b.txt")]


def test_verify_says_of_a_manifest_that_is_none_that_it_is_none(tmp_path: Path) -> None:
    path, _ = ledger_of(tmp_path, "a.txt")
    (tmp_path / MANIFEST_NAME).write_text("nonsense\n")
    report = verify(path)
    assert not report.right
    assert [(each.problem, each.path) for each in report.discrepancies] == [("refused", MANIFEST_NAME)]


def test_verify_leaves_a_manifest_beside_files_that_were_replaced_in_place_alone(tmp_path: Path) -> None:
    path, _ = ledger_of(tmp_path, "a.txt", destination="in-place")
    manifest_of("a.txt").write(tmp_path)
    assert verify(path).right
