"""Freqtrade's real dry-run bot against a loopback exchange, and what is refused before."""

from __future__ import annotations

import fcntl
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
from freqgen.evaluation.bot import Bot, bot_environment
from freqgen.evaluation.paper import (
    PaperReport,
    bot_config,
    changes,
    needs_pairs,
    paper_trade,
)
from freqgen.evaluation.trades_database import read_trades
from freqgen.exceptions import EngineError, EvaluationError, StoreError, UsageError
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


@pytest.mark.soak
def test_a_bot_opens_a_trade_stops_and_closes_it_in_the_next_run(
    userdir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rises = [False]
    # What hyperopt left beside a published file is not what was checked; it would hold the trade.
    (userdir / "strategies").mkdir()
    leftover = {"strategy_name": "EveryCandle", "params": {"roi": {"0": 9.0}}}
    (userdir / "strategies" / "EveryCandle.json").write_text(json.dumps(leftover))
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
    assert "Loading parameters from file" not in log
    assert "a-real" not in log
    assert not list((userdir / "freqgen" / "paper").glob("*.json"))
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_bot_that_cannot_start_says_why(userdir: Path) -> None:
    with ExchangeServer(markets={"BTC/USDT": Market(candles={"5m": until_now("5m")})}) as server:
        where = workspace(userdir, server, max_open_trades=-1, stake_amount="unlimited")
        with pytest.raises(EngineError, match="cannot both be unlimited"):
            paper_trade(every_candle(timeframe="5m"), workspace=where)


DEAF = """
import os
import signal
signal.signal(signal.SIGINT, lambda *ignored: os.write(1, b"no\\n"))
os.write(1, b"up\\n")
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


def test_a_link_in_place_of_the_lock_is_not_followed(userdir: Path) -> None:
    home = userdir / "freqgen" / "paper"
    home.mkdir(parents=True)
    precious = userdir / "precious"
    precious.write_text("keep me")
    (home / "EveryCandle.lock").symlink_to(precious)
    where = Workspace(
        config={"exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT"]}},
        user_data_dir=userdir,
        datadir=userdir,
    )
    with pytest.raises(StoreError, match="lock") as caught:
        paper_trade(every_candle(), workspace=where)
    assert "no link" in caught.value.hint
    assert precious.read_text() == "keep me"


CANARY = "open({mark!r}, 'w').close()\nraise SystemExit('the canary was run')\n"


@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_no_code_of_the_current_folder_is_run_and_no_path_depends_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mark, here = tmp_path / "ran", tmp_path / "here"
    for name in ("freqtrade", "freqgen", "ccxt"):
        (here / name).mkdir(parents=True)
        (here / name / "__init__.py").write_text(CANARY.format(mark=str(mark)))
    for name in ("json", "sitecustomize", "pandas"):
        (here / f"{name}.py").write_text(CANARY.format(mark=str(mark)))
    # What lies where the bot's folder will be is removed, and nothing behind it.
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    run = here / "user_data" / "freqgen" / "paper" / "EveryCandle.run"
    run.parent.mkdir(parents=True)
    if kind == "link":
        run.symlink_to(precious)
    elif kind == "file":
        run.touch()
    else:
        run.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(here)
    said: list[str] = []
    with ExchangeServer(markets={"BTC/USDT": Market(candles={"5m": until_now("5m")})}) as server:
        config = server.config(
            max_open_trades=-1, stake_amount="unlimited", logfile="bot.log", trailing_stop=True
        )
        where = Workspace(
            config=config, user_data_dir=Path("user_data"), datadir=Path("user_data/data")
        )
        with pytest.raises(EngineError, match="cannot both be unlimited"):
            paper_trade(every_candle(timeframe="5m"), workspace=where, progress=said.append)
    assert not mark.exists()
    assert not run.exists()
    assert [file.name for file in precious.iterdir()] == ["file"]
    assert f"Using user-data directory: {here / 'user_data'}" in (here / "bot.log").read_text()
    # What is traded is what was measured, or it is said.
    assert said == [
        "Warning: the configuration's trailing_stop = true replaces the strategy's false",
        "Trading EveryCandle on paper; Ctrl-C stops it",
    ]


def test_a_folder_that_cannot_be_made_anew_is_named(
    userdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (userdir / "freqgen" / "paper" / "EveryCandle.run").mkdir(parents=True)
    monkeypatch.setattr("shutil.rmtree", refuse)
    where = Workspace(
        config={"exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT"]}},
        user_data_dir=userdir,
        datadir=userdir,
    )
    with pytest.raises(StoreError, match=r"EveryCandle\.run.*Permission denied"):
        paper_trade(every_candle(), workspace=where)


ENVIRONMENT = {
    "PGPASS": "SECRET",
    "AWS_AUTH": "SECRET",
    "HF_AUTH": "SECRET",
    "EXCH_PASS": "SECRET",
    "DATABASE_URL": "postgres://me:SECRET@host",
    "FREQTRADE__EXCHANGE__KEY": "SECRET",
    "PYTHONSTARTUP": "SECRET",
    "LD_PRELOAD": "SECRET",
    "HTTPS_PROXY": "http://proxy:8080",
    "no_proxy": "localhost",
    "SSL_CERT_FILE": "/etc/ca.pem",
    "REQUESTS_CA_BUNDLE": "/etc/ca.pem",
    "PYTHONUNBUFFERED": "1",
    "TERM": "dumb",
    "TZ": "UTC",
}


def test_a_bot_gets_what_it_needs_of_the_environment_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    environment = bot_environment()
    assert "SECRET" not in str(environment)
    kept = {name: value for name, value in ENVIRONMENT.items() if "SECRET" not in value}
    assert kept.items() <= environment.items()
    assert {"PATH", "COLUMNS"} <= environment.keys()


NOT_FOR_A_BOT = {
    "add_config_files",
    "analyze_per_epoch",
    "backtest_breakdown",
    "backtest_cache",
    "datadir",
    "db_url",
    "disableparamexport",
    "download_trades",
    "early_stop",
    "epochs",
    "export",
    "freqai",
    "freqaimodel",
    "freqaimodel_path",
    "hyperopt_jobs",
    "hyperopt_loss",
    "hyperopt_min_trades",
    "hyperopt_path",
    "hyperopt_random_state",
    "log_config",
    "lookahead_analysis_exportfilename",
    "minimum_trade_amount",
    "new_pairs_days",
    "print_all",
    "recursive_strategy_search",
    "spaces",
    "startup_candle",
    "strategy",
    "strategy_path",
    "targeted_trade_amount",
    "timeframe",
    "user_data_dir",
}


def test_every_field_of_freqtrades_configuration_is_kept_or_left_out_on_purpose() -> None:
    """A field that is new in Freqtrade shall be looked at."""
    from freqtrade.config_schema.config_schema import CONF_SCHEMA

    given: dict[str, Any] = dict.fromkeys(CONF_SCHEMA["properties"], 1)
    given["exchange"] = {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
    given["pairlists"] = [{"method": "StaticPairList"}]
    assert given.keys() - bot_config(given).keys() == NOT_FOR_A_BOT
    others = ("strategy_list", "exportfilename", "exportdirectory", "fthypt_file", "config_files")
    assert not bot_config({**given, **dict.fromkeys(others, 1)}).keys() & {*others}


@pytest.mark.parametrize(
    ("logfile", "wanted"),
    [
        ("logs/bot.log", str(Path("logs/bot.log").absolute())),
        ("/var/log/bot.log", "/var/log/bot.log"),
        ("syslog:/dev/log", "syslog:/dev/log"),
        ("journald", "journald"),
    ],
)
def test_a_log_goes_where_it_went(logfile: str, wanted: str) -> None:
    exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
    assert bot_config({"exchange": exchange, "logfile": logfile})["logfile"] == wanted


@pytest.mark.parametrize(
    "section",
    [
        {"apiKey": "SECRET", "secret": "SECRET", "walletAddress": "SECRET", "twofa": "SECRET"},
        {"Token": "SECRET", "login": "SECRET", "PASSWORD": "SECRET", "private_key": "SECRET"},
        {"headers": {"X-MBX-APIKEY": "SECRET", "Authorization": "Bearer SECRET", "A": "kept"}},
        {"options": {"headers": {"OK-ACCESS-SIGN": "SECRET", "Cookie": "SECRET"}, "A": "kept"}},
        {"options": {"accounts": [{"uid": "SECRET", "A": "kept"}]}},
    ],
    ids=["as ccxt has them", "in any case", "headers", "nested headers", "in a list"],
)
@pytest.mark.parametrize("where", ["ccxt_config", "ccxt_async_config", "ccxt_sync_config"])
def test_a_bot_knows_no_key_of_the_exchange(where: str, section: dict[str, Any]) -> None:
    exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"], where: section}
    kept = bot_config({"exchange": exchange})["exchange"][where]
    assert "SECRET" not in json.dumps(kept)
    assert ("kept" in json.dumps(kept)) == ("kept" in json.dumps(section))


OPEN, DONE = {"id": 1, "is_open": True}, {"id": 1, "is_open": False}
CHANGES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[int], list[int]]] = {
    "nothing": ([], [], [], []),
    "opened": ([], [OPEN], [1], []),
    "opened and closed": ([], [DONE], [1], [1]),
    "still open": ([OPEN], [OPEN], [], []),
    "closed, opened by an earlier run": ([OPEN], [DONE], [], [1]),
    "closed by an earlier run": ([DONE], [DONE], [], []),
    "all of it": (
        [DONE, {"id": 2, "is_open": True}],
        [DONE, {"id": 2, "is_open": False}, {"id": 3, "is_open": True}],
        [3],
        [2],
    ),
}


@pytest.mark.parametrize(("before", "after", "opened", "closed"), CHANGES.values(), ids=CHANGES)
def test_trades_are_counted_in_the_run_in_which_they_were_made(
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    opened: list[int],
    closed: list[int],
) -> None:
    found = changes(before, after)
    assert [[trade["id"] for trade in trades] for trades in found] == [opened, closed]


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
