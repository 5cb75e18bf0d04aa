"""`manifest-sha256.txt`: the checksums of clean outputs, in the form of a BagIt manifest (RFC 8493, section 2.1.3).

One line for each file, `CHECKSUM  PATH`, sorted by path: 64 lower-case hex digits, two spaces, and the path from the
manifest's own folder with `/`, in which CR, LF and `%`, and only those, are percent-encoded. Lines end at LF, the file
is UTF-8 without byte order mark. `sha256sum -c` reads it too, but for names that hold one of those three.

It lists outputs; it makes no bag. Refuses to list two contents under one name, and to read what is no manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scrubber.errors import LedgerMismatch
from scrubber.store.files import write_atomic
from scrubber.store.originals import is_sha256, read_regular
from scrubber.store.paths import MANIFEST_NAME, collision_key, escape_problem, where

#: A larger file is not read as a manifest: ten million lines of a hundred bytes.
MAX_MANIFEST_BYTES = 1_000_000_000

_ENCODED = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_ESCAPE = re.compile("%(25|0[AaDd])")
#: Other tools skip these in front of a path; behind `./` they belong to it.
_LOST_IN_FRONT = (" ", "\t", "*")
_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+(.+)")


def encode_path(name: str) -> str:
    """A relative path as a manifest writes it. O(n).

    >>> encode_path("a/50% off.txt"), encode_path("new\\nline.txt"), encode_path(" b.txt")
    ('a/50%25 off.txt', 'new%0Aline.txt', './ b.txt')
    """
    encoded = name.translate(_ENCODED)
    return f"./{encoded}" if encoded.startswith(_LOST_IN_FRONT) else encoded


def decode_path(written: str) -> str:
    """The relative path that a manifest means; other percent signs than those of the RFC stay as they are. O(n).

    >>> decode_path("a/50%25 off.txt"), decode_path("./ b.txt"), decode_path("%41.txt")
    ('a/50% off.txt', ' b.txt', '%41.txt')
    """
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), written.removeprefix("./"))


class Manifest:
    """Gathers the outputs of a run. Memory grows with their number, by a name and 32 bytes each."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, name: str, sha256: str) -> None:
        """Take in one output by its path below the manifest's folder. Naming it twice alike changes nothing.

        Raises ValueError for another content under the same name, and for a name or a checksum that is none.
        """
        problem = escape_problem(name)
        if problem or not is_sha256(sha256):
            raise ValueError(f"not to be listed: {problem or 'no SHA-256'}")
        digest = bytes.fromhex(sha256)
        if self._digests.setdefault(name, digest) != digest:
            raise ValueError("two contents under one name")

    def lines(self) -> Iterator[str]:
        """The lines of the file, with their ends, sorted by the bytes of the path. O(n log n)."""
        for name in sorted(self._digests, key=lambda name: name.encode("utf-8")):
            yield f"{self._digests[name].hex()}  {encode_path(name)}\n"

    def write(self, folder: Path) -> Path:
        """Write the manifest of `folder`, whole or not at all. Raises UnwritableOutput."""
        path = folder / MANIFEST_NAME
        write_atomic(path, "".join(self.lines()).encode("utf-8"))
        return path


def stands_on_manifest(output: str) -> bool:
    """Whether an output, or a folder that it needs, would take the manifest's own name on some file system."""
    return collision_key(output.split("/", 1)[0]) == collision_key(MANIFEST_NAME)


def read_manifest(path: Path) -> Mapping[str, str]:
    """The checksums (lower-case hex) that a manifest lists, by relative path.

    Takes what the RFC allows: either letter case, spaces or tabs, any of the three line ends. Raises LedgerMismatch
    with the line's number for what is no such line, for a path that leaves the folder, and for one that is listed
    twice. O(n).
    """
    try:
        if path.lstat().st_size > MAX_MANIFEST_BYTES:
            raise LedgerMismatch("is too large for a manifest.", where=where(path))
        text = read_regular(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise LedgerMismatch("cannot be read as a manifest in UTF-8.", where=where(path)) from None
    found: dict[str, str] = {}
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not line:
            continue
        match = _LINE.fullmatch(line)
        name = decode_path(match[2]) if match is not None else ""
        if match is None or escape_problem(name):
            raise LedgerMismatch("is no line of a manifest.", where=where(path, number))
        if name in found:
            raise LedgerMismatch("lists a file that was listed before.", where=where(path, number))
        found[name] = match[1].lower()
    return found
