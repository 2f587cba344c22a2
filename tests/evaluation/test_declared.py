"""What a strategy says of itself is what a strategy can be, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation.declared import ATTRIBUTES, Declared
from freqgen.sandbox.channel import Garbled

ATTRIBUTE: dict[str, Any] = {
    "timeframe": "1h",
    "minimal_roi": {"0": 0.1, "60": None},
    "stoploss": -0.1,
    "trailing_stop": False,
    "trailing_stop_positive": None,
    "order_types": {"entry": "limit", "stoploss_on_exchange": False},
    "startup_candle_count": 30,
    "max_open_trades": -1,
    "stake_amount": "unlimited",
    "protections": [{"method": "CooldownPeriod", "stop_duration_candles": 5}],
}
SAID: dict[str, Any] = {
    "attributes": ATTRIBUTE,
    "changed": {"stoploss": -0.05},
    "own": {"stoploss": -0.1, "another": 1, "order_types": {"a": object}},
    "callbacks": ["custom_exit"],
    "after_fill": 1,
    "informative": [["BTC/USDT", "4h"]],
    "engine": ["x" * 200],
}


def test_what_a_strategy_can_be() -> None:
    found = Declared.from_data(SAID)
    assert found.attributes == ATTRIBUTE
    assert found.changed == {"stoploss": -0.05}
    assert found.own == {"stoploss": -0.1}
    assert found.callbacks == ("custom_exit",)
    assert found.simulated
    assert found.after_fill is True
    assert found.informative == (("BTC/USDT", "4h"),)
    assert found.engine == ("x" * 80,)
    assert (found.timeframe, found.startup) == ("1h", 30)
    fewer = {"timeframe": "5m", "stoploss": -1}
    plain = Declared.from_data({**SAID, "attributes": fewer, "callbacks": []})
    assert (plain.startup, plain.simulated) == (0, False)


DEEP: list[Any] = []
for _ in range(20_000):
    DEEP = [DEEP]

WRONG_ATTRIBUTES: list[dict[str, Any]] = [
    {"timeframe": 5},
    {"timeframe": "x" * 100},
    {"stoploss": None},
    {"stoploss": "1"},
    {"stoploss": True},
    {"stoploss": float("nan")},
    {"stoploss": float("inf")},
    {"trailing_stop": 1},
    {"trailing_stop": None},
    {"trailing_stop_positive": "x"},
    {"minimal_roi": []},
    {"minimal_roi": {"x": 0.1}},
    {"minimal_roi": {"--5": 0.1}},
    {"minimal_roi": {"²": 0.1}},
    {"minimal_roi": {"1" * 20: 0.1}},
    {"minimal_roi": {5: 0.1}},
    {"minimal_roi": {"0": "0.1"}},
    {"minimal_roi": {"0": float("inf")}},
    {"order_types": None},
    {"order_types": {"a": float("nan")}},
    {"order_types": {1: 2}},
    {"order_types": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}},
    {"startup_candle_count": 1.5},
    {"startup_candle_count": True},
    {"startup_candle_count": -1},
    {"startup_candle_count": 10**9},
    {"stake_amount": None},
    {"protections": {}},
    {"protections": DEEP},
    {"stoploss": 10**4000},
    {"max_open_trades": -(10**400)},
    {"minimal_roi": {"0": 10**400}},
    {"max_open_trades": "many"},
    {"__init__": "x"},
    {"populate_indicators": 5},
    {"a = 1\n    b": 5},
]


@pytest.mark.parametrize("place", ["attributes", "changed"])
@pytest.mark.parametrize("changes", WRONG_ATTRIBUTES, ids=lambda it: f"{next(iter(it))!r}")
def test_what_no_strategy_can_be(place: str, changes: dict[str, Any]) -> None:
    if place == "changed" and next(iter(changes.values())) in (-1, 10**9):
        pytest.skip("the engine has read it before it could change")
    with pytest.raises(Garbled):
        Declared.from_data({**SAID, place: {**SAID[place], **changes}})


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": None},
        {"attributes": 5},
        {"attributes": {"timeframe": "1h"}},
        {"attributes": {"stoploss": -0.1}},
        {"changed": 5},
        {"own": None},
        {"callbacks": None},
        {"callbacks": ["custom_exit", "should_exit"]},
        {"callbacks": [["custom_exit"]]},
        {"engine": [5]},
        {"engine": None},
        {"informative": [["BTC/USDT"]]},
        {"informative": 5},
    ],
    ids=str,
)
def test_what_is_no_declaration(changes: dict[str, Any]) -> None:
    with pytest.raises(Garbled):
        Declared.from_data({**SAID, **changes})


@pytest.mark.parametrize("name", ["attributes", "own", "callbacks", "engine", "informative"])
def test_what_is_missing(name: str) -> None:
    with pytest.raises(Garbled, match=f"a declaration without '{name}'"):
        Declared.from_data({key: value for key, value in SAID.items() if key != name})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(
    data=st.dictionaries(st.sampled_from([*SAID]), JSON),
    attributes=st.dictionaries(st.sampled_from([*ATTRIBUTES]), JSON),
)
def test_anything_at_all_is_a_declaration_or_refused(
    data: dict[str, Any], attributes: dict[str, Any]
) -> None:
    try:
        found = Declared.from_data({**SAID, "attributes": {**ATTRIBUTE, **attributes}, **data})
    except Garbled:
        return
    assert found.attributes.keys() <= ATTRIBUTES.keys()
    assert 0 <= found.startup <= 100_000
