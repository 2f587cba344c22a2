"""What the compiler writes passes every check of freqgen's own, without a single finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from freqgen import Draft, Phase, ValidationContext
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.plugins import PluginHost
from freqgen.validation.runner import run_validators, vouch
from tests.oracle.designs import designs

CATALOGUE = Catalogue(builtin_indicators())


@pytest.mark.parametrize(
    ("seed", "count", "phases"),
    [
        (11, 150, {Phase.PARSE, Phase.STRUCTURE}),
        (12, 30, set(Phase)),
        pytest.param(13, 600, set(Phase), marks=pytest.mark.soak),
    ],
    ids=["structure", "types", "many more"],
)
def test_no_findings(seed: int, count: int, phases: set[Phase], tmp_path: Path) -> None:
    """Random designs over the whole catalogue; each is recognised as the compiler's own."""
    host = PluginHost.load()
    validators = [v for v in host.validators().values() if v.phase in phases]
    context = ValidationContext(catalogue=CATALOGUE, cache_dir=tmp_path)
    found = []
    for data in designs(seed, count, CATALOGUE):
        design = Design.from_data(data)
        source = compile_design(check_design(design, CATALOGUE))
        draft = Draft(class_name=design.name, source=source, origin="compiler")
        validation = run_validators(draft, design, validators, context)
        found += [(design.name, f.code, f.line, f.message) for f in validation.report.findings]
        assert validation.screened is not None
        assert vouch(validation.screened, design, CATALOGUE) == draft
    assert found == []
