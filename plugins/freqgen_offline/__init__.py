"""Providers that need no model and no network.

``offline`` reads a brief in plain English into a design; ``compiler`` turns a design into the
strategy that a careful person would write for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Provider


@hookimpl
def register_providers(register: Callable[[Provider], None]) -> None:
    """Register the providers ``offline`` and ``compiler``."""
    from freqgen_offline.providers import CompilerProvider, OfflineProvider

    register(OfflineProvider())
    register(CompilerProvider())
