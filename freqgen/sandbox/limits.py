"""What a worker may use, and what became of one that used more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TRIAL_SECONDS = 20.0
"""What one trial of a strategy may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """What one worker may use.

    :param seconds: Wall clock, from its start to its last answer; its processor time too.
    :param memory_mb: Resident memory, what it shares with its parent included, in megabytes.
    :param disk_mb: All files of its folder together, in megabytes.
    :param output_kb: What it may print, in kilobytes.
    :param message_mb: One answer, in megabytes.
    """

    seconds: float = 60.0
    memory_mb: int = 2048
    disk_mb: int = 64
    output_kb: int = 1024
    message_mb: int = 512


class Fault(StrEnum):
    """What was wrong with a worker."""

    TIME = "time"
    """It did not end in time."""
    MEMORY = "memory"
    """It took more memory than its limit."""
    DISK = "disk"
    """It filled its folder."""
    OUTPUT = "output"
    """It printed without end."""
    DIED = "died"
    """It ended before it answered: by itself, by a crash, or killed."""
    NONSENSE = "nonsense"
    """It answered what is no answer."""
    UNCONFINED = "unconfined"
    """It could not be confined, so the code was not run."""


class WorkerFault(Exception):
    """A worker did not do what it was there for. Never raised for what a strategy merely says.

    :param fault: What was wrong.
    :param detail: The same in a few words for a person, as in ``ended by signal 11``.
    """

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = detail
