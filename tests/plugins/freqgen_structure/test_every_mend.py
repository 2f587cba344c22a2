"""Each kind of mending gives a strategy back what its author meant, on candles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd
import pytest

from freqgen import Draft, Severity, mend
from freqgen.design.warmup import synthetic_candles
from freqgen_structure import validators
from tests.plugins.freqgen_structure.conftest import Check
from tests.plugins.freqgen_structure.whole_strategy import NAME, SIGNALS, SOUND, meaning

Changes = Mapping[str, str]


class Case(NamedTuple):
    """What somebody wrote in place of parts of the sound strategy.

    :param meant: Parts that are different in what they meant, too.
    """

    written: Changes
    meant: Changes = MappingProxyType({})


LAST = SOUND[SOUND.index("    def confirm_trade_entry") :]
STOP = """        return stoploss_from_absolute(
            stop, current_rate, is_short=trade.is_short, leverage=trade.leverage
        )
"""
MERGED = (
    '        dataframe = merge_informative_pair(dataframe, btc, self.timeframe, "1d", ffill=True)\n'
)
BY_DATE = """        slow = btc[["date"]].assign(momentum_1d=btc["momentum"].shift(1))
        dataframe = pd.merge_asof(dataframe, slow, on="date", direction="backward")
"""
EXIT = """        dataframe.loc[dataframe["rsi"] > self.sell_rsi.value, "exit_long"] = 1
        dataframe.loc[dataframe["rsi"] < self.buy_rsi.value, "exit_short"] = 1
        return dataframe
"""
SELL_RSI = 'sell_rsi = IntParameter(50, 90, default=60, space="sell")'
HIGH = {'self.sell_rsi.value, "exit_long"': 'self.high.value, "exit_long"'}
MACD = """        macd = ta.MACD(dataframe)
        dataframe["macd"] = macd["macd"]
        dataframe["macd_signal"] = macd["macdsignal"]
"""

BEGIN = """    def __init__(self, config):
        super().__init__(config)
        self.seen = {}

    @property
"""
KNOWN = 'dataframe["momentum_1d"].notna()'
SECONDS = f'{KNOWN} & (dataframe["date"].dt.as_unit("ns").astype("int64") // 10**9 % 86400 > 7200)'
SLOW = '        btc = self.dp.get_pair_dataframe("BTC/USDT", "1d")\n'
UP = f'        dataframe["way"] = np.where(dataframe["above"], "up", "down")\n{SLOW}'
CALM = f'        dataframe["way"] = np.where(dataframe["above"], "up", None)\n{SLOW}'

CASES: dict[str, Case] = {
    "FG101": Case({"class Whole(IStrategy)": "class Whole(Istrategy)"}),
    "FG103": Case({"populate_exit_trend(self, dataframe": "populate_exit_trend(dataframe"}),
    "FG104": Case({EXIT: EXIT.replace("        return dataframe\n", "")}),
    "FG105": Case({"INTERFACE_VERSION = 3": "INTERFACE_VERSION = 2  # as it was"}),
    "FG107": Case({"stoploss = -0.1": "stoploss = 0.1"}),
    "FG108": Case({"use_exit_signal": "use_sell_signal"}),
    "FG109": Case({'"enter_long", "enter_tag"': '"buy", "buy_tag"', '"exit_long"': '"sell"'}),
    "FG110": Case({'"exit_short"': '"exit_shrot"'}),
    "FG111": Case({LAST: re.sub("(?m)^    ", "", LAST)}),
    "FG112": Case({"    stoploss = -0.1": "    stop_loss = -0.1"}),
    "FG113": Case({"def populate_exit_trend": "def populate_exit_trends"}),
    "FG114": Case({"        side: str,\n        **kwargs,\n": "        side: str,\n"}),
    "FG115": Case(
        {"            return False\n        return True\n": "            return False\n"}
    ),
    "FG116": Case({"    use_custom_stoploss = True\n": ""}),
    "FG118": Case({"    can_short = True\n": ""}),
    "FG119": Case({STOP: "        return stop  # five percent\n"}),
    "FG120": Case({"stop, current_rate, is_short": "current_rate, stop, is_short"}),
    "FG121": Case({"trailing_stop_positive = 0.02": 'trailing_stop_positive = "0.02"'}),
    "FG122": Case({'"entry": "limit"': '"buy": "limit"', '"entry": "GTC"': '"buy": "GTC"'}),
    "FG123": Case({"StoplossGuard": "StopLossGuard", "trade_limit": "trade_limits"}),
    "FG124": Case({"main_plot": "main_plots"}),
    "FG125": Case({"nr_of_successful_entries": "nr_of_successful_buys"}),
    "FG126": Case(
        {
            "    DecimalParameter,\n    IntParameter,\n": "",
            "from pandas import": "from freqtrade.strategy.hyper import DecimalParameter, "
            "IntParameter\nfrom pandas import",
        }
    ),
    "FG127": Case(
        {SELL_RSI: f"{SELL_RSI}\n    high = IntParameter(55, 80, default=60)", **HIGH},
        {
            SELL_RSI: f'{SELL_RSI}\n    high = IntParameter(55, 80, default=60, space="sell")',
            **HIGH,
        },
    ),
    "FG128": Case({"IntParameter(10, 60,": "IntParameter(60, 10,"}),
    "FG129": Case({"self.sell_rsi.value": "self.sell_rsi"}),
    "FG131": Case({'"buy_rsi": 45': '"buy_rsii": 45'}),
    "FG132": Case({'@informative("4h")': '@informative("4 hours")'}),
    "FG133": Case({'[("BTC/USDT", "1d")]': '[("1d", "BTC/USDT")]'}),
    "FG134": Case({'btc, self.timeframe, "1d"': 'btc, "1d", self.timeframe'}),
    "FG135": Case({'dataframe["trend_4h"]': 'dataframe["trend"]'}),
    "FG136": Case({"import numpy as np\n": ""}),
    "FG137": Case({"frame, _ = self.dp": "frame = self.dp"}),
    "FG203": Case({".rolling(20).mean()": ".rolling(20, center=True).mean()"}),
    "FG214": Case({MERGED: BY_DATE.replace("backward", "forward")}, {MERGED: BY_DATE}),
    "FG302": Case({'> dataframe["ema_50"]': '> dataframe["ema50"]'}),
    "FG303": Case(
        {
            'dataframe.loc[dataframe["rsi"] > 50, "part"] = 2': (
                'dataframe["part"][dataframe["rsi"] > 50] = 2'
            )
        }
    ),
    "FG304": Case(
        {
            MACD: """        line, signal, _ = ta.MACD(dataframe)
        dataframe["macd"] = line
        dataframe["macd_signal"] = signal
"""
        }
    ),
    "FG305": Case({"            strong & known,": "            strong and known,"}),
    "FG306": Case(
        {'(30 < dataframe["rsi"]) & (dataframe["rsi"] < 80)': '30 < dataframe["rsi"] < 80'}
    ),
    "FG307": Case(
        {
            '(30 < dataframe["rsi"]) & (dataframe["rsi"] < 80)': (
                'dataframe["rsi"] > 30 & dataframe["rsi"] < 80'
            )
        }
    ),
    "FG311": Case({'macd["macdsignal"]': 'macd["signal"]'}),
    "FG312": Case({'"exit_long"] = 1': '"exit_long"] = "1"'}),
    "FG315": Case({'"exit_long"] = 1': '"exit_long"] == 1'}),
    "FG316": Case(
        {
            EXIT: "        df = dataframe.copy()\n"
            + EXIT.replace("dataframe", "df").replace("return df", "return dataframe")
        }
    ),
    "FG319": Case({"np.maximum(": "max("}),
    "FG320": Case({"ta.EMA(": "ta.ema("}),
    "FG321": Case({"timeperiod=14": "period=14"}),
    "FG322": Case({"timeperiod=14": 'timeperiod="14"'}),
    "FG323": Case({"import talib.abstract as ta": "import talib as ta"}),
    "FG324": Case({"window=20, stds=2": "period=20, std=2"}),
    "FG325": Case(
        {'get_pair_dataframe("BTC/USDT", "1d")': 'get_pair_dataframe("BTC/USDT", timeframes="1d")'}
    ),
    "FG326": Case({".rolling(20).mean()": ".rolling(20).avg()"}),
    "FG327": Case({"ewm(span=20)": "ewm(period=20)"}),
    "FG330": Case(
        {
            'dataframe["gap"] = dataframe["gap"].diff().ffill()': (
                'dataframe["gap"] = dataframe["gap"].diff()\n'
                '        dataframe["gap"].ffill(inplace=True)'
            )
        }
    ),
    "FG331": Case({'dataframe["momentum_1d"].notna()': '(dataframe["momentum_1d"] != np.nan)'}),
    "FG332": Case({".shift(1, fill_value=False)": ".shift(1)"}),
    "FG334": Case({'dataframe["close"] > dataframe["ema_50"]': 'dataframe["close"] > "ema_50"'}),
    "FG335": Case(
        {
            '        dataframe.loc[dataframe["rsi"] > 50, "part"] = 2': (
                '        part = dataframe["part"]\n        part[dataframe["rsi"] > 50] = 2'
            )
        }
    ),
    "FG337": Case(
        {"if rate > 1_000_000:": 'if rate > 1_000_000 and side == "buy":'},
        {"if rate > 1_000_000:": 'if rate > 1_000_000 and side == "long":'},
    ),
    "FG338": Case({".rolling(20).mean()": ".rolling(20).mean"}),
    "FG339": Case(
        {"lambda a, b: a & b, conditions": "conditions, lambda a, b: a & b"},
    ),
    "FG340": Case(
        {
            "current_time - trade.open_date_utc > timedelta(hours=self.buy_rsi.value)": (
                "(current_time - trade.open_date_utc).hours > self.buy_rsi.value"
            )
        }
    ),
    "FG341": Case(
        {"    @property\n": BEGIN.replace("        super().__init__(config)\n", "")},
        {"    @property\n": BEGIN},
    ),
    "FG342": Case(
        {
            'dataframe["rsi"] > self.sell_rsi.value, "exit_long"': (
                '"exit_long", dataframe["rsi"] > self.sell_rsi.value'
            )
        }
    ),
    "FG343": Case(
        {SLOW: UP, KNOWN: f'{KNOWN} & (dataframe["way"] == "Up")'},
        {SLOW: UP, KNOWN: f'{KNOWN} & (dataframe["way"] == "up")'},
    ),
    "FG350": Case({"np.nan": "np.NaN", "[np.inf, -np.inf]": "[np.Inf, -np.Inf]"}),
    "FG351": Case(
        {SLOW: CALM.replace("None", "np.nan"), KNOWN: f'{KNOWN} & dataframe["way"].notna()'},
        {SLOW: CALM, KNOWN: f'{KNOWN} & dataframe["way"].notna()'},
    ),
    "FG352": Case(
        {'dataframe["volume"].rolling(20).mean()': 'pd.rolling_mean(dataframe["volume"], 20)'}
    ),
    "FG353": Case({".diff().ffill()": '.diff().fillna(method="ffill")'}),
    "FG354": Case({'np.log(dataframe["close"])': 'np.log(dataframe["close"].clip_lower(0))'}),
    "FG355": Case(
        {
            MERGED: '        btc = btc.set_index("date").resample("24H").last().reset_index()\n'
            + MERGED
        }
    ),
    "FG356": Case({".rolling(20).mean()": ".rolling(20, axis=0).mean()"}),
    "FG357": Case({'frame["rsi"].iloc[-1]': 'frame["rsi"][-1]'}),
    "FG360": Case({KNOWN: SECONDS.replace('.dt.as_unit("ns")', "")}, {KNOWN: SECONDS}),
}


def changed(changes: Changes) -> str:
    text = SOUND
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="module", params=["real", pytest.param("synthetic", marks=pytest.mark.soak)])
def candles(request: pytest.FixtureRequest) -> pd.DataFrame:
    if request.param == "real":
        folder: Path = request.getfixturevalue("shared_data")
        real = pd.read_feather(folder / "demo_1h_2024" / "ETH_USDT-1h.feather")
        return real[1000:3500].reset_index(drop=True)
    made = synthetic_candles(3, 2500)
    made["date"] = pd.date_range("2024-01-01", periods=len(made), freq="1h", tz="UTC")
    return made


@pytest.fixture(scope="module")
def meant(candles: pd.DataFrame) -> Callable[[str], dict[str, Any]]:
    return cache(lambda source: meaning(source, candles))


def test_the_sound_strategy_has_many_signals_and_nothing_to_mend(
    check: Check, meant: Callable[[str], dict[str, Any]]
) -> None:
    """So that what loses its signals cannot look like it."""
    assert [(f.code, f.line) for f in check(SOUND, NAME).findings] == []
    found = meant(SOUND)
    assert min(len(found[name]) for name in SIGNALS) > 5
    assert "pullback" in found["tags"]


def _mended(code: str, check: Check) -> str:
    mended = mend(
        Draft(class_name=NAME, source=changed(CASES[code].written)),
        lambda one: check(one.source, one.class_name),
    )
    assert code in {finding.code for finding in mended.applied}
    assert [f for f in mended.report.findings if f.severity is Severity.ERROR] == []
    return mended.draft.source


@pytest.fixture(scope="module")
def mended(check: Check) -> Callable[[str], str]:
    return cache(lambda code: _mended(code, check))


@pytest.mark.parametrize("code", CASES)
def test_what_is_mended_does_what_its_author_meant(
    code: str,
    mended: Callable[[str], str],
    meant: Callable[[str], dict[str, Any]],
    candles: pd.DataFrame,
) -> None:
    found = meaning(mended(code), candles)
    wanted = meant(changed(CASES[code].meant))
    assert {k: v for k, v in found.items() if v != wanted[k]} == {}


def test_every_kind_of_mending_has_a_case() -> None:
    mending = {
        validator.codes[0]
        for validator in validators()
        if any(bad.fixed is not None for bad in validator.rule().INVALID)
    }
    assert set(CASES) == mending
