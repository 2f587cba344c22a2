"""Runs mypy for another process: ``python -P worker.py``.

It reads the libraries once and forks for each text that it is asked to check. So a check begins
with all that is known and leaves nothing behind, whatever the text makes of mypy; several run at
once; and what one may cost is held to by the kernel.

A line of JSON on the standard input says what to read, ``{"cache", "stubs", "usual", "seconds"}``,
and is answered by ``{"ready"}`` or ``{"failed"}``. Each further line is a text,
``{"id", "source", "seconds"}``, answered in whatever order they finish: ``{"id", "messages"}``
as mypy gives them, ``{"id", "limit"}`` where time, memory or depth were not enough, or
``{"id", "failed"}``. The process ends when the one that started it is gone.

It imports nothing of freqgen's but ``warm.py`` beside it, by its path, out of reach of the modules
that lie in anybody's current folder.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import selectors
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

MEMORY_BYTES = 3 * 1024**3
"""Address space that mypy may use; a usual check takes a tenth of it."""

WALL = 4
"""Seconds that may pass for each of processor time that a check is given."""

_BEYOND: dict[type[BaseException], str] = {
    MemoryError: "memory",
    OverflowError: "memory",
    RecursionError: "depth",
}
"""What is wanting when mypy fails with an exception."""

_TIME = -getattr(signal, "SIGXCPU", 24)


class Checks(Protocol):
    """What is asked of ``warm.Libraries``."""

    def check(self, source: str) -> list[str]:
        """What mypy says of a draft."""
        ...


def _beside(name: str) -> Any:
    """The module of that name in this file's folder."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"freqgen_types_{name}", path)
    assert spec is not None  # noqa: S101  (a path that ends in .py has a loader)
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Slow:
    """Checks that read the libraries anew: for a mypy whose inner parts are others.

    :param cache: Folder of mypy's cache.
    :param stubs: Corrected stubs by the path of those that they stand in for.
    """

    def __init__(self, cache: str, stubs: dict[str, str]) -> None:
        self._cache, self._stubs = cache, stubs

    def check(self, source: str) -> list[str]:
        """What mypy says of a draft.

        :raises RuntimeError: If it fails without saying anything about it.
        """
        output, errors, status = _beside("warm").plain(self._cache, self._stubs, source)
        messages = [line for line in output.splitlines() if line.startswith("{")]
        if errors or (status and not messages):
            reason = (errors or output).strip().splitlines()
            for kind, what in _BEYOND.items():
                if f"\n{kind.__name__}" in errors:
                    raise kind(what)
            raise RuntimeError(reason[-1] if reason else f"status {status}")
        return messages


def answer(source: str, quick: Checks, slow: Checks) -> dict[str, Any]:
    """What is said of one text."""
    try:
        try:
            return {"messages": quick.check(source)}
        except tuple(_BEYOND):
            raise
        except (Exception, SystemExit):  # noqa: BLE001  (a mypy whose inner parts are others)
            return {"messages": slow.check(source)}
    except tuple(_BEYOND) as exc:
        return {"limit": next(what for kind, what in _BEYOND.items() if isinstance(exc, kind))}
    except (Exception, SystemExit) as exc:  # noqa: BLE001  (told to whoever asks)
        return {"failed": f"{type(exc).__name__}: {exc}"}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # pragma: no cover  (not on Windows)
        return
    # Some systems know the limit but refuse to set it, and some users have a lower one.
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _limit_time(seconds: int | None) -> None:
    """Be ended by the kernel after ``seconds`` more of processor time; never if ``None``."""
    try:
        import resource
    except ImportError:  # pragma: no cover  (not on Windows)
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard if seconds is None else int(used.ru_utime + used.ru_stime) + 1 + seconds
    with contextlib.suppress(OSError, ValueError):
        limit = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


@contextlib.contextmanager
def ended_with_the_other(pipe: int) -> Iterator[None]:
    """Be ended by the kernel when the other end of ``pipe`` is closed meanwhile.

    A signal for the parent's end (``PR_SET_PDEATHSIG``) would come too early: Linux sends it
    when the *thread* ends that started this process.
    """
    try:
        import fcntl

        asynchronous = fcntl.FASYNC
    except (ImportError, AttributeError):  # pragma: no cover  (not on Linux or macOS)
        yield
        return
    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags | asynchronous)
    try:
        yield
    finally:
        fcntl.fcntl(pipe, fcntl.F_SETFL, flags)


@dataclass(slots=True)
class _Run:
    """One check in its process.

    :param until: When it is to be over, by the monotonic clock.
    """

    id: int
    pid: int
    pipe: int
    until: float
    said: bytearray = field(default_factory=bytearray)
    overdue: bool = False


class Server:
    """Answers until nobody asks any more.

    :param asked: Where texts come from.
    :param answers: Where answers go.
    """

    def __init__(self, asked: int, answers: IO[bytes], quick: Checks, slow: Checks) -> None:
        self._asked, self._answers = asked, answers
        self._quick, self._slow = quick, slow
        self._selector = selectors.DefaultSelector()
        self._runs: dict[int, _Run] = {}

    def serve(self, begun: bytes = b"") -> None:
        """Answer.

        :param begun: What was read already of the next line.
        """
        self._selector.register(self._asked, selectors.EVENT_READ)
        waiting = bytearray(begun)
        try:
            while True:
                *lines, rest = bytes(waiting).split(b"\n")
                waiting = bytearray(rest)
                for line in lines:
                    self._start(json.loads(line))
                for key, _ in self._selector.select(self._pause()):
                    if key.fd != self._asked:
                        self._hear(self._runs[key.fd])
                        continue
                    part = os.read(self._asked, 1 << 20)
                    if not part:
                        return
                    waiting += part
                self._end_the_overdue()
        finally:
            for run in self._runs.values():
                os.kill(run.pid, signal.SIGKILL)

    def _pause(self) -> float | None:
        ends = [run.until for run in self._runs.values() if not run.overdue]
        return max(min(ends) - time.monotonic(), 0.0) if ends else None

    def _start(self, request: dict[str, Any]) -> None:
        ours, theirs = os.pipe()
        try:
            pid = os.fork()
        except OSError as exc:
            os.close(ours)
            os.close(theirs)
            self._tell({"id": request["id"], "failed": f"no process can be started: {exc}"})
            return
        if pid == 0:
            for pipe in (ours, *self._runs):  # held open here, they would seem to be read
                os.close(pipe)
            self._check(request, theirs)
        os.close(theirs)
        until = time.monotonic() + request["seconds"] * WALL
        self._runs[ours] = _Run(request["id"], pid, ours, until)
        self._selector.register(ours, selectors.EVENT_READ)

    def _check(self, request: dict[str, Any], pipe: int) -> None:
        """Check one text in this process, which was made for it, and end."""
        status = 1
        try:
            # Whoever asks must see that the worker has ended, though this one runs.
            nothing = os.open(os.devnull, os.O_RDWR)
            for other in (self._asked, self._answers.fileno()):
                os.dup2(nothing, other)
            _limit_time(request["seconds"])
            with ended_with_the_other(pipe):
                said = answer(request["source"], self._quick, self._slow)
            left = memoryview(json.dumps(said).encode())
            while left:
                left = left[os.write(pipe, left) :]
            status = 0
        finally:
            os._exit(status)

    def _hear(self, run: _Run) -> None:
        part = os.read(run.pipe, 1 << 20)
        run.said += part
        if part:
            return
        self._selector.unregister(run.pipe)
        os.close(run.pipe)
        del self._runs[run.pipe]
        status = os.waitstatus_to_exitcode(os.waitpid(run.pid, 0)[1])
        self._tell({"id": run.id} | _ended(run, status))

    def _end_the_overdue(self) -> None:
        for run in self._runs.values():
            if not run.overdue and time.monotonic() >= run.until:
                run.overdue = True
                os.kill(run.pid, signal.SIGKILL)

    def _tell(self, said: dict[str, Any]) -> None:
        self._answers.write(json.dumps(said).encode() + b"\n")
        self._answers.flush()


def _ended(run: _Run, status: int) -> dict[str, Any]:
    """What a process has said, or why it has said nothing."""
    if status == 0:
        said: dict[str, Any] = json.loads(run.said)
        return said
    if run.overdue or status == _TIME:
        return {"limit": "time"}
    if status < 0:  # killed for want of memory, by the system or by mypy's own stack
        return {"limit": "memory"}
    return {"failed": f"a check ended with status {status}"}


def _read_libraries(request: dict[str, Any]) -> tuple[Checks | None, str]:
    """What checks drafts quickly, or why there is nothing."""
    try:
        warm = _beside("warm")
        return warm.Libraries(request["cache"], request["stubs"], request["usual"]), ""
    except (Exception, SystemExit) as exc:  # noqa: BLE001  (told to whoever asks)
        return None, f"{type(exc).__name__}: {exc}"


def main() -> None:
    """Serve the process that started this one."""
    _limit_memory()
    # What libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    begun = bytearray()
    while b"\n" not in begun:
        part = os.read(0, 1 << 20)
        if not part:
            return
        begun += part
    line, _, begun = begun.partition(b"\n")
    request = json.loads(line)
    _limit_time(request["seconds"])
    with ended_with_the_other(0):
        quick, why = _read_libraries(request)
    _limit_time(None)
    if quick is None:
        quick = Slow(request["cache"], request["stubs"])
    answers.write(json.dumps({"failed": why} if why else {"ready": True}).encode() + b"\n")
    answers.flush()
    with answers:
        # Beside others that read the cache, none may write it.
        slow = Slow(os.devnull, request["stubs"])
        Server(0, answers, quick, slow).serve(bytes(begun))


if __name__ == "__main__":
    main()
