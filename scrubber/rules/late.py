"""Rule sets whose rules are read when somebody asks for them.

A run that takes what an earlier one has found needs to know which rules are in force, and none of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from scrubber.rules.ruleset import Ruleset, RuleSetInfo

if TYPE_CHECKING:
    from scrubber.rules.schema import Rule


class LateRules:
    """The rules of a set, not read yet. `ids` names all, `comparing` those that compare documents of a dump."""

    __slots__ = ("_read", "comparing", "ids")

    def __init__(self, ids: tuple[str, ...], comparing: tuple[str, ...], read: Callable[[], tuple[Rule, ...]]) -> None:
        self.ids, self.comparing, self._read = ids, comparing, read

    def read(self) -> tuple[Rule, ...]:
        """The rules, in the order of `ids`. What reading costs, each time."""
        return self._read()

    def only(self, chosen: Collection[str]) -> LateRules:
        """Those of them that are chosen, not read either."""
        return LateRules(
            tuple(rule_id for rule_id in self.ids if rule_id in chosen),
            tuple(rule_id for rule_id in self.comparing if rule_id in chosen),
            lambda: tuple(rule for rule in self._read() if rule.id in chosen),
        )


class LateRuleset(Ruleset):
    """A rule set whose `rules` are read when they are first asked for. To other processes it travels with its rules."""

    __slots__ = ("_late", "_rules")
    _late: LateRules
    _rules: tuple[Rule, ...] | None

    def __init__(
        self,
        rules: LateRules | tuple[Rule, ...],
        files: tuple[RuleSetInfo, ...] = (),
        digest: str = "",
        aliases: Mapping[str, str] | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        if isinstance(rules, tuple):
            known = Ruleset(rules)
            late, read = LateRules(known.ids, known.comparing, lambda: rules), rules
        else:
            late, read = rules, None
        values = {"_late": late, "_rules": read, "files": files, "digest": digest}
        for name, value in (values | {"aliases": aliases or {}, "warnings": warnings}).items():
            object.__setattr__(self, name, value)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules. What reading them costs, the first time."""
        if self._rules is None:
            object.__setattr__(self, "_rules", self._late.read())
        return self._rules or ()

    def read(self) -> Ruleset:
        return Ruleset(self.rules, self.files, self.digest, self.aliases, self.warnings)

    @property
    def ids(self) -> tuple[str, ...]:
        return self._late.ids

    @property
    def comparing(self) -> tuple[str, ...]:
        return self._late.comparing

    def only(self, chosen: Collection[str], digest: str, aliases: Mapping[str, str]) -> Ruleset:
        """The set of those rules that are chosen, not read either."""
        return LateRuleset(self._late.only(chosen), self.files, digest, aliases, self.warnings)

    def __reduce__(self) -> tuple[Any, ...]:
        return Ruleset, (self.rules, self.files, self.digest, self.aliases, self.warnings)
