"""Files that try to be more than a design end in one sentence with the place of the fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import Design, DesignError
from freqgen.design.checked import check_design
from tests.design.test_checked import BASE, CATALOGUE, changed, check


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def _protected(value: str) -> str:
    entry = '{"method": "CooldownPeriod", "stop_duration": ' + value + "}"
    return json.dumps(changed(risk={"stoploss": -0.1, "protections": ["HERE"]})).replace(
        '"HERE"', entry
    )


DURATION = "risk.protections[0].stop_duration"
FILES = [
    ("nested", _protected(json.dumps(_deep(900))), DURATION, "nested too deeply"),
    ("infinity", _protected("Infinity"), DURATION, "no finite number"),
    ("minus infinity", _protected("-Infinity"), DURATION, "no finite number"),
    ("nan", _protected("NaN"), DURATION, "no finite number"),
    ("1e999", _protected("1e999"), DURATION, "no finite number"),
    ("5,000 digits", _protected("1" * 5_000), DURATION, "too large"),
    ("400 digits", _protected("1" * 400), DURATION, "too large"),
    ("19 digits", _protected("1" * 19), DURATION, "a number beyond"),
    ("lone surrogate", _protected('"\\ud800"'), DURATION, "broken text"),
    (
        "lone surrogate as a name",
        json.dumps(changed(**{"\ud800": 1})),
        "",
        "a name of a field is broken text",
    ),
    ("surrogate in the hypothesis", json.dumps(changed(hypothesis="\udfff")), "hypothesis", "text"),
    (
        "period of 400 digits",
        json.dumps(changed(indicators=[{"id": "a", "function": "RSI", "params": {"x": 10**400}}])),
        "indicators[0].params.x",
        "too large",
    ),
    (
        "minutes of 5,000 digits",
        json.dumps(changed(risk={"stoploss": -0.1, "roi": {"1" * 5_000: 0.1}})),
        "risk.roi",
        "number of minutes",
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "says"), [f[1:] for f in FILES], ids=[f[0] for f in FILES]
)
def test_refused(text: str, path: str, says: str) -> None:
    """An error with a path, never a traceback."""
    with pytest.raises(DesignError) as caught:
        Design.from_json(text)
    assert caught.value.path.startswith(path)
    assert says in str(caught.value)
    str(caught.value).encode()  # it can be printed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(field=st.sampled_from([*Design.model_fields]), value=JSON)
def test_any_value_is_read_or_refused(field: str, value: Any) -> None:
    """Whatever stands in a field, the answer is a design that can be written, or a sentence."""
    _read_or_refused(changed(**{field: value}))


@given(value=JSON)
def test_any_protection_is_read_or_refused(value: Any) -> None:
    """The same for what is Freqtrade's own."""
    risk = {"stoploss": -0.1, "protections": [{"method": "StoplossGuard", "trade_limit": value}]}
    _read_or_refused(changed(risk=risk))


def _read_or_refused(data: dict[str, Any]) -> None:
    refusal = ""
    try:
        design = Design.from_data(data)
    except DesignError as exc:
        refusal = exc.message
    assert refusal.encode() or Design.from_json(design.to_json()) == design


@pytest.mark.parametrize("digit", ["٣", "３", "৩"])
def test_digits_are_those_of_ascii(digit: str) -> None:
    """Digits of other scripts look like numbers and are none in a strategy's code."""
    for risk in ({"max_holding": f"{digit}h"}, {"roi": {digit: 0.1}}):
        with pytest.raises(DesignError):
            Design.from_data(changed(risk={"stoploss": -0.1, **risk}))
    for fields in ({"pair": f"BTC{digit}/USDT"}, {"timeframe": f"{digit}h"}, {"id": f"a{digit}"}):
        spec = {"id": "a", "function": "RSI", **fields}
        with pytest.raises(DesignError):
            Design.from_data(changed(indicators=[spec]))


def _repeated(levels: int) -> str:
    text = "close"
    for _ in range(levels):
        text = f"bars_since(not crosses_above({text}, 1))"
    return f"{text} > 1"


HEAVY = [
    (
        {"indicators": [{"id": f"e{i}", "function": "EMA"} for i in range(101)]},
        "indicators",
        "at most 100",
    ),
    ({"entry_long": ["close > open"] * 21}, "entry_long", "at most 20"),
    ({"entry_long": ["close > " + "1 + " * 400 + "1"]}, "entry_long[0]", "at most 1,000"),
    ({"entry_long": [f"close > {' + '.join('1' * 240)}"] * 11}, "entry_long", "at most 10,000"),
    ({"entry_long": [_repeated(10)]}, "entry_long[0]", "too complicated"),
    ({"risk": {"stoploss": -0.1, "target": _repeated(10)[:-4]}}, "risk.target", "too complicated"),
    (
        {"risk": {"stoploss": -0.1, "roi": {str(i): 0.1 for i in range(101)}}},
        "risk.roi",
        "at most 100",
    ),
]


@pytest.mark.parametrize(("fields", "path", "says"), HEAVY, ids=[f"{p}: {m}" for _, p, m in HEAVY])
def test_limits(fields: dict[str, Any], path: str, says: str) -> None:
    """A design that nobody could read is refused before it takes minutes and gigabytes.

    Code repeats what it negates, so that nesting multiplies: a rule of 400 characters would
    become a line of millions.
    """
    with pytest.raises(DesignError) as caught:
        check(**fields)
    assert caught.value.path == path
    assert says in str(caught.value)


def test_the_largest_design_compiles_quickly() -> None:
    """At the limits, what is walked grows with the rules and not with rules times indicators."""
    from freqgen.design import compiler, expressions

    walked = 0
    original = expressions.walk

    def counting(node: expressions.Node) -> Any:
        nonlocal walked
        walked += 1
        return original(node)

    specs = [
        {"id": f"e{i}", "function": "EMA", "params": {"timeperiod": 5 + i}} for i in range(100)
    ]
    rules = [" or ".join(f"e{(i + k) % 100} > close" for i in range(28)) for k in range(20)]
    checked = check_design(
        Design.from_data({**BASE, "indicators": specs, "entry_long": rules}), CATALOGUE
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "walk", counting)
        assert len(compiler.compile_design(checked)) < 200_000
    assert walked <= 2 * len(rules)
