"""Other extractors over pages, for `extraction.py`: run by an interpreter that has them installed, and nothing of ours.

    python -m venv PEERS; PEERS/bin/pip install trafilatura readability-lxml resiliparse magic-html lxml_html_clean
    PEERS/bin/python benchmarks/extraction_peers.py < pages.jsonl > texts.jsonl

Reads `{"id", "html"}` a line; writes `{"versions"}` first, then `{"id", "tool", "text", "seconds"}` for each page and
tool, in CPU seconds. A tool that fails or takes longer than LIMIT_SECONDS gives an empty text. magic-html needs Python 3.12.
"""

from __future__ import annotations

import importlib.util
import json
import signal
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

LIMIT_SECONDS = 20
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SKIPPED = frozenset(("script", "style", "noscript", "template"))


def plain(markup: str) -> str:
    """The text of what a peer gives as HTML, one block element a line."""
    import lxml.html

    if not markup.strip():
        return ""
    parts: list[str] = []
    ends: list[tuple[Any, bool]] = [(lxml.html.fromstring(markup), False)]
    while ends:
        element, is_end = ends.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if is_end:
            if tag in _BLOCKS:
                parts.append("\n")
            parts.append(element.tail or "")
            continue
        ends.append((element, True))
        if tag and tag not in _SKIPPED:
            if tag in _BLOCKS:
                parts.append("\n")
            parts.append(element.text or "")
            ends += [(child, False) for child in reversed(element)]
    return "".join(parts)


def tools() -> dict[str, tuple[str, Callable[[str], str]]]:
    """The extractors that are installed: name to package and function."""
    found: dict[str, tuple[str, Callable[[str], str]]] = {}
    has = {name: importlib.util.find_spec(name) is not None for name in ("trafilatura", "readability", "resiliparse")}
    if has["trafilatura"]:
        import trafilatura

        found["trafilatura"] = "trafilatura", lambda page: trafilatura.extract(page) or ""
    if has["readability"]:
        import readability

        found["readability-lxml"] = "readability-lxml", lambda page: plain(readability.Document(page).summary())
    if has["resiliparse"]:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = "resiliparse", lambda page: extract_plain_text(page, main_content=True)
    if importlib.util.find_spec("magic_html") is not None:
        from magic_html import GeneralExtractor

        magic = GeneralExtractor()
        for kind in ("article", "forum"):

            def extract(page: str, kind: str = kind) -> str:
                return plain(magic.extract(page, base_url="http://example.org/", html_type=kind).get("html") or "")

            found[f"magic-html {kind}"] = "magic-html", extract
    return found


class _TooLong(Exception):
    pass


def _stop(*_: object) -> None:
    raise _TooLong


def main() -> None:
    """Answer for all pages on standard input."""
    functions = tools()
    json.dump({"versions": {package: version(package) for package, _ in functions.values()}}, sys.stdout)
    sys.stdout.write("\n")
    signal.signal(signal.SIGALRM, _stop)
    for line in sys.stdin:
        page = json.loads(line)
        for name, (_, function) in functions.items():
            text = ""
            start = time.process_time()
            try:
                signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
                text = function(page["html"])
            except Exception:  # a peer's failure is its answer
                text = ""
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            spent = time.process_time() - start
            json.dump({"id": page["id"], "tool": name, "text": text, "seconds": spent}, sys.stdout)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
