"""A headless Chromium for tests, where the machine has one, and a page that remembers what it complains about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

#: Set where a browser must be there (CI): its absence is then a failure and no skip.
REQUIRED = "SCRUBBER_REQUIRE_BROWSER"
#: Names of the program, in the order in which they are tried.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def missing(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, and {reason}")
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser: the one of the machine, else the one that Playwright has installed."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("no Playwright here: pip install playwright")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            missing(f"no Chromium here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


def main() -> None:
    """Say which browser the tests would take; end with 1 and the reason where there is none (`.ci/browser`)."""
    try:
        with chromium() as found:
            print(f"Chromium {found.version}")
    except pytest.skip.Exception as reason:
        raise SystemExit(str(reason)) from None


@dataclass(slots=True)
class Tab:
    """A page with all that it has logged, and every address that it has asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        """Open a report, and wait until it has read itself."""
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements of a kind, in sight or not."""
        return list(self.page.locator(selector).all_text_contents())

    def status(self) -> str:
        return str(self.page.locator("#status").text_content())


if __name__ == "__main__":
    main()
