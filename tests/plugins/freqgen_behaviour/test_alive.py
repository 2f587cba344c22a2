from __future__ import annotations

import ast
from typing import Any, cast

import numpy as np
import pytest

from freqgen import Design, Draft, Run, Severity, Trial, check_design, compile_design
from freqgen_behaviour.alive import Alive
from freqgen_behaviour.notes import Condition, with_notes
from freqgen_behaviour.proposals import Held, contradiction, never, proposal

from .lab import CATALOGUE, Bench, ScriptedLaboratory, line_of, strategy

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

INDICATORS = """\
dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
dataframe["ema"] = ta.EMA(dataframe, timeperiod=20)
dataframe["trend"] = np.where(dataframe["close"] > dataframe["ema"], 1, -1)
dataframe["never"] = (dataframe["rsi"] < 1) & (dataframe["volume"] > 0)
dataframe["missing"] = np.nan"""


def _source(entry: str, *, exit_: str = "", attributes: str = "") -> str:
    return strategy(indicators=INDICATORS, entry=entry, exit_=exit_, attributes=attributes)


@pytest.mark.parametrize(
    ("entry", "part", "said", "proposed"),
    [
        pytest.param(
            'dataframe.loc[(dataframe["rsi"] < 1) & (dataframe["volume"] > 0), "enter_long"] = 1',
            "rsi",
            [
                "rsi < 1 holds on 0, volume > 0 holds on 1,050",
                "rsi < 1 never holds: the lowest rsi is ",
                "while the other one holds on 1,050",
            ],
            ["rsi < ", " gives ", "without rsi < 1 there are 1,050"],
            id="a threshold that is never reached",
        ),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] < self.low.value, ["enter_long", "enter_tag"]] = '
            '(1, "low")',
            "rsi",
            ["rsi < self.low.value (2) never holds: the lowest rsi is "],
            ["rsi < ", " gives "],
            id="a parameter that is never reached",
        ),
        pytest.param(
            'conditions = []\nconditions.append(dataframe["rsi"] > 99)\n'
            'conditions.append((dataframe["volume"] > 0) & (dataframe["close"] > 0))\n'
            "if conditions:\n"
            '    dataframe.loc[reduce(lambda x, y: x & y, conditions), "enter_long"] = 1',
            'append(dataframe["rsi"] > 99)',
            [
                "rsi > 99 holds on 0, volume > 0 holds on 1,050, close > 0 holds on 1,050",
                "the highest rsi is ",
                "while the others hold on 1,050",
            ],
            ["rsi > ", " gives "],
            id="a list of conditions",
        ),
        pytest.param(
            'low = dataframe["rsi"] < 1\nlow &= dataframe["volume"] > 0\n'
            'dataframe["enter_long"] = np.where(low, 1, 0)',
            "low = ",
            ["rsi < 1 holds on 0, volume > 0 holds on 1,050"],
            ["rsi < "],
            id="a variable",
        ),
        pytest.param(
            'dataframe["enter_long"] = dataframe["never"].astype(int)',
            'dataframe["never"] =',
            ["rsi < 1 holds on 0, volume > 0 holds on 1,050"],
            ["rsi < "],
            id="a column",
        ),
        pytest.param(
            'dataframe.loc[dataframe["trend"] == 2, "enter_long"] = 1',
            '"trend"] == 2',
            ["trend == 2 never holds: trend takes the values -1, 1"],
            ["trend == ", " gives "],
            id="a value that there is not",
        ),
        pytest.param(
            'dataframe.loc[dataframe["missing"] > 2, "enter_long"] = 1',
            '"missing"] > 2',
            ["missing > 2 never holds: missing is missing on every candle"],
            ["write a condition that the candles can meet"],
            id="a column without values",
        ),
        pytest.param(
            'dataframe.loc[dataframe["close"] > dataframe["high"].rolling(20).max(), '
            '"enter_long"] = 1',
            "rolling(20)",
            ["close > high.rolling(20).max() never holds"],
            ["close > (high.rolling(20).max()).shift(1), which leaves the candle itself out"],
            id="a high that counts the candle itself",
        ),
        pytest.param(
            'dataframe.loc[(dataframe["rsi"] < 40) & (dataframe["rsi"] > 60), "enter_long"] = 1',
            '"rsi"] < 40',
            ["candles on which the other one holds"],
            ["rsi < 40 and rsi > 60 can never hold together; write |"],
            id="a contradiction",
        ),
        pytest.param(
            'dataframe.loc[qtpylib.crossed_above(dataframe["rsi"], 50)\n'
            '              & qtpylib.crossed_below(dataframe["rsi"], 50), "enter_long"] = 1',
            "crossed_above",
            ["holds on none of the "],
            ["at any time within the last ", "; or without qtpylib.crossed_"],
            id="two events at once",
        ),
    ],
)
def test_the_condition_that_leaves_nothing_is_named(
    bench: Bench, entry: str, part: str, said: list[str], proposed: list[str]
) -> None:
    source = _source(entry, attributes='low = IntParameter(1, 9, default=2, space="buy")')
    (finding,) = bench.check(Alive(), source)
    assert (finding.code, finding.severity) == ("FG840", Severity.WARNING)
    assert "none of 1,050 made-up candles of " in finding.message
    assert "(on the one pair that was tried; real candles may differ); " in finding.message
    for text in said:
        assert text in finding.message
    for text in proposed:
        assert text in finding.hint
    start = line_of(source, "def populate_entry") if part == "rsi" else 0
    lines = source.splitlines()
    assert finding.line is not None
    assert finding.line > start
    assert part in lines[finding.line - 1]


def test_what_is_proposed_gives_what_is_promised(bench: Bench) -> None:
    entry = 'dataframe.loc[(dataframe["rsi"] < 1) & (dataframe["trend"] < 0), "enter_long"] = 1'
    (finding,) = bench.check(Alive(), _source(entry))
    threshold, _, rest = finding.hint.removeprefix("rsi < ").partition(" gives ")
    mended = _source(entry.replace("< 1)", f"< {threshold})"))
    assert bench.check(Alive(), mended) == []
    counting = _source(
        f'mask = (dataframe["rsi"] < {threshold}) & (dataframe["trend"] < 0)\n'
        "dataframe.loc[mask & (mask.iloc[150:].sum() != "
        f'{rest.split(" signals")[0]}), "enter_long"] = 1'
    )
    (finding,) = bench.check(Alive(), counting)
    assert "no" in finding.message


@pytest.mark.parametrize(
    ("entry", "said", "hint"),
    [
        pytest.param(
            'dataframe.loc[dataframe["rsi"] > 55, "enter_long"] = 1',
            "entry signals are on candles that have an exit signal too",
            "add the opposite of the exit's condition",
            id="beside exits",
        ),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] > 55, "enter_short"] = 1',
            "no long ones, and Freqtrade opens no shorts without can_short",
            "write can_short = True",
            id="shorts alone",
        ),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] < 45, "enter_long"] = "yes"',
            "the column has the values yes",
            "set it to 1",
            id="a value that is not 1",
        ),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] < 45, "enter_long"] = 1\ndataframe["enter_long"] = 0',
            "a later statement sets the signal back",
            "look for an assignment",
            id="set back",
        ),
        pytest.param(
            'dataframe["enter_long"] = 0',
            "has an entry signal",
            "set enter_long to 1 where",
            id="never set",
        ),
        pytest.param(
            "dataframe = dataframe.copy()",
            "has an entry signal",
            "set enter_long to 1 where",
            id="nothing there",
        ),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] < 1, "enter_long"] = 1\n'
            'dataframe.loc[dataframe["rsi"] > 99, "enter_long"] = 1',
            "nor does any of the other 1 ways in give a signal",
            "rsi ",
            id="several ways in",
        ),
        pytest.param(
            'x = dataframe["close"] > 0\n'
            'dataframe.loc[(dataframe["rsi"] < 30) & (dataframe["rsi"] > 70)\n'
            '    & (dataframe["trend"] > 0) & (dataframe["trend"] < 0) & x, "enter_long"] = 1',
            "no single one is to blame: one after the other they leave ",
            "can never hold together",
            id="two contradictions",
        ),
        pytest.param(
            "\n".join(
                [
                    "mask = dataframe['rsi'] < 1",
                    *(f"mask &= dataframe['volume'] > -{n}" for n in range(8)),
                    "dataframe.loc[mask, 'enter_long'] = 1",
                ]
            ),
            "and 3 more",
            "rsi < ",
            id="many conditions",
        ),
        pytest.param(
            "conditions = []\nfor n in (3, 2, 1):\n"
            '    conditions.append(dataframe["rsi"] < n)\n'
            'dataframe.loc[reduce(lambda x, y: x & y, conditions), "enter_long"] = 1',
            "rsi < n (3) holds on 0, rsi < n (2) holds on 0, rsi < n (1) holds on 0",
            "without ",
            id="conditions of a loop",
        ),
    ],
)
def test_other_reasons(bench: Bench, entry: str, said: str, hint: str) -> None:
    source = _source(entry, exit_='dataframe.loc[dataframe["rsi"] > 50, "exit_long"] = 1')
    (finding,) = bench.check(Alive(), source)
    assert said in finding.message
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("entry", "attributes"),
    [
        pytest.param('dataframe.loc[dataframe["rsi"] < 45, "enter_long"] = 1', "", id="long"),
        pytest.param(
            'dataframe.loc[dataframe["rsi"] > 55, "enter_short"] = 1',
            "can_short = True",
            id="short",
        ),
    ],
)
def test_nothing_is_said_of(bench: Bench, entry: str, attributes: str) -> None:
    assert bench.check(Alive(), _source(entry, attributes=attributes)) == []


def test_code_that_fails_is_another_checks(bench: Bench) -> None:
    assert bench.check(Alive(), _source("raise ValueError"), runs=False) == []


def test_compiled_code_is_read_too(bench: Bench) -> None:
    design = Design.from_data(
        {
            "name": "Dead",
            "timeframe": "1h",
            "risk": {"stoploss": -0.1},
            "indicators": [{"id": "rsi", "function": "RSI"}],
            "entry_long": ["rsi < 2", "volume > 0"],
        }
    )
    source = compile_design(check_design(design, CATALOGUE))
    (finding,) = bench.check(Alive(), source, design=design)
    assert "rsi < 2 never holds: the lowest rsi is " in finding.message


@pytest.mark.needs_shared
def test_real_candles_are_not_called_made_up(real_bench: Bench) -> None:
    entry = 'dataframe.loc[dataframe["rsi"] < 1, "enter_long"] = 1'
    (finding,) = real_bench.check(Alive(), _source(entry))
    assert finding.message.startswith(
        "none of 1,050 candles of BTC/USDT after the warm-up of 150 has an entry signal "
        "(on the one pair that was tried; other pairs and times may differ); "
    )


ENTRY = "class S:\n    def populate_entry_trend(self, dataframe, metadata):\n{}\n"


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        pytest.param('df.loc[df["a"] < 1, "enter_long"] = 1', ["a < 1"], id="one"),
        pytest.param('df.loc[df.a < 1, "buy"] = 1', ["a < 1"], id="attribute, old name"),
        pytest.param(
            'df.loc[(df["a"] < 1) & ((df["b"] > 1) | df["c"]) & f(df), "enter_short"] = 1',
            ["a < 1", "(b > 1) | c", "f(df)"],
            id="conjunction",
        ),
        pytest.param(
            'df["enter_long"] = np.logical_and(df["a"] < 1, df["b"] < 1).astype(int)',
            ["a < 1", "b < 1"],
            id="logical_and",
        ),
        pytest.param(
            'df.loc[:, "enter_long"] = (df["a"] < 1) & (df["b"] < 1)',
            ["a < 1", "b < 1"],
            id="all rows",
        ),
        pytest.param(
            'c = [df["a"] < 1, df["b"] < 1]\ndf.loc[np.logical_and.reduce(c), "enter_long"] = 1',
            ["a < 1", "b < 1"],
            id="list",
        ),
        pytest.param(
            'c: list = []\nc.append(df["a"] < 1)\nc = []\nc.append(df["b"] < 1)\n'
            'df.loc[reduce(and_, c), "enter_long"] = 1',
            ["b < 1"],
            id="list begun anew",
        ),
        pytest.param(
            'c = [df["a"] < 1, df["b"] < 1]\n'
            'df.loc[reduce(lambda x, y: x | y, c), "enter_long"] = 1',
            ["reduce(lambda x, y: x | y, c)"],
            id="one of a list",
        ),
        pytest.param(
            'm = df["a"] < 1\nm = df["b"] < 1\ndf.loc[m, "enter_long"] = 1',
            ["m"],
            id="variable given twice",
        ),
        pytest.param(
            'm = df["a"] < 1\nm |= df["b"] < 1\ndf.loc[m, "enter_long"] = 1',
            ["m"],
            id="variable widened",
        ),
        pytest.param('m = 3\ndf.loc[m, "enter_long"] = 1', ["m"], id="no condition"),
        pytest.param('m = m2\nm2 = m\ndf.loc[m, "enter_long"] = 1', [], id="a circle"),
        pytest.param('df.loc[df["a"] < 1, "enter_long"] = 0', [], id="unset"),
        pytest.param('df.loc[df["a"] < 1, "enter_tag"] = "x"', [], id="tag"),
        pytest.param('df.loc[df["a"] < 1, ["enter_long", "enter_tag"]] = (0, "")', [], id="both"),
        pytest.param('df["enter_long"] = 1', [], id="always"),
        pytest.param('df.loc[:, "enter_long"] = 1', [], id="always, in all rows"),
        pytest.param("x.y = 1\nx, y = 1, 2", [], id="nothing"),
        pytest.param(f'df.loc[{"f" * 90}(df), "enter_long"] = 1', ["f" * 78 + " …"], id="long"),
    ],
)
def test_conditions_are_read_from_the_source(body: str, texts: list[str]) -> None:
    source = ENTRY.format("\n".join(f"        {line}" for line in body.splitlines()))
    noted = with_notes(source)
    found = [c.text for entry in noted.entries for c in entry.conditions] if noted else []
    assert found == texts
    if noted:
        ast.parse(noted.source)


@pytest.mark.parametrize("source", ["def (", "x = 1\n", "x = \0"], ids=["syntax", "none", "null"])
def test_a_source_without_entries_has_no_notes(source: str) -> None:
    assert with_notes(source) is None


def test_values_are_what_they_were_without_notes() -> None:
    noted = with_notes(ENTRY.format('        df.loc[(df["a"] < 1) & df["b"], "enter_long"] = 1'))
    assert noted is not None
    assert noted.source.count("__freqgen_compare__('c1', 'lt', df['a'], 1)") == 1
    assert noted.source.count("__freqgen_see__('c2', df['b'])") == 1


def _held(
    text: str, true: list[int], *, left: list[float] | None = None, limit: float = 0.0
) -> Held:
    """A condition such as ``x < 1``, with the values of its left side."""
    name, sign, right = (*text.split(" "), "", "")[:3]
    return Held(
        condition=Condition(key="c1", text=text, line=1, sign=sign, left=name, right=right),
        true=np.array(true, dtype=bool),
        left=None if left is None else np.array(left, dtype=float),
        right=None if left is None else np.full(len(left), limit),
    )


@pytest.mark.parametrize(
    ("held", "proposed"),
    [
        pytest.param(
            [_held("x < 1", [0, 0, 0], left=[3.2, 5.0, 9.0], limit=1)],
            "x < 3.3 gives 1 signal, on these candles",
            id="just below the lowest",
        ),
        pytest.param(
            [_held("x > 9", [0, 0, 0], left=[-3.2, -5.0, 7.04], limit=9)],
            "x > 7 gives 1 signal, on these candles",
            id="just above the highest",
        ),
        pytest.param(
            [
                _held("x <= 1", [0, 0, 0], left=[3.0, 50.0, 90.0], limit=1),
                _held("y", [0, 1, 1]),
            ],
            "x <= 51 gives 1 signal; or without x <= 1 there are 2, on these candles",
            id="where the others hold",
        ),
        pytest.param(
            [_held("x", [1, 0, 0, 0]), _held("y", [0, 0, 1, 0])],
            "x at any time within the last 3 candles (.rolling(3).max() == 1) gives 1 signal; "
            "or without x there are 1, on these candles",
            id="shortly after",
        ),
        pytest.param(
            [_held("x", [1, 0, 0]), _held("y", [0, 1, 1]), _held("z", [0, 0, 0])],
            "without x and z there are 2 signals, on these candles",
            id="several have to go",
        ),
        pytest.param([_held("x", [0, 0])], "write a condition that the candles can meet", id="one"),
        pytest.param(
            [_held("x != 1", [0, 0], left=[1, 1], limit=1)],
            "write a condition that the candles can meet",
            id="all are equal to it",
        ),
        pytest.param(
            [_held("x == 9", [0] * 6, left=[1, 2, 3, 4, 5, 6], limit=9)],
            "write a condition that the candles can meet",
            id="equal to none of many",
        ),
    ],
)
def test_proposals_are_computed(held: list[Held], proposed: str) -> None:
    assert proposal(held, 0) == proposed


def test_a_number_on_the_left_is_read_the_other_way_round() -> None:
    one = Held(
        condition=Condition(key="c1", text="30 > x", line=1, sign=">", left="30", right="x"),
        true=np.zeros(3, dtype=bool),
        left=np.full(3, 30.0),
        right=np.array([40.2, 50.0, 60.0]),
    )
    assert never(one) == "30 > x never holds: the lowest x is 40.2"
    assert proposal([one], 0) == "41 > x gives 1 signal, on these candles"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        pytest.param(_held("x", [0]), "x never holds", id="no comparison"),
        pytest.param(
            _held("x == 9", [0] * 6, left=[1, 2, 3, 4, 5, 6], limit=9),
            "x == 9 never holds: x lies between 1 and 6",
            id="between",
        ),
        pytest.param(
            Held(
                condition=Condition(key="c", text="x > y", line=1, sign=">", left="x", right="y"),
                true=np.zeros(2, dtype=bool),
                left=np.array([1.0, 2.0]),
                right=np.full(2, np.nan),
            ),
            "x > y never holds: y is missing on every candle",
            id="missing",
        ),
    ],
)
def test_what_never_holds_is_said_with_its_values(one: Held, said: str) -> None:
    assert never(one) == said


@pytest.mark.parametrize(
    ("second", "contradicts"),
    [
        pytest.param(_held("x > 7", [0, 1], left=[1, 9], limit=7), True, id="apart"),
        pytest.param(_held("x > 2", [0, 1], left=[1, 9], limit=2), False, id="overlapping"),
        pytest.param(_held("y > 7", [0, 1], left=[1, 9], limit=7), False, id="another column"),
        pytest.param(_held("x < 7", [1, 0], left=[1, 9], limit=7), False, id="the same direction"),
        pytest.param(_held("x > 7", [0, 0], left=[1, 6], limit=7), False, id="never alone"),
        pytest.param(_held("y", [0, 1]), False, id="no comparison"),
    ],
)
def test_contradictions(second: Held, contradicts: bool) -> None:
    first = _held("x < 3", [1, 0], left=[1, 9], limit=3)
    assert bool(contradiction([first, second])) is contradicts
    assert bool(contradiction([second, first])) is contradicts


def test_a_trial_with_notes_that_fails_leaves_the_plain_sentence(bench: Bench) -> None:
    source = _source('dataframe.loc[dataframe["rsi"] < 1, "enter_long"] = 1')
    draft = cast("Any", Draft(class_name="S", source=source))
    specimen = cast("Any", bench.laboratory.describe(draft))

    def answer(trial: Trial) -> Run:
        return Run() if trial.source else bench.laboratory.run(specimen, [trial])[0]

    scripted = Bench(cast("Any", ScriptedLaboratory(answer=answer)), bench.folder)
    (finding,) = scripted.check(Alive(), source)
    assert finding.message.endswith(
        "has an entry signal (on the one pair that was tried; real candles may differ)"
    )
    assert finding.line == line_of(source, '"enter_long"] = 1')
