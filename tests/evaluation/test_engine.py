"""What the engine promises besides Freqtrade's numbers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from freqgen.draft import ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, BacktestResult, Engine, Limits
from freqgen.evaluation.engine_config import plain_config
from freqgen.evaluation.faults import CODES, LOADS
from freqgen.exceptions import DataMissing, EngineError, StrategyFault, UsageError
from freqgen.sandbox.level import Level
from tests.evaluation.conftest import PAIRS, walk, write_candles
from tests.evaluation.strategies import PLAIN, every_candle, validated

pytestmark = pytest.mark.xdist_group("engine")  # one engine for all

CONFIG: dict[str, Any] = {
    "exchange": {"name": "binance", "key": "SECRET", "secret": "SECRET"},
    "stake_currency": "USDT",
    "stake_amount": 100,
    "max_open_trades": 3,
    "telegram": {"enabled": False, "token": "SECRET", "chat_id": "SECRET"},
}


def request(draft: ValidatedDraft, **more: Any) -> BacktestRequest:
    """A short backtest of the synthetic pairs, not stored."""
    given = {"timeframe": "1h", "pairs": PAIRS, "timerange": "20240105-20240115", "store": False}
    return BacktestRequest(draft=draft, **{**given, **more})


@pytest.fixture(scope="module")
def engine(datadir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for the tests that leave it in order."""
    userdir = tmp_path_factory.mktemp("engine") / "user_data"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FREQTRADE__EXCHANGE__KEY", "SECRET")
        environment.setenv("ANTHROPIC_API_KEY", "SECRET")
        with Engine(config=CONFIG, userdir=userdir, datadir=datadir) as running:
            running.start()
            yield running


def running_in_group(pid: int) -> list[str]:
    """Processes of a group that are not waiting for their burial by init."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [row[-1] for row in rows if row[0] == str(pid) and not row[1].startswith("Z")]


def gone(pid: int) -> bool:
    """Whether no process of a group is left."""
    return not running_in_group(pid)


@pytest.mark.soak
def test_a_backtest_without_a_market_table_says_so(engine: Engine) -> None:
    result = engine.backtest(request(every_candle()))
    assert result.markets == "assumed"
    assert result.trades > 0
    assert result.fee == 0.001
    assert result.stake_currency == "USDT"
    assert {row["key"] for row in result.per_pair} == set(PAIRS)
    assert {row["key"] for row in result.per_enter_tag} == {"always"}
    assert sum(row["trades"] for row in result.per_exit_reason) == result.trades
    assert result.wins + result.draws + result.losses == result.trades == len(result.trade_list)
    assert result.results_file is None
    assert "trade_list" not in result.to_dict()
    assert BacktestResult.from_dict(json.loads(json.dumps(result.to_dict(trade_list=True))))


def test_a_strategy_that_never_trades_has_a_result(engine: Engine) -> None:
    draft = every_candle(entry="never_read")
    result = engine.backtest(request(draft))
    assert (result.trades, result.profit_total, result.win_rate) == (0, 0, None)
    assert result.market_change is not None


def test_what_is_asked_for_one_run_does_not_stay(engine: Engine) -> None:
    overrides = {"fee": 0.01, "max_open_trades": 1}
    dear = engine.backtest(request(every_candle(), overrides=overrides))
    assert (dear.fee, dear.max_open_trades) == (0.01, 1)
    usual = engine.backtest(request(every_candle()))
    assert (usual.fee, usual.max_open_trades) == (0.001, 3)


def test_runs_do_not_touch_each_other(engine: Engine) -> None:
    def run(draft: ValidatedDraft) -> dict[str, Any]:
        found = engine.backtest(request(draft)).to_dict(trade_list=True)
        return {key: value for key, value in found.items() if key not in {"seconds", "timings"}}

    first = run(every_candle())
    other = run(every_candle(roi=0.05, attributes="    trailing_stop = True\n"))
    assert other["trade_list"] != first["trade_list"]
    assert run(every_candle()) == first


def test_what_the_configuration_replaces_is_warned_of(engine: Engine) -> None:
    draft = every_candle(attributes="    max_open_trades = 2\n")
    assert engine.backtest(request(draft)).warnings == [
        "the configuration's max_open_trades = 3 replaces the strategy's 2"
    ]


def test_risk_that_the_configuration_adds_is_warned_of(datadir: Path, userdir: Path) -> None:
    """It changes the trades although the strategy says nothing of it."""
    risk = {"trailing_stop": True, "trailing_stop_positive": 0.01, "exit_profit_only": False}
    draft = every_candle(roi=0.05)
    with Engine(config={**CONFIG, **risk}, userdir=userdir, datadir=datadir) as own:
        changed = own.backtest(request(draft))
    assert "trailing_stop_loss" in {row["key"] for row in changed.per_exit_reason}
    assert changed.warnings == [
        "the configuration's trailing_stop = true replaces the strategy's false",
        "the configuration's trailing_stop_positive = 0.01 replaces the strategy's null",
    ]


def test_pairs_of_another_currency_are_left_out_with_a_word(
    datadir: Path, userdir: Path, tmp_path: Path
) -> None:
    for pair in ("BTC/USDT", "ETH/BTC"):
        write_candles(tmp_path, pair, walk(4, 3.0, 300, 4))
    with Engine(config=CONFIG, userdir=userdir, datadir=tmp_path) as own:
        assert own.find_pairs("1h") == ["BTC/USDT"]
        result = own.backtest(request(every_candle(), pairs=("BTC/USDT", "ETH/BTC")))
        with pytest.raises(UsageError, match="none of the pairs is traded against USDT"):
            own.backtest(request(every_candle(), pairs=("ETH/BTC",)))
    assert "left out, not traded against USDT on the exchange: ETH/BTC" in result.warnings
    assert {row["key"] for row in result.per_pair} == {"BTC/USDT"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "dataframe['x'] = dataframe['nothing']",
            r"KeyError: 'nothing' in populate_indicators \(line 14\)",
        ),
        ("raise ValueError('no luck')", "ValueError: no luck"),
        ("del dataframe['close']", "EveryCandle"),
        ("open('/nowhere/at/all')", r"FileNotFoundError.*line 14"),
        ("import sys; sys.exit('bye')", r"SystemExit: bye in populate_indicators \(line 14\)"),
        ("raise KeyboardInterrupt", "failed with KeyboardInterrupt"),
        ("def deep(): deep()\n        deep()", "RecursionError"),
    ],
    ids=[
        "unknown column",
        "its own error",
        "breaks the candles",
        "no such file",
        "wants to leave",
        "pretends Ctrl-C",
        "endless recursion",
    ],
)
def test_an_error_of_a_strategy_is_one_sentence(engine: Engine, body: str, message: str) -> None:
    with pytest.raises(StrategyFault, match=message) as caught:
        engine.backtest(request(every_candle(body=body)))
    assert "\n" not in caught.value.message
    assert caught.value.finding.code in CODES
    assert engine.backtest(request(every_candle())).trades > 0, "the engine goes on"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_the_kind\n" + PLAIN, "nothing_of_the_kind"),
        (PLAIN.replace("class Plain", "class Other"), "cannot load Plain"),
        (PLAIN.replace("import talib", "import pandas as pd; pd.nothing; import talib"), "nothing"),
    ],
    ids=["unknown module", "another name", "error on import"],
)
def test_a_file_that_cannot_be_loaded_says_why(engine: Engine, source: str, message: str) -> None:
    with pytest.raises(StrategyFault, match=message) as caught:
        engine.backtest(request(validated("Plain", source)))
    assert caught.value.finding.code == LOADS


def test_shorts_need_futures(engine: Engine) -> None:
    draft = every_candle(attributes="    can_short = True\n")
    with pytest.raises(UsageError, match="goes short") as caught:
        engine.backtest(request(draft))
    assert "futures" in caught.value.hint


def test_what_a_strategy_prints_does_not_harm(engine: Engine) -> None:
    draft = every_candle(body='print(\'{"id": 1, "ok": true, "result": {}}\')')
    assert engine.backtest(request(draft)).trades > 0


def test_a_strategy_sees_no_secrets(engine: Engine) -> None:
    body = (
        "import os; found = str(dict(os.environ)) + str(self.config); "
        "assert 'SECRET' not in found, 'leaked'"
    )
    assert "SECRET" in str(dict(os.environ))
    assert engine.backtest(request(every_candle(body=body))).trades > 0


def test_a_strategy_of_the_user_with_the_same_name_is_not_run(datadir: Path, userdir: Path) -> None:
    (userdir / "strategies").mkdir()
    trap = userdir / "ran"
    (userdir / "strategies" / "Plain.py").write_text(f"open({str(trap)!r}, 'w').close()\n" + PLAIN)
    own = Engine(config=CONFIG, userdir=userdir, datadir=datadir)
    with own, pytest.raises(EngineError, match="cannot load Plain"):
        own.backtest(request(validated("Plain", "raise ImportError\n" + PLAIN)))
    assert not trap.exists()


def test_missing_candles_name_the_command(engine: Engine) -> None:
    wanted = request(
        every_candle(),
        pairs=("BTC/USDT", "SOL/USDT"),
        required=(("BTC/USDT", "4h"), ("BTC/USDT", "1h")),
    )
    with pytest.raises(DataMissing, match=r"no candles of SOL/USDT 1h, BTC/USDT 4h") as caught:
        engine.backtest(wanted)
    assert caught.value.hint == (
        "freqtrade download-data --exchange binance --pairs SOL/USDT BTC/USDT "
        "--timeframes 1h 4h --timerange 20240105-20240115 "
        f"--userdir {engine.userdir} --datadir {engine.datadir}"
    )


@pytest.mark.parametrize(
    ("timerange", "error", "message"),
    [
        ("20190101-20190201", DataMissing, "no 1h candles of BTC/USDT.*20190101-20190201"),
        ("20240101-20240102", DataMissing, "take up the whole period"),
        ("yesterday", UsageError, "yesterday"),
        ("20240201-20240101", UsageError, "ends before it begins"),
    ],
    ids=["outside of the candles", "shorter than the warm-up", "no timerange", "reversed"],
)
def test_a_timerange_without_candles(
    engine: Engine, timerange: str, error: type[Exception], message: str
) -> None:
    draft = every_candle(attributes="    startup_candle_count = 100\n")
    with pytest.raises(error, match=message):
        engine.backtest(request(draft, timerange=timerange))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"pairs": ()}, "no pair"),
        ({"draft": validated("../up", "")}, "no name of a class"),
        ({"overrides": {"stake_amount": 5000}}, "larger than the wallet"),
        ({"overrides": {"stake_amount": "much"}}, "refuses the configuration"),
    ],
    ids=["no pairs", "a path as name", "stake above the wallet", "stake in words"],
)
def test_requests_that_cannot_run(engine: Engine, more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        engine.backtest(replace(request(every_candle()), **more))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "names no exchange"),
        ({"exchange": {"name": "nowhere"}}, 'there is no exchange "nowhere"'),
        ({"exchange": {"name": "binance"}, "dataformat_ohlcv": "csv"}, "format 'csv'"),
    ],
    ids=["no exchange", "unknown exchange", "unknown format"],
)
def test_configurations_that_cannot_be_used(
    datadir: Path, userdir: Path, config: dict[str, Any], message: str
) -> None:
    with (
        pytest.raises(UsageError, match=message),
        Engine(config=config, userdir=userdir, datadir=datadir) as own,
    ):
        own.backtest(request(every_candle()))


def test_a_strategy_that_goes_over_its_limits_is_ended_and_the_engine_goes_on(
    datadir: Path, userdir: Path
) -> None:
    limits = Limits(seconds=5.0, memory_mb=1500)
    with Engine(config=CONFIG, userdir=userdir, datadir=datadir, limits=limits) as own:
        own.start()
        assert own._process is not None
        pid, folder = own._process.pid, own._process.folder
        with pytest.raises(StrategyFault, match="more memory than its limit") as caught:
            own.backtest(request(every_candle(body="x = bytearray(5_000_000_000)")))
        assert caught.value.finding.code == "FG811"
        with pytest.raises(StrategyFault, match="took longer than 5 s") as caught:
            own.backtest(request(every_candle(body="while True: pass")))
        assert caught.value.finding.code == "FG810"
        assert own._process.pid == pid
        assert list((folder / "workers").iterdir()) == []
    assert gone(pid)
    assert not folder.exists()


def test_an_engine_that_does_not_answer_is_ended(datadir: Path, userdir: Path) -> None:
    with Engine(config=CONFIG, userdir=userdir, datadir=datadir) as own:
        own.backtest(request(every_candle()))
        assert own._process is not None
        pid = own._process.pid
        os.kill(pid, signal.SIGSTOP)
        number = own._process.send({"op": "protection"})
        with pytest.raises(EngineError, match=r"took longer than 0\.1 s"):
            own._process.receive(number, seconds=0.1)
        assert gone(pid)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import os; os._exit(7)", "it ended itself with code 7"),
        ("import os; os.kill(os.getpid(), 9)", "it was ended by signal 9"),
        ("import os; os.kill(os.getpid(), 11)", "it was ended by signal 11"),
    ],
    ids=["leaves", "kills itself", "crashes"],
)
def test_a_strategy_that_ends_its_process_is_named_and_the_engine_goes_on(
    engine: Engine, body: str, message: str
) -> None:
    engine.start()
    assert engine._process is not None
    pid = engine._process.pid
    with pytest.raises(StrategyFault, match=message) as caught:
        engine.backtest(request(every_candle(body=body)))
    assert "neither ends its process" in caught.value.hint
    assert caught.value.finding.code == "FG814"
    assert engine.backtest(request(every_candle())).trades > 0
    assert engine._process.pid == pid


def test_ctrl_c_ends_the_run_with_all_it_started_and_the_next_one_starts_anew(
    engine: Engine,
) -> None:
    engine.backtest(request(every_candle()))
    assert engine._process is not None
    pid, workers = engine._process.pid, engine._process.folder / "workers"
    ended = threading.Event()

    def interrupt() -> None:
        while not ended.is_set() and not list(workers.glob("worker-*/EveryCandle.py")):
            ended.wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        engine.backtest(request(every_candle(body="while True: pass")))
    ended.set()
    thread.join()
    assert not running_in_group(pid)
    engine.close()
    engine.close()
    assert engine.backtest(request(every_candle())).trades > 0


def test_what_held_a_strategy_is_said(engine: Engine) -> None:
    held = engine.protection()
    assert engine.backtest(request(every_candle())).sandbox == held.level.value
    assert held.level in {Level.FULL, Level.STRONG}


def test_futures_without_funding_files_say_that_funding_is_missing(
    userdir: Path, tmp_path: Path
) -> None:
    pair = "BTC/USDT:USDT"
    write_candles(tmp_path, pair, walk(5, 42_000.0, 400, 1), kind="futures")
    config = {**CONFIG, "trading_mode": "futures", "margin_mode": "isolated"}
    draft = every_candle(entry="enter_short", attributes="    can_short = True\n")
    with Engine(config=config, userdir=userdir, datadir=tmp_path) as own:
        assert own.find_pairs("1h") == [pair]
        result = own.backtest(request(draft, pairs=(pair,)))
    assert result.trades == result.trades_short > 0
    assert result.trading_mode == "futures"
    assert [warning.split(",")[0] for warning in result.warnings] == [
        "without funding rates",
        "without mark prices",
    ]
    assert result.missing_data == result.warnings


def test_futures_with_funding_of_a_part_of_the_period_say_so(userdir: Path, tmp_path: Path) -> None:
    pair = "BTC/USDT:USDT"
    rows = walk(5, 42_000.0, 400, 1)
    write_candles(tmp_path, pair, rows, kind="futures")
    write_candles(tmp_path, pair, rows, kind="mark")
    write_candles(tmp_path, pair, rows[:200], kind="funding_rate")
    write_candles(tmp_path, pair, rows[:200], kind="mark", timeframe="8h")
    config = {**CONFIG, "trading_mode": "futures", "margin_mode": "isolated"}
    with Engine(config=config, userdir=userdir, datadir=tmp_path) as own:
        result = own.backtest(request(every_candle(), pairs=(pair,)))
    assert [missing.split(",")[0] for missing in result.missing_data] == [
        "funding rates of a part of the period only"
    ]
    assert f"{pair} (2024-01-01 to 2024-01-09)" in result.missing_data[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trades": "many"}, "trades = 'many', not int"),
        ({"trades": True}, "trades = True"),
        ({"sharpe": [1]}, "sharpe"),
        ({"surprise": 1}, "wrong fields: surprise"),
    ],
    ids=["text for a number", "truth for a number", "list for a number", "unknown field"],
)
def test_a_result_in_another_form_is_refused(changes: dict[str, Any], message: str) -> None:
    fine: dict[str, Any] = {}
    for item in fields(BacktestResult):
        kind = str(item.type).partition("[")[0].partition(" ")[0]
        fine[item.name] = {"int": 1, "float": 0.5, "str": "x", "list": [], "dict": {}}[kind]
    assert BacktestResult.from_dict(fine)
    with pytest.raises(EngineError, match=message):
        BacktestResult.from_dict({**fine, **changes})


def test_a_configuration_loses_its_secrets_and_what_is_no_json(tmp_path: Path) -> None:
    config = plain_config(
        {
            **CONFIG,
            "exchange": {"name": "binance", "key": "SECRET", "ccxt_config": {"secret": "SECRET"}},
            "api_server": {"password": "SECRET"},
            "webhook": {"url": "SECRET"},
            "user_data_dir": tmp_path,
            "exportdirectory": tmp_path,
            "max_open_trades": float("inf"),
            "minimal_roi": {0: 0.1},
            "margin_mode": None,
            "some_folder": tmp_path,
        }
    )
    assert "SECRET" not in json.dumps(config)
    assert config["max_open_trades"] == -1
    assert config["minimal_roi"] == {"0": 0.1}
    assert config["some_folder"] == str(tmp_path)
    assert "user_data_dir" not in config
