"""Runs strategies with Freqtrade alone, unprotected: what attacks do there shows that they work.

``python bare_host.py OPTIONS``, with OPTIONS as JSON: ``config``, ``work`` (a folder), ``datadir``
and ``pairs``. A line ``{"name", "source", "timerange"}`` is answered by what became of it. Every
strategy runs in a fork of its own, within limits that keep the machine usable.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import gc
import json
import os
import resource
import shutil
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

SECONDS = 8.0
ADDRESS_SPACE_MB = 6144
RESIDENT_MB = 2500
THREADS = 200


def watched() -> dict[str, Any]:
    """What a strategy must leave as it is for the next."""
    import builtins

    import numpy as np
    import pandas as pd
    import talib

    return {
        "json.dumps": json.dumps,
        "builtins.print": builtins.print,
        "numpy.mean": np.mean,
        "DataFrame.mean": pd.DataFrame.mean,
        "DataFrame.to_dict": pd.DataFrame.to_dict,
        "talib's unstable period": talib.get_unstable_period("RSI"),
    }


class Bare:
    """Freqtrade with an exchange that asks nobody, and everything else as it is."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        from freqgen.evaluation.child import import_what_workers_need
        from freqgen.evaluation.engine_config import plain_config
        from freqgen.evaluation.setting import Setting

        import_what_workers_need()
        gc.unfreeze()  # what it hides is there to be found
        work = Path(options["work"])
        for folder in ("private", "tmp", "strategy"):
            (work / folder).mkdir()
        self.work = work
        self.pairs = options["pairs"]
        self.config = options["config"]
        self.setting = Setting(
            {
                "config": plain_config(self.config),
                "private": str(work / "private"),
                "results": str(work / "results"),
                "datadir": options["datadir"],
                "markets": str(work / "markets.json"),
            }
        )

    def run(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Be the process of one strategy, and return what Freqtrade made of it."""
        from freqtrade.optimize.backtesting import Backtesting

        from freqgen.evaluation.offline import closing_prices

        file = self.work / "strategy" / f"{order['name']}.py"
        file.write_text(order["source"], encoding="utf-8")
        run = {
            "pairs": self.pairs,
            "timeframe": "5m",
            "timerange": order["timerange"],
            "overrides": {},
            "enable_protections": True,
            "stake_currency": "USDT",
            "trading_mode": "",
        }
        config = self.setting.configure(run, file)
        closes = closing_prices(config, self.pairs, "5m")
        exchange, _ = self.setting.exchange(config, closes)
        # What a user's own configuration holds beside what a backtest needs.
        config["telegram"] = dict(self.config["telegram"])
        config["exchange"].update(self.config["exchange"])
        engine = Backtesting(config, exchange=exchange)
        (strategy,) = engine.strategylist
        data, timerange = engine.load_bt_data()
        engine.backtest_one_strategy(strategy, data, timerange)
        told = engine.all_bt_content[order["name"]]
        return {
            "trades": len(told["results"]),
            "profits": told["results"]["profit_ratio"].round(9).tolist(),
            "final_balance": told["final_balance"],
            "tags": sorted(set(told["results"]["enter_tag"].map(str))),
        }


def be_the_strategy(bare: Bare, order: Mapping[str, Any], answer: Path) -> NoReturn:
    """Limit this process, run, write down how it went, and end as an interpreter does."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MB << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
    os.environ["TMPDIR"] = str(bare.work / "tmp")
    os.chdir(bare.work / "tmp")
    before = watched()
    told: dict[str, Any] = {"result": None, "ended_by": None}
    try:
        told["result"] = bare.run(order)
    except BaseException as exc:  # noqa: BLE001  (a strategy may raise anything)
        told["ended_by"] = type(exc).__name__
        warnings.simplefilter("ignore")
        sys.__excepthook__(*sys.exc_info())
    after = watched()
    told["altered"] = [what for what, value in before.items() if after[what] is not value]
    answer.write_text(json.JSONEncoder().encode(told), encoding="utf-8")
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(0)  # without taking everything down that was imported, piece by piece


def watch(number: int) -> dict[str, Any]:
    """Wait for a process, and see which limits it passed."""
    told: dict[str, Any] = {"passed": []}
    deadline = time.monotonic() + SECONDS
    asked = False
    while True:
        done, status = os.waitpid(number, os.WNOHANG)
        if done:
            told["code"] = os.waitstatus_to_exitcode(status)
            break
        try:
            used = int(Path(f"/proc/{number}/statm").read_text().split()[1]) >> 8
            threads = len(list(Path(f"/proc/{number}/task").iterdir()))
        except OSError:
            continue
        if used > RESIDENT_MB:
            told["passed"].append("memory")
        if threads > THREADS:
            told["passed"].append("threads")
        if time.monotonic() > deadline:
            if asked:
                told["passed"].append("time")
            else:
                os.kill(number, signal.SIGTERM)  # a well-behaved program ends
                asked, deadline = True, time.monotonic() + 1
        if told["passed"]:
            os.kill(number, signal.SIGKILL)
            told["code"] = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
            break
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)  # what it started
    return told


def main() -> None:
    warnings.simplefilter("ignore")
    options = json.loads(sys.argv[1])
    bare = Bare(options)
    output, answer = bare.work / "output", bare.work / "answer.json"
    for line in sys.stdin:
        order = json.loads(line)
        answer.unlink(missing_ok=True)
        number = os.fork()
        if number == 0:
            target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(target, 1)
            os.dup2(target, 2)
            faulthandler.disable()
            be_the_strategy(bare, order, answer)
        told = watch(number)
        told["output"] = output.read_text(encoding="utf-8", errors="replace")[-200_000:]
        if answer.exists():
            told |= json.loads(answer.read_text(encoding="utf-8"))
        shutil.rmtree(bare.work / "tmp", ignore_errors=True)
        shutil.rmtree(bare.work / "strategy", ignore_errors=True)
        for folder in ("tmp", "strategy"):
            (bare.work / folder).mkdir()
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
