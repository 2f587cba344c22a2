"""How well this machine can confine code: found out by doing it, in a process thrown away.

``python -P -m freqgen.sandbox.level FOLDER PARENT`` is that process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.sandbox import landlock
from freqgen.sandbox.confine import Policy, confine
from freqgen.sandbox.limits import WorkerFault, WorkerLimits

if TYPE_CHECKING:
    from freqgen.sandbox.channel import Channel
    from freqgen.sandbox.pool import Nursery

_FULL_SINCE, _STRONG_SINCE = 6, 3
_SECONDS = 60.0


class Level(StrEnum):
    """How much of the sandbox holds."""

    FULL = "full"
    """Files, network, signals and processes, by two layers of the kernel."""
    STRONG = "strong"
    """The same, signals and network by system calls alone."""
    PARTIAL = "partial"
    """Files can be emptied where they can be read as their owner; everything else holds."""
    NONE = "none"
    """Nothing holds: only what freqgen wrote itself is run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What holds on this machine.

    :param landlock: Version of Landlock; 0 where there is none.
    :param reason: What does not hold and why, in a sentence; empty at the full level.
    """

    level: Level
    landlock: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {"level": self.level.value, "landlock": self.landlock, "reason": self.reason}


def probe() -> Protection:
    """Confine a process, let it try what it must not do, and see what came of it."""
    if sys.platform != "linux":
        return _nothing(f"{sys.platform} has neither Landlock nor seccomp")
    if not hasattr(os, "fork"):
        return _nothing("this Python cannot fork")
    with tempfile.TemporaryDirectory(prefix="freqgen-probe-") as folder:
        command = [sys.executable, "-P", "-m", __name__, folder, str(os.getpid())]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
            said = json.loads(done.stdout)
            held, broken = int(said["landlock"]), [str(act) for act in said["possible"]]
        except subprocess.TimeoutExpired:
            return _nothing("a confined process did not answer")
        except (ValueError, KeyError, TypeError):
            told = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            return _nothing(f"a process could not be confined: {told}")
    if broken:
        return _nothing(f"a confined process could still {', '.join(broken)}")
    return judge(held)


def judge(held: int) -> Protection:
    """The level of a machine on which nothing could be done that must not be.

    :param held: Version of Landlock.
    """
    if held >= _FULL_SINCE:
        return Protection(level=Level.FULL, landlock=held, reason="")
    if held >= _STRONG_SINCE:
        reason = f"Landlock {held} leaves signals and the network to the filter of system calls"
        return Protection(level=Level.STRONG, landlock=held, reason=reason)
    if held >= 1:
        reason = f"Landlock {held} does not keep files from being emptied"
        return Protection(level=Level.PARTIAL, landlock=held, reason=reason)
    return _nothing("this kernel has no Landlock")


def _nothing(reason: str) -> Protection:
    return Protection(level=Level.NONE, landlock=0, reason=reason)


def probe_worker(nursery: Nursery) -> Protection:
    """The same with a worker, which takes milliseconds.

    :param nursery: Whose work answers the job ``probe`` with :func:`show_what_holds`.
    """
    if sys.platform != "linux":
        return _nothing(f"{sys.platform} has neither Landlock nor seccomp")
    try:
        with nursery.start({"op": "probe"}, limits=WorkerLimits(seconds=_SECONDS)) as worker:
            broken = [str(act) for act in worker.receive().head["possible"]]
    except (WorkerFault, KeyError, TypeError) as exc:
        said = exc.detail if isinstance(exc, WorkerFault) else "it answered nonsense"
        return _nothing(f"a process could not be confined: {said}")
    if broken:
        return _nothing(f"a confined process could still {', '.join(broken)}")
    return judge(landlock.version())


def show_what_holds(channel: Channel) -> None:
    """Try, as a confined worker, what it must not do, and say what was possible."""
    here = Path.cwd()
    outside = here.with_name(f"{here.name}.outside")
    channel.send({"op": "probed", "possible": _possible(here, outside)})


def _possible(folder: Path, outside: Path) -> list[str]:
    """What a confined process can do although it must not."""
    acts: dict[str, Callable[[], object]] = {
        "write outside of its folder": outside.touch,
        "read what it was not given": lambda: os.listdir("/etc"),  # noqa: PTH208
        "open a socket": socket.socket,
        "start a process": _fork,
        "run a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "send a signal": lambda: os.kill(os.getppid(), 0),
        "change what a file may do": lambda: folder.chmod(0o700),
    }
    found = []
    for what, act in acts.items():
        try:
            act()
        except OSError:
            continue
        found.append(what)
    return found


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def main(folder: Path, parent: int) -> None:
    """Confine this process, and print as JSON what holds and what does not."""
    # Beside the folder that it may write to, and not in it.
    outside = folder.with_name(f"{folder.name}.outside")
    held = confine(Policy(folder=folder, parent=parent, seconds=10))
    print(json.dumps({"landlock": held, "possible": _possible(folder, outside)}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
