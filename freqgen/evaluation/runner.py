"""Runs Freqtrade's own engine inside the engine's process, without any strategy's code.

The strategy runs in a worker, confined. From there come its attributes, its signals and what its
callbacks answered, all of it data; the engine here simulates a stand-in that has nothing else.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.data.metrics import combined_dataframes_with_rel_mean
from freqtrade.enums import TradingMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.optimize.backtest_caching import get_strategy_run_id
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.optimize.optimize_reports import generate_backtest_stats
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.agreement import compare_trades, disagreement, replaces_engine
from freqgen.evaluation.callbacks import Disagreement, Replay
from freqgen.evaluation.candle_source import CandleFolder
from freqgen.evaluation.hearing import Heard, listen, refuse_unconfined, signals_of
from freqgen.evaluation.offline import closing_prices
from freqgen.evaluation.overrides import replaced
from freqgen.evaluation.recorder import RECORDER
from freqgen.evaluation.refusals import failed, refused
from freqgen.evaluation.remarks import funding_warnings, left_out
from freqgen.evaluation.session import work
from freqgen.evaluation.setting import Setting
from freqgen.evaluation.spoken import contradiction
from freqgen.evaluation.spot_check import Until, compare, draw, there
from freqgen.evaluation.standin import StandIn, write_standin
from freqgen.evaluation.storing import store_result
from freqgen.evaluation.summary import summary
from freqgen.evaluation.trial_candles import TrialCandles
from freqgen.evaluation.view import Source
from freqgen.exceptions import (
    EngineError,
    FreqgenException,
    SandboxUnavailable,
    StrategyFault,
)
from freqgen.sandbox.level import Level, Protection, probe_worker
from freqgen.sandbox.limits import Fault, WorkerFault, WorkerLimits
from freqgen.sandbox.pool import Nursery, Worker

_LOOKS = 2
"""Workers that look again at the same time; each has candles of its own in memory."""


class Runner:
    """Backtests strategies with one configuration, one after the other.

    Make it while the process has a single thread: it forks the warm parent of its workers.

    :param options: What :class:`freqgen.evaluation.engine.Engine` sends, see :class:`Setting`;
        ``seconds`` and ``memory_mb`` are what a worker may use.
    :raises UsageError: If Freqtrade refuses the configuration.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.setting = Setting(options)
        logging.root.handlers[:] = [RECORDER]
        self.limits = WorkerLimits(
            seconds=float(options["seconds"]), memory_mb=int(options["memory_mb"])
        )
        workers = self.setting.private / "workers"
        workers.mkdir(exist_ok=True)
        self._forked_with = self.setting.version
        self.nursery = Nursery(partial(work, self.setting), workers)
        self.trial_candles = TrialCandles(self._candles())
        """What strategies are tried on."""
        self._protection: Protection | None = None
        self._runs = 0

    def _candles(self) -> CandleFolder:
        return CandleFolder(self.setting.datadir, self.setting.config["dataformat_ohlcv"])

    @property
    def protection(self) -> Protection:
        """What holds a worker on this machine, found out by doing it once."""
        if self._protection is None:
            self._protection = probe_worker(self.nursery)
        return self._protection

    def confined(self, request: Mapping[str, Any]) -> bool:
        """Whether a worker of a run is confined.

        :param request: ``name``; ``own``, whether freqgen's compiler wrote the strategy;
            ``accept_partial``, whether the user takes less than the documented minimum.
        :raises SandboxUnavailable: If nothing that is enough would hold it.
        """
        level, name = self.protection.level, request["name"]
        if level in {Level.FULL, Level.STRONG} or request["own"]:
            return level is not Level.NONE
        if level is Level.PARTIAL:
            if request["accept_partial"]:
                return True
            hint = "--accept-partial runs it all the same"
        else:
            hint = "freqgen validate --static only reads it; freqgen doctor says what would hold it"
        raise SandboxUnavailable(
            f"{name} was not run: the sandbox of this machine is {level.value} "
            f"({self.protection.reason})",
            hint=hint,
        )

    def worker(
        self, op: str, request: Mapping[str, Any], order: Mapping[str, Any], limits: WorkerLimits
    ) -> Worker:
        """Start a worker and give it its order, with the strategy in its folder.

        :raises SandboxUnavailable: If nothing would hold it.
        :raises WorkerFault: If it cannot be started.
        """
        worker = self.nursery.start({"op": op}, limits=limits, confined=self.confined(request))
        try:
            file = worker.folder / f"{request['name']}.py"
            file.write_text(request["source"], encoding="utf-8")
            changed = self.setting.version != self._forked_with
            table = self.setting.markets_file.read_bytes() if changed else b""
            worker.send({"op": op, "name": request["name"], **order}, table)
        except BaseException:
            worker.close()
            raise
        return worker

    def backtest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Run one backtest.

        :param request: ``name``, ``source``, ``own``, ``accept_partial`` and what
            :meth:`Setting.configure` takes; ``store`` and ``download``.
        :returns: The fields of :class:`freqgen.evaluation.engine.BacktestResult`.
        :raises DataMissing: If the timerange holds no candles.
        :raises StrategyFault: If the strategy failed, or did what strategies do not.
        :raises EngineError: If Freqtrade failed.
        """
        name = str(request["name"])
        self._runs += 1
        folder = self.setting.private / f"run-{self._runs}"
        folder.mkdir()
        try:
            return self._backtest(request, folder, name)
        except FreqgenException:
            raise
        except WorkerFault as exc:
            if exc.fault is Fault.UNCONFINED:
                raise refuse_unconfined(name, exc) from exc
            raise faults.raised(faults.of_worker(name, exc)) from exc
        except Disagreement as exc:
            raise faults.raised(disagreement(name, str(exc))) from exc
        except MemoryError as exc:
            raise EngineError(
                f"{name} needed more memory than the limit",
                hint="ask for fewer pairs or a shorter timerange, or raise the memory limit",
            ) from exc
        except FreqtradeException as exc:
            text = str(exc).strip() or type(exc).__name__
            raise refused(self.setting, name, request, text) from exc
        except OSError as exc:
            raise EngineError(
                f"the backtest of {name} could not read or write a file: {exc}",
                hint=f"see to the disk and to the rights of {self.setting.results}",
            ) from exc
        except Exception as exc:
            raise EngineError(
                f"Freqtrade's engine failed on {name}: {type(exc).__name__}: {exc}",
                hint="this is no fault of the strategy's; please report it",
            ) from exc
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _hear(
        self,
        request: Mapping[str, Any],
        closes: Mapping[str, list[float]],
        end: pd.Timestamp | None = None,
    ) -> Heard:
        """Let the strategy compute in a worker.

        :param end: When the newest candle that it may see closes; by default all are seen.
        """
        setting, name = self.setting, str(request["name"])
        candles = self._candles()
        source: Source = candles if end is None else Until(candles, end)
        order = {"run": {key: request[key] for key in _RUN}, "closes": closes}
        with self.worker("backtest", request, order, self.limits) as worker:
            heard = listen(worker, source.load, request["pairs"])
        if heard.failed is None:
            return heard
        if end is not None:  # with all candles it did not fail
            raise faults.raised(faults.of_failure(name, heard.failed))
        if heard.failed.get("error") == "UsageError":
            # If that is true, it cannot be used here either; if it is not, a strategy said it.
            config = setting.configure(request, Path(f"{name}.py"))
            setting.exchange(config, closes)[0].close()
        raise failed(setting, name, request, heard.failed, candles)

    def _look_again(
        self,
        request: Mapping[str, Any],
        closes: Mapping[str, list[float]],
        data: Mapping[str, DataFrame],
        whole: tuple[Heard, Mapping[str, DataFrame]],
        last: pd.Timestamp,
    ) -> None:
        """Run the strategy again without the candles after one, and compare what it says.

        :raises StrategyFault: If it says something else of the candles before, or fails.
        """
        name = str(request["name"])
        step = pd.Timedelta(seconds=timeframe_to_seconds(request["timeframe"]))
        begin = str(request["timerange"]).partition("-")[0]
        startup = whole[0].declared.startup if whole[0].declared is not None else 0
        pairs = there(data, last, startup)
        if not pairs:
            return
        asked = {**request, "pairs": pairs, "timerange": f"{begin}-{int(last.timestamp())}"}
        try:
            less = self._hear(asked, closes, last + step)
            compare(name, data, whole, less, last, pairs)
        except StrategyFault as exc:
            if exc.finding.code == faults.FUTURE:
                raise
            text = f"where the candles after {last:%Y-%m-%d %H:%M} are missing, "
            raise faults.raised(replace(exc.finding, message=text + exc.finding.message)) from exc

    def _backtest(self, request: Mapping[str, Any], folder: Path, name: str) -> dict[str, Any]:
        setting = self.setting
        setting.read_table()
        began = perf_counter()
        pairs = list(request["pairs"])
        (folder / "standin").mkdir()
        (folder / "strategy").mkdir()
        file = folder / "strategy" / f"{name}.py"
        file.write_text(request["source"], encoding="utf-8")
        config = setting.configure(request, folder / "standin" / f"{name}.py")
        TimeRange.parse_timerange(request["timerange"] or None)  # no strategy's fault if it fails
        beside = [pair for pair in request["beside"] if pair not in pairs]
        unknown = setting.unknown([*pairs, *beside])
        closes = closing_prices(config, unknown, request["timeframe"])
        confined = self.confined(request)
        heard = self._hear(request, closes)
        declared = heard.declared
        if declared is None:
            raise WorkerFault(Fault.NONSENSE, "it said nothing of itself")
        if declared.engine:
            raise faults.raised(replaces_engine(name, declared.engine))
        if said := contradiction(
            str(request["source"]), name, declared, {*setting.config, *request["overrides"], *_RUN}
        ):
            raise faults.raised(disagreement(name, said))
        heard_at = perf_counter()
        write_standin(folder / "standin", name, declared)
        warnings: list[str] = []
        missing: list[str] = []
        exchange, assumed = setting.exchange(config, closes)
        try:
            if setting.table is not None and assumed:
                warnings.append(f"not in the stored market table, so assumed: {', '.join(assumed)}")
            with _declared_for(name):
                engine = Backtesting(config, exchange=exchange)
            (strategy,) = engine.strategylist
            if not isinstance(strategy, StandIn):
                raise EngineError(f"Freqtrade loaded {strategy.__file__} instead of a stand-in")
            strategy.__file__ = str(file)
            warnings += replaced(declared.own, config["original_config"], request["overrides"])
            if not {"max_open_trades"} & {*declared.own, *config["original_config"]}:
                warnings.append(
                    "neither the strategy nor the configuration says max_open_trades, so "
                    f"{strategy.max_open_trades:g} is assumed"
                )
            warnings += left_out(engine, pairs)
            engine.run_ids = {name: get_strategy_run_id(strategy)}
            with _declared_for(name):
                data, timerange = self._load(engine, request, warnings)
            loaded = perf_counter()
            strategy.signals = {
                pair: signals_of(name, heard, pair, candles) for pair, candles in data.items()
            }
            strategy.replay = Replay(heard.log)
            with ThreadPoolExecutor(_LOOKS) as pool:
                looks = [
                    pool.submit(
                        self._look_again, request, closes, data, (heard, strategy.signals), moment
                    )
                    for moment in self._moments(request, data, strategy, heard)
                ]
                try:
                    with _declared_for(name):
                        first, last = engine.backtest_one_strategy(strategy, data, timerange)
                    for look in looks:
                        look.result()
                finally:
                    pool.shutdown(wait=False, cancel_futures=True)  # those that did not begin
            compare_trades(name, heard, engine.all_bt_content[name]["results"], strategy.replay)
            done = perf_counter()
            with _declared_for(name):
                stats = generate_backtest_stats(
                    data, engine.all_bt_content, min_date=first, max_date=last
                )
            if config["trading_mode"] == TradingMode.FUTURES:
                missing = funding_warnings(config, exchange, data, (first, last))
                warnings += missing
            stored = None
            if request["store"]:
                changes = combined_dataframes_with_rel_mean(data, first, last)
                stored = store_result(
                    folder=self.setting.results,
                    config=config,
                    stats=stats,
                    changes=changes,
                    engine=engine,
                    strategy_file=file,
                )
        finally:
            Backtesting.cleanup()
            exchange.close()
        return {
            **summary(stats["strategy"][name]),
            "name": name,
            "fee": engine.fee,
            "markets": "assumed" if setting.table is None else "stored",
            "sandbox": self.protection.level.value if confined else Level.NONE.value,
            "warnings": warnings,
            "missing_data": missing,
            "results_file": str(stored) if stored else None,
            "timings": {
                "strategy": heard_at - began,
                "candles": loaded - heard_at,
                "backtest": done - loaded,
                "report": perf_counter() - done,
            },
        }

    @staticmethod
    def _moments(
        request: Mapping[str, Any], data: Mapping[str, DataFrame], strategy: StandIn, heard: Heard
    ) -> list[pd.Timestamp]:
        if request["own"]:  # by construction it cannot know the future
            return []
        return draw(data, strategy.signals, heard.log, int(strategy.startup_candle_count))

    def _load(
        self, engine: Backtesting, request: Mapping[str, Any], warnings: list[str]
    ) -> tuple[dict[str, Any], TimeRange]:
        asked = f" in the timerange {request['timerange']}" if request["timerange"] else ""
        data, timerange = engine.load_bt_data()
        if empty := [pair for pair in engine.pairlists.whitelist if pair not in data]:
            warnings.append(f"without candles{asked}: {', '.join(empty)}")
        return data, timerange


@contextmanager
def _declared_for(name: str) -> Iterator[None]:
    """Where only Freqtrade's engine works, and what differs between runs is what is declared.

    :raises StrategyFault: If the engine fails on it: candles and markets are those of all runs.
    """
    try:
        yield
    except FreqgenException:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as exc:
        raise faults.raised(faults.of_engine(name, exc)) from exc


_RUN = (
    "pairs",
    "timeframe",
    "timerange",
    "overrides",
    "enable_protections",
    "stake_currency",
    "trading_mode",
)
"""What of a request a worker is told."""
