"""Shared fixtures: the bundled rules once for the whole run, and the corpora where a machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scrubber.engine.clean import Cleaner

settings.register_profile(
    "scrubber", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("scrubber")

#: Runs of the real program share what loading the bundled rules took, and leave the user's cache folder alone.
os.environ.setdefault("SCRUBBER_CACHE_DIR", str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "scrubber"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Switches of the tests that pin results in files."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files of samples/")
    parser.addoption("--update-floors", action="store_true", help="rewrite the quality floors of tests/labelled")
    parser.addoption("--allow-regression", action="store_true", help="let --update-floors lower a floor")


ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def bundled() -> Cleaner:
    """A cleaner with all bundled rules at the standard profile."""
    from scrubber.api import cleaner

    return cleaner()


def corpus_folder() -> Path | None:
    """The folder with corpora that are not part of the repository, or None."""
    for place in (os.environ.get("SCRUBBER_CORPUS", ""), str(ROOT.parent / "shared")):
        if place and (Path(place) / "corpus").is_dir():
            return Path(place)
    return None


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpora, or a skip that says so: a user's machine does not have them."""
    folder = corpus_folder()
    if folder is None:
        pytest.skip("no corpora here: set SCRUBBER_CORPUS to a folder that holds corpus/ and seeds/")
    return folder
