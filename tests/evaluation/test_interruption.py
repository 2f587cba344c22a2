"""Ctrl-C while the engine works: nothing is left, neither files nor processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.conftest import walk, write_candles
from tests.evaluation.processes import running_with

pytestmark = pytest.mark.cold_engine

BRIEF = (
    "Buy when the close is above 0.0001. Sell when the close is below 0.00005. "
    "1h candles, 10% stop loss, 1% take profit."
)


@pytest.fixture(scope="module")
def long_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More candles than any computer backtests in the time that a signal takes."""
    folder = tmp_path_factory.mktemp("long")
    write_candles(folder, "BTC/USDT", walk(7, 42_000.0, 150_000, 2))
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_an_interrupted_generate_leaves_nothing(
    number: signal.Signals, long_market: Path, tmp_path: Path
) -> None:
    userdir, temporary = tmp_path / "user_data", tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "freqgen", "generate", BRIEF),
            *("--userdir", str(userdir), "--datadir", str(long_market)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
        start_new_session=True,
    ) as freqgen:
        assert freqgen.stderr is not None
        begun = next((line for line in freqgen.stderr if line.startswith("Backtesting")), "")
        engines = running_with("freqgen.evaluation.child", str(freqgen.pid))
        # As a terminal does: to the whole group.
        os.killpg(freqgen.pid, number)
        out, err = freqgen.communicate(timeout=120)
    assert begun, err
    assert len(engines) in {2, 3}  # the engine, the warm parent of its workers, and one of them
    if number is signal.SIGINT:
        assert freqgen.returncode == 130
        assert "interrupted" in err.lower()
        assert "Traceback" not in err
    assert out == ""
    for engine in engines:
        engine.wait()
    assert not running_with("freqgen.evaluation.child", str(freqgen.pid))
    assert list(temporary.iterdir()) == []
    written = {path.relative_to(userdir).parts[:2] for path in userdir.rglob("*") if path.is_file()}
    assert written <= {("freqgen", "cache"), ("freqgen", "audit.jsonl")}
