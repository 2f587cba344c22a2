"""Source text of a strategy on its way to being trusted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NewType


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Python source of one strategy, not yet trusted.

    :param class_name: Name of the strategy class, which is also the name of its file.
    :param source: The whole file.
    :param origin: Who wrote it, as in ``compiler`` or ``anthropic:claude``; empty for a file.
    """

    class_name: str
    source: str
    origin: str = ""

    @property
    def sha256(self) -> str:
        """Hex digest of the source."""
        return hashlib.sha256(self.source.encode()).hexdigest()


ScreenedDraft = NewType("ScreenedDraft", Draft)
"""A draft in which the static phases found nothing that blocks.

Minted by :mod:`freqgen.validation.runner` alone; the only thing that may be run at all.
"""

ValidatedDraft = NewType("ValidatedDraft", Draft)
"""A draft that may be measured: screened, and proved harmless or compiled by freqgen itself.

Minted by :mod:`freqgen.validation.runner` alone; the only thing that evaluators accept.
"""
