"""Runs the source of a strategy on a case's candles through Freqtrade's backtesting.

No network: the exchange is Freqtrade's own Binance class with a market table of two pairs.
Leverage tiers are those that ship with Freqtrade; there are no funding fees.
"""

from __future__ import annotations

import warnings
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .case import FEE, FIRST_PAIR, HOUR, SECOND_PAIR, STAKE, START, WALLET, Case

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTrade:
    """A trade that Freqtrade's backtesting made."""

    pair: str
    is_short: bool
    opens: datetime
    closes: datetime
    open_rate: float
    close_rate: float
    reason: str
    stake: float
    amount: float
    leverage: float


def _market(pair: str, *, futures: bool) -> dict[str, Any]:
    base, quote = pair.split("/")
    return {
        "id": base + quote,
        "symbol": f"{pair}:{quote}" if futures else pair,
        "base": base,
        "quote": quote,
        "settle": quote if futures else None,
        "type": "swap" if futures else "spot",
        "spot": not futures,
        "margin": False,
        "swap": futures,
        "future": False,
        "option": False,
        "contract": futures,
        "linear": True if futures else None,
        "inverse": False if futures else None,
        "contractSize": 1.0 if futures else None,
        "active": True,
        "taker": FEE,
        "maker": FEE,
        "precision": {"amount": 0.001, "price": 0.01},
        "limits": {
            "amount": {"min": 0.001, "max": None},
            "price": {"min": 0.01, "max": None},
            "cost": {"min": 5.0, "max": None},
            "leverage": {"min": None, "max": None},
        },
        "info": {},
    }


def configuration(case: Case, class_name: str, folder: Path) -> dict[str, Any]:
    """A Freqtrade configuration for one backtest of a case."""
    from freqtrade.enums import CandleType, MarginMode, RunMode, TradingMode

    futures = case.trading_mode == "futures"
    suffix = ":USDT" if futures else ""
    return {
        "dry_run": True,
        "dry_run_wallet": WALLET,
        "stake_currency": "USDT",
        "stake_amount": STAKE,
        "tradable_balance_ratio": 1.0,
        "amend_last_stake_amount": False,
        "last_stake_amount_min_ratio": 0.5,
        "fee": FEE,
        "timeframe": "1h",
        "trading_mode": TradingMode.FUTURES if futures else TradingMode.SPOT,
        "margin_mode": MarginMode.ISOLATED if futures else MarginMode.NONE,
        "candle_type_def": CandleType.FUTURES if futures else CandleType.SPOT,
        "exchange": {
            "name": "binance",
            "pair_whitelist": [
                FIRST_PAIR + suffix,
                *([SECOND_PAIR + suffix] if case.second else []),
            ],
            "pair_blacklist": [],
        },
        "pairlists": [{"method": "StaticPairList"}],
        "entry_pricing": {"price_side": "same", "use_order_book": False},
        "exit_pricing": {"price_side": "same", "use_order_book": False},
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "datadir": folder,
        "user_data_dir": folder,
        "dataformat_ohlcv": "feather",
        "export": "none",
        "enable_protections": case.protections,
        "runmode": RunMode.BACKTEST,
        "strategy": class_name,
        "strategy_path": str(folder),
        "internals": {},
    }


def _offline_exchange(config: dict[str, Any], max_leverage: float) -> Any:
    from freqtrade.exchange.binance import Binance

    futures = config["trading_mode"] == "futures"
    markets = [_market(pair, futures=futures) for pair in (FIRST_PAIR, SECOND_PAIR)]
    table = {market["symbol"]: market for market in markets}

    class OfflineBinance(Binance):  # type: ignore[misc]
        def reload_markets(self, force: bool = False, *, load_leverage_tiers: bool = True) -> None:
            self._markets = deepcopy(table)
            for api in (self._api, self._api_async):
                api.set_markets(list(deepcopy(table).values()))
            if load_leverage_tiers and futures:
                self.fill_leverage_tiers()

        def get_max_leverage(self, pair: str, stake_amount: float | None) -> float:
            return min(float(super().get_max_leverage(pair, stake_amount)), max_leverage)

    return OfflineBinance(config, validate=False, load_leverage_tiers=True)


def _write_candles(case: Case, warm_up: int, folder: Path) -> None:
    import pandas as pd

    futures = case.trading_mode == "futures"
    for pair, rows in case.market(warm_up).items():
        frame = pd.DataFrame(rows, columns=["open", "high", "low", "close", "volume"], dtype=float)
        frame.insert(0, "date", [START + (i - warm_up) * HOUR for i in range(len(rows))])
        name = pair.replace("/", "_")
        path = (
            folder / "futures" / f"{name}_USDT-1h-futures.feather"
            if futures
            else folder / f"{name}-1h.feather"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_feather(path)


def run(
    case: Case, source: str, class_name: str, folder: Path, *, warm_up: int = 100
) -> list[MadeTrade]:
    """Backtest a strategy on a case.

    :param source: The strategy's Python source; it is executed in this process.
    :param folder: An empty folder for the source and the candles.
    :param warm_up: Quiet candles before candle 0: the strategy's ``startup_candle_count`` or
        more; at most 300, so that all candles lie in one month.
    """
    from freqtrade.optimize.backtesting import Backtesting

    (folder / f"{class_name}.py").write_text(source, encoding="utf-8")
    _write_candles(case, warm_up, folder)
    config = configuration(case, class_name, folder)
    with warnings.catch_warnings():
        # Freqtrade itself calls what pandas deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        exchange = _offline_exchange(config, case.max_leverage)
        engine = Backtesting(config, exchange=exchange, progress_callback=lambda _task: None)
        try:
            data, timerange = engine.load_bt_data()
            engine.backtest_one_strategy(engine.strategylist[0], data, timerange)
            trades = engine.all_bt_content[class_name]["results"]
        finally:
            Backtesting.cleanup()
            exchange.close()
    made = [
        MadeTrade(
            pair=row["pair"],
            is_short=bool(row["is_short"]),
            opens=row["open_date"].to_pydatetime(),
            closes=row["close_date"].to_pydatetime(),
            open_rate=float(row["open_rate"]),
            close_rate=float(row["close_rate"]),
            reason=str(row["exit_reason"]),
            stake=float(row["stake_amount"]),
            amount=float(row["amount"]),
            leverage=float(row["leverage"]),
        )
        for row in trades.to_dict("records")
    ]
    return sorted(made, key=lambda trade: (trade.opens, trade.closes))
