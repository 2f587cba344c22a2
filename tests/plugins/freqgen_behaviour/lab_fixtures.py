"""Benches on made-up and on real candles; the engine's process is started once for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from freqgen.evaluation.engine import Engine, Limits
from freqgen.evaluation.laboratory import EngineLaboratory
from freqgen.evaluation.markets import MarketTable, assumed_market

from .lab import Bench


@pytest.fixture(scope="session")
def open_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Bench]]:
    """Makes a bench on the candles of a folder."""
    engines = []
    folder = tmp_path_factory.mktemp("bench")
    market = assumed_market("BTC/USDT", [1000.01, 999.99], precision_mode=4)
    table = MarketTable(exchange="binance", trading_mode="spot", markets={"BTC/USDT": market})
    table.save(MarketTable.path(folder, "binance", "spot"))

    def make(datadir: Path, pairs: Sequence[str] = (), *, seconds: float = 600.0) -> Bench:
        config = {"exchange": {"name": "binance"}, "stake_currency": "USDT"}
        limits = Limits(seconds=seconds, memory_mb=2048)
        engine = Engine(config=config, userdir=folder, datadir=datadir, limits=limits)
        engines.append(engine)
        engine.start()
        laboratory = EngineLaboratory(lambda: engine, pairs=lambda: pairs)
        return Bench(laboratory, folder, engine)

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture(scope="session")
def bench(open_bench: Callable[..., Bench], tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench on made-up candles."""
    return open_bench(tmp_path_factory.mktemp("no_candles"))


@pytest.fixture(scope="session")
def real_bench(open_bench: Callable[..., Bench], shared_data: Path) -> Bench:
    """A bench on real candles of BTC/USDT, 1h and 1d."""
    return open_bench(shared_data / "demo_1h_2024", ["BTC/USDT"])
