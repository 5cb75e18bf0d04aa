"""A folder as nobody wishes it: files that are no text, names that steer terminals, places that block or lead astray.

All texts are invented. What a file system refuses to hold is left out; the tests count what is there.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import select
import socket
import sqlite3
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli_program import BODY, DIRTY, environment

ESC = "\x1b"


def _png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(range(4)) for _ in range(4)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("../../escaped.txt"), DIRTY)
    return held.getvalue()


def _sqlite(folder: Path) -> bytes:
    path = folder / "made.db"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("create table pier (ship text)")
        base.commit()
    content = path.read_bytes()
    path.unlink()
    return content


_ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQ", 2, 62, 1, 0x400000, 64, 0) + bytes(range(256)) * 8

#: Files that are no text: each is a recorded failure.
NO_TEXT: dict[str, bytes] = {
    "elf.txt": _ELF,
    "gzip.txt": gzip.compress(DIRTY.encode() * 20, mtime=0),
    "png.txt": _png(),
    "zeros.txt": bytes(4096),
    "zip.txt": _zip(),
}
#: Lone surrogates and pairs of them, each in three bytes, as some programs write them: no UTF-8. Few are repaired,
#: many make the file undecodable, or let it be taken for another encoding.
SURROGATES: dict[str, bytes] = {
    "cesu-8.txt": DIRTY.encode() + b"\xed\xa0\xbd\xed\xb8\x80" * 9,
    "surrogate.txt": DIRTY.encode() * 9 + b"x\xed\xa0\x80x\n",
    "wtf-8.txt": DIRTY.encode() + b"\xed\xa0\x80 \xed\xb0\x80 \xed\xbf\xbf\n" * 3,
}
#: Files that are text, after all, and hold what should not be in one.
TEXTS: dict[str, bytes] = {
    "bidi.txt": (DIRTY.replace("again.", "\u202e again. \u2066x\u2069") + "\u061c\u200e\u200f\n").encode(),
    "bom.txt": b"\xef\xbb\xbf",
    "bom-16.txt": b"\xff\xfe",
    "boms.txt": b"\xef\xbb\xbf" * 3 + b"\n",
    "c1.txt": (DIRTY + "\x85 \x9b31m \x90q\x9c \x9d52;c;aGk=\x9c\n").encode(),
    "combining.txt": ("o" + "\u0301" * 500 + "\n" + DIRTY).encode(),
    "cr.txt": DIRTY.replace("\n", "\r").encode(),
    "csi.txt": f"{ESC}[2J{ESC}[31mShare this story{ESC}[0m\n{DIRTY}{ESC}c\n{ESC}[?1049h\n".encode(),
    "empty.txt": b"",
    "format.txt": ("%s%n{0}${HOME}`id`$(id)\n" + DIRTY).encode(),
    "long-line.txt": b"harbour " * 2000 + b"\n" + DIRTY.encode(),
    "many-lines.txt": b"\n" * 5000 + DIRTY.encode(),
    "markup.txt": f"[bold]Share this story[/bold]\n[/]\n:smile: [link=x]y[/link]\n{DIRTY}".encode(),
    "one-nul.txt": DIRTY.encode() * 9 + b"\0",
    "osc.txt": f"{ESC}]8;;http://a.example\x07Share this story{ESC}]8;;\x07\n{ESC}]52;c;aGk=\x07\n{DIRTY}".encode(),
    "separators.txt": (BODY.replace("\n", "\u2028") + "Share this story\u2029\x85\x0b\x0c\x1c\x1d" + BODY).encode(),
    "white.txt": b" \t\r\n\n \xc2\xa0\xe3\x80\x80\n",
    "workflow.txt": f"::error::x\n##[error]x\n{DIRTY}".encode(),
}
#: Names of files that hold a text like any other.
NAMES: tuple[bytes, ...] = (
    b" .txt",
    b"%00%2e.txt",
    b"*.txt",
    b"--out=x.txt",
    b"-rf.txt",
    b":smile:.txt",
    b"[bold]x[/bold].txt",
    b"[/].txt",
    b"\x1b]0;title\x07.txt",
    b"\x1b[31mred.txt",
    b"\x7f.txt",
    b"a\\b.txt",
    b"a\rb.txt",
    b"caf\xe9.txt",
    b"con.txt",
    b"new\nline.txt",
    b"\xed\xa0\x80.txt",
    "\x85.txt".encode(),
    "\u2028.txt".encode(),
    "\u202etxt.exe.txt".encode(),
    "\u3164.txt".encode(),
    b"x" * 251 + b".txt",
)
GOOD = "good.txt"


@dataclass(frozen=True, slots=True)
class Made:
    """What lies in the folder: names (as `os` knows them) of what fails, of what is cleaned, and of what is no file.

    `doubtful` may fail or not.
    """

    failing: tuple[str, ...]
    cleaned: tuple[str, ...]
    doubtful: tuple[str, ...]
    passed_over: tuple[str, ...]

    @property
    def files(self) -> int:
        """Hostile files that a walk reads."""
        return len(self.failing) + len(self.cleaned) + len(self.doubtful)


def make_hostile(folder: Path) -> Made:
    """Fill the folder. `good.txt` is the good one."""
    folder.mkdir()
    (folder / GOOD).write_text(BODY, "utf-8")
    failing = {**NO_TEXT, "sqlite.txt": _sqlite(folder)}
    for name, content in (failing | TEXTS | SURROGATES).items():
        (folder / name).write_bytes(content)
    cleaned = [*TEXTS]
    for raw in NAMES:
        with contextlib.suppress(OSError, ValueError):
            path = os.fsencode(folder) + b"/" + raw
            with open(path, "xb") as file:  # noqa: PTH123  the name may be no text
                file.write(DIRTY.encode())
            cleaned.append(os.fsdecode(raw))
    deep = folder
    for level in range(40):
        deep = deep / f"deep{level}"
        deep.mkdir()
    (deep / "x.txt").write_text(DIRTY, "utf-8")
    cleaned.append((deep / "x.txt").relative_to(folder).as_posix())
    return Made(tuple(failing), tuple(cleaned), tuple(SURROGATES), tuple(_no_files(folder)))


def _no_files(folder: Path) -> list[str]:
    """Things that are no regular files, as far as this system has them."""
    made: list[str] = []
    links = {"loop.txt": "loop.txt", "self": ".", "up": "..", "dangling.txt": "no-such-file", "absolute.txt": "/"}
    for name, target in links.items():
        with contextlib.suppress(OSError):
            (folder / name).symlink_to(target)
            made.append(name)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.txt")
        made.append("pipe.txt")
    if hasattr(socket, "AF_UNIX"):
        with contextlib.suppress(OSError), contextlib.closing(socket.socket(socket.AF_UNIX)) as door:
            door.bind(str(folder / "socket.txt"))
            made.append("socket.txt")
    with contextlib.suppress(AttributeError, OSError):  # only a privileged user may
        os.mknod(folder / "zero.txt", 0o20666, os.makedev(1, 5))
        made.append("zero.txt")
    return made


def at_terminal(place: Path, arguments: Sequence[str], *, seconds: float = 60, **values: str) -> tuple[int, str]:
    """Exit code of the program, and what it wrote, where all of its streams are one terminal."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", *arguments],
        cwd=place,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm", **values),
    )
    os.close(theirs)
    written = b""
    while True:
        ready, _, _ = select.select([ours], [], [], seconds)
        if not ready:
            process.kill()
            raise AssertionError(f"the program waits for something; so far: {written!r}")
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the last writer has closed the terminal
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    return process.wait(timeout=seconds), written.decode("utf-8", "replace")
