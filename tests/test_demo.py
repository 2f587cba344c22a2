"""The demo market is plausible, reproducible, and never mixed with anybody's own candles."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import talib.abstract as ta
from freqtrade.data.history import load_pair_history
from freqtrade.data.history.datahandlers.featherdatahandler import FeatherDataHandler
from freqtrade.enums import TradingMode

from freqgen import demo
from freqgen.exceptions import StoreError, UsageError

NAMES = [pair.name for pair in demo.PAIRS]
SPANS = {"1h": 366 * 24, "4h": 366 * 6, "1d": 366}


@pytest.fixture(scope="module")
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("user_data")
    demo.ensure_demo_market(folder)
    return folder


@pytest.fixture(scope="module")
def candles(user_data: Path) -> dict[tuple[str, str], pd.DataFrame]:
    folder = demo.demo_datadir(user_data)
    return {
        (name, timeframe): load_pair_history(
            name, timeframe, folder, data_format="feather", fill_up_missing=False
        )
        for name in NAMES
        for timeframe in SPANS
    }


@pytest.fixture(scope="module", params=NAMES)
def hourly(request: pytest.FixtureRequest, candles: dict) -> pd.DataFrame:
    return candles[request.param, "1h"]


def returns(frame: pd.DataFrame) -> pd.Series:
    return np.log(frame["close"]).diff().dropna()


class TestCandles:
    @pytest.mark.parametrize("timeframe", SPANS)
    def test_cover_the_year_without_a_gap(self, candles: dict, timeframe: str) -> None:
        for name in NAMES:
            dates = candles[name, timeframe]["date"]
            assert len(dates) == SPANS[timeframe]
            assert dates.iloc[0] == pd.Timestamp("2024-01-01", tz="UTC")
            assert dates.diff().dropna().nunique() == 1

    @pytest.mark.parametrize("timeframe", SPANS)
    def test_are_consistent(self, candles: dict, timeframe: str) -> None:
        for name in NAMES:
            frame = candles[name, timeframe]
            assert not frame.isna().any().any()
            assert (frame["low"] > 0).all()
            assert (frame["volume"] > 0).all()
            assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
            assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()

    @pytest.mark.parametrize("pair", demo.PAIRS, ids=NAMES)
    def test_lie_on_the_tick(self, candles: dict, pair: demo._Pair) -> None:
        prices = candles[pair.name, "1h"][["open", "high", "low", "close"]]
        digits = len(f"{pair.tick:f}".rstrip("0").partition(".")[2])
        assert prices.equals(prices.map(lambda price: float(f"{price:.{digits}f}")))

    @pytest.mark.parametrize("timeframe", ["4h", "1d"])
    def test_of_longer_timeframes_are_those_of_1h_together(
        self, candles: dict, timeframe: str
    ) -> None:
        size = SPANS["1h"] // SPANS[timeframe]
        for name in NAMES:
            hours, long = candles[name, "1h"], candles[name, timeframe]
            parts = {column: hours[column].to_numpy().reshape(-1, size) for column in hours}
            assert (long["open"] == parts["open"][:, 0]).all()
            assert (long["close"] == parts["close"][:, -1]).all()
            assert (long["high"] == parts["high"].max(axis=1)).all()
            assert (long["low"] == parts["low"].min(axis=1)).all()
            assert np.allclose(long["volume"], parts["volume"].sum(axis=1), atol=1e-3)

    def test_are_the_same_in_another_process(self, candles: dict, tmp_path: Path) -> None:
        script = (
            "import sys; from pathlib import Path; from freqgen.demo import ensure_demo_market; "
            "ensure_demo_market(Path(sys.argv[1]))"
        )
        root = Path(demo.__file__).parent.parent
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, env=environment)
        for (name, timeframe), frame in candles.items():
            again = load_pair_history(
                name, timeframe, demo.demo_datadir(tmp_path), fill_up_missing=False
            )
            pd.testing.assert_frame_equal(again, frame, check_exact=True)


class TestLikeness:
    """Facts that hold for real markets; the bounds leave room on both sides of real values."""

    def test_tails_are_heavy(self, hourly: pd.DataFrame) -> None:
        assert 4 < returns(hourly).kurt() + 3 < 40

    def test_volatility_clusters(self, hourly: pd.DataFrame) -> None:
        size = returns(hourly).abs()
        significant = 1.96 / np.sqrt(len(size))
        for lag in (1, 2, 6, 24, 48):
            assert size.autocorr(lag) > 2 * significant

    def test_returns_hardly_tell_the_next_one(self, hourly: pd.DataFrame) -> None:
        assert abs(returns(hourly).autocorr(1)) < 0.06

    def test_volume_rises_with_moves(self, hourly: pd.DataFrame) -> None:
        size = returns(hourly).abs()
        assert size.corr(hourly["volume"].iloc[1:], method="spearman") > 0.2

    def test_volume_follows_the_hours_of_the_day(self, hourly: pd.DataFrame) -> None:
        by_hour = hourly.groupby(hourly["date"].dt.hour)["volume"].median()
        assert 12 <= by_hour.idxmax() <= 18
        assert by_hour.max() > 1.2 * by_hour.min()

    def test_candles_have_wicks(self, hourly: pd.DataFrame) -> None:
        body = (hourly["close"] - hourly["open"]).abs().mean()
        assert 1.5 < (hourly["high"] - hourly["low"]).mean() / body < 3

    @pytest.mark.parametrize("two", list(combinations(NAMES, 2)), ids="-".join)
    def test_pairs_move_together_but_not_as_one(self, candles: dict, two: tuple[str, str]) -> None:
        first, second = (returns(candles[name, "1h"]) for name in two)
        assert 0.4 < first.corr(second) < 0.9

    def test_there_are_good_and_bad_times(self, hourly: pd.DataFrame) -> None:
        close = hourly["close"]
        assert -0.8 < (close / close.cummax() - 1).min() < -0.2
        monthly = close.groupby(hourly["date"].dt.month).agg(["first", "last"])
        change = monthly["last"] / monthly["first"] - 1
        assert (change > 0.05).any()
        assert (change < -0.05).any()

    def test_the_main_example_finds_entries(self, candles: dict) -> None:
        entries = 0
        for name in NAMES:
            frame = candles[name, "1h"]
            bands = ta.BBANDS(frame, timeperiod=20, nbdevup=2.0, nbdevdn=2.0)
            signal = (ta.RSI(frame, 14) < 30) & (frame["close"] < bands["lowerband"])
            entries += int((signal & ~signal.shift(1, fill_value=False)).sum())
        assert entries > 100


class TestFolder:
    def test_says_synthetic_and_is_known_as_such(self, user_data: Path, tmp_path: Path) -> None:
        folder = demo.demo_datadir(user_data)
        assert "synthetic" in folder.name
        assert "synthetic" in demo.DEMO_LABEL
        assert demo.is_demo(folder)
        assert not demo.is_demo(tmp_path)
        assert not demo.is_demo(tmp_path / "missing")

    def test_is_small_and_freqtrade_lists_its_pairs(self, user_data: Path) -> None:
        folder = demo.demo_datadir(user_data)
        assert sum(file.stat().st_size for file in folder.iterdir()) < 15_000_000
        listed = FeatherDataHandler.ohlcv_get_available_data(folder, TradingMode.SPOT)
        assert {(pair, timeframe) for pair, timeframe, _ in listed} == {
            (name, timeframe) for name in NAMES for timeframe in SPANS
        }

    def test_is_left_alone_once_it_is_there(self, user_data: Path) -> None:
        folder = demo.demo_datadir(user_data)
        before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
        assert demo.ensure_demo_market(user_data) == folder
        assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    @pytest.mark.parametrize("what", ["older generator", "missing file"])
    def test_is_made_anew_when_it_is_not_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        few_candles(monkeypatch)
        folder = demo.ensure_demo_market(tmp_path)
        lost = folder / "BTC_USDT-1h.feather"
        if what == "missing file":
            lost.unlink()
        else:
            monkeypatch.setattr(demo, "GENERATOR", demo.GENERATOR + 1)
            lost.write_text("of an earlier version")
        demo.ensure_demo_market(tmp_path)
        assert len(load_pair_history("BTC/USDT", "1h", folder, fill_up_missing=False)) == 48
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    def test_of_a_user_is_not_touched(self, tmp_path: Path) -> None:
        folder = demo.demo_datadir(tmp_path)
        folder.mkdir(parents=True)
        own = folder / "BTC_USDT-1h.feather"
        own.write_text("my candles")
        with pytest.raises(UsageError, match="BTC_USDT-1h") as error:
            demo.ensure_demo_market(tmp_path)
        assert "move them" in error.value.hint
        assert own.read_text() == "my candles"

    def test_refuses_candles_that_were_put_beside_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        few_candles(monkeypatch)
        folder = demo.ensure_demo_market(tmp_path)
        (folder / "LTC_USDT-1h.feather").write_text("my candles")
        with pytest.raises(UsageError, match="LTC_USDT"):
            demo.ensure_demo_market(tmp_path)

    def test_may_be_a_file(self, tmp_path: Path) -> None:
        folder = demo.demo_datadir(tmp_path)
        folder.parent.mkdir(parents=True)
        folder.write_text("")
        with pytest.raises(UsageError, match="is a file"):
            demo.ensure_demo_market(tmp_path)

    def test_that_cannot_be_made_is_an_error_in_words(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("a file where a folder should be")
        with pytest.raises(StoreError, match="cannot be written"):
            demo.ensure_demo_market(tmp_path)

    @pytest.mark.parametrize("failure", [OSError(28, "No space left"), KeyboardInterrupt()])
    def test_appears_whole_or_not_at_all(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
    ) -> None:
        few_candles(monkeypatch)
        store, calls = FeatherDataHandler.ohlcv_store, []

        def fails_at_the_third(*args: object) -> None:
            calls.append(args)
            if len(calls) == 3:
                raise failure
            store(*args)

        monkeypatch.setattr(FeatherDataHandler, "ohlcv_store", fails_at_the_third)
        with pytest.raises(StoreError if isinstance(failure, OSError) else KeyboardInterrupt):
            demo.ensure_demo_market(tmp_path)
        assert list((tmp_path / "data").iterdir()) == []

    def test_is_made_once_by_several_at_a_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        few_candles(monkeypatch)
        make, made = demo.demo_candles, []

        def counted() -> dict:
            made.append(None)
            return make()

        monkeypatch.setattr(demo, "demo_candles", counted)
        with ThreadPoolExecutor(4) as threads:
            folders = set(threads.map(demo.ensure_demo_market, [tmp_path] * 4))
        assert folders == {demo.demo_datadir(tmp_path)}
        assert len(made) == 1


def few_candles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days are enough to test files."""
    monkeypatch.setattr(demo, "CANDLES", 48)
