"""What is traded is what Freqtrade would trade, and what cannot be is said early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from freqgen import Freqgen
from freqgen.demo import ensure_demo_market
from freqgen.evaluation.engine import BacktestRequest, Engine
from freqgen.evaluation.pairs import choose_pairs
from freqgen.exceptions import DataMissing, FreqgenException, UsageError
from freqgen.plugins import PluginHost
from tests.evaluation.conftest import PAIRS
from tests.evaluation.strategies import PLAIN, validated
from tests.exchange_server import ExchangeServer

BTC, ETH, XRP = PAIRS
FOLDER = (
    *("BTC_USDT-1h", "ETH_USDT-1h", "XRP_USDT-1h", "ETH_BTC-1h", "ADA_USDT-4h"),
    *("futures/BTC_USDT_USDT-1h-futures", "futures/ETH_USDT_USDT-1h-futures"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder; what is in its files does not matter here."""
    for name in FOLDER:
        file = tmp_path / "data" / f"{name}.feather"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path / "data"


def engine(datadir: Path, **more: Any) -> Engine:
    """An engine that is not started."""
    config = {"exchange": {"name": "binance"}, "stake_currency": "USDT", **more}
    closed = str(config.pop("closed", ""))
    return Engine(config=config, userdir=datadir.parent, datadir=datadir, closed=closed)


CHOICES: dict[str, tuple[list[str], list[str], list[str], list[str]]] = {
    "all of the folder": ([], [], [BTC, ETH, XRP], []),
    "by name": ([ETH, BTC, ETH], [], [ETH, BTC], []),
    "by a pattern": (["(BTC|ETH)/.*"], [], [BTC, ETH], []),
    "in any case": (["btc/usdt", "xrp/.*"], [], [BTC, XRP], []),
    "all but one": ([], [BTC], [ETH, XRP], [BTC]),
    "all but a pattern, in any case": ([], ["(btc|eth)/.*"], [XRP], [BTC, ETH]),
    "named and unwanted": ([ETH, XRP], ["ETH/.*"], [XRP], [ETH]),
    "matched and unwanted": ([".*/USDT"], [XRP], [BTC, ETH], [XRP]),
    "a part of a name is not the name": ([], ["BTC", "USDT"], [BTC, ETH, XRP], []),
    "unwanted and not there": ([BTC, "LUNA/USDT"], ["LUNA/.*"], [BTC], ["LUNA/USDT"]),
}


@pytest.mark.parametrize(
    ("listed", "blacklist", "pairs", "unwanted"), CHOICES.values(), ids=CHOICES
)
def test_what_is_chosen(
    folder: Path, listed: list[str], blacklist: list[str], pairs: list[str], unwanted: list[str]
) -> None:
    chosen = choose_pairs(engine(folder), "1h", listed, blacklist)
    assert chosen == (tuple(pairs), tuple(unwanted))


FUTURES = {"trading_mode": "futures", "margin_mode": "isolated"}
REFUSED: dict[str, tuple[dict[str, Any], list[str], list[str], type[Exception], str, str]] = {
    "a typing error": ({}, ["BTC/USTD"], [], DataMissing, "BTC/USTD in.*nearest is BTC/USDT", ""),
    "no candles": (
        *({}, ["FOO/USDT", BTC], [], DataMissing),
        "no 1h candles of FOO/USDT in",
        "--pairs FOO/USDT --timeframes 1h --days 365 .*--datadir",
    ),
    "of another timeframe": ({}, ["ADA/USDT"], [], DataMissing, "no 1h candles of ADA/USDT", ""),
    "not even a name": ({}, ["BTCUSDT"], [], UsageError, "of BTCUSDT", "nearest is BTC/USDT"),
    "nothing like it": ({}, ["WHATEVER"], [], UsageError, "WHATEVER", "There are BTC/USDT, ETH"),
    "an empty pattern": ({}, ["FOO/.*"], [], UsageError, "no pair with 1h.*FOO/", "ETH/USDT"),
    "no pattern": ({}, ["(BTC"], [], UsageError, "neither a pair nor a pattern", "BTC/USDT"),
    "no pattern, unwanted": ({}, [], ["*/BTC"], UsageError, "neither a pair nor a pattern", ""),
    "all unwanted": ({}, [BTC], [".*"], UsageError, "all pairs are in the pair_blacklist: BTC", ""),
    "another currency": ({}, ["ETH/BTC"], [], UsageError, "traded against USDT: ETH/BTC", ""),
    "futures without currency": (
        *(FUTURES, [BTC], [], UsageError),
        "no 1h candles of BTC/USDT",
        "nearest is BTC/USDT:USDT",
    ),
    "futures to be downloaded": (
        *(FUTURES, ["XRP/USDT"], [], DataMissing),
        "XRP/USDT",
        "--pairs XRP/USDT:USDT",
    ),
    "spot with currency": (
        *({}, ["BTC/USDT:USDT"], [], UsageError),
        "of BTC/USDT:USDT",
        "nearest is BTC/USDT",
    ),
    "a folder that is closed": (
        *({"closed": "only 1h of BTC/USDT"}, ["FOO/USDT"], [], UsageError),
        "of FOO/USDT",
        "^only 1h of BTC/USDT$",
    ),
    "a closed folder without candles": (
        *({"closed": "it is spot", **FUTURES, "stake_currency": "EUR"}, [], [], DataMissing),
        "no 1h candles in",
        "^it is spot$",
    ),
}


@pytest.mark.parametrize(
    ("more", "listed", "blacklist", "error", "message", "hint"), REFUSED.values(), ids=REFUSED
)
def test_what_is_refused(
    folder: Path,
    more: dict[str, Any],
    listed: list[str],
    blacklist: list[str],
    error: type[FreqgenException],
    message: str,
    hint: str,
) -> None:
    import re

    with pytest.raises(error, match=message) as caught:
        choose_pairs(engine(folder, **more), "1h", listed, blacklist)
    assert re.search(hint, caught.value.hint)


def test_freqtrades_own_folder_needs_no_datadir(tmp_path: Path) -> None:
    usual = tmp_path / "data" / "binance"
    own = Engine(config={"exchange": {"name": "binance"}}, userdir=tmp_path, datadir=usual)
    with pytest.raises(DataMissing, match=f"the folder {usual} does not exist") as caught:
        choose_pairs(own, "1h", [])
    assert "--datadir" not in caught.value.hint
    assert "--pairs BTC/USDT ETH/USDT" in caught.value.hint
    other = engine(tmp_path / "elsewhere")
    with pytest.raises(DataMissing, match="elsewhere does not exist") as caught:
        choose_pairs(other, "1h", [])
    assert f"--datadir {tmp_path / 'elsewhere'}" in caught.value.hint


def freqtrades_choice(
    exchange: ExchangeServer, datadir: Path, root: Path, section: dict[str, Any], named: list[str]
) -> set[str]:
    """Pairs that ``freqtrade backtesting`` trades."""
    from freqtrade.data.btanalysis import load_backtest_stats

    (root / "user_data").mkdir()
    (root / "strategies").mkdir()
    (root / "strategies" / "Plain.py").write_text(PLAIN)
    config = exchange.config()
    config["exchange"] |= section
    (root / "config.json").write_text(json.dumps(config))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "freqtrade", "backtesting", "--strategy", "Plain"),
            *("--config", str(root / "config.json"), "--userdir", str(root / "user_data")),
            *("--datadir", str(datadir), "--strategy-path", str(root / "strategies")),
            *("--timerange", "20240105-20240120", "--cache", "none", "--export", "trades"),
            *(["--pairs", *named] if named else []),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    stats = load_backtest_stats(root / "user_data" / "backtest_results")["strategy"]["Plain"]
    return {row["key"] for row in stats["results_per_pair"]} - {"TOTAL"}


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"pair_whitelist": [".*/USDT"], "pair_blacklist": ["eth/.*", "BNB/.*"]}, []),
        ({"pair_whitelist": [XRP], "pair_blacklist": ["BTC/.*"]}, [BTC, ETH]),
    ],
    ids=["a whitelist", "named pairs"],
)
def test_a_blacklist_does_what_it_does_in_freqtrades_backtesting(
    exchange: ExchangeServer,
    real_or_synthetic: Path,
    tmp_path: Path,
    section: dict[str, Any],
    named: list[str],
) -> None:
    wanted = freqtrades_choice(exchange, real_or_synthetic, tmp_path, section, named)
    config = {
        "exchange": {"name": "binance", **section},
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 3,
    }
    with Engine(config=config, userdir=tmp_path / "user_data", datadir=real_or_synthetic) as own:
        listed = named or section["pair_whitelist"]
        chosen = choose_pairs(own, "1h", listed, section["pair_blacklist"]).pairs
        assert set(chosen) == wanted
        # Whoever asks the engine itself gets Freqtrade's own blacklist.
        result = own.backtest(
            BacktestRequest(
                draft=validated("Plain", PLAIN),
                timeframe="1h",
                pairs=PAIRS if not named else tuple(named),
                timerange="20240105-20240120",
                store=False,
            )
        )
    assert {row["key"] for row in result.per_pair} == wanted
    assert any("in the pair_blacklist" in warning for warning in result.warnings)


# -- what a user sees ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo_userdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user directory with the demo market."""
    userdir = tmp_path_factory.mktemp("demo") / "user_data"
    ensure_demo_market(userdir)
    return userdir


def workbench(userdir: Path, section: dict[str, Any] | None = None, **more: Any) -> Freqgen:
    """freqgen with a configuration, without plugins."""
    file = userdir.parent / "config.json"
    exchange = {"name": "binance", **(section or {})}
    config = {"stake_currency": "USDT", "stake_amount": 100, "exchange": exchange}
    file.write_text(json.dumps(config))
    return Freqgen(config=[str(file)], userdir=userdir, host=PluginHost(), **more)


def test_the_blacklist_counts_for_the_folder_the_whitelist_and_named_pairs(
    demo_userdir: Path,
) -> None:
    told: list[str] = []
    section = {"pair_whitelist": ["(BTC|ETH|SOL)/USDT"], "pair_blacklist": ["btc/.*"]}
    datadir = demo_userdir / "data" / "demo-synthetic"
    with workbench(demo_userdir, section, datadir=datadir, progress=told.append) as freqgen:
        assert freqgen.pairs("1h") == (ETH, "SOL/USDT")
        assert told == []
        assert freqgen.pairs("1h", [BTC, XRP]) == (XRP,)
        assert freqgen.pairs("1h", [BTC, XRP]) == (XRP,)
    assert told == ["Left out, in the pair_blacklist: BTC/USDT"]
    with workbench(demo_userdir, section, demo=True) as freqgen:
        assert BTC not in freqgen.pairs("1h")
        assert "DOGE/USDT" in freqgen.pairs("1h")


DEMO = (
    "the demo market is spot and has 1h, 4h, 1d candles of BTC/USDT, ETH/USDT, SOL/USDT, "
    "XRP/USDT, ADA/USDT, DOGE/USDT from 2024-01-01 to 2024-12-31"
)


@pytest.mark.parametrize(
    ("timeframe", "wanted", "error", "message"),
    [
        ("5m", (), DataMissing, "no 5m candles"),
        ("1h", ("FOO/USDT",), UsageError, "no 1h candles of FOO/USDT"),
        ("1h", ("BTCUSDT",), UsageError, "no 1h candles of BTCUSDT"),
    ],
    ids=["another timeframe", "another pair", "no pair"],
)
@pytest.mark.parametrize("asked", ["--demo", "-d"])
def test_nothing_is_downloaded_into_the_demo_market(
    demo_userdir: Path,
    asked: str,
    timeframe: str,
    wanted: tuple[str, ...],
    error: type[FreqgenException],
    message: str,
) -> None:
    datadir = demo_userdir / "data" / "demo-synthetic"
    more: dict[str, Any] = {"demo": True} if asked == "--demo" else {"datadir": datadir}
    with workbench(demo_userdir, **more) as freqgen, pytest.raises(error, match=message) as caught:
        freqgen.pairs(timeframe, wanted)
    assert caught.value.hint.endswith(DEMO)
    assert "download" not in caught.value.hint


def test_a_period_outside_of_the_demo_market_names_its_own(demo_userdir: Path) -> None:
    with workbench(demo_userdir, demo=True) as freqgen:
        for timerange in ("20300101-", "20240101-20240102"):
            with pytest.raises(DataMissing) as caught:
                freqgen.engine.backtest(
                    BacktestRequest(
                        draft=validated("Plain", PLAIN),
                        timeframe="1h",
                        pairs=(BTC,),
                        timerange=timerange,
                        store=False,
                    )
                )
            assert caught.value.hint.endswith(DEMO)


def test_an_exchange_that_does_not_exist_is_refused_before_a_model_is_asked(
    tmp_path: Path,
) -> None:
    with (
        workbench(tmp_path / "user_data", {"name": "nosuch"}) as freqgen,
        pytest.raises(UsageError, match='no exchange "nosuch"'),
    ):
        freqgen.engine.start()
