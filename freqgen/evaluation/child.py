"""The engine's own process: reads requests as JSON lines, answers as JSON lines.

It loads no strategy: it forks the warm parent of the workers that do, once, after it imported
Freqtrade and before it has a second thread.

``python -m freqgen.evaluation.child`` is started by
:class:`freqgen.evaluation.process.EngineProcess` alone. It ends when its parent ends: at the
end of its standard input, or when it has a new parent.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import queue
import resource
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from freqgen.exceptions import FreqgenException, StrategyFault
from freqgen.sandbox.folder import remove
from freqgen.sandbox.server import check_threads

if TYPE_CHECKING:
    from freqgen.evaluation.runner import Runner

_CHECK_PARENT_EVERY = 1.0  # seconds
_OFTEN_IMPORTED = (
    "pandas_ta",
    "technical.indicators",
    "technical.util",
    "technical.qtpylib",
    "freqtrade.vendor.qtpylib.indicators",
    "scipy.signal",
    "scipy.stats",
)
_LAST_MOMENTS = 2.0  # seconds
SWITCH_SECONDS = 0.0005
"""How long a thread goes on where others wait."""


def limit_memory(megabytes: int) -> None:
    """Limit what this process can allocate, without counting what it merely maps.

    Address space would count reserved memory and shared libraries, most of a gigabyte before
    the first candle.
    """
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_first(source: int, parent: int) -> tuple[str | None, bytes]:
    """Wait for the first request without a thread of its own.

    :returns: The request, ``None`` if the parent is gone; and what came behind it.
    """
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    rest = read_requests(requests, source, parent, most=1)
    return requests.get(), rest


def read_requests(
    requests: queue.SimpleQueue[str | None],
    source: int,
    parent: int,
    pending: bytes = b"",
    most: int | None = None,
) -> bytes:
    """Put lines in a queue, and ``None`` after the last: when the parent is gone.

    :param source: File descriptor to read from.
    :param parent: Id of the process that writes there.
    :param pending: What was read already.
    :param most: How many lines to read; by default all.
    :returns: What was read behind the last line.
    """
    while True:
        *lines, pending = pending.split(b"\n", -1 if most is None else most)
        for line in lines:
            requests.put(line.decode())
        if most is not None and lines:
            return pending
        ready, _, _ = select.select([source], [], [], _CHECK_PARENT_EVERY)
        block = os.read(source, 1 << 20) if ready else b""
        if os.getppid() != parent or (ready and not block):
            requests.put(None)
            return b""
        pending += block


def describe(exc: FreqgenException) -> dict[str, Any]:
    """Put an error in a form that crosses to the parent."""
    told: dict[str, Any] = {
        "type": type(exc).__name__,
        "message": exc.message,
        "hint": exc.hint,
    }
    if isinstance(exc, StrategyFault):
        told["finding"] = exc.finding.to_dict()
    return told


class Service:
    """Answers requests: ``prepare`` once, then any number of others."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._closing = False

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carry a request out.

        :returns: ``{"id", "ok": true, "result"}`` or ``{"id", "ok": false, "error"}``.
        """
        try:
            result = self._carry_out(request)
        except FreqgenException as exc:
            return {"id": request["id"], "ok": False, "error": describe(exc)}
        return {"id": request["id"], "ok": True, "result": result}

    @property
    def usable(self) -> bool:
        """Whether workers can be had for what is asked next."""
        return self._runner is None or self._runner.nursery.alive

    def watch(self) -> None:
        """Wait for the warm parent to end, and end with it unless that was asked for."""
        if self._runner is None:
            return
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, self._runner.nursery.pid, os.WEXITED | os.WNOWAIT)
        if not self._closing:
            give_up()

    def close(self) -> None:
        """End the warm parent and its workers."""
        self._closing = True
        if self._runner is not None:
            self._runner.nursery.close()

    def _carry_out(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if request["op"] == "prepare":
            from freqgen.evaluation.runner import Runner

            self._runner = Runner(request["options"])
            return {}
        if self._runner is None:
            raise ValueError(f"{request['op']} before prepare")
        if request["op"] == "protection":
            held = self._runner.protection
            return {"level": held.level.value, "landlock": held.landlock, "reason": held.reason}
        if request["op"] == "rehearse":
            from freqgen.evaluation.rehearsal import rehearse

            return rehearse(self._runner, request["rehearse"])
        return self._runner.backtest(request["backtest"])


def serve(
    replies: TextIO, requests: queue.SimpleQueue[str | None], service: Service | None = None
) -> None:
    """Answer requests until there are no more."""
    service = service or Service()
    while (line := requests.get()) is not None:
        reply_to(line, service, replies)


def reply_to(line: str, service: Service, replies: TextIO) -> None:
    """Answer one request."""
    reply = service.answer(json.loads(line))
    if not service.usable:
        give_up()
    replies.write(json.dumps(reply, allow_nan=False) + "\n")
    replies.flush()


def give_up() -> NoReturn:
    """End at once: a process with threads cannot have another warm parent, a new one can."""
    print("the process that starts workers has ended", file=sys.stderr, flush=True)  # noqa: T201
    os._exit(1)


def main(arguments: list[str]) -> None:
    """Run the process.

    :param arguments: The limit of memory in megabytes, the id of the parent, and the folder
        that is this process's alone. A parent that is well deletes it, after it ended this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # While one thread simulates, others only pass on what workers say, and should not wait for it.
    sys.setswitchinterval(SWITCH_SECONDS)
    limit_memory(int(arguments[0]))
    parent = int(arguments[1])
    # What Freqtrade prints must not end up between the replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    service = Service()

    def leave() -> None:
        service.close()
        remove(Path(arguments[2]))
        os.killpg(0, signal.SIGKILL)  # with the warm parent and its workers

    import_what_workers_need()
    first, rest = read_first(0, parent)
    if first is None:
        leave()
    check_threads()
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        read_requests(requests, 0, parent, rest)
        # A run that is still going on has nobody left to report to.
        time.sleep(_LAST_MOMENTS)
        leave()

    with contextlib.suppress(BrokenPipeError):  # the parent is gone
        reply_to(str(first), service, replies)
        threading.Thread(target=read, daemon=True).start()
        threading.Thread(target=service.watch, daemon=True).start()
        serve(replies, requests, service)
    leave()


def import_what_workers_need() -> None:
    """Import what strategies import, once for all workers."""
    import freqtrade.optimize.backtesting  # noqa: F401
    import talib.abstract  # noqa: F401

    import freqgen.evaluation.rehearsal
    import freqgen.evaluation.runner
    import freqgen.evaluation.trial  # noqa: F401

    for name in _OFTEN_IMPORTED:
        with contextlib.suppress(ImportError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(name)
    # Nothing of it is ever garbage, and to look through it takes 0.15 s each time.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(sys.argv[1:])
