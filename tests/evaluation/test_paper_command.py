"""``freqgen paper`` as a user runs it: a generated strategy, Freqtrade's real bot, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from freqgen import Freqgen
from freqgen.evaluation.trades_database import read_trades
from tests.evaluation.conftest import write_candles
from tests.evaluation.processes import running_with
from tests.exchange_server import TIMEFRAME_MS, ExchangeServer, Market, Row

pytestmark = pytest.mark.xdist_group("paper")  # the runs follow one another

NAME = "Spike"
BRIEF = (
    "Buy when the close is above 100.5. Sell when the close is below 1. "
    "5m candles, 10% stop loss, 1% take profit."
)
SPIKE = 101.0


class SpikeNow(Mapping[str, Sequence[Row]]):
    """Flat candles up to this moment, of which only the last closed one carries the signal."""

    def __getitem__(self, timeframe: str) -> Sequence[Row]:
        return self._rows(TIMEFRAME_MS[timeframe])

    def __iter__(self) -> Iterator[str]:
        return iter(("5m",))

    def __len__(self) -> int:
        return 1

    @staticmethod
    def _rows(length: int, count: int = 400) -> list[Row]:
        current = int(time.time() * 1000) // length * length
        rows = [
            (current - number * length, 100.0, SPIKE, 99.0, 100.0, 1000.0)
            for number in range(count - 1, -1, -1)
        ]
        at, *_ = rows[-2]
        rows[-2] = (at, 100.0, SPIKE, 99.0, SPIKE, 1000.0)
        return rows


@dataclass(kw_only=True)
class Shop:
    """A user directory with a stored strategy, and the exchange that it is traded on."""

    folder: Path
    server: ExchangeServer
    price: list[float] = field(default_factory=lambda: [SPIKE])

    @property
    def userdir(self) -> Path:
        return self.folder / "user_data"

    @property
    def config(self) -> Path:
        return self.folder / "config.json"

    def paper(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``freqgen paper``, in a group of its own as a terminal does."""
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "freqgen", "paper", NAME),
                *("--config", str(self.config), "--userdir", str(self.userdir)),
                *("--datadir", str(self.folder / "data"), *arguments),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "FREQTRADE__DRY_RUN": "false",
                "FREQTRADE__EXCHANGE__PASSWORD": "a-real-password",
                "ANTHROPIC_API_KEY": "a-real-model-key",
                "TMPDIR": str(self.folder / "temporary"),
            },
            start_new_session=True,
        )

    def bots(self) -> list[Any]:
        """Bots that trade on the database of this user directory."""
        return running_with("--db-url", str(self.userdir))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A strategy from plain words, allowed, and a configuration that wants to trade for real."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "temporary").mkdir()
    price = [SPIKE]
    with ExchangeServer(
        markets={"BTC/USDT": Market(candles=SpikeNow())}, price=lambda pair, asked: price[0]
    ) as server:
        config = server.config(dry_run=False)
        config["exchange"] |= {"key": "a-real-key", "secret": "a-real-secret"}
        shop = Shop(folder=folder, server=server, price=price)
        shop.config.write_text(json.dumps(config))
        # In the backtest the signal comes often, or the decision would be to have a look.
        past = [
            (*row[:4], SPIKE if number % 40 == 0 else row[4], row[5])
            for number, row in enumerate(SpikeNow()["5m"][:-1])
        ]
        write_candles(folder / "data", "BTC/USDT", past, timeframe="5m")
        with Freqgen(
            config=[str(shop.config)], userdir=str(shop.userdir), datadir=str(folder / "data")
        ) as freqgen:
            made = freqgen.generate(freqgen.brief(BRIEF, name=NAME))
        assert made.record.status.usable
        yield shop


def read_until(process: subprocess.Popen[str], wanted: Callable[[str], bool]) -> str:
    """Read the bot's log until a line is there."""
    assert process.stderr is not None
    read = []
    for line in process.stderr:
        read.append(line)
        if wanted(line):
            return "".join(read)
    pytest.fail("the bot ended:\n" + "".join(read[-40:]))


@dataclass(frozen=True)
class Run:
    """A run of the bot that has ended.

    :param environment: What the bot was given, as the kernel shows it.
    """

    status: int
    out: str
    log: str
    environment: str


@pytest.fixture(scope="module")
def first(shop: Shop) -> Run:
    """The first run: the bot buys, the price rises, it sells, and somebody presses Ctrl-C."""
    with shop.paper("--json") as process:
        log = read_until(process, lambda line: "_BUY has been fulfilled" in line)
        (bot,) = shop.bots()
        environment = Path(f"/proc/{bot.pid}/environ").read_text(encoding="utf-8")
        shop.price[0] = SPIKE * 1.03
        log += read_until(process, lambda line: "_SELL has been fulfilled" in line)
        log += read_until(process, lambda line: "Bot heartbeat" in line)
        os.killpg(process.pid, signal.SIGINT)
        out, rest = process.communicate(timeout=60)
    bot.wait()
    assert not shop.bots()
    return Run(status=process.returncode, out=out, log=log + rest, environment=environment)


def test_a_generated_strategy_opens_and_closes_a_trade_until_ctrl_c(shop: Shop, first: Run) -> None:
    assert first.status == 0, first.log
    report = json.loads(first.out)
    assert report["ok"] is True
    closed = next(trade for trade in report["trades"] if not trade["is_open"])
    assert (closed["pair"], closed["exit_reason"]) == ("BTC/USDT", "roi")
    assert closed["profit_abs"] == pytest.approx(report["profit_abs"])
    assert closed["profit_abs"] > 0
    assert report["closed"] == 1
    database = Path(report["database"])
    assert database == shop.userdir / "freqgen" / "paper" / f"{NAME}.sqlite"
    assert len(read_trades(database)) == report["opened"]
    assert "Runmode set to dry_run" in first.log
    for secret in ("a-real-key", "a-real-secret", "a-real-password", "a-real-model-key"):
        assert secret not in first.log + first.environment + first.out
    assert list((shop.folder / "temporary").iterdir()) == []
    assert not (database.parent / f"{NAME}.run").exists()


@pytest.mark.soak
def test_the_next_run_goes_on_with_the_same_database_and_ends_when_freqgen_is_killed(
    shop: Shop, first: Run
) -> None:
    assert first.status == 0, first.log
    before = read_trades(shop.userdir / "freqgen" / "paper" / f"{NAME}.sqlite")
    nameless = shop.folder / "nameless.json"
    nameless.write_text(json.dumps({"exchange": {"pair_whitelist": []}}))
    with shop.paper("--config", str(nameless)) as process:
        begin = read_until(process, lambda line: "Bot heartbeat" in line)
        os.kill(process.pid, signal.SIGTERM)
        out, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "The configuration has no pair_whitelist; trading BTC/USDT" in begin
    assert f"since the first run: {sum(not trade['is_open'] for trade in before)} " in out
    assert not shop.bots()

    with shop.paper() as process:
        read_until(process, lambda line: "Bot heartbeat" in line)
        (bot,) = shop.bots()
        process.kill()
        process.communicate(timeout=60)
    bot.wait()
    assert not shop.bots()


@pytest.mark.soak
def test_a_bot_that_outlives_its_freqgen_keeps_the_database_to_itself(shop: Shop) -> None:
    with shop.paper() as process:
        read_until(process, lambda line: "Bot heartbeat" in line)
        (bot,) = shop.bots()
        os.kill(bot.pid, signal.SIGSTOP)  # it cannot hear that freqgen is gone
        try:
            process.kill()
            process.wait(timeout=60)
            with shop.paper("--json") as second:
                try:
                    out, log = second.communicate(timeout=60)
                finally:
                    second.kill()  # with the mistake that this test looks for, it trades
            assert second.returncode == 2, log
            error = json.loads(out)["error"]
            assert error["message"] == f"{NAME} is being traded on paper already"
        finally:
            os.kill(bot.pid, signal.SIGKILL)
    bot.wait()
    assert not shop.bots()


@pytest.mark.soak
def test_a_bot_without_its_exchange_says_why(shop: Shop) -> None:
    config = json.loads(shop.config.read_text())
    urls = config["exchange"]["ccxt_config"]["urls"]["api"]
    for name, url in urls.items():
        urls[name] = url.replace(shop.server.url, "http://127.0.0.1:9")
    closed = shop.folder / "closed.json"
    closed.write_text(json.dumps(config))
    with shop.paper("--config", str(closed), "--json") as process:
        out, log = process.communicate(timeout=120)
    assert process.returncode == 2, log
    error = json.loads(out)["error"]
    assert error["type"] == "EngineError"
    assert "ended by itself" in error["message"]
    assert "markets" in error["message"].lower(), error
    assert not shop.bots()
