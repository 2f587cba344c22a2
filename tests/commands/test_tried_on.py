"""What a strategy was tried on is said, and why where the candles are made up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

import freqgen_behaviour
import freqgen_structure
from freqgen import Draft, Freqgen, Specimen
from freqgen.commands.showing import say_tried_on
from freqgen.draft import ScreenedDraft
from freqgen.plugins import PluginHost
from freqgen.validation.runner import TriedOn
from tests.commands.conftest import Run
from tests.evaluation.conftest import walk, write_candles
from tests.plugins.freqgen_behaviour.lab import strategy

ENTERS = 'dataframe.loc[dataframe["volume"] > 0, "enter_long"] = 1'
SHORTS = strategy(entry=ENTERS, attributes="can_short = True")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Candles of two pairs; of the slower timeframe there are few."""
    folder = tmp_path_factory.mktemp("data")
    for seed, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        write_candles(folder, pair, walk(seed, 42_000.0, 1440, 2))
    few = walk(1, 42_000.0, 1440, 2)
    write_candles(folder, "BTC/USDT", few[:400:4], timeframe="4h")
    return folder


@pytest.fixture(scope="module")
def freqgen(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Freqgen]:
    """One engine for all, without the type pass, which is slow."""
    host = PluginHost.load(plugins=[freqgen_structure, freqgen_behaviour], entry_points=False)
    userdir = tmp_path_factory.mktemp("tried") / "u"
    with Freqgen(userdir=userdir, datadir=data, host=host) as freqgen:
        yield freqgen


def reading(timeframe: str, pair: str = "") -> str:
    """A strategy that reads candles of another timeframe beside its own."""
    asset = f', "{pair}"' if pair else ""
    return strategy(entry=ENTERS) + (
        f'\n    @informative("{timeframe}"{asset})\n'
        "    def populate_more(self, dataframe, metadata):\n        return dataframe\n"
    )


CHOSEN = [
    ("its own", strategy(entry=ENTERS), "BTC/USDT", ""),
    ("shorts in spot", SHORTS, "BTC/USDT:USDT", ""),
    (
        "another timeframe",
        strategy(entry=ENTERS).replace('"1h"', '"5m"'),
        "COIN/USDT",
        "in {folder} there are no 5m candles of BTC/USDT, ETH/USDT",
    ),
    (
        "too few",
        strategy(entry=ENTERS).replace('"1h"', '"4h"'),
        "COIN/USDT",
        "in {folder} there are 100 4h candles of BTC/USDT, and it takes 300",
    ),
    (
        "another one beside",
        reading("1d"),
        "COIN/USDT",
        "in {folder} there are no 1d candles of BTC/USDT, which it reads beside",
    ),
    (
        "another pair beside",
        reading("1h", "SOL/USDT"),
        "COIN/USDT",
        "in {folder} there are no 1h candles of SOL/USDT, which it reads beside",
    ),
]


@pytest.mark.parametrize(
    ("source", "pair", "reason"), [case[1:] for case in CHOSEN], ids=[case[0] for case in CHOSEN]
)
def test_candles_are_the_users_or_it_is_known_why_not(
    freqgen: Freqgen, data: Path, source: str, pair: str, reason: str
) -> None:
    found = freqgen.laboratory.describe(ScreenedDraft(Draft(class_name="S", source=source)))
    assert isinstance(found, Specimen), found
    assert (found.pair, found.synthetic) == (pair, bool(reason))
    assert found.reason == reason.format(folder=data)


def test_it_is_with_the_result_and_so_is_what_the_market_does_not_allow(
    freqgen: Freqgen, tmp_path: Path
) -> None:
    file = tmp_path / "S.py"
    file.write_text(SHORTS)
    _, validation = freqgen.validate_file(file)
    assert validation.tried_on == TriedOn(
        pair="BTC/USDT:USDT", timeframe="1h", candles=1200, market="real"
    )
    (found,) = [f for f in validation.report.findings if f.code == "FG693"]
    assert found.severity == "warning"
    assert "goes short, which spot markets do not allow" in found.message
    assert '"trading_mode": "futures", "margin_mode": "isolated"' in found.hint
    assert freqgen.validate_file(file, run=False)[1].tried_on is None


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (None, ""),
        ({"pair": "A/B", "market": "real"}, "  tried on 1,200 1h candles of A/B\n"),
        ({"pair": "A/B", "market": "synthetic"}, "  tried on made-up candles of A/B\n"),
        (
            {"pair": "COIN/B", "market": "synthetic", "reason": "in F there are no 1h candles"},
            "  tried on made-up candles: in F there are no 1h candles\n",
        ),
    ],
    ids=["nothing", "real", "demo", "made up"],
)
def test_in_words(tried: dict[str, str] | None, said: str) -> None:
    console = Console(file=io.StringIO(), width=200)
    on = TriedOn(**{"timeframe": "1h", "candles": 1200, **tried}) if tried else None
    say_tried_on(console, on)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == said


@pytest.mark.parametrize(
    "verb",
    [("validate", "A.py"), ("backtest", "A.py"), ("generate", "Buy."), ("approve", "A"),
     ("paper", "A")],
    ids=lambda verb: verb[0],
)  # fmt: skip
def test_a_folder_that_is_not_there_is_an_error(run: Run, verb: tuple[str, str]) -> None:
    Path("A.py").write_text("")
    done = run(*verb, "-d", "nowhere")
    assert (done.code, 'there is no folder "nowhere" with candles' in done.err) == (2, True)


def test_who_only_reads_needs_no_folder(run: Run) -> None:
    Path("A.py").write_text("")
    assert "nowhere" not in run("validate", "--static", "A.py", "-d", "nowhere").err
