"""Other processes, seen from outside."""

from __future__ import annotations

import os
import select
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Running:
    """A process that somebody else started."""

    pid: int
    arguments: str
    _handle: int

    def wait(self, seconds: float = 60.0) -> None:
        """Wait for its end; it is a failure if it does not come."""
        ended, _, _ = select.select([self._handle], [], [], seconds)
        os.close(self._handle)
        assert ended, f"still running: {self.arguments}"


def running_with(*words: str) -> list[Running]:
    """Processes whose command line holds all of some words, in order of their start."""
    listed = subprocess.run(
        ["ps", "-e", "-ww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = []
    for line in listed.splitlines():
        pid, state, arguments = line.split(maxsplit=2)
        if not state.startswith("Z") and all(word in arguments for word in words):
            try:
                found.append(Running(int(pid), arguments, os.pidfd_open(int(pid))))
            except ProcessLookupError:
                continue
    return found
