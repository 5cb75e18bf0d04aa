"""What the documents tell people to type works, and shows what they say it shows."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from doc_blocks import PAGES, REPOSITORY, Block, Place, blocks_of

import scrubber
from scrubber.config import load_config
from scrubber.engine.examples import check_examples
from scrubber.rules.decisions import load_decisions
from scrubber.rules.load import load_rules

#: Blocks that are not run: how they begin, and why.
NOT_RUN = {
    "python3 -m venv": "sets up an environment from a package index; .ci/run runs those of the README as they stand",
}
#: Followed in a copy of the repository by `test_docs_extending.py`.
ELSEWHERE = ("docs/extending.md",)
#: Pages that make every file that they speak of: they are followed in an empty folder.
FROM_NOTHING = "docs/tutorial-"
#: A rule set for blocks that show rules alone.
_HEADER = '[ruleset]\nname = "shown"\nversion = "1"\ndescription = "shown"\n'

RUN = ("sh", "console", "python")
BLOCKS = {page.relative_to(REPOSITORY).as_posix(): tuple(blocks_of(page)) for page in PAGES}
WITH_COMMANDS = [
    name for name, blocks in BLOCKS.items() if name not in ELSEWHERE and any(block.language in RUN for block in blocks)
]
#: Rules of a kind that is there only in the copy of `test_docs_extending.py`.
OF_A_NEW_KIND = "tests/detect/cases/stutter.toml"
TOML = [
    block for blocks in BLOCKS.values() for block in blocks if block.language == "toml" and block.file != OF_A_NEW_KIND
]


def why_not_run(block: Block) -> str:
    return next((why for start, why in NOT_RUN.items() if block.text.startswith(start)), "")


def furnish(folder: Path) -> None:
    """The files that the documents name: samples, a dump of pages, seeds to contribute, a rule file."""
    shutil.copytree(REPOSITORY / "samples", folder / "samples")
    for source, name in (
        ("zh-portal-twice.txt", "dump/a.txt"),
        ("en-news-page.txt", "dump/b/news.txt"),
        ("en-poem-refrain.txt", "seeds/poem.txt"),
        ("zh-wechat-post.txt", "seeds/post.txt"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "samples" / "dirty" / source, folder / name)
    (folder / "weekly").mkdir()
    for number in range(1, 13):
        said = f"Report {'x' * number} says that the pier was repaired before the boats of the north came back at noon."
        more = f"The captain of boat {'y' * number} told the reporters that all went well, and that he will sail again."
        page = (
            "Harbour Weekly",
            "Tides and ships",
            said,
            more,
            "Tell your crew",
            f"Printed {number * 7} times",
            "Share",
        )
        (folder / "weekly" / f"{number:02}.txt").write_text("\n".join(page) + "\n", "utf-8")
    rules = next(block for block in BLOCKS["docs/extending.md"] if block.file == "rules/eo.toml")
    (folder / "my-rules.toml").write_text(rules.text, "utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="the documents speak to a POSIX shell")
@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    place = Place.make(tmp_path / "place", tmp_path / "programs")
    if not page.startswith(FROM_NOTHING):
        furnish(place.folder)
    for block in BLOCKS[page]:
        if not why_not_run(block):
            assert place.do(block) == "", str(block)


def test_blocks_that_are_not_run_are_still_there() -> None:
    starts = [block.text for blocks in BLOCKS.values() for block in blocks]
    assert all(any(text.startswith(start) for text in starts) for start in NOT_RUN)


def test_commands_stand_in_blocks_that_are_run() -> None:
    for blocks in BLOCKS.values():
        for block in blocks:
            assert block.language or "scrubber " not in block.text.split("\n")[0], f"{block}: say sh or console"


@pytest.mark.parametrize("block", TOML, ids=str)
def test_toml_is_what_scrubber_reads(block: Block, tmp_path: Path) -> None:
    found = tomllib.loads(block.text)
    path = tmp_path / "shown.toml"
    path.write_text(block.text, "utf-8")
    if "decision" in found:
        assert load_decisions(path).decisions
        return
    if "rule" not in found:
        assert load_config(path, tmp_path, version=scrubber.__version__).origins, "no rules, decisions or settings"
        return
    path.write_text(block.text if "ruleset" in found else _HEADER + block.text, "utf-8")
    ruleset = load_rules([path])
    # The examples of rules that it extends are their own file's business.
    own = tuple(rule for rule in ruleset.rules if rule.info.declared_at.startswith(f"{path.as_posix()}:"))
    assert own
    assert [result for result in check_examples(ruleset.with_rules(own)) if not result.passed] == []
