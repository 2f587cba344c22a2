"""What the rules know of Freqtrade's interface is what the installed Freqtrade has."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from pathlib import Path

import pytest
from freqtrade.constants import ORDERTIF_POSSIBILITIES, REQUIRED_ORDERTIF, REQUIRED_ORDERTYPES
from freqtrade.strategy import IStrategy
from freqtrade.strategy import __all__ as exported
from freqtrade.strategy.strategyupdater import StrategyUpdater

from freqgen_structure.interface import ATTRIBUTES, CALLBACKS, FREQAI, METHODS
from freqgen_structure.parameters import AUTOMATIC
from freqgen_structure.rules import (
    fg108_old_names,
    fg109_old_columns,
    fg122_order_settings,
    fg123_protections,
    fg136_missing_import,
)
from freqgen_structure.timeframes import USUAL, minutes_of, usual


def _installed(path: str) -> ast.Module:
    spec = importlib.util.find_spec("freqtrade")
    assert spec is not None
    assert spec.origin is not None
    return ast.parse((Path(spec.origin).parent / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks_are_given_what_freqtrade_gives(name: str) -> None:
    taken = [
        parameter.name
        for parameter in inspect.signature(getattr(IStrategy, name)).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD and parameter.name != "self"
    ]
    assert list(CALLBACKS[name].parameters) == taken


def test_no_method_that_a_strategy_may_write_is_missing() -> None:
    internal = {
        "populate_any_indicators", "populate_buy_trend", "populate_sell_trend", "custom_sell",
        "check_buy_timeout", "check_sell_timeout",
    }  # fmt: skip
    documented = {
        name
        for name, method in vars(IStrategy).items()
        if inspect.isfunction(method)
        and (name.startswith(("populate_", "custom_", "confirm_", "adjust_", "check_")))
    }
    assert documented - internal <= METHODS
    assert all(hasattr(IStrategy, name) for name in {*METHODS, *FREQAI})


def test_no_attribute_that_freqtrade_reads_is_missing() -> None:
    tree = _installed("resolvers/strategy_resolver.py")
    read = {
        node.elts[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 2
        and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[0].value, str)
        and node.elts[0].value.isidentifier()
    }
    assert read
    assert read <= ATTRIBUTES


def test_old_names_are_those_of_freqtrades_own_updater() -> None:
    assert StrategyUpdater.function_mapping.items() <= fg108_old_names.METHODS.items()
    for old, new in StrategyUpdater.rename_dict.items():
        assert fg109_old_columns.OLD[old] == new
    settings = {old: new for old, new in StrategyUpdater.name_mapping.items() if new in ATTRIBUTES}
    assert settings.items() <= fg108_old_names.ATTRIBUTES.items()


def test_settings_of_orders_are_freqtrades() -> None:
    needed = fg122_order_settings._NEEDED
    assert list(needed["order_types"]) == REQUIRED_ORDERTYPES
    assert list(needed["order_time_in_force"]) == REQUIRED_ORDERTIF
    assert {name.upper() for name in ORDERTIF_POSSIBILITIES} == fg122_order_settings._FORCE


def test_protections_are_freqtrades() -> None:
    from freqtrade.plugins import protections

    folder = Path(protections.__file__).parent
    read: dict[str, set[str]] = {}
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and "IProtection" in {
                base.id for base in node.bases if isinstance(base, ast.Name)
            }:
                read[node.name] = {
                    call.args[0].value
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "get"
                    and isinstance(call.func.value, ast.Name)
                    and call.func.value.id == "protection_config"
                    and isinstance(call.args[0], ast.Constant)
                }
    assert {name: set(keys) for name, keys in fg123_protections._OWN.items()} == read


def test_names_of_the_strategy_module_are_freqtrades() -> None:
    assert set(exported) == fg136_missing_import._BROUGHT


def test_spaces_are_freqtrades() -> None:
    source = ast.unparse(_installed("strategy/hyper.py"))
    assert f"auto_categories = {list(AUTOMATIC)}" in source


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1h", "1h"), ("60m", "1h"), ("1 h", "1h"), ("1H", "1h"), ("h1", "1h"), ("H4", "4h"),
        ("1hour", "1h"), ("4 hours", "4h"), ("15min", "15m"), ("15 minutes", "15m"), ("5M", "5m"),
        ("1M", "1M"), ("1month", "1M"), ("D1", "1d"), ("1D", "1d"), ("daily", "1d"), ("24h", "1d"),
        ("7d", "1w"), ("300s", "5m"), ("1_h", "1h"), ("5", None), ("7m", None), ("fast", None),
        ("0m", None), ("", None), ("1.5h", None),
    ],
)  # fmt: skip
def test_timeframes_are_understood(text: str, meant: str | None) -> None:
    assert usual(text) == meant


def test_usual_timeframes_are_what_freqtrade_counts() -> None:
    from freqtrade.exchange import timeframe_to_minutes

    for name in USUAL - {"1s"}:
        if name[-1] not in "My":  # their length is a matter of taste
            assert minutes_of(name) == timeframe_to_minutes(name)
