"""What it costs not to believe a strategy: ``python -m tests.benchmarks.protection``.

All runs share one warm process, take turns, and trade 3 pairs of about 5,800 hourly candles;
medians are what to quote. Real candles are read from ``$FREQGEN_SHARED/data/demo_1h_2024`` (default
``../shared``), synthetic ones are used where there are none. A process that nothing can confine
measures what it can.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.evaluation.conftest import walk, write_candles
from tests.evaluation.strategies import CALLBACKS, PLAIN

ROOT = Path(__file__).resolve().parents[2]
PAIRS = ["BTC/USDT", "ETH/USDT", "XRP/USDT"]
ROWS = 5856

BUSY = CALLBACKS.replace("class Callbacks", "class Busy").replace("max_open_trades = 2", "") + (
    """
    def bot_loop_start(self, current_time: datetime, **kwargs) -> None:
        self.now = current_time

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs) -> bool:
        return True

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force,
                           exit_reason, current_time, **kwargs) -> bool:
        return True

    def custom_roi(self, pair, trade, current_time, trade_duration, entry_tag, side,
                   **kwargs) -> float:
        return 0.08

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake,
                              max_stake, **kwargs):
        return None

    use_custom_roi = True
    position_adjustment_enable = True
"""
)
STRATEGIES = {
    "Plain": ("no callbacks", PLAIN),
    "Callbacks": ("3 callbacks", CALLBACKS),
    "Busy": ("8 callbacks", BUSY),
}


def candles(folder: Path) -> Path:
    """Where the candles lie."""
    shared = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared"))
    datadir = shared / "data" / "demo_1h_2024"
    if datadir.is_dir():
        return datadir
    for seed, pair in enumerate(PAIRS):
        write_candles(folder, pair, walk(seed, 10.0 ** (4 - seed), ROWS, 4))
    return folder


def milliseconds(act: Callable[[], object]) -> float:
    """How long something takes, once."""
    begin = perf_counter()
    act()
    return (perf_counter() - begin) * 1000


def in_turn(acts: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Medians of several acts, one after the other; a first round is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(runs + 1):
        for name, act in acts.items():
            took = milliseconds(act)
            if number:
                spent[name].append(took)
    return {name: statistics.median(values) for name, values in spent.items()}


def request(name: str, source: str) -> dict[str, Any]:
    """A backtest of all candles."""
    return {
        "name": name,
        "source": source,
        "own": False,
        "accept_partial": True,
        "beside": [],
        "trading_mode": "",
        "timeframe": "1h",
        "pairs": PAIRS,
        "timerange": "",
        "overrides": {},
        "enable_protections": True,
        "store": False,
        "download": "",
        "stake_currency": "USDT",
    }


def bare(setting: Any, folder: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Freqtrade's own engine with the strategy in this process, as far as its statistics."""
    from freqtrade.optimize.backtesting import Backtesting
    from freqtrade.optimize.optimize_reports import generate_backtest_stats

    from freqgen.evaluation.offline import closing_prices

    name = asked["name"]
    (folder / name).mkdir(exist_ok=True)
    file = folder / name / f"{name}.py"
    file.write_text(asked["source"], encoding="utf-8")
    config = setting.configure(asked, file)
    exchange, _ = setting.exchange(config, closing_prices(config, setting.unknown(PAIRS), "1h"))
    engine = Backtesting(config, exchange=exchange)
    try:
        (strategy,) = engine.strategylist
        data, timerange = engine.load_bt_data()
        first, last = engine.backtest_one_strategy(strategy, data, timerange)
        stats = generate_backtest_stats(data, engine.all_bt_content, min_date=first, max_date=last)
    finally:
        Backtesting.cleanup()
        exchange.close()
    return dict(stats["strategy"][name])


def a_round_trip(trade: Any, count: int) -> float:
    """Milliseconds of one call of a callback in another process, which has the trade as JSON.

    The other process reads the trade, makes one of it, and answers with a number.
    """
    from freqtrade.persistence import LocalTrade

    ours, theirs = socket.socketpair()
    number = os.fork()
    if number == 0:
        ours.close()
        with theirs, theirs.makefile("rwb") as stream:
            for line in stream:
                asked = json.loads(line)
                made = LocalTrade.from_json(json.dumps(asked["trade"]))
                stream.write(json.dumps({"answer": made.stop_loss}).encode() + b"\n")
                stream.flush()
        os._exit(0)
    theirs.close()
    with ours, ours.makefile("rwb") as stream:
        begin = perf_counter()
        for _ in range(count):
            asked = {"name": "custom_stoploss", "pair": trade.pair, "trade": trade.to_json()}
            stream.write(json.dumps(asked, default=str).encode() + b"\n")
            stream.flush()
            json.loads(stream.readline())
        spent = (perf_counter() - begin) * 1000 / count
    os.waitpid(number, 0)
    return spent


def questions(runner: Any, asked: Mapping[str, Any]) -> int:
    """How often the engine asks a strategy."""
    heard = runner._hear(asked, {pair: [1000.01] for pair in PAIRS})
    return len(heard.log.call)


def bench_workers(nursery: Any, runs: int) -> dict[str, float]:
    """Starting a worker, hearing from it and ending it; confined and not."""
    from freqgen.sandbox.limits import WorkerLimits

    def one(*, confined: bool) -> None:
        with nursery.start({"op": "nothing"}, limits=WorkerLimits(), confined=confined) as worker:
            worker.receive()

    return in_turn(
        {
            "a worker that says one word, bare": lambda: one(confined=False),
            "a worker that says one word, confined": lambda: one(confined=True),
        },
        runs * 4,
    )


def show(title: str, rows: Mapping[str, str]) -> None:
    """Print rows under a title."""
    print(f"\n{title}")
    for name, value in rows.items():
        print(f"  {name:<66} {value:>10}")


def bench(folder: Path, runs: int) -> None:
    """Measure everything and print it."""
    from freqtrade.persistence import LocalTrade

    from freqgen.evaluation.child import SWITCH_SECONDS, import_what_workers_need
    from freqgen.evaluation.engine_config import plain_config
    from freqgen.evaluation.runner import Runner
    from freqgen.sandbox.level import Level
    from freqgen.sandbox.pool import Nursery

    import_what_workers_need()
    sys.setswitchinterval(SWITCH_SECONDS)
    options = {
        "config": plain_config({"exchange": {"name": "binance"}, "max_open_trades": 3}),
        "private": str(folder),
        "results": str(folder / "results"),
        "datadir": str(candles(folder / "data")),
        "markets": str(folder / "markets.json"),
        "seconds": 600,
        "memory_mb": 4096,
    }
    runner = Runner(options)
    (folder / "words").mkdir()
    words = Nursery(lambda channel, _job: channel.send({"op": "word"}), folder / "words")
    held = runner.protection.level
    print(f"sandbox: {held.value}; {runs} runs each, medians, milliseconds")
    whole: dict[str, float] = {}
    for name, (what, source) in STRATEGIES.items():
        asked = request(name, source)
        # What freqgen's own compiler wrote is not looked at again.
        once = asked | {"own": True}
        acts: dict[str, Callable[[], object]] = {
            f"{what}: bare": lambda asked=asked: bare(runner.setting, folder, asked),
            f"{what}: in a worker that nothing holds": lambda once=once: backtest(
                runner, once, confined=False
            ),
        }
        if held is not Level.NONE:
            acts |= {
                f"{what}: confined": lambda once=once: backtest(runner, once, confined=True),
                f"{what}: confined, and looked at again": lambda asked=asked: backtest(
                    runner, asked, confined=True
                ),
            }
        whole |= in_turn(acts, runs)
    show("A backtest, from request to statistics", {k: f"{v:.0f}" for k, v in whole.items()})
    if held is not Level.NONE:
        show("A worker", {k: f"{v:.1f}" for k, v in bench_workers(words, runs).items()})
    own = bare(runner.setting, folder, request("Busy", BUSY))
    trades = list(LocalTrade.bt_trades)
    trade = max(trades, key=lambda one: len(one.orders))
    trip = statistics.median(a_round_trip(trade, 200) for _ in range(runs))
    copied = statistics.median(milliseconds(lambda: deepcopy(trade)) for _ in range(200))
    answers: dict[str, str] = {
        "one call by JSON over a socket pair, with its trade": f"{trip:.3f}",
        "one copy of a trade, which Freqtrade makes for each callback": f"{copied:.3f}",
    }
    for name, (what, source) in STRATEGIES.items():
        if name == "Plain":
            continue
        asked = request(name, source)
        count = questions(runner, asked)
        confined = whole.get(f"{what}: confined", whole[f"{what}: in a worker that nothing holds"])
        answers[f"{what}: questions"] = f"{count:,}"
        answers[f"{what}: all of them by calls, beside a bare run"] = f"{count * trip:.0f}"
        cost = confined - whole[f"{what}: bare"]
        answers[f"{what}: all of them by the log, beside a bare run"] = f"{cost:.0f}"
    show("Callbacks: a call each, or a log that is replayed", answers)
    print(f"\ntrades of the strategy with most callbacks: {own['total_trades']}")
    words.close()
    runner.nursery.close()


def backtest(runner: Any, asked: Mapping[str, Any], *, confined: bool) -> dict[str, Any]:
    """Through a worker and the trusted engine."""
    runner.confined = lambda _request: confined
    return dict(runner.backtest(asked))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.protection", description=__doc__
    )
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    with tempfile.TemporaryDirectory() as folder:
        bench(Path(folder), args.runs)


if __name__ == "__main__":
    main()
