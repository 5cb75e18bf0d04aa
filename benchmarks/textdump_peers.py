"""What other tools keep of bare text: run by `textdump.py` in an environment that holds them, not by hand.

    PYTHON benchmarks/textdump_peers.py TOOL < pages.jsonl > kept.jsonl     one of TOOLS
    PYTHON benchmarks/textdump_peers.py --versions                          which of them are there, as JSON

A page is `{"id", "language", "lines"}`; the answer is `{"id", "text"}`, or `{"id", "error"}` where the tool raised. Every
tool is made for HTML, so each line comes as a paragraph of a page. Needs nothing but the standard library and the tool.
"""

from __future__ import annotations

import html
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

#: Names of jusText's word lists by language.
_STOP_LISTS = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "de": "German", "en": "English", "es": "Spanish", "fr": "French",
    "hi": "Hindi", "hr": "Croatian", "id": "Indonesian", "it": "Italian", "ko": "Korean", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ru": "Russian", "tr": "Turkish", "vi": "Vietnamese",
}  # fmt: skip


def page_of(lines: list[str]) -> str:
    """A page that holds the lines as paragraphs."""
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return f"<html><head><title></title></head><body>\n{body}\n</body></html>"


def boilerpy3(page: str, language: str) -> str:
    from boilerpy3 import extractors

    return str(extractors.ArticleExtractor().get_content(page))


def justext(page: str, language: str) -> str:
    import justext as tool

    name = _STOP_LISTS.get(language, "")
    if name in tool.get_stoplists():
        found = tool.justext(page, tool.get_stoplist(name))
    else:  # what its manual says for languages without a list
        found = tool.justext(page, frozenset(), stopwords_low=0.0, stopwords_high=0.0)
    return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)


def trafilatura(page: str, language: str) -> str:
    import trafilatura as tool

    return tool.extract(page) or ""


def resiliparse(page: str, language: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(page, main_content=True))


TOOLS: dict[str, Callable[[str, str], str]] = {
    "boilerpy3": boilerpy3,
    "justext": justext,
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
}


def versions() -> dict[str, str]:
    """The tools that are installed here."""
    found = {}
    for name in TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    if sys.argv[1] == "--versions":
        print(json.dumps(versions()))
        return
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    tool = TOOLS[sys.argv[1]]
    for record in map(json.loads, sys.stdin):
        page = page_of(record["lines"])
        begun = time.process_time()
        try:
            answer = {"text": tool(page, record["language"])}
        except Exception as error:  # whatever a tool raises is its answer to the page
            answer = {"error": type(error).__name__}
        print(json.dumps({"id": record["id"], "seconds": time.process_time() - begun, **answer}), flush=True)


if __name__ == "__main__":
    main()
