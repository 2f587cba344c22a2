"""Judging measurements: what a gate looks like and how gates add up to a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from freqgen.evaluation.evaluator import Measurement


class Decision(StrEnum):
    """What may happen with a strategy."""

    ALLOW = "allow"
    """It goes to ``user_data/strategies/``."""
    REVIEW = "review"
    """It waits for somebody to approve or reject it."""
    DENY = "deny"
    """It stays a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The judgement of one gate.

    :param passed: Whether it has no objection.
    :param value: What was measured, or ``None`` where there was nothing to measure.
    :param limit: What it was held against.
    :param reason: A sentence for the user, also when it passed.
    :param otherwise: The decision it asks for when it did not pass.
    """

    name: str
    passed: bool
    value: float | str | None
    limit: float | str | None
    reason: str
    otherwise: Decision = Decision.REVIEW

    def to_dict(self) -> dict[str, Any]:
        """The result as the command line's JSON has it."""
        return {
            "name": self.name,
            "passed": self.passed,
            "value": self.value,
            "limit": self.limit,
            "reason": self.reason,
        }


class Gate(Protocol):
    """Judges; never measures. Registered with ``register_gates``."""

    @property
    def name(self) -> str:
        """Unique, hyphenated, as in ``never-trades``."""
        ...

    def judge(self, measurements: Mapping[str, Measurement]) -> GateResult:
        """Judge a strategy by its measurements, keyed by the evaluator's name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all gates together decided."""

    decision: Decision
    gates: tuple[GateResult, ...]

    @classmethod
    def of(cls, gates: Iterable[GateResult]) -> Verdict:
        """Take the strictest decision that any gate asks for."""
        results = tuple(gates)
        asked = {result.otherwise for result in results if not result.passed}
        for decision in (Decision.DENY, Decision.REVIEW):
            if decision in asked:
                return cls(decision=decision, gates=results)
        return cls(decision=Decision.ALLOW, gates=results)
