"""`rules new`: a rule from a real line, to standard output or into a file, and what it would cut elsewhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from cli_program import BODY, RULES, Run

from scrubber.cli.main import main

PAGE = (
    "Home > News\n"
    f"{BODY}"
    "He asked us to share this story with the whole harbour, and so we did it gladly.\n"
    "Share this story\n"
    "Read 1,204 times\n"
)


@pytest.fixture
def dump(place: Path) -> Path:
    """A folder of texts; `dump/a.txt` has chrome on line 1 and from line 5 on."""
    (place / "dump").mkdir()
    (place / "dump" / "a.txt").write_text(PAGE)
    (place / "dump" / "b.txt").write_text(f"{BODY}\nRead 7 times\nShare this story\n")
    (place / "dump" / "c.txt").write_text(BODY)
    return place


def test_a_rule_goes_to_standard_output_and_the_rest_to_standard_error(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("rules", "new", "--kind", "line", "--from", "dump/a.txt:5")
    assert outcome.code == 0
    assert outcome.text == (
        "[ruleset]\n"
        'name        = "new"\n'
        'version     = "0.1.0"\n'
        'description = "Started from dump/a.txt"\n'
        "\n"
        "[[rule]]\n"
        'id     = "share-this-story"\n'
        'kind   = "line"\n'
        "title  = 'Line \"Share this story\"'\n"
        'why    = \'"Share this story" belongs to the page, not to the text: it stands below the text '
        "(dump/a.txt, line 5).'\n"
        'match  = { equals = ["Share this story"] }\n'
        'where  = "after-body"\n'
        "limits = { max-chars = 40 }\n"
        "\n"
        "  [[rule.example]]\n"
        '  name    = "the line goes"\n'
        "  text    = '''\n"
        "He asked us to share this story with the whole harbour, and so we did it gladly.\n"
        "Share this story\n"
        "Read 1,204 times\n"
        "'''\n"
        "  removes = [2]\n"
        "\n"
        "  [[rule.example]]\n"
        '  name    = "a sentence with such words stays (dump/a.txt)"\n'
        "  text    = '''\n"
        f"{BODY.splitlines()[1]}\n"
        "He asked us to share this story with the whole harbour, and so we did it gladly.\n"
        "Read 1,204 times\n"
        "'''\n"
        "  removes = []\n"
    )
    assert outcome.errors == (
        "new/share-this-story cuts 1 line in 1 of 1 document (dump/a.txt)\n  dump/a.txt:5: Share this story\n"
    )


def test_what_it_would_cut_in_a_folder_is_told_with_the_first_places(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("rules", "new", "--from", "dump/a.txt:6", "--over", "dump")
    assert outcome.code == 0
    assert r"regex = ['^read \d[\d,]* times$']" in outcome.text
    assert outcome.errors == (
        "new/read-times cuts 2 lines in 2 of 3 documents (dump)\n"
        "  dump/a.txt:6: Read 1,204 times\n"
        "  dump/b.txt:4: Read 7 times\n"
    )
    outcome = scrubber("rules", "new", "--kind", "keep", "--from", "dump/a.txt:5", "--over", "dump")
    assert outcome.errors.startswith("new/share-this-story protects 2 lines in 2 of 3 documents (dump)\n")


def test_a_draft_tells_by_diff_what_it_would_do(dump: Path, scrubber: Run) -> None:
    draft = scrubber("rules", "new", "--from", "dump/a.txt:5", "-q")
    assert draft.errors == ""
    (dump / "draft.toml").write_bytes(draft.stdout)
    assert scrubber("rules", "test", "draft.toml").errors == "2 of 2 examples pass\n"
    assert scrubber("rules", "lint", "draft.toml").code == 0
    # Beside other rules, which would cut as well, only the draft is asked.
    options = ("--rules", "pier.toml", "--rules", "draft.toml", "--select", "new/*")
    outcome = scrubber("diff", "dump", *options, "--exit-code")
    assert outcome.code == 1
    assert "new/share-this-story" in outcome.text
    assert "pier/" not in outcome.text
    assert [line.split()[0] for line in outcome.text.splitlines() if line.startswith("dump/")] == [
        "dump/a.txt",
        "dump/b.txt",
    ]
    assert scrubber("check", "dump/c.txt", *options).code == 0


def test_a_new_file_is_made_and_the_next_rule_goes_behind(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("rules", "new", "mine/seed-news.toml", "--from", "dump/a.txt:5")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert outcome.errors.startswith("wrote seed-news/share-this-story to mine/seed-news.toml\n")
    first = (dump / "mine" / "seed-news.toml").read_bytes()
    again = scrubber("rules", "new", "mine/seed-news.toml", "--from", "dump/b.txt:5")
    assert again.errors.startswith("wrote seed-news/share-this-story-2 to")
    whole = (dump / "mine" / "seed-news.toml").read_bytes()
    assert whole.startswith(first)
    assert scrubber("rules", "test", "mine").errors == "4 of 4 examples pass\n"


def test_what_stands_in_a_file_stays_byte_for_byte(dump: Path, scrubber: Run) -> None:
    before = "\ufeff" + RULES.replace("[[rule]]", '[defaults]\nfold = "exact"\naction = "flag"\n\n[[rule]]', 1)
    file = dump / "pier.toml"
    file.write_bytes(before.rstrip().replace("\n", "\r\n").encode())
    outcome = scrubber("rules", "new", "pier.toml", "--from", "dump/a.txt:6", "--id", "read-times")
    assert outcome.code == 0
    whole = file.read_bytes()
    assert whole.startswith(before.rstrip().replace("\n", "\r\n").encode())
    assert b"\n" not in whole.replace(b"\r\n", b"")
    rule = tomllib.loads(whole.decode("utf-8-sig"))["rule"][-1]
    # The file's own defaults do not change what was drafted.
    assert (rule["id"], rule["fold"], rule["action"]) == ("read-times", "loose", "remove")
    assert scrubber("rules", "test", "pier.toml").errors == "4 of 4 examples pass\n"
    taken = scrubber("rules", "new", "pier.toml", "--from", "dump/a.txt:6", "--id", "read-times")
    assert (taken.code, taken.errors) == (2, "pier.toml: pier/read-times is already there.\n")
    assert file.read_bytes() == whole


def test_where_no_text_shows_what_must_stay_the_author_is_told(dump: Path, scrubber: Run) -> None:
    (dump / "d.txt").write_text("Share\nA table of ships\nPrint\n")
    outcome = scrubber("rules", "new", "--from", "d.txt:1")
    assert outcome.code == 0
    assert "  # No text that such a rule must leave alone was found in d.txt." in outcome.text
    assert "note: No text that such a rule must leave alone was found in d.txt." in outcome.errors
    # Another folder may have one.
    (dump / "e.txt").write_text("Fishermen share what they catch with everybody on the pier.\n")
    outcome = scrubber("rules", "new", "--from", "d.txt:1", "--over", "e.txt", "--over", "d.txt")
    assert "note:" not in outcome.errors
    assert "Fishermen share what they catch" in outcome.text


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--from", "dump/a.txt"), '--from "dump/a.txt" names no line. Write TEXT:LINE, or TEXT:LINE-LINE.'),
        (("--from", "dump/a.txt:0"), "lines count from 1"),
        (("--from", "dump/a.txt:3-2"), "lines count from 1"),
        (("--from", "dump/a.txt:9"), "dump/a.txt: there is no line 9: the text has 6."),
        (("--from", "dump/a.txt:2-9"), "dump/a.txt: there is no line 9: the text has 6."),
        (("--from", "dump/b.txt:3"), "dump/b.txt, line 3 is blank. Name a line with text."),
        (("--from", "dump:1"), "dump: --from takes one file, not a folder."),
        (("--from", "-:1"), "--from reads a file, not standard input."),
        (("--from", "dump/a.txt:5", "--over", "-"), "--over takes files and folders"),
        (("--from", "dump/a.txt:5", "--kind", "fix"), "a fix rule is not made from single lines."),
        (("--from", "dump/a.txt:5", "--kind", "lime"), 'unknown kind "lime". Did you mean "line"?'),
        (("--from", "dump/a.txt:5", "--id", "No Id"), '--id "No Id" cannot be an id.'),
        (("--from", "dump/a.txt:5", "--kind", "listing"), "a listing has 4 entries or more."),
        (
            ("--from", "dump/a.txt:1", "--kind", "tail"),
            "a tail rule made from dump/a.txt, line 1 would not cut those 6",
        ),
        (("rules.txt", "--from", "dump/a.txt:5"), '"rules.txt" is no rule file. Rule files end in .toml.'),
        (("wrong.toml", "--from", "dump/a.txt:5"), 'wrong.toml:3:2: unknown key "rul" in a rule file.'),
        (("array.toml", "--from", "dump/a.txt:5"), "array.toml: the rules of this file stand in one array"),
    ],
)
def test_what_makes_no_rule_is_refused_and_nothing_is_written(
    dump: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    error: str,
) -> None:
    (dump / "wrong.toml").write_text('[ruleset]\nname = "x"\n[rul]\n')
    array = 'rule = [{ id = "a", kind = "line", title = "A", match = { equals = ["x"] } }]\n[ruleset]\nname = "x"\n'
    (dump / "array.toml").write_text(array)
    before = {path: path.read_bytes() for path in dump.rglob("*.toml")}
    monkeypatch.chdir(dump)
    assert main(["rules", "new", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert error in said.err
    assert {path: path.read_bytes() for path in dump.rglob("*.toml")} == before


def test_what_cannot_be_read_is_told_and_the_rule_is_written_all_the_same(dump: Path, scrubber: Run) -> None:
    assert scrubber("rules", "new", "--from", "missing.txt:1").code == 3
    (dump / "dump" / "z.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    outcome = scrubber("rules", "new", "--from", "dump/a.txt:5", "--over", "dump")
    assert outcome.code == 3
    assert outcome.text.startswith("[ruleset]\n")
    assert "dump/z.txt: " in outcome.errors


def test_a_hostile_line_is_harmless_in_the_rule_made_of_it(dump: Path, scrubber: Run) -> None:
    (dump / "d.txt").write_text("::stop-commands::x\x1b[1m \u202e ##[error] '''\nA table of ships\n", "utf-8")
    environment = {"GITHUB_ACTIONS": "true"}
    outcome = scrubber("rules", "new", "--from", "d.txt:1", env=environment)
    assert outcome.code == 0
    for forbidden in ("\x1b", "\u202e", "##["):
        assert forbidden not in outcome.text + outcome.errors
    assert not any(line.lstrip().startswith("::") for line in outcome.text.splitlines())
    (dump / "draft.toml").write_bytes(outcome.stdout)
    assert scrubber("rules", "test", "draft.toml").errors == "2 of 2 examples pass\n"
    assert tomllib.loads(outcome.text)["rule"][0]["example"][0]["text"].startswith("::stop-commands::x\x1b")
