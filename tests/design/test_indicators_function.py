"""Indicators of a plugin author's function."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from freqgen.design.indicators import Indicator, Output, Param
from freqgen.design.indicators_function import function_indicator
from freqgen.design.warmup import synthetic_candles
from freqgen.exceptions import DesignError, PluginError
from tests.design import plugin_functions

CANDLES = synthetic_candles(5, 300)
LENGTH = Param(name="length", kind="int", default=5, low=1, high=100, description="candles")
FACTOR = Param(name="factor", kind="float", default=1.0, low=0, high=9, description="factor")
RATIO = Param(name="ratio", kind="float", default=0.02, low=0, high=1, description="distance")
PAIR = (Output(name="up", native="env_up"), Output(name="down", native="env_down"))


def midline() -> Indicator:
    return function_indicator(
        name="MIDLINE",
        function=plugin_functions.midline,
        title="Average of the range",
        inputs=("high", "low"),
        params=(LENGTH, FACTOR),
    )


def test_it_is_an_indicator_like_any_other() -> None:
    entry = midline()
    assert (entry.library, entry.group) == ("tests", "custom")
    assert [output.name for output in entry.outputs] == ["value"]
    assert entry.lookback() == 4
    assert entry.warmup({"length": 20}) == 20
    assert entry.resolve({"factor": 2}) == {"length": 5, "factor": 2.0}
    with pytest.raises(DesignError, match="between 1 and 100"):
        entry.compute(CANDLES, {"length": 0})


def test_a_function_that_never_gives_a_value_never_settles() -> None:
    entry = function_indicator(name="NEVER", function=plugin_functions.never, title="Nothing")
    assert entry.lookback() == len(synthetic_candles())
    with pytest.raises(DesignError, match="more candles than"):
        entry.warmup()


@pytest.mark.parametrize("sources", [(), ("high",)], ids=["default", "source"])
@pytest.mark.parametrize(
    ("function", "outputs"),
    [("envelope", PAIR), ("envelope_frame", PAIR)],
    ids=["tuple", "frame"],
)
def test_the_code_imports_the_function_and_gives_the_same(
    function: str, outputs: tuple[Output, ...], sources: tuple[str, ...]
) -> None:
    entry = function_indicator(
        name="ENVELOPE",
        function=getattr(plugin_functions, function),
        title="Envelope",
        sources="close",
        params=(RATIO,),
        outputs=outputs,
    )
    computed = entry.compute(CANDLES, sources=sources)
    for columns in ({"up": "env_up", "down": "env_down"}, {"down": "low_line"}):
        code = entry.code(frame="df", columns=columns, sources=sources)
        assert code.imports == (f"from tests.design.plugin_functions import {function}",)
        names: dict[str, Any] = {"df": CANDLES.copy()}
        exec("\n".join([*code.imports, *code.lines]), names)
        for output, column in columns.items():
            pd.testing.assert_series_equal(names["df"][column], computed[output], check_names=False)


def test_a_single_series_is_assigned_in_one_line() -> None:
    code = midline().code(columns={"value": "mid"})
    assert code.lines == (
        'dataframe["mid"] = midline(dataframe["high"], dataframe["low"], length=5, factor=1.0)',
    )


def nested() -> Any:
    def inside(close: pd.Series) -> pd.Series:
        return close

    return inside


def renamed(close: pd.Series) -> pd.Series:
    return close


stolen = renamed


class Holder:
    def method(self, close: pd.Series) -> pd.Series:
        return close


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda close: close, "a lambda cannot be imported"),
        (nested(), "inside cannot be imported"),
        (Holder().method, "method cannot be imported"),
        (len, "len cannot be imported by name"),
    ],
    ids=["lambda", "nested", "method", "builtin"],
)
def test_functions_that_a_strategy_could_not_import(function: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message) as caught:
        function_indicator(name="MINE", function=function, title="Mine")
    assert "module" in caught.value.hint


def test_a_function_that_is_not_what_its_module_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.renamed", None)
    with pytest.raises(PluginError, match="renamed cannot be imported from"):
        function_indicator(name="MINE", function=stolen, title="Mine")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "mine"}, "no name of an indicator"),
        ({"name": ""}, "no name of an indicator"),
        ({"inputs": ("high",)}, "does not take"),
        ({"params": (RATIO,)}, "does not take"),
        ({"params": (LENGTH, LENGTH)}, "length"),
        ({"outputs": (PAIR[0], PAIR[0])}, "no name or is there twice"),
        ({"outputs": (Output(name="a b", native="x"),)}, "no name or is there twice"),
        (
            {
                "params": (
                    Param(name="length", kind="int", default=9, low=1, high=2, description=""),
                )
            },
            "out of its range",
        ),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_registered(
    change: dict[str, Any], message: str
) -> None:
    good: dict[str, Any] = {
        "name": "MIDLINE",
        "function": plugin_functions.midline,
        "title": "Average of the range",
        "inputs": ("high", "low"),
        "params": (LENGTH, FACTOR),
    }
    with pytest.raises(PluginError, match=message):
        function_indicator(**{**good, **change})


@pytest.mark.parametrize(
    ("function", "outputs", "message"),
    [
        ("as_list", (), "list instead of a Series"),
        ("reindexed", (), "another index"),
        ("words", (), "no numbers"),
        ("infinite", (), "infinite values"),
        ("three", PAIR, "3 series for 2 outputs"),
        ("envelope_frame", (Output(name="x", native="other"),), "no column other"),
    ],
)
def test_a_function_that_breaks_its_word_is_named(
    function: str, outputs: tuple[Output, ...], message: str
) -> None:
    entry = function_indicator(
        name="MINE", function=getattr(plugin_functions, function), title="Mine", outputs=outputs
    )
    with pytest.raises(PluginError, match=message) as caught:
        entry.compute(CANDLES)
    assert "MINE" in str(caught.value)
