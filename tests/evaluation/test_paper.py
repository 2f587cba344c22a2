"""Freqtrade's real dry-run bot against a loopback exchange, and what is refused before."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from freqgen.commands.showing import show_paper
from freqgen.evaluation.paper import Bot, PaperReport, bot_config, needs_pairs, paper_trade
from freqgen.evaluation.trades_database import read_trades
from freqgen.exceptions import EngineError, EvaluationError, UsageError
from freqgen.settings import Workspace
from tests.evaluation.strategies import every_candle
from tests.exchange_server import TIMEFRAME_MS, ExchangeServer, Market, Row

PRICE = 100.0


def until_now(timeframe: str, count: int = 60) -> list[Row]:
    """Flat candles, of which the last is still open."""
    length = TIMEFRAME_MS[timeframe]
    current = int(time.time() * 1000) // length * length
    return [
        (current - number * length, PRICE, PRICE + 0.1, PRICE - 0.1, PRICE, 1000.0)
        for number in range(count - 1, -1, -1)
    ]


def workspace(userdir: Path, server: ExchangeServer, **more: Any) -> Workspace:
    """A workspace whose configuration wants to trade for real, with keys."""
    config = server.config(**more)
    config["dry_run"] = False
    config["exchange"] |= {"key": "a-real-key", "secret": "a-real-secret"}
    return Workspace(config=config, user_data_dir=userdir, datadir=userdir / "data")


def stop_after(words: str) -> Callable[[str], None]:
    """Press Ctrl-C at the first sign of life after something was said in the log."""
    seen: list[str] = []

    def read(line: str) -> None:
        if words in line:
            seen.append(line)
        if seen and "Bot heartbeat" in line:
            seen.clear()
            os.kill(os.getpid(), signal.SIGINT)

    return read


def test_a_bot_opens_a_trade_stops_and_closes_it_in_the_next_run(
    userdir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rises = [False]
    handler = signal.getsignal(signal.SIGINT)
    market = Market(candles={"5m": until_now("5m")})
    with ExchangeServer(
        markets={"BTC/USDT": market},
        price=lambda pair, asked: PRICE * (1.03 if rises[0] else 1.0),
    ) as server:
        where = workspace(userdir, server)
        draft = every_candle(timeframe="5m", roi=0.01)

        first = paper_trade(draft, workspace=where, on_log=stop_after("_BUY has been fulfilled"))
        rises[0] = True
        second = paper_trade(draft, workspace=where, on_log=stop_after("_SELL has been fulfilled"))

    assert (first.opened, first.closed, first.continued) == (1, 0, False)
    assert [position["pair"] for position in first.open_positions] == ["BTC/USDT"]
    assert first.open_positions[0]["enter_tag"] == "always"
    assert first.profit_abs == 0.0

    assert (second.opened, second.closed, second.continued) == (0, 1, True)
    assert second.open_positions == []
    assert second.profit_abs == second.total_profit_abs == pytest.approx(2.8, abs=0.2)
    assert second.trades[0]["exit_reason"] == "roi"
    assert second.trades[0]["open_date"] <= second.started <= second.trades[0]["close_date"]
    assert second.to_dict()["stake_currency"] == "USDT"

    log = capfd.readouterr().err
    assert "Dry run is enabled" in log
    assert "a-real" not in log
    assert not list((userdir / "freqgen" / "paper").glob("*.json"))
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_bot_that_cannot_start_says_why(userdir: Path) -> None:
    with ExchangeServer(markets={"BTC/USDT": Market(candles={"5m": until_now("5m")})}) as server:
        where = workspace(userdir, server, max_open_trades=-1, stake_amount="unlimited")
        with pytest.raises(EngineError, match="cannot both be unlimited"):
            paper_trade(every_candle(timeframe="5m"), workspace=where)


DEAF = """
import signal
signal.signal(signal.SIGINT, lambda *ignored: print("no", flush=True))
print("up", flush=True)
while True:
    signal.pause()
"""


@pytest.mark.parametrize(
    ("pressed_at", "grace"),
    [({"up"}, 0.1), ({"up", "no"}, 600.0)],
    ids=["after the grace", "at the second Ctrl-C"],
)
def test_a_bot_that_does_not_stop_is_ended(pressed_at: set[str], grace: float) -> None:
    def press(line: str) -> None:
        if line in pressed_at:
            os.kill(os.getpid(), signal.SIGTERM)

    bot = Bot([sys.executable, "-c", DEAF], on_log=press, grace=grace)
    assert bot.run() is True
    assert bot.returncode == -signal.SIGKILL


def test_ctrl_c_before_the_bot_is_up_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    bot = Bot([sys.executable, "-c", DEAF])
    start = bot._start

    def pressed_first() -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return start()

    monkeypatch.setattr(bot, "_start", pressed_first)
    assert bot.run() is True
    assert bot.returncode != 0


FAILED = "2024-01-01 00:00:00,000 - freqtrade - ERROR - "
BYE = "2024-01-01 00:00:01,000 - freqtrade - INFO - bye"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f"{FAILED}no luck\n{BYE}", "no luck"),
        (f"{FAILED}no luck,\nnot at all\n{BYE}", "no luck, not at all"),
        (
            f"{FAILED}Fatal exception!\nTraceback (most recent call last):\n  File\nKeyError: 'x'",
            "KeyError: 'x'",
        ),
        ("/bin/python: No module named freqtrade", "/bin/python: No module named freqtrade"),
        (BYE, "exit code 3"),
        ("", "exit code 3"),
    ],
    ids=["an error", "wrapped", "a traceback", "no log", "in order", "nothing"],
)
def test_a_bot_that_ends_by_itself_has_a_reason(said: str, reason: str) -> None:
    bot = Bot([sys.executable, "-c", f"print({said!r}); raise SystemExit(3)"])
    assert bot.run() is False
    assert bot.reason() == reason


def test_outside_of_the_main_thread_no_signal_is_touched() -> None:
    before = signal.getsignal(signal.SIGTERM)
    results: list[bool] = []
    thread = threading.Thread(
        target=lambda: results.append(Bot([sys.executable, "-c", "print(1)"]).run())
    )
    thread.start()
    thread.join()
    assert results == [False]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_strategy_is_traded_once_at_a_time(userdir: Path) -> None:
    import fcntl

    home = userdir / "freqgen" / "paper"
    home.mkdir(parents=True)
    where = Workspace(
        config={"exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT"]}},
        user_data_dir=userdir,
        datadir=userdir,
    )
    with (home / "EveryCandle.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="is being traded on paper already"):
            paper_trade(every_candle(), workspace=where)


def test_the_bots_configuration_is_harmless_and_otherwise_the_users() -> None:
    config = bot_config(
        {
            "dry_run": False,
            "db_url": "sqlite:///live.sqlite",
            "timeframe": "1m",
            "stake_amount": 7,
            "telegram": {"enabled": True, "token": "mine"},
            "exchange": {
                "name": "kraken",
                "key": "k",
                "secret": "s",
                "walletAddress": "w",
                "pair_whitelist": ["BTC/EUR"],
                "ccxt_config": {"apiKey": "k", "timeout": 5000, "secret": "s"},
            },
        }
    )
    assert config["dry_run"] is True
    assert config["initial_state"] == "running"
    assert config["stake_amount"] == 7
    assert config["telegram"] == {"enabled": True, "token": "mine"}
    assert config["exchange"] == {
        "name": "kraken",
        "pair_whitelist": ["BTC/EUR"],
        "ccxt_config": {"timeout": 5000},
    }
    assert not config.keys() & {"db_url", "timeframe"}


def test_without_pairs_there_is_no_bot() -> None:
    with pytest.raises(UsageError, match="no pairs to trade") as caught:
        bot_config({"exchange": {"name": "binance"}})
    assert "pair_whitelist" in caught.value.hint


def test_pairs_are_given_where_the_configuration_has_none() -> None:
    found = ["BTC/USDT", "ETH/USDT"]
    config = bot_config({"exchange": {"name": "binance", "pair_whitelist": []}}, found)
    assert config["exchange"]["pair_whitelist"] == found
    named = {"exchange": {"name": "binance", "pair_whitelist": ["SOL/USDT"]}}
    assert not needs_pairs(named)
    assert bot_config(named, found)["exchange"]["pair_whitelist"] == ["SOL/USDT"]


def test_what_a_killed_run_left_behind_is_removed(userdir: Path) -> None:
    """Its configuration may hold a token; nothing of it stays, and nothing of it is loaded."""
    left = userdir / "freqgen" / "paper" / "EveryCandle.run"
    (left / "strategies").mkdir(parents=True)
    (left / "config.json").write_text('{"telegram": {"token": "mine"}}')
    with ExchangeServer(markets={"BTC/USDT": Market(candles={"5m": until_now("5m")})}) as server:
        where = workspace(userdir, server, max_open_trades=-1, stake_amount="unlimited")
        with pytest.raises(EngineError):
            paper_trade(every_candle(timeframe="5m"), workspace=where)
    assert not left.exists()


def test_pairs_may_come_from_the_exchange() -> None:
    pairlists = [{"method": "VolumePairList", "number_assets": 5}]
    assert bot_config({"exchange": {"name": "binance"}, "pairlists": pairlists})["pairlists"]


@pytest.mark.parametrize("content", [None, ""], ids=["no file", "empty file"])
def test_no_database_means_no_trades(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "paper.sqlite"
    if content is not None:
        sqlite3.connect(file).close()
    assert read_trades(file) == []


KILLED_WHILE_WRITING = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA cache_size = 1")
database.execute("CREATE TABLE waste (x)")
for _ in range(2000):
    database.execute("INSERT INTO waste VALUES (?)", ("x" * 500,))
os._exit(9)
"""


def test_a_database_whose_bot_was_killed_while_it_wrote_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "paper.sqlite"
    subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(file)], check=False)
    assert file.with_name("paper.sqlite-journal").is_file()
    assert read_trades(file) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "paper.sqlite"
    file.write_text("not a database, and long enough to be taken for one " * 30)
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_trades(file)


CLOSED: dict[str, Any] = {
    "id": 1,
    "pair": "BTC/USDT",
    "is_open": False,
    "open_date": "2024-01-01T10:00:03+00:00",
    "close_date": "2024-01-01T11:00:03+00:00",
    "profit_ratio": 0.0281,
    "profit_abs": 2.81,
    "exit_reason": "roi",
}
REPORT = PaperReport(
    name="A",
    database="a.sqlite",
    started="2024-01-01T00:00:00+00:00",
    ended="2024-01-01T01:00:00+00:00",
    seconds=3600.0,
    stake_currency="USDT",
    opened=1,
    closed=1,
    profit_abs=2.81,
    total_closed=2,
    total_profit_abs=3.0,
    open_positions=[{**CLOSED, "id": 2, "pair": "ETH/USDT", "is_open": True}],
    trades=[CLOSED],
    continued=True,
)


def test_a_report_is_json() -> None:
    assert json.loads(json.dumps(REPORT.to_dict()))["trades"] == [CLOSED]


@pytest.mark.parametrize(
    ("report", "told", "untold"),
    [
        (
            REPORT,
            (
                "ran for 1:00 h, trades opened: 1, closed: 1",
                "since the first run: 2 trades closed, +3.00 USDT",
                "still open: ETH/USDT",
                "BTC/USDT  2024-01-01 10:00  2024-01-01 11:00  +2.81%  +2.81  roi",
                "a.sqlite",
            ),
            (),
        ),
        (
            replace(REPORT, seconds=8.2, trades=[], open_positions=[], continued=False),
            ("ran for 8 s",),
            ("since the first run", "still open", "pair"),
        ),
    ],
    ids=["with trades", "without"],
)
def test_a_report_in_words(
    report: PaperReport, told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    console = Console(width=100, file=io.StringIO(), record=True)
    show_paper(console, report)
    text = console.export_text()
    assert [words for words in told if words not in text] == []
    assert [words for words in untold if words in text] == []
