"""Whoever is killed while a backtest runs: the call says so, and the next run is sound.

No process and no file is left. Who is killed and when is drawn from a seed; in the soak, this
happens two hundred times.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from freqgen.draft import Draft, ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, Engine, Limits
from freqgen.exceptions import EngineError, FreqgenException
from freqgen.sandbox.level import Level, probe

pytestmark = pytest.mark.cold_engine

SEED = 20240229
ROWS = 700
PAIRS = ("BTC/USDT", "ETH/USDT")
SLOW = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class Slow(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    startup_candle_count = 60
    minimal_roi = {"0": 0.05}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        for period in range(2, 300):
            dataframe["rsi"] = ta.RSI(dataframe, timeperiod=period)
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 35, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 65, "exit_long"] = 1
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "enough" if current_profit > 0.03 else None
"""
REQUEST = BacktestRequest(
    draft=cast("ValidatedDraft", Draft(class_name="Slow", source=SLOW)),
    timeframe="1h",
    pairs=PAIRS,
    timerange="20240105-20240125",
    store=False,
)

VICTIMS = ("engine", "warm parent", "worker")


def processes() -> dict[int, tuple[int, int, str]]:
    """Living processes: parent, session and state by id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] not in {"Z", "X"}:
                found[int(folder.name)] = (int(fields[1]), int(fields[3]), fields[0])
    return found


def of_session(session: int) -> list[int]:
    """Living processes of an engine: all are in one session."""
    return [number for number, (_, own, _) in processes().items() if own == session]


def find(victim: str, engine: int) -> int | None:
    """A process of an engine by what it is."""
    if victim == "engine":
        return engine
    known = processes()
    parents = [number for number, (parent, _, _) in known.items() if parent == engine]
    if victim == "warm parent":
        return parents[0] if parents else None
    workers = [number for number, (parent, _, _) in known.items() if parent in parents]
    return workers[0] if workers else None


def wait(what: Any, seconds: float = 20.0) -> bool:
    """Whether something comes true soon."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.002)
    return False


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic market of two pairs."""
    folder = tmp_path_factory.mktemp("candles")
    for seed, pair in enumerate(PAIRS):
        rng = np.random.default_rng(seed)
        close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, ROWS)))
        opened = np.concatenate([[100.0], close[:-1]])
        frame = pd.DataFrame(
            {
                "date": pd.date_range("2024-01-01", periods=ROWS, freq="1h", tz="UTC"),
                "open": opened,
                "high": np.maximum(opened, close) * 1.002,
                "low": np.minimum(opened, close) * 0.998,
                "close": close,
                "volume": rng.uniform(10, 1000, ROWS),
            }
        )
        frame["date"] = frame["date"].astype("datetime64[ms, UTC]")
        frame.to_feather(folder / f"{pair.replace('/', '_')}-1h.feather")
    return folder


@pytest.fixture(scope="module")
def engine(candles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if probe().level is Level.NONE:
        pytest.skip(f"nothing can be confined here: {probe().reason}")
    with Engine(
        config={"exchange": {"name": "binance"}, "max_open_trades": 2},
        userdir=tmp_path_factory.mktemp("userdir"),
        datadir=candles,
        limits=Limits(seconds=60),
    ) as engine:
        yield engine


@pytest.fixture(scope="module")
def undisturbed(engine: Engine) -> tuple[dict[str, Any], float]:
    """What the run says when nobody is killed, and how long it takes."""
    engine.backtest(REQUEST)
    began = time.monotonic()
    told = numbers(engine)
    return told, time.monotonic() - began


def numbers(engine: Engine) -> dict[str, Any]:
    told = engine.backtest(REQUEST).to_dict(trade_list=True)
    return {name: told[name] for name in ("trades", "profit_total", "final_balance", "trade_list")}


def kill(engine: Engine, victim: str, moment: float) -> tuple[FreqgenException | None, int, bool]:
    """Run a backtest and kill one of its processes.

    :param moment: Seconds after the start.
    :returns: What the run raised, the engine's session, and whether anybody was killed.
    """
    process = engine._process
    assert process is not None
    raised: list[FreqgenException] = []

    def run() -> None:
        try:
            engine.backtest(REQUEST)
        except FreqgenException as exc:
            raised.append(exc)

    running = threading.Thread(target=run)
    began = time.monotonic()
    running.start()
    wait(lambda: time.monotonic() - began >= moment)
    target = find(victim, process.pid)
    while target is None and victim == "worker" and running.is_alive():
        target = find(victim, process.pid)
    killed = False
    if target is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)
            killed = True
    running.join(60)
    assert not running.is_alive(), "the call goes on after its process was killed"
    return (raised[0] if raised else None), process.pid, killed


@pytest.mark.parametrize(
    ("times", "seed"),
    [
        (1, SEED),
        pytest.param(3, SEED, marks=pytest.mark.soak),
        pytest.param(100, 1, marks=pytest.mark.soak),
        pytest.param(100, 2, marks=pytest.mark.soak),
    ],
    ids=["once", "3 times", "100 times", "100 times more"],
)
def test_after_a_kill_nothing_is_left_and_the_next_run_is_sound(
    times: int, seed: int, engine: Engine, undisturbed: tuple[dict[str, Any], float]
) -> None:
    wanted, seconds = undisturbed
    chance = random.Random(seed)
    assert numbers(engine) == wanted  # which starts a process, if the last one was closed
    heard = 0
    for number in range(times):
        victim = VICTIMS[number % 3]
        moment = chance.uniform(0, seconds * 0.9)
        process = engine._process
        assert process is not None
        folder = process.folder
        exc, session, killed = kill(engine, victim, moment)
        what = f"{number}: {victim} killed after {moment:.2f} s: {exc!r}"
        if victim == "engine" and killed:
            assert wait(lambda s=session: not of_session(s)), f"{what}: {of_session(session)}"
            assert exc is None or isinstance(exc, EngineError), what
        if exc is not None:
            heard += 1
            assert str(exc), what
            assert exc.hint, what
            assert "Traceback" not in str(exc), what
        if victim != "worker" and killed:
            # An engine whose warm parent is gone can start no other, and ends with it. One that
            # was killed is there until the last of its threads has ended.
            assert wait(lambda p=process: not p.alive), what
        if process.alive:
            assert list((folder / "workers").iterdir()) == [], what
        assert numbers(engine) == wanted, what
        if engine._process is not process:
            assert wait(lambda s=session: not of_session(s)), f"{what}: {of_session(session)}"
            assert not folder.exists(), what
    assert heard >= times // 3
    process = engine._process
    assert process is not None
    engine.close()
    assert wait(lambda: not of_session(process.pid))
    assert not process.folder.exists()
