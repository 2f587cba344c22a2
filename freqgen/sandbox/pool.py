"""Workers as their user sees them: started, talked to, watched and ended."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from freqgen.sandbox.channel import MAX_JSON, Decoder, Garbled, Message, encode
from freqgen.sandbox.folder import measure, refuse_hidden, remove
from freqgen.sandbox.limits import Fault, WorkerFault, WorkerLimits
from freqgen.sandbox.server import NOT_CONFINED, Work, fork_server

_TICK = 0.05  # seconds between two looks at what a worker uses
_BLOCK = 1 << 18
_KEPT_OUTPUT = 2000
_FILE_MB = 64
_ADDRESS_SPACE_MB = 3072
"""What the address space may hold beside the memory that may be used: mapped libraries."""
_SECOND_LOOK = 10  # ticks between two looks at what takes long to look at
_FEW_FILES = 500
_LAST_LOOKS = 10
_PAGE = resource.getpagesize()


class Nursery:
    """Starts workers from a warm parent. Safe to use from several threads.

    Make it while the process has a single thread, after it imported what workers need.

    :param work: What a worker does.
    :param home: A folder in which every worker gets one of its own.
    """

    def __init__(self, work: Work, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._control: socket.socket | None
        self._control, self.pid = fork_server(work)

    @property
    def alive(self) -> bool:
        """Whether workers can be had."""
        return self._control is not None

    def start(
        self, job: Mapping[str, Any], *, limits: WorkerLimits, confined: bool = True
    ) -> Worker:
        """Start a worker.

        :param job: What it is given; JSON values, at most a few kilobytes.
        :param confined: Whether the operating system holds it. Only what freqgen wrote itself
            may run without.
        :raises WorkerFault: If the warm parent is gone.
        """
        folder = Path(tempfile.mkdtemp(prefix="worker-", dir=self._home))
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        policy = {
            "folder": str(folder),
            "parent": self.pid,
            "confined": confined,
            "seconds": int(limits.seconds) + 1,
            "file_mb": min(limits.disk_mb, _FILE_MB),
            "memory_mb": limits.memory_mb + _ADDRESS_SPACE_MB,
        }
        try:
            answer = self._ask(
                {"op": "start", "job": job, "policy": policy}, (theirs.fileno(), writing)
            )
        except BaseException:
            ours.close()
            os.close(reading)
            remove(folder)
            raise
        finally:
            theirs.close()
            os.close(writing)
        return Worker(self, int(answer["pid"]), folder, ours, reading, limits)

    def end(self, pid: int) -> int | None:
        """Kill a worker if need be.

        :returns: Its status as of ``waitpid``; ``None`` if the warm parent is gone, with which
            its workers end.
        """
        try:
            return int(self._ask({"op": "end", "pid": pid})["status"])
        except WorkerFault:
            return None

    def _ask(self, request: Mapping[str, Any], descriptors: tuple[int, ...] = ()) -> Any:
        with self._lock:
            if self._control is None:
                raise WorkerFault(Fault.DIED, "the process that starts workers was closed")
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
                data = self._control.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                self._control.close()
                self._control = None
                raise WorkerFault(Fault.DIED, "the process that starts workers has ended")
            return json.loads(data)

    def close(self) -> None:
        """End the warm parent and its workers."""
        with self._lock:
            control, self._control = self._control, None
        if control is not None:
            control.close()  # it ends its workers, then itself
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)


class Worker:
    """One worker. Use it as a context manager: it is ended, whatever it is doing.

    :param folder: Its folder, in which files can be put for it; deleted at the end.
    """

    def __init__(  # noqa: PLR0917
        self,
        nursery: Nursery,
        pid: int,
        folder: Path,
        connection: socket.socket,
        output: int,
        limits: WorkerLimits,
    ) -> None:
        self.pid = pid
        self.folder = folder
        self._nursery = nursery
        self._connection = connection
        self._connection.setblocking(False)
        self._output: int | None = output
        self._printed = 0
        self._said = b""
        self._limits = limits
        self._seconds = limits.seconds
        self._deadline = time.monotonic() + limits.seconds
        self._decoder = Decoder(
            max_json=min(MAX_JSON, limits.message_mb << 20), max_payload=limits.message_mb << 20
        )
        self._heard = 0
        self._ready: list[Message] = []
        self._ticks = 0
        self._files = 0
        self._looked = time.monotonic()  # it has done nothing yet
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def allow(self, seconds: float) -> None:
        """Give it so much time from now on, for the next of several tasks."""
        self._deadline = time.monotonic() + seconds
        self._seconds = seconds

    @property
    def said(self) -> str:
        """The last of what it printed."""
        return self._said.decode(errors="replace")

    def send(self, head: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send it a message.

        :raises WorkerFault: If it does not take it in time, or has ended.
        """
        rest = memoryview(encode(head, payload))
        while rest:
            self._wait(writing=True)
            try:
                rest = rest[self._connection.send(rest[:_BLOCK]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._died() from None

    def receive(self) -> Message:
        """Wait for its next message.

        :raises WorkerFault: If it does not come in time, or is none, or the worker has ended or
            used more than its limits.
        """
        while not self._ready:
            self._wait(writing=False)
            try:
                data = self._connection.recv(_BLOCK)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                raise self._died()
            self._heard += len(data)
            if self._heard > self._limits.memory_mb << 20:
                raise WorkerFault(
                    Fault.NONSENSE, f"it answered more than {self._limits.memory_mb:,} MB in all"
                )
            try:
                self._ready += self._decoder.feed(data)
            except Garbled as exc:
                raise WorkerFault(Fault.NONSENSE, f"it answered {exc}") from exc
        return self._ready.pop(0)

    def _wait(self, *, writing: bool) -> None:
        """Wait until the socket is ready, and look at what the worker uses meanwhile."""
        while True:
            self._look()
            connection = self._connection.fileno()
            reading = [] if writing else [connection]
            if self._output is not None:
                reading.append(self._output)
            ready, free, _ = select.select(reading, [connection] if writing else [], [], _TICK)
            if self._output in ready:
                self._listen()
            if free or connection in ready:
                return

    def _look(self) -> None:
        """:raises WorkerFault: If it is over a limit."""
        now = time.monotonic()
        if now > self._deadline:
            raise WorkerFault(Fault.TIME, f"it took longer than {self._seconds:g} s")
        if now - self._looked < _TICK:
            return
        self._looked = now
        self._ticks += 1
        if (used := self._resident()) > self._limits.memory_mb << 20:
            raise WorkerFault(Fault.MEMORY, f"it took {used >> 20:,} MB of memory")
        seldom = self._ticks % _SECOND_LOOK == 0
        if self._files <= _FEW_FILES or seldom:
            self._check_folder()
        if seldom:
            refuse_hidden(self.folder, self.pid)

    def _resident(self) -> int:
        try:
            with open(f"/proc/{self.pid}/statm", "rb") as file:  # noqa: PTH123
                return int(file.read().split()[1]) * _PAGE
        except (OSError, IndexError):
            return 0  # no such file system, or no such process any more

    def _check_folder(self) -> None:
        used, self._files = measure(self.folder, self.pid)
        if used > self._limits.disk_mb << 20:
            raise WorkerFault(Fault.DISK, f"it wrote {used >> 20:,} MB to its folder")

    def _listen(self) -> None:
        if self._output is None:
            return
        data = os.read(self._output, _BLOCK)
        if not data:
            os.close(self._output)
            self._output = None
            return
        self._printed += len(data)
        self._said = (self._said + data)[-_KEPT_OUTPUT:]
        if self._printed > self._limits.output_kb << 10:
            raise WorkerFault(Fault.OUTPUT, f"it printed more than {self._limits.output_kb:,} kB")

    def _died(self) -> WorkerFault:
        """Why there is nobody at the other end."""
        with contextlib.suppress(WorkerFault, OSError):
            while self._output is not None and select.select([self._output], [], [], 0)[0]:
                self._listen()
        try:
            self._check_folder()  # what fills a disk often dies of it
        except WorkerFault as fault:
            return fault
        hung_up = self._nursery.alive and not self._gone()
        status = self.close()
        if status is None:
            return WorkerFault(Fault.DIED, "the process that started it has ended")
        if hung_up:
            return WorkerFault(Fault.DIED, "it closed what it answers through")
        code = os.waitstatus_to_exitcode(status)
        if code == NOT_CONFINED:
            return WorkerFault(Fault.UNCONFINED, self.said.strip()[-200:] or "for no known reason")
        if code == -signal.SIGXCPU:
            return WorkerFault(Fault.TIME, "it used up its processor time")
        if code < 0:
            return WorkerFault(Fault.DIED, f"it was ended by signal {-code} ({_named(-code)})")
        return WorkerFault(Fault.DIED, f"it ended itself with code {code}")

    def _gone(self) -> bool:
        """Whether it has ended, or does so in the next moment."""
        for _ in range(_LAST_LOOKS):
            try:
                with open(f"/proc/{self.pid}/stat", "rb") as file:  # noqa: PTH123
                    if file.read().rpartition(b")")[2].split()[0] in {b"Z", b"X"}:
                        return True
            except (OSError, IndexError):
                return True  # no such process any more, or no such file system
            time.sleep(_TICK)
        return False

    def close(self) -> int | None:
        """End it and delete its folder. May be called again.

        :returns: Its status as of ``waitpid``, the first time.
        """
        if self._ended:
            return None
        self._ended = True
        status = self._nursery.end(self.pid)
        self._connection.close()
        if self._output is not None:
            os.close(self._output)
            self._output = None
        remove(self.folder)
        return status


def _named(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
