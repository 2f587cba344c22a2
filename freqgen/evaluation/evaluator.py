"""What a measurement of a strategy looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from freqgen.draft import ValidatedDraft
    from freqgen.evaluation.engine import BacktestResult
    from freqgen.validation.laboratory import Laboratory


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationContext:
    """What an evaluator may use.

    :param backtest: Runs Freqtrade's own backtest of a draft over the period that was asked
        for. Asking again for the same draft costs nothing.
    :param laboratory: Runs a draft's code in the sandbox; ``None`` where it cannot.
    """

    backtest: Callable[[ValidatedDraft], BacktestResult]
    laboratory: Laboratory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Numbers about a strategy. JSON values only.

    :param name: Name of the evaluator.
    :param values: What it measured, documented by the evaluator.
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class Evaluator(Protocol):
    """Measures; never judges. Registered with ``register_evaluators``.

    One with a true attribute ``on_request`` measures only where the setting ``evaluators``
    names it.
    """

    @property
    def name(self) -> str:
        """Unique; the key of its values in ``measurements``."""
        ...

    def measure(self, draft: ValidatedDraft, context: EvaluationContext) -> Measurement:
        """Measure a strategy.

        :raises EvaluationError: If it cannot be measured.
        """
        ...
