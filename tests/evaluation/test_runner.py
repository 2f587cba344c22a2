"""The part that runs inside the engine's process, called in the test's own."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import os
import queue
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation.agreement import compare_trades
from freqgen.evaluation.callbacks import Log, Replay
from freqgen.evaluation.child import Service, describe, read_requests, serve
from freqgen.evaluation.columns import COMPARED
from freqgen.evaluation.declared import Declared
from freqgen.evaluation.engine import BacktestResult
from freqgen.evaluation.engine_config import plain_config
from freqgen.evaluation.hearing import Heard
from freqgen.evaluation.markets import MarketTable, assumed_market, assumed_tiers
from freqgen.evaluation.recorder import RECORDER
from freqgen.evaluation.remarks import first_line
from freqgen.evaluation.runner import Runner
from freqgen.evaluation.summary import plain
from freqgen.exceptions import DataMissing, SandboxUnavailable, StrategyFault
from freqgen.finding import Finding, Phase, Severity
from freqgen.sandbox.frames import decode_frame, encode_frame
from freqgen.sandbox.level import Level, Protection
from freqgen.sandbox.limits import WorkerFault
from tests.evaluation.conftest import PAIRS, walk, write_candles
from tests.evaluation.strategies import CALLBACKS, every_candle

# Freqtrade itself uses what pandas deprecates; in the engine's process that is only logged.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


DECLARED = Declared.from_data(
    {
        "attributes": {"timeframe": "1h", "stoploss": -0.1},
        "own": {},
        "callbacks": ["custom_exit"],
        "after_fill": False,
        "informative": [],
        "engine": [],
    }
)


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    """Freqtrade's logging is set up in the process that the test shares."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def options(datadir: Path, tmp_path: Path) -> dict[str, Any]:
    """What the engine sends to prepare its process."""
    private = tmp_path / "private"
    private.mkdir()
    return {
        "config": plain_config({"exchange": {"name": "binance"}, "max_open_trades": 2}),
        "private": str(private),
        "results": str(tmp_path / "results"),
        "datadir": str(datadir),
        "markets": str(tmp_path / "markets.json"),
        "seconds": 60,
        "memory_mb": 2000,
    }


def backtest(**more: Any) -> dict[str, Any]:
    """What the engine sends to run a backtest."""
    return {
        "name": "EveryCandle",
        "source": every_candle(**more.pop("draft", {})).source,
        "own": False,
        "accept_partial": False,
        "beside": [],
        "trading_mode": "",
        "timeframe": "1h",
        "pairs": list(PAIRS),
        "timerange": "20240105-20240110",
        "overrides": {},
        "enable_protections": True,
        "store": True,
        "download": "freqtrade download-data",
        "stake_currency": "USDT",
        **more,
    }


def answers(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer requests as the engine's process does."""
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    for number, request in enumerate(requests):
        waiting.put(json.dumps({**request, "id": number}))
    waiting.put(None)
    replies = io.StringIO()
    service = Service()
    try:
        serve(replies, waiting, service)
    finally:
        service.close()
    return [json.loads(line) for line in replies.getvalue().splitlines()]


@pytest.mark.usefixtures("untouched_logging")
def test_a_conversation(options: dict[str, Any], tmp_path: Path) -> None:
    stored = {
        pair: assumed_market(pair, [price], precision_mode=4)
        for pair, price in (("BTC/USDT", 42000.01), ("ETH/USDT", 2300.01))
    }
    MarketTable(exchange="binance", trading_mode="spot", markets=stored).save(
        Path(options["markets"])
    )
    run = backtest()
    prepared, first, second, nothing, broken, early = answers(
        {"op": "prepare", "options": options},
        {"op": "backtest", "backtest": run},
        {"op": "backtest", "backtest": run},
        {"op": "backtest", "backtest": {**run, "timerange": "20190101-20190201"}},
        {"op": "backtest", "backtest": {**run, "timerange": "never"}},
        {"op": "backtest", "backtest": {**run, "pairs": ["BTC/USDT"], "timerange": "20240301-"}},
    )
    assert prepared == {"id": 0, "ok": True, "result": {}}
    result = BacktestResult.from_dict({**first["result"], "seconds": 1.0})
    assert result.trades > 0
    assert result.markets == "stored"
    assert result.warnings == ["not in the stored market table, so assumed: XRP/USDT"]
    assert result.trade_list == second["result"]["trade_list"]
    files = {result.results_file, second["result"]["results_file"]}
    assert len(files) == 2
    assert all(Path(str(file)).is_file() for file in files)
    assert nothing["error"]["type"] == "DataMissing"
    assert nothing["error"]["hint"] == "freqtrade download-data"
    assert broken["error"]["type"] == "EngineError"
    assert early["error"]["type"] == "DataMissing"


@pytest.mark.usefixtures("untouched_logging")
def test_a_strategys_error_says_where(options: dict[str, Any], tmp_path: Path) -> None:
    run = backtest(draft={"body": "dataframe['x'] = 1 / 0"})
    (_, reply) = answers({"op": "prepare", "options": options}, {"op": "backtest", "backtest": run})
    assert reply["error"]["message"] == (
        "EveryCandle failed with ZeroDivisionError: division by zero in populate_indicators "
        "(line 14)"
    )
    assert reply["error"]["finding"] == {
        **reply["error"]["finding"],
        "code": "FG802",
        "severity": "error",
        "line": 14,
    }


@pytest.mark.usefixtures("untouched_logging")
def test_results_that_cannot_be_stored(options: dict[str, Any], tmp_path: Path) -> None:
    Path(options["results"]).write_text("a file is in the way")
    (_, reply) = answers(
        {"op": "prepare", "options": options},
        {"op": "backtest", "backtest": backtest()},
    )
    assert "could not read or write a file" in reply["error"]["message"]
    assert options["results"] in reply["error"]["hint"]


@pytest.mark.usefixtures("untouched_logging")
def test_contracts_use_stored_tiers(options: dict[str, Any], tmp_path: Path) -> None:
    pair = "NEW/USDT:USDT"
    data = tmp_path / "data"
    write_candles(data, pair, walk(6, 10.0, 300, 3), kind="futures")
    MarketTable(
        exchange="binance",
        trading_mode="futures",
        markets={pair: assumed_market(pair, [10.001], precision_mode=4)},
        leverage_tiers={pair: assumed_tiers(pair)},
    ).save(Path(options["markets"]))
    options["datadir"] = str(data)
    options["config"] |= {"trading_mode": "futures", "margin_mode": "isolated"}
    (_, reply) = answers(
        {"op": "prepare", "options": options},
        {"op": "backtest", "backtest": backtest(pairs=[pair])},
    )
    assert reply["ok"], reply
    assert reply["result"]["trades"] > 0
    assert len(reply["result"]["warnings"]) == 2
    assert reply["result"]["missing_data"] == reply["result"]["warnings"]


@pytest.mark.usefixtures("untouched_logging")
def test_a_table_that_ccxt_stumbles_over_is_named(options: dict[str, Any], tmp_path: Path) -> None:
    market = assumed_market("BTC/USDT", [42000.01], precision_mode=4)
    del market["id"]
    table = MarketTable(exchange="binance", trading_mode="spot", markets={"BTC/USDT": market})
    table.save(Path(options["markets"]))
    (_, reply) = answers(
        {"op": "prepare", "options": options}, {"op": "backtest", "backtest": backtest()}
    )
    assert reply["error"]["type"] == "UsageError"
    assert options["markets"] in reply["error"]["message"]
    assert "EveryCandle" not in reply["error"]["message"]


@pytest.mark.soak
@pytest.mark.usefixtures("untouched_logging")
def test_a_table_that_is_stored_later_is_used_from_then_on(
    options: dict[str, Any], tmp_path: Path
) -> None:
    service, markets = Service(), Path(options["markets"])
    run = {"id": 1, "op": "backtest", "backtest": backtest(store=False)}
    with contextlib.closing(service):
        service.answer({"id": 0, "op": "prepare", "options": options})
        assert service.answer(run)["result"]["markets"] == "assumed"
        stored = {"BTC/USDT": assumed_market("BTC/USDT", [42000.01], precision_mode=4)}
        MarketTable(exchange="binance", trading_mode="spot", markets=stored).save(markets)
        assert service.answer(run)["result"]["markets"] == "stored"
        markets.unlink()
        assert service.answer(run)["result"]["markets"] == "assumed"


@pytest.mark.usefixtures("untouched_logging")
def test_a_strategy_of_the_parents_folder_is_not_found(
    options: dict[str, Any], tmp_path: Path
) -> None:
    """A worker loads the file that it was given, and the engine loads none of the strategy's."""
    run = backtest(draft={"body": "open('seen', 'w').close()"})
    trap = tmp_path / "private" / "EveryCandle.py"
    trap.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n{run['source']}")
    (_, reply) = answers({"op": "prepare", "options": options}, {"op": "backtest", "backtest": run})
    assert reply["ok"], reply
    assert not (tmp_path / "ran").exists()
    assert not list(tmp_path.rglob("seen"))
    assert list((tmp_path / "private" / "workers").iterdir()) == []


@pytest.mark.usefixtures("untouched_logging")
@pytest.mark.parametrize(
    ("level", "request_", "held"),
    [
        (Level.FULL, {}, True),
        (Level.STRONG, {}, True),
        (Level.FULL, {"own": True}, True),
        (Level.PARTIAL, {"own": True}, True),
        (Level.PARTIAL, {"accept_partial": True}, True),
        (Level.PARTIAL, {}, "--accept-partial"),
        (Level.NONE, {"own": True}, False),
        (Level.NONE, {"accept_partial": True}, "freqgen validate"),
        (Level.NONE, {}, "freqgen validate"),
    ],
)
def test_what_runs_where(
    options: dict[str, Any], level: Level, request_: dict[str, Any], held: bool | str
) -> None:
    runner = Runner(options)
    with contextlib.closing(runner.nursery):
        runner._protection = Protection(level=level, landlock=1, reason="an old kernel")
        if isinstance(held, bool):
            assert runner.confined(backtest(**request_)) is held
            return
        with pytest.raises(SandboxUnavailable, match=r"EveryCandle was not run.*an old") as caught:
            runner.confined(backtest(**request_))
        assert held in caught.value.hint


@pytest.mark.usefixtures("untouched_logging")
def test_what_the_compiler_wrote_runs_where_nothing_is_held(options: dict[str, Any]) -> None:
    runner = Runner(options)
    with contextlib.closing(runner.nursery):
        runner._protection = Protection(level=Level.NONE, landlock=0, reason="another system")
        assert runner.backtest(backtest(own=True, store=False))["sandbox"] == "none"


@pytest.mark.usefixtures("untouched_logging")
def test_a_strategy_that_cannot_be_confined_is_not_run(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if confining worked when it was tried."""
    from freqgen.sandbox import landlock

    def refuse(*_given: object) -> int:
        raise OSError("no more of it")

    monkeypatch.setattr(landlock, "restrict", refuse)
    runner = Runner(options)
    with contextlib.closing(runner.nursery):
        runner._protection = Protection(level=Level.FULL, landlock=6, reason="")
        with pytest.raises(SandboxUnavailable, match=r"could not be confined \(no more of it\)"):
            runner.backtest(backtest())


@pytest.mark.usefixtures("untouched_logging")
def test_the_warm_parent_can_be_gone(options: dict[str, Any]) -> None:
    runner = Runner(options)
    assert runner.protection.level is not Level.NONE
    runner.nursery.close()
    with pytest.raises(StrategyFault, match="was closed"):
        runner.backtest(backtest())


@pytest.mark.usefixtures("untouched_logging")
@pytest.mark.parametrize(
    ("blacklist", "traded"),
    [
        (["eth/.*", "NOPE/.*"], {"BTC/USDT", "XRP/USDT"}),
        ([".*"], set()),
        (["(BTC"], set()),
    ],
    ids=["a pattern", "all of them", "no pattern"],
)
def test_the_blacklist_is_freqtrades(
    options: dict[str, Any], tmp_path: Path, blacklist: list[str], traded: set[str]
) -> None:
    options["config"]["exchange"]["pair_blacklist"] = blacklist
    (_, reply) = answers(
        {"op": "prepare", "options": options},
        {"op": "backtest", "backtest": backtest(store=False)},
    )
    if traded:
        assert {row["key"] for row in reply["result"]["per_pair"]} == traded
        assert reply["result"]["warnings"] == ["left out, in the pair_blacklist: ETH/USDT"]
    else:
        assert reply["error"]["type"] == "UsageError"
        assert f"pair_blacklist ({blacklist[0]})" in reply["error"]["message"]


@pytest.mark.usefixtures("untouched_logging")
def test_callbacks_are_replayed(options: dict[str, Any]) -> None:
    run = backtest(name="Callbacks", source=CALLBACKS, timerange="20240105-20240125", store=False)
    (_, reply) = answers({"op": "prepare", "options": options}, {"op": "backtest", "backtest": run})
    assert reply["ok"], reply
    assert reply["result"]["trades"] > 3


def _trades(**changes: Any) -> pd.DataFrame:
    row = dict.fromkeys(COMPARED, 1.5)
    row |= {"pair": "BTC/USDT", "is_short": False, "enter_tag": None, "exit_reason": "roi"}
    row |= {"open_date": pd.Timestamp("2024-01-05", tz="UTC"), "close_date": pd.NaT}
    return pd.DataFrame([{**row, "funding_fees": float("nan"), **changes}])


@pytest.mark.parametrize(
    ("theirs", "differs"),
    [
        (_trades(), ""),
        (_trades(open_rate=1.5 * (1 + 1e-12)), ""),
        (_trades(open_rate=1.5001), "the open_rate of trade 1 is 1.5 and not 1.5001"),
        (_trades(amount=float("nan")), "the amount of trade 1"),
        (_trades(exit_reason="gift"), "the exit_reason of trade 1 is roi and not gift"),
        (_trades(enter_tag="x"), "the enter_tag of trade 1 is None and not x"),
        (_trades(is_short=True), "is_short"),
        (_trades(open_date=pd.Timestamp("2024-01-06", tz="UTC")), "the open_date"),
        (pd.concat([_trades(), _trades()]), "2 trades in its own process, 1 here"),
        (None, "0 trades in its own process, 1 here"),
    ],
    ids=["the same", "the last digits", "price", "no number", "reason", "tag", "side", "date",
         "one more", "none"],
)  # fmt: skip
def test_two_engines_must_agree(theirs: pd.DataFrame | None, differs: str) -> None:
    heard = Heard(declared=DECLARED, trades=theirs)
    if not differs:
        compare_trades("Any", heard, _trades(), Replay(Log()))
        return
    with pytest.raises(StrategyFault, match=differs) as caught:
        compare_trades("Any", heard, _trades(), Replay(Log()))
    assert caught.value.finding.code == "FG860"


ANY_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=5),
    st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")),
    st.timedeltas(pd.Timedelta(days=-9), pd.Timedelta(days=9)),
)


@given(column=st.sampled_from(COMPARED), value=ANY_VALUE)
def test_trades_of_any_type_are_the_same_or_a_disagreement(column: str, value: Any) -> None:
    """A worker says what it likes; only what equals the engine's own passes."""
    sent = decode_frame(encode_frame(_trades().assign(**{column: pd.Series([value])})))
    own = _trades()
    engine = own[column][0]
    equal = value == engine or (pd.isna(value) and pd.isna(engine))
    if isinstance(value, float) and isinstance(engine, float | bool | np.bool_):
        equal = equal or math.isclose(value, engine, rel_tol=1e-9, abs_tol=1e-18)
    passes = contextlib.nullcontext() if equal else pytest.raises(StrategyFault, match=column)
    with passes:
        compare_trades("Any", Heard(declared=DECLARED, trades=sent), own, Replay(Log()))


def test_trades_without_their_columns_are_nonsense() -> None:
    heard = Heard(declared=DECLARED, trades=_trades().drop(columns="amount"))
    with pytest.raises(WorkerFault, match="other columns"):
        compare_trades("Any", heard, _trades(), Replay(Log()))
    compare_trades("Any", Heard(declared=DECLARED), _trades().head(0), Replay(Log()))


def test_answers_that_nobody_asked_for_are_a_disagreement() -> None:
    log = Log()
    log.record("custom_exit", lambda **_named: "x")(pair="BTC/USDT")
    with pytest.raises(StrategyFault, match="more was asked in its own process"):
        compare_trades("Any", Heard(declared=DECLARED, trades=_trades()), _trades(), Replay(log))
    silent = replace(DECLARED, callbacks=())
    compare_trades("Any", Heard(declared=silent), _trades(), Replay(Log()))


GUARD = {"method": "CooldownPeriod"}
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "memory": ({"draft": {"body": "raise MemoryError"}}, "SandboxViolation", "more memory than"),
    "shorts": ({"draft": {"attributes": "    can_short = True\n"}}, "UsageError", "goes short"),
    "import": ({"name": "Other"}, "StrategyFault", "cannot load Other"),
    "attributes": (
        {"draft": {"attributes": "    order_types = {}\n"}},
        "StrategyFault",
        "cannot load EveryCandle: .*Order-types",
    ),
    "wallet": ({"overrides": {"stake_amount": 5000}}, "UsageError", "larger than the wallet"),
    "words": ({"overrides": {"stake_amount": "much"}}, "UsageError", "refuses the configuration"),
    "currency": ({"stake_currency": "EUR"}, "UsageError", "none of the pairs is traded against"),
    "warm-up": (
        {"draft": {"attributes": "    startup_candle_count = 1500\n"}, "timerange": ""},
        "DataMissing",
        "take up the whole period",
    ),
    "a time out of all bounds": (
        {"draft": {"attributes": f"    protections = [{GUARD | {'stop_duration': 1e300}}]\n"}},
        "StrategyFault",
        "engine fails on what EveryCandle declares: OverflowError",
    ),
    "a number out of all bounds": (
        {"draft": {"attributes": f"    protections = [{GUARD | {'stop_duration': 1e308}}]\n"}},
        "SandboxViolation",
        "answered protections = .* which no strategy can have",
    ),
    "startup": (
        {"draft": {"attributes": "    startup_candle_count = 90000\n"}},
        "StrategyFault",
        "EveryCandle failed with .*This strategy requires 90000 candles",
    ),
}


@pytest.mark.usefixtures("untouched_logging")
@pytest.mark.parametrize(("more", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_run(
    options: dict[str, Any], tmp_path: Path, more: dict[str, Any], kind: str, message: str
) -> None:
    (_, reply) = answers(
        {"op": "prepare", "options": options},
        {"op": "backtest", "backtest": backtest(**more)},
    )
    assert (reply["ok"], reply["error"]["type"]) == (False, kind), reply
    assert re.search(message, reply["error"]["message"])


@pytest.mark.usefixtures("untouched_logging")
def test_a_defect_of_our_own_is_not_blamed_on_the_strategy(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("freqgen.evaluation.runner.combined_dataframes_with_rel_mean", broken)
    (_, reply) = answers(
        {"op": "prepare", "options": options}, {"op": "backtest", "backtest": backtest()}
    )
    assert reply["error"]["type"] == "EngineError"
    assert "no fault of the strategy's; please report it" in reply["error"]["hint"]


@pytest.mark.usefixtures("untouched_logging")
def test_what_differs_is_warned_of(options: dict[str, Any], tmp_path: Path) -> None:
    write_candles(tmp_path / "data", "BTC/USDT", walk(7, 100.0, 300, 2))
    write_candles(tmp_path / "data", "ETH/USDT", walk(8, 100.0, 50, 2))
    write_candles(tmp_path / "data", "ETH/BTC", walk(9, 0.5, 300, 4))
    options["datadir"] = str(tmp_path / "data")
    options["config"]["minimal_roi"] = {"0": 0.02}
    options["config"]["stoploss"] = -0.2
    (_, reply) = answers(
        {"op": "prepare", "options": options},
        {
            "op": "backtest",
            "backtest": backtest(
                pairs=["BTC/USDT", "ETH/USDT", "ETH/BTC"],
                overrides={"max_open_trades": -1, "stake_amount": 50},
                store=False,
            ),
        },
    )
    assert reply["ok"], reply
    assert reply["result"]["markets"] == "assumed"
    assert reply["result"]["results_file"] is None
    assert reply["result"]["warnings"] == [
        'the configuration\'s minimal_roi = {"0": 0.02} replaces the strategy\'s {"0": 0.01}',
        "left out, not traded against USDT on the exchange: ETH/BTC",
        "without candles in the timerange 20240105-20240110: ETH/USDT",
    ]


@pytest.mark.usefixtures("untouched_logging")
def test_a_configuration_that_freqtrade_refuses(options: dict[str, Any]) -> None:
    options["config"]["exchange"]["name"] = "nowhere"
    (reply,) = answers({"op": "prepare", "options": options})
    assert reply["error"]["type"] == "UsageError"
    assert "nowhere" in reply["error"]["message"]


@pytest.mark.parametrize(
    ("parent", "wanted"),
    [(os.getppid(), ["one", "two", None]), (0, [None])],
    ids=["until the end", "until there is another parent"],
)
def test_requests_are_read(parent: int, wanted: list[str | None]) -> None:
    source, end = os.pipe()
    os.write(end, b"one\ntwo\nthr")
    os.close(end)
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    read_requests(requests, source, parent)
    os.close(source)
    assert [requests.get() for _ in wanted] == wanted
    assert requests.empty()


def test_an_error_crosses_as_text() -> None:
    error = DataMissing("none", hint="get some")
    assert describe(error) == {"type": "DataMissing", "message": "none", "hint": "get some"}
    finding = Finding(
        code="FG802", severity=Severity.ERROR, phase=Phase.BEHAVIOUR, message="none", line=3
    )
    fault = describe(StrategyFault("none (line 3)", finding=finding))
    assert fault["type"] == "StrategyFault"
    assert Finding.from_dict(fault["finding"]) == finding


def test_nothing_is_run_before_the_configuration_came() -> None:
    with pytest.raises(ValueError, match="before prepare"):
        Service().answer({"id": 1, "op": "backtest", "backtest": {}})


def test_plain_values() -> None:
    found = plain(
        {
            0: np.float64(1.5),
            "nan": float("nan"),
            "many": (np.int64(3), np.True_, None, "x"),
            "at": pd.Timestamp("2024-01-01", tz="UTC"),
            "path": Path("a"),
        }
    )
    assert found == {
        "0": 1.5,
        "nan": None,
        "many": [3, True, None, "x"],
        "at": "2024-01-01T00:00:00+00:00",
        "path": "a",
    }


def test_long_messages_are_cut() -> None:
    assert first_line("one\ntwo") == "one"
    assert first_line("") == ""
    assert first_line("x" * 500) == "x" * 400 + "…"


def test_the_log_is_a_line_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    for level, text in ((logging.WARNING, "look\nhere"), (logging.INFO, "fine")):
        RECORDER.emit(logging.LogRecord("freqtrade.x", level, "", 0, text, None, None))
    assert capsys.readouterr().err == "WARNING freqtrade.x: look\nINFO freqtrade.x: fine\n"
