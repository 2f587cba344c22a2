"""The process that runs mypy, seen from this one."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_WALL = 4
"""Seconds that may pass for each of processor time that mypy is given."""

_NOT_INHERITED = ("MYPYPATH", "MYPY_CACHE_DIR", "MYPY_CONFIG_FILE_DIR", "PYTHONSTARTUP")
_TIME = frozenset({-getattr(signal, "SIGXCPU", 24)})


class CheckLimit(Exception):
    """mypy needed more than a check may cost, which is nobody's error but a finding.

    :param what: ``time``, ``memory`` or ``depth``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the type check needs more {what} than it may use")


class Child:
    """A process that runs mypy, started when it is first needed. Not for several threads.

    It is kept for the next check, which is then some tenths of a second instead of seconds.
    It ends with this object and with this process, and leaves no files behind.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[Any, Any] | None = None

    def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        # With -P, and in a folder without modules, nothing that lies around is imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_FOLDER / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_FOLDER / "nowhere",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for this process, which ends the other
        )
        self._end = weakref.finalize(self, _stop, self._process)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def ask(self, source: str, cache: Path, seconds: int) -> tuple[str, str, int]:
        """Let mypy check ``source``.

        :param cache: Folder of mypy's cache, which need not exist.
        :param seconds: Processor time that it may take.
        :returns: What mypy prints, what it prints as errors, and its exit status.
        :raises CheckLimit: If that or the memory was not enough.
        :raises RuntimeError: If the process ends for another reason.
        """
        self.start()
        assert self._process is not None  # noqa: S101  (started above)
        request = {"source": source, "cache": os.path.abspath(cache), "seconds": seconds}  # noqa: PTH100
        try:
            line = _exchange(
                self._process, json.dumps(request).encode() + b"\n", seconds * _WALL + 10
            )
        except BaseException:
            self.stop()  # of no use any more: it would answer what nobody asks
            raise
        if line is None:
            status = self._process.wait()
            self.stop()
            if status in _TIME:
                raise CheckLimit("time")
            if status < 0:  # killed for want of memory, by the system or by mypy's own stack
                raise CheckLimit("memory")
            raise RuntimeError(f"mypy's process ended with status {status}")
        answer = json.loads(line)
        if answer["tired"]:
            self.stop()
        if "limit" in answer:
            self.stop()
            raise CheckLimit(answer["limit"])
        return answer["output"], answer["errors"], answer["status"]


def _environment() -> dict[str, str]:
    """This process's, without what would let the current folder decide what types are."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    path = [entry for entry in kept.pop("PYTHONPATH", "").split(os.pathsep) if entry]
    absolute = [entry for entry in path if os.path.isabs(entry)]  # noqa: PTH117
    return kept | ({"PYTHONPATH": os.pathsep.join(absolute)} if absolute else {})


def _exchange(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes | None:
    """Send a line and wait for one; ``None`` if the process ends first.

    :raises CheckLimit: After ``seconds`` without an answer.
    """
    assert process.stdin is not None  # noqa: S101  (both are pipes)
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(request)
        process.stdin.flush()
    except OSError:  # it has ended already
        return None
    until = time.monotonic() + seconds
    answer = bytearray()
    while not answer.endswith(b"\n"):
        left = until - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise CheckLimit("time")
        part = os.read(process.stdout.fileno(), 1 << 16)
        if not part:
            return None
        answer += part
    return bytes(answer)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was not sent is not wanted any more
                pipe.close()
    process.wait()
