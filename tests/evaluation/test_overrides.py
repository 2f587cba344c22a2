"""What the configuration replaces in a strategy is what Freqtrade replaces, and is named."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from typing import Any

import pytest

from freqgen.evaluation.overrides import OVERRIDING, UNSAID, class_attributes, replaced
from tests.evaluation.strategies import CALLBACKS, PLAIN, every_candle


def freqtrades_list() -> dict[str, Any]:
    """Attributes and defaults, read from the source of Freqtrade's resolver."""
    from freqtrade.resolvers.strategy_resolver import StrategyResolver

    source = textwrap.dedent(inspect.getsource(StrategyResolver.load_strategy))
    assigned = next(
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "attributes"
    )
    found: dict[str, Any] = {}
    for item in getattr(assigned, "elts", ()):
        name, default = item.elts
        text = ast.unparse(default)
        found[ast.literal_eval(name)] = (
            math.inf if text == "float('inf')" else ast.literal_eval(default)
        )
    return found


def test_every_attribute_that_freqtrade_replaces_is_known() -> None:
    assert [*OVERRIDING] == [key for key in freqtrades_list() if key != "timeframe"]


@pytest.mark.parametrize("key", OVERRIDING)
def test_a_strategy_without_a_word_on_it_has_freqtrades_default(key: str) -> None:
    from freqtrade.strategy import IStrategy

    default = getattr(IStrategy, key, freqtrades_list()[key])
    if OVERRIDING[key] is not UNSAID:
        if key == "order_types":  # Freqtrade completes the dictionary of its own class
            default = {name: how for name, how in default.items() if name != "emergency_exit"}
        assert OVERRIDING[key] == default
    elif key != "max_open_trades":
        assert default is None


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "nothing said": ({}, {}, []),
    "the same": ({"stoploss": -0.1}, {"stoploss": -0.1}, []),
    "another stop": ({"stoploss": -0.1}, {"stoploss": -0.2}, ["stoploss = -0.2", "-0.1"]),
    "the default": ({}, {"trailing_stop": False, "use_exit_signal": True}, []),
    "a trailing stop": ({}, {"trailing_stop": True}, ["trailing_stop = true", "false"]),
    "how far it trails": (
        {},
        {"trailing_stop_positive": 0.01},
        ["trailing_stop_positive = 0.01", "null"],
    ),
    "no exit signals": ({}, {"use_exit_signal": False}, ["use_exit_signal = false", "true"]),
    "more entries": (
        {},
        {"position_adjustment_enable": True},
        ["position_adjustment_enable = true", "false"],
    ),
    "market orders": ({}, {"order_types": {"entry": "market"}}, ['{"entry": "market"}', "limit"]),
    "targets, as JSON has them": ({"minimal_roi": {0: 0.1}}, {"minimal_roi": {"0": 0.1}}, []),
    "other targets": (
        {"minimal_roi": {0: 0.1}},
        {"minimal_roi": {"0": 0.2}},
        ['{"0": 0.2}', '{"0": 0.1}'],
    ),
    "slots that the strategy leaves open": ({}, {"max_open_trades": 3}, []),
    "no limit, in two spellings": ({"max_open_trades": -1}, {"max_open_trades": math.inf}, []),
    "no limit instead of one": (
        {"max_open_trades": 2},
        {"max_open_trades": math.inf},
        ["max_open_trades = unlimited", "2"],
    ),
    "a property, which Freqtrade leaves alone": (
        {"stoploss": property(lambda _: -0.1)},
        {"stoploss": -0.2},
        [],
    ),
    "another timeframe, which is never passed on": ({"timeframe": "1h"}, {"timeframe": "5m"}, []),
}


@pytest.mark.parametrize(("own", "config", "words"), CASES.values(), ids=CASES)
def test_both_values_are_named(
    own: dict[str, Any], config: dict[str, Any], words: list[str]
) -> None:
    warnings = replaced(own, config)
    assert len(warnings) == bool(words)
    assert all(word in warnings[0] for word in words)


def test_what_is_asked_for_is_no_surprise() -> None:
    assert replaced({"max_open_trades": 2}, {"max_open_trades": 1}, ["max_open_trades"]) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Plain", PLAIN),
        ("Callbacks", CALLBACKS),
        ("EveryCandle", every_candle(attributes="    trailing_stop: bool = True\n").source),
    ],
)
def test_attributes_are_read_as_python_has_them(name: str, source: str) -> None:
    space: dict[str, Any] = {}
    exec(source, space)
    wanted = {key: value for key, value in vars(space[name]).items() if key in OVERRIDING}
    found = class_attributes(source, name)
    assert wanted
    assert {key: value for key, value in found.items() if key in OVERRIDING} == wanted


def test_what_is_computed_is_not_guessed() -> None:
    source = (
        "class B:\n    stoploss = -0.5\n\nclass A:\n    x: int\n    stoploss = f()\n    y = f()\n"
    )
    assert class_attributes(source, "A") == {"stoploss": UNSAID}
    assert replaced(class_attributes(source, "A"), {"stoploss": -0.1}) == []
