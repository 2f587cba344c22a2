"""Runs mypy on source texts, in a process of its own, and looks after its cache."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from freqgen_types import stubs
from freqgen_types.child import Child, Ended

SECONDS = 60
"""Processor time that the check of one draft may take. A usual one takes a tenth of one."""

FIRST_SECONDS = 300
"""The same for reading all libraries."""

LOCK_SECONDS = 90.0
"""Longest wait for another process that writes the cache; then this one does without."""

MOST = 4
"""Most checks at once, each of which may take as much memory as it is allowed."""

# What drafts import. Its types are read before the first draft.
USUAL = """\
import abc, bisect, calendar, cmath, collections.abc, contextlib, copy, dataclasses, datetime
import decimal, enum, fractions, functools, heapq, itertools, json, logging, math, numbers
import operator, random, re, statistics, string, textwrap, time, types, typing, warnings, zoneinfo

import numpy as np
import numpy.typing
import pandas as pd
import pandas.api
import pandas_ta
import talib
import talib.abstract as ta
import talib.stream
import technical.consensus
import technical.indicators
import technical.pivots_points
import technical.util
import typing_extensions
from freqtrade import exchange, exceptions
from freqtrade.constants import Config
from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import RunMode
from freqtrade.persistence import Trade
from freqtrade.strategy import IntParameter, IStrategy
from numpy.lib import stride_tricks
from technical import qtpylib
"""

_TYPED = (
    "mypy",
    "freqtrade",
    "ft-pandas-ta",
    "numpy",
    "pandas",
    "pandas-stubs",
    "ta-lib",
    "technical",
)
_FILE_WIDE = re.compile(r"^(#[ \t]*)mypy(?=[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_MARK = "read"
_LINE = re.compile(r"\btype(?=\s*:\s*ignore\b)", re.IGNORECASE)


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
    """Checks texts, those of several threads side by side.

    All use the process that the first one starts, with the cache that the first one names.
    """

    def __init__(self) -> None:
        self._child: Child | None = None
        self._starting = threading.Lock()
        self._free = threading.BoundedSemaphore(_processors())

    def close(self) -> None:
        """End the process that runs mypy; the next check starts another."""
        with self._starting:
            if self._child is not None:
                self._child.stop()
            self._child = None

    def check(self, source: str, cache: Path) -> list[Message]:
        """Check ``source`` as a file of its own.

        Comments that silence mypy have no effect. The first check reads the libraries, which
        takes a second, or half a minute where there is no cache yet; later ones take a tenth.

        :param cache: Folder of the cache, made if need be. Where it cannot be written, or
            another process keeps it for long, the libraries are read without.
        :raises CheckLimit: If the text needs more time or memory than a check may take.
        :raises RuntimeError: If mypy fails without saying anything about the source.
        """
        text = unsilenced(source)
        with self._free:
            child = self._running(cache, None)
            try:
                return list(_messages(child.ask(text, SECONDS)))
            except Ended:
                # Somebody or the system has ended it, which need not happen twice.
                child = self._running(cache, child)
            try:
                return list(_messages(child.ask(text, SECONDS)))
            except Ended:
                raise RuntimeError("the process that runs mypy was ended twice") from None

    def _running(self, cache: Path, ended: Child | None) -> Child:
        """The process, started unless it runs.

        :param ended: One that is of no use any more.
        """
        with self._starting:
            if self._child is ended and ended is not None:
                ended.stop()
                self._child = None
            if self._child is None:
                self._child = _start(cache / _versions())
            return self._child


def _processors() -> int:
    try:
        found = len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover  (not on macOS)
        found = os.cpu_count() or 1
    return min(found, MOST)


def _start(folder: Path) -> Child:
    """A process that has read the libraries.

    :param folder: Where to keep what does not change with the drafts.
    """
    mark = folder / _MARK
    if mark.is_file():
        with suppress(OSError):
            child = _with_cache(folder)
            if child.quick:
                return child
            # A cache that was damaged stops mypy. Reading all anew mends that; what else may be
            # wrong makes checks slow, and nothing more.
            child.stop()
            mark.unlink(missing_ok=True)
    with _kept_for_us(folder) as ours:
        if ours:
            with suppress(OSError):  # a disk that is full
                return _fill(folder, mark)
    nowhere = Path(os.devnull)
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="freqgen-types-") as temporary:
        return Child(nowhere, stubs.correct(Path(temporary)), USUAL, FIRST_SECONDS)
    return Child(nowhere, {}, USUAL, FIRST_SECONDS)


def _with_cache(folder: Path) -> Child:
    return Child(folder / "cache", _stubs(folder), USUAL, FIRST_SECONDS)


def _fill(folder: Path, mark: Path) -> Child:
    """A process that fills the cache, unless another one has done so meanwhile.

    :raises OSError: If it cannot be written.
    """
    if not mark.is_file():
        for name in ("cache", "stubs"):  # what somebody was stopped at
            shutil.rmtree(folder / name, ignore_errors=True)
    child = _with_cache(folder)
    if child.quick:
        with suppress(OSError):
            mark.touch()
    return child


def _stubs(folder: Path) -> dict[str, str]:
    """The corrected stubs, written the first time."""
    there = folder / "stubs.json"
    with suppress(OSError, ValueError):
        found: dict[str, str] = json.loads(there.read_text(encoding="utf-8"))
        if all(Path(own).is_file() for own in found.values()):
            return found
    own = folder / "stubs"
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    found = stubs.correct(own)
    there.write_text(json.dumps(found), encoding="utf-8")  # last, so that it means all
    return found


def _messages(output: Iterable[str]) -> Iterator[Message]:
    for line in output:
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
    found += [config.read_text(encoding="utf-8"), str(stubs.VERSION)]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]


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
