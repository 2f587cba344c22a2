"""Names that a design may not use, because the strategy's code has them already."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

from freqgen import Design, DesignError
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.expressions import FUNCTIONS
from freqgen.design.reserved import (
    COMPILED_METHODS,
    CONFIGURED_ATTRIBUTES,
    FUNCTION_NAMES,
    MODULE_NAMES,
    taken_by_strategy,
)
from tests.design.test_checked import CATALOGUE, changed, check, indicators
from tests.oracle.designs import designs


def parameter(name: str) -> list[dict[str, Any]]:
    """A list with one parameter."""
    return [{"name": name, "low": 1, "high": 50, "default": 30}]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_are_no_names(name: str) -> None:
    """``mean`` is a function, so no indicator and no parameter is called so."""
    for fields in (
        {"indicators": [{"id": name, "function": "RSI"}]},
        {"parameters": parameter(name)},
    ):
        with pytest.raises(DesignError, match="is a function of the rules"):
            Design.from_data(changed(**fields))


def test_the_list_of_functions_is_whole() -> None:
    """It stands apart so that the model need not load the language."""
    assert {*FUNCTIONS} == FUNCTION_NAMES


@pytest.mark.parametrize(
    "name",
    [
        *("atr_stop_rate", "buy_params", "freqai_info", "ft_load_params_from_file", "leverage"),
        *("populate_indicators_4h", "sell_params", "signal_date", "stake_amount", "timeframe"),
        *("trailing_stop_rate", "unfilledtimeout"),
    ],
)
def test_parameters_leave_the_strategy_alone(name: str) -> None:
    """A parameter becomes an attribute of the strategy's class."""
    with pytest.raises(DesignError) as caught:
        check(parameters=parameter(name), entry_long=[f"rsi < {name}"])
    assert caught.value.path == "parameters[0].name"
    assert caught.value.hint == f"call it my_{name}"


def test_everything_that_freqtrade_sets_is_reserved() -> None:
    """Attributes of the installed Freqtrade that are assigned, or taken from the configuration."""
    from freqtrade.resolvers import strategy_resolver
    from freqtrade.strategy import hyper, interface

    names = set()
    for module in (hyper, interface, strategy_resolver):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names.add(node.attr)
            if isinstance(node, ast.Tuple) and isinstance(node.elts[0], ast.Constant):
                names.add(str(node.elts[0].value))
    lower = {name for name in names if name.isidentifier() and name[0].islower()}
    assert {"stake_amount", "unfilledtimeout", "freqai_info"} <= lower
    of_others = {"all", "candle_type", "category", "in_space", "name", "space", "value"}
    assert {name for name in lower if not taken_by_strategy(name)} <= of_others
    assert not CONFIGURED_ATTRIBUTES & COMPILED_METHODS


@pytest.mark.parametrize(
    "name",
    [
        *("Series", "IntParameter", "DecimalParameter", "RealParameter", "DataFrame", "Trade"),
        *("IStrategy", "Any", "Exception", "ValueError", "True", "Nul", "NUL", "Con", "Aux"),
        *("Com1", "Lpt9"),
    ],
)
def test_a_strategy_is_not_called(name: str) -> None:
    """Its name must be free in the module, in Python and as a file on Windows."""
    with pytest.raises(DesignError, match="is taken") as caught:
        Design.from_data(changed(name=name))
    assert caught.value.path == "name"


def test_imported_names_are_known() -> None:
    """Every name with a capital that a compiled strategy defines is on the list."""
    found = set()
    for data in designs(5, 120, CATALOGUE):
        design = Design.from_data(data)
        for node in ast.parse(compile_design(check_design(design, CATALOGUE))).body:
            if isinstance(node, ast.ImportFrom):
                found |= {alias.name for alias in node.names if alias.name[0].isupper()}
    assert found == MODULE_NAMES


def test_compiled_methods_are_known() -> None:
    """Every method of a compiled strategy is reserved."""
    risk = {
        "stoploss": -0.1,
        "stop_atr": {"multiple": 2},
        "trailing": {"multiple": 3},
        "max_holding": "3h",
        "risk_per_trade": 0.01,
        "leverage": 2,
        "target": "close * 2",
        "protections": [{"method": "CooldownPeriod"}],
    }
    slow = {"id": "slow", "function": "RSI", "timeframe": "4h"}
    design = Design.from_data(changed(risk=risk, indicators=indicators(slow)))
    tree = ast.parse(compile_design(check_design(design, CATALOGUE)))
    (cls,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    methods = {node.name for node in cls.body if isinstance(node, ast.FunctionDef)}
    assert methods >= COMPILED_METHODS
    assert {name for name in methods if not taken_by_strategy(name)} == set()


def test_two_markets_of_one_name() -> None:
    """Freqtrade drops the settlement currency from the names of columns."""
    both = indicators(
        {"id": "a", "function": "EMA", "pair": "BTC/USDT", "timeframe": "4h"},
        {"id": "b", "function": "EMA", "pair": "BTC/USDT:USDT", "timeframe": "4h"},
    )
    with pytest.raises(DesignError, match="same name") as caught:
        check(indicators=both)
    assert caught.value.path == "indicators[3].pair"
    both[-1]["timeframe"] = "1d"
    assert check(indicators=both)
