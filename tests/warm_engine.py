"""Engine processes that begin where the import of Freqtrade has ended.

To start one takes two and a half seconds of processor time, nearly all of it Freqtrade's imports.
Here a process that has done them forks one for each start; what it does from there on is
``freqgen.evaluation.child.main``, as always. Tests of the start itself are marked ``cold_engine``,
and long tests (``make soak``) do without.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from freqgen.evaluation.process import child_environment

ROOT = Path(__file__).resolve().parents[1]
_REQUEST_BYTES = 1 << 16
_STANDARD = 3  # input, output and error


class WarmStarts:
    """Starts engine processes from one that has imported Freqtrade."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, arguments: Sequence[str], folder: Path) -> WarmProcess:
        """What ``freqgen.evaluation.process.start_child`` does."""
        reading, stdin = os.pipe()
        stdout, writing = os.pipe()
        stderr, saying = os.pipe()
        theirs = (reading, writing, saying)
        request = {
            "op": "start",
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": child_environment(),
        }
        try:
            pid = int(self.ask(request, theirs)["pid"])
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return WarmProcess(self, pid, stdin, stdout, stderr)

    def ask(self, request: Mapping[str, Any], descriptors: tuple[int, ...] = ()) -> Any:
        """Put a question to the process that forks the others."""
        with self._lock:
            if self._connection is None:
                self._connection, self._process = _started()
            socket.send_fds(self._connection, [json.dumps(request).encode()], descriptors)
            return json.loads(self._connection.recv(_REQUEST_BYTES))

    def close(self) -> None:
        """End it; what it started ends with it."""
        with self._lock:
            if self._connection is not None and self._process is not None:
                self._connection.close()
                self._process.wait()
                self._connection = self._process = None


class WarmProcess:
    """As much of ``subprocess.Popen`` as an engine's process needs."""

    def __init__(self, starts: WarmStarts, pid: int, stdin: int, stdout: int, stderr: int) -> None:
        self._starts = starts
        self.pid = pid
        self.returncode: int | None = None
        self.stdin: IO[bytes] = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb")
        self.stderr: IO[bytes] = os.fdopen(stderr, "rb")

    def poll(self) -> int | None:
        """The code that it ended with, if it did."""
        if self.returncode is None:
            try:
                self.returncode = self._starts.ask({"op": "status", "pid": self.pid})["code"]
            except (OSError, ValueError):  # the tests are over, and with them all processes
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("an engine's process", timeout or 0)
            time.sleep(0.002)
        return code


def _started() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_engine", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            env=child_environment(),
            cwd=ROOT,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return ours, process


def _serve(connection: socket.socket) -> None:
    """Fork until nobody asks any more."""
    codes: dict[int, int | None] = {}
    while True:
        data, descriptors, _, _ = socket.recv_fds(connection, _REQUEST_BYTES, _STANDARD)
        if not data:
            break
        request = json.loads(data)
        if request["op"] == "start":
            pid = os.fork()
            if pid == 0:
                connection.close()
                _become(request, descriptors)
            with contextlib.suppress(OSError):
                os.setpgid(pid, pid)  # before anybody could kill the group
            codes[pid] = None
            for descriptor in descriptors:
                os.close(descriptor)
            answer: dict[str, Any] = {"pid": pid}
        else:
            pid = int(request["pid"])
            if codes[pid] is None and (ended := os.waitpid(pid, os.WNOHANG))[0]:
                codes[pid] = os.waitstatus_to_exitcode(ended[1])
            answer = {"code": codes[pid]}
        connection.send(json.dumps(answer).encode())


def _become(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Be an engine's process, and end."""
    code = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(_STANDARD, 256)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        memory, _, folder = request["arguments"]
        from freqgen.evaluation.child import main

        main([memory, str(os.getppid()), folder])
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    except BaseException:  # noqa: BLE001  (said, and the process ends)
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    from freqgen.evaluation.child import import_what_workers_need

    sys.path[:] = [place for place in sys.path if place not in {"", str(ROOT)}] + [str(ROOT)]
    import_what_workers_need()
    _serve(socket.socket(fileno=int(sys.argv[1])))
