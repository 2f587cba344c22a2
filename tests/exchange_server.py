"""A loopback exchange: the small part of Binance's REST API that Freqtrade needs.

Unmodified ``freqtrade download-data``, ``backtesting`` and ``trade --dry-run`` run against
it, pointed to it by ``exchange.ccxt_config.urls.api`` and ``enable_ws: false``.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Row = tuple[int, float, float, float, float, float]
"""A candle: opening time in milliseconds UTC, open, high, low, close, volume."""

TIMEFRAME_MS = {"1m": 60_000, "5m": 300_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
_APIS = {
    "public": "/api/v3",
    "private": "/api/v3",
    "v1": "/api/v1",
    "fapiPublic": "/fapi/v1",
    "fapiPublicV2": "/fapi/v2",
    "fapiPublicV3": "/fapi/v3",
    "fapiPrivate": "/fapi/v1",
    "fapiPrivateV2": "/fapi/v2",
    "fapiPrivateV3": "/fapi/v3",
    "fapiData": "/futures/data",
    "dapiPublic": "/dapi/v1",
    "dapiPrivate": "/dapi/v1",
    "dapiPrivateV2": "/dapi/v2",
    "dapiData": "/futures/data",
    "eapiPublic": "/eapi/v1",
    "eapiPrivate": "/eapi/v1",
    "sapi": "/sapi/v1",
    "sapiV2": "/sapi/v2",
    "sapiV3": "/sapi/v3",
    "sapiV4": "/sapi/v4",
    "papi": "/papi/v1",
    "papiV2": "/papi/v2",
}


@dataclass(kw_only=True)
class Market:
    """A spot market and its candles by timeframe.

    :param tick: Smallest step of the price, as Binance writes it; ``step`` of the amount.
    """

    candles: Mapping[str, Sequence[Row]]
    tick: str = "0.01000000"
    step: str = "0.00001000"
    smallest_order: str = "5.00000000"


@dataclass(kw_only=True)
class ExchangeServer:
    """Serves markets on a free port of the loopback interface, in a thread.

    :param markets: By pair, as in ``BTC/USDT``.
    :param price: Current price of a pair, given how often it was asked for before; the last
        close where absent.
    """

    markets: Mapping[str, Market]
    price: Callable[[str, int], float] | None = None
    requests: list[str] = field(default_factory=list)
    """Paths that were asked for, in order."""
    _asked: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {pair.replace("/", ""): pair for pair in self.markets}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                split = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(split.query).items()}
                status, body = owner.answer(split.path, query)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        host = self._server.server_address[0]
        assert ipaddress.ip_address(str(host)).is_loopback
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def config(self, **more: Any) -> dict[str, Any]:
        """Make a Freqtrade configuration that uses this server.

        :param more: Fields that are added or replaced.
        """
        return {
            "dry_run": True,
            "dry_run_wallet": 1000,
            "stake_currency": "USDT",
            "stake_amount": 100,
            "max_open_trades": 3,
            "trading_mode": "spot",
            "entry_pricing": {"price_side": "other", "use_order_book": True},
            "exit_pricing": {"price_side": "other", "use_order_book": True},
            "pairlists": [{"method": "StaticPairList"}],
            "internals": {"process_throttle_secs": 1, "heartbeat_interval": 1},
            "exchange": {
                "name": "binance",
                "pair_whitelist": sorted(self.markets),
                "enable_ws": False,
                "ccxt_config": {
                    "urls": {"api": {name: self.url + path for name, path in _APIS.items()}},
                    "enableRateLimit": False,
                },
            },
            **more,
        }

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        """Answer one request: a status and the body."""
        self.requests.append(path)
        if path.endswith("/exchangeInfo"):
            spot = path.startswith("/api/")
            return 200, {
                "timezone": "UTC",
                "serverTime": _now(),
                "symbols": [self._symbol(pair) for pair in self.markets] if spot else [],
            }
        if path.endswith("/time"):
            return 200, {"serverTime": _now()}
        if path.endswith("/ping"):
            return 200, {}
        pair = self._by_id.get(query.get("symbol", ""))
        if path == "/api/v3/klines" and pair is not None:
            return 200, self._klines(pair, query)
        if path == "/api/v3/depth" and pair is not None:
            return 200, self._depth(pair)
        if path == "/api/v3/ticker/24hr":
            pairs = [pair] if pair else list(self.markets)
            tickers = [self._ticker(each) for each in pairs]
            return 200, tickers[0] if pair else tickers
        if path == "/api/v3/ticker/bookTicker":
            return 200, [self._ticker(each) for each in self.markets]
        return 404, {"code": -1121, "msg": f"not served here: {path}"}

    def _symbol(self, pair: str) -> dict[str, Any]:
        base, quote = pair.split("/")
        market = self.markets[pair]
        return {
            "symbol": base + quote,
            "status": "TRADING",
            "baseAsset": base,
            "baseAssetPrecision": 8,
            "quoteAsset": quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "permissions": ["SPOT"],
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": market.tick,
                    "maxPrice": "1000000.00000000",
                    "tickSize": market.tick,
                },
                {
                    "filterType": "LOT_SIZE",
                    "minQty": market.step,
                    "maxQty": "90000000.00000000",
                    "stepSize": market.step,
                },
                {
                    "filterType": "NOTIONAL",
                    "minNotional": market.smallest_order,
                    "applyMinToMarket": True,
                    "maxNotional": "9000000.00000000",
                    "applyMaxToMarket": False,
                    "avgPriceMins": 5,
                },
            ],
        }

    def _klines(self, pair: str, query: Mapping[str, str]) -> list[list[Any]]:
        timeframe = query["interval"]
        length = TIMEFRAME_MS[timeframe]
        rows = self.markets[pair].candles.get(timeframe, ())
        limit = int(query.get("limit", "500"))
        until = int(query.get("endTime", "9" * 15))
        if "startTime" in query:
            since = int(query["startTime"])
            chosen = [row for row in rows if since <= row[0] <= until][:limit]
        else:
            chosen = [row for row in rows if row[0] <= until][-limit:]
        return [
            [
                row[0],
                *(repr(float(item)) for item in row[1:]),
                row[0] + length - 1,
                *("0", 1, "0", "0", "0"),
            ]
            for row in chosen
        ]

    def _current(self, pair: str) -> float:
        asked = self._asked.get(pair, 0)
        self._asked[pair] = asked + 1
        if self.price is not None:
            return self.price(pair, asked)
        return next(iter(self.markets[pair].candles.values()))[-1][4]

    def _depth(self, pair: str) -> dict[str, Any]:
        price = self._current(pair)
        tick = float(self.markets[pair].tick)
        return {
            "lastUpdateId": 1,
            "bids": [[f"{price - (n + 1) * tick:.8f}", "1000.0"] for n in range(20)],
            "asks": [[f"{price + (n + 1) * tick:.8f}", "1000.0"] for n in range(20)],
        }

    def _ticker(self, pair: str) -> dict[str, Any]:
        price = f"{self._current(pair):.8f}"
        return {
            "symbol": pair.replace("/", ""),
            "lastPrice": price,
            "bidPrice": price,
            "bidQty": "1000",
            "askPrice": price,
            "askQty": "1000",
            "openPrice": price,
            "highPrice": price,
            "lowPrice": price,
            "volume": "1000000",
            "quoteVolume": "1000000000",
            "closeTime": _now(),
        }


def _now() -> int:
    return int(time.time() * 1000)


def rows_of(file: Path) -> list[Row]:
    """Read a file of candles that Freqtrade wrote."""
    import pandas as pd

    frame = pd.read_feather(file)
    times = frame["date"].dt.as_unit("ms").astype("int64")
    numbers = frame[["open", "high", "low", "close", "volume"]]
    return [(int(at), *row) for at, row in zip(times, numbers.itertuples(index=False), strict=True)]
