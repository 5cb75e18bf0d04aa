"""Rule files become rules; everything wrong with them is said at once, at its place."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from scrubber.errors import RuleFileError, UsageError
from scrubber.model.finding import Action, Confidence
from scrubber.rules.load import bundled_folder, bundled_names, load_rules
from scrubber.rules.schema import (
    KINDS,
    BetweenRule,
    HeadRule,
    LicenceRule,
    LineRule,
    ListingRule,
    Match,
    NeardupRule,
    RepeatRule,
    Ruleset,
    TailRule,
)
from scrubber.rules.toml_check import Checker

HEAD = '[ruleset]\nname = "seed"\n'

SAMPLE = """\
[ruleset]
name        = "seed-news"
version     = "1.3.0"
description = "Chrome seen in the regional-news seed scrape"
extends     = ["core"]
disable     = ["core/print-hint"]

[defaults]
confidence = "likely"
fold       = "loose"

[[override]]
rule   = "core/near-duplicate"
params = { threshold = 0.85 }

[[rule]]
id     = "share-bar"
kind   = "line"
title  = "Share-this-page line"
why    = "Buttons flattened to text; never part of an article."
match  = { equals = ["Share this story"], starts = ["Follow us on"], regex = ['^Tags?: .{1,80}$'] }
unless = { contains = ["said"] }
where  = "anywhere"
limits = { max-chars = 120 }

  [[rule.example]]
  name    = "removes the bar, keeps the reply about it"
  text    = \"\"\"
The barge left at dawn.
Share this story
"Follow us down the quay," the pilot said.
\"\"\"
  removes = [2]

  [[rule.example]]
  name      = "bar glued to the last sentence"
  text      = "The barge left at dawn. Share this story"
  clean     = "The barge left at dawn."
  known-gap = true

[[rule]]
id     = "skip-links"
kind   = "head"
title  = "Everything above the dateline"
end    = { regex = ['^\\d{4}-\\d{2}-\\d{2}(\\s|$)'] }
limits = { max-lines = 25, max-share = 0.3 }

[[rule]]
id     = "related-tail"
kind   = "tail"
title  = "Related stories down to the end"
start  = { equals = ["Related stories", "More from this section"] }
stop   = { starts = ["Correction:"] }
limits = { max-lines = 80, max-share = 0.5 }

[[rule]]
id     = "newsletter-box"
kind   = "between"
title  = "Newsletter form in mid-article"
start  = { equals = ["Get the morning letter"] }
end    = { equals = ["Sign up"] }
limits = { max-lines = 12 }

[[rule]]
id     = "twice-told"
kind   = "repeat"
title  = "Article body pasted twice"
params = { min-lines = 4, min-chars = 200, keep = "cleanest" }

[[rule]]
id     = "close-copy"
kind   = "neardup"
title  = "Paragraph that nearly repeats another"
params = { scope = "document", threshold = 0.8, shingle = "auto", min-chars = 80, spare-if = ["numbers-differ"] }

[[rule]]
id      = "cc-line"
kind    = "licence"
title   = "Creative Commons notice line"
wording = ["This work is licensed under a Creative Commons {licence} {version} licence"]
spdx    = "CC-BY-4.0"
where   = "tail"
params  = { similarity = 0.9, max-chars = 400, record = true }

[[rule]]
id     = "issue-contents"
kind   = "listing"
title  = "Journal contents list at the end"
entry  = { regex = ['^.{5,120}\\s+\\d{1,4}(-\\d{1,4})?$'] }
params = { min-entries = 4, density = 0.7, gap = 1 }

[[rule]]
id    = "keep-corrections"
kind  = "keep"
title = "Correction notices are content"
match = { starts = ["Correction:", "Erratum:"] }
"""

CORE = """\
[ruleset]
name = "core"
[defaults]
confidence = "certain"
[[rule]]
id = "print-hint"
kind = "line"
title = "Print this page"
match = { equals = ["Print"] }
[[rule]]
id = "near-duplicate"
kind = "neardup"
title = "Near-duplicate paragraph"
aliases = ["close-copy", "old/copies"]
params.threshold = 0.7
params.min-chars = 60
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder of bundled sets: `core` as a file, `zh` as a folder of two."""
    folder = tmp_path / "bundle"
    (folder / "zh").mkdir(parents=True)
    (folder / "core.toml").write_text(CORE, "utf-8")
    (folder / "zh" / "b.toml").write_text(a_line("page-mark").replace("seed", "zh"), "utf-8")
    (folder / "zh" / "a.toml").write_text(a_line("share").replace("seed", "zh"), "utf-8")
    return folder


def a_line(rule_id: str, form: str = "Share", extra: str = "") -> str:
    """A rule file with one line rule."""
    return f'{HEAD}{extra}[[rule]]\nid = "{rule_id}"\nkind = "line"\ntitle = "T"\nmatch.equals = ["{form}"]\n'


def load(folder: Path, text: str | bytes, name: str = "seed.toml", **options: Path) -> Ruleset:
    """Load one file with that text."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_rules([file], **options)


def mistakes(folder: Path, text: str | bytes, **options: Path) -> list[tuple[int | None, int | None, str]]:
    """Line, column and message with hint of each mistake in a file."""
    with pytest.raises(RuleFileError) as caught:
        load(folder, text, **options)
    return [
        (each.where.line, each.where.column, f"{each.message} {each.hint}".strip()) for each in caught.value.mistakes
    ]


def ids(ruleset: Ruleset) -> list[str]:
    return [rule.id for rule in ruleset.rules]


# --- what is read ---------------------------------------------------------------------------------------------------


def test_the_sample_of_the_manual_loads(tmp_path: Path, bundle: Path) -> None:
    ruleset = load(tmp_path, SAMPLE, bundled=bundle)
    assert ids(ruleset)[:3] == ["core/near-duplicate", "seed-news/share-bar", "seed-news/skip-links"]
    assert {rule.kind for rule in ruleset.rules} == set(KINDS) - {"fix", "statistic", "template", "duplicate"}
    bar = ruleset.get("seed-news/share-bar")
    assert isinstance(bar, LineRule)
    assert bar.match == Match(("Share this story",), ("Follow us on",), (), (), ("^Tags?: .{1,80}$",))
    assert (bar.unless.contains, bar.max_chars, bar.confidence) == (("said",), 120, Confidence.LIKELY)
    assert bar.info.why.startswith("Buttons")
    head, tail = ruleset.get("seed-news/skip-links"), ruleset.get("seed-news/related-tail")
    assert isinstance(head, HeadRule)
    assert isinstance(tail, TailRule)
    assert (head.max_lines, head.max_share, tail.stop.starts) == (25, 300, ("Correction:",))
    between, repeat = ruleset.get("seed-news/newsletter-box"), ruleset.get("seed-news/twice-told")
    assert isinstance(between, BetweenRule)
    assert isinstance(repeat, RepeatRule)
    assert (between.end.equals, repeat.keep) == (("Sign up",), "cleanest")
    licence, listing = ruleset.get("seed-news/cc-line"), ruleset.get("seed-news/issue-contents")
    assert isinstance(licence, LicenceRule)
    assert isinstance(listing, ListingRule)
    assert (licence.similarity, licence.record, licence.where, listing.density) == (900, True, "tail", 700)
    assert ruleset.warnings == ()


def test_examples_are_read_with_their_place(tmp_path: Path, bundle: Path) -> None:
    bar = load(tmp_path, SAMPLE, bundled=bundle).get("seed-news/share-bar")
    assert bar is not None
    first, second = bar.examples
    assert first.text.startswith("The barge left")  # TOML takes the first newline of a long string off
    assert (first.removes, first.clean, first.known_gap) == ((2,), None, False)
    assert (second.removes, second.clean, second.known_gap) == (None, "The barge left at dawn.", True)
    assert (first.declared_at.rpartition(":")[2], second.declared_at.rpartition(":")[2]) == ("26", "35")


def test_a_kind_has_its_own_action_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    text = (
        HEAD
        + '[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\n'
        + '[[rule]]\nid = "b"\nkind = "neardup"\ntitle = "B"\naction = "remove"\n'
        + '[[rule]]\nid = "c"\nkind = "keep"\ntitle = "C"\nmatch.equals = ["c"]\n'
        + '[[rule]]\nid = "d"\nkind = "fix"\ntitle = "D"\ndo = ["entities"]\n'
        + '[[rule]]\nid = "e"\nkind = "fix"\ntitle = "E"\ndo = ["control"]\naction = "flag"\n'
        + '[[rule]]\nid = "f"\nkind = "repeat"\ntitle = "F"\n'
    )
    actions = [rule.action for rule in load(tmp_path, text).rules]
    assert actions == [Action.FLAG, Action.REMOVE, Action.KEEP, Action.REPLACE, Action.FLAG, Action.REMOVE]


def test_defaults_fill_what_rules_leave_out_and_only_where_the_kind_has_it(tmp_path: Path) -> None:
    text = (
        HEAD
        + '[defaults]\nconfidence = "possible"\naction = "remove"\nwhere = "tail"\nlimits = { max-lines = 7 }\n'
        + '[[rule]]\nid = "a"\nkind = "line"\ntitle = "A"\nmatch.equals = ["a"]\n'
        + '[[rule]]\nid = "b"\nkind = "tail"\ntitle = "B"\nstart.equals = ["b"]\nlimits.max-share = 0.125\n'
        + '[[rule]]\nid = "c"\nkind = "line"\ntitle = "C"\nmatch.equals = ["c"]\nwhere = "head"\n'
        + 'confidence = "certain"\n'
        + '[[rule]]\nid = "d"\nkind = "keep"\ntitle = "D"\nmatch.equals = ["d"]\n'
        + '[[rule]]\nid = "e"\nkind = "fix"\ntitle = "E"\ndo = ["control"]\n'
    )
    a, b, c, d, e = load(tmp_path, text).rules
    assert isinstance(a, LineRule)
    assert isinstance(b, TailRule)
    assert isinstance(c, LineRule)
    assert (a.where, a.confidence, b.max_lines, b.max_share) == ("tail", Confidence.POSSIBLE, 7, 125)
    assert (c.where, c.confidence, d.action, e.action) == ("head", Confidence.CERTAIN, Action.KEEP, Action.REPLACE)


@pytest.mark.parametrize(
    ("written", "thousandths"),
    [("0.5", 500), ("1", 1000), ("0.300", 300), ("3e-1", 300), ("0.999", 999), ("1.0", 1000)],
)
def test_shares_are_held_in_thousandths(tmp_path: Path, written: str, thousandths: int) -> None:
    text = HEAD + f'[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = {written}\n'
    rule = load(tmp_path, text).rules[0]
    assert isinstance(rule, NeardupRule)
    assert rule.threshold == thousandths


def test_a_byte_order_mark_and_crlf_change_nothing(tmp_path: Path) -> None:
    plain = load(tmp_path, a_line("a"))
    odd = load(tmp_path, b"\xef\xbb\xbf" + a_line("a").replace("\n", "\r\n").encode())
    assert plain.rules == odd.rules


def test_a_file_may_hold_no_rules(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD).rules == ()


def test_a_rule_set_can_be_pickled_for_workers(tmp_path: Path, bundle: Path) -> None:
    ruleset = load(tmp_path, SAMPLE, bundled=bundle)
    assert pickle.loads(pickle.dumps(ruleset)) == ruleset  # noqa: S301


# --- where rules come from -------------------------------------------------------------------------------------------


def test_no_sources_mean_the_bundled_sets_that_exist(bundle: Path) -> None:
    ruleset = load_rules(bundled=bundle)
    assert ids(ruleset) == ["core/print-hint", "core/near-duplicate", "zh/share", "zh/page-mark"]
    assert [info.path for info in ruleset.files] == ["rules/core.toml", "rules/zh/a.toml", "rules/zh/b.toml"]
    assert [rule.info.declared_at for rule in ruleset.rules][:3:2] == ["rules/core.toml:5", "rules/zh/a.toml:3"]


def test_bundled_names_are_files_and_folders_with_rule_files(bundle: Path) -> None:
    (bundle / "empty").mkdir()
    (bundle / "Not A Slug.toml").write_text("", "utf-8")
    assert bundled_names(bundle) == ("core", "zh")
    assert bundled_names(bundle / "nowhere") == ()


def test_the_bundled_folder_lies_in_the_package_or_beside_it() -> None:
    assert bundled_folder().name in ("bundled_rules", "rules")


def test_patterns_of_an_installed_package_are_not_tested_again_but_those_of_others_are(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD.replace("seed", "core") + a_line("a").removeprefix(HEAD).replace("equals", "regex").replace(
        "Share", "("
    )
    (bundle / "core.toml").write_text(text, "utf-8")
    with pytest.raises(RuleFileError, match="RE2 refuses"):
        load_rules(["core"], bundled=bundle)
    monkeypatch.setattr("scrubber.rules.sources._INSTALLED", bundle)
    assert ids(load_rules(["core"])) == ["core/a"]
    override = f'{HEAD}extends = ["core"]\n[[override]]\nrule = "core/a"\nfold = "exact"\n'
    with pytest.raises(RuleFileError, match="RE2 refuses"):
        load(tmp_path, override)


def test_a_folder_is_read_in_sorted_order(tmp_path: Path) -> None:
    load(tmp_path, a_line("second"), "set/b.toml")
    load(tmp_path, a_line("first"), "set/a.toml")
    (tmp_path / "set" / "notes.txt").write_text("no rules", "utf-8")
    assert ids(load_rules([str(tmp_path / "set")])) == ["seed/first", "seed/second"]


def test_later_sources_win_and_say_so(tmp_path: Path) -> None:
    load(tmp_path, a_line("a", "old") + a_line("b").removeprefix(HEAD), "one.toml")
    ruleset = load(tmp_path, a_line("a", "new"), "two.toml")
    both = load_rules([tmp_path / "one.toml", tmp_path / "two.toml"])
    assert ids(both) == ["seed/b", "seed/a"]
    assert both.rules[1] == ruleset.rules[0]
    assert len(both.warnings) == 1
    assert "seed/a" in both.warnings[0]


def test_a_path_named_like_a_bundled_set_is_the_bundled_set_as_text_and_the_file_as_a_path(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    load(tmp_path, a_line("own"), "core/x.toml")
    assert ids(load_rules(["core"], bundled=bundle))[0] == "core/print-hint"
    assert ids(load_rules([Path("core")], bundled=bundle)) == ["seed/own"]
    assert load_rules(["./core"], bundled=bundle).rules[0].info.declared_at == "core/x.toml:3"


@pytest.mark.parametrize(
    ("source", "part"), [("cor", 'Did you mean "core"?'), ("no/such.toml", "Bundled sets"), ("notes.txt", ".toml")]
)
def test_a_source_that_is_none_is_a_usage_error(tmp_path: Path, bundle: Path, source: str, part: str) -> None:
    (tmp_path / "notes.txt").write_text("secret", "utf-8")
    with pytest.raises(UsageError) as caught:
        load_rules([str(tmp_path / source) if "." in source else source], bundled=bundle)
    assert part in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_folder_without_rule_files_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule files"):
        load_rules([tmp_path])


# --- extends, disable, override, aliases -----------------------------------------------------------------------------


def test_extended_rules_come_first_and_each_file_once(tmp_path: Path, bundle: Path) -> None:
    load(tmp_path, a_line("base", extra='extends = ["core"]\n').replace("seed", "low"), "low.toml", bundled=bundle)
    ruleset = load(tmp_path, a_line("top", extra='extends = ["low.toml", "core"]\n'), bundled=bundle)
    assert ids(ruleset) == ["core/print-hint", "core/near-duplicate", "low/base", "seed/top"]
    assert [info.name for info in ruleset.files] == ["core", "low", "seed"]


def test_a_disabled_rule_stays_off_when_its_set_is_named_again(tmp_path: Path, bundle: Path) -> None:
    load(tmp_path, f'{HEAD}extends = ["core"]\ndisable = ["core/print-*"]\n', bundled=bundle)
    load(tmp_path, a_line("x", extra='extends = ["core"]\n').replace("seed", "more"), "more.toml", bundled=bundle)
    ruleset = load_rules([tmp_path / "seed.toml", tmp_path / "more.toml", "core"], bundled=bundle)
    assert ids(ruleset) == ["core/near-duplicate", "more/x"]


def test_disable_knows_aliases_and_what_is_disabled_already(tmp_path: Path, bundle: Path) -> None:
    text = f'{HEAD}extends = ["core"]\ndisable = ["old/copies", "core/near-duplicate"]\n'
    load(tmp_path, text, bundled=bundle)
    load(
        tmp_path,
        '[ruleset]\nname = "b"\nextends = ["seed.toml"]\ndisable = ["core/near-duplicate"]\n',
        "b.toml",
        bundled=bundle,
    )
    assert ids(load_rules([tmp_path / "b.toml"], bundled=bundle)) == ["core/print-hint"]


def test_an_override_changes_what_it_names_and_nothing_else(tmp_path: Path, bundle: Path) -> None:
    text = f"""{HEAD}extends = ["core"]
[[override]]
rule = "core/near-duplicate"
params = {{ threshold = 0.85 }}
action = "remove"
[[override]]
rule = "old/copies"
params.shingle = "4"
why = "Too eager on our texts."
[[override]]
rule = "core/print-hint"
match.starts = ["Print"]
limits.max-chars = 20
"""
    line, copy = load(tmp_path, text, bundled=bundle).rules
    assert isinstance(copy, NeardupRule)
    assert isinstance(line, LineRule)
    assert (copy.threshold, copy.min_chars, copy.shingle) == (850, 60, "4")
    assert (copy.action, copy.confidence) == (Action.REMOVE, Confidence.CERTAIN)  # the defaults of its own file
    assert copy.info.why == "Too eager on our texts."
    assert copy.info.declared_at == "rules/core.toml:10"
    assert (line.match, line.max_chars) == (Match(equals=("Print",), starts=("Print",)), 20)


def test_aliases_lead_to_the_rule_in_force(tmp_path: Path, bundle: Path) -> None:
    ruleset = load_rules(["core"], bundled=bundle)
    assert ruleset.aliases == {"core/close-copy": "core/near-duplicate", "old/copies": "core/near-duplicate"}
    assert ruleset.get("old/copies") is ruleset.get("core/near-duplicate")


def test_an_alias_never_hides_a_rule_in_force(tmp_path: Path, bundle: Path) -> None:
    text = a_line("x", extra='extends = ["core"]\n') + 'aliases = ["core/print-hint"]\n'
    ruleset = load(tmp_path, text, bundled=bundle)
    found = ruleset.get("core/print-hint")
    assert found is not None
    assert found.id == "core/print-hint"
    assert "core/print-hint" in ruleset.warnings[0]


def test_a_circle_of_extends_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(a_line("b", extra='extends = ["seed.toml"]\n').replace("seed", "b", 1), "utf-8")
    found = mistakes(tmp_path, f'{HEAD}extends = ["b.toml"]\n')
    assert [(line, column) for line, column, _ in found] == [(3, 12)]
    assert found[0][2].count("seed.toml") == 2


def test_a_deep_chain_of_extends_is_a_mistake_and_no_crash(tmp_path: Path) -> None:
    for number in range(40):
        text = f'[ruleset]\nname = "n{number}"\nextends = ["n{number + 1}.toml"]\n'
        (tmp_path / f"n{number}.toml").write_text(text, "utf-8")
    with pytest.raises(RuleFileError, match="16 deep"):
        load_rules([tmp_path / "n0.toml"])


def test_a_second_rule_of_one_id_in_a_folder_is_a_mistake_unless_its_file_extends_the_first(tmp_path: Path) -> None:
    load(tmp_path, a_line("x", "old"), "set/a.toml")
    load(tmp_path, a_line("x", "new"), "set/b.toml")
    with pytest.raises(RuleFileError, match=r"already declared at .*set/a\.toml:3"):
        load_rules([tmp_path / "set"])
    load(tmp_path, a_line("x", "new", extra='extends = ["a.toml"]\n'), "set/b.toml")
    rule = load_rules([tmp_path / "set"]).rules[0]
    assert isinstance(rule, LineRule)
    assert rule.match.equals == ("new",)


# --- trust -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry", ["../out.toml", "sub/../../out.toml", "/etc/out.toml", "link.toml", "C:\\\\x.toml", "a\\u0000.toml"]
)
def test_extends_never_leaves_the_root(tmp_path: Path, entry: str) -> None:
    (tmp_path / "out.toml").write_text("secret = 'x", "utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.toml").symlink_to(tmp_path / "out.toml")
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path / "in", f'{HEAD}extends = ["{entry}"]\n')
    assert [(each.where.line, each.where.column) for each in caught.value.mistakes] == [(3, 12)]
    assert "secret" not in str(caught.value)


def test_a_wider_root_lets_extends_go_up(tmp_path: Path) -> None:
    load(tmp_path, a_line("base").replace("seed", "base"), "base.toml")
    text = a_line("top", extra='extends = ["../base.toml"]\n')
    assert ids(load(tmp_path / "in", text, root=tmp_path)) == ["base/base", "seed/top"]


def test_a_source_outside_the_root_may_extend_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    load(tmp_path, a_line("base").replace("seed", "base"), "home/base.toml")
    text = a_line("top", extra='extends = ["base.toml"]\n')
    assert len(load(tmp_path / "home", text, root=tmp_path / "project").rules) == 2


def test_lines_are_quoted_of_the_named_file_but_never_of_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:secret:0", "utf-8")
    (tmp_path / "secret.toml").write_text("root:secret:0", "utf-8")
    folder = tmp_path / "set"
    folder.mkdir()
    for target in ("secret", "secret.toml"):
        (folder / "x.toml").unlink(missing_ok=True)
        (folder / "x.toml").symlink_to(tmp_path / target)
        with pytest.raises(RuleFileError) as caught:
            load_rules([folder])
        assert "secret:0" not in str(caught.value)
    with pytest.raises(RuleFileError, match="secret:0"):
        load_rules([tmp_path / "secret.toml"])


def test_links_that_lead_in_a_circle_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    assert mistakes(tmp_path, f'{HEAD}extends = ["loop.toml"]\n')[0][:2] == (3, 12)


def test_messages_hold_no_control_characters_and_no_endless_names(tmp_path: Path) -> None:
    found = mistakes(tmp_path, f'{HEAD}"x\\u001b[31m{"y" * 5000}" = 1\n')
    assert "\x1b" not in found[0][2]
    assert len(found[0][2]) < 200
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path, HEAD + "\x1b[31m = 1")
    assert "\x1b" not in str(caught.value)


# --- mistakes --------------------------------------------------------------------------------------------------------

TEN_MISTAKES = """\
[ruleset]
name = "seed"
extend = ["core"]

[[rules]]
id = "x"

[[rule]]
id = "Share Bar"
kind = "lines"
title = ""

[[rule]]
id = "tail"
kind = "tail"
title = "Tail"
start = { equals = ["Related", 7], regexp = ["x"] }
limits = { max-line = 3, max-share = 0.1234 }
confidence = "sure"

[[rule]]
id = "line"
kind = "line"
title = "Line"
match = { regex = ['ok', '^(?=x)', "^a(b"] }
max-chars = true

  [[rule.example]]
  name = "both"
  text = "one"
  removes = [2]
"""


def test_all_mistakes_of_a_file_are_reported_at_once_each_at_its_place(tmp_path: Path) -> None:
    found = mistakes(tmp_path, TEN_MISTAKES)
    expected = [
        (3, 1, 'unknown key "extend" in [ruleset]. Did you mean "extends"?'),
        (5, 3, 'unknown key "rules" in a rule file. Did you mean "rule"?'),
        (9, 6, '"Share Bar" cannot be an id.'),
        (10, 8, 'unknown kind "lines". Did you mean "line"?'),
        (11, 9, "this string is empty"),
        (17, 32, '"equals" wants a string, found an integer.'),
        (17, 36, 'unknown key "regexp" in a table of forms. Did you mean "regex"?'),
        (18, 12, 'unknown key "limits.max-line" in a tail rule. Did you mean "limits.max-lines"?'),
        (18, 38, "a share may have three decimals at most. Write 0.123."),
        (19, 14, '"sure" is not one of certain, likely, possible.'),
        (25, 28, "look-ahead is not possible."),
        (25, 37, "RE2 refuses this pattern"),
        (26, 1, 'unknown key "max-chars" in a line rule. It is "limits.max-chars" here.'),
        (31, 14, "there is no such line: the text of the example has 1 line."),
    ]
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    for (_, _, message), (_, _, start) in zip(found, expected, strict=True):
        assert message.startswith(start)


def test_a_mistake_shows_its_line_with_a_caret_below(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError) as caught:
        load(tmp_path, TEN_MISTAKES)
    rendered = str(caught.value).split("\n")
    at = next(index for index, line in enumerate(rendered) if "look-ahead" in line)
    assert rendered[at].startswith((tmp_path / "seed.toml").as_posix() + ":25:28: ")
    assert rendered[at + 1] == "    match = { regex = ['ok', '^(?=x)', \"^a(b\"] }"
    assert rendered[at + 2].index("^") - 4 == rendered[at + 1][4:].index("(?=x)")


LINE = '[[rule]]\nid = "a"\nkind = "line"\ntitle = "A"\nmatch.equals = ["a"]\n'
TAIL = '[[rule]]\nid = "a"\nkind = "tail"\ntitle = "A"\nstart.equals = ["a"]\n'
EXAMPLE = '[[rule.example]]\nname = "n"\ntext = """\none\n\nthree\n"""\n'

# What follows [ruleset] and its name (two lines), then line, column and what the one message says.
SINGLE_MISTAKES: tuple[tuple[str, int, int, str], ...] = (
    ("version = 1\n", 3, 11, '"version" wants a string, found an integer.'),
    ('extends = "core"\n', 3, 11, "wants an array of strings, found a string. Write it in [...]."),
    ('extends = ["cor"]\n', 3, 12, 'no bundled set "cor". Did you mean "core"?'),
    ('extends = ["x.toml"]\n', 3, 12, 'no rule file "x.toml"'),
    ('disable = ["core/x"]\n', 3, 12, 'name their set in "extends"'),
    ('extends = ["core"]\ndisable = ["print-hint"]\n', 4, 12, 'Did you mean "core/print-hint"?'),
    ('extends = ["core"]\ndisable = ["core/x*"]\n', 4, 12, "no rule"),
    ('[defaults]\ntitle = "x"\n', 4, 1, 'unknown key "title" in [defaults].'),
    ('[defaults]\nconfidence = "certainly"\n', 4, 14, 'Did you mean "certain"?'),
    ("[defaults]\nlimits.max-share = 2\n", 4, 20, "from 0 to 1"),
    ("[[defaults]]\n", 3, 3, "wants a table, found an array"),
    ('[rule]\nid = "x"\n', 3, 2, "Write [[rule]]."),
    ('[[override]]\nfold = "exact"\n', 3, 1, 'an override needs "rule".'),
    ('extends = ["core"]\n[[override]]\nrule = "core/print"\n', 5, 8, 'Did you mean "core/print-hint"?'),
    ('extends = ["core"]\n[[override]]\nrule = "core/print-hint"\nkind = "keep"\n', 6, 1, "cannot be overridden"),
    ('extends = ["core"]\n[[override]]\nrule = "core/print-hint"\nlimits.max-char = 1\n', 6, 8, '"limits.max-chars"?'),
    (
        'extends = ["core"]\n[[override]]\nrule = "core/print-hint"\nlimits = 5\n',
        6,
        10,
        "wants a table, found an integer",
    ),
    ('extends = ["core"]\ndisable = ["core/*"]\n[[override]]\nrule = "core/print-hint"\n', 6, 8, "is disabled"),
    ('[[rule]]\nkind = "repeat"\ntitle = "A"\n', 3, 1, 'a rule needs "id".'),
    ('[[rule]]\nid = "a"\ntitle = "A"\n', 3, 1, 'a rule needs "kind".'),
    ('[[rule]]\nid = "a"\nkind = "repeat"\n', 3, 1, 'a rule needs "title".'),
    ('[[rule]]\nid = "a"\nkind = "line"\ntitle = "A"\n', 3, 1, 'a line rule needs "match".'),
    ('[[rule]]\nid = "a"\nkind = "duplicate"\ntitle = "A"\nparams.share = 0.6\n', 7, 8, "unknown key"),
    ('[[rule]]\nid = "a"\nkind = "duplicate"\ntitle = "A"\nparams.threshold = 0.4\n', 7, 20, "between 0.5 and 1"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.scope = "folder"\n', 7, 16, "corpus"),
    ('[[rule]]\nid = "a"\nkind = "licence"\ntitle = "A"\n', 3, 1, 'a licence rule needs "wording" or "match".'),
    ('[[rule]]\nid = "a"\nkind = "licence"\ntitle = "A"\nwording = ["{x} {y}"]\n', 7, 12, "no words beside its slots"),
    ('[[rule]]\nid = "a"\nkind = "between"\ntitle = "A"\nstart.equals = ["a"]\n', 3, 1, 'needs "end" or "entry".'),
    ('[[rule]]\nid = "a"\nkind = "listing"\ntitle = "A"\nparams.truncated = false\n', 3, 1, 'or "params.truncated".'),
    ('[[rule]]\nid = "a"\nkind = "fix"\ntitle = "A"\ndo = ["entitys"]\n', 7, 7, 'Did you mean "entities"?'),
    ('[[rule]]\nid = "a"\nkind = "fix"\ntitle = "A"\ndo = []\n', 7, 6, '"do" must not be empty.'),
    ('[[rule]]\nid = "a"\nkind = "fix"\ntitle = "A"\ndo = ["control"]\naction = "remove"\n', 8, 1, "replaces"),
    ('[[rule]]\nid = "a"\nkind = "keep"\ntitle = "A"\nmatch.equals = ["a"]\naction = "flag"\n', 8, 1, "has no action"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.shingle = 3\n', 7, 18, 'found an integer. Write "3".'),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = 0.29\n', 7, 20, "between 0.3 and 1"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = "0.8"\n', 7, 20, "wants a share"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = true\n', 7, 20, "found a boolean"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = nan\n', 7, 20, "from 0 to 1"),
    (
        f'[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.threshold = 0.8{"0" * 40}1\n',
        7,
        20,
        "three decimals",
    ),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.min-chars = 9\n', 7, 20, "the least is 10"),
    ('[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nparams.min-chars = -00\n', 7, 22, "not TOML"),
    (
        '[[rule]]\nid = "a"\nkind = "neardup"\ntitle = "A"\nstart.equals = ["a"]\n',
        7,
        1,
        "Kinds that have it: tail, between",
    ),
    (LINE + "limits.max-chars = true\n", 8, 20, '"max-chars" wants an integer, found a boolean.'),
    (LINE + "limits.max-chars = 12.5\n", 8, 20, "found a decimal number"),
    (LINE + "copies = 0\n", 8, 10, "0 is too small: the least is 1."),
    (LINE + f"copies = 0x{'f' * 4000}\n", 8, 10, "this number is too large"),
    (LINE + "why = 1979-05-27\n", 8, 7, "found a date."),
    (LINE + "unless = {}\n", 8, 10, "this table has no forms"),
    (LINE + "unless.equals = []\n", 8, 1, "this table has no forms"),
    (LINE + 'unless = ["x"]\n', 8, 10, "wants a table of equals"),
    (LINE + 'unless.equals = "x"\n', 8, 17, "wants an array of strings"),
    (LINE + 'unless.equals = ["x", "\\u200b"]\n', 8, 23, "nothing is left of this form"),
    (LINE + 'unless.equals = ["x\\ny"]\n', 8, 18, "one line at a time"),
    (LINE + "unless.regex = ['汉字(?<=x)']\n", 8, 20, "look-behind is not possible"),
    (LINE + "unless.regex = ['''汉字(?<=x)''']\n", 8, 22, "look-behind is not possible"),
    (LINE + 'unless.regex = ["\\u6c49(?<=x)"]\n', 8, 17, "look-behind is not possible"),
    (LINE + "unless.regex = ['^下载：']\n", 8, 21, "never stands in a folded line"),
    (LINE + 'aliases = ["a/b/c"]\n', 8, 12, "cannot be an id"),
    (LINE + 'aliases = ["a"]\n', 8, 12, "already taken"),
    (LINE + 'aliases = ["old", "seed/old"]\n', 8, 19, "already taken"),
    (LINE + LINE, 9, 6, '"a" is the id of another rule (line 3).'),
    (LINE + "title.x = 1\n", 8, 12, "not TOML"),
    (LINE + 'example = ["x"]\n', 8, 12, '"example" wants a table, found a string.'),
    (LINE + "[rule.example]\nname = 'x'\n", 8, 7, "Write [[rule.example]]."),
    (LINE + EXAMPLE, 8, 1, 'neither "removes" nor "clean"'),
    (LINE + EXAMPLE + 'removes = [1]\nclean = ""\n', 8, 1, 'both "removes" and "clean"'),
    (LINE + EXAMPLE + "removes = [4]\n", 15, 12, "has 3 lines"),
    (LINE + EXAMPLE + "removes = [0]\n", 15, 12, "the least is 1"),
    (LINE + EXAMPLE + "removes = [1, 1]\n", 15, 15, "line 1 stands here twice"),
    (LINE + EXAMPLE + "removes = [2]\n", 15, 12, "line 2 is blank"),
    (LINE + EXAMPLE + "removes = 1\n", 15, 11, "wants an array of line numbers"),
    (LINE + EXAMPLE + "removes = []\nknown_gap = true\n", 16, 1, 'Did you mean "known-gap"?'),
    (LINE + EXAMPLE + 'removes = []\nknown-gap = "yes"\n', 16, 13, "wants true or false, found a string"),
    (LINE + '[[rule.example]]\nname = "n"\nremoves = []\n', 8, 1, 'an example needs "text".'),
    (LINE + '[[rule.example]]\ntext = "n"\nremoves = []\n', 8, 1, 'an example needs "name".'),
    (TAIL.replace('"A"', '"two\\nlines"'), 6, 9, "a title is one line"),
)


@pytest.mark.parametrize(("text", "line", "column", "part"), SINGLE_MISTAKES, ids=[row[3] for row in SINGLE_MISTAKES])
def test_a_mistake_is_found_at_its_place(
    tmp_path: Path, bundle: Path, text: str, line: int, column: int, part: str
) -> None:
    found = mistakes(tmp_path, HEAD + text, bundled=bundle)
    assert [row[:2] for row in found] == [(line, column)], found
    assert part in found[0][2]


@pytest.mark.parametrize(
    ("raw", "line", "column", "part"),
    [
        (b"", 1, 1, "empty"),
        (b" \n\n", 1, 1, "empty"),
        (b"\xef\xbb\xbf", 1, 1, "empty"),
        (HEAD.encode() + "# 汉".encode() + b"\xff\n", 3, 4, "not UTF-8"),
        (b"[[rule]]\nid = 'a'\nkind = 'repeat'\ntitle = 'A'\n", 1, 1, "needs a [ruleset] table"),
        (b"[ruleset]\nversion = '1'\n", 1, 1, '[ruleset] needs "name".'),
        (b"[ruleset]\nname = 'Seed News'\n", 2, 8, "cannot be a name"),
        (b"ruleset = 1\n", 1, 11, "wants a table"),
        (b"[ruleset]\nname = 'seed\n", 2, 8, "not TOML"),
    ],
)
def test_a_file_that_is_no_rule_file_says_why(tmp_path: Path, raw: bytes, line: int, column: int, part: str) -> None:
    found = mistakes(tmp_path, raw)
    assert [row[:2] for row in found] == [(line, column)]
    assert part in found[0][2]


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    assert "larger than" in mistakes(tmp_path, b"#" * (1 << 20) + b"#")[0][2]


def test_mistakes_of_several_files_are_raised_together_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "low.toml").write_text('[ruleset]\nname = "low"\nx = 1\n', "utf-8")
    (tmp_path / "last.toml").write_text('[ruleset]\nname = "last"\ny = 1\n', "utf-8")
    (tmp_path / "top.toml").write_text(f'{HEAD}extends = ["low.toml"]\nz = 1\nw = 1\n', "utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_rules([tmp_path / "top.toml", tmp_path / "last.toml"])
    places = [(Path(each.where.path).name, each.where.line) for each in caught.value.mistakes]
    assert places == [("top.toml", 4), ("top.toml", 5), ("low.toml", 3), ("last.toml", 3)]


def test_one_mistake_does_not_bring_others_with_it(tmp_path: Path, bundle: Path) -> None:
    text = f'{HEAD}extends = ["core", "missing.toml"]\ndisable = ["missing/x"]\n[[override]]\nrule = "missing/y"\n'
    assert [row[0] for row in mistakes(tmp_path, text, bundled=bundle)] == [3]


def test_a_default_that_suits_no_rule_of_its_kind_is_shown_once(tmp_path: Path) -> None:
    rules = "".join(f'[[rule]]\nid = "{name}"\nkind = "neardup"\ntitle = "A"\n' for name in "abc")
    found = mistakes(tmp_path, f'{HEAD}[defaults]\nparams.keep = "cleanest"\n{rules}')
    assert [row[:2] for row in found] == [(4, 15)]


def test_every_type_of_the_schema_can_be_read() -> None:
    from scrubber.rules.schema import keys_of

    types = {key.type for cls in KINDS.values() for _, key in keys_of(cls).values()}
    assert types <= {"match", "strings", "string", "integer", "share", "boolean", "choice"}
    assert hasattr(Checker, "share")


# --- digest ----------------------------------------------------------------------------------------------------------


def test_the_digest_does_not_depend_on_where_files_lie(tmp_path: Path) -> None:
    assert load(tmp_path / "x", a_line("a")).digest == load(tmp_path / "y" / "z", a_line("a"), "other.toml").digest


def test_the_digest_changes_with_every_change_of_rules(tmp_path: Path, bundle: Path) -> None:
    texts = [
        a_line("a"),
        a_line("a", "Other"),
        a_line("b"),
        a_line("a", extra='extends = ["core"]\n'),
        a_line("a", extra='extends = ["core"]\ndisable = ["core/print-hint"]\n'),
        a_line("a", extra='extends = ["core"]\n[[override]]\nrule = "core/print-hint"\nconfidence = "possible"\n'),
    ]
    digests = [load(tmp_path, text, bundled=bundle).digest for text in texts]
    assert len(set(digests)) == len(digests)
    both = [
        load_rules(order, bundled=bundle).digest for order in (["core", "zh"], ["zh", "core"], ["core", "zh", "zh"])
    ]
    assert both[0] == both[2] != both[1]
