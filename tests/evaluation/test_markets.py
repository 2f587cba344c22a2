"""Market tables: stored, damaged, assumed and downloaded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from freqgen.evaluation.markets import (
    DECIMAL_PLACES,
    SIGNIFICANT_DIGITS,
    MarketTable,
    assumed_market,
    assumed_tiers,
    decimals_of,
    download_markets,
    slim,
)
from freqgen.exceptions import EvaluationError, UsageError
from tests.exchange_server import ExchangeServer, Market

TICK_SIZE = 4


def test_a_table_survives_the_disk(tmp_path: Path) -> None:
    path = MarketTable.path(tmp_path, "binance", "spot")
    assert path == tmp_path / "freqgen" / "markets" / "binance_spot.json"
    assert MarketTable.load(path) is None
    table = MarketTable(
        exchange="binance",
        trading_mode="spot",
        markets={"BTC/USDT": assumed_market("BTC/USDT", [1.0], precision_mode=TICK_SIZE)},
        downloaded="2024-01-01T00:00:00+00:00",
    )
    table.save(path)
    assert MarketTable.load(path) == table
    assert [item.name for item in path.parent.iterdir()] == [path.name]


DAMAGED: dict[str, tuple[str, str]] = {
    "empty": ("", "Expecting value"),
    "a list": ("[]", "list indices"),
    "a number": ("5", "not subscriptable"),
    "no fields": ("{}", "it has no schema"),
    "of another version": ('{"schema": 99}', "its schema is 99"),
    "no text": ("\\udc80", "Expecting value"),
    "deep": ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "markets as a number": ({"markets": 5}, "not iterable"),
    "markets as a list": ({"markets": ["BTC/USDT"]}, "dictionary update sequence"),
    "a market as text": ({"markets": {"A/B": "x"}}, "the market A/B is no object"),
    "a market as null": ({"markets": {"A/B": None}}, "the market A/B is no object"),
    "no symbol": ({"symbol": None}, "symbol of A/B is no text"),
    "a base as a number": ({"base": 5}, "base of A/B is no text"),
    "precision as a list": ({"precision": []}, "precision of A/B is no object"),
    "a tick in words": ({"precision": {"price": "0.1"}}, "price of A/B is no number"),
    "a fee as truth": ({"taker": True}, "taker of A/B is no number"),
    "a limit as a number": ({"limits": {"cost": 5}}, "the limit cost of A/B is no object"),
    "tiers as text": ({"leverage_tiers": {"A/B": "x"}}, "leverage tiers of A/B are no list"),
    "tiers of numbers": ({"leverage_tiers": {"A/B": [1]}}, "leverage tiers of A/B are no list"),
}


@pytest.mark.parametrize(("content", "why"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_table_is_named(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "binance_spot.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=re.escape(str(path)) + ".*" + why) as caught:
        MarketTable.load(path)
    assert "freqgen download-markets" in caught.value.hint


@pytest.mark.parametrize(("changes", "why"), WRONG.values(), ids=WRONG)
def test_a_table_with_wrong_fields_is_named(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    market = assumed_market("A/B", [1.0], precision_mode=TICK_SIZE)
    market |= {key: changes[key] for key in changes.keys() & market.keys()}
    fields = {"schema": 1, "exchange": "x", "trading_mode": "spot", "downloaded": ""}
    table = {**fields, "markets": {"A/B": market}, "leverage_tiers": {}}
    table |= {key: changes[key] for key in changes.keys() & table.keys()}
    path = tmp_path / "binance_spot.json"
    path.write_text(json.dumps(table))
    with pytest.raises(UsageError, match=re.escape(str(path)) + ".*" + why) as caught:
        MarketTable.load(path)
    assert "freqgen download-markets" in caught.value.hint


def test_a_link_that_lies_in_wait_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    path = tmp_path / "markets" / "binance_spot.json"
    path.parent.mkdir()
    for name in ("binance_spot.part", "binance_spot.json"):
        (path.parent / name).symlink_to(precious)
    MarketTable(exchange="binance", trading_mode="spot", markets={}).save(path)
    assert precious.read_text() == "keep me"
    assert not path.is_symlink()
    assert MarketTable.load(path) is not None


def test_a_table_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "markets" / "binance_spot.json"
    path.mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        MarketTable(exchange="binance", trading_mode="spot", markets={}).save(path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1.0, 250.0], 0),
        ([0.5, 1.25], 2),
        ([42283.58], 2),
        ([1e-05, 1.234e-05], 8),
        ([0.1 + 0.2], 1),
        ([float("nan"), 0.5], 1),
        ([], 0),
        ([1 / 3], 8),
    ],
)
def test_decimals(values: list[float], places: int) -> None:
    assert decimals_of(values) == places


@pytest.mark.parametrize(
    ("pair", "prices", "price_tick", "amount_step", "smallest"),
    [
        ("BTC/USDT", [61234.56, 60000.0], 0.01, 1e-5, 5.0),
        ("SOL/USDT", [150.25], 0.01, 1e-3, 5.0),
        ("DOGE/USDT", [0.12345], 1e-5, 1.0, 5.0),
        ("ETH/BTC", [0.05123], 1e-5, 1.0, 0.0001),
        ("X/USDT", [], 1.0, 1.0, 5.0),
        ("ZERO/USDT", [0.0], 1.0, 1e-8, 5.0),
    ],
)
def test_an_assumed_market_is_like_those_of_large_exchanges(
    pair: str, prices: list[float], price_tick: float, amount_step: float, smallest: float
) -> None:
    market = assumed_market(pair, prices, precision_mode=TICK_SIZE)
    assert market["precision"] == {"price": price_tick, "amount": amount_step}
    assert market["limits"]["amount"]["min"] == amount_step
    assert market["limits"]["cost"]["min"] == smallest
    assert (market["spot"], market["active"], market["settle"]) == (True, True, None)


@pytest.mark.parametrize(
    ("mode", "precision"),
    [
        (DECIMAL_PLACES, {"price": 2, "amount": 5}),
        (SIGNIFICANT_DIGITS, {"price": 7, "amount": 8}),
    ],
    ids=["decimal places", "significant digits"],
)
def test_precision_is_counted_as_the_exchange_counts(
    mode: int, precision: dict[str, float]
) -> None:
    assert assumed_market("BTC/USDT", [61234.56], precision_mode=mode)["precision"] == precision


def test_an_assumed_contract_is_a_linear_perpetual() -> None:
    market = assumed_market("BTC/USDT:USDT", [61234.5], precision_mode=TICK_SIZE)
    assert (market["type"], market["linear"], market["contractSize"]) == ("swap", True, 1.0)
    assert assumed_tiers("BTC/USDT:USDT")[0]["maxLeverage"] == 20.0


@pytest.mark.parametrize(
    ("info", "kept"),
    [({"a": 1, "dex": "d", "hip3": True}, {"dex": "d", "hip3": True}), (None, {}), ([1], {})],
)
def test_the_raw_answer_is_left_out(info: Any, kept: dict[str, Any]) -> None:
    assert slim({"symbol": "BTC/USDT", "info": info}) == {"symbol": "BTC/USDT", "info": kept}


def test_markets_are_downloaded_without_keys(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    with ExchangeServer(markets={"BTC/USDT": Market(candles={})}) as server:
        config = server.config()
        config["exchange"] |= {"key": "k", "secret": "s"}
        assert download_markets(config, path) == path
    table = MarketTable.load(path)
    assert table is not None
    assert (table.exchange, table.trading_mode) == ("binance", "spot")
    assert table.markets["BTC/USDT"]["precision"]["price"] == 0.01
    assert table.markets["BTC/USDT"]["limits"]["cost"]["min"] == 5.0
    assert "+00:00" in table.downloaded
    assert config["exchange"]["key"] == "k", "the caller's configuration is not touched"
    assert '"k"' not in json.dumps(json.loads(path.read_text()))


def test_an_exchange_that_lists_nothing_leaves_no_table(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    with (
        ExchangeServer(markets={}) as server,
        pytest.raises(EvaluationError, match="did not tell its markets"),
    ):
        download_markets(server.config(), path)
    assert not path.exists()


def test_an_unknown_exchange_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        download_markets({"exchange": {"name": "nowhere"}}, tmp_path / "table.json")
