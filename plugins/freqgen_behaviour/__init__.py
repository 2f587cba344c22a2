"""Checks that run a strategy, in the sandbox: whether it runs, and whether it can be believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Validator


@hookimpl
def register_validators(register: Callable[[Validator], None]) -> None:
    """Register the checks, which share the runs of a strategy."""
    from freqgen_behaviour.causal import Causal
    from freqgen_behaviour.loads import LoadsAndRuns

    for validator in (LoadsAndRuns(), Causal()):
        register(validator)
