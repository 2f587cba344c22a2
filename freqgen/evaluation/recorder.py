"""The log of the engine's process: to stderr, a line a record."""

from __future__ import annotations

import logging
import sys

from freqgen.evaluation.remarks import first_line


class Recorder(logging.Handler):
    """Writes the log to stderr, a line a record."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        line = first_line(record.getMessage() or record.levelname)
        print(f"{record.levelname} {record.name}: {line}", file=sys.stderr)  # noqa: T201


RECORDER = Recorder()
