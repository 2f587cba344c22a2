"""The engine's process ends when it should, and says why."""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from freqgen.evaluation.process import EngineProcess, _outcome, _read_lines, child_environment
from freqgen.exceptions import (
    DataMissing,
    EngineError,
    SandboxError,
    SandboxTimeout,
    SandboxViolation,
    StrategyFault,
)
from freqgen.finding import Finding, Phase, Severity

pytestmark = pytest.mark.cold_engine


@pytest.fixture
def process() -> Iterator[EngineProcess]:
    """A process that has not imported Freqtrade yet, and so starts at once."""
    engine = EngineProcess(memory_mb=1000)
    yield engine
    engine.close()
    assert not engine.alive
    assert not engine.folder.exists()


def test_a_killed_process_is_named_as_such(process: EngineProcess) -> None:
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="ended by signal 9") as caught:
        process.receive(process.send({"op": "prepare", "options": {}}), seconds=60)
    assert "memory" in caught.value.hint


def test_the_last_line_of_a_failed_process_is_shown(process: EngineProcess) -> None:
    number = process.send({"op": "backtest", "backtest": {}})
    with pytest.raises(EngineError, match="ended with code 1: ValueError: backtest before prepare"):
        process.receive(number, seconds=60)


def test_a_silent_process_is_ended(process: EngineProcess) -> None:
    with pytest.raises(EngineError, match=r"longer than 0\.1 s"):
        process.receive(1, seconds=0.1)
    assert not process.alive


def test_endless_output_takes_no_memory() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    cut: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as talker:
        reader = _read_lines(talker.stdout, cut.put, at_end=cut.put, most=4096)
        assert [len(cut.get() or "") for _ in range(50)] == [4096] * 50
        talker.kill()
        reader.join()


def test_a_reply_to_another_request_is_not_taken(process: EngineProcess) -> None:
    process._replies.put('{"id": 7, "ok": true, "result": {}}')
    with pytest.raises(EngineError, match="cannot be read: reply 7 to request 1"):
        process.receive(1, seconds=1)
    assert not process.alive


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("StrategyFault", {StrategyFault}),
        ("SandboxTimeout", {StrategyFault, SandboxError, SandboxTimeout}),
        ("SandboxViolation", {StrategyFault, SandboxError, SandboxViolation}),
    ],
)
def test_a_reported_fault_of_a_strategy_keeps_its_finding(name: str, kinds: set[type]) -> None:
    finding = Finding(
        code="FG802", severity=Severity.ERROR, phase=Phase.BEHAVIOUR, message="none", line=3
    ).to_dict()
    error = {"type": name, "message": "none (line 3)", "hint": "", "finding": finding}
    fault = _outcome(json.dumps({"id": 1, "ok": False, "error": error}), 1)
    assert isinstance(fault, StrategyFault)
    assert kinds <= set(type(fault).__mro__)
    assert (fault.finding.code, fault.finding.line) == ("FG802", 3)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"id": 1}',
        '{"id": 1, "ok": true, "result": 5}',
        '{"id": 1, "ok": false, "error": {"type": "SystemExit", "message": "", "hint": ""}}',
        '{"id": 1, "ok": false, "error": {"type": "TYPE_CHECKING", "message": "", "hint": ""}}',
    ],
)
def test_only_the_agreed_form_is_read(line: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        _outcome(line, 1)


def test_a_reported_error_keeps_its_type_and_hint() -> None:
    line = (
        '{"id": 1, "ok": false, '
        '"error": {"type": "DataMissing", "message": "none", "hint": "get some"}}'
    )
    error = _outcome(line, 1)
    assert isinstance(error, DataMissing)
    assert (error.message, error.hint) == ("none", "get some")


def test_the_environment_holds_nothing_but_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}")
    environment = child_environment()
    assert "secret" not in environment.values()
    assert environment["LC_ALL"] == "C.UTF-8"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"  # what has threads cannot be forked
    assert str(tmp_path) in environment["PYTHONPATH"].split(os.pathsep)


PARENT = """
import os, sys
from freqgen.evaluation.process import EngineProcess
engine = EngineProcess(memory_mb=1000)
print(engine.pid, engine.folder, flush=True)
sys.stdin.readline()
os._exit(9)  # no clean-up, as after kill -9
"""


def test_the_engine_ends_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        child = os.pidfd_open(int(pid))
        assert Path(folder).is_dir()
        parent.communicate("\n")
    ended, _, _ = select.select([child], [], [], 60)
    os.close(child)
    assert ended, "the engine outlived its parent"
    assert not Path(folder).exists()


LAUNCHER = """
import os, subprocess, sys
bot = subprocess.Popen(
    [sys.executable, "-m", "freqgen.evaluation.launch", str(os.getpid()),
     sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"],
    stdout=subprocess.PIPE, start_new_session=True)
bot.stdout.readline()
print(bot.pid, flush=True)
sys.stdin.readline()
os._exit(9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a signal at the parent's end is Linux's")
def test_a_launched_program_ends_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        bot = os.pidfd_open(int(parent.stdout.readline()))
        parent.communicate("\n")
    ended, _, _ = select.select([bot], [], [], 60)
    os.close(bot)
    assert ended, "the program outlived its parent"


def test_a_launched_program_that_lost_its_parent_before_the_start_does_not_start() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "freqgen.evaluation.launch", "1", "/bin/echo", "up"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
