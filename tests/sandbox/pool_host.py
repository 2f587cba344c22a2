"""Has bad workers at work, in a process of its own, and prints as JSON what became of them.

``python pool_host.py FOLDER`` runs every worker of :data:`BAD`; ``python pool_host.py FOLDER
parents`` starts two that wait, prints whom to end, and waits.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from freqgen.sandbox.channel import Channel, encode
from freqgen.sandbox.limits import WorkerFault, WorkerLimits
from freqgen.sandbox.pool import Nursery, Worker

LIMITS = WorkerLimits(seconds=20, memory_mb=700, disk_mb=16, output_kb=64, message_mb=8)
MEGABYTE = b"x" * (1 << 20)
PATIENT = {
    "never_returns",
    "sleeps",
    "ignores_signals",
    "closed_folders",
    "says_half_of_it",
    "does_not_listen",
}
"""Those that do nothing else than use up their time."""
JOBS: dict[str, Callable[[Channel], object]] = {}


def bad(work: Callable[[Channel], object]) -> Callable[[Channel], object]:
    """A job by its name."""
    JOBS[work.__name__] = work
    return work


def raw(channel: Channel, data: bytes) -> None:
    """Write to the other end what is no message."""
    channel._connection.sendall(data)


def forever() -> NoReturn:
    while True:
        pass


def sleep() -> NoReturn:
    while True:
        time.sleep(60)


@bad
def never_returns(channel: Channel) -> None:
    forever()


@bad
def sleeps(channel: Channel) -> None:
    sleep()


@bad
def ignores_signals(channel: Channel) -> None:
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    forever()


@bad
def fills_memory(channel: Channel) -> None:
    held = []
    while True:
        held.append(bytearray(MEGABYTE))


@bad
def takes_memory_at_once(channel: Channel) -> None:
    held = np.ones(150 << 20)  # 1.2 GB
    channel.send({"op": "has", "bytes": held.nbytes})
    sleep()


@bad
def two_large_files(channel: Channel) -> None:
    with Path("large").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 15 << 20)
        with Path("other").open("wb") as other:
            os.posix_fallocate(other.fileno(), 0, 15 << 20)
    sleep()


@bad
def a_file_past_its_limit(channel: Channel) -> None:
    with Path("large").open("wb") as file:
        file.writelines([MEGABYTE] * 100)


@bad
def large_files(channel: Channel) -> None:
    for number in range(1000):
        Path(f"large-{number}").write_bytes(MEGABYTE)
    sleep()


@bad
def files_without_a_name(channel: Channel) -> None:
    held = []
    for _ in range(10):
        held.append(Path("hidden").open("wb"))  # noqa: SIM115  (it stays open)
        Path("hidden").unlink()
        held[-1].write(MEGABYTE * 4)
        held[-1].flush()
    sleep()


@bad
def files_that_are_only_mapped(channel: Channel) -> None:
    """Closed and deleted, so that no folder and no open file tells of them."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    for number in range(3):
        file = Path(f"mapped-{number}")
        file.write_bytes(b"x" * (1 << 20))
        with file.open("rb") as stream:
            assert libc.mmap(None, 4096, 1, 2, stream.fileno(), 0)
        file.unlink()
    sleep()


@bad
def says_too_much_in_all(channel: Channel) -> None:
    while True:
        channel.send({"op": "more"}, b"x" * (7 << 20))


@bad
def many_files(channel: Channel) -> None:
    for number in range(25_000):
        Path(f"small-{number}").touch()
    sleep()


@bad
def sparse_files(channel: Channel) -> None:
    for number in range(50):
        with Path(f"sparse-{number}").open("wb") as file:
            file.truncate(15 << 20)
    channel.send({"op": "made"})


@bad
def deep_folders(channel: Channel) -> None:
    for _ in range(3000):
        Path("deeper").mkdir()
        os.chdir("deeper")
    channel.send({"op": "made"})


@bad
def closed_folders(channel: Channel) -> None:
    os.umask(0o777)
    Path("closed").mkdir()
    Path("other").mkdir()
    sleep()


@bad
def prints_without_end(channel: Channel) -> None:
    while True:
        print("x" * 1000)


@bad
def prints_without_line(channel: Channel) -> None:
    while True:
        os.write(2, b"x" * 4096)


@bad
def crashes(channel: Channel) -> None:
    ctypes.string_at(0)


@bad
def exits(channel: Channel) -> None:
    os._exit(0)


@bad
def kills_itself(channel: Channel) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@bad
def says_garbage(channel: Channel) -> None:
    raw(channel, b"\x00" * 12 + b"\xff" * 100)
    sleep()


@bad
def says_it_will_say_much(channel: Channel) -> None:
    raw(channel, (5).to_bytes(4, "little") + (1 << 63).to_bytes(8, "little"))
    sleep()


@bad
def says_more_than_it_may(channel: Channel) -> None:
    channel.send({"op": "much"}, bytes(9 << 20))
    sleep()


@bad
def says_half_of_it(channel: Channel) -> None:
    raw(channel, encode({"op": "whole"}, b"payload")[:-3])
    sleep()


@bad
def hangs_up(channel: Channel) -> None:
    channel.close()
    sleep()


@bad
def does_not_listen(channel: Channel) -> None:
    sleep()


@bad
def has_threads_that_go_on(channel: Channel) -> None:
    for _ in range(5):
        threading.Thread(target=forever, daemon=True).start()
    channel.send({"op": "started"})


@bad
def has_threads_that_hold_it_up(channel: Channel) -> None:
    for _ in range(5):
        threading.Thread(target=sleep).start()


@bad
def raises(channel: Channel) -> None:
    raise ValueError("said on purpose")


@bad
def raises_its_limits(channel: Channel) -> None:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most * 4, most * 4))
    channel.send({"op": "raised", "more": resource.getrlimit(resource.RLIMIT_FSIZE)[0] > most})


@bad
def tells(channel: Channel) -> None:
    """A sound worker."""
    channel.send(
        {
            "op": "told",
            "environment": dict(os.environ),
            "folder": str(Path.cwd()),
            "temporary": tempfile.gettempdir(),
            "descriptors": open_descriptors(),
            "numpy": float(np.random.rand()),
            "random": random.random(),
            "generator": float(np.random.default_rng().random()),
        },
        b"payload",
    )


def open_descriptors() -> list[int]:
    """Numbers that are open; they are tried, since a worker may not list them."""
    found = []
    for number in range(300):
        with contextlib.suppress(OSError):
            os.fstat(number)
            found.append(number)
    return found


@bad
def waits(channel: Channel) -> None:
    channel.send({"op": "waiting"})
    sleep()


def work(channel: Channel, job: Mapping[str, Any]) -> None:
    JOBS[job["op"]](channel)


def children(parent: int) -> list[int]:
    """Processes that a process started, dead ones that nobody asked after included."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(folder.name))
    return found


def said(worker: Worker, op: str) -> dict[str, Any]:
    """What a worker said, or what was wrong with it."""
    if op == "does_not_listen":
        for _ in range(100):
            worker.send({"op": "much"}, MEGABYTE)
    if op == "says_too_much_in_all":
        for _ in range(200):
            worker.receive()
    message = worker.receive()
    return {"head": dict(message.head), "bytes": len(message.payload)}


def outcome(nursery: Nursery, op: str) -> dict[str, Any]:
    """Have one worker at work."""
    began = time.monotonic()
    told: dict[str, Any] = {"fault": None}
    try:
        limits = replace(LIMITS, seconds=1) if op in PATIENT else LIMITS
        with nursery.start({"op": op}, limits=limits) as worker:
            try:
                told |= said(worker, op)
            finally:
                told["printed"] = worker.said
    except WorkerFault as exc:
        told |= {"fault": exc.fault.value, "detail": exc.detail}
    return told | {
        "seconds": time.monotonic() - began,
        "ended": not Path(f"/proc/{worker.pid}").exists(),
    }


def main(home: Path) -> None:
    """Run them all."""
    outside = len(list(Path("/proc/self/fd").iterdir()))
    nursery = Nursery(work, home)
    found: dict[str, Any] = {}
    for op in JOBS:
        if op in {"tells", "waits"}:
            continue
        told = outcome(nursery, op)
        told["next"] = outcome(nursery, "tells")
        told["files"] = [path.name for path in home.iterdir()]
        told["processes"] = len(children(nursery.pid))
        found[op] = told
    nursery.close()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    left = [number for number in (nursery.pid, *children(os.getpid())) if _exists(number)]
    print(json.dumps({"jobs": found, "left": left, "descriptors": descriptors - outside}))


def _exists(number: int) -> bool:
    return Path(f"/proc/{number}").exists()


def parents(home: Path) -> None:
    """Have two workers wait, and say who they and their parents are."""
    nursery = Nursery(work, home)
    workers = [nursery.start({"op": "waits"}, limits=LIMITS) for _ in range(2)]
    for worker in workers:
        worker.receive()
    told = {"creator": os.getpid(), "parent": nursery.pid, "workers": [w.pid for w in workers]}
    print(json.dumps(told), flush=True)
    for line in sys.stdin:
        # Whether workers can still be had, after what was done meanwhile.
        try:
            with nursery.start({"op": line.strip()}, limits=LIMITS) as worker:
                worker.receive()
            print(json.dumps({"alive": nursery.alive, "fault": None}), flush=True)
        except WorkerFault as exc:
            print(json.dumps({"alive": nursery.alive, "fault": exc.fault.value}), flush=True)


if __name__ == "__main__":
    if sys.argv[2:] == ["nothing-but-start"]:
        sys.exit()
    if sys.argv[2:] == ["parents"]:
        parents(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]))
