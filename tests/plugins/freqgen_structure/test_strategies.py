"""Sound strategies pass, hostile ones do not."""

from __future__ import annotations

from pathlib import Path

import freqtrade.templates
import pytest
from freqtrade.commands.deploy_commands import deploy_new_strategy

from freqgen import (
    Catalogue,
    Design,
    IndicatorSpec,
    ValidationContext,
    check_design,
    compile_design,
    function_indicator,
)
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation.loading import load_draft
from freqgen_structure import validators
from tests.plugins.freqgen_structure.conftest import Check

TEMPLATES = Path(freqtrade.templates.__file__).parent

# Static checks cannot tell a forged line of the log from a real one.
LEFT_TO_THE_SANDBOX = {"lg_inject"}

# Strategies that show what there is compute more than they use, and two of the corpus rank a
# whole column or take its medians by the hour, into columns that nothing reads.
TRUE_WARNINGS = {"FG318"}
DO_LOOK_AHEAD = {("mixin_base", "FG217"), ("agg_str", "FG209")}


def _report(path: Path, check: Check):
    draft, findings = load_draft(path)
    if draft is None:
        return findings
    return check(draft.source, draft.class_name).findings


@pytest.mark.parametrize(
    "name", ["sample_strategy", "FreqaiExampleStrategy", "FreqaiExampleHybridStrategy"]
)
def test_freqtrades_own_strategies_have_no_findings(name: str, check: Check) -> None:
    found = _report(TEMPLATES / f"{name}.py", check)
    assert {finding.code for finding in found} <= TRUE_WARNINGS


@pytest.mark.parametrize("kind", ["minimal", "full", "advanced"])
def test_freqtrades_new_strategies_have_no_findings(
    kind: str, check: Check, tmp_path: Path
) -> None:
    path = tmp_path / "Fresh.py"
    deploy_new_strategy("Fresh", path, kind)
    assert {finding.code for finding in _report(path, check)} <= TRUE_WARNINGS


@pytest.mark.needs_shared
def test_legitimate_strategies_are_not_rejected(shared: Path, check: Check) -> None:
    files = sorted((shared / "corpus" / "benign").glob("*.py"))
    assert len(files) >= 32
    found = [(f.stem, finding) for f in files for finding in _report(f, check)]
    assert [one for one in found if one[1].severity == "error"] == []
    said = {(name, finding.code) for name, finding in found if finding.code not in TRUE_WARNINGS}
    assert said <= DO_LOOK_AHEAD


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    "every",
    [pytest.param(4, id="a quarter"), pytest.param(1, id="all", marks=pytest.mark.soak)],
)
def test_attacks_are_blocked(every: int, shared: Path, check: Check) -> None:
    files = sorted((shared / "corpus" / "attacks").glob("*.py"))
    assert len(files) >= 177
    tried = {file.stem: file for number, file in enumerate(files) if number % every == 0}
    tried |= {file.stem: file for file in files if file.stem in LEFT_TO_THE_SANDBOX}
    passed = {
        name
        for name, file in tried.items()
        if not any(x.severity == "error" for x in _report(file, check))
    }
    assert passed == LEFT_TO_THE_SANDBOX


def double(values):
    """An indicator of somebody's package."""
    return values * 2


def test_modules_that_the_designs_indicators_need_may_be_imported(tmp_path: Path) -> None:
    indicator = function_indicator(
        name="DOUBLE", function=double, title="Twice the value", sources=("close",)
    )
    catalogue = Catalogue([*builtin_indicators(), indicator])
    context = ValidationContext(catalogue=catalogue, cache_dir=tmp_path)
    data = {
        "name": "S",
        "timeframe": "1h",
        "indicators": [IndicatorSpec(id="twice", function="DOUBLE").model_dump()],
        "entry_long": ["twice > 5"],
        "exit_long": ["twice < 3"],
        "risk": {"stoploss": -0.1},
    }
    design = Design.from_data(data)
    source = compile_design(check_design(design, catalogue))
    assert __name__ in source

    def found(given: Design | None) -> set[str]:
        from freqgen import Draft

        draft = Draft(class_name="S", source=source)
        return {f.code for v in validators() for f in v.check(draft, given, context)}

    assert found(design) == set()
    assert "FG501" in found(None)
