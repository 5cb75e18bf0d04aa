"""The HTML report in a real browser: it opens, filters, folds, obeys keys, and takes nothing for markup.

Needs Playwright (the extra `browser`) and a Chromium; skips where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import Tab, chromium
from report_samples import ferry, hostile, result, verdict
from scrubber.errors import Failure
from scrubber.model import CleanResult, Edit, Kin, Origin, Outcome, Span
from scrubber.report import REPORTS, ReportOptions, RunEnd
from scrubber.report.escape import visible

TAIL = "标题\n" + "".join(f"{number}. 相关新闻第{number}条\n" for number in range(1, 31))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a report of results in a window of its own. At the end, nothing was logged and nothing asked for."""
    tabs: list[tuple[Tab, Path]] = []

    def open_report(results: Iterable[CleanResult], *, show_all: bool = False, lost: tuple[Failure, ...] = (), **context: Any) -> Tab:  # fmt: skip
        path = tmp_path / f"{len(tabs)}.html"
        options = ReportOptions(show_all=show_all, ended=lambda: RunEnd(lost))
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            REPORTS["html"](results, out, options)
        tab = Tab(browser.new_context(**context).new_page())
        tabs.append((tab, path))
        tab.open(path)
        return tab

    yield open_report
    for tab, path in tabs:
        tab.page.context.close()
        assert tab.complaints == []
        assert tab.requests == [path.as_uri()]


def tail() -> CleanResult:
    span = Span(TAIL.index("1."), len(TAIL))
    claim = verdict("zh/tail", span, Outcome.REMOVED, "opens a tail of 30 entries")
    return result(TAIL, (Edit(span, "", ("zh/tail",), (0,)),), (claim,), id="种子/渡轮.txt")


def test_it_shows_the_run(opened: Any) -> None:
    tab = opened((ferry(), tail()), lost=(Failure("", "in/b.bin", "is binary.", "Leave it out."),))
    assert tab.texts("h1") == ["3\u00a0removals, 2\u00a0replacements and 1\u00a0flag in 2\u00a0files"]
    assert tab.texts("#failures li") == ["in/b.bin is binary. Leave it out."]
    assert tab.texts("#rule-rows button") == [
        "zh/tail", "seed-news/related-tail", "zh/breadcrumb", "core/spaces", "core/near-duplicate",
    ]  # fmt: skip
    assert tab.texts("h3") == ["seeds/ferry.txt", "种子/渡轮.txt"]
    assert tab.status() == "5 places in 2 files"
    assert tab.texts(".hunk:has-text('core/near-duplicate') .old .text") == [
        "The ferry carries 240 people and 12 cars."
    ]
    assert tab.texts(".hunk:has-text('core/near-duplicate') mark") == ["240", "12", "180", "9"]
    assert tab.texts(".hunk:has-text('core/spaces') del") == [
        "Tickets<U+00A0>cost 9 euros, said the office<U+200B> on Sunday."
    ]


def test_it_filters_by_rule_outcome_file_and_text(opened: Any) -> None:
    tab = opened((ferry(), tail()), show_all=True)
    page = tab.page
    assert tab.status() == "7 places in 2 files"
    page.get_by_role("button", name="zh/breadcrumb").first.click()
    assert tab.status() == "1 place in 1 fileshow all"
    assert page.locator("#rule").input_value() == "zh/breadcrumb"
    page.get_by_text("show all", exact=True).click()
    page.get_by_role("button", name="kept 1").click()
    page.get_by_role("button", name="removed 3").click()
    assert page.get_by_role("button", name="kept 1").get_attribute("aria-pressed") == "false"
    assert tab.texts(".hunk .outcome") == ["flagged", "replaced", "overlapped"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="渡轮.txt").click()
    assert tab.texts("h3") == ["种子/渡轮.txt"]
    assert tab.status() == "1 place in this fileshow all"
    page.keyboard.press("Escape")
    page.locator("#query").fill("相关新闻第17")
    page.get_by_text("1 place in 1 file").wait_for()
    assert tab.texts("h3") == ["种子/渡轮.txt"]
    assert page.get_by_text("17. 相关新闻第17条").is_visible()  # unfolded, for that is what was sought
    page.locator("#query").fill("nothing has this")
    page.get_by_text("No finding fits these filters.").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_text("7 places in 2 files").wait_for()
    assert page.locator("#query").input_value() == ""


def test_long_removals_fold_and_keys_move(opened: Any) -> None:
    tab = opened((ferry(), tail()))
    page = tab.page
    assert len(tab.texts(".hunk:has-text('zh/tail') .old .text")) == 5
    for _ in range(5):
        page.keyboard.press("j")
    assert tab.texts(".current .rule") == ["zh/tail"]
    assert tab.texts(".current .fold") == ["… 25 lines …"]
    page.keyboard.press("e")
    assert len(tab.texts(".current .old .text")) == 30
    assert "20. 相关新闻第20条" in tab.texts(".current .old .text")
    page.keyboard.press("e")
    assert page.get_by_text("20. 相关新闻第20条").is_hidden()
    page.keyboard.press("i")
    assert "--ignore zh/tail" in tab.texts(".about-rule")[0]
    assert "0123456789abcdef" in tab.texts(".about-rule")[0]
    page.keyboard.press("K")
    assert tab.texts(".current .rule") == ["zh/breadcrumb"]
    page.keyboard.press("J")
    assert tab.texts(".current .rule") == ["zh/tail"]
    page.keyboard.press("k")
    assert tab.texts(".current .rule") == ["seed-news/related-tail"]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type("j")
    assert page.locator("#query").input_value() == "j"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").is_hidden()
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.id") == "file-query"


PAYLOADS = (
    "</script><script>document.title = 'taken'</script>",
    "<img src='http://127.0.0.1:9/x.png' onerror=\"document.title = 'taken'\">",
    "<a href=\"javascript:document.title='taken'\">x</a>",
    "<!--<script>",
    "<style>*{display:none}</style>",
    "\u202egnp.exe \x1b]0;t\x07 &lt;b&gt;",
)


def test_hostile_text_stays_text(opened: Any) -> None:
    results = []
    for number, payload in enumerate(PAYLOADS):
        text = f"{payload}\nstays\n"
        claim = verdict(f"x/{payload}", Span(0, len(payload) + 1), Outcome.REMOVED, payload, reason=f"{payload}!",
                        kin=Kin(payload, 1, 1, payload, 700))  # fmt: skip
        origin = Origin(path=payload, sha256="", size=1, encoding=payload)
        results.append(result(text, (Edit(claim.finding.span, "", (f"x/{payload}",), (0,)),), (claim,),
                              id=f"in/{number}{payload}", note=payload, origin=origin))  # fmt: skip
    tab = opened((*results, hostile()), lost=tuple(Failure("", each, each, each) for each in PAYLOADS))
    page = tab.page
    for _ in range(len(PAYLOADS) + 2):
        page.keyboard.press("j")
        page.keyboard.press("i")
    assert page.title() == "scrubber report"
    assert page.locator("img, iframe, object, embed, a, link, main script, main style, svg").count() == 0
    assert tab.texts(".old .text")[: len(PAYLOADS)] == [visible(payload) for payload in PAYLOADS]
    assert tab.texts("h3")[: len(PAYLOADS)] == [
        visible(f"in/{number}{payload}") for number, payload in enumerate(PAYLOADS)
    ]
    assert not any(ord(character) < 32 and character != "\n" for text in tab.texts("main") for character in text)


def test_the_policy_forbids_what_the_page_does_not_do_itself(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    with path.open("w", encoding="utf-8", newline="") as out:
        REPORTS["html"]((ferry(),), out, ReportOptions())
    tab = Tab(browser.new_context().new_page())
    tab.open(path)
    page = tab.page
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')") == "refused"
    for act in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "(() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); })()",
    ):
        assert page.evaluate(f"(() => {{ try {{ {act}; return 'done'; }} catch (e) {{ return e.name; }} }})()") == "TypeError"  # fmt: skip
    assert not [url for url in tab.requests if not url.startswith("file:")]
    page.context.close()


def many(files: int, findings: int) -> Iterator[CleanResult]:
    for number in range(files):
        text = "".join(f"第{number}页第{at}行：渡轮今天返航\n" for at in range(findings))
        claims = [verdict(f"t/r{at % 3}", Span(*at_line), Outcome.FLAGGED, "why") for at, at_line in enumerate(lines_of(text))]  # fmt: skip
        yield result(text, (), claims, id=f"dump/{number // 100}/{number:05}.txt")


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line) - 1
        start += len(line)


def test_ten_thousand_files_are_shown_bit_by_bit(opened: Any) -> None:
    tab = opened(many(10_000, 2))
    page = tab.page
    assert tab.status() == "20,000 places in 10,000 files"
    assert page.locator(".hunk").count() < 200
    assert page.locator(".file").count() < 60
    before = page.locator(".hunk").count()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.locator(f".hunk >> nth={before}").wait_for(state="attached")
    page.evaluate("document.getElementById('file-list').scrollTop = 1e9")
    page.get_by_role("button", name="09999.txt").click()
    assert tab.texts("h3") == ["dump/99/09999.txt"]
    assert page.locator(".file").count() < 60
    page.keyboard.press("Escape")
    page.locator("#query").fill("第1234页第1行")
    page.get_by_text("1 place in 1 file").wait_for()
    page.locator("#file-query").fill("00007")
    assert tab.texts(".file") == []
    page.locator("#query").fill("")
    page.get_by_role("button", name="00007.txt").wait_for()


@pytest.mark.parametrize("width", [360, 700, 1360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_out_of_the_window_and_the_scheme_is_followed(opened: Any, width: int, scheme: str) -> None:
    long = "x" * 3000
    wide = result(f"{long}\n", (), (verdict(f"t/{long}", Span(0, 3000), Outcome.FLAGGED, long),), id=f"in/{long}.txt")
    tab = opened((ferry(), tail(), hostile(), wide), color_scheme=scheme, viewport={"width": width, "height": 800})
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    ground = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(25, 24, 22)" if scheme == "dark" else "rgb(250, 248, 244)")
    if width < 900:
        assert tab.page.locator("#files").is_hidden()
        tab.page.get_by_role("button", name="Files").click()
        assert tab.page.locator("#files").is_visible()


def test_it_prints_without_its_controls_and_with_every_finding(opened: Any) -> None:
    tab = opened(many(60, 2))
    tab.page.emulate_media(media="print")
    assert tab.page.locator("#bar").is_hidden()
    assert tab.page.locator("#files").is_hidden()
    assert tab.page.locator(".hunk").count() < 120
    assert tab.page.pdf().startswith(b"%PDF")
    assert tab.page.locator(".hunk").count() == 120


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2."""

    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(opened: Any, scheme: str) -> None:
    tab = opened((ferry(), tail(), hostile()), show_all=True, color_scheme=scheme)
    pairs = tab.page.evaluate("""() => [...document.querySelectorAll('main *, #rules *, #top *, #outcomes *')]
      .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
      .map((node) => {
        let ground = node;
        while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
        return [node.className || node.tagName, getComputedStyle(node).color, getComputedStyle(ground || document.body).backgroundColor];
      })""")
    assert len(pairs) > 60
    poor = {(name, round(contrast(ink, paper), 1)) for name, ink, paper in pairs if contrast(ink, paper) < 4.5}
    assert poor == set()
