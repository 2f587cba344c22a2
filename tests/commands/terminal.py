"""A real terminal of a process: what it shows, and keys to press."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from time import monotonic
from types import TracebackType
from typing import Self

ENTER, DOWN, UP, CTRL_C, CTRL_D, CLEAR = "\r", "\x1b[B", "\x1b[A", "\x03", "\x04", "\x15"

_WHERE = "\x1b[6n"
"""By which a program asks where the cursor is."""

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")

# The terminal becomes the process's own, so that its Ctrl-C interrupts it.
_BEGIN = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


class Terminal:
    """A Python process that runs on a terminal of its own, 40 lines of 160 characters.

    :param arguments: What follows ``python`` on the command line.
    :param seconds: How long to wait for anything at most.
    """

    def __init__(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: str, seconds: float = 90.0
    ) -> None:
        self._seconds = seconds
        self._screen, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**env, "TERM": "xterm"},
            cwd=cwd,
        )
        os.close(theirs)
        self._raw = ""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    @property
    def text(self) -> str:
        """All that was shown, without what terminals obey and empty lines."""
        return re.sub(r"\n\s*\n", "\n", _CODES.sub("", self._raw))

    def shows(self, words: str) -> bool:
        """Whether words were shown; spaces do not count, which a cursor may only jump over."""
        return _close(words) in _close(self.text)

    def wait_for(self, words: str) -> None:
        """Wait until words are shown that were not waited for before."""
        deadline = monotonic() + self._seconds
        while (found := _close(self.text).find(_close(words), self._seen)) < 0:
            if not self._read(deadline):
                raise AssertionError(f"{words!r} did not come; there is:\n{self.text}")
        self._seen = found + len(_close(words))

    def press(self, keys: str) -> None:
        """Press keys, as soon as the process can read them one by one."""
        os.write(self._screen, keys.encode())

    def answer(self, question: str, keys: str = "") -> None:
        """Wait for a question, and answer it."""
        self.wait_for(question)
        self.press(keys + ENTER)

    def ended(self) -> int:
        """Wait until the process ends, and give its exit code."""
        deadline = monotonic() + self._seconds
        while self._read(deadline):
            pass
        return self._process.wait(max(1.0, deadline - monotonic()))

    def _read(self, deadline: float) -> bool:
        """Read what comes next; whether there was anything before the deadline and the end."""
        ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._screen, 65536)
        except OSError:  # Linux's way to say that nobody has the terminal any more
            return False
        text = data.decode("utf-8", "replace")
        self._raw += text
        for _ in range(text.count(_WHERE)):
            os.write(self._screen, b"\x1b[1;1R")
        return bool(data)


def _close(text: str) -> str:
    return "".join(text.split())
