"""What every run in the engine's process starts from: a configuration and a table of markets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from freqtrade.configuration import Configuration, validate_config_consistency
from freqtrade.constants import UNLIMITED_STAKE_AMOUNT
from freqtrade.enums import CandleType, MarginMode, RunMode, TradingMode
from freqtrade.exceptions import FreqtradeException

from freqgen.evaluation.markets import MarketTable, damaged
from freqgen.evaluation.offline import offline_exchange
from freqgen.evaluation.remarks import first_line
from freqgen.exceptions import UsageError


class Setting:
    """A configuration that Freqtrade accepted, and the markets that are known.

    :param options: What :class:`freqgen.evaluation.engine.Engine` sends: ``config`` (without
        secrets), ``private`` (a folder for this process alone), ``results``, ``datadir``
        and ``markets`` (path of the stored table).
    :raises UsageError: If Freqtrade refuses the configuration.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.private = Path(options["private"])
        self.results = Path(options["results"])
        self.datadir = Path(options["datadir"])
        self.markets_file = Path(options["markets"])
        file = self.private / "config.json"
        file.write_text(json.dumps(options["config"]), encoding="utf-8")
        # Freqtrade looks for strategies in its user directory too, and runs what it finds
        # there: this one is empty.
        user_data = self.private / "user_data"
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
            self.config = Configuration(arguments, RunMode.BACKTEST).get_config()
        except FreqtradeException as exc:
            raise refused_configuration(exc) from exc
        self.table: MarketTable | None = None
        self.version: tuple[int, int] | None = None
        self.read_table()

    def read_table(self) -> None:
        """Read the stored markets again if they changed; runs may follow a download."""
        try:
            status = self.markets_file.stat()
        except OSError:
            self.version = self.table = None
            return
        if (version := (status.st_mtime_ns, status.st_ino)) != self.version:
            self.table = MarketTable.load(self.markets_file)
            self.version = version

    def use_table(self, content: bytes) -> None:
        """Take markets that were stored after this process was forked."""
        self.table = MarketTable.from_json(json.loads(content))

    def unknown(self, pairs: Sequence[str]) -> list[str]:
        """Pairs whose markets no table has."""
        return [pair for pair in pairs if self.table is None or pair not in self.table.markets]

    def exchange(
        self, config: dict[str, Any], closes: Mapping[str, Sequence[float]]
    ) -> tuple[Any, list[str]]:
        """Build the exchange of a run.

        :param config: What :meth:`configure` gave.
        :param closes: Closing prices of the pairs whose markets are not known, of those among
            them that are only read.
        :returns: The exchange, and the pairs whose markets are assumed.
        """
        try:
            pairs = list(dict.fromkeys([*config["pairs"], *closes]))
            return offline_exchange(config, self.table, pairs, closes)
        except (FreqtradeException, MemoryError, OSError):
            raise
        except Exception as exc:
            if self.table is None:
                raise
            # No code of the strategy has run yet: it is the table that ccxt stumbled over.
            raise damaged(self.markets_file, f"{type(exc).__name__}: {exc}") from exc

    def configure(self, run: Mapping[str, Any], strategy_file: Path) -> dict[str, Any]:
        """Build the configuration of a run.

        :param run: ``pairs``, ``timeframe`` (empty for the strategy's own), ``timerange``,
            ``overrides``, ``enable_protections``, ``stake_currency`` and ``trading_mode``
            (empty for the configured one).
        :param strategy_file: The file that the resolver shall find.
        :raises UsageError: If Freqtrade refuses it.
        """
        config: dict[str, Any] = deepcopy(self.config)
        config.update(run["overrides"])
        pairs = list(run["pairs"])
        config.update(
            strategy=strategy_file.stem,
            strategy_path=str(strategy_file.parent),
            stake_currency=run["stake_currency"],
            exportdirectory=self.results,
            pairs=pairs,
            pairlists=[{"method": "StaticPairList"}],
            enable_protections=bool(run["enable_protections"]),
        )
        if run["timeframe"]:
            config["timeframe"] = run["timeframe"]
        config["exchange"]["pair_whitelist"] = pairs
        if run["timerange"]:
            config["timerange"] = run["timerange"]
        if run.get("trading_mode") == "futures" and config["trading_mode"] != "futures":
            config.update(
                trading_mode=TradingMode.FUTURES,
                margin_mode=MarginMode.ISOLATED,
                candle_type_def=CandleType.FUTURES,
            )
        if config.get("max_open_trades") == -1:
            config["max_open_trades"] = float("inf")
        try:
            validate_config_consistency(config, preliminary=True)
        except FreqtradeException as exc:
            raise refused_configuration(exc) from exc
        stake = config["stake_amount"]
        wallet = config["dry_run_wallet"]
        if isinstance(wallet, int | float) and stake != UNLIMITED_STAKE_AMOUNT and stake > wallet:
            raise UsageError(
                f"the stake of a trade ({stake}) is larger than the wallet ({wallet})",
                hint="lower stake_amount or raise dry_run_wallet",
            )
        return config


def refused_configuration(exc: FreqtradeException) -> UsageError:
    """Say that Freqtrade does not take a configuration."""
    return UsageError(
        f"Freqtrade refuses the configuration: {first_line(str(exc))}",
        hint="change it; Freqtrade's documentation lists every field",
    )
