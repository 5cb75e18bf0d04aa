"""zip and tar: their members one after the other, each with its name and a stream of its bytes.

Names are data: they are decoded, never followed. Refuses members that are no regular files, and archives that claim
more members than anyone packs.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Protocol, cast

from msgspec import Struct

from scrubber.errors import UnreadableInput
from scrubber.read.packed import Budget, TooMuch
from scrubber.text.charsets import MULTI_BYTE
from scrubber.text.decode import Undecodable, decode

#: An archive with more members is not read on: each takes some hundred bytes of memory in a zip's directory.
MAX_MEMBERS = 500_000
#: A zip's directory is read whole before its first member. An entry takes 46 bytes and its name.
_MAX_DIRECTORY_BYTES = 100 * MAX_MEMBERS
_DAMAGES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
    OverflowError,
)
_IS_UTF8 = 0x800
_IS_ENCRYPTED = 0x1 | 0x40
_MADE_ON_UNIX = 3
_END_OF_DIRECTORY, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\5\6", 22, 65_535


class Member(Struct, frozen=True):
    """One member. `name` is as the archive has it, decoded; bytes that are no text are surrogates in it.

    `size` is what the archive says, in bytes. `problem` is why it is not read, and empty where it may be.
    """

    name: str
    size: int
    opened: Callable[[], BinaryIO]
    problem: str = ""
    is_folder: bool = False

    def open(self) -> BinaryIO:
        """The bytes. Good until the next member is asked for. Raises `UnreadableInput`, also while they are read."""
        return self.opened()


class Members(Protocol):
    """What opens an archive: members in its own order. Raises `UnreadableInput` at a place where it is damaged."""

    def __call__(self, source: BinaryIO, budget: Budget) -> Iterator[Member]: ...


class _Bytes(io.RawIOBase):
    """The bytes of a member, counted, with every kind of damage told alike."""

    def __init__(self, open_: Callable[[], Any], budget: Budget | None) -> None:
        super().__init__()
        self._open, self._budget = open_, budget
        self._inner: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        room = memoryview(into)
        try:
            if self._inner is None:
                self._inner = self._open()
            piece = self._inner.read(len(room))
        except _DAMAGES as error:
            raise _damaged(error) from None
        room[: len(piece)] = piece
        if self._budget is not None:
            self._budget.take(len(piece))
        return len(piece)


def _damaged(error: BaseException) -> UnreadableInput:
    if isinstance(error, NotImplementedError):
        return UnreadableInput("is packed by a method that is not known here.", hint="Unpack it first.")
    why = "is cut off" if isinstance(error, EOFError) or "unexpected end" in str(error) else "is damaged"
    return UnreadableInput(f"{why}.", hint="Fetch it again, if it can be had.")


def _refuse_many(count: int) -> None:
    if count > MAX_MEMBERS:
        raise TooMuch(f"has more than {MAX_MEMBERS:,} members; the rest of it was not read.", hint="Unpack it first.")


def zip_members(source: BinaryIO, budget: Budget) -> Iterator[Member]:
    """The members of a zip, in the order of its directory. `source` must be seekable."""
    _refuse_large_directory(source)
    try:
        archive = zipfile.ZipFile(source)
    except _DAMAGES as error:
        raise UnreadableInput(
            "is no zip, or is cut off: its directory, which stands at the end, is missing or damaged.",
            hint="Fetch it again, if it can be had.",
        ) from error
    with archive:
        listed = archive.infolist()
        _refuse_many(len(listed))
        encoding = _encoding_of([_raw_name(info) for info in listed if not info.flag_bits & _IS_UTF8])
        for info in listed:
            yield _zip_member(archive, info, encoding, budget)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, encoding: str, budget: Budget) -> Member:
    name = info.orig_filename
    if not info.flag_bits & _IS_UTF8:
        name = _raw_name(info).decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    mode = info.external_attr >> 16 if info.create_system == _MADE_ON_UNIX else 0
    problem = _problem_of(mode)
    if info.flag_bits & _IS_ENCRYPTED:
        problem = "is encrypted"
    return Member(
        name,
        info.file_size,
        lambda: cast(BinaryIO, io.BufferedReader(_Bytes(lambda: archive.open(info), budget))),
        problem,
        name.endswith("/"),
    )


def _problem_of(mode: int) -> str:
    """What a Unix mode says against reading; zero where nothing is known of it."""
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "is a link"
    return "is a device or a pipe" if kind not in (0, stat.S_IFREG, stat.S_IFDIR) else ""


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name that is not marked as UTF-8, which `zipfile` has read as code page 437."""
    try:
        return info.orig_filename.encode("cp437")
    except UnicodeEncodeError:  # an older entry of another reading
        return info.orig_filename.encode("utf-8", "surrogateescape")


def _encoding_of(names: Sequence[bytes]) -> str:
    """The encoding that all unmarked names of a zip share: UTF-8, one of East Asia, or else code page 437.

    A single-byte encoding would fit nearly any name, so only the one of the format's own definition counts.
    """
    odd = b"\n".join(name for name in names if not name.isascii())
    if not odd:
        return "cp437"
    try:
        odd.decode("utf-8")
    except UnicodeDecodeError:
        return _east_asian(odd) or "cp437"
    return "utf-8"


def _east_asian(raw: bytes) -> str:
    try:
        found = decode(raw)
    except Undecodable:
        return ""
    return found.encoding if found.encoding in MULTI_BYTE and not found.repairs else ""


def _refuse_large_directory(source: BinaryIO) -> None:
    """Raises `TooMuch` for a zip whose directory would not be held in memory; reads its last bytes only."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - _END_BYTES - _MAX_COMMENT_BYTES))
    tail = source.read(_END_BYTES + _MAX_COMMENT_BYTES)
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + _END_BYTES:
        return
    length, start = struct.unpack_from("<II", tail, at + 12)
    if 0xFFFFFFFF in (length, start):
        # zip64: the directory ends where its own record begins, and cannot be longer than what lies before.
        length = 0 if size <= _MAX_DIRECTORY_BYTES else _zip64_length(source, size - len(tail) + at)
    if length > _MAX_DIRECTORY_BYTES:
        _refuse_many(MAX_MEMBERS + 1)


def _zip64_length(source: BinaryIO, end: int) -> int:
    source.seek(max(0, end - 20))
    locator = source.read(20)
    if locator[:4] != b"PK\6\7":
        return 0
    source.seek(struct.unpack_from("<Q", locator, 8)[0])
    record = source.read(56)
    return int(struct.unpack_from("<Q", record, 40)[0]) if record[:4] == b"PK\6\6" else 0


class _Header(tarfile.TarInfo):
    """Notes why the last header was none: `tarfile` takes any reason for the end of the archive."""

    ended: type[Exception] | None = None

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _Header:
        try:
            found = super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            archive.ended = type(error)  # type: ignore[attr-defined]
            raise
        return found


def tar_members(source: BinaryIO, budget: Budget) -> Iterator[Member]:
    """The members of a tar, as they stream by. Ends with an error where the archive lacks its end mark."""
    count = 0
    try:
        with tarfile.open(fileobj=source, mode="r|", tarinfo=_Header, encoding="utf-8") as archive:
            while (info := archive.next()) is not None:
                count += 1
                _refuse_many(count)
                # Else every member that was would be remembered.
                archive.members.clear()  # type: ignore[attr-defined]
                yield _tar_member(archive, info)
            if getattr(archive, "ended", None) is not tarfile.EOFHeaderError:  # type: ignore[attr-defined]
                raise UnreadableInput(
                    "is damaged or cut off: it does not end as a tar does.", hint="Fetch it again, if it can be had."
                )
    except _DAMAGES as error:
        raise _damaged(error) from None


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    problem = ""
    if info.issym() or info.islnk():
        problem = "is a link"
    elif info.issparse():
        problem = "is a sparse file"
    elif not (info.isreg() or info.isdir()):
        problem = "is a device or a pipe"
    return Member(
        _tar_name(info.name),
        info.size,
        # What a tar holds, it holds as it is; what packs the tar has been counted.
        lambda: cast(BinaryIO, io.BufferedReader(_Bytes(lambda: archive.extractfile(info), None))),
        problem,
        info.isdir(),
    )


def _tar_name(name: str) -> str:
    """A name that is not UTF-8 in its own encoding, if that is to be told from it alone."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape")
        encoding = _east_asian(raw)
        return raw.decode(encoding) if encoding else name
    return name


#: By the kind of a `Form`.
ARCHIVES: dict[str, Members] = {"zip": zip_members, "tar": tar_members}
