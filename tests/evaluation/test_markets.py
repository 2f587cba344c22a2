"""Market tables: stored, damaged, assumed and downloaded."""

from __future__ import annotations

import json
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
        markets={"BTC/USDT": {"symbol": "BTC/USDT", "taker": 0.001}},
        downloaded="2024-01-01T00:00:00+00:00",
    )
    table.save(path)
    assert MarketTable.load(path) == table
    assert [item.name for item in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"schema": 99}', '{"schema": 1, "exchange": "x", "markets": 5}'],
    ids=["empty", "a list", "no fields", "of another version", "wrong fields"],
)
def test_a_damaged_table_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "binance_spot.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=str(path)) as caught:
        MarketTable.load(path)
    assert "delete the file" in caught.value.hint


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
