"""Runs mypy on one source text, in a process of its own, and looks after its cache."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from freqgen_types.child import Child

SECONDS = 60
"""Processor time that the check of one draft may take. A usual one takes less than one."""

FIRST_SECONDS = 300
"""The same for reading all libraries, when there is no cache yet."""

LOCK_SECONDS = 20.0
"""Longest wait for another process that writes the cache; then this one does without."""

# What drafts import. Its types are read before the first draft, which may then take SECONDS.
_USUAL = """\
import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import IntParameter, IStrategy
from technical import qtpylib
"""

_TYPED = ("mypy", "freqtrade", "pandas", "pandas-stubs", "numpy", "ta-lib", "technical")
_FILE_WIDE = re.compile(r"^(#[ \t]*)mypy(?=[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"\btype(?=\s*:\s*ignore\b)", re.IGNORECASE)
_MARK = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that mypy says.

    :param line: From 1.
    :param column: From 1.
    :param code: mypy's own code, such as ``attr-defined``.
    :param hint: Its notes, such as the signature that was expected.
    """

    line: int
    column: int
    code: str
    text: str
    hint: str = ""


class Checker:
    """Checks one text after the other. Safe to share between threads, which take turns."""

    def __init__(self) -> None:
        self._child = Child()
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process that runs mypy; the next check starts another."""
        with self._lock:
            self._child.stop()

    def check(self, source: str, cache: Path) -> list[Message]:
        """Check ``source`` as a file of its own.

        Comments that silence mypy have no effect. The first check fills the cache, which takes
        some seconds; later ones take a few tenths.

        :param cache: Folder of the cache, made if need be. Where it cannot be written, or
            another process keeps it for long, the check does without, in its own time.
        :raises CheckLimit: If the text needs more time or memory than a check may take.
        :raises RuntimeError: If mypy fails without saying anything about the source.
        """
        with self._lock:
            self._child.start()  # which imports mypy while the versions are looked up here
            folder = cache / _versions()
            with _kept_for_us(folder) as ours:
                if not ours:
                    return self._run(source, None)
                try:
                    self._fill(folder)
                    return self._run(source, folder / "cache")
                except RuntimeError:
                    # A cache that was cut off while it was written stops mypy. What else may
                    # stop it lies in the source, and then the cache is as good as before.
                    messages = self._run(source, None)
                    _forget(folder)
                    return messages

    def _fill(self, folder: Path) -> None:
        """Read the libraries, unless the cache has them."""
        mark = folder / _MARK
        if mark.is_file() and (folder / "cache").is_dir():
            return
        self._child.ask(_USUAL, folder / "cache", FIRST_SECONDS)
        try:
            mark.touch()
        except OSError:
            return  # the next process reads them again

    def _run(self, source: str, cache: Path | None) -> list[Message]:
        seconds = FIRST_SECONDS if cache is None else SECONDS
        output, errors, status = self._child.ask(
            unsilenced(source), cache or Path(os.devnull), seconds
        )
        messages = list(_messages(output))
        if errors or (status and not messages):
            reason = (errors or output).strip().splitlines()
            raise RuntimeError(f"mypy failed: {reason[-1] if reason else f'status {status}'}")
        return messages


def _messages(output: str) -> Iterator[Message]:
    for line in output.splitlines():
        try:
            data = json.loads(line)
        except json.JSONDecodeError:
            continue
        if data["severity"] == "error" and data["file"] == "<string>":
            yield Message(
                line=max(data["line"], 1),
                column=data["column"] + 1,
                code=data["code"] or "misc",
                text=data["message"],
                hint=data["hint"] or "",
            )


def unsilenced(source: str) -> str:
    """``source`` without the comments that would silence mypy, every character in its place."""
    # mypy takes a line of a text in quotes for such a comment too.
    source = _FILE_WIDE.sub(r"\1xxxx", source)
    if not _LINE.search(source):
        return source
    lines = source.split("\n")
    for number, line in enumerate(lines):
        code, hash_, comment = line.partition("#")
        if comment:
            lines[number] = code + hash_ + _LINE.sub("xxxx", comment)
    return "\n".join(lines)


def _versions() -> str:
    """A name for the cache that changes with everything that types are read from."""
    found = [sys.version]
    for name in _TYPED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(name)
    config = Path(__file__).with_name("nowhere") / "mypy.ini"
    found.append(config.read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]


def _forget(folder: Path) -> None:
    with suppress(OSError):
        (folder / _MARK).unlink(missing_ok=True)
    shutil.rmtree(folder / "cache", ignore_errors=True)


@contextmanager
def _kept_for_us(folder: Path) -> Iterator[bool]:
    """Let one process at a time write the cache; whether this one may, and can."""
    lock = _open_lock(folder)
    if lock is None:
        yield False
        return
    try:
        yield _locked(lock)
    finally:
        os.close(lock)


def _open_lock(folder: Path) -> int | None:
    """The file that processes agree by, opened without changing what it may be a link to."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / "lock", flags, 0o600)
    except OSError:
        return None  # a disk that is full or read-only, a link, somebody else's folder


def _locked(lock: int) -> bool:
    """Wait for the lock, but not for ever: whoever holds it may have been stopped."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover  (not on Linux or macOS)
        return True
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        except OSError:
            return False  # a file system without locks
        else:
            return True
