"""The file of a stand-in holds data, whatever a strategy said of itself."""

from __future__ import annotations

import ast
import inspect
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from freqtrade.enums import CandleType, TradingMode
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy import IStrategy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freqgen.evaluation.callbacks import CALLBACKS, Log, Replay
from freqgen.evaluation.declared import ATTRIBUTES, Declared
from freqgen.evaluation.hearing import differs
from freqgen.evaluation.standin import StandIn, write_standin
from freqgen.sandbox.channel import Garbled

NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            '"; import os; os._exit(3)  #',
            "'''\nimport os\nos._exit(3)\n'''",
            "\\",
            "\\'",
            "\r\nimport os\r\n",
            "\x00",
            "\u2028import os",
            "{__import__('os')}",
            "%s\\N{BULLET}",
            "\ufeff",
            "# -*- coding: utf-7 -*-",
        ]
    ),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY, inner, max_size=3),
    max_leaves=6,
)
MINUTES = st.integers(-(10**14), 10**14).map(str)


def said(attributes: Mapping[str, Any], **more: Any) -> Declared:
    """A declaration."""
    usual = {"timeframe": "1h", "stoploss": -0.1}
    return Declared.from_data(
        {
            "attributes": {**usual, **attributes},
            "own": {},
            "callbacks": [],
            "after_fill": False,
            "informative": [],
            "engine": [],
            **more,
        }
    )


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Freqtrade writes every attribute to its log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    attributes=st.dictionaries(st.sampled_from([*ATTRIBUTES]), PLAIN, max_size=4),
    changed=st.dictionaries(st.sampled_from([*ATTRIBUTES]), PLAIN, max_size=2),
    roi=st.dictionaries(MINUTES, st.none() | st.floats(-1e9, 1e9), max_size=3),
    order_types=st.dictionaries(NASTY, PLAIN, max_size=3),
    timeframe=NASTY,
)
def test_no_attribute_is_more_than_a_value(
    attributes: dict[str, Any],
    changed: dict[str, Any],
    roi: dict[str, float],
    order_types: dict[str, Any],
    timeframe: str,
    tmp_path: Path,
) -> None:
    more = {"minimal_roi": roi, "order_types": order_types, "timeframe": timeframe}
    try:
        declared = said({**attributes, **more}, changed=changed)
    except Garbled:
        return
    file = write_standin(tmp_path, "Any", declared)
    tree = ast.parse(file.read_bytes())
    docstring, imported, kind = tree.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(imported, ast.ImportFrom)
    assert imported.module == "freqgen.evaluation.standin"
    assert isinstance(kind, ast.ClassDef)
    found = {}
    for statement in kind.body:
        assert isinstance(statement, ast.Assign)
        (target,) = statement.targets
        assert isinstance(target, ast.Name)
        calls = [node for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
        assert {ast.unparse(call) for call in calls} <= {"float('inf')"}
        names = [node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)]
        assert set(names) <= {"float"}
        code = compile(ast.Expression(statement.value), "x", "eval")
        found[target.id] = eval(code, {"__builtins__": {}, "float": float})
    assert found.pop("changed").keys() == changed.keys()
    assert found.keys() == declared.attributes.keys()
    plain = declared.attributes.keys() - {"minimal_roi", "max_open_trades"}
    assert {name: found[name] for name in plain} == {
        name: declared.attributes[name] for name in plain
    }


CONFIG: dict[str, Any] = {
    "strategy": "Replaced",
    "stake_currency": "USDT",
    "stake_amount": 10,
    "trading_mode": TradingMode.SPOT,
    "candle_type_def": CandleType.SPOT,
    "dry_run": True,
}


def loaded(folder: Path, declared: Declared) -> StandIn:
    """The stand-in as Freqtrade's own resolver gives it."""
    write_standin(folder, "Replaced", declared)
    config = {**CONFIG, "strategy_path": str(folder), "user_data_dir": folder}
    found = StrategyResolver.load_strategy(config)
    assert isinstance(found, StandIn)
    return found


def test_freqtrades_resolver_loads_it(tmp_path: Path) -> None:
    roi = {"60": 0.01, "0": 0.1, "90": None}
    strategy = loaded(
        tmp_path,
        said(
            {"minimal_roi": roi, "max_open_trades": -1, "can_short": False},
            callbacks=[*CALLBACKS],
            after_fill=True,
            changed={"minimal_roi": {"0": None}, "stoploss": -0.02, "max_open_trades": -1},
        ),
    )
    assert strategy.minimal_roi == {0: 0.1, 60: 0.01, 90: float("inf")}
    assert list(strategy.minimal_roi) == [0, 60, 90]
    assert strategy.max_open_trades == float("inf")
    assert strategy._ft_stop_uses_after_fill
    strategy.bot_start()
    assert strategy.minimal_roi == {0: float("inf")}
    assert strategy.stoploss == -0.02
    assert strategy.max_open_trades == float("inf")


def test_it_asks_the_log_for_every_callback(tmp_path: Path) -> None:
    declared = said({}, callbacks=[*CALLBACKS], after_fill=True)
    strategy = loaded(tmp_path, declared)
    log = Log()
    asked = {"pair": "BTC/USDT", "current_time": pd.Timestamp("2024-01-05", tz="UTC")}
    for number, name in enumerate(CALLBACKS):
        log.record(name, lambda number=number, **_named: number / 8)(**asked)
    with pytest.raises(RuntimeError, match="no answers"):
        strategy.bot_loop_start(**asked)
    strategy.replay = Replay(log)
    for number, name in enumerate(CALLBACKS):
        more = {"trade": None, "current_rate": 1.0, "current_profit": 0.0}
        given = {**asked, **more} if name == "custom_stoploss" else asked
        found = getattr(strategy, name)(**given)
        if name in {"bot_loop_start", "order_filled"}:
            assert found is None
        elif name.startswith(("check", "confirm")) or name == "custom_exit":
            assert found is bool(number)
        else:
            assert found == number / 8
    assert strategy.replay.finished


@pytest.mark.parametrize("name", CALLBACKS)
def test_freqtrade_copies_no_trade_for_it(tmp_path: Path, name: str) -> None:
    """It does so for what may change one, and a copy of a trade takes longer than an answer."""
    strategy = loaded(tmp_path, said({}, callbacks=[name]))
    assert getattr(strategy, name).__qualname__.startswith("IStrategy.")
    assert getattr(type(strategy), name) is not getattr(IStrategy, name)
    assert not strategy._ft_stop_uses_after_fill
    if name == "custom_stoploss":
        assert "after_fill" not in inspect.getfullargspec(strategy.custom_stoploss).args


def test_its_signals_stand_beside_candles_that_nobody_touched(tmp_path: Path) -> None:
    strategy = loaded(tmp_path, said({}))
    candles = pd.DataFrame({"date": [1, 2], "close": [1.0, 2.0]})
    strategy.signals = {"BTC/USDT": pd.DataFrame({"enter_long": [1, 0], "enter_tag": ["a", None]})}
    metadata = {"pair": "BTC/USDT"}
    assert strategy.advise_indicators(candles, metadata) is candles
    found = strategy.ft_advise_signals(candles.copy(), metadata)
    assert list(found.columns) == ["date", "close", "enter_long", "enter_tag"]
    for method in ("populate_indicators", "populate_entry_trend", "populate_exit_trend"):
        assert getattr(strategy, method)(candles, metadata) is candles


DATES = pd.date_range("2024-01-01", periods=3, freq="1h", tz="UTC")


@pytest.mark.parametrize(
    ("found", "wanted", "row"),
    [
        ([1.0, 2.0], [1.0, 2.0], None),
        ([1, 2], [1.0, 2.0], None),
        ([1.0, 2.1], [1.0, 2.0], 1),
        ([float("nan"), 2.0], [float("nan"), 2.0], None),
        ([float("nan"), 2.0], [1.0, 2.0], 0),
        (["a", "b"], [1.0, 2.0], 0),
        ([None, 2.0], [float("nan"), 2.0], None),
        (DATES, DATES, None),
        (DATES.as_unit("ms"), DATES.as_unit("ns"), None),
        (DATES.as_unit("s"), DATES.as_unit("ms"), None),
        (DATES + pd.Timedelta("1s"), DATES, 0),
        (["2024-01-01", "x", "y"], DATES, 0),
        ([0, 1, 2], DATES, 0),
        (DATES.tz_localize(None), DATES, 0),
        (DATES.tz_convert("Europe/Zurich"), DATES, None),
    ],
    ids=str,
)
def test_candles_that_are_others(found: Any, wanted: Any, row: int | None) -> None:
    assert differs(pd.Series(found), pd.Series(wanted)) == row
