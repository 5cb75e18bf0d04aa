"""Plans that wait on disk: what comes back is what went in."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.engine.builtin import BUILTINS
from scrubber.engine.clean import Cleaner
from scrubber.model import CleanResult, Document, Plan
from scrubber.model.edit import apply_edits
from scrubber.model.plan_code import coded_plan, plan_from

LABELLED = sorted((Path(__file__).parent.parent / "labelled").glob("*/*.txt"))


def there_and_back(cleaner: Cleaner, result: CleanResult) -> Plan:
    rules = {info.id: info for info in (*BUILTINS, *(rule.info for rule in cleaner.ruleset.rules))}
    return plan_from(coded_plan(result.plan, rules), rules)


@pytest.mark.parametrize("path", LABELLED, ids=lambda path: path.stem)
def test_a_plan_comes_back(bundled: Cleaner, path: Path) -> None:
    result = bundled.clean(Document("d", path.read_bytes().decode("utf-8")))
    plan = there_and_back(bundled, result)
    assert plan == result.plan
    assert apply_edits(result.document.text, plan.edits) == result.text


def test_plans_of_rules_that_nobody_knows_are_refused(bundled: Cleaner) -> None:
    result = bundled.clean(Document("d", "Share this story\nThe ferry returned at noon, and all was well.\n" * 3))
    assert result.plan.verdicts
    with pytest.raises(ValueError, match="no rule that is known"):
        coded_plan(result.plan, {})
    rules = {verdict.finding.rule.id: verdict.finding.rule for verdict in result.plan.verdicts}
    coded = coded_plan(result.plan, rules)
    with pytest.raises(LookupError):
        plan_from(coded, {})
    for strange in (b"", b"[]", b"[1,2]", b'["d",[[1]],[],""]', b'["d",[],[[1]],""]'):
        with pytest.raises((ValueError, LookupError, TypeError)):
            plan_from(strange, rules)
