"""What freqgen wrote is an ordinary strategy: Freqtrade's own commands use it without freqgen."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from tests.evaluation.conftest import walk, write_candles
from tests.exchange_server import ExchangeServer, Market, Row

pytestmark = pytest.mark.xdist_group("without freqgen")

NAME = "BollingerReversion"
TIMERANGE = "20240110-20240225"


def longer(rows: list[Row], count: int) -> list[Row]:
    """Candles of ``count`` times the length."""
    groups = [rows[at : at + count] for at in range(0, len(rows) - count + 1, count)]
    return [
        (
            group[0][0],
            group[0][1],
            max(row[2] for row in group),
            min(row[3] for row in group),
            group[-1][4],
            sum(row[5] for row in group),
        )
        for group in groups
    ]


def strategy() -> str:
    """The reference case with a slower timeframe, a second parameter and a protection."""
    file = Path(__file__).parents[1] / "design" / "reference_case.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    trend = {"id": "trend", "function": "EMA", "params": {"timeperiod": 8}, "timeframe": "4h"}
    data["indicators"].append(trend)
    data["entry_long"] = ["close < bb.lower or rsi < rsi_entry", "close > trend * 0.9"]
    data["exit_long"] = ["rsi > rsi_exit"]
    rsi_exit = {"name": "rsi_exit", "kind": "int", "low": 60, "high": 80, "default": 70}
    data["parameters"].append({**rsi_exit, "space": "sell"})
    data["risk"]["protections"] = [{"method": "CooldownPeriod", "stop_duration_candles": 3}]
    return compile_design(check_design(Design.from_data(data), Catalogue(builtin_indicators())))


@dataclass(kw_only=True)
class Desk:
    """A user directory of somebody who has Freqtrade alone."""

    folder: Path
    environment: dict[str, str]

    def command(self, verb: str, *arguments: str, timerange: bool = True) -> list[str]:
        return [
            *(sys.executable, "-m", "freqtrade", verb),
            *("--config", str(self.folder / "config.json")),
            *("--userdir", str(self.folder / "user_data")),
            *("--datadir", str(self.folder / "data"), "--strategy", NAME),
            *(("--timerange", TIMERANGE) if timerange else ()),
            *arguments,
        ]

    def freqtrade(self, verb: str, *arguments: str) -> str:
        """Run a command of Freqtrade to its end; both of its outputs."""
        done = subprocess.run(
            self.command(verb, *arguments),
            capture_output=True,
            text=True,
            timeout=300,
            env=self.environment,
            cwd=self.folder,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Freqtrade, candles, an exchange, a strategy file; and a freqgen that cannot be imported."""
    folder = tmp_path_factory.mktemp("desk")
    strategies = folder / "user_data" / "strategies"
    strategies.mkdir(parents=True)
    (strategies / f"{NAME}.py").write_text(strategy(), encoding="utf-8")
    absent = folder / "absent" / "freqgen"
    absent.mkdir(parents=True)
    (absent / "__init__.py").write_text('raise ImportError("freqgen is not installed here")\n')
    markets = {}
    for number, (pair, price) in enumerate({"BTC/USDT": 42_000.0, "ETH/USDT": 2_300.0}.items()):
        candles = {"1h": walk(number + 1, price, 1440, 2)}
        candles["4h"] = longer(candles["1h"], 4)
        for timeframe, rows in candles.items():
            write_candles(folder / "data", pair, rows, timeframe=timeframe)
        markets[pair] = Market(candles=candles)
    with ExchangeServer(markets=markets) as server:
        (folder / "config.json").write_text(json.dumps(server.config(stake_amount="unlimited")))
        yield Desk(
            folder=folder,
            environment={
                **os.environ,
                "PYTHONPATH": str(absent.parent),
                "FREQGEN_NO_SUBCOMMAND": "1",
                "COLUMNS": "200",
            },
        )


@pytest.mark.soak
def test_lookahead_analysis_finds_no_bias(desk: Desk) -> None:
    file = desk.folder / "lookahead.csv"
    desk.freqtrade("lookahead-analysis", "--lookahead-analysis-exportfilename", str(file))
    with file.open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["strategy"] == NAME
    assert int(row["total_signals"]) >= 10
    assert (row["has_bias"], row["biased_entry_signals"]) == ("False", "0"), row
    assert (row["biased_exit_signals"], row["biased_indicators"]) == ("0", ""), row


@pytest.mark.soak
def test_recursive_analysis_finds_the_warm_up_long_enough(desk: Desk) -> None:
    said = desk.freqtrade("recursive-analysis", "-p", "BTC/USDT")
    rows = re.findall(r"│ +(\w+) │(.*)│", said)
    assert {"bb_lower", "adx", "rsi"} <= {name for name, _ in rows}
    differences = [
        abs(float(cell)) for _, cells in rows for cell in re.findall(r"[\d.-]+(?=%)", cells)
    ]
    assert len(differences) >= len(rows)
    assert max(differences) == 0.0, said


@pytest.mark.soak
def test_hyperopt_finds_its_parameters(desk: Desk) -> None:
    desk.freqtrade(
        "hyperopt",
        *("--spaces", "buy", "sell", "--epochs", "3", "--min-trades", "1", "-j", "1"),
        *("--hyperopt-loss", "SharpeHyperOptLoss", "--random-state", "7"),
    )
    found = json.loads((desk.folder / "user_data" / "strategies" / f"{NAME}.json").read_text())
    assert found["strategy_name"] == NAME
    assert 20 <= found["params"]["buy"]["rsi_entry"] <= 40
    assert 60 <= found["params"]["sell"]["rsi_exit"] <= 80


def test_trade_runs_it_dry(desk: Desk) -> None:
    (desk.folder / "user_data" / "strategies" / f"{NAME}.json").unlink(missing_ok=True)
    database = f"sqlite:///{desk.folder}/dry.sqlite"
    with subprocess.Popen(
        desk.command("trade", "--dry-run", "--db-url", database, timerange=False),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=desk.environment,
        cwd=desk.folder,
    ) as bot:
        assert bot.stderr is not None
        log: list[str] = []
        for line in bot.stderr:
            log.append(line)
            if "Bot heartbeat" in line:
                bot.send_signal(signal.SIGINT)
        bot.wait(timeout=60)
    text = "".join(log)
    assert "Bot heartbeat" in text, text[-3000:]
    assert f"Using resolved strategy {NAME}" in text
    assert "CooldownPeriod" in text, text
    assert " - ERROR - " not in text, text
