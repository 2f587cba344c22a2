"""Runs mypy on one source text, in this process."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

MODULE = "freqgen_draft"
"""Name of the module that every draft is checked as, so that none of it stays in the cache."""

# Freqtrade has no py.typed. Following all of freqtrade.* fails inside mypy; these are what a
# strategy sees.
_CONFIG = """\
[mypy]
check_untyped_defs = True
follow_imports = silent
ignore_missing_imports = True
warn_no_return = True
incremental = True

[mypy-freqtrade.strategy.*,freqtrade.persistence.*,freqtrade.enums.*,freqtrade.constants,\
freqtrade.data.dataprovider,technical.*]
follow_untyped_imports = True
"""

_TYPED = ("mypy", "freqtrade", "pandas", "pandas-stubs", "numpy", "ta-lib", "technical")
_SILENCING = re.compile(r"(#.*?\btype\s*:\s*)ignore\b|(#\s*)mypy(?=\s*:)", re.IGNORECASE)

# mypy keeps state in module globals and changes the interpreter's settings while it runs.
_lock = threading.Lock()


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


def run_mypy(source: str, cache: Path) -> list[Message]:
    """Check ``source`` as a file of its own.

    Comments that silence mypy have no effect. The first run fills the cache, which takes some
    seconds; later ones take a few tenths. Safe to call from several threads and processes.

    :param cache: Folder of the cache, made if need be.
    :raises RuntimeError: If mypy fails without saying anything about the source.
    """
    folder = cache / _versions()
    with _lock, _settings_kept():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _between_processes(folder / "lock"):
                return _run(source, folder / "cache")
        except (RuntimeError, OSError, sqlite3.Error):
            # A cache that was cut off while it was written, or that cannot be written at all,
            # stops mypy. It is an aid: the next run makes a new one, and this one does without.
            shutil.rmtree(folder / "cache", ignore_errors=True)
            return _run(source, Path(os.devnull))


def _run(source: str, cache: Path) -> list[Message]:
    from mypy import api

    with tempfile.TemporaryDirectory(prefix="freqgen-types-") as temporary:
        config = Path(temporary, "mypy.ini")
        config.write_text(_CONFIG, encoding="utf-8")
        file = Path(temporary, f"{MODULE}.py")
        file.write_text(unsilenced(source), encoding="utf-8", newline="")
        output, errors, status = api.run(
            [
                f"--config-file={config}",
                f"--cache-dir={cache}",
                "--output=json",
                "--no-error-summary",
                str(file),
            ]
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
        if data["severity"] == "error" and Path(data["file"]).stem == MODULE:
            yield Message(
                line=max(data["line"], 1),
                column=data["column"] + 1,
                code=data["code"] or "misc",
                text=data["message"],
                hint=data["hint"] or "",
            )


def unsilenced(source: str) -> str:
    """``source`` without the comments that would silence mypy, every character in its place."""
    return _SILENCING.sub(lambda m: f"{m[1]}xxxxxx" if m[1] else f"{m[2]}xxxx", source)


def _versions() -> str:
    """A name for the cache that changes with everything that types are read from."""
    found = [sys.version]
    for name in _TYPED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(name)
    return hashlib.sha256("\n".join((*found, _CONFIG)).encode()).hexdigest()[:16]


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Put back what mypy changes in the interpreter."""
    threshold = gc.get_threshold()
    limit = sys.getrecursionlimit()
    collecting = gc.isenabled()
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


@contextmanager
def _between_processes(path: Path) -> Iterator[None]:
    """Let one process at a time write the cache, where the system can tell."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover  (not on Linux or macOS)
        yield
        return
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
