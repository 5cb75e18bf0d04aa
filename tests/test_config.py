"""The configuration file: where it is looked for, what it may say, and what is said about its mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.config import (
    MAX_BYTES,
    PROFILE_NAMES,
    Settings,
    find_config,
    load_config,
    meets,
    project_root,
    setting_fields,
    size_in_bytes,
)
from scrubber.engine.guards import PROFILES
from scrubber.errors import ConfigError

WHOLE = """\
rules = ["pier.toml"]
include = ["**/*.txt"]
exclude = ["raw/**"]
select = ["pier/*"]
ignore = ["pier/advert"]
profile = "careful"
min-confidence = "certain"
paragraphs = "line"
encoding = "gb18030"
undecodable = "skip"
decisions = "scrubber.decisions.toml"
baseline = ".scrubber-baseline.json"
required-version = ">=0.1,<2"

[limits]
max-share = 0.75
min-left-chars = 40
max-bytes = "1.5 MB"
max-seconds = 90

[per-file-ignores]
"poems/**" = ["pier/share-bar"]
"""


def write(folder: Path, text: str, name: str = "scrubber.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def load(folder: Path, text: str, *, root: Path | None = None) -> Settings:
    return load_config(write(folder, text), root or folder, version="0.1.0", name="scrubber.toml")


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_every_key_is_read_and_knows_its_line(tmp_path: Path) -> None:
    settings = load(tmp_path, WHOLE)
    assert settings.rules == (tmp_path / "pier.toml",)
    assert settings.include == ("**/*.txt",)
    assert settings.exclude == ("raw/**",)
    assert settings.select == ("pier/*",)
    assert settings.ignore == ("pier/advert",)
    assert (settings.profile, settings.min_confidence, settings.paragraphs) == ("careful", "certain", "line")
    assert (settings.encoding, settings.undecodable) == ("gb18030", "skip")
    assert settings.decisions == tmp_path / "scrubber.decisions.toml"
    assert settings.baseline == tmp_path / ".scrubber-baseline.json"
    assert (settings.max_share, settings.min_left_chars, settings.max_bytes) == (750, 40, 1_500_000)
    assert settings.max_seconds == 90
    assert settings.per_file_ignores == (("poems/**", ("pier/share-bar",)),)
    assert settings.folder == tmp_path
    assert settings.origin("rules") == "scrubber.toml:1"
    assert settings.origin("limits.max-bytes") == "scrubber.toml:18"
    assert {key for _, key in setting_fields()} == set(settings.origins)


@pytest.mark.parametrize("name", ["scrubber.toml", "pyproject.toml", "other.toml"])
def test_the_table_may_be_that_of_a_project(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, '[tool.scrubber]\nprofile = "careful"\n[tool.scrubber.limits]\nmax-share = 1\n', name)
    settings = load_config(path, tmp_path, version="0.1.0")
    assert (settings.profile, settings.max_share) == ("careful", 1000)


def test_other_tables_of_a_project_are_nobodys_business(tmp_path: Path) -> None:
    path = write(tmp_path, '[tool.other]\nx = 1\n[project]\nname = "x"\n[tool.scrubber]\n', "pyproject.toml")
    assert load_config(path, tmp_path, version="0.1.0").origins == {}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\ufeff"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).max_bytes == MAX_BYTES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('exlude = ["a"]\n', 'scrubber.toml:1:1: unknown key "exlude". Did you mean "exclude"?'),
        ("max-share = 0.5\n", 'unknown key "max-share". It is "limits.max-share" here.'),
        ("[limits]\nmax-chars = 5\n", 'scrubber.toml:2:1: unknown key "limits.max-chars".'),
        ("limits = 3\n", '"limits" wants a table, found an integer.'),
        ('baseline = "x.txt"\n', "a baseline is named .json."),
        ('baseline = "../x.json"\n', "this path leads out of the project root."),
        ('profile = "bold"\n', '"bold" is not one of careful, standard, thorough.'),
        ('rules = "core"\n', '"rules" wants an array of strings, found a string. Write it in [...].'),
        ("[limits]\nmax-share = 1.5\n", "a share is a decimal fraction from 0 to 1."),
        ('[limits]\nmax-bytes = "much"\n', '"much" is no size. Write it as "256 MB".'),
        ("[limits]\nmax-bytes = 0\n", "0 is too small"),
        ('encoding = "klingon"\n', 'unknown encoding "klingon".'),
        ('decisions = "notes.txt"\n', "a decisions file is named .toml."),
        ('required-version = "new"\n', '"new" is no requirement.'),
        ('required-version = ">=1.2"\n', "this project asks for scrubber >=1.2, and this is 0.1.0."),
        ('rules = ["../outside.toml"]\n', "scrubber.toml:1:10: this path leads out of the project root."),
        ('decisions = "/etc/scrubber.toml"\n', "this path leads out of the project root."),
        ("profile = \n", "this is not TOML"),
        ("[per-file-ignores]\n'a' = 'b'\n", "wants an array of strings"),
    ],
)
def test_mistakes_are_told_with_place_and_way_out(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in complaint(tmp_path, text)


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    told = complaint(tmp_path, 'profile = "bold"\ncolour = 1\n[limits]\nmax-share = 7\n')
    places = [line.split(": ")[0] for line in told.splitlines() if line.startswith("scrubber.toml:")]
    assert places == ["scrubber.toml:1:11", "scrubber.toml:2:1", "scrubber.toml:4:13"]


def test_a_path_through_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    try:
        (inside / "rules").symlink_to(outside)
    except OSError:
        pytest.skip("no links here")
    assert "leads out of the project root" in complaint(inside, 'rules = ["rules/x.toml"]\n')


def test_a_path_may_leave_the_folder_but_not_the_root(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    assert load(folder, 'rules = ["../x.toml"]\n', root=tmp_path).rules == (folder / ".." / "x.toml",)


def test_the_nearest_file_counts_up_to_the_work_tree(tmp_path: Path) -> None:
    write(tmp_path, "")
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    deep = tree / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(deep).path is None
    near = write(tree / "a", "")
    assert find_config(deep).path == near
    assert find_config(tmp_path).path == tmp_path / "scrubber.toml"


def test_a_project_file_counts_only_with_our_table(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    path = write(tmp_path, '[project]\nname = "x"\n', "pyproject.toml")
    assert find_config(tmp_path).path is None
    path.write_text("[tool.scrubber]\n")
    assert find_config(tmp_path).path == path
    path.write_text('[tool."\\u0073crubber"]\n')
    assert find_config(tmp_path).path == path
    path.write_text("this is no TOML\n")
    assert find_config(tmp_path).path is None


def test_our_own_file_wins_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "[tool.scrubber]\n", "pyproject.toml")
    own = write(tmp_path, "")
    found = find_config(tmp_path)
    assert found.path == own
    assert "scrubber.toml wins" in found.warning


def test_the_project_root_is_given_or_found(tmp_path: Path) -> None:
    deep = tmp_path / "tree" / "a"
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    deep.mkdir()
    config = tmp_path / "scrubber.toml"
    assert project_root(tmp_path / "x", config, deep, deep) == tmp_path / "x"
    assert project_root(None, config, deep, deep) == tmp_path
    assert project_root(None, None, deep, deep) == tmp_path / "tree"


def test_settings_are_laid_over_each_other() -> None:
    below = Settings().over({"profile": ("careful", "scrubber.toml:1"), "rules": (("core",), "scrubber.toml:2")})
    above = below.over({"profile": ("thorough", "--profile"), "rules": ((), "--rules"), "encoding": (None, "-")})
    assert (above.profile, above.origin("profile")) == ("thorough", "--profile")
    assert (above.rules, above.origin("rules")) == (("core",), "scrubber.toml:2")
    assert above.origin("encoding") == "default"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1 B", 1),
        ("256 MB", 256_000_000),
        ("1KiB", 1024),
        ("0.5 GB", 500_000_000),
        ("-1 B", None),
        ("1 XB", None),
        ("", None),
    ],
)
def test_sizes(text: str, size: int | None) -> None:
    assert size_in_bytes(text) == size


@pytest.mark.parametrize(
    ("version", "requirement", "fits"),
    [
        ("1.2.0", "==1.2", True),
        ("1.2.1", "!=1.2", True),
        ("1.2.0.dev1", ">1.2", True),
        ("1.9", "<1.10", True),
        ("2.0", ">=1,<2", False),
        ("1.0", "~=1", None),
        ("1.0", "", None),
    ],
)
def test_requirements(version: str, requirement: str, fits: bool | None) -> None:
    assert meets(version, requirement) is fits


def test_the_profiles_are_those_of_the_engine() -> None:
    assert set(PROFILE_NAMES) == set(PROFILES)
