"""Which columns a strategy writes and reads, as far as its text shows."""

from __future__ import annotations

import pytest

from freqgen_structure.columns import Columns, columns_of
from freqgen_structure.source import Source

HEAD = """\
import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy, informative, merge_informative_pair
from pandas import DataFrame
from technical import qtpylib
from technical.indicators import ichimoku, vfi


class S(IStrategy):
    inf_tf = "4h"

"""
INDICATORS = "    def populate_indicators(self, dataframe, metadata):\n"


def columns(body: str, before: str = "") -> Columns:
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    source = Source(HEAD + before + INDICATORS + lines, "S")
    assert source.problem is None
    return columns_of(source)


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("dataframe['a'] = 1", {"a"}),
        ("dataframe['a'] = dataframe['b'] = 1", {"a", "b"}),
        ("dataframe['a'], dataframe['b'] = 1, 2", {"a", "b"}),
        ("dataframe['a']: int = 1", {"a"}),
        ("dataframe['a'] += 1", {"a"}),
        ("dataframe.loc[x > 1, 'a'] = 1", {"a"}),
        ("dataframe.loc[x > 1, ['a', 'b']] = (1, 2)", {"a", "b"}),
        ("dataframe.at[0, 'a'] = 1", {"a"}),
        ("dataframe.iloc[0, 1] = 1", set()),
        ("dataframe.loc[x > 1] = 1", set()),
        ("dataframe[['a', 'b']] = 1", {"a", "b"}),
        ("dataframe.insert(0, 'a', 1)", {"a"}),
        ("dataframe = dataframe.assign(a=1, b=2)", {"a", "b"}),
        ("dataframe = dataframe.rename(columns={'open': 'a'})", {"a"}),
        ("frame = DataFrame({'a': x, 'b': y})", {"a", "b"}),
        ("frame = pd.DataFrame(x, y, ['a', 'b'])", {"a", "b"}),
        ("frame.columns = ['a', 'b']", {"a", "b"}),
        ("for name in ('a', 'b'):\n    dataframe[name] = 1", {"a", "b"}),
        ("name = 'a'\ndataframe[name] = 1", {"a"}),
        ("counts = {}\ncounts['a'] = 1", set()),
        ("counts: dict = {}\ncounts['a'] = 1", set()),
        ("dataframe[0] = 1", set()),
        ("dataframe[-1] = 1", set()),
    ],
)
def test_columns_that_are_written(statement: str, names: set[str]) -> None:
    found = columns(statement)
    assert {use.name for use in found.writes} == names
    assert not found.exists("c")


@pytest.mark.parametrize(
    ("statement", "name", "other"),
    [
        ("dataframe[f'ema_{n}'] = 1", "ema_5", "sma_5"),
        ("dataframe['ema_%d' % n] = 1", "ema_5", "sma_5"),
        ("dataframe['ema_{}'.format(n)] = 1", "ema_5", "sma_5"),
        ("dataframe['ema_' + str(n)] = 1", "ema_5", "sma_5"),
        ("dataframe[prefix + '_ema'] = 1", "fast_ema", "fast_sma"),
        ("dataframe[name] = 1", "anything", None),
        ("dataframe[f'{a}_{b}_{c}_{d}_{e}_{f}'] = 1", "1_2_3_4_5_6", "anything"),
        ("dataframe[name.format(n)] = 1", "anything", None),
        ("dataframe = dataframe.assign(**values)", "anything", None),
        ("dataframe = dataframe.rename(columns=names)", "anything", None),
        ("dataframe = dataframe.rename(columns={**names})", "anything", None),
        ("dataframe = dataframe.add_prefix('x_')", "anything", None),
        ("dataframe.columns = names", "anything", None),
        ("dataframe.update(other)", "anything", None),
        ("dataframe.ta.rsi(append=True)", "anything", None),
        ("dataframe = dataframe.join(other)", "anything", None),
        ("dataframe = library(dataframe)", "anything", None),
        ("vfi(dataframe)", "anything", None),
        ("ichimoku(dataframe)", "close", "anything"),
        ("helper.add(dataframe)", "anything", None),
        ("for dataframe in frames:\n    x = 1", "anything", None),
        ("dataframe, x = f()", "anything", None),
        ("x = self.freqai.start(dataframe, metadata, self)", "anything", None),
        ("dataframe = merge_informative_pair(dataframe, i, '1h', '4h')", "rsi_4h", "rsi_1h"),
        ("dataframe = merge_informative_pair(dataframe, i, '1h', self.inf_tf)", "rsi_4h", "x_1h"),
        ("dataframe = merge_informative_pair(dataframe, i, '1h', tf)", "rsi_4h", "rsi"),
        ("dataframe = merge_informative_pair(dataframe, i, '1h', '4h', suffix='x')", "a_x", "a_4h"),
        ("dataframe = merge_informative_pair(*args)", "anything", None),
    ],
)
def test_columns_that_may_exist(statement: str, name: str, other: str | None) -> None:
    found = columns(statement)
    assert found.exists(name)
    if other is not None:
        assert not found.exists(other)


@pytest.mark.parametrize(
    "statement",
    [
        "x = ta.RSI(dataframe)",
        "x = qtpylib.typical_price(dataframe)",
        "x = len(dataframe)",
        "dataframe = dataframe.copy().dropna()",
        "dataframe = self.helper(dataframe)",
        "dataframe = super().populate_indicators(dataframe, metadata)",
        "dataframe = merge_informative_pair(dataframe, i, '1h', '4h')",
    ],
)
def test_harmless_uses_of_the_dataframe_hide_nothing(statement: str) -> None:
    helper = "    def helper(self, frame):\n        return frame\n\n"
    assert not columns(statement, helper).exists("anything")


@pytest.mark.parametrize(
    ("decorator", "name", "exists"),
    [
        ("'1h'", "rsi_1h", True),
        ("'1h'", "close_1h", True),
        ("'1h'", "adx_1h", False),
        ("'1h'", "rsi_4h", False),
        ("timeframe='1h'", "rsi_1h", True),
        ("'1h', 'BTC/USDT'", "btc_usdt_rsi_1h", True),
        ("'1h', 'BTC/USDT'", "rsi_1h", False),
        ("'1h', 'BTC/USDT:USDT'", "btc_usdt_rsi_1h", True),
        ("'1h', 'BTC/{stake}'", "btc_busd_rsi_1h", True),
        ("'1h', 'BTC/{stake}'", "eth_busd_rsi_1h", False),
        ("'1h', '', '{column}_slow'", "rsi_slow", True),
        ("'1h', fmt='{BASE}_{column}', asset='BTC/USDT'", "BTC_rsi", True),
        ("'1h', fmt='{column}_{column}'", "rsi_rsi", True),
        ("'1h', fmt='{column}_{column}'", "rsi_adx", False),
        ("'1h', None", "rsi_1h", True),
        ("inf_tf", "rsi_4h", True),
        ("inf_tf", "rsi_1h", False),
        ("other", "anything_1h", True),
        ("other", "anything", False),
    ],
)
def test_columns_of_informative_pairs(decorator: str, name: str, exists: bool) -> None:
    before = (
        f"    @informative({decorator})\n"
        "    def populate_indicators_inf(self, dataframe, metadata):\n"
        "        dataframe['rsi'] = 1\n        return dataframe\n\n"
    )
    assert columns("return dataframe", before).exists(name) is exists


@pytest.mark.parametrize(
    ("statement", "certain"),
    [
        ("x = dataframe['a']", ["a"]),
        ("x = dataframe[['a', 'b']]", ["a", "b"]),
        ("x = dataframe.loc[y, 'a']", ["a"]),
        ("dataframe['b'] = dataframe['a'].shift(1)", ["a"]),
        ("x = other['a']", []),
        ("x = dataframe.groupby('h')['a']", []),
        ("df, _ = self.dp.get_analyzed_dataframe(p, t)\nx = df['a']", ["a"]),
        ("df, _ = self.dp.get_analyzed_dataframe(p, t)\nx = df.iloc[-1]['a']", ["a"]),
        ("df, _ = self.dp.get_analyzed_dataframe(p, t)\nr = df.iloc[-1]\nx = r['a']", ["a"]),
        ("df, _ = self.dp.get_analyzed_dataframe(p, t)\nx = df.iloc[-1].squeeze()['a']", ["a"]),
        ("df, _ = self.dp.get_analyzed_dataframe(p, t)\ndf = f()\nx = df['a']", []),
        ("r = other.iloc[-1]\nx = r['a']", []),
    ],
)
def test_reads_that_are_certain(statement: str, certain: list[str]) -> None:
    assert [use.name for use in columns(statement).certain] == certain


def test_columns_are_collected_once() -> None:
    source = Source(HEAD + INDICATORS + "        return dataframe\n", "S")
    assert columns_of(source) is columns_of(source)
