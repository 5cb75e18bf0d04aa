"""WARC records as tests want them."""

from __future__ import annotations


def record(
    number: int,
    body: bytes,
    *,
    media: str = "text/html; charset=utf-8",
    status: str = "200 OK",
    head: bytes = b"",
    kind: str = "response",
    more_bytes: int = 0,
) -> bytes:
    """One record; `more_bytes` is added to the length that it says."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n".encode() + head + b"\r\n" + body
    block = http if kind == "response" else body
    said = "application/http; msgtype=response" if kind == "response" else media
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{number}>",
        f"WARC-Target-URI: http://pier.example/{number}",
        "WARC-Date: 2020-01-01T00:00:00Z",
        f"Content-Type: {said}",
        f"Content-Length: {len(block) + more_bytes}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"
