"""From options and configuration to what a run needs: settings, project root, rules, decisions, limits.

The command line wins over the file, the file over the defaults. Everything is read and checked before any input is.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

import scrubber
from scrubber.cli.globs import Glob
from scrubber.cli.inputs import STDIN, common_folder, listed_paths
from scrubber.cli.options import InputOptions, RuleOptions
from scrubber.cli.standard import stdin_bytes
from scrubber.config import Settings, find_config, load_config, not_a_file, project_root
from scrubber.engine.guards import PROFILES, Limits
from scrubber.errors import ConfigError, ScrubberError, UsageError, Where
from scrubber.model import Confidence
from scrubber.rules.builtin import BUILTINS, KEEP_COMMENT
from scrubber.rules.decisions import DECISIONS_FILE, Decisions, load_decisions
from scrubber.rules.load import load_rules, select_rules
from scrubber.rules.ruleset import Ruleset
from scrubber.rules.selection import ids_meant
from scrubber.rules.toml_cells import shown
from scrubber.store.paths import is_file, is_folder
from scrubber.text.charsets import codec_named

if TYPE_CHECKING:
    from scrubber.cli.changed import Changed

COMMAND_LINE = "command line"
_BUILTIN_IDS = {rule.id: rule.id for rule in BUILTINS}


class Scene(Struct, frozen=True):
    """Settings, and where they hold. `config` is the file that they came from; `warnings` are for people.

    `changed` are the only files to look at, if that was asked for. `as_format` is what inputs are read as, whatever they are called; `text_field` and `id_field` are those of records.
    """

    settings: Settings
    config: Path | None
    root: Path
    paths: tuple[str, ...]
    isolated: bool
    warnings: tuple[str, ...] = ()
    as_format: str | None = None
    text_field: str = "text"
    id_field: str = "id"
    changed: Changed | None = None

    @property
    def include(self) -> tuple[Glob, ...]:
        return self._globs("include", self.settings.include)

    @property
    def exclude(self) -> tuple[Glob, ...]:
        return self._globs("exclude", self.settings.exclude)

    @property
    def per_file_ignores(self) -> tuple[tuple[Glob, tuple[str, ...]], ...]:
        base = str((self.settings.folder or self.root).resolve())
        return tuple((Glob(glob, base), ids) for glob, ids in self.settings.per_file_ignores)

    def _globs(self, key: str, patterns: Sequence[str]) -> tuple[Glob, ...]:
        """Globs of the file are relative to it, those of the command line to the current folder."""
        given = self.settings.origin(key) == f"--{key}"
        base = os.getcwd() if given else os.path.abspath(self.settings.folder or self.root)  # noqa: PTH100, PTH109
        return tuple(Glob(pattern, base) for pattern in patterns)


class Session(Struct, frozen=True):
    """A scene with its rules loaded. `ignores` are the rule ids that files matched by a glob do without."""

    scene: Scene
    ruleset: Ruleset
    decisions: Decisions
    limits: Limits
    skip_builtin: frozenset[str]


def set_scene(inputs: InputOptions, rules: RuleOptions) -> Scene:
    """Find the configuration and lay the command line over it. Raises `UsageError`, `ConfigError`."""
    paths = named_paths(inputs)
    if inputs.changed_since is not None and paths == (STDIN,):
        raise UsageError("--changed-since chooses among files, and standard input is none.")
    if inputs.encoding is not None and codec_named(inputs.encoding) is None:
        raise UsageError(
            f"unknown encoding {shown(inputs.encoding)}.", hint="Names are those of Python: utf-8, gb18030, big5."
        )
    if paths == (STDIN,) and inputs.stdin_filename is not None:
        start = Path(os.path.abspath(inputs.stdin_filename)).parent  # noqa: PTH100
    else:
        start = common_folder(paths)
    given_root = Path(inputs.root) if inputs.root is not None else None
    if given_root is not None and not is_folder(given_root):
        raise UsageError(f"--root {shown(str(given_root))} is no folder.")
    config, warnings = _config_file(rules, start)
    root = project_root(given_root, config, start, Path.cwd())
    settings = Settings()
    if config is not None:
        settings = load_config(config, root, version=scrubber.__version__, name=name_from_here(config))
    as_format = inputs.as_format.value if inputs.as_format is not None else None
    return Scene(
        settings.over(_given(inputs, rules)),
        config,
        root,
        paths,
        rules.isolated,
        warnings,
        as_format,
        inputs.text_field,
        inputs.id_field,
        _changed(inputs, start),
    )


def _changed(inputs: InputOptions, start: Path) -> Changed | None:
    if inputs.changed_since is None:
        return None
    from scrubber.cli.changed import changed_since

    return changed_since(inputs.changed_since, start)


def named_paths(inputs: InputOptions) -> tuple[str, ...]:
    """The PATHs, and those of `--files-from`. Nothing said at all means the current folder."""
    paths = tuple(inputs.paths or ())
    if inputs.nul and inputs.files_from is None:
        raise UsageError("-0 says how --files-from is written, and there is none.")
    if inputs.files_from is not None:
        if inputs.files_from == STDIN and STDIN in paths:
            raise UsageError("standard input cannot be a text and a list of files at once.")
        paths += tuple(listed_paths(_list_bytes(inputs.files_from), nul=inputs.nul))
    elif not paths:
        paths = (".",)
    if STDIN in paths and len(set(paths)) > 1:
        raise UsageError('"-" (standard input) stands alone, without other paths.')
    if inputs.stdin_filename is not None and STDIN not in paths:
        raise UsageError('--stdin-filename names standard input, but "-" is not among the paths.')
    return paths


def _list_bytes(name: str) -> bytes:
    if name == STDIN:
        return stdin_bytes()
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise UsageError(f"--files-from cannot be read ({reason}).", where=Where(name)) from error


def _config_file(rules: RuleOptions, start: Path) -> tuple[Path | None, tuple[str, ...]]:
    if rules.config is not None:
        if rules.isolated:
            raise UsageError("--isolated reads no configuration file, and --config names one.")
        path = Path(rules.config)
        if not is_file(path):
            raise not_a_file(path)
        return path, ()
    if rules.isolated:
        return None, ()
    found = find_config(start)
    return found.path, (found.warning,) if found.warning else ()


def name_from_here(path: Path) -> str:
    """The path as short as it can be written from here."""
    absolute = os.path.abspath(path)  # noqa: PTH100
    here = os.getcwd()  # noqa: PTH109
    return os.path.relpath(absolute, here) if absolute.startswith(here.rstrip(os.sep) + os.sep) else absolute


def _given(inputs: InputOptions, rules: RuleOptions) -> dict[str, tuple[object, str]]:
    """What the command line says, by field of `Settings`. A profile sets its three switches anew."""
    return {
        "rules": (tuple(rules.rules or ()), "--rules"),
        "include": (tuple(inputs.include or ()), "--include"),
        "exclude": (tuple(inputs.exclude or ()), "--exclude"),
        "select": (tuple(rules.select or ()), "--select"),
        "ignore": (tuple(rules.ignore or ()), "--ignore"),
        "profile": (rules.profile.value if rules.profile else None, "--profile"),
        "min_confidence": (rules.min_confidence.value if rules.min_confidence else None, "--min-confidence"),
        "encoding": (inputs.encoding, "--encoding"),
        "undecodable": (inputs.undecodable.value if inputs.undecodable else None, "--undecodable"),
    }


def limits_of(settings: Settings) -> tuple[Limits, dict[str, str]]:
    """The limits in force and where each came from. A profile of the command line wins over switches of the file."""
    profile = settings.profile
    limits = PROFILES[profile]
    origins = dict.fromkeys(("min-confidence", "limits.max-share", "limits.min-left-chars"), f"profile {profile}")
    from_line = settings.origin("profile") == "--profile"

    def holds(key: str) -> bool:
        origin = settings.origin(key)
        return origin.startswith("--") or not from_line

    if settings.min_confidence is not None and holds("min-confidence"):
        limits = replace(limits, min_confidence=Confidence.from_word(settings.min_confidence))
        origins["min-confidence"] = settings.origin("min-confidence")
    if settings.max_share is not None and holds("limits.max-share"):
        limits = replace(limits, max_share=settings.max_share, max_page_share=None)
        origins["limits.max-share"] = settings.origin("limits.max-share")
    if settings.min_left_chars is not None and holds("limits.min-left-chars"):
        limits = replace(limits, min_left_chars=settings.min_left_chars)
        origins["limits.min-left-chars"] = settings.origin("limits.min-left-chars")
    return limits, origins


def open_session(scene: Scene, *, may_lack_decisions: bool = False) -> Session:
    """Load rules and decisions. Raises `RuleFileError`, `UsageError`, `ConfigError`.

    With `may_lack_decisions` a decisions file that the configuration names need not be there yet.
    """
    settings = scene.settings
    sources = [Path(name_from_here(source)) if isinstance(source, Path) else source for source in settings.rules]
    ruleset = _loaded(sources, scene.root)
    select, no_builtin = _split_globs(settings.select, ruleset)
    ignore, ignored = _split_globs(settings.ignore, ruleset)
    skip = set(ignored) | (set(_BUILTIN_IDS) - {*no_builtin, KEEP_COMMENT.id} if settings.select else set())
    if scene.isolated:
        skip.add(KEEP_COMMENT.id)  # a scraped page may hold such a comment
    try:
        if settings.select and not select:
            chosen = ruleset.only((), f"{ruleset.digest}:none", {})
        else:
            chosen = select_rules(ruleset, select, ignore)
    except UsageError as error:
        raise _from_file(error, scene) from error
    for glob, ids in scene.per_file_ignores:
        for rule_id in ids:
            if not ids_meant(rule_id, _names_of(ruleset) | _BUILTIN_IDS):
                message = f"per-file-ignores of {shown(glob.pattern)}: {shown(rule_id)} means no rule."
                raise ConfigError(message, where=Where(settings.origin("per-file-ignores")))
    decisions = _decisions(scene, may_lack=may_lack_decisions)
    return Session(scene, chosen, decisions, limits_of(settings)[0], frozenset(skip))


#: A pass over a document makes some thousand containers, next to none of them in circles: looking for these every 700
#: new ones, as Python does by itself, costs a tenth of a run.
_COLLECT_AT = (10_000, 10, 10)


def _loaded(sources: Sequence[str | Path], root: Path) -> Ruleset:
    """The rules, read no sooner than they are needed where they were loaded before."""
    return _undisturbed(lambda: load_rules(sources, root=root, examples=False, late=_undisturbed))


def _undisturbed(load: Callable[[], Ruleset]) -> Ruleset:
    """What `load` returns. It lives as long as the program: the garbage collector need not look at it again and again."""
    gc.disable()
    try:
        return load()
    finally:
        gc.freeze()
        gc.set_threshold(*_COLLECT_AT)
        gc.enable()


def _from_file(error: UsageError, scene: Scene) -> ScrubberError:
    """An error about `select` or `ignore`, told of the file where they stand there."""
    for key in ("select", "ignore"):
        origin = scene.settings.origin(key)
        if error.message.startswith(f"--{key} ") and not origin.startswith("--"):
            return ConfigError(error.message.removeprefix("--"), where=Where(origin), hint=error.hint)
    return error


def _names_of(ruleset: Ruleset) -> dict[str, str]:
    return dict(ruleset.aliases) | {rule_id: rule_id for rule_id in ruleset.ids}


def _split_globs(globs: Sequence[str], ruleset: Ruleset) -> tuple[list[str], tuple[str, ...]]:
    """Globs that speak of loaded rules (or of nothing, which is an error later), and the built-in ids meant."""
    names = _names_of(ruleset)
    builtin = tuple(rule_id for glob in globs for rule_id in ids_meant(glob, _BUILTIN_IDS))
    return [glob for glob in globs if ids_meant(glob, names) or not ids_meant(glob, _BUILTIN_IDS)], builtin


def decisions_path(scene: Scene) -> Path:
    """Where the decisions of a scene stand, or would stand."""
    return scene.settings.decisions or scene.root / DECISIONS_FILE


def _decisions(scene: Scene, *, may_lack: bool) -> Decisions:
    if scene.isolated:
        return Decisions()
    path = decisions_path(scene)
    if scene.settings.decisions is not None and not os.path.lexists(path) and not may_lack:
        raise ConfigError(
            f"there is no decisions file {shown(str(path))}.",
            where=Where(scene.settings.origin("decisions")),
            hint="`scrubber review` makes it.",
        )
    if os.path.lexists(path) and not is_file(path):
        # A pipe of that name would be waited for, a link that leads nowhere would be no decisions at all.
        raise ConfigError("is no regular file, and decisions are read from no other.", where=Where(str(path)))
    return load_decisions(path, scene.root)


def rule_warnings(session: Session) -> tuple[str, ...]:
    """What people should know about the rules that were loaded."""
    return (*session.scene.warnings, *session.ruleset.warnings)
