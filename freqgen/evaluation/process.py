"""Starts the engine's process, talks to it and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from freqgen import exceptions
from freqgen.exceptions import EngineError, FreqgenException, StrategyFault
from freqgen.finding import Finding
from freqgen.sandbox.folder import remove

_PASSED_ON = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_PASSED_ON_PREFIXES = ("LC_", "COVERAGE_PROCESS_")
_LOG_LINES = 200
_LOG_LINE_BYTES = 4096
_PROGRESS = re.compile(r"^INFO | - INFO - ")


def child_environment() -> dict[str, str]:
    """Build the environment of a process that runs strategies: nothing secret is in it."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key in _PASSED_ON or key.startswith(_PASSED_ON_PREFIXES)
    }
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(Path(path).resolve()) for path in given if path]
    # One thread, so that the process can be forked: a pool of threads would not survive it.
    environment.update(
        OPENBLAS_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
        JE_ARROW_MALLOC_CONF="background_thread:false",
    )
    root = str(Path(exceptions.__file__).resolve().parents[1])
    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    if root not in paths and root not in installed:
        paths.insert(0, root)
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def start_child(arguments: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start :mod:`freqgen.evaluation.child`.

    :param arguments: What its ``main`` takes.
    :param folder: The folder that it begins in.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "freqgen.evaluation.child", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(),
        cwd=folder,
        # A group of its own: Ctrl-C reaches the parent alone, which ends the group.
        start_new_session=True,
    )


class EngineProcess:
    """One process that imports Freqtrade while its parent does something else.

    :param memory_mb: What it may allocate, in megabytes.
    """

    def __init__(self, *, memory_mb: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="freqgen-engine-")
        self.folder = Path(self._folder.name)
        """A folder for this process alone; deleted at its end."""
        self._replies: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._number = 0
        self._process = start_child(
            [str(memory_mb), str(os.getpid()), str(self.folder)], self.folder
        )
        self._readers = [
            _read_lines(self._process.stdout, self._replies.put, at_end=self._replies.put),
            # A strategy may print without end and without a line's end.
            _read_lines(self._process.stderr, self._log.append, most=_LOG_LINE_BYTES),
        ]
        self.close: Callable[[], object] = weakref.finalize(
            self, _end, self._process, self._readers, self._folder
        )
        """End the process with its group and delete its folder. May be called again."""

    @property
    def alive(self) -> bool:
        """Whether it can take requests."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Id of the process and of its group."""
        return self._process.pid

    def send(self, request: Mapping[str, Any]) -> int:
        """Send a request; returns at once.

        :returns: The number to :meth:`receive` its result by.
        """
        self._number += 1
        self._log.clear()  # what an earlier run said explains nothing of this one
        line = json.dumps({**request, "id": self._number}, allow_nan=False) + "\n"
        stdin = self._process.stdin
        # A process that is gone cannot be written to; receive() says why it is gone.
        with contextlib.suppress(BrokenPipeError):
            if stdin is not None:
                stdin.write(line.encode())
                stdin.flush()
        return self._number

    def receive(self, number: int, *, seconds: float) -> dict[str, Any]:
        """Wait for the result of a request, which must be the oldest one without.

        Ends the process if it does not answer in time, and if the wait is interrupted.

        :param seconds: How long to wait.
        :raises EngineError: If the process ended, took too long or answered nonsense.
        :raises FreqgenException: What the process reported.
        """
        try:
            line = self._replies.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise EngineError(
                f"Freqtrade's engine took longer than {seconds:g} s and was ended",
                hint="ask for fewer pairs or a shorter timerange, or raise the time limit",
            ) from None
        except BaseException:  # Ctrl-C: the run must not outlive the wait for it
            self.close()
            raise
        if line is None:
            raise self._ended()
        try:
            outcome = _outcome(line, number)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            self.close()
            raise EngineError(f"Freqtrade's engine answered what cannot be read: {exc}") from exc
        if isinstance(outcome, FreqgenException):
            raise outcome
        return outcome

    def _ended(self) -> EngineError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)  # its pipe closes a moment before it ends
        self.close()
        code = self._process.returncode
        how = f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
        # What Freqtrade says as it goes is not why it ended.
        said = (line.strip() for line in reversed(self._log) if not _PROGRESS.search(line))
        last = next(filter(None, said), "")
        return EngineError(
            f"Freqtrade's engine was {how}" + (f": {last[:400]}" if last else ""),
            hint="the machine ran out of memory, or backtest_memory_mb is too low: take fewer pairs"
            if code == -signal.SIGKILL or "memory" in last.lower()
            else "run freqtrade backtesting with the same configuration to see more",
        )


def _outcome(line: str, number: int) -> dict[str, Any] | FreqgenException:
    """Read a reply: a result, or the error that the process reported."""
    reply = json.loads(line)
    if reply["id"] != number:
        raise ValueError(f"reply {reply['id']} to request {number}")
    return dict(reply["result"]) if reply["ok"] else _reported(reply["error"])


def _reported(error: Mapping[str, Any]) -> FreqgenException:
    kind = getattr(exceptions, error["type"])
    if not issubclass(kind, FreqgenException):
        raise TypeError(f"error of type {error['type']}")
    if issubclass(kind, StrategyFault):
        finding = Finding.from_dict(error["finding"])
        fault: StrategyFault = kind(str(error["message"]), finding=finding, hint=str(error["hint"]))
        return fault
    found: FreqgenException = kind(str(error["message"]), hint=str(error["hint"]))
    return found


def _read_lines(
    stream: IO[bytes] | None,
    take: Callable[[str], object],
    at_end: Callable[[None], object] | None = None,
    most: int = -1,
) -> threading.Thread:
    """Hand on the lines of a stream in a thread.

    :param most: Where to cut a line, in bytes; the rest follows as a line of its own.
    """

    def read() -> None:
        if stream is not None:
            while line := stream.readline(most):
                take(line.decode(errors="replace").rstrip("\n"))
        if at_end is not None:
            at_end(None)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    return reader


def _end(
    process: subprocess.Popen[bytes],
    readers: list[threading.Thread],
    folder: tempfile.TemporaryDirectory[str],
) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for reader in readers:
        reader.join()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    # A worker may have made folders that Python alone cannot delete.
    remove(Path(folder.name))
    folder.cleanup()
