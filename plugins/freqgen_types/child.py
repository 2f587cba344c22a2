"""The process that runs mypy, seen from this one."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any

_FOLDER = Path(__file__).parent
_WALL = 5
"""Seconds that may pass for each of processor time that mypy is given. The process itself gives
a check fewer; this is for one that hangs."""

_GRACE = 10
"""Seconds that may pass beside."""

_NOT_INHERITED = ("MYPYPATH", "MYPY_CACHE_DIR", "MYPY_CONFIG_FILE_DIR", "PYTHONSTARTUP")


class CheckLimit(Exception):
    """mypy needed more than a check may cost, which is nobody's error but a finding.

    :param what: ``time``, ``memory`` or ``depth``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the type check needs more {what} than it may use")


class Ended(Exception):
    """The process has ended, whoever ended it, before it answered."""


class Child:
    """A process that runs mypy. Several threads may ask it at once.

    It ends with this object and with this process, and leaves no files behind.

    :param cache: Folder of mypy's cache, which need not exist.
    :param stubs: Corrected stubs by the path of those that they stand in for.
    :param usual: Python source that imports what drafts import.
    :param seconds: Processor time that reading all that may take.
    :raises RuntimeError: If mypy cannot read it.
    """

    def __init__(self, cache: Path, stubs: Mapping[str, str], usual: str, seconds: int) -> None:
        # With -P, and in a folder without modules, nothing that lies around is imported.
        process = subprocess.Popen(
            [sys.executable, "-P", str(_FOLDER / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_FOLDER / "nowhere",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for this process, which ends the other
        )
        self._process = process
        self.stop = weakref.finalize(self, _stop, process)
        self._numbers = itertools.count()
        self._sending = threading.Lock()
        self._answers = _Answers()
        assert process.stdout is not None  # noqa: S101  (a pipe)
        threading.Thread(
            target=self._answers.read,
            args=(process.stdout,),
            name="freqgen-types",
            daemon=True,
        ).start()
        request = {"cache": os.path.abspath(cache), "stubs": dict(stubs), "usual": usual}  # noqa: PTH100
        try:
            ready = self._exchange(None, request, seconds)
        except Ended:
            raise RuntimeError(
                f"the process that runs mypy ended with status {process.wait()}"
            ) from None
        self.quick = "failed" not in ready
        """Whether mypy could read the libraries; if not, each check reads them anew."""

    def ask(self, source: str, seconds: int) -> list[str]:
        """Let mypy check ``source``.

        :param seconds: Processor time that it may take.
        :returns: mypy's messages, each a line of JSON.
        :raises CheckLimit: If that or the memory was not enough.
        :raises Ended: If the process ends meanwhile, or has ended.
        :raises RuntimeError: If mypy fails.
        """
        said = self._exchange(next(self._numbers), {"source": source}, seconds)
        if "limit" in said:
            raise CheckLimit(said["limit"])
        if "failed" in said:
            raise RuntimeError(f"mypy failed: {said['failed']}")
        messages: list[str] = said["messages"]
        return messages

    def _exchange(
        self, number: int | None, request: dict[str, Any], seconds: int
    ) -> dict[str, Any]:
        """Send a line and wait for the one that answers it."""
        line = json.dumps({"id": number, "seconds": seconds} | request).encode() + b"\n"
        expected = self._answers.expect(number)
        try:
            with self._sending:
                assert self._process.stdin is not None  # noqa: S101  (a pipe)
                self._process.stdin.write(line)
                self._process.stdin.flush()
            return expected.result(seconds * _WALL + _GRACE)
        except (OSError, ValueError) as exc:  # it has ended, and its pipe is closed
            self.stop()
            if isinstance(exc, TimeoutError):
                raise CheckLimit("time") from None
            raise Ended from exc
        except Ended:
            raise
        except BaseException:
            self.stop()  # nobody waits for what it does
            raise


class _Answers:
    """The answers of a process, given to whoever waits for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int | None, Future[dict[str, Any]]] = {}
        self._over = False

    def expect(self, number: int | None) -> Future[dict[str, Any]]:
        """What will be the answer to a request.

        :raises Ended: If there will be none.
        """
        with self._lock:
            if self._over:
                raise Ended
            future: Future[dict[str, Any]] = Future()
            self._waiting[number] = future
            return future

    def read(self, answers: IO[bytes]) -> None:
        """Take in all answers until the process ends."""
        with contextlib.suppress(OSError, ValueError):  # what it said last was cut off
            for line in answers:
                said = json.loads(line)
                with self._lock:
                    future = self._waiting.pop(said.get("id"))
                future.set_result(said)
        with contextlib.suppress(OSError):
            answers.close()
        with self._lock:
            self._over = True
            left = list(self._waiting.values())
        for future in left:
            future.set_exception(Ended())


def _environment() -> dict[str, str]:
    """This process's, without what would let the current folder decide what types are."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    path = [entry for entry in kept.pop("PYTHONPATH", "").split(os.pathsep) if entry]
    absolute = [entry for entry in path if os.path.isabs(entry)]  # noqa: PTH117
    return kept | ({"PYTHONPATH": os.pathsep.join(absolute)} if absolute else {})


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it is doing, with the checks that it has begun."""
    process.kill()
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # what was not sent is not wanted any more
            process.stdin.close()
    process.wait()
