"""All rules in force, and the files that they come from. What a rule may hold is `schema.py`, which takes time to load."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from scrubber.rules.schema import Rule


class RuleSetInfo(Struct, frozen=True):
    """The `[ruleset]` table of one file."""

    name: str
    version: str
    description: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules in force, in the order in which they were loaded; ids are unique.

    `digest` is SHA-256 over every file that took part and over what was disabled or overridden: equal digests mean
    equal rules. `aliases` leads from old ids to those in force.
    """

    rules: tuple[Rule, ...]
    files: tuple[RuleSetInfo, ...] = ()
    digest: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def with_rules(self, rules: tuple[Rule, ...]) -> Ruleset:
        """The same set with other rules."""
        return replace(self, rules=rules)

    def read(self) -> Ruleset:
        """The same set, its rules at hand."""
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all rules, in their order."""
        return tuple(rule.id for rule in self.rules)

    @property
    def comparing(self) -> tuple[str, ...]:
        """The ids of the rules that compare the documents of a run: then all are read before one is cleaned."""
        from scrubber.rules.schema import needs_corpus

        return tuple(rule.id for rule in self.rules if needs_corpus(rule))

    def only(self, chosen: Collection[str], digest: str, aliases: Mapping[str, str]) -> Ruleset:
        """The set of those rules whose ids are chosen, under its own digest."""
        rules = tuple(rule for rule in self.rules if rule.id in chosen)
        return Ruleset(rules, self.files, digest, aliases, self.warnings)

    def get(self, rule_id: str) -> Rule | None:
        """The rule with this id, or with it as an alias."""
        wanted = self.aliases.get(rule_id, rule_id)
        return next((rule for rule in self.rules if rule.id == wanted), None)

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        """All rules of one kind."""
        return tuple(rule for rule in self.rules if rule.kind == kind)
