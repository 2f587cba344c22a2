"""A strategy that peeks in backtests alone, and what a backtest does about it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
from freqtrade.enums import CandleType

from freqgen.draft import Draft, ValidatedDraft
from freqgen.evaluation.callbacks import Log
from freqgen.evaluation.engine import BacktestRequest, Engine
from freqgen.evaluation.spot_check import Until, answered_otherwise, differing, draw, there
from freqgen.exceptions import StrategyFault
from freqgen.finding import Severity
from tests.evaluation.conftest import walk, write_candles
from tests.evaluation.strategies import PLAIN

PEEKS = PLAIN.replace("class Plain", "class Peeks").replace(
    '        dataframe.loc[dataframe["rsi"] < 35',
    "        if len(dataframe) > 1500:\n"
    '            rises = dataframe["close"].shift(-3) > dataframe["close"]\n'
    '            dataframe["rsi"] = 50 - 30 * rises\n'
    '        dataframe.loc[dataframe["rsi"] < 35',
)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    for number, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        write_candles(folder, pair, walk(number, 1000.0, 3000, 2))
    return folder


@pytest.fixture(scope="module")
def engine(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    config = {"exchange": {"name": "binance"}, "max_open_trades": 2}
    with Engine(config=config, userdir=tmp_path_factory.mktemp("u"), datadir=market) as engine:
        yield engine  # type: ignore[misc]


def _request(source: str, name: str) -> BacktestRequest:
    return BacktestRequest(
        draft=cast(ValidatedDraft, Draft(class_name=name, source=source)),
        timeframe="1h",
        pairs=("BTC/USDT", "ETH/USDT"),
        store=False,
    )


def test_a_strategy_that_peeks_where_there_are_many_candles(engine: Engine) -> None:
    """No trial of validation has so many; a backtest has, and all cuts that may be drawn do.

    Each of its signals comes from a later candle, so that any draw shows it.
    """
    with pytest.raises(StrategyFault, match="knows the future in the backtest") as raised:
        engine.backtest(_request(PEEKS, "Peeks"))
    assert raised.value.finding.code == "FG820"
    assert "enter_long" in raised.value.finding.message


def test_a_sound_strategy_is_left_alone(engine: Engine) -> None:
    assert engine.backtest(_request(PLAIN, "Plain")).trades > 0


HIDES = {
    "says that there is no data": 'raise ValueError("No data found.")',
    "says that all of it is warm-up": 'raise ValueError("No data left after adjusting")',
    "gives another date": 'dataframe.loc[60, "date"] = dataframe["date"].iloc[61]',
    "gives fewer candles": "return dataframe.iloc[5:]",
    "ends": "raise SystemExit(0)",
}
"""What a strategy that peeks could do where it is looked at again."""


@pytest.mark.parametrize("way", HIDES)
def test_what_fails_without_later_candles_alone_is_no_way_out(engine: Engine, way: str) -> None:
    hidden = PEEKS.replace(
        "        if len(dataframe) > 1500:\n",
        "        if len(dataframe) < 3000:\n"
        f"            {HIDES[way]}\n"
        "        elif len(dataframe) > 1500:\n",
    )
    with pytest.raises(StrategyFault, match="are missing, Peeks") as raised:
        engine.backtest(_request(hidden, "Peeks"))
    assert raised.value.finding.severity is Severity.ERROR


EARLY = PLAIN.replace("class Plain", "class Peeks").replace(
    '        dataframe.loc[dataframe["rsi"] < 35',
    '        ahead = dataframe["close"].shift(-3) > dataframe["close"]\n'
    "        early = dataframe.index < 1500\n"
    '        dataframe["rsi"] = (50 - 30 * ahead).where(early, 50)\n'
    '        dataframe.loc[dataframe["rsi"] < 35',
)


def test_a_strategy_that_peeks_in_the_earlier_half_alone(engine: Engine) -> None:
    with pytest.raises(StrategyFault, match="knows the future in the backtest"):
        engine.backtest(_request(EARLY, "Peeks"))


CALLBACK = """
    def confirm_trade_entry(
        self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs
    ):
        return ANSWER
"""
KEEPS = PLAIN.replace("class Plain", "class Peeks").replace(
    '        dataframe["rsi"] =',
    '        self.kept = getattr(self, "kept", {})\n'
    '        self.kept[metadata["pair"]] = dataframe.set_index("date")["close"]\n'
    '        dataframe["rsi"] =',
)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("source", "answer"),
    [
        (KEEPS, "len(self.kept[pair].loc[current_time:].head(6)) == 6"),
        (
            PEEKS.replace("-= 30", "+= 0").replace(
                '        dataframe.loc[dataframe["rsi"] < 35, ["enter_long", "enter_tag"]] = '
                '(1, "low_rsi")',
                '        tag = (dataframe["close"].shift(-3) > dataframe["close"])\n'
                '        dataframe["enter_tag"] = tag.map({True: "good", False: "bad"})\n'
                '        dataframe["enter_long"] = 1',
            ),
            'entry_tag == "good"',
        ),
    ],
    ids=["keeps candles", "reads tags"],
)
def test_a_callback_that_peeks_where_there_are_many_candles(
    engine: Engine, source: str, answer: str
) -> None:
    with pytest.raises(StrategyFault, match="knows the future in the backtest"):
        engine.backtest(_request(source + CALLBACK.replace("ANSWER", answer), "Peeks"))


@pytest.mark.soak
def test_a_sound_callback_is_left_alone(engine: Engine) -> None:
    sound = PLAIN + CALLBACK.replace("ANSWER", "current_time.hour != 5")
    assert engine.backtest(_request(sound, "Plain")).trades > 0


def _log(*entries: tuple[str, int, float]) -> Log:
    log = Log()
    for call, time, number in entries:
        log._add(call, "A/B", time, 1, (2, number, None))
    return log


def _dated(count: int) -> pd.DataFrame:
    return pd.DataFrame({"date": pd.date_range("2024-01-01", periods=count, freq="1h", tz="UTC")})


def test_what_is_drawn_has_a_past_and_a_future() -> None:
    """Another pair and other places every time, one in each half."""
    data = {"A/B": _dated(1000), "C/D": _dated(10)}
    none = {pair: pd.DataFrame() for pair in data}
    dates = data["A/B"]["date"]
    drawn = [draw(data, none, Log(), 100) for _ in range(200)]
    for half, first, last in ((0, 393, 686), (1, 686, 980)):
        rows = [int(dates.searchsorted(moments[half])) for moments in drawn]
        assert min(rows) >= first
        assert max(rows) < last
        assert len(set(rows)) > 50
    assert draw({"C/D": data["C/D"]}, none, Log(), 0) == []
    some = pd.DataFrame({"enter_long": [int(row in {50, 400, 700, 999}) for row in range(1000)]})
    assert draw({"A/B": data["A/B"]}, {"A/B": some}, Log(), 100) == [dates[400], dates[700]]


def test_pairs_that_had_just_come_are_left_out() -> None:
    """What a strategy reads beside them may not have been there yet."""
    data = {"OLD/B": _dated(1000), "NEW/B": _dated(1000).iloc[600:].reset_index(drop=True)}
    dates = data["OLD/B"]["date"]
    assert there(data, dates[650], 30) == ["OLD/B"]
    assert there(data, dates[850], 30) == ["OLD/B", "NEW/B"]
    assert there(data, dates[100], 30) == []


def test_answers_that_are_unusual_are_looked_at() -> None:
    """Right after one, where the candles that it might have known end; and after any."""
    data = {"A/B": _dated(1000)}
    none = {"A/B": pd.DataFrame()}
    dates = data["A/B"]["date"]
    moments = [int(date.timestamp() * 1000) for date in dates]
    said = {150: 9.0, 450: 9.0, 800: 9.0}
    log = _log(*(("custom_exit", moments[row], said.get(row, 1.0)) for row in range(100, 999)))
    drawn = [draw(data, none, log, 100)[1:] for _ in range(60)]
    unusual = [(early == dates[451], late == dates[801]) for early, late in drawn]
    assert all(any(one) for one in unusual), "one of the two follows an unusual answer"
    assert {True, False} == {early for early, _ in unusual} == {late for _, late in unusual}


def test_signals_are_compared_as_freqtrade_reads_them() -> None:
    full = pd.DataFrame({"enter_long": [1, 0, None, 1.0], "enter_tag": ["a", "b", "c", "d"]})
    cut = pd.DataFrame({"enter_long": [True, False, 0], "enter_tag": ["a", "x", None]})
    assert differing(full, cut) is None, "tags without a signal do not matter"
    assert differing(full, cut.assign(enter_tag="x")) == ("enter_tag", 0)
    assert differing(full, pd.DataFrame({"enter_long": [1, 1, 0]})) == ("enter_long", 1)
    assert differing(full, pd.DataFrame({"close": [1.0, 2.0]})) == ("enter_long", 0)


ANSWERS = [
    ("custom_exit", 1, 1.0),
    ("lock_pair", 0, 5.0),
    ("custom_exit", 2, math.nan),
    ("custom_exit", 3, 3.0),
    ("lock_pair", 0, 6.0),
]


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (ANSWERS, None),
        (ANSWERS[:3], None),
        ([*ANSWERS[:3], ("custom_exit", 4, 9.0)], None),
        ([("custom_exit", 1, 1.0 + 1e-12), *ANSWERS[1:]], None),
        ([("custom_exit", 1, 1.1), *ANSWERS[1:]], ("custom_exit", "A/B", 1)),
        (ANSWERS[:1], ("lock_pair", "A/B", 0)),
        ([*ANSWERS[:3], ("custom_exit", 2, 0.0)], ("custom_exit", "A/B", 2)),
    ],
    ids=["same", "ends", "later ones", "rounding", "another number", "less", "more"],
)
def test_answers_are_compared_until_the_end(
    cut: list[tuple[str, int, float]], said: tuple[str, str, int] | None
) -> None:
    """What comes after the moment, locks without a time included, does not count."""
    assert answered_otherwise(_log(*ANSWERS), _log(*cut), 2) == said


def test_only_candles_that_have_closed_are_there() -> None:
    class Hours:
        def load(self, pair: str, timeframe: str, candle_type: object) -> pd.DataFrame:
            del pair, candle_type
            frequency = timeframe.replace("d", "D")
            return pd.DataFrame(
                {"date": pd.date_range("2024-01-01", periods=50, freq=frequency, tz="UTC")}
            )

    until = Until(Hours(), pd.Timestamp("2024-01-02 05:00", tz="UTC"))
    assert until.load("A/B", "1h", "spot")["date"].iloc[-1].hour == 4  # type: ignore[arg-type]
    assert len(until.load("A/B", "1d", "spot")) == 1  # type: ignore[arg-type]
    fees = until.load("A/B", "8h", CandleType.FUNDING_RATE)
    assert fees["date"].iloc[-1].hour == 0, "of funding, the one that has opened too"
