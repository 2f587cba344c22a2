"""Freqtrade's own backtest of a strategy, without any protection: what the engine must equal.

``python -m tests.evaluation.freqtrade_itself`` reads requests as JSON lines and answers them.
Configuration and markets are freqgen's, everything after that is Freqtrade's.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


class FreqtradeItself:
    """A process that has imported Freqtrade and backtests what it is given.

    :param folder: Where it puts strategies and results.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with (folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.evaluation.freqtrade_itself"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )

    def ask(self, options: Mapping[str, Any], request: Mapping[str, Any]) -> None:
        """Let it backtest a strategy while the caller goes on.

        :param options: As of :class:`freqgen.evaluation.setting.Setting`.
        :param request: As of :meth:`freqgen.evaluation.runner.Runner.backtest`.
        """
        assert self._process.stdin is not None
        order = {"options": options, "request": request, "folder": str(self._folder)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """What came of it.

        :returns: ``summary``, and ``file`` with all statistics; or ``error``.
        """
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer, (self._folder / "log").read_text()[-3000:]
        return dict(json.loads(answer))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()


SETTINGS: dict[str, Any] = {}
"""Configurations that were read already."""


def backtest(order: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Do in this process what ``freqtrade backtesting`` does."""
    from freqtrade.data.metrics import combined_dataframes_with_rel_mean
    from freqtrade.optimize.backtesting import Backtesting
    from freqtrade.optimize.optimize_reports import (
        generate_backtest_stats,
        store_backtest_results,
    )

    from freqgen.evaluation.offline import closing_prices
    from freqgen.evaluation.setting import Setting
    from freqgen.evaluation.summary import summary

    request = order["request"]
    folder = Path(order["folder"]) / f"run-{number}"
    folder.mkdir()
    file = folder / f"{request['name']}.py"
    file.write_text(request["source"])
    results = folder / "results"
    results.mkdir()
    key = json.dumps(order["options"], sort_keys=True)
    if key not in SETTINGS:
        (folder / "private").mkdir()
        SETTINGS[key] = Setting(
            {**order["options"], "private": str(folder / "private"), "results": str(results)}
        )
    setting = SETTINGS[key]
    setting.results = results
    config = setting.configure(request, file)
    closes = closing_prices(config, setting.unknown(request["pairs"]), request["timeframe"])
    exchange, _ = setting.exchange(config, closes)
    engine = Backtesting(config, exchange=exchange)
    try:
        (strategy,) = engine.strategylist
        data, timerange = engine.load_bt_data()
        first, last = engine.backtest_one_strategy(strategy, data, timerange)
        stats = generate_backtest_stats(data, engine.all_bt_content, min_date=first, max_date=last)
        content = engine.all_bt_content[strategy.get_strategy_name()]
        stored = store_backtest_results(
            config,
            stats,
            "own",
            market_change_data=combined_dataframes_with_rel_mean(data, first, last),
            wallet_summary={strategy.get_strategy_name(): content["wallet_summary"]},
            strategy_files={strategy.get_strategy_name(): str(file)},
        )
    finally:
        Backtesting.cleanup()
        exchange.close()
    return {"summary": summary(stats["strategy"][request["name"]]), "file": str(stored)}


def main() -> None:
    """Answer requests until there are no more."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for number, line in enumerate(sys.stdin):
        try:
            answer = backtest(json.loads(line), number)
        except BaseException as exc:  # noqa: BLE001  (the strategy's, whatever it is)
            with contextlib.suppress(Exception):
                traceback.print_exc()
            answer = {"error": f"{type(exc).__name__}: {exc}"}
        replies.write(json.dumps(answer) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
