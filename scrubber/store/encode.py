"""Decoded text into the bytes it came from.

Refuses to guess: what does not come back exactly is said so, and its bytes go to the store.
"""

from __future__ import annotations

from typing import Literal, Protocol

from scrubber.errors import LedgerMismatch
from scrubber.model import BadBytes, Document
from scrubber.text.charsets import codec_named
from scrubber.text.repair import encode_text

#: Codecs that are no character sets ("Python Specific Encodings" in the documentation of `codecs`). A foreign
#: ledger must not choose them: `idna` and `punycode` take quadratic time.
_NO_CHARSETS = frozenset(
    ["idna", "mbcs", "oem", "palmos", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"]
)


class Encoded(Protocol):
    """How bytes became text: what `Origin` and `LedgerSource` both know."""

    @property
    def encoding(self) -> str: ...
    @property
    def bom(self) -> bytes: ...
    @property
    def repairs(self) -> tuple[BadBytes, ...]: ...


def encode_original(text: str, origin: Encoded) -> bytes:
    """The bytes that were decoded to `text`: mark, encoded text, and the bad bytes in their places.

    Raises LedgerMismatch where they cannot be given back: an encoding that is not known, text that it cannot
    write, a repair where the text has no U+FFFD. O(n).
    """
    codec = codec_named(origin.encoding)
    if codec is None or codec.replace("_", "-") in _NO_CHARSETS:
        raise LedgerMismatch("the recorded encoding is not known.")
    try:
        return encode_text(text, codec, origin.bom, origin.repairs)
    except UnicodeError:
        raise LedgerMismatch(f"the text cannot be written in {codec}.") from None
    except ValueError:
        raise LedgerMismatch("the text has no U+FFFD where bad bytes were recorded.") from None


def way_for(document: Document, content: bytes) -> Literal["edits", "store", "source"]:
    """How `content`, which was decoded to `document`, comes back: `edits` if encoding gives it again exactly.

    Where it does not, the bytes belong in the store (`put_store`). A marked-up page comes back from the page itself,
    which nobody replaces. O(n).
    """
    if document.page is not None:
        return "source"
    try:
        return "edits" if encode_original(document.text, document.origin) == content else "store"
    except LedgerMismatch:
        return "store"
