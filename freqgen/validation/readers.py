"""Several processes that read drafts at the same time, seen from the one that started them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import weakref
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.validation.reader import report_from_dict

if TYPE_CHECKING:
    from freqgen.draft import Draft

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from freqgen.validation.reader import main; main()"
)
"""Imports what this process would, whatever lies in its current folder."""


class ReadersUnavailable(Exception):
    """No process can be started that has the same validators."""


class _Reader:
    """One process, for one thread at a time. It starts when it is first asked."""

    def __init__(self, setup: bytes) -> None:
        self._setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        self.names: Collection[str] = ()
        """The validators that it has."""

    def ask(self, request: bytes) -> dict[str, Any] | int:
        """Send a line and wait for the answer, or for the code that the process ended with.

        :raises ReadersUnavailable: If it cannot be started.
        """
        process = self._started()
        answer = _exchange(process, request)
        if answer is not None:
            return answer
        code = process.wait()
        self.close()
        return code

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            return self._process
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, json.dumps(_path())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(sys.executable).anchor or None,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is for this process, which ends the other
            )
        except OSError as exc:
            raise ReadersUnavailable from exc
        self._end = weakref.finalize(self, _stop, self._process)
        answer = _exchange(self._process, self._setup)
        if answer is None:
            self.close()
            raise ReadersUnavailable
        self.names = frozenset(answer["validators"])
        return self._process


class Readers:
    """As many processes as were asked for, each for the next draft that comes.

    Safe to use from several threads, which wait for a process that is free.

    :param count: How many.
    :param disabled: Plugins to leave out.
    :param cache_dir: A folder that survives between runs.
    """

    def __init__(self, count: int, *, disabled: Sequence[str], cache_dir: Path) -> None:
        setup = json.dumps({"disabled": list(disabled), "cache_dir": str(cache_dir)})
        self._all = [_Reader(setup.encode() + b"\n") for _ in range(count)]
        self._free: queue.LifoQueue[_Reader] = queue.LifoQueue()
        self.closed = False
        """Whether nothing more is read."""
        for reader in self._all:
            self._free.put(reader)

    def read(self, draft: Draft, validators: Sequence[str]) -> Report:
        """What the phases parse and structure find in a draft.

        :param validators: Their names.
        :raises ReadersUnavailable: If no process has them, or after :meth:`close`.
        """
        request = {
            "class_name": draft.class_name,
            "source": draft.source,
            "validators": list(validators),
        }
        line = json.dumps(request).encode() + b"\n"
        reader = self._free.get()
        try:
            if self.closed:
                raise ReadersUnavailable
            answer = reader.ask(line)
            if isinstance(answer, int):
                if self.closed or set(validators) - {*reader.names}:
                    raise ReadersUnavailable
                # The system ends processes too where memory is short, which need not happen twice.
                answer = reader.ask(line)
            if isinstance(answer, int) and self.closed:
                raise ReadersUnavailable
        finally:
            self._free.put(reader)
        return _died(answer) if isinstance(answer, int) else report_from_dict(answer)

    def close(self) -> None:
        """End all processes; who waits for one gets an error."""
        self.closed = True
        for reader in self._all:
            reader.close()


def _died(code: int) -> Report:
    """What is said of a draft whose reading ended the process twice: it has not passed."""
    how = f"signal {-code}" if code < 0 else f"code {code}"
    finding = Finding(
        code="FG002",
        severity=Severity.ERROR,
        phase=Phase.STRUCTURE,
        message=f"the process that read the file ended with {how}",
        hint="this is a fault of a validator, or the machine ran out of memory; -j 1 reads the "
        "file without such a process",
    )
    return Report(findings=(finding,))


def _path() -> list[str]:
    """Where this process finds modules, without the current folder of the moment."""
    return [entry for entry in sys.path if entry]


def _exchange(process: subprocess.Popen[bytes], line: bytes) -> dict[str, Any] | None:
    """Send a line and wait for one; ``None`` if the process ends first."""
    stdin, stdout = process.stdin, process.stdout
    try:
        if stdin is None or stdout is None:
            return None
        stdin.write(line)
        stdin.flush()
        answer = stdout.readline()
        return dict(json.loads(answer)) if answer.endswith(b"\n") else None
    except (OSError, ValueError):  # it has ended, or was ended by another thread
        return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
