"""Protections are checked before a bot or a backtest could stumble over them."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from freqgen import Design, DesignError
from freqgen.design.protections import PROTECTIONS
from tests.design.running import load_strategy
from tests.design.test_checked import changed
from tests.design.test_compiler import compiled

WRONG: list[tuple[Any, str, str]] = [
    ({}, "[0].method", "is missing"),
    ({"method": "Nope"}, "[0].method", "no protection of Freqtrade"),
    ({"method": "Cooldown"}, "[0].method", "use CooldownPeriod"),
    ({"method": 3}, "[0].method", "no protection of Freqtrade"),
    ({"method": "CooldownPeriod", "stop_duration": "x"}, "[0].stop_duration", "a whole number"),
    ({"method": "CooldownPeriod", "stop_duration": 0}, "[0].stop_duration", "a whole number"),
    ({"method": "CooldownPeriod", "stop_duration": True}, "[0].stop_duration", "a whole number"),
    ({"method": "CooldownPeriod", "stop_duration": 2.5}, "[0].stop_duration", "a whole number"),
    ({"method": "CooldownPeriod", "stop_duration": 10**9}, "[0].stop_duration", "10,000,000"),
    ({"method": "CooldownPeriod", "stop_duration": {}}, "[0].stop_duration", "a whole number"),
    (
        {"method": "CooldownPeriod", "stop_durations": 5},
        "[0].stop_durations",
        "the nearest field is stop_duration",
    ),
    ({"method": "CooldownPeriod", "trade_limit": 5}, "[0].trade_limit", "is not a field of"),
    (
        {"method": "CooldownPeriod", "stop_duration": 5, "stop_duration_candles": 5},
        "[0].stop_duration_candles",
        "in two ways",
    ),
    (
        {"method": "StoplossGuard", "lookback_period": 5, "lookback_period_candles": 5},
        "[0].lookback_period_candles",
        "keep lookback_period",
    ),
    (
        {"method": "StoplossGuard", "unlock_at": "10:00", "stop_duration": 5},
        "[0].stop_duration",
        "in two ways",
    ),
    ({"method": "StoplossGuard", "unlock_at": "25:00"}, "[0].unlock_at", "a time of the day"),
    ({"method": "StoplossGuard", "unlock_at": "1٣:00"}, "[0].unlock_at", "a time of the day"),
    ({"method": "StoplossGuard", "only_per_pair": 1}, "[0].only_per_pair", "true or false"),
    ({"method": "LowProfitPairs", "required_profit": "1"}, "[0].required_profit", "a number"),
    ({"method": "MaxDrawdown", "calculation_mode": "x"}, "[0].calculation_mode", '"equity"'),
]


@pytest.mark.parametrize(("entry", "path", "says"), WRONG, ids=[str(w[0])[:60] for w in WRONG])
def test_wrong(entry: dict[str, Any], path: str, says: str) -> None:
    """What Freqtrade would ignore, or fail at while it runs, is named with its path."""
    with pytest.raises(DesignError) as caught:
        Design.from_data(changed(risk={"stoploss": -0.1, "protections": [entry]}))
    assert caught.value.path == f"risk.protections{path}"
    assert says in f"{caught.value} {caught.value.hint}"


def test_too_many() -> None:
    """A list of any length would be asked at every trade."""
    many = [{"method": "CooldownPeriod"}] * 21
    with pytest.raises(DesignError, match="at most 20"):
        Design.from_data(changed(risk={"stoploss": -0.1, "protections": many}))


RIGHT: list[dict[str, Any]] = [
    {"method": "CooldownPeriod"},
    {"method": "CooldownPeriod", "unlock_at": "09:30"},
    {
        "method": "StoplossGuard",
        "lookback_period_candles": 24,
        "trade_limit": 4,
        "stop_duration_candles": 4,
        "required_profit": 0.0,
        "only_per_pair": False,
        "only_per_side": True,
    },
    {
        "method": "MaxDrawdown",
        "lookback_period": 2880,
        "trade_limit": 20,
        "stop_duration": 60,
        "max_allowed_drawdown": 0.2,
        "calculation_mode": "equity",
    },
    {
        "method": "LowProfitPairs",
        "lookback_period_candles": 6,
        "trade_limit": 2,
        "stop_duration": 60,
        "required_profit": 0.02,
        "only_per_pair": False,
    },
]


@pytest.mark.parametrize("entry", RIGHT, ids=lambda entry: f"{entry['method']} {len(entry)}")
def test_freqtrade_takes_what_is_right(entry: dict[str, Any]) -> None:
    """The list reaches the strategy as it is, and Freqtrade makes a protection of it."""
    from freqtrade.plugins.protectionmanager import ProtectionManager

    source = compiled(risk={"stoploss": -0.1, "protections": [entry]})
    strategy = load_strategy(source, "Example")
    assert strategy.protections == [entry]
    manager = ProtectionManager({"timeframe": "1h"}, strategy.protections)
    assert manager.name_list == [entry["method"]]


def test_methods_and_fields_are_those_of_freqtrade() -> None:
    """Every protection of the installed Freqtrade, with every field that its source reads."""
    from freqtrade.plugins import protections
    from freqtrade.resolvers import ProtectionResolver

    common = _fields_read(Path(inspect.getfile(protections.IProtection)))
    found = {}
    for entry in ProtectionResolver.search_all_objects({}, enum_failed=False):
        if entry["name"] != "IProtection":
            found[entry["name"]] = common | _fields_read(Path(entry["location"]))
    extra = {"LowProfitPairs": {"only_per_pair"}}
    assert {name: {*fields} for name, fields in PROTECTIONS.items()} == {
        name: fields | extra.get(name, set()) for name, fields in found.items()
    }


def _fields_read(path: Path) -> set[str]:
    """Keys that a module takes from ``protection_config``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
