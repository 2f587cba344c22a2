"""What the user asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from freqgen.exceptions import BriefError

MAX_BRIEF_CHARACTERS = 20_000
"""A brief longer than this is a document, not an idea."""


_FOR_TERMINALS = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\))")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def without_controls(text: str) -> str:
    """A text without what is meant for terminals: colours, and characters that are no sign."""
    return _CONTROL.sub(" ", _FOR_TERMINALS.sub("", text))


def without_halves(text: str) -> str:
    """A text as UTF-8 can hold it: half of a surrogate pair becomes a question mark.

    JSON can hold one, so that a model can write it; it can neither be sent nor stored.
    """
    return text.encode("utf-8", errors="replace").decode("utf-8")


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
        """Make a brief of what a user typed; control characters in it are left out.

        :raises BriefError: If it is empty, far too long, or no text.
        """
        if without_halves(text) != text:
            raise BriefError(
                "the brief has characters that are none",
                hint="write it in UTF-8; words in another encoding can go into a file that is "
                "converted, as in: iconv -f latin1 -t utf-8 FILE",
            )
        text = without_controls(text).strip()
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
