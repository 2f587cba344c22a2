"""The log of the engine's process: to stderr, a line a record, with the last warning kept."""

from __future__ import annotations

import logging
import sys

from freqgen.evaluation.remarks import first_line


class Recorder(logging.Handler):
    """Keeps the last warning of the log and writes the log to stderr, a line a record."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        line = first_line(record.getMessage() or record.levelname)
        if record.levelno >= logging.WARNING:
            self.last = line
        print(f"{record.levelname} {record.name}: {line}", file=sys.stderr)  # noqa: T201


RECORDER = Recorder()


def last_warning() -> str:
    """Return the last thing that Freqtrade warned of, or an empty text."""
    return RECORDER.last
