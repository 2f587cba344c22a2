"""Judgements of measurements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Gate


@hookimpl
def register_gates(register: Callable[[Gate], None]) -> None:
    """Register the gates."""
    from freqgen_gates.trades import TradesGate

    register(TradesGate())
