"""What validators say: findings, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """Blocks: the draft does not pass."""
    WARNING = "warning"
    """Is shown and recorded, and blocks nothing."""


class Phase(Enum):
    """When a validator runs. Phases run in this order; an error ends the phases after it."""

    PARSE = "parse"
    STRUCTURE = "structure"
    TYPES = "types"
    BEHAVIOUR = "behaviour"
    """What running it in the sandbox showed; only what passed the phases before is run."""
    EVALUATION = "evaluation"
    """After all validators: what measuring a strategy showed."""

    @property
    def order(self) -> int:
        """Position in the sequence of phases, from 0."""
        return list(Phase).index(self)


_BREAKS = re.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]")
_LONGEST = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Text to put in place of a part of the source.

    :param start: Offset of the part's first character, from 0.
    :param end: Offset after its last character; the same as ``start`` to insert.
    :param text: What is to stand there.
    """

    start: int
    end: int
    text: str

    @classmethod
    def between(cls, before: str, after: str) -> Edit:
        """The smallest single edit that turns one text into another."""
        shorter = min(len(before), len(after))
        same = next((i for i in range(shorter) if before[i] != after[i]), shorter)
        rest = shorter - same
        tail = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
        return cls(start=same, end=len(before) - tail, text=after[same : len(after) - tail])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a validator saw.

    :param code: Stable code such as ``FG101``; documented in the findings reference.
    :param severity: Whether it blocks.
    :param phase: The phase that saw it.
    :param message: What is wrong, in a sentence.
    :param hint: What to write instead; may be empty.
    :param line: Line in the source, from 1, or ``None`` for the file as a whole.
    :param column: Column in the line, from 1, or ``None``.
    :param edits: What mends it, where one answer is right: changes of the source that was
        checked, which do not overlap. All of them together, or none.
    """

    code: str
    severity: Severity
    phase: Phase
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        """Keep the message to a line: names that a draft chose may be in it, of any length."""
        message = " ".join(self.message.split()) if _BREAKS.search(self.message) else self.message
        if len(message) > _LONGEST:
            message = message[: _LONGEST - 3] + "..."
        object.__setattr__(self, "message", message)

    @property
    def fixable(self) -> bool:
        """Whether freqgen can mend it by itself."""
        return bool(self.edits)

    def to_dict(self) -> dict[str, Any]:
        """The finding as the command line's JSON has it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "phase": self.phase.value,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
            "fixable": self.fixable,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """Read back what :meth:`to_dict` gave; a fix is not among it."""
        return cls(
            code=str(data["code"]),
            severity=Severity(data["severity"]),
            phase=Phase(data["phase"]),
            message=str(data["message"]),
            hint=str(data["hint"]),
            line=data["line"],
            column=data["column"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings of one draft, in order of phase, line and code.

    :param timings: Seconds spent per phase.
    """

    findings: tuple[Finding, ...] = ()
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def passed(self) -> bool:
        """Whether no finding blocks."""
        return not self.blocking

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that block."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)
