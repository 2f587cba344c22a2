"""The engine's numbers are Freqtrade's numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.evaluation.engine import BacktestRequest, BacktestResult, Engine
from freqgen.evaluation.markets import download_markets
from tests.evaluation.conftest import PAIRS
from tests.evaluation.strategies import CALLBACKS, PLAIN, validated
from tests.exchange_server import ExchangeServer

pytestmark = pytest.mark.xdist_group("equality")  # each backtest is run once

TIMERANGE = "20240105-20240225"


def reference_case() -> str:
    """The reference case, compiled: its stop, target and stake are callbacks."""
    file = Path(__file__).parents[1] / "design" / "reference_case.json"
    design = Design.from_json(file.read_text(encoding="utf-8"), origin=file.name)
    return compile_design(check_design(design, Catalogue(builtin_indicators())))


STRATEGIES = {"Plain": PLAIN, "Callbacks": CALLBACKS, "BollingerReversion": reference_case()}


def freqtrade(*arguments: str) -> str:
    """Run Freqtrade's own command line."""
    done = subprocess.run(
        [sys.executable, "-m", "freqtrade", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def freqtrades_own(
    exchange: ExchangeServer, real_or_synthetic: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """All strategies by ``freqtrade backtesting``, each as its own process and online.

    In one run of several strategies, all of them wait for the warm-up of the slowest.
    """
    from freqtrade.data.btanalysis import load_backtest_stats

    root = tmp_path_factory.mktemp("freqtrade")
    (root / "user_data").mkdir()
    strategies = root / "strategies"
    strategies.mkdir()
    for name, source in STRATEGIES.items():
        (strategies / f"{name}.py").write_text(source)
    config = root / "config.json"
    config.write_text(json.dumps(exchange.config()))
    found: dict[str, Any] = {}
    for name in STRATEGIES:
        asked = len(exchange.requests)
        freqtrade(
            "backtesting",
            *("--config", str(config), "--userdir", str(root / "user_data")),
            *("--datadir", str(real_or_synthetic), "--strategy-path", str(strategies)),
            *("--strategy", name, "--timeframe", "1h", "--timerange", TIMERANGE),
            *("--cache", "none", "--export", "trades", "--enable-protections"),
        )
        assert "/api/v3/exchangeInfo" in exchange.requests[asked:]
        found |= load_backtest_stats(root / "user_data" / "backtest_results")["strategy"]
    return found


@pytest.fixture(scope="module")
def results(
    exchange: ExchangeServer, real_or_synthetic: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, BacktestResult]]:
    """All strategies by freqgen's engine, without any exchange."""
    userdir = tmp_path_factory.mktemp("freqgen") / "user_data"
    config = exchange.config()
    with Engine(config=config, userdir=userdir, datadir=real_or_synthetic) as engine:
        engine.start()
        download_markets(config, engine.markets_file)
        asked = len(exchange.requests)
        found = {
            name: engine.backtest(
                BacktestRequest(
                    draft=validated(name, source),
                    timeframe="1h",
                    pairs=PAIRS,
                    timerange=TIMERANGE,
                )
            )
            for name, source in STRATEGIES.items()
        }
        assert len(exchange.requests) == asked, "the engine asked the exchange"
    return userdir, found


@pytest.mark.soak
@pytest.mark.parametrize("name", STRATEGIES)
def test_trades_equal_those_of_freqtrade_backtesting(
    name: str,
    freqtrades_own: dict[str, Any],
    results: tuple[Path, dict[str, BacktestResult]],
) -> None:
    from freqtrade.data.btanalysis import load_backtest_stats

    wanted, result = freqtrades_own[name], results[1][name]
    stored = load_backtest_stats(result.results_file or "")["strategy"][name]
    differing = {
        key for key in wanted if stored[key] != wanted[key] and not key.startswith("backtest_run_")
    }
    assert not differing
    assert result.trades == len(wanted["trades"]) > 20
    for ours, theirs in zip(result.trade_list, wanted["trades"], strict=True):
        for key in ours.keys() - {"open_date", "close_date"}:
            # Freqtrade's files leave out the last digit of a float.
            exact = not isinstance(ours[key], float)
            assert ours[key] == (theirs[key] if exact else pytest.approx(theirs[key], rel=1e-12))
        for key in ("open_date", "close_date"):
            assert ours[key].replace("T", " ") == theirs[key].replace("T", " ")
    assert result.final_balance == pytest.approx(wanted["final_balance"], rel=1e-12)
    assert result.markets == "stored"
    # The strategies may allow another number of open trades than the configuration's 3.
    assert all("max_open_trades = 3 replaces" in warning for warning in result.warnings)


@pytest.mark.soak
def test_backtesting_show_reads_the_stored_result(
    results: tuple[Path, dict[str, BacktestResult]],
) -> None:
    userdir, found = results
    file = Path(found["Callbacks"].results_file or "")
    assert file.parent == userdir / "backtest_results"
    shown = freqtrade(
        "backtesting-show",
        *("--userdir", str(userdir)),
        *("--backtest-filename", str(file)),
    )
    assert "Callbacks" in shown
    assert "max_holding" in shown
    assert str(found["Callbacks"].trades) in shown


def test_two_results_of_one_second_do_not_share_a_file(
    results: tuple[Path, dict[str, BacktestResult]],
) -> None:
    files = [result.results_file for result in results[1].values()]
    assert len(set(files)) == len(files)


def test_the_reference_case_uses_all_its_callbacks(
    results: tuple[Path, dict[str, BacktestResult]],
) -> None:
    result = results[1]["BollingerReversion"]
    assert {row["key"] for row in result.per_exit_reason} >= {"target", "trailing_stop_loss"}
    assert len({trade["stake_amount"] for trade in result.trade_list}) > 10
