"""Market tables: what an exchange trades, stored so that backtests need no network.

A backtest needs to know of a market its precisions, limits and fees. They come from a table
that was downloaded once from the exchange (:func:`download_markets`), or, where there is
none, from one that is *assumed* from the candles. A result says which it was.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqgen.exceptions import EvaluationError, UsageError
from freqgen.printable import printable

SCHEMA = 1
ASSUMED_FEE = 0.001
"""Taker and maker fee of an assumed market, as a ratio: the usual lowest tier in spot."""

_SMALLEST_ORDER = {"BTC": 0.0001, "ETH": 0.001, "BNB": 0.01}
_SMALLEST_ORDER_ELSEWHERE = 5.0
_MAX_DECIMALS = 8
_ASSUMED_TIER: Mapping[str, Any] = {
    "minNotional": 0.0,
    "maxNotional": 1_000_000.0,
    "maintenanceMarginRate": 0.01,
    "maxLeverage": 20.0,
    "info": {"cum": "0"},
}

# ccxt's precision modes; the numbers are part of its public interface.
DECIMAL_PLACES, SIGNIFICANT_DIGITS = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTable:
    """Markets of an exchange in one trading mode.

    :param exchange: Freqtrade's name of the exchange, as in ``binance``.
    :param trading_mode: ``spot`` or ``futures``.
    :param markets: ccxt's market structures by pair, without ``info``.
    :param leverage_tiers: ccxt's leverage tiers by pair; empty in spot.
    :param downloaded: When, ISO 8601 in UTC.
    """

    exchange: str
    trading_mode: str
    markets: Mapping[str, Mapping[str, Any]]
    leverage_tiers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    downloaded: str = ""

    @staticmethod
    def path(userdir: Path, exchange: str, trading_mode: str) -> Path:
        """Where the table of an exchange is kept in a user directory."""
        return userdir / "freqgen" / "markets" / f"{exchange}_{trading_mode}.json"

    def save(self, path: Path) -> None:
        """Write the table, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = {
            "schema": SCHEMA,
            "exchange": self.exchange,
            "trading_mode": self.trading_mode,
            "downloaded": self.downloaded,
            "markets": self.markets,
            "leverage_tiers": self.leverage_tiers,
        }
        content = json.dumps(data, separators=(",", ":"), default=float)
        # A name that nobody can have prepared: a link that lies in wait is not followed.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), 0o644)
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise

    @classmethod
    def load(cls, path: Path) -> MarketTable | None:
        """Read a table; ``None`` if none was stored.

        :raises UsageError: If the file is damaged.
        """
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except KeyError as exc:
            raise damaged(path, f"it has no {exc.args[0]}") from exc
        except RecursionError as exc:
            raise damaged(path, "it is nested too deeply") from exc
        except (OSError, ValueError, TypeError, AttributeError) as exc:
            raise damaged(path, str(exc)) from exc

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MarketTable:
        """Read what a file holds.

        :raises KeyError, TypeError, ValueError: If it is none.
        """
        if data["schema"] != SCHEMA:
            raise ValueError(f"its schema is {data['schema']}, not {SCHEMA}")
        markets, tiers = dict(data["markets"]), dict(data["leverage_tiers"])
        for pair, market in markets.items():
            _check_market(pair, market)
        for pair, rows in tiers.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError(f"the leverage tiers of {pair} are no list of objects")
        return cls(
            exchange=str(data["exchange"]),
            trading_mode=str(data["trading_mode"]),
            downloaded=str(data["downloaded"]),
            markets=markets,
            leverage_tiers=tiers,
        )


def damaged(path: Path, why: str) -> UsageError:
    """Say that a stored table cannot be used, and how to get another."""
    return UsageError(
        f"the market table {printable(path)} cannot be read: {why}",
        hint="freqgen download-markets stores it anew; without the file, markets are assumed",
    )


def _check_market(pair: str, market: object) -> None:
    """Refuse a market that Freqtrade would stumble over.

    :raises TypeError, ValueError: Naming the pair and the field.
    """
    if not isinstance(market, dict):
        raise TypeError(f"the market {pair} is no object")
    for name in ("symbol", "base", "quote"):
        if not isinstance(market.get(name), str):
            raise TypeError(f"{name} of {pair} is no text")
    for name in ("precision", "limits"):
        if not isinstance(market.get(name), dict):
            raise TypeError(f"{name} of {pair} is no object")
    numbers = {name: market["precision"].get(name) for name in ("price", "amount")}
    numbers |= {name: market.get(name) for name in ("taker", "maker")}
    for name, number in numbers.items():
        if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
            raise ValueError(f"{name} of {pair} is no number")
    for name, limit in market["limits"].items():
        if limit is not None and not isinstance(limit, dict):
            raise ValueError(f"the limit {name} of {pair} is no object")


def decimals_of(values: Iterable[float], most: int = _MAX_DECIMALS) -> int:
    """Decimal places that write all values without loss, at most ``most``."""
    known = [value for value in values if math.isfinite(value)]
    for places in range(most):
        if all(abs(round(value, places) - value) <= abs(value) * 1e-9 for value in known):
            return places
    return most


def assumed_market(
    pair: str, prices: Sequence[float], *, precision_mode: int, spread_over: int = 2000
) -> dict[str, Any]:
    """Make a market up from a pair's name and its prices.

    The price has as many decimals as the candles show. The amount has as many as make a step
    worth at most one unit of the quote currency, which is what large exchanges do. The
    smallest order is worth 5 units of the quote currency, or about as much in BTC, ETH, BNB.

    :param pair: ``BASE/QUOTE``, or ``BASE/QUOTE:SETTLE`` for a linear perpetual contract.
    :param prices: Closing prices in time order; the last ``spread_over`` are looked at.
    :param precision_mode: ccxt's mode in which the exchange counts precision.
    :returns: ccxt's market structure.
    """
    base, _, rest = pair.partition("/")
    quote, _, settle = rest.partition(":")
    swap = bool(settle)
    recent = list(prices)[-spread_over:]
    typical = sorted(recent)[len(recent) // 2] if recent else 1.0
    price_places = decimals_of(recent)
    amount_places = max(0, math.ceil(math.log10(typical))) if typical > 0 else _MAX_DECIMALS
    if precision_mode == DECIMAL_PLACES:
        precision: dict[str, float] = {"price": price_places, "amount": amount_places}
    elif precision_mode == SIGNIFICANT_DIGITS:
        whole = max(1, math.ceil(math.log10(typical))) if typical > 0 else 1
        precision = {"price": whole + price_places, "amount": 8}
    else:
        precision = {"price": 10.0**-price_places, "amount": 10.0**-amount_places}
    step = 10.0**-amount_places
    return {
        "id": f"{base}{quote}",
        "lowercaseId": f"{base}{quote}".lower(),
        "symbol": pair,
        "base": base,
        "quote": quote,
        "settle": settle or None,
        "baseId": base,
        "quoteId": quote,
        "settleId": settle or None,
        "type": "swap" if swap else "spot",
        "spot": not swap,
        "margin": False,
        "swap": swap,
        "future": False,
        "option": False,
        "active": True,
        "contract": swap,
        "linear": True if swap else None,
        "inverse": False if swap else None,
        "contractSize": 1.0 if swap else None,
        "taker": ASSUMED_FEE,
        "maker": ASSUMED_FEE,
        "percentage": True,
        "tierBased": False,
        "precision": precision,
        "limits": {
            "leverage": {"min": None, "max": None},
            "amount": {"min": step, "max": None},
            "price": {"min": None, "max": None},
            "cost": {"min": _SMALLEST_ORDER.get(quote, _SMALLEST_ORDER_ELSEWHERE), "max": None},
        },
        "info": {},
    }


def assumed_tiers(pair: str) -> list[dict[str, Any]]:
    """Leverage tiers of an assumed contract: one, up to 20 times, 1 % maintenance margin."""
    return [{**_ASSUMED_TIER, "symbol": pair}]


def download_markets(config: Mapping[str, Any], path: Path) -> Path:
    """Ask the exchange for its markets and store them. Needs the network.

    :param config: A loaded Freqtrade configuration; its keys are not used.
    :param path: See :meth:`MarketTable.path`.
    :returns: The path.
    :raises EvaluationError: If the exchange did not answer.
    """
    from copy import deepcopy

    from freqtrade.enums import RunMode
    from freqtrade.exceptions import FreqtradeException
    from freqtrade.resolvers import ExchangeResolver

    own = deepcopy(dict(config))
    own["dry_run"] = True
    own["runmode"] = RunMode.UTIL_EXCHANGE
    own.setdefault("exit_pricing", {})
    own.setdefault("entry_pricing", {})
    name = str(own["exchange"]["name"])
    try:
        exchange = ExchangeResolver.load_exchange(own, validate=False)
    except FreqtradeException as exc:
        raise UsageError(
            str(exc), hint="check the section 'exchange' of the configuration"
        ) from exc
    try:
        exchange.reload_markets(force=True, load_leverage_tiers=False)
        futures = exchange.trading_mode == "futures"
        chosen = exchange.market_is_future if futures else exchange.market_is_spot
        markets = {
            pair: slim(market) for pair, market in exchange.markets.items() if chosen(market)
        }
        tiers = exchange.load_leverage_tiers() if futures else {}
    except FreqtradeException as exc:
        raise EvaluationError(
            f"{name} did not tell its markets: {exc}", hint="check the network and try again"
        ) from exc
    finally:
        exchange.close()
    if not markets:
        raise EvaluationError(
            f"{name} did not tell its markets", hint="check the network and try again"
        )
    MarketTable(
        exchange=name,
        trading_mode=str(exchange.trading_mode),
        markets=markets,
        leverage_tiers=tiers,
        downloaded=datetime.now(UTC).isoformat(timespec="seconds"),
    ).save(path)
    return path


def slim(market: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the exchange's raw answer, two thirds of a table.

    Backtests look into it for nothing but the name of Hyperliquid's sub-exchange.
    """
    info = market.get("info")
    kept = {key: info[key] for key in ("dex", "hip3") if isinstance(info, Mapping) and key in info}
    return {**market, "info": kept}
