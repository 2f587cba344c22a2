"""What the user asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from freqgen.exceptions import BriefError

MAX_BRIEF_CHARACTERS = 20_000
"""A brief longer than this is a document, not an idea."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A trading idea in words, with what was said beside the words.

    :param text: The idea. Stripped; never empty.
    :param name: Class name wanted for the strategy, or ``None`` to have one chosen.
    :param constraints: Fields of a design that were given beside the text and that win over
        it: ``timeframe``, ``can_short``, or keys of ``risk``.
    :param trading: What else was given beside the text and is no field of a design:
        ``direction`` (``long``, ``short`` or ``both``), and for the backtest ``pairs``,
        ``stake_amount`` and ``dry_run_wallet``. Prompts say it to models.
    """

    text: str
    name: str | None = None
    constraints: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    trading: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        name: str | None = None,
        constraints: Mapping[str, Any] | None = None,
        trading: Mapping[str, Any] | None = None,
    ) -> Brief:
        """Make a brief of what a user typed.

        :raises BriefError: If it is empty, or far too long.
        """
        text = text.strip()
        if not text:
            raise BriefError(
                "the brief is empty",
                hint='say when to buy, as in: freqgen generate "Buy when RSI(14) is below 30. '
                'Sell when RSI rises above 70. 1h candles."',
            )
        if len(text) > MAX_BRIEF_CHARACTERS:
            raise BriefError(
                f"the brief has {len(text):,} characters; "
                f"at most {MAX_BRIEF_CHARACTERS:,} are read",
                hint="keep the rules for entry, exit and risk, and leave out the rest",
            )
        return cls(
            text=text,
            name=name,
            constraints=MappingProxyType(dict(constraints or {})),
            trading=MappingProxyType(dict(trading or {})),
        )
