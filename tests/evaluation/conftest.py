"""Candles and exchanges for the tests of the engine."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange_server import ExchangeServer, Market, Row, rows_of

START = datetime(2024, 1, 1, tzinfo=UTC)
PAIRS = ("BTC/USDT", "ETH/USDT", "XRP/USDT")


def walk(seed: int, price: float, count: int, decimals: int) -> list[Row]:
    """Make seeded hourly candles that wander and swing."""
    source = random.Random(seed)
    rows: list[Row] = []
    at = int(START.timestamp() * 1000)
    for number in range(count):
        swing = 0.004 * math.sin(number / 17)
        close = price * math.exp(source.gauss(0, 0.008) + swing)
        high = max(price, close) * (1 + abs(source.gauss(0, 0.003)))
        low = min(price, close) * (1 - abs(source.gauss(0, 0.003)))
        first, high, low, close = (round(value, decimals) for value in (price, high, low, close))
        rows.append((at, first, high, low, close, round(source.uniform(100, 900), 3)))
        price = close
        at += 3_600_000
    return rows


def write_candles(
    datadir: Path, pair: str, rows: list[Row], timeframe: str = "1h", kind: str = ""
) -> None:
    """Write candles as ``freqtrade download-data`` does."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["date", "open", "high", "low", "close", "volume"])
    frame["date"] = pd.to_datetime(frame["date"], unit="ms", utc=True)
    folder = datadir / "futures" if kind else datadir
    folder.mkdir(parents=True, exist_ok=True)
    name = pair.replace("/", "_").replace(":", "_")
    frame.to_feather(folder / f"{name}-{timeframe}{'-' + kind if kind else ''}.feather")


@pytest.fixture(scope="session")
def datadir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic hourly candles of three pairs, 60 days."""
    folder = tmp_path_factory.mktemp("candles")
    write_candles(folder, "BTC/USDT", walk(1, 42_000.0, 1440, 2))
    write_candles(folder, "ETH/USDT", walk(2, 2_300.0, 1440, 2))
    write_candles(folder, "XRP/USDT", walk(3, 0.62, 1440, 4))
    return folder


@pytest.fixture(scope="session")
def real_or_synthetic(
    datadir: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """Candles of the same pairs from the market where there are any, synthetic ones otherwise."""
    import os
    import shutil

    root = Path(str(request.config.rootpath))
    shared = Path(os.environ.get("FREQGEN_SHARED", root.parent / "shared")) / "data/demo_1h_2024"
    if not shared.is_dir():
        return datadir
    folder = tmp_path_factory.mktemp("market")
    for pair in PAIRS:
        name = f"{pair.replace('/', '_')}-1h.feather"
        shutil.copyfile(shared / name, folder / name)
    return folder


def served(datadir: Path) -> dict[str, Market]:
    """Markets of an exchange that has exactly the candles of a folder."""
    ticks = {"BTC/USDT": ("0.01000000", "0.00001000"), "ETH/USDT": ("0.01000000", "0.00010000")}
    markets = {}
    for pair in PAIRS:
        tick, step = ticks.get(pair, ("0.00010000", "1.00000000"))
        rows = rows_of(datadir / f"{pair.replace('/', '_')}-1h.feather")
        markets[pair] = Market(candles={"1h": rows}, tick=tick, step=step)
    return markets


@pytest.fixture(scope="session")
def exchange(real_or_synthetic: Path) -> Iterator[ExchangeServer]:
    """A loopback exchange with the candles of :func:`real_or_synthetic`."""
    with ExchangeServer(markets=served(real_or_synthetic)) as server:
        yield server


@pytest.fixture
def userdir(tmp_path: Path) -> Path:
    """An empty user directory of Freqtrade."""
    folder = tmp_path / "user_data"
    folder.mkdir()
    return folder


def days(count: float) -> timedelta:
    """Shorthand."""
    return timedelta(days=count)
