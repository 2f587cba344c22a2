"""Every rule finds its INVALID examples on their lines, and nothing in its VALID ones."""

from __future__ import annotations

import ast
import re

import pytest

from freqgen import Design, Draft, Finding, Phase, Report, Severity, ValidationContext, mend
from freqgen_structure import RuleValidator, validators
from freqgen_structure.rule import Bad, Good

RULES = list(validators())


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(validator, example, id=f"{validator.codes[0]}-{number}")
        for validator in RULES
        for number, example in enumerate(getattr(validator.rule(), kind))
    ]


def _check(
    validator: RuleValidator, code: str, design: object, context: ValidationContext
) -> list[Finding]:
    given = Design.from_data(design) if design is not None else None
    return list(validator.check(Draft(class_name="S", source=code), given, context))


@pytest.mark.parametrize(("validator", "example"), _cases("VALID"))
def test_valid_examples_have_no_findings(
    validator: RuleValidator, example: str | Good, context: ValidationContext
) -> None:
    good = example if isinstance(example, Good) else Good(code=example)
    assert _check(validator, good.code, good.design, context) == []


@pytest.mark.parametrize(("validator", "bad"), _cases("INVALID"))
def test_invalid_examples_are_found_on_their_line_and_mended(
    validator: RuleValidator, bad: Bad, context: ValidationContext
) -> None:
    """Mended once and for all, where there is one right answer, and else not at all."""

    def check(draft: Draft) -> Report:
        return Report(findings=tuple(_check(validator, draft.source, bad.design, context)))

    draft = Draft(class_name="S", source=bad.code)
    found = check(draft).findings
    assert {(f.code, f.line) for f in found} == {(validator.codes[0], bad.line)}
    assert found[0].phase is validator.phase
    assert all(f.message and not f.message.endswith(".") for f in found)
    if bad.fixed is None:
        assert not any(finding.fixable for finding in found)
        return
    mended = mend(draft, check)
    assert mended.draft.source == bad.fixed
    ast.parse(bad.fixed)
    assert not any(finding.fixable for finding in mended.report.findings)


@pytest.mark.parametrize("validator", RULES, ids=lambda v: v.codes[0])
def test_a_rule_says_what_is_wrong_why_and_what_to_do(validator: RuleValidator) -> None:
    rule = validator.rule()
    assert re.fullmatch(r"FG[0-6]\d\d", rule.code())
    assert (rule.code(),) == validator.codes
    assert rule.PHASE is validator.phase
    assert rule.title()
    assert len(rule.why()) > 60
    assert rule.VALID
    assert rule.INVALID


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [v.codes[0] for v in RULES]
    names = [v.name for v in RULES]
    assert codes == sorted(set(codes))
    assert len(names) == len(set(names))
    assert {v.phase for v in RULES} == {Phase.PARSE, Phase.STRUCTURE}
    assert {v.rule().SEVERITY for v in RULES} <= {Severity.ERROR, Severity.WARNING}
