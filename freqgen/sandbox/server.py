"""The warm parent: a process that has imported everything and forks a worker for each run.

It is forked itself while it has a single thread, holds no candles and no secrets, and never runs
what it forks workers for. It ends when its creator ends, and its workers end with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from freqgen.sandbox import kernel
from freqgen.sandbox.channel import Channel
from freqgen.sandbox.confine import Policy, confine, python_needs

Work: TypeAlias = Callable[[Channel, Mapping[str, Any]], None]
"""What a worker does: it gets its channel and its job, and answers on the channel."""

_REQUEST_BYTES = 1 << 16
NOT_CONFINED = 126
"""Exit code of a worker that could not be confined and therefore ran nothing."""
_LAST_WORD = 120
"""Exit code of a worker whose own code, not the strategy's, failed."""


def fork_server(work: Work) -> tuple[socket.socket, int]:
    """Fork the warm parent from this process.

    :param work: What its workers do.
    :returns: The socket to ask it for workers, and its id.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    creator = os.getpid()
    number = os.fork()
    if number == 0:
        try:
            ours.close()
            _become_server(creator)
            serve(theirs, work)
        finally:
            os._exit(0)
    theirs.close()
    return ours, number


def check_threads() -> None:
    """Refuse a fork that might hang: it copies one thread, and the locks that others hold.

    :raises RuntimeError: If this process has more than one thread.
    """
    if sys.platform == "linux" and (threads := len(os.listdir("/proc/self/task"))) != 1:  # noqa: PTH208
        raise RuntimeError(f"a process with {threads} threads cannot be forked safely")


def _become_server(creator: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != creator:
            os._exit(0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):  # what its creator talks through is not for workers
        os.dup2(nowhere, number)
    os.close(nowhere)
    python_needs()
    # Objects that are never looked at again stay on pages that are never copied.
    gc.collect()
    gc.freeze()


def serve(control: socket.socket, work: Work) -> None:
    """Fork workers until nobody asks any more; then end those that are left.

    A request is one JSON object: ``{"op": "start", "job", "policy"}`` with two descriptors, the
    worker's channel and the pipe for what it prints, is answered by ``{"pid"}``; ``{"op": "end",
    "pid"}`` kills it if need be and is answered by ``{"status"}``, as of ``waitpid``.
    """
    alive: set[int] = set()
    while True:
        try:
            data, descriptors, _, _ = socket.recv_fds(control, _REQUEST_BYTES, 2)
        except InterruptedError:
            continue
        if not data:
            break
        request = json.loads(data)
        if request["op"] == "start":
            number = os.fork()
            if number == 0:
                _work(control, request, descriptors, work)
            alive.add(number)
            for descriptor in descriptors:
                os.close(descriptor)
            answer = {"pid": number}
        else:
            answer = {"status": _end(int(request["pid"]), alive)}
        control.send(json.dumps(answer).encode())
    for number in tuple(alive):
        _end(number, alive)


def _end(number: int, alive: set[int]) -> int:
    if number not in alive:
        return 0
    alive.discard(number)
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
    return os.waitpid(number, 0)[1]


def _work(
    control: socket.socket, request: Mapping[str, Any], descriptors: list[int], work: Work
) -> NoReturn:
    """Be a worker, and end."""
    code = _LAST_WORD
    try:
        control.close()
        connection, output = descriptors
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (1, 2):
            os.dup2(output, number)
        os.close(output)
        policy = request["policy"]
        folder = Path(policy["folder"])
        os.chdir(folder)
        _forget(folder)
        if policy["confined"]:
            try:
                confine(
                    Policy(
                        folder=folder,
                        parent=int(policy["parent"]),
                        descriptors=(0, 1, 2, connection),
                        seconds=int(policy["seconds"]),
                        file_mb=int(policy["file_mb"]),
                        memory_mb=int(policy["memory_mb"]),
                    )
                )
            except OSError as exc:
                os.write(1, f"{exc}\n".encode())  # into the pipe, for the message
                os._exit(NOT_CONFINED)
        channel = Channel(socket.socket(fileno=connection))
        work(channel, request["job"])
        code = 0
    except (EOFError, BrokenPipeError, ConnectionError):
        code = 0  # nobody is interested any more
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _forget(folder: Path) -> None:
    """Keep nothing of the parent that differs from run to run or is nobody's business."""
    zone = os.environ.get("TZ")
    os.environ.clear()
    os.environ.update(
        HOME=str(folder),
        TMPDIR=str(folder),
        MPLCONFIGDIR=str(folder),
        PATH="/usr/bin:/bin",
        LANG="C.UTF-8",
    )
    if zone is not None:
        os.environ["TZ"] = zone
    tempfile.tempdir = None  # it is remembered from the first time that somebody asked
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:  # forks would all draw the same numbers
        numpy.random.seed()
