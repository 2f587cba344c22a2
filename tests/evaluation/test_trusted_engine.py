"""A strategy that nobody believes has the same trades as if Freqtrade had run it itself."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.evaluation.callbacks import CALLBACKS, OLDER_NAMES
from freqgen.evaluation.engine import BacktestRequest, BacktestResult, Engine
from freqgen.evaluation.engine_config import plain_config
from freqgen.exceptions import EngineError, StrategyFault
from freqgen.sandbox.level import Level, probe
from tests.evaluation.callback_strategies import CASES, REFUSED, REFUSED_CASES, Case
from tests.evaluation.conftest import walk, write_candles
from tests.evaluation.freqtrade_itself import FreqtradeItself
from tests.evaluation.strategies import validated
from tests.exchange_server import Row

pytestmark = [
    pytest.mark.xdist_group("trusted engine"),  # one engine for all
    pytest.mark.skipif(
        probe().level not in {Level.FULL, Level.STRONG}, reason="nothing can be confined here"
    ),
]

CONFIG: dict[str, Any] = {
    "exchange": {"name": "binance"},
    "stake_currency": "USDT",
    "max_open_trades": 3,
    "trading_mode": "spot",
}
FUTURES = {**CONFIG, "trading_mode": "futures", "margin_mode": "isolated"}
TIMERANGE = "20240106-20240129"
PAIRS = {
    "spot": ("BTC/USDT", "ETH/USDT", "XRP/USDT"),
    "futures": ("BTC/USDT:USDT", "ETH/USDT:USDT"),
}


def _design(**more: Any) -> str:
    data = {
        "contract": 1,
        "name": "Compiled",
        "timeframe": "1h",
        "indicators": [
            {"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}},
            {"id": "ema", "function": "EMA", "params": {"timeperiod": 20}},
        ],
        "entry_long": ["rsi < 42"],
        "exit_long": ["rsi > 60"],
        "risk": {"stoploss": -0.05, "take_profit": 0.04},
        **more,
    }
    design = Design.from_data(data)
    return compile_design(check_design(design, Catalogue(builtin_indicators())))


def _reference_case() -> str:
    file = Path(__file__).parents[1] / "design" / "reference_case.json"
    design = Design.from_json(file.read_text(encoding="utf-8"), origin=file.name)
    return compile_design(check_design(design, Catalogue(builtin_indicators())))


def _compiled() -> dict[str, Case]:
    """Designs as freqgen's compiler writes them."""
    long, both = {"stoploss": -0.1}, {"stoploss": -0.3, "leverage": 3.0, "max_open_trades": 2}
    sides = {
        "can_short": True,
        "entry_short": ["rsi > 58"],
        "exit_short": ["rsi < 40"],
    }
    trailing = {"stoploss": -0.05, "trailing": {"ratio": 0.01, "offset": 0.02}}
    risky = {**long, "stop_atr": {"multiple": 2.0, "period": 14}, "risk_per_trade": 0.01}
    protections = [{"method": "CooldownPeriod", "stop_duration_candles": 4}]
    sources = {
        "BollingerReversion": (_reference_case(), "spot"),
        "Held": (_design(risk={**long, "max_holding": "12h", "protections": protections}), "spot"),
        "Followed": (_design(risk=trailing), "spot"),
        "Sized": (_design(risk=risky), "spot"),
        "Aimed": (_design(risk={**long, "target": "ema"}), "spot"),
        "LongAndShort": (_design(risk=both, **sides), "futures"),
    }
    return {
        name: Case(
            name="Compiled" if "class Compiled" in source else name, source=source, market=market
        )
        for name, (source, market) in sources.items()
    }


def _sample() -> Case:
    import freqtrade

    file = Path(freqtrade.__file__).parent / "templates" / "sample_strategy.py"
    # It trades crosses of one candle, which are rare in a few weeks.
    return Case(
        name="SampleStrategy", source=file.read_text(), timeframe="1h", overrides={"fee": 0.0005}
    )


ALL = {**CASES, **{f"compiled {k}": v for k, v in _compiled().items()}, "sample": _sample()}


def _slower(rows: list[Row], hours: int) -> list[Row]:
    """Candles of several hours each."""
    found: list[Row] = []
    for start in range(0, len(rows) - hours + 1, hours):
        part = rows[start : start + hours]
        high, low = max(row[2] for row in part), min(row[3] for row in part)
        total = round(sum(row[5] for row in part), 3)
        found.append((part[0][0], part[0][1], high, low, part[-1][4], total))
    return found


def _lively(seed: int, price: float, decimals: int) -> list[Row]:
    """Candles of 30 days; prices move far enough for every stop and every return."""
    return walk(seed, price, 720, decimals)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Candles of spot and futures, of several timeframes; one pair is younger than the others."""
    folder = tmp_path_factory.mktemp("market")
    paths = {
        "BTC": _lively(1, 42_000.0, 2),
        "ETH": _lively(2, 2_300.0, 2),
        "XRP": _lively(3, 0.62, 4)[260:],
    }
    for base, rows in paths.items():
        for timeframe, hours in (("1h", 1), ("4h", 4), ("1d", 24)):
            write_candles(folder, f"{base}/USDT", _slower(rows, hours), timeframe)
        pair = f"{base}/USDT:USDT"
        write_candles(folder, pair, rows, kind="futures")
        write_candles(folder, pair, rows, kind="mark")
        write_candles(folder, pair, _slower(rows, 8), "8h", kind="mark")
        rates = [(at, 0.0001, 0.0, 0.0, 0.0001, 0.0) for at, *_ in _slower(rows, 8)]
        write_candles(folder, pair, rates, "8h", kind="funding_rate")
        rates = [(at, 0.0001, 0.0, 0.0, 0.0001, 0.0) for at, *_ in rows]
        write_candles(folder, pair, rates, "1h", kind="funding_rate")
    return folder


class Both:
    """The same backtest by Freqtrade itself and by freqgen's engine."""

    def __init__(self, root: Path, own: FreqtradeItself, stack: ExitStack) -> None:
        self._root, self._own, self._stack = root, own, stack
        self._engines: dict[tuple[str, Path], Engine] = {}

    def engine(self, market: str, datadir: Path) -> Engine:
        """The engine of a market, started when it is first needed."""
        if (market, datadir) not in self._engines:
            config = FUTURES if market == "futures" else CONFIG
            userdir = self._root / f"user_data-{len(self._engines)}"
            engine = Engine(config=config, userdir=userdir, datadir=datadir)
            self._engines[market, datadir] = self._stack.enter_context(engine)
        return self._engines[market, datadir]

    def request(self, case: Case, pairs: tuple[str, ...], timerange: str) -> BacktestRequest:
        """What to ask the engine for."""
        return BacktestRequest(
            draft=validated(case.name, case.source.replace("{stake}", "USDT")),
            timeframe=case.timeframe,
            pairs=pairs,
            timerange=timerange,
            overrides=case.overrides,
        )

    def backtest(
        self, case: Case, datadir: Path, pairs: tuple[str, ...], timerange: str = TIMERANGE
    ) -> tuple[dict[str, Any], BacktestResult | EngineError]:
        """Freqtrade's answer and the engine's."""
        engine = self.engine(case.market, datadir)
        request = self.request(case, pairs, timerange)
        options = {
            "config": plain_config(FUTURES if case.market == "futures" else CONFIG),
            "datadir": str(datadir),
            "markets": str(engine.markets_file),
        }
        self._own.ask(options, engine._order(request, ""))
        ours: BacktestResult | EngineError
        try:
            ours = engine.backtest(request)
        except EngineError as exc:
            ours = exc
        return self._own.answer(), ours


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Both ways to backtest, warm."""
    root = tmp_path_factory.mktemp("both")
    with ExitStack() as stack, FreqtradeItself(root) as own:
        yield Both(root, own, stack)


def _statistics(file: str, name: str) -> dict[str, Any]:
    from freqtrade.data.btanalysis import load_backtest_stats

    stats: dict[str, Any] = load_backtest_stats(file)["strategy"][name]
    stats = {key: value for key, value in stats.items() if not key.startswith("backtest_run_")}
    # A lock begins when the computer sets it, and what it is worth is when it ends.
    stats["locks"] = [
        {key: value for key, value in lock.items() if not key.startswith("lock_time")}
        for lock in stats["locks"]
    ]
    return stats


def _wallet(file: str, name: str) -> pd.DataFrame:
    with zipfile.ZipFile(file) as archive:
        (member,) = [one for one in archive.namelist() if one.endswith(f"_{name}_wallet.feather")]
        with archive.open(member) as content:
            return pd.read_feather(content)


def assert_same(theirs: Mapping[str, Any], ours: BacktestResult | EngineError) -> BacktestResult:
    """Everything that Freqtrade says of its own run is what the engine says."""
    assert "error" not in theirs, theirs["error"]
    assert isinstance(ours, BacktestResult), f"{ours} {getattr(ours, 'hint', '')}"
    wanted = theirs["summary"]
    found = json.loads(json.dumps(ours.to_dict(trade_list=True)))
    for number, trade in enumerate(wanted["trade_list"][: len(found["trade_list"])]):
        assert found["trade_list"][number] == trade, f"trade {number}"
    for key, value in wanted.items():
        assert found[key] == value, key
    stored, own = (
        _statistics(str(file), ours.name) for file in (ours.results_file, theirs["file"])
    )
    differing = {key: (stored.get(key), own[key]) for key in own if stored.get(key) != own[key]}
    assert not differing
    pd.testing.assert_frame_equal(
        _wallet(str(ours.results_file), ours.name), _wallet(str(theirs["file"]), ours.name)
    )
    return ours


def _sooner(names: Iterable[str], every: int) -> list[Any]:
    """All of them, of which every so many are tried where time matters."""
    return [
        pytest.param(name, marks=[pytest.mark.soak] if number % every else [])
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("name", [*_sooner(CASES, 2), *(name for name in ALL if name not in CASES)])
def test_a_strategy_trades_as_in_freqtrades_own_backtest(
    name: str, both: Both, market: Path
) -> None:
    case = ALL[name]
    result = assert_same(*both.backtest(case, market, PAIRS[case.market]))
    if name not in {"sample", "compiled BollingerReversion"}:
        assert result.trades > 3
    assert result.sandbox in {"full", "strong"}


def test_every_callback_is_among_them() -> None:
    written = "\n".join(case.source for case in CASES.values())
    names = {*CALLBACKS, *(one for group in OLDER_NAMES.values() for one in group)}
    assert [name for name in sorted(names) if f"def {name}(" not in written] == []


@pytest.mark.parametrize("name", REFUSED_CASES)
def test_what_no_strategy_does_is_named(name: str, both: Both, market: Path) -> None:
    """Freqtrade would report something; it is not what would have been traded."""
    case = REFUSED_CASES[name]
    code, words = REFUSED[name]
    engine = both.engine("spot", market)
    with pytest.raises(StrategyFault, match=words) as caught:
        engine.backtest(both.request(case, PAIRS["spot"], TIMERANGE))
    assert caught.value.finding.code == code


def test_what_fails_in_freqtrade_fails(both: Both, market: Path) -> None:
    case = replace(
        CASES["TextTags"], source=CASES["TextTags"].source.replace('"high")', "self.nothing)")
    )
    theirs, ours = both.backtest(case, market, PAIRS["spot"])
    assert "AttributeError" in theirs["error"]
    assert isinstance(ours, StrategyFault)
    assert re.search(r"AttributeError.*nothing.*line \d+", ours.message)


def _benign() -> list[str]:
    from tests.conftest import ROOT

    folder = ROOT.parent / "shared" / "corpus" / "benign"
    return sorted(file.name for file in folder.glob("*.py"))


@pytest.fixture(scope="module")
def days(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few days of real candles of two pairs, of every timeframe that there is."""
    folder = tmp_path_factory.mktemp("days")
    for pair in ("BTC_USDT", "ETH_USDT"):
        for timeframe in ("5m", "1h"):
            file = f"{pair}-{timeframe}.feather"
            frame = pd.read_feather(shared_data / "spot_5m_2024" / file)
            middle = frame["date"].iloc[len(frame) // 2].normalize()
            first = middle - pd.Timedelta(days=3 if timeframe == "5m" else 30)
            chosen = (frame["date"] >= first) & (frame["date"] < middle + pd.Timedelta(days=4))
            frame[chosen].reset_index(drop=True).to_feather(folder / file)
    return folder


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", _sooner(_benign() or ["none"], 6))
def test_a_published_construct_trades_as_in_freqtrades_own_backtest(
    name: str, both: Both, shared: Path, days: Path
) -> None:
    file = shared / "corpus" / "benign" / name
    if not file.is_file():
        pytest.skip("needs the strategies of corpus/benign")
    source = file.read_text(encoding="utf-8")
    match = re.search(r"^class (\w+)\(.*IStrategy", source, re.MULTILINE)
    assert match is not None
    case = Case(name=match[1], source=source, timeframe="5m")
    theirs, ours = both.backtest(case, days, ("BTC/USDT", "ETH/USDT"), "")
    if "Impossible to load" in theirs.get("error", ""):
        assert isinstance(ours, StrategyFault)
        pytest.skip("it imports a package that is not installed")
    assert_same(theirs, ours)
