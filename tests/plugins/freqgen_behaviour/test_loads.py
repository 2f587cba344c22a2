"""Strategies that do not run, or not as Freqtrade needs it: each is a finding with a code."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from freqgen import Finding, Severity
from freqgen_behaviour.loads import LoadsAndRuns

from .lab import Bench, strategy

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)
pytestmark = pytest.mark.xdist_group("behaviour")

BUY = 'dataframe.loc[dataframe["close"] > 0, "enter_long"] = 1'


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A strategy that is no good.

    :param says: A part of the message.
    :param text: A part of the line that is named; empty where none can be.
    """

    code: str
    says: str
    text: str = ""
    indicators: str = ""
    entry: str = BUY
    attributes: str = ""

    @property
    def source(self) -> str:
        return strategy(
            indicators=self.indicators, entry=self.entry, attributes=self.attributes, startup=30
        )


def _does(code: str, says: str, indicators: str, text: str = "") -> Bad:
    return Bad(code=code, says=says, indicators=indicators, text=text)


BAD = {
    "a module that is not there": _does(
        "FG801", "imports nothing_of_the_kind, which is not installed", ""
    ),
    "an attribute of the wrong type": Bad(
        code="FG801", says="could not convert", attributes='stoploss = "low"'
    ),
    "raises": _does("FG802", "KeyError", 'dataframe["x"] = dataframe["y"] + 1', text='["y"]'),
    "raises on the thousandth candle only": _does(
        "FG802",
        "ZeroDivisionError",
        'dataframe["x"] = [1 / (999 - i) for i in range(len(dataframe))]',
        text="999 - i",
    ),
    "exits": _does("FG802", "SystemExit", "raise SystemExit(0)", text="SystemExit"),
    "opens a file": _does("FG802", "PermissionError", 'open("/etc/passwd").read()', text="passwd"),
    "starts a program": _does(
        "FG802", "PermissionError", 'import subprocess\nsubprocess.run(["true"])', text="subprocess"
    ),
    "forks": _does("FG802", "PermissionError", "import os\nos.fork()", text="os.fork"),
    "opens a socket": _does("FG802", "PermissionError", "import socket\nsocket.socket()"),
    "a shorter frame": _does("FG803", "length", "dataframe = dataframe.iloc[5:]"),
    "nothing": _does("FG803", "", "return None"),
    "another close": _does(
        "FG804", "the column close", 'dataframe["close"] = dataframe["close"] * 0.99'
    ),
    "another index": _does(
        "FG803", "numbered", 'dataframe = dataframe.set_index("date", drop=False)'
    ),
    "a candle column that is gone": _does(
        "FG803", '"volume"', 'dataframe = dataframe.drop(columns="volume")'
    ),
    "the same column twice": _does(
        "FG803",
        "two columns",
        'dataframe["x"] = 1.0\ndataframe = pd.concat([dataframe, dataframe[["x"]]], axis=1)',
    ),
    "a signal of text": Bad(
        code="FG803",
        says="Freqtrade trades where it is 1",
        entry='dataframe.loc[dataframe["close"] > 0, "enter_long"] = "yes"',
        text="yes",
    ),
    "other prices": _does(
        "FG804", '"open"', 'dataframe["open"] = dataframe["open"] * 0.99', text='["open"] ='
    ),
    "a method of the engine": Bad(
        code="FG861",
        says="should_exit",
        attributes="def should_exit(self, *args, **kwargs):\n    return []",
    ),
    "never returns": _does("FG810", "longer than", "while True:\n    dataframe.copy()"),
    "fills memory": _does("FG811", "memory", "x = bytearray(8 << 30)"),
    "fills the disk": _does(
        "FG812",
        "folder",
        "for i in range(500):\n    open(str(i), 'wb').write(bytes(1 << 20))",
    ),
    "prints endlessly": _does("FG813", "printed", "while True:\n    print('x' * 1000)"),
    "kills itself": _does("FG814", "signal 9", "import os\nos.kill(os.getpid(), 9)"),
    "ends its process": _does("FG814", "code 0", "import os\nos._exit(0)"),
    "crashes": _does("FG814", "signal 11", "import ctypes\nctypes.string_at(0)"),
}


@pytest.fixture(scope="session")
def hasty(open_bench: object, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench on which a trial may take a few seconds only."""
    return open_bench(tmp_path_factory.mktemp("nothing"), seconds=4.0)  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_a_finding(bad: Bad, hasty: Bench) -> None:
    source = bad.source
    if "nothing_of_the_kind" in bad.says:
        source = "import nothing_of_the_kind\n" + source
    (found,) = hasty.check(LoadsAndRuns(), source, runs=False)
    assert isinstance(found, Finding)
    assert (found.code, found.severity) == (bad.code, Severity.ERROR), found.message
    assert bad.says in found.message
    assert found.hint
    if bad.text:
        assert found.line is not None
        assert bad.text in source.splitlines()[found.line - 1]


def test_nothing_is_left_behind_and_the_next_one_runs(hasty: Bench) -> None:
    """After all of them: no worker, no folder of one, and a sound strategy is sound."""
    good = strategy(indicators='dataframe["rsi"] = ta.RSI(dataframe)')
    assert hasty.check(LoadsAndRuns(), good) == []
    assert hasty.leftovers() == []


def test_every_code_is_documented() -> None:
    said = {one.code for one in LoadsAndRuns().documentation()}
    assert said >= set(LoadsAndRuns().codes) | {bad.code for bad in BAD.values()}
