"""The catalogue's rules: names, parameters, sources, code in general."""

from __future__ import annotations

import pytest

from freqgen.design.indicators import Catalogue, Output, Param
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.indicators_code import assign, column, local_name
from freqgen.exceptions import DesignError, DuplicateNameError

CATALOGUE = Catalogue(builtin_indicators())


def test_all_functions_of_talib_and_what_it_lacks() -> None:
    import talib

    assert set(talib.get_functions()) <= set(CATALOGUE.names())
    assert {"ROLLING_VWAP", "ICHIMOKU", "CHANDELIER", "ZSCORE", "PRICE"} <= set(CATALOGUE.names())
    assert len(CATALOGUE) == len(CATALOGUE.names()) == len(list(CATALOGUE))
    assert "RSI" in CATALOGUE
    assert "rsi" not in CATALOGUE


def test_builtin_indicators_are_made_once() -> None:
    assert builtin_indicators() is builtin_indicators()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rsi", "RSI"),
        ("RSII", "RSI"),
        ("Keltner Channels", "KC"),
        ("heikin-ashi", "HA"),
        ("BOLLINGER", "BBANDS"),
        ("qqqqqqqq", "list-indicators"),
    ],
)
def test_an_unknown_name_gets_the_nearest_ones(name: str, hint: str) -> None:
    with pytest.raises(DesignError, match="there is no indicator") as caught:
        CATALOGUE.get(name)
    assert hint in caught.value.hint
    assert caught.value.hint.count(",") <= 2


def test_two_entries_of_one_name_are_refused() -> None:
    import dataclasses

    rsi = CATALOGUE.get("RSI")
    with pytest.raises(DuplicateNameError, match='"RSI"'):
        Catalogue([rsi, dataclasses.replace(rsi, library="mine")])


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_every_entry_is_described(entry: object) -> None:
    from freqgen.design.indicators import Indicator

    assert isinstance(entry, Indicator)
    assert entry.title
    assert entry.group
    assert entry.name == entry.name.upper()
    names = [output.name for output in entry.outputs]
    assert len(set(names)) == len(names)
    assert names == ["value"] or len(names) > 1
    for param in entry.params:
        assert param.low <= param.default <= param.high
        assert param.description
        assert param.description != param.name
        assert isinstance(param.default, int if param.kind == "int" else float)


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("BBANDS", ["upper", "middle", "lower"]),
        ("MACD", ["line", "signal", "histogram"]),
        ("MACDEXT", ["line", "signal", "histogram"]),
        ("MACDFIX", ["line", "signal", "histogram"]),
        ("STOCH", ["k", "d"]),
        ("STOCHF", ["k", "d"]),
        ("STOCHRSI", ["k", "d"]),
        ("AROON", ["down", "up"]),
        ("MAMA", ["mama", "fama"]),
        ("HT_PHASOR", ["inphase", "quadrature"]),
        ("HT_SINE", ["sine", "leadsine"]),
        ("MINMAX", ["min", "max"]),
        ("MINMAXINDEX", ["min_age", "max_age"]),
        ("SUPERTREND", ["value", "direction"]),
        ("DONCHIAN", ["upper", "middle", "lower"]),
        ("KC", ["upper", "middle", "lower"]),
        ("HA", ["open", "high", "low", "close"]),
        ("ICHIMOKU", ["tenkan", "kijun", "senkou_a", "senkou_b"]),
        ("CHANDELIER", ["long", "short"]),
        ("RSI", ["value"]),
    ],
)
def test_outputs_have_readable_names(name: str, outputs: list[str]) -> None:
    assert [output.name for output in CATALOGUE.get(name).outputs] == outputs


@pytest.mark.parametrize(
    ("name", "inputs", "sources"),
    [
        ("RSI", (), ("close",)),
        ("ATR", ("high", "low", "close"), ()),
        ("OBV", ("volume",), ("close",)),
        ("VWMA", ("volume",), ("close",)),
        ("CORREL", (), ("high", "low")),
        ("MAVP", (), ("close", "periods")),
        ("PVO", ("volume",), ()),
        ("CDLDOJI", ("open", "high", "low", "close"), ()),
    ],
)
def test_inputs_and_sources(name: str, inputs: tuple[str, ...], sources: tuple[str, ...]) -> None:
    entry = CATALOGUE.get(name)
    assert (entry.inputs, entry.sources) == (inputs, sources)


def test_resolve_fills_in_defaults_in_order_and_turns_numbers_into_their_kind() -> None:
    resolved = CATALOGUE.get("BBANDS").resolve({"nbdevup": 2, "timeperiod": 30.0})
    assert resolved == {"timeperiod": 30, "nbdevup": 2.0, "nbdevdn": 2.0, "matype": 0}
    assert list(resolved) == ["timeperiod", "nbdevup", "nbdevdn", "matype"]
    assert isinstance(resolved["nbdevup"], float)
    assert isinstance(resolved["timeperiod"], int)


@pytest.mark.parametrize(
    ("name", "params", "message", "hint"),
    [
        ("RSI", {"period": 14}, 'no parameter "period"', "timeperiod"),
        ("RSI", {"zz": 14}, 'no parameter "zz"', "timeperiod"),
        ("OBV", {"timeperiod": 14}, "no parameters", "leave it out"),
        ("RSI", {"timeperiod": 14.5}, "whole number", "use 14"),
        ("RSI", {"timeperiod": 1}, "between 2 and 1000", "default is 14"),
        ("RSI", {"timeperiod": 5000}, "between 2 and 1000", "default is 14"),
        ("RSI", {"timeperiod": True}, "must be a number", ""),
        ("RSI", {"timeperiod": "14"}, "must be a number", ""),
        ("BBANDS", {"nbdevup": float("nan")}, "must be a number", ""),
        ("BBANDS", {"matype": 14}, "between 0 and 13", ""),
        ("MAVP", {"minperiod": 40}, "TA-Lib refuses", "shorter"),
    ],
)
def test_wrong_parameters(name: str, params: dict[str, float], message: str, hint: str) -> None:
    with pytest.raises(DesignError, match=message) as caught:
        CATALOGUE.get(name).resolve(params)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "sources", "message"),
    [
        ("ATR", ("close",), "always reads high, low, close"),
        ("RSI", ("close", "volume"), "takes 1 source, not 2"),
        ("CORREL", ("close",), "takes 2 sources, not 1"),
        ("MAVP", (), "needs its source periods"),
    ],
)
def test_wrong_sources(name: str, sources: tuple[str, ...], message: str) -> None:
    entry = CATALOGUE.get(name)
    with pytest.raises(DesignError, match=message):
        entry.source_columns(sources)
    with pytest.raises(DesignError, match=message):
        entry.code(columns={"value": "x"}, sources=sources)


def test_an_unknown_output_is_refused() -> None:
    with pytest.raises(DesignError, match='no output "top"') as caught:
        CATALOGUE.get("BBANDS").code(columns={"top": "x"})
    assert "upper" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "columns", "params", "sources", "lines"),
    [
        (
            "RSI",
            {"value": "rsi"},
            {"timeperiod": 14},
            (),
            ('dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)',),
        ),
        (
            "EMA",
            {"value": "smooth"},
            {"timeperiod": 9},
            ("rsi",),
            ('dataframe["smooth"] = ta.EMA(dataframe["rsi"], timeperiod=9)',),
        ),
        (
            "STOCHF",
            {"k": "st_k", "d": "st_d"},
            {},
            (),
            (
                "st_values = ta.STOCHF(dataframe, fastk_period=5, fastd_period=3, fastd_matype=0)",
                'dataframe["st_k"] = st_values["fastk"]',
                'dataframe["st_d"] = st_values["fastd"]',
            ),
        ),
        (
            "AROON",
            {"up": "aroon_up"},
            {},
            (),
            ('dataframe["aroon_up"] = ta.AROON(dataframe, timeperiod=14)["aroonup"]',),
        ),
        (
            "CDLDOJI",
            {"value": "doji"},
            {},
            (),
            (
                'dataframe["doji"] = after_warmup(ta.CDLDOJI(dataframe), dataframe["close"], '
                "lookback=10)",
            ),
        ),
        (
            "SUB",
            {"value": "spread"},
            {},
            ("fast", "slow"),
            ('dataframe["spread"] = dataframe["fast"] - dataframe["slow"]',),
        ),
        ("PRICE", {"value": "btc"}, {}, (), ('dataframe["btc"] = dataframe["close"]',)),
    ],
    ids=["default", "source", "several", "one-of-several", "pattern", "operator", "price"],
)
def test_the_code_is_what_a_careful_user_would_write(
    name: str,
    columns: dict[str, str],
    params: dict[str, float],
    sources: tuple[str, ...],
    lines: tuple[str, ...],
) -> None:
    entry = CATALOGUE.get(name)
    assert entry.code(columns=columns, params=params, sources=sources).lines == lines


def test_long_calls_are_broken_like_the_rest_of_a_strategy() -> None:
    line = assign('dataframe["x"]', "function", ["a" * 50, "b" * 50], ".tail()")
    assert line == (f'dataframe["x"] = function(\n    {"a" * 50},\n    {"b" * 50},\n).tail()')


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"upper": "bb_upper", "lower": "bb_lower"}, "bb_values"),
        ({"upper": "bb_upper"}, "bb_values"),
        ({"upper": "top", "lower": "bottom"}, "top_values"),
        ({"upper": "4h top"}, "_4h_top_values"),
    ],
)
def test_names_of_variables_come_from_the_columns(columns: dict[str, str], name: str) -> None:
    assert local_name(columns, "values") == name


def test_a_column_is_quoted() -> None:
    assert column("dataframe", 'a"b\\') == 'dataframe["a\\"b\\\\"]'


def test_param_and_output_are_plain_values() -> None:
    param = Param(name="n", kind="int", default=2, low=1, high=3, description="candles")
    assert hash(param) == hash(
        Param(name="n", kind="int", default=2, low=1, high=3, description="candles")
    )
    assert Output(name="value", native="x").description == ""
