"""What the compiler writes passes every check of freqgen's own, without a single finding."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from freqgen import Draft, Phase, ValidationContext
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.plugins import PluginHost
from freqgen.validation.runner import compiled_from, run_validators
from tests.oracle.designs import designs

CATALOGUE = Catalogue(builtin_indicators())

RARE = [
    {
        "indicators": [{"id": "big", "function": "EXP"}],
        "entry_long": ["close > open or thr > 40", "big * 2 > 1 or not thr > 20"],
        "risk": {"stoploss": -0.1, "target": "max(close, big * thr)", "leverage": 3},
    },
    {
        "entry_long": ["thr > 40 and zscore(close, 9) < 2"],
        "exit_long": ["25 < thr < 30 or close < open"],
        "risk": {"stoploss": -0.1, "leverage": 2, "risk_per_trade": 0.01},
    },
]
"""What random designs seldom have together."""


@pytest.mark.parametrize(
    ("seed", "count", "phases"),
    [
        (11, 16, {Phase.PARSE, Phase.STRUCTURE}),
        (12, 5, set(Phase)),
        pytest.param(13, 600, set(Phase), marks=pytest.mark.soak),
    ],
    ids=["structure", "types", "many more"],
)
def test_no_findings(seed: int, count: int, phases: set[Phase]) -> None:
    """Random designs over the whole catalogue; each is recognised as the compiler's own."""
    assert _findings(designs(seed, count, CATALOGUE), phases) == []


def test_no_findings_in_rare_code() -> None:
    """The same where parameters reach a target, or are all that an alternative is about."""
    parameters = [{"name": "thr", "low": 1, "high": 50, "default": 30}]
    made = [{"name": "Rare", "timeframe": "1h", "parameters": parameters, **d} for d in RARE]
    assert _findings(made, set(Phase)) == []


OF_THE_DESIGN = frozenset({"FG314", "FG412"})
"""What is true of some random designs: they exit wherever they enter, or ask for a number twice."""


def _findings(
    made: Iterable[dict[str, Any]], phases: set[Phase]
) -> list[tuple[str, str, int | None, str]]:
    """Everything that the validators of some phases find in the code of designs."""
    host = PluginHost.load()
    validators = [v for v in host.validators().values() if v.phase in phases]
    context = ValidationContext(
        catalogue=CATALOGUE, cache_dir=Path(os.environ["FREQGEN_CACHE_DIR"])
    )
    found = []
    for data in made:
        design = Design.from_data(data)
        source = compile_design(check_design(design, CATALOGUE))
        draft = Draft(class_name=design.name, source=source, origin="compiler")
        validation = run_validators(draft, design, validators, context)
        findings = [f for f in validation.report.findings if f.code not in OF_THE_DESIGN]
        found += [(design.name, f.code, f.line, f.message) for f in findings]
        assert validation.report.blocking or validation.screened is not None
        assert compiled_from(draft, check_design(design, CATALOGUE))
    return found
