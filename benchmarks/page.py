"""How quickly a large HTML report opens and answers, in a headless Chromium.

    python benchmarks/page.py [FILES [FINDINGS_OF_A_FILE]]

Needs the extra `browser` and a Chromium of the machine. Prints the size of the page in 10^6 bytes, seconds until it is
ready, seconds until a filter by rule and a search are answered, the longest time for which the page did not answer, and
how many elements it holds. Results are those of `reports.py`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from reports import write

_WATCH = """window.longest = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({ type: "longtask", buffered: true });"""


def answered(page: Page) -> float:
    """Seconds until the status tells of a filter."""
    begun = time.perf_counter()
    page.get_by_text("show all", exact=True).wait_for()
    return time.perf_counter() - begun


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    findings = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "report.html"
        write("html", path, files, findings)
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(_WATCH)
        begun = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        ready = time.perf_counter() - begun
        page.select_option("#rule", index=1)
        by_rule = answered(page)
        page.keyboard.press("Escape")
        page.get_by_text("show all", exact=True).wait_for(state="detached")
        page.locator("#query").fill("page 7")
        by_text = answered(page)
        elements = page.evaluate("document.querySelectorAll('*').length")
        longest = page.evaluate("window.longest") / 1000
        print(f"{files:,} files, {files * findings:,} findings, {path.stat().st_size / 1e6:.1f} MB")
        print("ready s  rule s  search s  longest s  elements")
        print(f"{ready:7.2f} {by_rule:7.2f} {by_text:9.2f} {longest:10.2f} {elements:9,}")
        browser.close()


if __name__ == "__main__":
    main()
