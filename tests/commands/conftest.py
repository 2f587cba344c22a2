"""A market, a user directory with one stored strategy, and the command line in this process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from freqgen.demo import ensure_demo_market
from freqgen.main import main

BRIEF = (
    "Buy when RSI(14) is below 30 and the close is under the lower Bollinger band (20, 2). "
    "Sell when RSI rises above 70. 1h candles, 2% stop loss, 5% take profit."
)


@dataclass(frozen=True)
class Done:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        data: dict[str, Any] = json.loads(self.out)
        return data


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo market, as a data folder."""
    return ensure_demo_market(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="session")
def generated(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user directory in which the main example was generated; to be copied, not changed."""
    userdir = tmp_path_factory.mktemp("generated") / "user_data"
    code = main(["generate", BRIEF, "--userdir", str(userdir), "-d", str(market), "-p", "ETH/USDT"])
    assert code == 0
    return userdir


@pytest.fixture
def userdir(tmp_path: Path, generated: Path) -> Path:
    """A user directory of this test's own, with the main example stored."""
    folder = tmp_path / "user_data"
    shutil.copytree(generated, folder)
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in an empty current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> Done:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Done(code, captured.out, captured.err)

    return run
