"""Checks of the data are sound code: findings about them are warnings."""

from __future__ import annotations

import pytest

from freqgen import Severity, ValidationContext
from freqgen_structure.rule import Rule
from freqgen_structure.rules.fg205_whole_column import WholeColumn
from freqgen_structure.rules.fg308_always_false import AlwaysFalse
from freqgen_structure.source import Source

_HEAD = """\
import numpy as np
import talib.abstract as ta
from freqtrade.strategy import IStrategy


class S(IStrategy):
    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe)
"""


def _severities(rule: type[Rule], body: str, context: ValidationContext) -> list[Severity]:
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    source = Source(_HEAD + lines + "        return dataframe\n", "S")
    assert source.problem is None
    return [found.severity for found in rule(source, None, context).findings()]


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (AlwaysFalse, "if (dataframe['close'] < 0).any():\n    raise ValueError"),
        (AlwaysFalse, "bad = dataframe['close'] < 0\nif bad.any():\n    raise ValueError"),
        (AlwaysFalse, "assert not (dataframe['close'] < 0).any()"),
        (AlwaysFalse, "clean = dataframe['close'].mask(dataframe['close'] < 0)"),
        (AlwaysFalse, "print(dataframe['rsi'] > 130)"),
        (WholeColumn, "if dataframe['volume'].sum() == 0:\n    dataframe['enter_long'] = 0"),
        (WholeColumn, "if not dataframe['volume'].any():\n    dataframe['enter_long'] = 0"),
        (WholeColumn, "if dataframe['close'].isnull().all():\n    dataframe['enter_long'] = 0"),
    ],
)
def test_a_guard_is_no_error(rule: type[Rule], body: str, context: ValidationContext) -> None:
    assert Severity.ERROR not in _severities(rule, body, context)


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (AlwaysFalse, "dataframe.loc[dataframe['rsi'] > 130, 'enter_long'] = 1"),
        (AlwaysFalse, "c = []\nc.append(dataframe['rsi'] > 130)\ndataframe['enter_long'] = c[0]"),
        (AlwaysFalse, "dataframe['enter_long'] = np.where(dataframe['rsi'] > 130, 1, 0)"),
        (AlwaysFalse, "if (dataframe['rsi'] < 0).any():\n    dataframe['enter_long'] = 1"),
        (WholeColumn, "if dataframe['close'].mean() > 0:\n    dataframe['enter_long'] = 1"),
        (WholeColumn, "dataframe['enter_long'] = dataframe['close'].sum() == 0"),
    ],
)
def test_what_decides_is_an_error(rule: type[Rule], body: str, context: ValidationContext) -> None:
    assert _severities(rule, body, context) == [Severity.ERROR]
