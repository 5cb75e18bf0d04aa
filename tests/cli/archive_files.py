"""Archives as tests want them: small ones, and such as nobody sends in good faith."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable

Files = Iterable[tuple[str, bytes]]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members, whatever their names are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def zipped_with_names_in(encoding: str, files: Files) -> bytes:
    """A zip whose names are in an encoding of their own, and not marked as UTF-8."""
    raw = zipped(
        (f"{number:06d}" + "_" * (len(name.encode(encoding)) - 6), content)
        for number, (name, content) in enumerate(files)
    )
    for number, (name, _) in enumerate(files):
        held = name.encode(encoding)
        raw = raw.replace(f"{number:06d}".encode() + b"_" * (len(held) - 6), held)
    return raw


def tarred(files: Files, mode: str = "w") -> bytes:
    """A tar with these members, whatever their names are."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def endless_gzip(megabytes: int) -> bytes:
    """A gzip file of so many megabytes of spaces, one packed megabyte repeated: about 1 KB each."""
    packer = zlib.compressobj(9, wbits=-15)
    head = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, wbits=-15).flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + head * megabytes + end + struct.pack("<II", 0, 0)


def bomb_zip(member: str, megabytes: int, count: int = 1) -> bytes:
    """A zip with so many members of so many megabytes each, packed about a thousandfold; `%d` in the name counts."""
    body = endless_gzip(megabytes)[10:-8]
    checksum = zlib.crc32(b" " * megabytes * 1_000_000) if megabytes < 100 else 0
    common = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0x21, checksum, len(body), megabytes * 1_000_000)
    out, directory = bytearray(), bytearray()
    for number in range(count):
        name = (member.replace("%d", str(number))).encode()
        directory += b"PK\1\2" + struct.pack("<H", 20) + common
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(out)) + name
        out += b"PK\3\4" + common + struct.pack("<HH", len(name), 0) + name + body
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory) + b"PK\5\6" + end
