"""What the type check says of real mistakes, and what it does not say of sound code."""

from __future__ import annotations

import gc
import os
import sys
import threading
from bisect import bisect
from collections.abc import Iterator
from pathlib import Path

import freqtrade.templates
import pytest
from freqtrade.commands.deploy_commands import deploy_new_strategy

from freqgen import (
    Catalogue,
    Design,
    Draft,
    Finding,
    Phase,
    Severity,
    ValidationContext,
    check_design,
    compile_design,
)
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen_types import TypeValidator
from freqgen_types.checking import Message, unsilenced
from freqgen_types.classify import OPTIONAL, classify
from freqgen_types.codes import CODES
from tests.oracle.designs import designs

# One process of mypy's for all, and one cache that nobody waits for.
pytestmark = pytest.mark.xdist_group("types")

TEMPLATES = Path(freqtrade.templates.__file__).parent

HEAD = """\
from datetime import datetime

import numpy as np
import pandas as pd
import talib
import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy, informative
from pandas import DataFrame
from technical import qtpylib


class S(IStrategy):
    timeframe = "1h"
    stoploss = -0.1
    p = IntParameter(1, 9, default=5)

"""
LINE = HEAD.count("\n") + 1
METHOD = "    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
CALLBACK = "    def custom_exit(self, pair: str, trade: Trade, current_time: datetime,\n"


@pytest.fixture(scope="module")
def context() -> ValidationContext:
    """One cache for all tests: filling it takes some seconds."""
    return ValidationContext(
        catalogue=Catalogue(builtin_indicators()), cache_dir=Path(os.environ["FREQGEN_CACHE_DIR"])
    )


VALIDATOR = TypeValidator()


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    VALIDATOR.close()


def check(source: str, context: ValidationContext) -> list[Finding]:
    return list(VALIDATOR.check(Draft(class_name="S", source=source), None, context))


Found = dict[str, list[tuple[int, Finding]]]


@pytest.fixture(scope="module")
def found(context: ValidationContext) -> Found:
    """What is said of many bodies of classes, each with its lines from 0; checked in one file.

    The file is checked as a whole, so that a body costs a few milliseconds, not half a second.
    """
    bodies = [row[0] for row in MISTAKES] + [body for body, _ in HINTS.values()] + SOUND
    bodies = list(dict.fromkeys(bodies))
    head, begin = HEAD.split("class S(IStrategy):\n")
    source, starts = head, []
    for number, body in enumerate(bodies):
        start = f"class S{number or ''}(IStrategy):\n{begin}"
        starts.append(source.count("\n") + start.count("\n") + 1)
        source += start + body + "\n\n"
    told: Found = {body: [] for body in bodies}
    for finding in check(source, context):
        number = bisect(starts, finding.line or 0) - 1
        told[bodies[number]].append(((finding.line or 0) - starts[number], finding))
    return told


def said(source: str, context: ValidationContext) -> list[tuple[str, str, int | None]]:
    found = check(source, context)
    return [(f.code, f.severity.value, f.line and f.line - LINE) for f in found]


MISTAKES = [
        (METHOD + "        dataframe['x'] = self.p.valeu\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        dataframe['x'] = ta.RSIX(dataframe)\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        dataframe['x'] = qtpylib.crossed(1, 2).abov\n"
         "        dataframe['y'] = qtpylib.crossed_abov(1, 2)\n        return dataframe\n",
         "FG701", "error", 2),
        (METHOD + "        dataframe['x'] = self.nothing\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        self.dp.get_pair_datafram('BTC/USDT', '1h')\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        dataframe.shft(1)\n        return dataframe\n",
         "FG701", "warning", 1),
        (METHOD + "        dataframe['x'] = ta.EMA(dataframe['open'], 5).shift(1)\n"
         "        return dataframe\n", "FG701", "error", 1),
        (METHOD + "        dataframe['x'] = dataframe['close'].rolling(5).men()\n"
         "        return dataframe\n", "FG701", "warning", 1),
        (METHOD + "        dataframe['x'] = np.were(dataframe['close'] > 1, 1, 0)\n"
         "        return dataframe\n", "FG701", "error", 1),
        (METHOD + "        self.wallets.get_total_stake_amoun()\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        self.dp.runmode.valu\n        return dataframe\n", "FG701", "error", 1),
        (METHOD + "        dataframe['x'] = metadata.pair\n        return dataframe\n",
         "FG701", "warning", 1),
        (METHOD + "        dataframe['x'] = datetime.noww()\n        return dataframe\n",
         "FG701", "error", 1),
        (METHOD + "        dataframe['x'] = ta.STOCHF(dataframe, 5, 3, 0, 3, 0)['fastk']\n"
         "        return dataframe\n", "FG702", "warning", 1),
        (METHOD + "        dataframe['x'] = ta.EMA(dataframe, timeperiod='14')\n"
         "        return dataframe\n", "FG702", "warning", 1),
        (METHOD + "        dataframe['x'] = talib.EMA(dataframe, 14)\n"
         "        return dataframe\n", "FG702", "error", 1),
        (METHOD + "        dataframe['x'] = dataframe['close'].apply()\n"
         "        return dataframe\n", "FG702", "warning", 1),
        (METHOD + "        dataframe['x'] = len(5)\n        return dataframe\n",
         "FG702", "warning", 1),
        (METHOD + "        dataframe['x'] = ta.EMA(dataframe, timeperiod=self.p)\n"
         "        return dataframe\n", "FG707", "error", 1),
        (METHOD + "        for i in range(self.p):\n            pass\n"
         "        return dataframe\n", "FG707", "error", 1),
        (METHOD + "        return dataframe['close']\n", "FG704", "error", 1),
        (METHOD + "        return\n", "FG704", "error", 1),
        (METHOD + "        self.stoploss = 'a'\n        return dataframe\n",
         "FG706", "warning", 1),
        (METHOD + "        dataframe['x'] = 'a' + 1\n        return dataframe\n",
         "FG709", "warning", 1),
        (METHOD + "        dataframe['x'] = dataframe()\n        return dataframe\n",
         "FG709", "error", 1),
        (METHOD + "        for i in 5:\n            pass\n        return dataframe\n",
         "FG709", "warning", 1),
        ("    q = IntParameter(1, 9, defalt=5)\n", "FG702", "error", 0),
        ("    q = IntParameter('a', 9, default=5)\n", "FG702", "error", 0),
        ("    @informative(60)\n" + METHOD + "        return dataframe\n", "FG702", "error", 0),
        (METHOD + "        dataframe['x'] = ta.RSI(dataframe, period=14)\n"
         "        return dataframe\n", "FG702", "error", 1),
        (METHOD + "        self.dp.get_analyzed_dataframe('BTC/USDT', '1h', 3)\n"
         "        return dataframe\n", "FG702", "error", 1),
        (METHOD + "        self.dp.get_analyzed_dataframe('BTC/USDT', 60)\n"
         "        return dataframe\n", "FG702", "warning", 1),
        (METHOD + "        return dataframe.ffill(nothing=1)\n", "FG702", "warning", 1),
        (METHOD + "        return dataframe.merge(dataframe, nothing=1)\n", "FG702", "warning", 1),
        ("    def custom_exit(self, pair, trade, current_time):\n        return None\n",
         "FG703", "error", 0),
        ("    def custom_exit(self, pair, trade, price, **kwargs):\n        return None\n",
         "FG703", "error", 0),
        ("    def custom_exit(self, pair, /, trade, **kwargs):\n        return None\n",
         "FG703", "error", 0),
        ("    async def custom_exit(self, pair, trade, **kwargs):\n        return None\n",
         "FG703", "error", 0),
        ("    def version(self) -> int:\n        return 1\n", "FG703", "warning", 0),
        (METHOD + "        dataframe['x'] = 1\n", "FG704", "error", 0),
        ("    def version(self) -> str | None:\n        if self.can_short:\n"
         "            return '1'\n", "FG704", "warning", 0),
        (METHOD + "        return 5\n", "FG704", "error", 1),
        ("    def version(self) -> str:\n        return 5\n", "FG704", "warning", 1),
        ("    def params_of(self, kind: str) -> dict:\n        if kind == 'buy':\n"
         "            return {}\n", "FG704", "warning", 0),
        ("    def leverage(self, pair, **kwargs) -> float:\n        if pair == 'x':\n"
         "            return 1.0\n", "FG704", "error", 0),
        (METHOD + "        return undefined(dataframe)\n", "FG705", "error", 1),
        ("    startup_candle_count = 'thirty'\n", "FG706", "error", 0),
        ("    minimal_roi = [0.05]\n", "FG706", "error", 0),
        ("    use_custom_stoploss = None\n", "FG706", "warning", 0),
        (METHOD + "        dataframe['x'] = dataframe['close'] * (self.p + 1)\n"
         "        return dataframe\n", "FG707", "error", 1),
        ("    def version(self) -> str:\n        return '1'\n\n"
         "    def version(self) -> str:\n        return '2'\n", "FG709", "warning", 3),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "severity", "line"), MISTAKES)
def test_real_mistakes_are_found_on_their_line(
    body: str, code: str, severity: str, line: int, found: Found
) -> None:
    mistakes = [(f.code, f.severity.value, at) for at, f in found[body]]
    assert mistakes == [(code, severity, line)]


def test_a_file_with_one_mistake_has_one_finding(context: ValidationContext) -> None:
    body, code, severity, line = MISTAKES[0]
    assert said(HEAD + body, context) == [(code, severity, line)]


PARAMETERS = """\
    buy_params = {"n": 14, "off": 0.975}
    nested = {"a": {"n": 3, "off": 0.5}}
    several = [5, 0.5]
    pair = (5, 0.5)
    changed = {"n": 14, "off": 0.975}
    changed["n"] = 0.5
    whole = {"x": 0.1}
    spread = {"n": 14, **whole}
    handed = {"n": 14, "off": 0.975}
    copies = [handed]
    limit = 0.5
"""


DEFAULTS = [
    ("buy_params['n']", None),
    ("nested['a']['n']", None),
    ("several[0]", None),
    ("several[-2]", None),
    ("pair[0]", None),
    ("Base.values['n']", None),
    ("VALUES['n']", None),
    ("buy_params['off']", "error"),
    ("nested['a']['off']", "error"),
    ("several[-1]", "error"),
    ("pair[1]", "error"),
    ("Base.values['off']", "error"),
    ("VALUES['off']", "error"),
    ("limit", "error"),
    ("0.5", "error"),
    ("-0.5", "error"),
    ("float(7)", "error"),
    ("0.5 * 3", "error"),
    ("buy_params['n'] * 2", "warning"),
    ("buy_params[KEY]", "warning"),
    ("buy_params['none']", "warning"),
    ("several[7]", "warning"),
    ("changed['n']", "warning"),
    ("spread['n']", "warning"),
    ("handed['n']", "warning"),
    ("max(1, 0.5)", "warning"),
]


@pytest.fixture(scope="module")
def of_defaults(context: ValidationContext) -> dict[int, list[Finding]]:
    """What is said of many parameters, by line; checked in one file."""
    source = HEAD.replace(
        "\n\nclass S",
        "\nVALUES = {'n': 3, 'off': 0.5}\nKEY = 'n'\n\n\n"
        "class Base:\n    values = {'n': 3, 'off': 0.5}\n\n\nclass S",
    )
    source += PARAMETERS
    first = source.count("\n") + 1
    source += "".join(
        f"    n{number} = IntParameter(5, 80, default={default}, space='buy')\n"
        for number, (default, _) in enumerate(DEFAULTS)
    )
    told: dict[int, list[Finding]] = {}
    for finding in check(source, context):
        told.setdefault((finding.line or 0) - first, []).append(finding)
    return told


@pytest.mark.parametrize(
    ("number", "default", "severity"), [(i, *row) for i, row in enumerate(DEFAULTS)]
)
def test_the_value_in_a_literal_counts_not_the_type_of_all_its_values(
    number: int, default: str, severity: str | None, of_defaults: dict[int, list[Finding]]
) -> None:
    found = [(f.code, f.severity.value) for f in of_defaults.get(number, [])]
    assert found == ([("FG702", severity)] if severity else []), default
    assert of_defaults.keys() <= set(range(len(DEFAULTS)))


def test_an_argument_that_is_a_whole_number_may_be_a_float(context: ValidationContext) -> None:
    body = PARAMETERS + "    x = DecimalParameter(0.1, 20.0, default=buy_params['n'])\n"
    assert check(HEAD + body, context) == []


RETURNING = {
    "no path": ("        if self.can_short:\n            return 0.1\n", 0),
    "None": ("        if self.can_short:\n            return 0.1\n        return None\n", 3),
}


@pytest.mark.parametrize(("body", "line"), RETURNING.values(), ids=RETURNING)
@pytest.mark.parametrize(
    ("name", "written", "severity"),
    [
        ("custom_stoploss", "float", "warning"),
        ("custom_roi", "float", "warning"),
        ("adjust_entry_price", "float", "warning"),
    ],
)
def test_none_where_freqtrade_takes_it_is_no_error(
    name: str, written: str, severity: str, body: str, line: int, context: ValidationContext
) -> None:
    method = f"    def {name}(self, pair, trade, **kwargs) -> {written}:\n"
    (found,) = check(HEAD + method + body, context)
    assert (found.code, found.severity.value, found.line) == ("FG704", severity, LINE + line)
    assert found.hint == f"Freqtrade takes None from {name}: annotate it as -> {written} | None"
    with_none = f"    def {name}(self, pair, trade, **kwargs) -> {written} | None:\n"
    assert all(f.severity is Severity.WARNING for f in check(HEAD + with_none + body, context))


def test_freqtrade_takes_none_from_the_methods_that_it_says() -> None:
    import inspect

    from freqtrade.strategy import IStrategy

    signatures = {
        name: str(inspect.signature(method).return_annotation)
        for name, method in vars(IStrategy).items()
        if inspect.isfunction(method) and not name.startswith(("_", "ft_"))
    }
    assert {name for name in OPTIONAL if "None" not in signatures[name]} == set()


HINTS = {
    "populate without a return": (METHOD + "        dataframe['x'] = 1\n", "return the dataframe"),
    "populate with a number": (METHOD + "        return 5\n", "return the dataframe"),
    "a path without a return": (
        "    def leverage(self, **kwargs) -> float:\n        if self.can_short:\n"
        "            return 2.0\n",
        "return a value of the type float at the end of every path through leverage",
    ),
    "another type": (
        "    def version(self) -> str:\n        return 5\n",
        "return a value of the type str, or correct the annotation of version",
    ),
    "Optional": (
        "    def version(self) -> str | None:\n        if self.can_short:\n"
        "            return '1'\n",
        "write return None",
    ),
    "an attribute's type": ("    startup_candle_count = 'thirty'\n", "Freqtrade reads it as int"),
    "a fraction": ("    q = IntParameter(1, 9, default=0.5)\n", "DecimalParameter"),
    "a text": ("    q = IntParameter('a', 9, default=5)\n", "a value of the type int"),
}


@pytest.mark.parametrize(("body", "hint"), HINTS.values(), ids=HINTS)
def test_hints_say_what_to_do_next(body: str, hint: str, found: Found) -> None:
    ((_, finding),) = found[body]
    assert hint in finding.hint


SOUND = [
        METHOD + "        last = dataframe.iloc[-1]\n"
        "        width = last['high'] - last['low'] * 2\n"
        "        if last['close'] > 3 and width < dataframe.loc[3, 'close']:\n"
        "            dataframe.loc[3, 'x'] = last.squeeze()['low'] - 1\n"
        "        for index, row in dataframe.iterrows():\n"
        "            dataframe.loc[index - 1, 'x'] = row['open'] + dataframe.at[index, 'low'] * 2\n"
        "        return dataframe\n",
        METHOD + "        c = dataframe['close']\n"
        "        dataframe['a'] = np.where(c > c.shift(1), 1, np.where(c < 3, -1, 0))\n"
        "        dataframe['b'] = np.log(c / c.shift(1)).rolling(5).std()\n"
        "        dataframe['c'] = np.maximum(c, dataframe['open']).ewm(span=3).mean()\n"
        "        dataframe['d'] = np.select([c > 1, c < 1], ['a', 'b'], default='')\n"
        "        dataframe['e'] = np.clip(c, 0, 1)\n        dataframe['f'] = np.abs(c).fillna(0)\n"
        "        dataframe['g'] = np.round(c, 2).shift(1)\n"
        "        dataframe['h'] = np.isclose(c, 3) & np.isnan(c)\n"
        "        dataframe['i'] = np.cumsum(c).diff()\n"
        "        dataframe['j'] = np.nan_to_num(c.to_numpy(), nan=0.0)\n"
        "        dataframe['k'] = np.sqrt(np.square(c)) + np.sign(c) * np.float64(2)\n"
        "        dataframe['l'] = np.polyfit(range(3), [1, 2, 3], 1)[0]\n"
        "        dataframe.loc[np.logical_and(c > 1, c < 2), 'm'] = np.nan\n"
        "        return dataframe\n",
        METHOD + "        dataframe['a'] = ta.EMA(dataframe['close'], 5)\n"
        "        dataframe['b'] = ta.MACD(dataframe, fastperiod=3, price='open')['macd']\n"
        "        bands = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2.0, nbdevdn=2.0)\n"
        "        dataframe['c'] = bands['upperband'] / ta.SMA(dataframe, 5).shift(1)\n"
        "        dataframe['d'] = ta.STOCH(dataframe, prices=['open', 'low', 'close'])['slowk']\n"
        "        dataframe['e'] = talib.ATR(dataframe['high'], dataframe['low'],\n"
        "                                   dataframe['close'], timeperiod=5).shift(1)\n"
        "        upper, middle, lower = talib.BBANDS(dataframe['close'])\n"
        "        dataframe['f'] = upper.rolling(3).max()\n"
        "        dataframe['g'] = pd.Series(ta.RSI(dataframe['close'], 3)).shift(1)\n"
        "        dataframe['h'] = ta.CDLENGULFING(dataframe) > 0\n"
        "        dataframe['i'] = ta.MA(dataframe, timeperiod=self.p.value, matype=1)\n"
        "        return dataframe\n",
        METHOD + "        band = None\n        for band in ('a', 'b'):\n            pass\n"
        "        band = {'a': 1}\n        band = pd.Series([1])\n        band.rolling(3)\n"
        "        self.stoploss = -0.1\n        return dataframe\n",
        "    def custom_stoploss(self, pair: str, trade: Trade, current_time: datetime,\n"
        "                        current_rate: float, current_profit: float, **kwargs) -> float:\n"
        "        return -0.1\n",
        "    def custom_exit(self, pair, trade, **kwargs):\n        return None\n",
        "    def leverage(self, *, pair, side='long', **kwargs) -> float:\n        return 1.0\n",
        "    @property\n    def protections(self):\n        return []\n",
        "    def custom_exit(self, pair, trade, **kwargs):\n"
        "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
        "        last = df.iloc[-1].squeeze()\n"
        "        return 'high' if last['rsi'] > 70 else None\n",
        "    def custom_stake_amount(self, **kwargs) -> float:\n"
        "        return self.wallets.get_total_stake_amount() / 10\n",
        METHOD + "        dataframe['x'] = ta.EMA(dataframe, timeperiod=5, price='open')\n"
        "        return dataframe\n",
        METHOD + "        dataframe['x'] = ta.CCI(dataframe)\n        x = 1\n        x = 'a'\n"
        "        window = []\n        return dataframe\n",
        "    def custom_exit(self, pair: 'Pair', trade: 'Unknown', **kwargs) -> 'str | None':\n"
        "        return None\n",
        "    def confirm_trade_exit(self, pair: str, trade, order_type, amount, rate,\n"
        "                           time_in_force, sell_reason: str, **kwargs) -> bool:\n"
        "        return sell_reason != 'roi'\n",
        "    def sum_up(self, value: float) -> float:\n        global total_so_far\n"
        "        total_so_far = value\n        return total_so_far\n",
]  # fmt: skip


@pytest.mark.parametrize("body", SOUND)
def test_sound_code_has_no_findings(body: str, found: Found) -> None:
    assert found[body] == []


def test_annotations_that_are_never_looked_up_may_name_anything(
    context: ValidationContext,
) -> None:
    body = "    def custom_exit(self, pair: Unknown, trade, **kwargs):\n        return None\n"
    assert said(HEAD + body, context) == [("FG705", "error", 0)]
    assert check("from __future__ import annotations\n" + HEAD + body, context) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("# mypy: ignore-errors\n", "\n"),
        ("# type: ignore\n", "\n"),
        ("# MyPy: disable-error-code=attr-defined\n", "\n"),
        ("\n", "  # type: ignore\n"),
        ("\n", "  # type: ignore  # type: ignore\n"),
        ("'''\n# mypy: ignore-errors\n'''\n", "\n"),
        ("\n", "  # noqa  # type:ignore[attr-defined]\n"),
    ],
)
def test_comments_silence_nothing(first: str, last: str, context: ValidationContext) -> None:
    source = first + HEAD + METHOD + f"        return self.nothing{last}"
    assert [f.code for f in check(source, context)] == ["FG701"]
    assert len(unsilenced(source)) == len(source)


@pytest.mark.parametrize("code", CODES)
def test_the_references_examples_are_true(code: str, context: ValidationContext) -> None:
    for bad in CODES[code].bad:
        found = check(bad, context)
        assert {f.code for f in found} == {code}
        assert all(f.hint for f in found)
    for good in CODES[code].good:
        assert check(good, context) == []


def test_findings_carry_mypys_code_and_the_column(context: ValidationContext) -> None:
    (found,) = check(HEAD + METHOD + "        return self.nothing\n", context)
    assert found.message.endswith("[attr-defined]")
    assert found.phase is Phase.TYPES
    assert found.column == 16
    assert set(TypeValidator().codes) == set(CODES)
    assert found.code in TypeValidator().codes


@pytest.mark.parametrize(
    "name", ["sample_strategy", "FreqaiExampleStrategy", "FreqaiExampleHybridStrategy"]
)
def test_freqtrades_own_strategies_have_no_findings(name: str, context: ValidationContext) -> None:
    source = (TEMPLATES / f"{name}.py").read_text(encoding="utf-8")
    assert check(source, context) == []


@pytest.mark.parametrize("kind", ["minimal", "full", "advanced"])
def test_freqtrades_new_strategies_have_no_findings(
    kind: str, context: ValidationContext, tmp_path: Path
) -> None:
    path = tmp_path / "Fresh.py"
    deploy_new_strategy("Fresh", path, kind)
    assert check(path.read_text(encoding="utf-8"), context) == []


def test_compiled_strategies_have_no_findings(context: ValidationContext) -> None:
    for data in designs(17, 5, context.catalogue):
        source = compile_design(check_design(Design.from_data(data), context.catalogue))
        assert check(source, context) == [], source


@pytest.mark.soak  # the corpus tests have all validators look at them, this one among them
@pytest.mark.needs_shared
def test_legitimate_strategies_have_no_errors(shared: Path, context: ValidationContext) -> None:
    files = sorted((shared / "corpus" / "benign").glob("*.py"))
    assert len(files) >= 32
    for file in files:
        found = check(file.read_text(encoding="utf-8"), context)
        assert [f for f in found if f.severity is Severity.ERROR] == [], file.stem


def test_threads_take_turns(context: ValidationContext) -> None:
    sources = [HEAD + METHOD + f"        return self.missing_{n}\n" for n in range(4)]
    found: dict[int, list[Finding]] = {}

    def run(number: int) -> None:
        found[number] = check(sources[number], context)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(sources))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(len(sources)):
        assert [f"missing_{number}" in f.message for f in found[number]] == [True]


def test_the_interpreters_settings_stay(context: ValidationContext) -> None:
    before = (gc.get_threshold(), sys.getrecursionlimit(), gc.isenabled())
    check(HEAD, context)
    assert (gc.get_threshold(), sys.getrecursionlimit(), gc.isenabled()) == before


@pytest.mark.parametrize(
    ("code", "text", "hint", "expected"),
    [
        ("misc", "anything", "", None),
        ("brand-new", "anything", "", ("FG709", "warning")),
        ("attr-defined", '"float" has no attribute "iloc"', "", ("FG701", "warning")),
        ("attr-defined", '"Candle | float" has no attribute "iloc"', "", None),
        ("operator", 'Unsupported operand types for + ("Series" and "str")', "", None),
        ("operator", 'Unsupported operand types for + ("int" and "str")', "", ("FG709", "warning")),
        ("operator", 'Unsupported operand types for + ("int" and "str")', "Left: a union", None),
        ("call-overload", 'No overload variant of "where" matches argument type "int"', "", None),
        ("union-attr", 'Item "None" of "Any | None" has no attribute "x"', "", None),
        ("union-attr", 'Item "Trade" of "Trade | X" has no attribute "x"', "", ("FG701", "error")),
        ("type-var", "in words never seen before", "", None),
        ("attr-defined", 'Module "freqtrade" has no attribute "data"', "", None),
        ("attr-defined", 'Module "pandas" has no attribute "x"', "", ("FG701", "warning")),
        ("attr-defined", 'Module "numpy.lib" has no attribute "math"', "", ("FG701", "error")),
        ("attr-defined", '"type[S]" has no attribute "x"', "", ("FG701", "error")),
        ("attr-defined", "in words never seen before", "", None),
        ("override", "Signature of a thing", "", None),
        ("return-value", "No return value expected", "", None),
        ("arg-type", "in words never seen before", "", None),
        ("assignment", "Incompatible types in assignment", "", None),
        ("name-defined", "in words never seen before", "", None),
        ("return", "Missing return statement", "", ("FG704", "warning")),
    ],
)
def test_unknown_words_of_mypy_are_never_an_error(
    code: str, text: str, hint: str, expected: tuple[str, str] | None
) -> None:
    message = Message(line=1, column=1, code=code, text=text, hint=hint)
    found = classify("class S: ...\n", [message])
    assert [(f.code, f.severity.value) for f in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("derived", "severity"),
    [
        ("class T(S):\n    knob = 1\n", "warning"),
        ("class M(S): ...\nclass T(M):\n    knob: int = 1\n", "warning"),
        ("class T(S):\n    other = 1\n", "error"),
        ("class T:\n    knob = 1\n", "error"),
        ("class T(U):\n    knob = 1\nclass U(T): ...\n", "error"),
    ],
)
def test_an_attribute_may_come_from_a_class_that_is_derived(derived: str, severity: str) -> None:
    message = Message(
        line=3, column=1, code="attr-defined", text='"S" has no attribute "knob"', hint=""
    )
    source = "class S:\n    def f(self):\n        return self.knob\n" + derived
    assert [f.severity.value for f in classify(source, [message])] == [severity]


def test_a_note_without_a_signature_makes_an_override_a_warning() -> None:
    source = "class S:\n    def custom_exit(self):\n        return None\n"
    for hint in ("", "Superclass:\n    def custom_exit(self, <nothing>) -> str"):
        message = Message(
            line=2, column=5, code="override", text='Signature of "custom_exit" differs', hint=hint
        )
        (found,) = classify(source, [message])
        assert (found.code, found.severity) == ("FG703", Severity.WARNING)


def test_an_error_hides_the_warning_on_the_same_line() -> None:
    texts = [
        'Argument 2 to "ohlcv" of "DataProvider" has incompatible type "int"; expected "str"',
        'Too many arguments for "ohlcv" of "DataProvider"',
    ]
    messages = [
        Message(line=1, column=1, code=code, text=text)
        for code, text in zip(["arg-type", "call-arg"], texts, strict=True)
    ]
    (found,) = classify("x = 1\n", messages)
    assert found.severity is Severity.ERROR


def test_the_stubs_know_every_function_of_the_installed_talib() -> None:
    import talib

    stub = (Path(talib.__file__).parent / "abstract.pyi").read_text(encoding="utf-8")
    assert [n for n in talib.get_functions() if f"def {n}(" not in stub] == []
