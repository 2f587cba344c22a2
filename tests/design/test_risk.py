"""Every form of risk, compiled, against trades worked out by hand.

The cases and their derivations are in ``tests/oracle``; Freqtrade's own backtesting runs the
compiled strategies.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from tests.oracle.case import Case
from tests.oracle.market import run
from tests.oracle.trades import CASES, differences

CATALOGUE = Catalogue(builtin_indicators())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_trades(case: Case, tmp_path: Path) -> None:
    """The compiled strategy makes the trades that were computed by hand."""
    design = Design.from_data(case.design())
    checked = check_design(design, CATALOGUE)
    made = run(case, compile_design(checked), design.name, tmp_path, warm_up=checked.startup)
    assert differences(case, made) == []
