"""What a design must fulfil beyond its schema, and what it needs of history."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from freqgen import Design, DesignError
from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.reserved import STRATEGY_ATTRIBUTES

CATALOGUE = Catalogue(builtin_indicators())

BASE: dict[str, Any] = {
    "name": "Example",
    "timeframe": "1h",
    "indicators": [
        {"id": "rsi", "function": "RSI"},
        {"id": "bb", "function": "BBANDS", "params": {"timeperiod": 20}},
    ],
    "entry_long": ["rsi < 30", "close < bb.lower"],
    "risk": {"stoploss": -0.05},
}


def changed(**fields: Any) -> dict[str, Any]:
    """The example with other fields."""
    return {**deepcopy(BASE), **fields}


def check(**fields: Any) -> CheckedDesign:
    """Check the example with other fields."""
    return check_design(Design.from_data(changed(**fields)), CATALOGUE)


def indicators(*specs: dict[str, Any]) -> list[dict[str, Any]]:
    """The example's indicators and more."""
    return [*BASE["indicators"], *specs]


SCHEMA = [
    ({"timeframe": "1hour"}, "timeframe", '"1hour" is no timeframe'),
    ({"name": "lower"}, "name", "is not a class name"),
    ({"name": "IStrategy"}, "name", "is taken"),
    ({"kind": "magic"}, "kind", "is none of"),
    ({"entry_long": []}, "", "there is no entry rule"),
    ({"entry_short": ["rsi > 70"]}, "", "can_short"),
    ({"contract": 2}, "contract", "input should be 1"),
    ({"enty_long": []}, "enty_long", "is not a field of a design"),
    ({"risk": {}}, "risk.stoploss", "is missing"),
    ({"risk": {"stoploss": 0.05}}, "risk.stoploss", "less than 0"),
    ({"risk": {"stoploss": -1}}, "risk.stoploss", "greater than -1"),
    ({"risk": {"stoploss": -0.1, "take_profit": 0}}, "risk.take_profit", "greater than 0"),
    (
        {"risk": {"stoploss": -0.1, "take_profit": 0.1, "roi": {"0": 0.1}}},
        "risk",
        "two ways to say the same",
    ),
    ({"risk": {"stoploss": -0.1, "roi": {"one": 0.1}}}, "risk.roi", "number of minutes"),
    ({"risk": {"stoploss": -0.1, "roi": {"0": 0.1, "00": 0.2}}}, "risk.roi", "twice"),
    ({"risk": {"stoploss": -0.1, "roi": {"0": -2}}}, "risk.roi", "below -1"),
    ({"risk": {"stoploss": -0.1, "max_holding": "24x"}}, "risk.max_holding", "no duration"),
    ({"risk": {"stoploss": -0.1, "max_holding": "0h"}}, "risk.max_holding", "no duration"),
    (
        {"risk": {"stoploss": -0.1, "trailing": {"ratio": 0.05, "offset": 0.01}}},
        "risk.trailing",
        "offset must be larger",
    ),
    (
        {"risk": {"stoploss": -0.1, "trailing": {"multiple": 3, "perod": 22}}},
        "risk.trailing.perod",
        "is not a field",
    ),
    (
        {"risk": {"stoploss": -0.1, "max_holding": {"candles": 0}}},
        "risk.max_holding.candles",
        "or equal to 1",
    ),
    ({"risk": {"stoploss": -0.1, "leverage": 0.5}}, "risk.leverage", "greater than or equal to 1"),
    ({"risk": {"stoploss": -0.1, "risk_per_trade": 2}}, "risk.risk_per_trade", "or equal to 1"),
    ({"indicators": [{"id": "close", "function": "RSI"}]}, "indicators[0].id", "column of"),
    ({"indicators": [{"id": "a__b", "function": "RSI"}]}, "indicators[0].id", "two underscores"),
    ({"indicators": [{"id": "class", "function": "RSI"}]}, "indicators[0].id", "word of Python"),
    ({"indicators": [{"id": "1a", "function": "RSI"}]}, "indicators[0].id", "is not a name"),
    (
        {"indicators": [{"id": "a", "function": "RSI", "timeframe": "7h"}]},
        "indicators[0].timeframe",
        "no timeframe",
    ),
    (
        {"indicators": [{"id": "a", "function": "RSI", "pair": "BTCUSDT"}]},
        "indicators[0].pair",
        "not a pair",
    ),
    (
        {"indicators": [{"id": "a", "function": "RSI"}, {"id": "a", "function": "RSI"}]},
        "",
        "used twice",
    ),
    (
        {"parameters": [{"name": "p", "low": 5, "high": 1, "default": 3}]},
        "parameters[0]",
        "low must be below high",
    ),
    (
        {"parameters": [{"name": "p", "low": 1, "high": 5, "default": 9}]},
        "parameters[0]",
        "between low and high",
    ),
    (
        {"parameters": [{"name": "p", "low": 1, "high": 5, "default": 2.5}]},
        "parameters[0]",
        "whole numbers",
    ),
]


@pytest.mark.parametrize(
    ("fields", "path", "message"), SCHEMA, ids=[f"{p or 'design'}: {m[:20]}" for _, p, m in SCHEMA]
)
def test_schema(fields: dict[str, Any], path: str, message: str) -> None:
    """A field out of its shape is named with its path."""
    with pytest.raises(DesignError) as caught:
        Design.from_data(changed(**fields))
    assert caught.value.path == path
    assert message in str(caught.value)


MEANING = [
    (
        {"indicators": indicators({"id": "x", "function": "RSII"})},
        "indicators[2].function",
        "RSI",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "RSI", "params": {"period": 3}})},
        "indicators[2].params.period",
        "timeperiod",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "RSI", "params": {"timeperiod": 0}})},
        "indicators[2].params.timeperiod",
        "",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "RSI", "timeframe": "15m"})},
        "indicators[2].timeframe",
        "15m is faster",
    ),
    (
        {"indicators": indicators({"id": "bb_lower", "function": "RSI"})},
        "indicators[2].id",
        "written twice",
    ),
    (
        {"indicators": indicators({"id": "stop_atr", "function": "ATR"})},
        "indicators[2].id",
        "written twice",
    ),
    (
        {
            "indicators": indicators(
                {"id": "x", "function": "RSI", "timeframe": "4h"}, {"id": "x_4h", "function": "RSI"}
            )
        },
        "indicators[3].id",
        "written twice",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "ATR", "source": "close"})},
        "indicators[2].source",
        "reads high, low, close",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "EMA", "source": ["close", "open"]})},
        "indicators[2].source",
        "takes 1 source",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "EMA", "source": "bb"})},
        "indicators[2].source",
        "bb.upper",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "EMA", "source": "later"})},
        "indicators[2].source",
        "neither a candle column nor an earlier indicator",
    ),
    (
        {
            "indicators": indicators(
                {"id": "x", "function": "EMA", "source": "rsi", "timeframe": "4h"}
            )
        },
        "indicators[2].source",
        "same timeframe and pair",
    ),
    (
        {"indicators": indicators({"id": "x", "function": "MAVP"})},
        "indicators[2].source",
        "periods",
    ),
    (
        {"parameters": [{"name": "timeframe", "low": 1, "high": 2, "default": 1}]},
        "parameters[0].name",
        "attribute of every Freqtrade strategy",
    ),
    ({"risk": {"stoploss": -0.1, "target": "rsi < 3"}}, "risk.target", "a target is a price"),
    ({"risk": {"stoploss": -0.1, "target": "100"}}, "risk.target", "a target is a price"),
    ({"risk": {"stoploss": -0.5, "leverage": 3}}, "risk.stoploss", "loses the whole stake"),
    (
        {
            "indicators": indicators(
                {"id": "x", "function": "EMA", "params": {"timeperiod": 1000}}
            ),
            "entry_long": ["shift(x, 4999) > close"],
        },
        "indicators",
        "candles of history",
    ),
]


@pytest.mark.parametrize(
    ("fields", "path", "message"), MEANING, ids=[f"{p}: {m[:25]}" for _, p, m in MEANING]
)
def test_meaning(fields: dict[str, Any], path: str, message: str) -> None:
    """What does not fit together is named with its path and a way out."""
    with pytest.raises(DesignError) as caught:
        check(**fields)
    assert caught.value.path == path
    assert message in f"{caught.value} {caught.value.hint}"


OBV = indicators(
    {"id": "obv", "function": "OBV"},
    {"id": "obv_mean", "function": "SMA", "params": {"timeperiod": 10}, "source": "obv"},
    {"id": "obv_mom", "function": "MOM", "params": {"timeperiod": 10}, "source": "obv"},
)


@pytest.mark.parametrize(
    "rule",
    [
        "change(obv, 5) > 0.1",
        "obv - shift(obv, 5) > 0",
        "obv > mean(obv, 20)",
        "crosses_above(obv, obv_mean)",
        "rising(obv, 3)",
        "zscore(obv, 20) > 1",
        "2 * obv - obv > highest(obv, 5) - 3",
        "obv_mom > 0",
        "obv / 2 > mean(obv, 20) / 2",
    ],
)
def test_a_running_total_may_be_compared_with_itself(rule: str) -> None:
    """Where the unknown level cancels, a running total is fine."""
    assert check(indicators=OBV, entry_long=[rule])


@pytest.mark.parametrize(
    "rule",
    [
        "obv > 1000",
        "obv > close",
        "crosses_above(obv, 0)",
        "obv_mean > 1000",
        "obv * close > 3",
        "obv / shift(obv, 1) > 1.1",
        "abs(obv) > 3",
        "max(obv, 0) > 3",
        "mean(obv, 10) > 1000",
        "2 * obv > mean(obv, 20)",
        "shift(obv, 1) > 5 or close > open",
    ],
)
def test_a_running_total_has_no_level(rule: str) -> None:
    """Anywhere else its value depends on which candles happened to be loaded."""
    with pytest.raises(DesignError, match="running total"):
        check(indicators=OBV, entry_long=[rule])


def test_a_running_total_is_no_source_for_everything() -> None:
    """An indicator that does something else with the level is refused."""
    spec = {"id": "log", "function": "LN", "source": "obv"}
    with pytest.raises(DesignError, match="of a running total"):
        check(indicators=[*OBV, spec], entry_long=["log > mean(log, 3)"])


def test_a_running_total_is_no_target() -> None:
    """A target is a price; a total has none."""
    with pytest.raises(DesignError, match="running total"):
        check(indicators=OBV, risk={"stoploss": -0.1, "target": "obv"})


@pytest.mark.parametrize(
    ("rule", "warns"),
    [
        ("close > highest(high, 20)", True),
        ("highest(high, 20) < close", True),
        ("close < lowest(low, 20)", True),
        ("crosses_above(close, highest(close, 20))", True),
        ("crosses_below(low, lowest(low, 20))", True),
        ("rsi > highest(rsi, 5)", True),
        ("close > shift(highest(high, 20), 1)", False),
        ("close >= highest(high, 20)", False),
        ("high > highest(close, 20)", False),
    ],
)
def test_what_never_holds_is_warned_of(rule: str, *, warns: bool) -> None:
    """An extreme includes the current candle."""
    checked = check(entry_long=[rule, "rsi < 30", "close < bb.lower"])
    assert any("never holds" in warning for warning in checked.warnings) is warns


def test_unused_indicators_are_warned_of() -> None:
    """An indicator that nothing reads is probably forgotten."""
    checked = check(entry_long=["rsi < 30"])
    assert checked.warnings == ("indicators.bb: no rule uses it",)
    chained = indicators({"id": "x", "function": "EMA", "source": "bb.middle"})
    assert not check(indicators=chained, entry_long=["rsi < x"]).warnings


def startup(rule: str, *more: dict[str, Any], **risk: Any) -> int:
    """History that a rule on top of the example needs."""
    return check(
        indicators=[*BASE["indicators"][:1], *more],
        entry_long=[rule],
        risk={"stoploss": -0.1, **risk},
    ).startup


def test_history_adds_up() -> None:
    """Chained inputs and looks into the past add; timeframes do not multiply."""
    rsi = startup("rsi < 30")
    assert rsi >= 5 * 14
    assert startup("shift(rsi, 10) < 30") == rsi + 10
    assert startup("mean(rsi, 10) < 30") == rsi + 9
    assert startup("change(shift(rsi, 2), 3) < 0") == rsi + 5
    assert startup("crosses_above(rsi, 30)") == rsi + 1
    assert startup("rising(rsi, 4)") == rsi + 4
    assert startup("bars_since(rsi < 30) < 6") == rsi + 7
    smooth = {"id": "s", "function": "SMA", "params": {"timeperiod": 10}, "source": "rsi"}
    assert startup("s < 30", smooth) == rsi + 10
    slow = {"id": "slow", "function": "RSI", "timeframe": "4h"}
    assert startup("slow < 30", slow) == rsi
    assert startup("shift(slow, 8) < 30", slow) == rsi + 2
    assert startup("rsi < 30", stop_atr={"multiple": 2, "period": 100}) > rsi
    assert startup("rsi < 30", trailing={"multiple": 2, "period": 100}) > rsi
    assert startup("rsi < 30", trailing={"ratio": 0.1}) == rsi
    assert startup("close > open") == rsi  # an indicator that no rule uses still runs


def test_chained_sources_in_any_number() -> None:
    """Several chained indicators bind, whichever they follow (a regression)."""
    chain = indicators(
        {"id": "a", "function": "EMA", "source": "bb.middle"},
        {"id": "b", "function": "RSI", "source": "a"},
        {"id": "c", "function": "SMA", "source": "b"},
    )
    checked = check(indicators=chain, entry_long=["c < 30"])
    assert [b.sources for b in checked.indicators[2:]] == [("bb_middle",), ("a",), ("b",)]


def test_strategy_attributes_are_those_of_freqtrade() -> None:
    """The list of taken names is that of the installed Freqtrade."""
    from freqtrade.strategy import IStrategy

    names = {*dir(IStrategy)}
    for cls in IStrategy.__mro__:
        names |= {*getattr(cls, "__annotations__", {})}
    public = {name for name in names if not name.startswith("_")} | {"config"}
    assert public == STRATEGY_ATTRIBUTES


def test_json_round_trip() -> None:
    """What a design prints is what it reads."""
    design = Design.from_data(BASE)
    assert Design.from_json(design.to_json()) == design


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "a valid dictionary"),
        ("null", "a valid dictionary"),
    ],
    ids=["broken", "deep", "list", "null"],
)
def test_no_design(text: str, message: str) -> None:
    """What is no design at all says so."""
    with pytest.raises(DesignError, match=message):
        Design.from_json(text, origin="x.json")


SEVERAL = [
    ({"contract": 1}, "name", "also missing: timeframe, risk"),
    ({**BASE, "risk": {}, "timeframe": "1x"}, "timeframe", "also wrong: risk.stoploss: is missing"),
    (
        {**BASE, "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1},
        "a",
        "e: is not a field of a design; and 1 more",
    ),
    ({**BASE, "risk": {"stoploss": 0.5}}, "risk.stoploss", "a loss is negative: write -0.5"),
    ({**BASE, "risk": {"stoploss": 5}}, "risk.stoploss", "as in -0.05 for 5 %"),
    ({**BASE, "contract": 7}, "contract", "write 1, or leave it out"),
]


@pytest.mark.parametrize(("data", "path", "hint"), SEVERAL, ids=[h[:30] for _, _, h in SEVERAL])
def test_all_that_is_wrong_is_named(data: dict[str, Any], path: str, hint: str) -> None:
    """The first fault has the path; the hint names the others, so that they are mended at once."""
    with pytest.raises(DesignError) as caught:
        Design.from_data(data)
    assert caught.value.path == path
    assert hint in caught.value.hint


def test_all_broken_rules_are_named() -> None:
    """Up to five of them, and how many more."""
    with pytest.raises(DesignError) as caught:
        check(entry_long=["rsii < 30", "close < < 3"], exit_long=["rsi"])
    error = caught.value
    assert (error.path, error.position) == ("entry_long[0]", 0)
    assert "the nearest name is rsi; also wrong: entry_long[1]: this cannot be read" in error.hint
    assert "exit_long[0]: " in error.hint
    with pytest.raises(DesignError) as caught:
        check(entry_long=["rsii < 30"] * 7)
    assert caught.value.hint.endswith("and 2 more")


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("close < < 3", "an operator stands between two values"),
        ("close <", "an operator stands between two values"),
        ("mean(close, 3 > 3", "each ( needs a )"),
        ("close > 3)", "each ( needs a )"),
        ("rsi = 30", "to compare, write =="),
    ],
)
def test_every_misspelling_has_a_hint(rule: str, hint: str) -> None:
    """Whoever wrote it is told what to write."""
    with pytest.raises(DesignError) as caught:
        check(entry_long=[rule])
    assert hint in caught.value.hint
