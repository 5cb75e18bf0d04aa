"""What a page says of itself, and what is not believed."""

from __future__ import annotations

import pytest

from scrubber.model import Metadata
from scrubber.read.html import page_text
from scrubber.read.html_guard import Route

PAGE = """<html lang="zh_CN"><head><title>Pier</title>
<meta property="og:site_name" content="Pier  News"><link rel="canonical" href="https://pier.example/a">
<meta name="author" content="https://pier.example/people/oda">
<script type="application/ld+json">[{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2019-02-03T10:00Z",
"author": [{"name": "Oda"}, {"name": "Ib"}]}]}]</script></head><body><p>x"""


@pytest.mark.parametrize("route", Route)
def test_a_page_tells_of_itself(route: Route) -> None:
    assert page_text(PAGE, route).page.metadata == Metadata(
        "Pier", "2019-02-03", "Oda, Ib", "Pier News", "https://pier.example/a", "zh-CN"
    )


@pytest.mark.parametrize(
    ("markup", "field", "value"),
    [
        ("<meta name=pubdate content='20210109'>", "date", "2021-01-09"),
        ("<meta itemprop=datePublished content='3 March 2020'>", "date", "2020-03-03"),
        ("<time datetime='2018-07-01'>July</time>", "date", "2018-07-01"),
        ("<link rel=canonical href='https://a.example/2017/06/05/x.html'>", "date", "2017-06-05"),
        ("<meta name=date content='31/31/2020'>", "date", ""),
        ("<meta name=date content='0001-01-01'>", "date", ""),
        ("<link rel=canonical href='javascript:alert(1)'>", "url", ""),
        ("<link rel=canonical href='http://[x/'>", "url", ""),
        ("<link rel=canonical href='/relative'>", "url", ""),
        ("<meta property=og:url content='https://a.example/b'>", "site", "a.example"),
        ("<meta name=author content='Oda\nBrinck\x1b[0m'>", "author", "Oda Brinck[0m"),
        ("<html lang='not a language'>", "language", ""),
        ("<meta property=og:title content='A title'>", "title", "A title"),
        ("<script type='application/ld+json'>{broken</script>", "date", ""),
        ("<script type='application/ld+json'>" + "[" * 5000 + "</script>", "date", ""),
        ("<script type='application/ld+json'>{\"author\": {\"name\": 7}}</script>", "author", ""),
    ],
)  # fmt: skip
def test_what_is_said_is_checked_for_its_form(markup: str, field: str, value: str) -> None:
    assert getattr(page_text(f"{markup}<p>x").page.metadata, field) == value
