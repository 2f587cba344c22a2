"""Runs Freqtrade's own ``Backtesting`` inside the engine's process."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from freqtrade.configuration import Configuration, TimeRange, validate_config_consistency
from freqtrade.constants import UNLIMITED_STAKE_AMOUNT
from freqtrade.data.btanalysis import load_backtest_stats
from freqtrade.data.metrics import combined_dataframes_with_rel_mean
from freqtrade.enums import RunMode, TradingMode
from freqtrade.exceptions import FreqtradeException, OperationalException
from freqtrade.optimize.backtest_caching import get_strategy_run_id
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.optimize.optimize_reports import generate_backtest_stats, store_backtest_results

from freqgen.evaluation.markets import MarketTable, damaged
from freqgen.evaluation.offline import closing_prices, offline_exchange
from freqgen.evaluation.overrides import replaced
from freqgen.evaluation.remarks import funding_warnings, left_out, own_attributes
from freqgen.evaluation.summary import summary
from freqgen.exceptions import DataMissing, EngineError, FreqgenException, UsageError

_CORRECT = "correct the strategy"


class Runner:
    """Backtests strategies with one configuration, one after the other.

    :param options: What :class:`freqgen.evaluation.engine.Engine` sends: ``config`` (without
        secrets), ``private`` (a folder for this process alone), ``results``, ``datadir``
        and ``markets`` (path of the stored table).
    :raises UsageError: If Freqtrade refuses the configuration.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._private = Path(options["private"])
        self._results = Path(options["results"])
        self._markets = Path(options["markets"])
        file = self._private / "config.json"
        file.write_text(json.dumps(options["config"]), encoding="utf-8")
        # Freqtrade looks for strategies in its user directory too, and runs what it finds
        # there: this one is empty.
        user_data = self._private / "user_data"
        user_data.mkdir(exist_ok=True)
        arguments = {
            "config": [str(file)],
            "user_data_dir": str(user_data),
            "datadir": str(options["datadir"]),
            "export": "trades",
            "backtest_cache": "none",
            "verbosity": 0,
        }
        try:
            self._config = Configuration(arguments, RunMode.BACKTEST).get_config()
        except FreqtradeException as exc:
            raise _refused_configuration(exc) from exc
        logging.root.handlers[:] = [RECORDER]
        self._read_at: tuple[int, int] | None = None
        self._table: MarketTable | None = None
        self._read_table()

    def _read_table(self) -> None:
        """Read the stored markets again if they changed; runs may follow a download."""
        try:
            status = self._markets.stat()
        except OSError:
            self._read_at = self._table = None
            return
        if (version := (status.st_mtime_ns, status.st_ino)) != self._read_at:
            self._table = MarketTable.load(self._markets)
            self._read_at = version

    def backtest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Run one backtest.

        :returns: The fields of :class:`freqgen.evaluation.engine.BacktestResult`.
        :raises DataMissing: If the timerange holds no candles.
        :raises EngineError: If Freqtrade or the strategy failed.
        """
        strategy_file = Path(request["strategy_file"])
        name = str(request["name"])
        try:
            return self._backtest(request, strategy_file, name)
        except FreqgenException:
            raise
        except MemoryError as exc:
            raise EngineError(
                f"{name} needed more memory than the limit",
                hint="ask for fewer pairs or a shorter timerange, or raise the memory limit",
            ) from exc
        except FreqtradeException as exc:
            raise self._refused(name, request, exc) from exc
        except OSError as exc:
            if place := where(exc, strategy_file):
                raise EngineError(f"{name} failed with {exc!r}{place}", hint=_CORRECT) from exc
            raise EngineError(
                f"the backtest of {name} could not read or write a file: {exc}",
                hint=f"see to the disk and to the rights of {self._results}",
            ) from exc
        except ImportError as exc:
            if not str(exc).startswith("Short strategies"):
                raise EngineError(f"{name} cannot be loaded: {exc}", hint=_CORRECT) from exc
            raise UsageError(
                f"{name} goes short, which spot markets do not allow",
                hint='set "trading_mode": "futures" and "margin_mode": "isolated"',
            ) from exc
        # Whatever a strategy's code raises. Ctrl-C is none of it: this process ignores it.
        except (Exception, SystemExit, KeyboardInterrupt) as exc:
            raise EngineError(
                f"{name} failed with {type(exc).__name__}: {exc}{where(exc, strategy_file)}",
                hint=_CORRECT,
            ) from exc

    def _refused(
        self, name: str, request: Mapping[str, Any], exc: FreqtradeException
    ) -> FreqgenException:
        text = str(exc).strip() or type(exc).__name__
        if text.startswith("No data left after adjusting"):
            return DataMissing(
                f"the candles that {name} needs before its first signal take up the whole period",
                hint=f"take a longer timerange, or earlier candles: {request['download']}",
            )
        if text.startswith("No pair in whitelist") or "is not available as stake" in text:
            if listed := self._config["exchange"].get("pair_blacklist"):
                return UsageError(
                    f"none of the pairs is both traded against {request['stake_currency']} on the "
                    f"exchange and allowed by the pair_blacklist ({', '.join(listed)})",
                    hint="choose other pairs, or change the section 'exchange'",
                )
            return UsageError(
                f"none of the pairs is traded against {request['stake_currency']} on the exchange",
                hint="choose other pairs, or another stake_currency in the configuration",
            )
        if text.startswith("Impossible to load Strategy"):
            return EngineError(
                f"Freqtrade cannot load {name}: {last_warning() or text}",
                hint=_CORRECT,
            )
        return EngineError(f"Freqtrade could not backtest {name}: {first_line(text)}")

    def _backtest(
        self, request: Mapping[str, Any], strategy_file: Path, name: str
    ) -> dict[str, Any]:
        self._read_table()
        config = self._configure(request, strategy_file, name)
        pairs = list(request["pairs"])
        timeframe = str(request["timeframe"])
        warnings: list[str] = []
        missing: list[str] = []
        began = perf_counter()
        closes = {}
        if unknown := [
            pair for pair in pairs if self._table is None or pair not in self._table.markets
        ]:
            closes = closing_prices(config, unknown, timeframe)
        exchange, assumed = self._exchange(config, pairs, closes)
        try:
            if self._table is not None and assumed:
                warnings.append(f"not in the stored market table, so assumed: {', '.join(assumed)}")
            engine = Backtesting(config, exchange=exchange)
            strategy = engine.strategylist[0]
            if Path(strategy.__file__).resolve() != strategy_file.resolve():
                raise EngineError(f"Freqtrade loaded {strategy.__file__} instead of {name}")
            warnings += replaced(
                own_attributes(type(strategy)), config["original_config"], request["overrides"]
            )
            warnings += left_out(engine, pairs)
            engine.run_ids = {name: get_strategy_run_id(strategy)}
            ready = perf_counter()
            data, timerange = self._load(engine, request, warnings)
            loaded = perf_counter()
            first, last = engine.backtest_one_strategy(strategy, data, timerange)
            done = perf_counter()
            stats = generate_backtest_stats(
                data, engine.all_bt_content, min_date=first, max_date=last
            )
            if config["trading_mode"] == TradingMode.FUTURES:
                missing = funding_warnings(config, exchange, data, (first, last))
                warnings += missing
            file = None
            if request["store"]:
                changes = combined_dataframes_with_rel_mean(data, first, last)
                file = self._store(config, stats, changes, engine, strategy_file)
        finally:
            Backtesting.cleanup()
            exchange.close()
        return {
            **summary(stats["strategy"][name]),
            "name": name,
            "fee": engine.fee,
            "markets": "assumed" if self._table is None else "stored",
            "warnings": warnings,
            "missing_data": missing,
            "results_file": str(file) if file else None,
            "timings": {
                "setup": ready - began,
                "candles": loaded - ready,
                "backtest": done - loaded,
                "report": perf_counter() - done,
            },
        }

    def _exchange(
        self,
        config: dict[str, Any],
        pairs: Sequence[str],
        closes: Mapping[str, Sequence[float]],
    ) -> tuple[Any, list[str]]:
        try:
            return offline_exchange(config, self._table, pairs, closes)
        except (FreqtradeException, MemoryError, OSError):
            raise
        except Exception as exc:
            if self._table is None:
                raise
            # No code of the strategy has run yet: it is the table that ccxt stumbled over.
            raise damaged(self._markets, f"{type(exc).__name__}: {exc}") from exc

    def _configure(
        self, request: Mapping[str, Any], strategy_file: Path, name: str
    ) -> dict[str, Any]:
        config: dict[str, Any] = deepcopy(self._config)
        config.update(request["overrides"])
        pairs = list(request["pairs"])
        config.update(
            strategy=name,
            strategy_path=str(strategy_file.parent),
            timeframe=request["timeframe"],
            stake_currency=request["stake_currency"],
            exportdirectory=self._results,
            pairs=pairs,
            pairlists=[{"method": "StaticPairList"}],
            enable_protections=bool(request["enable_protections"]),
        )
        config["exchange"]["pair_whitelist"] = pairs
        if request["timerange"]:
            config["timerange"] = request["timerange"]
        if config.get("max_open_trades") == -1:
            config["max_open_trades"] = float("inf")
        try:
            validate_config_consistency(config, preliminary=True)
        except FreqtradeException as exc:
            raise _refused_configuration(exc) from exc
        stake = config["stake_amount"]
        wallet = config["dry_run_wallet"]
        if isinstance(wallet, int | float) and stake != UNLIMITED_STAKE_AMOUNT and stake > wallet:
            raise UsageError(
                f"the stake of a trade ({stake}) is larger than the wallet ({wallet})",
                hint="lower stake_amount or raise dry_run_wallet",
            )
        return config

    def _load(
        self, engine: Backtesting, request: Mapping[str, Any], warnings: list[str]
    ) -> tuple[dict[str, Any], TimeRange]:
        asked = f" in the timerange {request['timerange']}" if request["timerange"] else ""
        try:
            data, timerange = engine.load_bt_data()
        except OperationalException as exc:
            if not str(exc).startswith("No data found"):
                raise
            raise DataMissing(
                f"there are no {request['timeframe']} candles of "
                f"{', '.join(request['pairs'][:5])}{asked}",
                hint=str(request["download"]),
            ) from exc
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
        self._results.mkdir(parents=True, exist_ok=True)
        moment = datetime.now(UTC)
        # Freqtrade names results by the second; two runs within one must not share a name.
        while True:
            appendix = moment.strftime("%Y-%m-%d_%H-%M-%S")
            if not (self._results / f"backtest-result-{appendix}.zip").exists():
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


def _refused_configuration(exc: FreqtradeException) -> UsageError:
    return UsageError(
        f"Freqtrade refuses the configuration: {first_line(str(exc))}",
        hint="change it; Freqtrade's documentation lists every field",
    )


def where(exc: BaseException, strategy_file: Path) -> str:
    """Say where in the strategy an error arose, as in `` (line 12, populate_indicators)``."""
    frames = [
        frame
        for frame in traceback.extract_tb(exc.__traceback__)
        if Path(frame.filename).name == strategy_file.name
    ]
    return f" (line {frames[-1].lineno}, {frames[-1].name})" if frames else ""


def first_line(text: str, most: int = 400) -> str:
    """Cut a message that may be thousands of lines down to its first."""
    line = text.splitlines()[0]
    return line if len(line) <= most else f"{line[:most]}…"


class Recorder(logging.Handler):
    """Keeps the last warning of the log and writes the log to stderr, a line a record."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        line = first_line(record.getMessage() or record.levelname)
        if record.levelno >= logging.WARNING:
            self.last = line
        print(f"{record.levelname} {record.name}: {line}", file=sys.stderr)  # noqa: T201


RECORDER = Recorder()


def last_warning() -> str:
    """Return the last thing that Freqtrade warned of, or an empty text."""
    return RECORDER.last
