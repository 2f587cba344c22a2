"""The engine's own process: reads requests as JSON lines, answers as JSON lines.

``python -m freqgen.evaluation.child`` is started by
:class:`freqgen.evaluation.process.EngineProcess` alone. It ends when its parent ends: at the
end of its standard input, or when it has a new parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import resource
import select
import shutil
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from freqgen.exceptions import FreqgenException

if TYPE_CHECKING:
    from freqgen.evaluation.runner import Runner

_CHECK_PARENT_EVERY = 1.0  # seconds
_LAST_MOMENTS = 2.0  # seconds


def limit_memory(megabytes: int) -> None:
    """Limit what this process can allocate, without counting what it merely maps.

    Address space would count reserved memory and shared libraries, most of a gigabyte before
    the first candle.
    """
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_requests(requests: queue.SimpleQueue[str | None], source: int, parent: int) -> None:
    """Put lines in a queue, and ``None`` after the last: when the parent is gone.

    :param source: File descriptor to read from.
    :param parent: Id of the process that writes there.
    """
    pending = b""
    while True:
        ready, _, _ = select.select([source], [], [], _CHECK_PARENT_EVERY)
        block = os.read(source, 1 << 20) if ready else b""
        if os.getppid() != parent or (ready and not block):
            requests.put(None)
            return
        *lines, pending = (pending + block).split(b"\n")
        for line in lines:
            requests.put(line.decode())


def describe(exc: FreqgenException) -> dict[str, str]:
    """Put an error in a form that crosses to the parent."""
    return {"type": type(exc).__name__, "message": exc.message, "hint": exc.hint}


class Service:
    """Answers requests: ``prepare`` once, then any number of ``backtest``."""

    def __init__(self) -> None:
        self._runner: Runner | None = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carry a request out.

        :returns: ``{"id", "ok": true, "result"}`` or ``{"id", "ok": false, "error"}``.
        """
        try:
            result = self._carry_out(request)
        except FreqgenException as exc:
            return {"id": request["id"], "ok": False, "error": describe(exc)}
        return {"id": request["id"], "ok": True, "result": result}

    def _carry_out(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if request["op"] == "prepare":
            from freqgen.evaluation.runner import Runner

            self._runner = Runner(request["options"])
            return {}
        if self._runner is None:
            raise ValueError("backtest before prepare")
        return self._runner.backtest(request["backtest"])


def serve(replies: TextIO, requests: queue.SimpleQueue[str | None]) -> None:
    """Answer requests until there are no more."""
    service = Service()
    while (line := requests.get()) is not None:
        reply = service.answer(json.loads(line))
        replies.write(json.dumps(reply, allow_nan=False) + "\n")
        replies.flush()


def main(arguments: list[str]) -> None:
    """Run the process.

    :param arguments: The limit of memory in megabytes, the id of the parent, and the folder
        that is this process's alone. A parent that is well deletes it, after it ended this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(int(arguments[0]))
    # What a strategy prints must not end up between the replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        read_requests(requests, 0, int(arguments[1]))
        # A run that is still going on has nobody left to report to.
        time.sleep(_LAST_MOMENTS)
        leave()

    def leave() -> None:
        shutil.rmtree(arguments[2], ignore_errors=True)
        os.killpg(0, signal.SIGKILL)  # with whatever a strategy started

    threading.Thread(target=read, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):  # the parent is gone
        serve(replies, requests)
    leave()


if __name__ == "__main__":
    main(sys.argv[1:])
