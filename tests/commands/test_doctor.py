"""What the doctor says of a machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from freqgen.commands.doctor import Health, _sandbox
from freqgen.sandbox.level import Level, Protection
from tests.commands.conftest import Run
from tests.installation import ROOT


def test_a_machine_with_candles(run: Run, userdir: Path, market: Path) -> None:
    """Everything that was looked at, with what to do about the rest; never an error."""
    done = run("--json", "doctor", "--userdir", userdir, "-d", market)
    assert done.code == 0
    data = done.json
    assert data["sandbox"].keys() == {"level", "landlock", "reason"}
    assert data["versions"]["freqtrade"]
    checks = {check["name"]: check for check in data["checks"]}
    assert checks["candles"]["health"] == "fine"
    assert "BTC/USDT" in checks["candles"]["says"]
    assert checks["plugins"]["health"] == "fine"
    assert "download-markets" in checks["markets"]["advice"]


def test_an_empty_machine(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--userdir", tmp_path / "u")
    assert done.code == 0
    assert "lacking candles" in done.out
    assert "freqtrade download-data" in done.out
    assert "sandbox: " in done.out
    assert not (tmp_path / "u").exists(), "looking creates nothing"


@pytest.mark.parametrize("command", [["doctor"], ["validate", "--static", "one.py"]])
def test_where_there_is_no_limit_on_resources(tmp_path: Path, command: list[str]) -> None:
    """As on Windows, where the module is missing."""
    (tmp_path / "one.py").write_text("import os\n")
    program = (
        "import sys; sys.modules['resource'] = sys.modules['fcntl'] = None\n"
        f"from freqgen.main import main; sys.exit(main({[*command, '--userdir', 'u']!r}))"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert "bug" not in done.stderr
    assert done.returncode == (0 if command == ["doctor"] else 3)


@pytest.mark.parametrize(
    ("level", "health", "advice"),
    [
        (Level.FULL, Health.FINE, ""),
        (Level.STRONG, Health.FINE, "are run"),
        (Level.PARTIAL, Health.LACKING, "--accept-partial"),
        (Level.NONE, Health.LACKING, "read and not run"),
    ],
)
def test_what_is_said_of_a_sandbox(level: Level, health: Health, advice: str) -> None:
    held = Protection(level=level, landlock=3, reason="the reason")
    check = _sandbox(held)
    assert check.health is health
    assert advice in check.advice
    assert check.says.startswith(level.value)
    assert level is Level.FULL or "the reason" in check.says
