"""Runs mypy for another process, one text after the other: ``python -P worker.py``.

What it is asked comes as a line of JSON on the standard input, ``{"source", "cache", "seconds"}``,
and the answer goes as a line to the standard output: ``{"output", "errors", "status"}`` as mypy
gives them, or ``{"limit"}`` where the memory was not enough; ``{"tired"}`` asks for a fresh
process next time. The kernel ends this process when
the processor time that it was given is over, and when the process that started it is gone.

It imports nothing of freqgen's, so that it can be run by its path, out of reach of the modules
that lie in anybody's current folder.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import IO, Any

MEMORY_BYTES = 3 * 1024**3
"""Address space that mypy may use; a usual check takes a sixth of it."""

TIRED_BYTES = MEMORY_BYTES // 3
"""Address space after a check at which this process is to be replaced: mypy keeps a part of
what it has read, and the next check must have enough."""

_BEYOND = {"MemoryError": "memory", "OverflowError": "memory", "RecursionError": "depth"}
"""What is wanting when mypy fails with an exception."""


def check(source: str, cache: str) -> dict[str, Any]:
    """What mypy says of ``source``.

    The text is handed over as mypy's option ``--command``: it then lies in no file, and is
    never cached. Configuration is the ``mypy.ini`` of the current folder and no other.
    """
    from mypy import api

    # What mypy says of its own failures does not go through its interface.
    said = io.StringIO()
    try:
        with _settings_kept(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            output, errors, status = api.run(
                [
                    "--config-file=mypy.ini",
                    f"--cache-dir={cache}",
                    "--output=json",
                    "--no-error-summary",
                    "--show-traceback",
                    f"--command={source}",
                ]
            )
    except MemoryError:
        return {"limit": "memory"}
    errors += said.getvalue()
    if "INTERNAL ERROR" in errors:
        for name, what in _BEYOND.items():
            if f"\n{name}" in errors:
                return {"limit": what}
    return {"output": output, "errors": errors, "status": status}


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Put back what mypy changes in the interpreter, so that every check begins alike."""
    threshold = gc.get_threshold()
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.enable()
        sys.setrecursionlimit(limit)


def _used() -> int:
    """Bytes of address space, or of memory where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (no more imports)
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # pragma: no cover  (not on Linux)
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # pragma: no cover  (not on Windows)
        return
    # Some systems know the limit but refuse to set it, and some users have a lower one.
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _limit_time(seconds: int) -> None:
    """Be ended by the kernel after ``seconds`` more of processor time."""
    try:
        import resource
    except ImportError:  # pragma: no cover  (not on Windows)
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    with contextlib.suppress(OSError, ValueError):
        limit = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


@contextlib.contextmanager
def ended_with_the_asker(asked: IO[str]) -> Iterator[None]:
    """Be ended by the kernel when the other end of ``asked`` is closed meanwhile.

    A signal for the parent's end (``PR_SET_PDEATHSIG``) would come too early: Linux sends it
    when the *thread* ends that started this process.
    """
    try:
        import fcntl

        asynchronous = fcntl.FASYNC
    except (ImportError, AttributeError):  # pragma: no cover  (not on Linux or macOS)
        yield
        return
    flags = fcntl.fcntl(asked, fcntl.F_GETFL)
    fcntl.fcntl(asked, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(asked, fcntl.F_SETFL, flags | asynchronous)
    try:
        yield
    finally:
        fcntl.fcntl(asked, fcntl.F_SETFL, flags)


def serve(asked: IO[str], answers: IO[str]) -> None:
    """Answer until nobody asks any more."""
    for line in asked:
        request = json.loads(line)
        _limit_time(request["seconds"])
        with ended_with_the_asker(asked):
            answer = check(request["source"], request["cache"])
        answer["tired"] = _used() > TIRED_BYTES
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        gc.unfreeze()  # what mypy has read, which is let go while nobody waits for it
        gc.collect()


def main() -> None:
    """Serve the process that started this one."""
    _limit_memory()
    # What libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import mypy.api  # noqa: F401  (now, while the other process still does something else)

    with answers:
        serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
