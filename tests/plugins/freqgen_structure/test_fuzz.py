"""Random Python through the parser, all rules and their repairs: nothing breaks, nothing is lost.

The code is grown from pieces of grammar, with the names that rules look for: frames, columns,
methods of pandas, functions of talib and the callbacks of Freqtrade, in places where nobody would
write them as well as in those where they belong.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freqgen import Draft, mend
from tests.plugins.freqgen_structure.conftest import Check

# Hypothesis shows what is rejected by the text of its strategy, and that of random files is long.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def _words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


NAMES = _words(
    "dataframe df frame x y self pair trade metadata ta np pd qtpylib i n mask value "
    "entry talib informative IntParameter Trade"
)
COLUMNS = _words(
    "'close' 'rsi' \"enter_long\" 'exit_long' 'enter_tag' 'buy' 'date' 'bb_lower' f'ema_{n}' 'é' ''"
)
NUMBERS = _words("0 1 -1 14 30.5 -0.1 1e3 True None 2 100")
METHODS = _words(
    "shift rolling mean bfill ffill fillna apply iloc loc values copy to_numpy diff pct_change "
    "ewm max std sum iterrows itertuples dropna append resample last between iat at append "
    "applymap RSI EMA BBANDS MACD crossed_above where NaN Inf get_pair_dataframe dp value range "
    "get_analyzed_dataframe merge shape index columns replace interpolate sort_index rank"
)
KEYWORDS = _words(
    "periods center method inplace axis timeperiod period length raw window how on label ascending "
    "limit_direction fill_method space default"
)
OPERATORS = _words("+ - * / & | ^ % < > == != <= and or is in not-in **")
COMMENTS = st.sampled_from(["", "  # why", "  # é ☃", "  #", "  # noqa: FG201", " # type: x"])


def _call(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keyword = st.builds("{}={}".format, KEYWORDS, parts)
    unique = st.lists(keyword, max_size=2, unique_by=lambda text: text.partition("=")[0])
    given_ = st.builds(lambda a, b: ", ".join([*a, *b]), st.lists(parts, max_size=2), unique)
    return st.builds("{}({})".format, st.builds("({}).{}".format, parts, METHODS), given_)


def _more(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}[{}]".format, NAMES, parts),
        st.builds("({}).{}".format, parts, METHODS),
        _call(parts),
        st.builds(
            lambda left, sign, right: f"(({left}) {sign.replace('-', ' ')} ({right}))",
            parts,
            OPERATORS,
            parts,
        ),
        st.builds("({} < {} < {})".format, parts, parts, parts),
        st.builds("(~{})".format, parts),
        st.builds("(not {})".format, parts),
        st.builds("(-{})".format, parts),
        st.builds("({} if {} else {})".format, parts, parts, parts),
        st.builds("[{}, {}]".format, parts, parts),
        st.builds("({},)".format, parts),
        st.builds("{{{}: {}}}".format, parts, parts),
        st.builds("[{} for i in {} if {}]".format, parts, parts, parts),
        st.builds("(lambda w: {})".format, parts),
        st.builds("{}.loc[{}, {}]".format, NAMES, parts, COLUMNS),
        st.builds("{}.iloc[{}:{}]".format, NAMES, NUMBERS, NUMBERS),
        st.builds("{}[::{}]".format, NAMES, NUMBERS),
        st.builds("(\n            {}\n            .{}()\n        )".format, parts, METHODS),
        st.builds("f'{{{}}}'".format, NAMES),
        st.builds("(x := {})".format, parts),
        st.builds("ta.{}({}, {}={})".format, METHODS, parts, KEYWORDS, parts),
    )


EXPRESSIONS = st.recursive(
    st.one_of(NAMES, COLUMNS, NUMBERS, st.builds("{}[{}]".format, NAMES, COLUMNS)),
    _more,
    max_leaves=9,
)
TARGETS = st.one_of(
    NAMES,
    st.builds("{}[{}]".format, NAMES, COLUMNS),
    st.builds("{}.loc[{}, {}]".format, NAMES, EXPRESSIONS, COLUMNS),
    st.builds("{}[{}][{}]".format, NAMES, COLUMNS, EXPRESSIONS),
    st.builds("{}[{}].loc[{}]".format, NAMES, COLUMNS, EXPRESSIONS),
    st.builds("{}, {}".format, NAMES, NAMES),
    st.builds("{}.{}".format, NAMES, METHODS),
)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def _blocks(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(body, min_size=1, max_size=3).map("\n".join).map(_indented)
    return st.one_of(
        st.builds("for {} in {}:{}\n{}".format, NAMES, EXPRESSIONS, COMMENTS, some),
        st.builds("while {}:{}\n{}".format, EXPRESSIONS, COMMENTS, some),
        st.builds("if {}:\n{}\nelse:{}\n{}".format, EXPRESSIONS, some, COMMENTS, some),
        st.builds("try:\n{}\nexcept {}:\n{}".format, some, NAMES, some),
        st.builds("with {} as y:\n{}".format, EXPRESSIONS, some),
        st.builds("def {}({}, *args, **kwargs):\n{}".format, METHODS, NAMES, some),
    )


SIMPLE = st.one_of(
    st.builds("{} = {}{}".format, TARGETS, EXPRESSIONS, COMMENTS),
    st.builds("{} = {} = {}".format, TARGETS, NAMES, EXPRESSIONS),
    st.builds("{}[{}] += {}{}".format, NAMES, COLUMNS, EXPRESSIONS, COMMENTS),
    st.builds("{}{}".format, EXPRESSIONS, COMMENTS),
    st.builds("return {}{}".format, EXPRESSIONS, COMMENTS),
    st.builds("x = 1; {}".format, EXPRESSIONS),
    st.builds("y: object = {}".format, EXPRESSIONS),
    st.sampled_from(["pass", "return", "return dataframe", "import numpy as np  # late", "del x"]),
)
STATEMENTS = st.recursive(SIMPLE, _blocks, max_leaves=6)
SIGNATURES = st.sampled_from(
    [
        "def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:",
        "def populate_entry_trend(self, df, metadata):  # signals",
        "def populate_exit_trend(self, dataframe):",
        "def populate_buy_trend(self, dataframe, metadata):",
        "@informative('4h')\n    def hours(self, dataframe, metadata):",
        "@informative\n    def days(self, df, *, metadata=None):",
        "def custom_exit(self, pair, trade, current_time, current_rate, **kwargs):",
        "def custom_stoploss(self, pair: str, trade, *args, **kwargs) -> float:",
        "async def confirm_trade_entry(self, pair):",
        "@staticmethod\n    def helper(dataframe, n=3):",
        "def bot_start(self, **kwargs) -> None:",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "stoploss = -0.1",
        "stoploss = 5",
        "stop_loss: float = 0.1",
        "timeframe = '1H'  # hours",
        "timeframe = TF",
        "minimal_roi = {'0': 0.1, 30: x}",
        "can_short = False",
        "use_custom_stoploss = False",
        "INTERFACE_VERSION = 2",
        "ticker_interval = '5m'",
        "startup_candle_count = -1",
        "trailing_stop = True",
        "order_types = {'buy': 'limit', 'sell': 'limit'}",
        "rsi = IntParameter(40, 10, default=99)",
        "buy_rsi = IntParameter(low=1, high=5, space='buy')",
        "protections = [{'method': 'X'}]",
        "pass",
    ]
)
METHOD_TEXTS = st.builds(
    lambda head, body: f"    {head}\n" + _indented(_indented("\n".join(body))),
    SIGNATURES,
    st.lists(STATEMENTS, min_size=1, max_size=4),
)
HEADS = st.sampled_from(
    [
        "import talib.abstract as ta\nimport numpy as np\nimport pandas as pd\n"
        "from freqtrade.strategy import IStrategy, informative, IntParameter\n"
        "from pandas import DataFrame\nfrom technical import qtpylib\n",
        '"""Doc."""\nfrom __future__ import annotations\n# a note\n'
        "from freqtrade.strategy import *\n",
        "import numpy\nimport talib.abstract\nfrom pandas import *  # all\n",
        "",
    ]
)
FILES = st.builds(
    lambda head, attributes, methods, tail: (
        head
        + "\n\nclass S(IStrategy):\n"
        + "".join(f"    {line}\n" for line in attributes)
        + "    x = 1\n"
        + "\n\n".join(methods)
        + "\n"
        + tail
        + "\n"
    ),
    HEADS,
    st.lists(ATTRIBUTES, max_size=4),
    st.lists(METHOD_TEXTS, max_size=4),
    st.one_of(st.just(""), STATEMENTS.filter(lambda text: "return" not in text)),
)


def comments(source: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def _parses(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "s.py", "exec")
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True


def hold(source: str, check: Check) -> None:
    """What holds for any text that Python takes."""
    report = check(source)
    crashed = [f.message for f in report.findings if f.code in {"FG001", "FG002"}]
    assert crashed == []
    lines = source.count("\n") + 1
    assert all(f.line is None or 1 <= f.line <= lines for f in report.findings)
    draft = Draft(class_name="S", source=source)
    mended = mend(draft, lambda one: check(one.source))
    if not mended.applied:
        assert mended.draft.source == source
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(mended.draft.source)
    assert comments(source) <= comments(mended.draft.source)
    assert not any(f.code == "FG002" for f in mended.report.findings)
    again = mend(mended.draft, lambda one: check(one.source))
    assert again.draft.source == mended.draft.source


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(source=FILES.filter(_parses))
def test_random_strategies(source: str, check: Check) -> None:
    hold(source, check)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(source=FILES.filter(_parses))
def test_many_random_strategies(source: str, check: Check) -> None:
    hold(source, check)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(text=st.text(max_size=200))
def test_random_text(text: str, check: Check) -> None:
    """Findings, and no crash, whatever the file is."""
    report = check(text)
    assert not any(finding.code == "FG002" for finding in report.findings)
    assert mend(Draft(class_name="S", source=text), lambda one: check(one.source)).report
