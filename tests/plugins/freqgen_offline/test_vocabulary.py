"""The tables of indicators and patterns, held against the catalogue and the grammar."""

from __future__ import annotations

import pytest

from freqgen import Brief, Catalogue, Design, check_design
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen_offline.known import Known
from freqgen_offline.lexicon import words
from freqgen_offline.reader import read_brief
from freqgen_offline.tables import AVERAGES, KNOWN, OUTPUTS, OWN, PATTERNS
from freqgen_offline.vocabulary import FAMILIES, about, meant

CATALOGUE = Catalogue(builtin_indicators())
EVERY = (*OWN, *AVERAGES, *KNOWN)
CHARTS = {"EMA": (20,), "SMA": (20,), "BBANDS": (20, 2)}
"""What charts begin with, where that is not the catalogue's default."""


@pytest.mark.parametrize("known", EVERY, ids=[k.function for k in EVERY])
def test_what_is_known_is_what_the_catalogue_has(known: Known) -> None:
    indicator = CATALOGUE.get(known.function)
    defaults = {p.name: p.default for p in indicator.params}
    usual = {p.name: float(p.usual) for p in known.params}
    assert usual.keys() <= defaults.keys()
    if known.function in CHARTS:
        assert tuple(usual.values()) == CHARTS[known.function]
    else:
        assert usual == {name: defaults[name] for name in usual}
    outputs = {o.name for o in indicator.outputs}
    if known.sided:
        assert {"upper", "middle", "lower"} <= outputs
    elif known.output not in {"", "?"}:
        assert known.output in outputs
    elif not known.output:
        assert len(outputs) == 1


@pytest.mark.parametrize(("function", "output"), OUTPUTS.values(), ids=OUTPUTS)
def test_named_outputs_are_the_catalogues(function: str, output: str) -> None:
    members = FAMILIES.get(function, (function,))
    names = ("senkou_a", "senkou_b") if output == "cloud" else (output,)
    for member in members:
        assert {*names} <= {o.name for o in CATALOGUE.get(member).outputs}


NAMES = [
    ("HMA", "the 20 HMA"), ("HMA", "the Hull moving average (20)"), ("DEMA", "DEMA(30)"),
    ("TEMA", "the triple exponential moving average (30)"), ("KAMA", "KAMA 30"),
    ("WMA", "the weighted moving average (30)"), ("ZLEMA", "ZLEMA(30)"), ("VWMA", "VWMA(30)"),
    ("RMA", "RMA(30)"), ("TRIMA", "TRIMA(30)"), ("CCI", "CCI"),
    ("CCI", "the commodity channel index"), ("MFI", "the money flow index"), ("MFI", "MFI(14)"),
    ("WILLR", "Williams %R"), ("WILLR", "%R"), ("WILLR", "willr(14)"), ("CMO", "CMO"),
    ("ULTOSC", "the ultimate oscillator"), ("AROONOSC", "the Aroon oscillator"),
    ("AROON", "Aroon up"), ("ROC", "the rate of change"), ("MOM", "momentum(10)"),
    ("TRIX", "TRIX"), ("CMF", "the Chaikin money flow"), ("NATR", "NATR"),
    ("BOP", "the balance of power"), ("AO", "the awesome oscillator"), ("RVOL", "relative volume"),
    ("PLUS_DI", "+DI"), ("MINUS_DI", "-DI"), ("PLUS_DI", "plus DI (14)"), ("STOCH", "stochastic"),
    ("STOCH", "slow %D"), ("STOCHF", "the fast stochastic"), ("STOCHF", "fast %K"),
    ("STOCHRSI", "the stochastic RSI"), ("STOCHRSI", "StochRSI %K"),
    ("LINEARREG_SLOPE", "the linear regression slope"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), NAMES, ids=[n[1] for n in NAMES])
def test_every_name_is_the_function_that_it_names(function: str, name: str) -> None:
    low, high = about(function).bounds or (-10, 10)
    level = "the close" if about(function).measure == "price" else f"{(low + high) / 2 + 0.25:g}"
    text = f"Buy when {name} crosses above {level}. 1h, 5% stop."
    data, reading = read_brief(Brief.from_text(text))
    assert [i["function"] for i in data["indicators"]] == [function]
    assert not reading.unread
    check_design(Design.from_data(data), CATALOGUE)


PATTERN_NAMES = [
    ("hammer", "CDLHAMMER", ">"), ("inverted hammer", "CDLINVERTEDHAMMER", ">"),
    ("hanging man", "CDLHANGINGMAN", "<"), ("shooting star", "CDLSHOOTINGSTAR", "<"),
    ("morning star", "CDLMORNINGSTAR", ">"), ("evening star", "CDLEVENINGSTAR", "<"),
    ("bullish engulfing", "CDLENGULFING", ">"), ("bearish engulfing", "CDLENGULFING", "<"),
    ("doji", "CDLDOJI", ">"), ("dragonfly doji", "CDLDRAGONFLYDOJI", ">"),
    ("piercing line", "CDLPIERCING", ">"), ("dark cloud cover", "CDLDARKCLOUDCOVER", "<"),
    ("three white soldiers", "CDL3WHITESOLDIERS", ">"),
    ("three black crows", "CDL3BLACKCROWS", "<"), ("bullish harami", "CDLHARAMI", ">"),
    ("bearish harami cross", "CDLHARAMICROSS", "<"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "function", "side"), PATTERN_NAMES, ids=[p[0] for p in PATTERN_NAMES]
)
def test_candlestick_patterns(name: str, function: str, side: str) -> None:
    data, reading = read_brief(Brief.from_text(f"Buy on a {name}. 1h, 5% stop."))
    short = function.removeprefix("CDL").lower()
    assert data["entry_long"] == [f"{short} {side} 0"]
    assert [i["function"] for i in data["indicators"]] == [function]
    assert not reading.unread


def test_all_patterns_are_talibs() -> None:
    for function, side in PATTERNS.values():
        assert CATALOGUE.get(function).outputs
        assert side in "<>"


@pytest.mark.parametrize("table", ["KNOWN", "OUTPUT", "PATTERN"])
def test_what_the_lexer_finds_the_table_knows(table: str) -> None:
    text = " ".join(f"{name}," for _, name in NAMES) + " ".join(n for n, _, _ in PATTERN_NAMES)
    found = [w for w in words(text) if w.type == table]
    assert found
    for word in found:
        assert meant(table, str(word.token))


@pytest.mark.parametrize(
    ("said", "params"),
    [
        ("Supertrend (10, 3)", (10, 3)),
        ("Supertrend (multiplier 3, period 10)", (10, 3)),
        ("Supertrend with a length of 7 and a multiplier of 2", (7, 2)),
        ("Supertrend, period 7,", (7, 3)),
        ("Supertrend", (10, 3)),
    ],
)
def test_parameters_go_where_their_names_say(said: str, params: tuple[int, ...]) -> None:
    data, reading = read_brief(Brief.from_text(f"Buy when price is above the {said}. 1h, 5% stop."))
    (spec,) = data["indicators"]
    assert tuple(spec["params"].values()) == params
    assert not [span for span in reading.unread if span.blocks]
    assert bool(reading.defaults) or len(params) == 2
