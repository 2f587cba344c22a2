"""Files of candles are found where Freqtrade puts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from freqgen.evaluation.candles import (
    EXTENSIONS,
    as_written_in,
    candle_file,
    check_candles,
    download_command,
    find_pairs,
    quote_of,
)
from freqgen.exceptions import DataMissing, UsageError

FILES = (
    "BTC_USDT-1h.feather",
    "ETH_BTC-1h.feather",
    "ETH_BTC-4h.feather",
    "1000SATS_USDT-5m.feather",
    "BTC_USDT-1Mo.feather",
    "BTC_USDT-1h.json",
    "BTC_USDT-1h.json.gz",
    "BTC_USDT-1h.parquet",
    "BTC_USDT-trades.feather",
    "notes.txt",
    "futures/BTC_USDT_USDT-1h-futures.feather",
    "futures/BTC_USDT_USDT-1h-mark.feather",
    "futures/BTC_USDT_USDT-1h-funding_rate.feather",
    "futures/ETH_USDT_USDT-4h-futures.feather",
    "futures/leverage_tiers_USDT.json",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one file of every kind."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize("data_format", EXTENSIONS)
@pytest.mark.parametrize("trading_mode", ["spot", "futures"])
@pytest.mark.parametrize("timeframe", ["5m", "1h", "4h", "1d", "1M"])
def test_the_pairs_found_are_those_that_freqtrade_finds(
    folder: Path, timeframe: str, trading_mode: str, data_format: str
) -> None:
    from freqtrade.data.history.datahandlers.idatahandler import get_datahandlerclass
    from freqtrade.enums import CandleType, TradingMode

    kind = CandleType.get_default(trading_mode)
    available = get_datahandlerclass(data_format).ohlcv_get_available_data(
        folder, TradingMode(trading_mode)
    )
    wanted = sorted(pair for pair, length, what in available if (length, what) == (timeframe, kind))
    found = find_pairs(folder, timeframe, trading_mode, data_format=data_format)
    assert found == wanted


@pytest.mark.parametrize("data_format", EXTENSIONS)
@pytest.mark.parametrize(
    ("pair", "timeframe", "trading_mode"),
    [
        ("BTC/USDT", "1h", "spot"),
        ("BTC/USDT", "1M", "spot"),
        ("BTC/USDT:USDT", "4h", "futures"),
        ("A.B/USD", "5m", "spot"),
    ],
)
def test_the_file_of_a_pair_is_the_one_that_freqtrade_writes(
    pair: str, timeframe: str, trading_mode: str, data_format: str
) -> None:
    from freqtrade.data.history.datahandlers.idatahandler import get_datahandlerclass
    from freqtrade.enums import CandleType

    wanted = get_datahandlerclass(data_format)._pair_data_filename(
        Path("data"), pair, timeframe, CandleType.get_default(trading_mode)
    )
    found = candle_file(
        Path("data"), pair, timeframe, trading_mode=trading_mode, data_format=data_format
    )
    assert found == wanted


def test_no_folder_has_no_pairs(tmp_path: Path) -> None:
    assert find_pairs(tmp_path / "absent", "1h") == []


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="format 'hdf5'") as caught:
        find_pairs(Path(), "1h", data_format="hdf5")
    assert "feather" in caught.value.hint


def test_candles_that_are_there_are_fine(folder: Path) -> None:
    check_candles(folder, [("BTC/USDT", "1h"), ("ETH/BTC", "4h")], exchange="binance")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    with pytest.raises(DataMissing, match=f"the folder {absent} does not exist") as caught:
        check_candles(absent, [("BTC/USDT", "1h")], exchange="binance")
    assert f"--datadir {absent}" in caught.value.hint


def test_candles_of_a_closed_folder_are_not_downloaded(folder: Path) -> None:
    with pytest.raises(DataMissing) as caught:
        check_candles(folder, [("BTC/USDT", "5m")], exchange="binance", closed="only 1h")
    assert caught.value.hint == "only 1h"


@pytest.mark.parametrize(
    ("trading_mode", "pair", "wanted"),
    [
        ("futures", "BTC/USDT", "BTC/USDT:USDT"),
        ("futures", "BTC/USD:BTC", "BTC/USD:BTC"),
        ("futures", "BTCUSDT", "BTCUSDT"),
        ("spot", "BTC/USDT:USDT", "BTC/USDT"),
        ("spot", "BTC/USDT", "BTC/USDT"),
    ],
)
def test_a_pair_as_its_trading_mode_writes_it(trading_mode: str, pair: str, wanted: str) -> None:
    assert as_written_in(trading_mode, pair) == wanted


def test_many_missing_files_are_one_message(folder: Path) -> None:
    required = [(f"C{number}/USDT", "1h") for number in range(8)]
    with pytest.raises(DataMissing, match="C4/USDT 1h and 3 more") as caught:
        check_candles(folder, required, exchange="kraken")
    assert "C7/USDT" in caught.value.hint


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "--pairs BTC/USDT --timeframes 1h"),
        ({"timerange": "20240101-"}, "--timerange 20240101-"),
        ({"trading_mode": "futures"}, "--trading-mode futures"),
        ({"data_format": "json"}, "--data-format-ohlcv json"),
        ({"prepend": True}, "--prepend"),
        ({"datadir": Path("a b")}, "--datadir 'a b'"),
        ({"days": 30}, "--days 30"),
        ({"trading_mode": "futures"}, "--pairs BTC/USDT:USDT "),
    ],
)
def test_the_command_says_what_differs_from_freqtrades_defaults(
    more: dict[str, object], wanted: str
) -> None:
    from freqtrade.commands.arguments import Arguments

    command = download_command(
        exchange="binance",
        pairs=["BTC/USDT", "BTC/USDT"],
        timeframes=["1h"],
        **more,  # type: ignore[arg-type]
    )
    assert wanted in command
    import shlex

    parsed = Arguments(shlex.split(command)[1:]).get_parsed_arg()
    futures = more.get("trading_mode") == "futures"
    assert parsed["pairs"] == ["BTC/USDT:USDT" if futures else "BTC/USDT"]
    assert parsed["exchange"] == "binance"


@pytest.mark.parametrize(("pair", "quote"), [("BTC/USDT", "USDT"), ("BTC/USD:BTC", "USD")])
def test_quote_of(pair: str, quote: str) -> None:
    assert quote_of(pair) == quote
