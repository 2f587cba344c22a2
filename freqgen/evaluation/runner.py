"""Runs Freqtrade's own engine inside the engine's process, without any strategy's code.

The strategy runs in a worker, confined. From there come its attributes, its signals and what its
callbacks answered, all of it data; the engine here simulates a stand-in that has nothing else.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.data.btanalysis import load_backtest_stats
from freqtrade.data.metrics import combined_dataframes_with_rel_mean
from freqtrade.enums import TradingMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.optimize.backtest_caching import get_strategy_run_id
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.optimize.optimize_reports import generate_backtest_stats, store_backtest_results
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.agreement import compare_trades, disagreement, replaces_engine
from freqgen.evaluation.callbacks import Disagreement, Replay
from freqgen.evaluation.candle_source import CandleFolder
from freqgen.evaluation.hearing import Heard, listen, refuse_unconfined, signals_of
from freqgen.evaluation.offline import closing_prices
from freqgen.evaluation.overrides import replaced
from freqgen.evaluation.recorder import RECORDER
from freqgen.evaluation.remarks import first_line, funding_warnings, left_out
from freqgen.evaluation.session import work
from freqgen.evaluation.setting import Setting
from freqgen.evaluation.spoken import contradiction
from freqgen.evaluation.spot_check import Until, differing, draw
from freqgen.evaluation.standin import StandIn, write_standin
from freqgen.evaluation.summary import summary
from freqgen.evaluation.view import Source
from freqgen.exceptions import (
    DataMissing,
    EngineError,
    FreqgenException,
    SandboxUnavailable,
    UsageError,
)
from freqgen.sandbox.level import Level, Protection, probe_worker
from freqgen.sandbox.limits import Fault, WorkerFault, WorkerLimits
from freqgen.sandbox.pool import Nursery, Worker


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
        self._protection: Protection | None = None
        self._runs = 0

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
            raise self._refused(name, request, str(exc).strip() or type(exc).__name__) from exc
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

    def _refused(self, name: str, request: Mapping[str, Any], text: str) -> FreqgenException:
        if text.startswith("No data left after adjusting"):
            return DataMissing(
                f"the candles that {name} needs before its first signal take up the whole period",
                hint=f"take a longer timerange, or earlier candles: {request['download']}",
            )
        if text.startswith("No data found"):
            asked = f" in the timerange {request['timerange']}" if request["timerange"] else ""
            return DataMissing(
                f"there are no {request['timeframe']} candles of "
                f"{', '.join(request['pairs'][:5])}{asked}",
                hint=str(request["download"]),
            )
        if text.startswith("Short strategies cannot run in spot"):
            return UsageError(
                f"{name} goes short, which spot markets do not allow",
                hint='set "trading_mode": "futures" and "margin_mode": "isolated"',
            )
        if text.startswith("No pair in whitelist") or "is not available as stake" in text:
            if listed := self.setting.config["exchange"].get("pair_blacklist"):
                return UsageError(
                    f"none of the pairs is both traded against {request['stake_currency']} on the "
                    f"exchange and allowed by the pair_blacklist ({', '.join(listed)})",
                    hint="choose other pairs, or change the section 'exchange'",
                )
            return UsageError(
                f"none of the pairs is traded against {request['stake_currency']} on the exchange",
                hint="choose other pairs, or another stake_currency in the configuration",
            )
        return EngineError(f"Freqtrade could not backtest {name}: {first_line(text)}")

    def _hear(
        self,
        request: Mapping[str, Any],
        closes: Mapping[str, list[float]],
        end: pd.Timestamp | None = None,
    ) -> Heard:
        """Let the strategy compute in a worker.

        :param end: When the newest candle that it may see closes; by default all are seen.
        """
        setting = self.setting
        source: Source = CandleFolder(setting.datadir, setting.config["dataformat_ohlcv"])
        if end is not None:
            source = Until(source, end)
        order = {"run": {key: request[key] for key in _RUN}, "closes": closes}
        with self.worker("backtest", request, order, self.limits) as worker:
            heard = listen(worker, source.load)
        if heard.failed is None:
            return heard
        name, text = str(request["name"]), str(heard.failed.get("message", ""))
        if str(heard.failed.get("error")) == "UsageError":
            raise UsageError(first_line(text))
        refused = self._refused(name, request, text)
        if isinstance(refused, DataMissing | UsageError):
            raise refused
        raise faults.raised(faults.of_failure(name, heard.failed))

    def _check_spot(
        self,
        request: Mapping[str, Any],
        closes: Mapping[str, list[float]],
        data: Mapping[str, DataFrame],
        signals: Mapping[str, DataFrame],
    ) -> None:
        """Compute the signals of one pair again without later candles, and compare them.

        :raises StrategyFault: If they are others.
        """
        drawn = draw(data, signals)
        if drawn is None:
            return
        pair, kept = drawn
        last = data[pair]["date"].iloc[kept - 1]
        step = pd.Timedelta(seconds=timeframe_to_seconds(request["timeframe"]))
        begin = str(request["timerange"]).partition("-")[0]
        timerange = f"{begin}-{int(last.timestamp())}"
        asked = {**request, "pairs": [pair], "timerange": timerange}
        try:
            less = self._hear(asked, closes, last + step)
        except DataMissing:
            return  # what the strategy needs before its first signal takes up what is left
        frame = less.frames.get(pair)
        if frame is None or "date" not in frame.columns or len(frame) > len(signals[pair]):
            return  # another period, of which nothing can be said
        if (frame["date"].array != data[pair]["date"].iloc[: len(frame)].array).any():
            return
        found = differing(signals[pair], frame)
        if found is not None:
            column, row = found
            raise faults.raised(
                faults.error(
                    faults.FUTURE,
                    f"{request['name']} knows the future in the backtest: {column} of {pair} on "
                    f"{data[pair]['date'].iloc[row]:%Y-%m-%d %H:%M} is another where the candles "
                    f"after {last:%Y-%m-%d %H:%M} are missing",
                    "signals must depend on the candles until then, and not on how many there are",
                )
            )

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
            data, timerange = self._load(engine, request, warnings)
            loaded = perf_counter()
            strategy.signals = {
                pair: signals_of(name, heard, pair, candles) for pair, candles in data.items()
            }
            if not request["own"]:
                self._check_spot(request, closes, data, strategy.signals)
            strategy.replay = Replay(heard.log)
            first, last = engine.backtest_one_strategy(strategy, data, timerange)
            compare_trades(name, heard, engine.all_bt_content[name]["results"], strategy.replay)
            done = perf_counter()
            stats = generate_backtest_stats(
                data, engine.all_bt_content, min_date=first, max_date=last
            )
            if config["trading_mode"] == TradingMode.FUTURES:
                missing = funding_warnings(config, exchange, data, (first, last))
                warnings += missing
            stored = None
            if request["store"]:
                changes = combined_dataframes_with_rel_mean(data, first, last)
                stored = self._store(config, stats, changes, engine, file)
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

    def _load(
        self, engine: Backtesting, request: Mapping[str, Any], warnings: list[str]
    ) -> tuple[dict[str, Any], TimeRange]:
        asked = f" in the timerange {request['timerange']}" if request["timerange"] else ""
        data, timerange = engine.load_bt_data()
        if empty := [pair for pair in engine.pairlists.whitelist if pair not in data]:
            warnings.append(f"without candles{asked}: {', '.join(empty)}")
        return data, timerange

    def _store(
        self,
        config: dict[str, Any],
        stats: Any,
        changes: Any,
        engine: Backtesting,
        strategy_file: Path,
    ) -> Path:
        self.setting.results.mkdir(parents=True, exist_ok=True)
        moment = datetime.now(UTC)
        # Freqtrade names results by the second; two runs within one must not share a name.
        while True:
            appendix = moment.strftime("%Y-%m-%d_%H-%M-%S")
            if not (self.setting.results / f"backtest-result-{appendix}.zip").exists():
                break
            moment += timedelta(seconds=1)
        path: Path = store_backtest_results(
            config,
            stats,
            appendix,
            market_change_data=changes,
            wallet_summary={
                key: content["wallet_summary"]
                for key, content in engine.all_bt_content.items()
                if "wallet_summary" in content
            },
            strategy_files={stats["strategy_comparison"][0]["key"]: str(strategy_file)},
        )
        load_backtest_stats(path)  # what cannot be read back was not stored
        return path


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
