"""Checks that run a strategy, in the sandbox: whether it runs, and whether it can be believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Evaluator, Validator


@hookimpl
def register_validators(register: Callable[[Validator], None]) -> None:
    """Register the checks, which share the runs of a strategy."""
    from freqgen_behaviour.alive import Alive
    from freqgen_behaviour.causal import Causal
    from freqgen_behaviour.faithful import Faithful
    from freqgen_behaviour.latency import Latency
    from freqgen_behaviour.loads import LoadsAndRuns
    from freqgen_behaviour.warmup import WarmUp

    register(LoadsAndRuns())
    register(Causal())
    register(WarmUp())
    register(Faithful())
    register(Alive())
    register(Latency())


@hookimpl
def register_evaluators(register: Callable[[Evaluator], None]) -> None:
    """Register the profile."""
    from freqgen_behaviour.profile import ProfileEvaluator

    register(ProfileEvaluator())
