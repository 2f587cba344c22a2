"""Whole processes side by side, in turn, so that a noisy machine is noisy for both.

``python -m tests.benchmarks [help] [generate]``; both by default. ``--runs N`` counts runs
after one warm-up; medians and ratios are what to quote. Real candles are read from
``$FREQGEN_SHARED/data/demo_1h_2024`` (default ``../shared``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tests.exchange_server import ExchangeServer, Market, rows_of

ROOT = Path(__file__).resolve().parents[2]
BRIEF = (
    "Buy when RSI(14) is below 30 and the close is under the lower Bollinger band (20, 2). "
    "Sell when RSI rises above 70. 1h candles, 2% stop loss, 5% take profit."
)
NAME = "RsiBollingerReversion"


def timed(command: Sequence[str], env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Seconds from start to exit, and what was printed.

    :raises RuntimeError: If the command failed, with the end of what it said.
    """
    # Installed packages are compiled; a checkout would be compiled anew in each run without this.
    environment = {**os.environ, **(env or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    seconds = perf_counter() - begin
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return seconds, done.stdout


def side_by_side(
    commands: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], runs: int
) -> dict[str, list[float]]:
    """Run commands in turn; a first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, (command, env) in commands.items():
            spent, _ = timed(command, env)
            if number:
                seconds[name].append(spent)
    return seconds


def show(title: str, seconds: Mapping[str, Sequence[float]], base: str) -> None:
    """Print a row a command, with the ratio of medians to one of them."""
    print(f"\n{title}")
    print(f"  {'':<44} {'min':>8} {'median':>8} {'max':>8} {'ratio':>7}")
    reference = statistics.median(seconds[base])
    for name, values in seconds.items():
        median = statistics.median(values)
        print(
            f"  {name:<44} {min(values):8.3f} {median:8.3f} {max(values):8.3f} "
            f"{median / reference:7.2f}"
        )


def bench_help(runs: int) -> None:
    """``freqgen --help`` and ``freqtrade --help``, the latter with and without our hook."""
    off = {"FREQGEN_NO_SUBCOMMAND": "1"}
    binary = Path(sys.executable).parent
    seconds = side_by_side(
        {
            "freqtrade --help, without freqgen's hook": ([f"{binary}/freqtrade", "--help"], off),
            "freqtrade --help": ([f"{binary}/freqtrade", "--help"], {}),
            "freqgen --help": ([f"{binary}/freqgen", "--help"], {}),
        },
        runs * 4,
    )
    show("Start-up, seconds", seconds, "freqtrade --help, without freqgen's hook")


def bench_generate(runs: int) -> None:
    """``freqgen generate`` offline against one ``freqtrade backtesting`` of what it made."""
    shared = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared"))
    datadir = shared / "data" / "demo_1h_2024"
    if not datadir.is_dir():
        sys.exit(f"needs real candles in {datadir}: set FREQGEN_SHARED")
    files = sorted(datadir.glob("*-1h.feather"))
    markets = {
        file.name.split("-")[0].replace("_", "/"): Market(candles={"1h": rows_of(file)})
        for file in files
    }
    with tempfile.TemporaryDirectory() as folder, ExchangeServer(markets=markets) as server:
        userdir = Path(folder) / "user_data"
        userdir.mkdir()
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(server.config(stake_amount="unlimited")))
        common = ["--config", str(config), "--userdir", str(userdir), "--datadir", str(datadir)]
        generate = [sys.executable, "-m", "freqgen", "generate", BRIEF, *common, "--json"]
        begin, first = timed(generate)
        print(f"\nThe very first generate, with cold caches: {begin:.1f} s")
        backtesting = [sys.executable, "-m", "freqtrade", "backtesting", *common]
        backtesting += ["--strategy", NAME, "--cache", "none"]
        seconds = side_by_side(
            {
                "freqtrade backtesting": (backtesting, {}),
                "freqgen generate": (generate, {}),
            },
            runs,
        )
        show("From start to exit on 8 pairs, 5,856 candles each, seconds", seconds,
             "freqtrade backtesting")  # fmt: skip
        _, last = timed(generate)
    for title, text in (("first run", first), ("last run", last)):
        data = json.loads(text)
        print(f"\nPhases of generate, {title}, seconds")
        for name, spent in data["timings"].items():
            print(f"  {name:<12} {spent:8.3f}")
    print(f"\ntrades: {data['measurements']['backtest']['trades']}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", default=["help", "generate"], metavar="help|generate")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    for what in args.what:
        {"help": bench_help, "generate": bench_generate}[what](args.runs)


if __name__ == "__main__":
    main()
