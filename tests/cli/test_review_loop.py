"""The loop of a review over real findings, with keys and a screen of our own."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, REPOSITORY, RULES
from rich.text import Text

from scrubber.cli.account import account_for
from scrubber.cli.decisions_file import DecisionsFile
from scrubber.cli.inputs import Inputs
from scrubber.cli.keys import RESIZED
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions, RunOptions
from scrubber.cli.review_findings import Findings
from scrubber.cli.review_loop import Desk
from scrubber.cli.review_shelf import Shelf
from scrubber.cli.review_state import Review
from scrubber.cli.running import collected, run_tasks, tasks_for
from scrubber.cli.session import Session, decisions_path, open_session, set_scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import setup_for
from scrubber.cli.unused import DecisionWatch
from scrubber.cli.work import Worker
from scrubber.model import Outcome
from scrubber.report.hunks import hunks

ENOUGH = 2000


@dataclass
class Screen:
    """A screen that remembers what it was last told to show."""

    shown: str = ""

    def size(self) -> tuple[int, int]:
        return 80, 24

    def room(self, footer: int) -> int:
        return 24 - footer

    def show(self, rows: Sequence[Text], footer: Sequence[Text], cursor: bool) -> None:
        self.shown = "\n".join(row.plain for row in (*rows, *footer))

    def open(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Keys:
    """Keys that a function chooses by what stands on the screen."""

    choose: Callable[[str], str]
    screen: Screen
    pressed: int = 0

    def read(self) -> str:
        self.pressed += 1
        assert self.pressed < ENOUGH, self.screen.shown
        return self.choose(self.screen.shown)

    def suspend(self) -> None: ...


@dataclass
class Reviewed:
    """A folder under review."""

    session: Session
    found: Inputs

    def findings(self, shelf: Shelf) -> tuple[Findings, Review, DecisionsFile]:
        messages = Messages(MessageOptions(quiet=True))
        setup = setup_for(self.session)
        looked = Findings(self.found.inputs, setup, shelf, context=2, settled=False)
        account = account_for(self.session)
        run = RunOptions(jobs=1)
        items = [
            item
            for done in run_tasks(
                tasks_for(self.found), setup, account, run, messages, label="reading", bar_allowed=False
            )
            for item in looked.items_of(done)
        ]
        file = DecisionsFile(decisions_path(self.session.scene), "d.toml")
        return looked, Review(items, dict(file.read())), file


def opened(folder: Path, rules: RuleOptions) -> Reviewed:
    scene = set_scene(InputOptions(paths=["seeds"], root=str(folder)), rules)
    return Reviewed(open_session(scene), collected(scene, None, force_exclude=False))


def reviewed(folder: Path, choose: Callable[[str], str], rules: RuleOptions) -> Desk:
    """A desk that was left, after keys that `choose` gave for what was shown."""
    place = opened(folder, rules)
    with closing(Shelf()) as shelf:
        looked, review, file = place.findings(shelf)
        screen = Screen()
        desk = Desk(review, looked, file, screen, Keys(choose, screen))
        desk.run()
    return desk


def always(key: str) -> Callable[[str], str]:
    return lambda shown: "q" if "All is answered." in shown else key


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a folder of seeds."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "pier.toml").write_text(RULES, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


PIER = RuleOptions(rules=["pier.toml"])
SAMPLES = ("en-news-page.txt", "zh-entity-residue.txt", "zh-gb18030-park-news.txt")


@pytest.mark.parametrize("key", ["n", "l"])
def test_what_was_kept_or_put_off_is_settled(here: Path, key: str) -> None:
    """Whatever answers bring to light is asked for as well; then nothing is left to show but another encoding."""
    for name in SAMPLES:
        shutil.copy(REPOSITORY / "samples" / "dirty" / name, here / "seeds" / name)
    desk = reviewed(here, always(key), RuleOptions())
    assert desk.review.standing().open == 0
    place = opened(here, RuleOptions())
    messages = Messages(MessageOptions(quiet=True))
    account = account_for(place.session)
    watch = DecisionWatch(place.session.decisions, {})
    for done in run_tasks(
        tasks_for(place.found),
        setup_for(place.session),
        account,
        RunOptions(jobs=1),
        messages,
        label="",
        bar_allowed=False,
    ):
        assert done.result is not None
        assert {hunk.rules for hunk in hunks(done.result)} <= {("core/encoding",)}
        assert done.result.text == done.result.document.text
        watch.see(done.result)
    assert not list(watch.unused((), Path(), (), whole=True))
    with closing(Shelf()) as shelf:
        _, review, _ = place.findings(shelf)
    assert review.items == []


def test_guesses_of_the_line_model_are_asked_for(here: Path) -> None:
    """`diff` hides them; where they are all there is, it shows nothing."""
    rule = '[[rule]]\nid = "model"\nkind = "statistic"\ntitle = "Model"\nwhy = "w"\nconfidence = "possible"\n'
    (here / "model.toml").write_text(f'[ruleset]\nname = "t"\nversion = "1"\n{rule}', "utf-8")
    shutil.copy(REPOSITORY / "samples" / "dirty" / "en-news-page.txt", here / "seeds" / "a.txt")
    place = opened(here, RuleOptions(rules=["model.toml"]))
    with closing(Shelf()) as shelf:
        looked, review, _ = place.findings(shelf)
        assert review.items
        for item in review.items:
            hunk, name = looked.text_of(item)
            assert (name, hunk.rules, hunk.outcome) == ("seeds/a.txt", ("t/model",), Outcome.FLAGGED)
            assert (hunk.span.start, hunk.span.end) == item.position
    result = Worker(setup_for(place.session)).clean(place.found.inputs[0], (here / "seeds" / "a.txt").read_bytes())
    assert hunks(result) == ()


def test_records_and_members_are_reviewed_each_under_its_own_id(here: Path) -> None:
    lines = "".join(json.dumps({"id": str(number), "text": DIRTY}) + "\n" for number in range(3))
    (here / "seeds" / "x.jsonl").write_text(lines, "utf-8")
    (here / "seeds" / "y.txt.gz").write_bytes(gzip.compress(DIRTY.encode()))
    desk = reviewed(here, always("n"), PIER)
    paths = [decision.path for decision in desk.file.decisions().decisions]
    assert paths == ["seeds/x.jsonl#0", "seeds/x.jsonl#1", "seeds/x.jsonl#2", "seeds/y.txt.gz"]


def test_what_is_read_again_on_request_is_brought_up_to_date(here: Path) -> None:
    lines = "".join(json.dumps({"id": str(number), "text": DIRTY}) + "\n" for number in range(3))
    file = here / "seeds" / "x.jsonl"
    file.write_text(lines, "utf-8")
    keys = iter([*"nnn", RESIZED, "r", "r", "q"])
    seen: list[str] = []

    def choose(shown: str) -> str:
        seen.append(shown)
        return next(keys)

    reviewed(here, choose, PIER)
    assert "1 input with answers can be read again: r." in " ".join(seen[4].split())
    assert "can be read again" not in seen[5]


def test_a_document_that_is_gone_is_passed_over(here: Path) -> None:
    for name in "ab":
        (here / "seeds" / f"{name}.txt").write_text(DIRTY, "utf-8")
    seen: list[str] = []

    def choose(shown: str) -> str:
        seen.append(shown)
        if len(seen) == 1:
            (here / "seeds" / "a.txt").unlink()
            (here / "seeds" / "b.txt").write_text(BODY, "utf-8")
        return "n" if len(seen) < 3 else "q"

    desk = reviewed(here, choose, PIER)
    assert "All is answered." in seen[1]
    assert desk.review.items == []
    assert not (here / "scrubber.decisions.toml").exists()
