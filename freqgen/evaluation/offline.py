"""An exchange that never asks the exchange: Freqtrade's own class over a market table.

Loaded in the engine's process only, because it imports Freqtrade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import freqtrade.exchange as exchanges
from freqtrade.data.history import get_datahandler
from freqtrade.enums import TradingMode
from freqtrade.exchange import MAP_EXCHANGE_CHILDCLASS, Binance, Exchange

from freqgen.evaluation.markets import MarketTable, assumed_market, assumed_tiers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def exchange_class(name: str) -> type[Exchange]:
    """Find the class that Freqtrade's resolver picks for an exchange."""
    resolved = MAP_EXCHANGE_CHILDCLASS.get(name, name).title()
    found: type[Exchange] = getattr(exchanges, resolved, Exchange)
    return found


def offline_exchange(
    config: dict[str, Any],
    table: MarketTable | None,
    pairs: Sequence[str],
    closes: Mapping[str, Sequence[float]],
) -> tuple[Exchange, list[str]]:
    """Build the exchange of a configuration without a network.

    :param config: Freqtrade's configuration, ready for a backtest. Kept by the exchange.
    :param table: The stored markets, or ``None`` to assume all of them.
    :param pairs: Pairs that the run trades.
    :param closes: Closing prices by pair, for markets that must be assumed.
    :returns: The exchange, and the pairs whose markets are assumed.
    """
    base = exchange_class(str(config["exchange"]["name"]))
    stored = dict(table.markets) if table else {}
    tiers = dict(table.leverage_tiers) if table else {}
    assumed = [pair for pair in pairs if pair not in stored]

    class OfflineExchange(base):  # type: ignore[valid-type,misc]
        """Freqtrade's exchange with markets that were stored or assumed."""

        def reload_markets(self, force: bool = False, *, load_leverage_tiers: bool = True) -> None:
            """Put the table where Freqtrade puts the exchange's answer."""
            del force
            markets = dict(stored)
            for pair in assumed:
                markets[pair] = assumed_market(
                    pair, closes.get(pair, ()), precision_mode=self.precisionMode
                )
            self._api_async.set_markets(list(markets.values()))
            self._markets = self._api_async.markets
            self._api.set_markets_from_exchange(self._api_async)
            if load_leverage_tiers and self.trading_mode == TradingMode.FUTURES:
                self.fill_leverage_tiers()

        def load_leverage_tiers(self) -> dict[str, list[dict[str, Any]]]:
            """Take stored tiers, those that ship with Freqtrade, or assumed ones."""
            known: dict[str, Any] = dict(tiers)
            if not known and issubclass(base, Binance) and self._config["dry_run"]:
                known = dict(super().load_leverage_tiers())
            return {pair: known.get(pair) or assumed_tiers(pair) for pair in {*known, *pairs}}

    return OfflineExchange(config, validate=True, load_leverage_tiers=True), assumed


def closing_prices(
    config: Mapping[str, Any], pairs: Sequence[str], timeframe: str
) -> dict[str, list[float]]:
    """Read the closing prices of pairs from the data folder."""
    handler = get_datahandler(config["datadir"], config["dataformat_ohlcv"])
    prices = {}
    for pair in pairs:
        candles = handler.ohlcv_load(
            pair,
            timeframe,
            candle_type=config["candle_type_def"],
            fill_missing=False,
            warn_no_data=False,
        )
        prices[pair] = [float(value) for value in candles["close"].tail(2000)]
    return prices
