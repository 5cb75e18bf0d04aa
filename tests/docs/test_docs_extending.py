"""`docs/extending.md` can be followed as it stands: every example is done in a copy of the repository."""

from __future__ import annotations

import shutil

import pytest
from doc_blocks import REPOSITORY, Place, blocks_of

PAGE = REPOSITORY / "docs" / "extending.md"
SECTIONS = ("A rule", "A rule kind", "A reader", "A report")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the page speaks to a POSIX shell")


@pytest.fixture(scope="module")
def went_wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What went wrong in each section; the page is followed from its top to its end."""
    folder = tmp_path_factory.mktemp("extending")
    tree = folder / "tree"
    for name in ("scrubber", "rules", "tests/detect", "tests/report", "tests/read"):
        shutil.copytree(REPOSITORY / name, tree / name)
    for name in ("pyproject.toml", "tests/conftest.py", "tests/strategies.py"):
        shutil.copy(REPOSITORY / name, tree / name)
    place = Place.make(tree, folder / "programs", tree)
    found = dict.fromkeys(SECTIONS, "")
    for block in blocks_of(PAGE):
        if not found[block.section]:
            wrong = place.do(block)
            found[block.section] = wrong and f"{block}: {wrong}"
    return found


@pytest.mark.parametrize("section", SECTIONS)
def test_the_example_works(section: str, went_wrong: dict[str, str]) -> None:
    assert went_wrong[section] == ""


def test_every_section_has_commands_and_files() -> None:
    blocks = tuple(blocks_of(PAGE))
    for section in SECTIONS:
        assert {block.language for block in blocks if block.section == section} >= {"console"}
        assert any(block.file for block in blocks if block.section == section)
