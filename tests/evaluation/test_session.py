"""What a worker does with a strategy, done here: what it asks for, and what it says."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import CandleType

from freqgen.evaluation import faults
from freqgen.evaluation.columns import COMPARED, as_written
from freqgen.evaluation.engine_config import plain_config
from freqgen.evaluation.markets import MarketTable, assumed_market
from freqgen.evaluation.session import work
from freqgen.evaluation.setting import Setting
from freqgen.sandbox.channel import Message
from tests.evaluation.callback_strategies import CASES, REFUSED_CASES
from tests.evaluation.strategies import CALLBACKS, PLAIN, every_candle
from tests.evaluation.worker import FakeChannel, Files, restored, run_here

# Freqtrade itself uses what pandas deprecates; in a worker that is only logged.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def setting(datadir: Path, tmp_path: Path) -> Setting:
    """The configuration that a worker has from its parent."""
    (tmp_path / "private").mkdir()
    (tmp_path / "worker").mkdir()
    options = {
        "config": plain_config({"exchange": {"name": "binance"}, "max_open_trades": 2}),
        "private": str(tmp_path / "private"),
        "results": str(tmp_path / "results"),
        "datadir": str(datadir),
        "markets": str(tmp_path / "markets.json"),
    }
    with restored(tmp_path / "worker"):
        return Setting(options)


@pytest.fixture
def candles(datadir: Path) -> Files:
    """The candles that it may ask for."""
    return Files(datadir)


@pytest.fixture
def run(setting: Setting, tmp_path: Path, candles: Files) -> Any:
    """Run a strategy as a worker does."""

    def run(source: str, **more: Any) -> FakeChannel:
        return run_here(setting, tmp_path / "worker", source, candles, **more)

    return run


def test_a_strategy_without_callbacks_is_not_simulated(run: Any) -> None:
    channel = run(every_candle().source, pairs=["BTC/USDT", "ETH/USDT"])
    assert [message.op for message in channel.said] == ["signals", "signals", "declared", "done"]
    assert channel.asked == [
        ("BTC/USDT", "1h", CandleType.SPOT),
        ("ETH/USDT", "1h", CandleType.SPOT),
    ]
    heard = channel.heard()
    assert heard.declared is not None
    assert heard.declared.callbacks == heard.declared.engine == heard.declared.informative == ()
    assert not heard.declared.simulated
    assert heard.declared.timeframe == "1h"
    assert heard.declared.startup == 0
    assert heard.declared.attributes["max_open_trades"] == 2
    assert heard.declared.own["minimal_roi"] == {"0": 0.01}
    assert set(heard.frames) == {"BTC/USDT", "ETH/USDT"}
    frame = heard.frames["BTC/USDT"]
    assert [*frame.columns[:6]] == ["date", "open", "high", "low", "close", "volume"]
    assert set(frame.columns[6:]) == {"enter_tag", "exit_tag", "enter_long"}
    assert heard.dtypes["BTC/USDT"]["enter_tag"] == "str"


def test_what_callbacks_answer_is_said_with_the_trades(run: Any) -> None:
    heard = run(CALLBACKS, name="Callbacks", timerange="20240105-20240125").heard()
    assert heard.declared is not None
    assert heard.declared.callbacks == ("custom_stoploss", "custom_exit", "custom_stake_amount")
    assert heard.declared.after_fill
    assert set(heard.log.call) == set(heard.declared.callbacks)
    assert heard.trades is not None
    assert tuple(heard.trades.columns) == COMPARED
    assert len(heard.trades) > 0


def _hourly(name: str) -> str:
    """The source of a case that needs candles of one hour alone."""
    source = CASES[name].source.replace("{stake}", "USDT")
    return re.sub(r"\b(4h|1d)\b|_(4h|1d)\b", lambda found: found[0][:-2] + "1h", source)


@pytest.mark.parametrize("name", ["Informative", "Locks", "SetAtStart", "MixedSignals"])
def test_what_strategies_do(run: Any, name: str) -> None:
    heard = run(_hourly(name), name=name, timerange="20240110-20240125").heard()
    assert heard.failed is None
    assert heard.declared is not None
    found = asdict(heard.declared)
    if name == "Informative":  # its own informative_pairs raises, which no backtest would notice
        assert found["informative"] == ()
    if name == "Locks":
        assert {"lock_pair", "unlock_pair", "unlock_reason"} <= set(heard.log.call)
    if name == "SetAtStart":
        assert found["changed"] == {
            "minimal_roi": {"0": 0.01, "120": None},
            "stoploss": -0.02,
            "trailing_stop": True,
        } | ({"max_open_trades": 2} if found["attributes"]["max_open_trades"] != 2 else {})
        assert found["attributes"]["stoploss"] == -0.05
    if name == "MixedSignals":
        assert set(heard.frames["BTC/USDT"]["enter_long"].dropna()) == {0.0, 1.0}
        assert set(heard.frames["BTC/USDT"]["exit_long"]) == {0.0, 2.0}


def test_what_it_reads_beside_its_candles_is_said(run: Any) -> None:
    heard = run(_hourly("Merged"), name="Merged").heard()
    assert heard.declared is not None
    assert heard.declared.informative == (("BTC/USDT", "1h"), ("ETH/USDT", "1h"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("OwnEngine", ("min_roi_reached", "should_exit")),
        ("OwnConfiguration", ("config[stake_amount]",)),
        ("LocksTooEarly", ("locks while signals are computed",)),
    ],
)
def test_what_it_does_to_the_engine_is_said(run: Any, name: str, said: tuple[str, ...]) -> None:
    heard = run(REFUSED_CASES[name].source, name=name, timerange="20240110-20240115").heard()
    assert heard.declared is not None
    assert heard.declared.engine == said


FAILURES: dict[str, tuple[str, str, str, int | None]] = {
    "its own error": (
        every_candle(body="dataframe['x'] = 1 / 0").source,
        "FG802",
        "EveryCandle failed with ZeroDivisionError: division by zero in populate_indicators",
        14,
    ),
    "deep inside": (
        every_candle(body="dataframe['x'] = dataframe['nothing']").source,
        "FG802",
        "EveryCandle failed with KeyError: 'nothing' in populate_indicators",
        14,
    ),
    "the end": (
        every_candle(body="raise SystemExit(3)").source,
        "FG802",
        "EveryCandle failed with SystemExit: 3 in populate_indicators",
        14,
    ),
    "no words": (
        every_candle(body="raise KeyboardInterrupt").source,
        "FG802",
        "EveryCandle failed with KeyboardInterrupt: KeyboardInterrupt in populate_indicators",
        14,
    ),
    "memory": (
        every_candle(body="raise MemoryError").source,
        "FG811",
        "EveryCandle was stopped: it asked for more memory than its limit",
        None,
    ),
    "refused": (
        every_candle(body="raise PermissionError(13, 'Permission denied')").source,
        "FG802",
        "EveryCandle failed with PermissionError: [Errno 13] Permission denied",
        14,
    ),
    "no such module": (
        "import nothing_of_the_kind\n" + every_candle().source,
        "FG801",
        "nothing_of_the_kind",
        None,
    ),
    "syntax": ("class EveryCandle(:\n", "FG801", "invalid syntax", None),
    "another class": (
        PLAIN,
        "FG801",
        "Freqtrade cannot load EveryCandle: Impossible to load Strategy 'EveryCandle'",
        None,
    ),
    "another file": (
        "from datetime import datetime\n",
        "FG801",
        "Impossible to load",
        None,
    ),
    "order types": (
        every_candle(attributes="    order_types = {}\n").source,
        "FG801",
        "Order-types mapping is incomplete",
        None,
    ),
    "shape": (
        every_candle(body="dataframe = dataframe.iloc[1:]").source,
        "FG803",
        "EveryCandle gives back another frame: Dataframe returned from strategy has mismatching",
        None,
    ),
    "nothing back": (
        every_candle(body="return None").source,
        "FG803",
        "EveryCandle gives back nothing in place of a frame",
        None,
    ),
}


@pytest.mark.parametrize(("source", "code", "words", "line"), FAILURES.values(), ids=FAILURES)
def test_what_fails_says_why_and_where(
    run: Any, source: str, code: str, words: str, line: int | None
) -> None:
    heard = run(source).heard()
    assert heard.failed is not None
    finding = faults.of_failure("EveryCandle", heard.failed)
    assert (finding.code, finding.line) == (code, line), finding.message
    assert words in finding.message
    assert finding.hint
    fault = faults.raised(finding)
    assert fault.finding is finding
    assert fault.message.endswith(f"(line {line})") == (line is not None)
    assert finding.code in faults.CODES


@pytest.mark.parametrize("number", range(60))
def test_whatever_a_process_says_of_a_failure_is_a_finding(number: int) -> None:
    odd: list[Any] = [None, 5, "x" * 3000, ["a"], {"a": 1}, "two\nlines", "", True, -1, 10**12]
    names = ("error", "kinds", "message", "line", "function")
    head: dict[str, Any] = {name: odd[(number * (at + 1)) % 10] for at, name in enumerate(names)}
    if not isinstance(head["kinds"], list | str):
        del head["kinds"]
    finding = faults.of_failure("Any", head)
    assert finding.code in faults.CODES
    assert "\n" not in finding.message
    assert len(finding.message) < 1000
    assert finding.line is None or isinstance(finding.line, int)
    json.dumps(finding.to_dict())


def test_a_market_table_that_was_stored_later_is_used(run: Any, setting: Setting) -> None:
    table = {
        "schema": 1,
        "exchange": "binance",
        "trading_mode": "spot",
        "markets": {"BTC/USDT": assumed_market("BTC/USDT", [42000.01], precision_mode=4)},
        "leverage_tiers": {},
    }
    file = setting.markets_file
    MarketTable(exchange="binance", trading_mode="spot", markets=table["markets"]).save(file)
    assert setting.unknown(["BTC/USDT"]) == ["BTC/USDT"]
    channel = run(every_candle().source, table=file.read_bytes())
    assert channel.find("done")
    assert setting.unknown(["BTC/USDT"]) == []


def test_nobody_to_talk_to_is_not_the_strategys_fault(
    setting: Setting, tmp_path: Path, candles: Files
) -> None:
    class Deaf(FakeChannel):
        def send(self, head: Any, payload: bytes = b"") -> None:
            raise BrokenPipeError

    order = Message({"op": "backtest", "name": "EveryCandle", "run": {}, "closes": {}})
    with restored(tmp_path / "worker"), pytest.raises(BrokenPipeError):
        work(setting, Deaf(order, candles), {"op": "backtest"})  # type: ignore[arg-type]


def test_text_gets_its_type_back() -> None:
    import pandas as pd

    column = pd.Series(["a", None], dtype=object)
    for dtype in ("str", "string", "category"):
        assert str(as_written(column, dtype).dtype) == dtype
    assert as_written(column, "object") is column
    assert as_written(column, "__import__('os')") is column
    truth = pd.Series([True, None], dtype=object)
    assert str(as_written(truth, "boolean").dtype) == "boolean"
