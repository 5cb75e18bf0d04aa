"""What a page says of itself: title, date, author, site, address, language.

Read from `<meta>`, JSON-LD, `<time>`, `<link>` and the address, in that order of trust; never from the running text,
where dates and names may be those of what the text is about. Everything found is foreign: folded to one line, cut to a
length, and checked for its form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from scrubber.model.page import Metadata

MAX_VALUE_CHARS = 500
#: More than this of one kind, or longer scripts, are not looked at.
_MAX_FACTS = 2_000
_MAX_SCRIPT_CHARS = 1_000_000
_MAX_NODES = 10_000
#: Python's own parser of JSON recurses; deeper data is nobody's metadata.
_MAX_BRACKETS = 200
_FIRST_YEAR = 1990

_DATE_KEYS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date.published",
    "publishdate", "publish_date", "pubdate", "publish-date", "publication_date", "sailthru.date", "parsely-pub-date",
    "weibo:article:create_at", "bytedance:published_time", "apub:time", "og:release_date", "release_date",
    "article.published", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "citation_date",
    "citation_publication_date", "date", "og:updated_time", "article:modified_time", "datemodified", "last-modified",
)  # fmt: skip
_AUTHOR_KEYS = ("author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author",
                "sailthru.author", "byl", "weibo:article:author", "bytedance:author", "citation_author")  # fmt: skip
_SITE_KEYS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "publisher")
_TITLE_KEYS = ("og:title", "twitter:title", "dc.title", "citation_title")
_URL_KEYS = ("og:url", "twitter:url")
_LANGUAGE_KEYS = ("content-language", "og:locale", "language", "dc.language")
_ARTICLE_TYPES = ("article", "posting", "report", "webpage")

_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DAY = re.compile(r"(?<!\d)(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2})|年(\d{1,2})月(\d{1,2})日)(?!\d)")
_DAY_IN_WORDS = re.compile(
    r"\b(?:(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?|([A-Z][a-z]{2})[a-z]*\.?\s+(\d{1,2}),?)\s+(\d{4})\b"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[/-]?(\d{2})[/-]?(\d{2})(?=[/_.-]|$)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Facts(Struct):
    """The elements of a page that speak of the page: attributes, and text where that is what counts."""

    found: dict[str, list[tuple[Mapping[str, str | None], str]]] = field(default_factory=dict)

    def add(self, tag: str, attributes: Mapping[str, str | None], text: str = "") -> None:
        """One `html`, `meta`, `link`, `time`, `title`, or `script` of JSON-LD, in document order."""
        known = self.found.setdefault(tag, [])
        if len(known) < _MAX_FACTS:
            known.append((attributes, text))

    def of(self, tag: str) -> list[tuple[Mapping[str, str | None], str]]:
        """All of one kind."""
        return self.found.get(tag, [])


def head_title(facts: Facts) -> str:
    """The title in the page's head, folded; empty where it has none."""
    return next((title for _, text in facts.of("title") if (title := one_line(text))), "")


def metadata_of(facts: Facts, title: str) -> Metadata:
    """What `facts` say. `title` is the one that the text begins with; without it the page's own is taken. O(facts)."""
    said = _said(facts)
    linked = list(_linked(facts))
    url = _address(facts, said)
    site = _first(said, _SITE_KEYS) or _named_in(linked, "publisher")
    return Metadata(
        title=title or _first(said, _TITLE_KEYS),
        date=_date(facts, said, linked, url),
        author=_author(said, linked),
        site=site or (urlsplit(url).hostname or "" if url else ""),
        url=url,
        language=_language(facts, said),
    )


def one_line(text: str | None) -> str:
    """Foreign text as one line of bounded length, without control characters."""
    if not text:
        return ""
    text = text[: MAX_VALUE_CHARS * 8]
    if not text.isprintable() or "  " in text:
        text = _SPACES.sub(" ", _CONTROLS.sub("", text))
    return text.strip()[:MAX_VALUE_CHARS].rstrip()


def day_in(text: str) -> str:
    """The first date in a text as `YYYY-MM-DD`, or an empty string.

    >>> day_in("2019-06-03T08:00:00Z"), day_in("Tue, 5 Mar 2013 10:00"), day_in("2021年1月9日"), day_in("13/14")
    ('2019-06-03', '2013-03-05', '2021-01-09', '')
    """
    text = text[:MAX_VALUE_CHARS]
    for match in _DAY.finditer(text):
        year, _, *rest = match.groups()
        month, day = (part for part in rest if part is not None)
        if found := _day(year, month, day):
            return found
    for match in _DAY_IN_WORDS.finditer(text):
        day_first, month_second, month_first, day_second, year = match.groups()
        name = month_second or month_first
        if name in _MONTHS and (found := _day(year, str(_MONTHS.index(name) + 1), day_first or day_second)):
            return found
    return ""


def _day(year: str, month: str, day: str) -> str:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return ""
    return found.isoformat() if found.year >= _FIRST_YEAR else ""


def _said(facts: Facts) -> dict[str, str]:
    """Names of `<meta>` elements, in lower case, with what they say; the first of a name counts."""
    said: dict[str, str] = {}
    for attributes, _ in facts.of("meta"):
        content = one_line(attributes.get("content"))
        if content:
            for kind in ("property", "name", "itemprop", "http-equiv"):
                if name := attributes.get(kind):
                    said.setdefault(name[:100].strip().lower(), content)
    return said


def _first(said: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((said[key] for key in keys if key in said), "")


def _linked(facts: Facts) -> Iterator[Mapping[str, Any]]:
    """Objects of JSON-LD, articles and their like first."""
    others: list[Mapping[str, Any]] = []
    seen = 0
    for _, text in facts.of("script"):
        brackets = text.count("{") + text.count("[")
        if len(text) > _MAX_SCRIPT_CHARS or brackets > _MAX_NODES or (brackets > _MAX_BRACKETS and _is_deep(text)):
            continue
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting and seen < _MAX_NODES:
            seen += 1
            node = waiting.pop(0) if len(waiting) < 100 else waiting.pop()
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                waiting += node.get("@graph") or [] if isinstance(node.get("@graph"), list) else []
                kinds = json.dumps(node.get("@type", ""))[:200].lower()
                if any(kind in kinds for kind in _ARTICLE_TYPES):
                    yield node
                else:
                    others.append(node)
    yield from others


def _is_deep(text: str) -> bool:
    """Whether brackets nest deeper than metadata does. O(n)."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth += 1 if mark.group() in "[{" else -1
        if depth > _MAX_BRACKETS:
            return True
    return False


def _named_in(linked: Iterable[Mapping[str, Any]], key: str) -> str:
    """The name of a person or organisation in JSON-LD: a string, an object with a name, or a list of them."""
    for node in linked:
        value = node.get(key)
        names: list[str] = []
        for each in value[:8] if isinstance(value, list) else [value]:
            name = each.get("name") if isinstance(each, dict) else each
            if isinstance(name, str) and (text := one_line(name)) and text not in names:
                names.append(text)
        if names:
            return ", ".join(names)[:MAX_VALUE_CHARS]
    return ""


def _author(said: Mapping[str, str], linked: list[Mapping[str, Any]]) -> str:
    named = _named_in(linked, "author")
    for value in (*(said[key] for key in _AUTHOR_KEYS if key in said), named):
        if value and not value.lower().startswith(("http:", "https:", "www.", "/")):
            return value
    return ""


def _date(facts: Facts, said: Mapping[str, str], linked: list[Mapping[str, Any]], url: str) -> str:
    published = [key for key in _DATE_KEYS if key in said]
    values = [said[key] for key in published[:4]]
    for key in ("datePublished", "uploadDate", "dateCreated"):
        values += [value for node in linked if isinstance(value := node.get(key), str)]
    times = facts.of("time")
    marked = [
        attributes
        for attributes, _ in times
        if "pubdate" in attributes or "datePublished" in (attributes.get("itemprop") or "")
    ]
    for attributes in (*marked, *(attributes for attributes, _ in times[:1])):
        values.append(attributes.get("datetime") or "")
    for value in values:
        if found := day_in(value):
            return found
    match = _DAY_IN_ADDRESS.search(url)
    return _day(*match.groups()) if match else ""


def _address(facts: Facts, said: Mapping[str, str]) -> str:
    linked = [
        attributes.get("href") or ""
        for attributes, _ in facts.of("link")
        if "canonical" in (attributes.get("rel") or "").lower().split()
    ]
    for value in (*linked, *(said[key] for key in _URL_KEYS if key in said)):
        address = one_line(value)
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc and " " not in address and len(address) < MAX_VALUE_CHARS:
            return address
    return ""


def _language(facts: Facts, said: Mapping[str, str]) -> str:
    values = [attributes.get(name) or "" for attributes, _ in facts.of("html") for name in ("lang", "xml:lang")]
    for value in (*values, *(said[key] for key in _LANGUAGE_KEYS if key in said)):
        tag = value.split(",")[0].strip().replace("_", "-")
        if _LANGUAGE.fullmatch(tag):
            return tag
    return ""
