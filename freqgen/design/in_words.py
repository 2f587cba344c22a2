"""What a design says in words, because no expression can: a divergence, a pattern of many candles.

Words narrow the list that they stand in. So what rules can say stays comparable, candle by candle:
code may leave signals of its rules out, and may add none.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_SENTENCES = 10
"""Far more conditions than a person can read beside the rules of a list."""


_HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""What Python calls printable and nobody sees: fillers, joiners and selectors of variants."""

_FEWEST = 8
"""Letters and digits; in some languages a sentence has no blanks and few signs."""


def _check_sentence(text: str) -> str:
    if any(not character.isprintable() for character in text) or _HIDDEN.search(text):
        raise ValueError("it has line breaks or characters that nobody sees; write one sentence")
    if sum(map(str.isalnum, text)) < _FEWEST:
        raise ValueError(f'"{text}" is no condition that somebody could code; say it in a sentence')
    return text


Sentence = Annotated[str, Field(max_length=500), AfterValidator(_check_sentence)]
"""One condition, exact enough to be coded."""

Sentences = Annotated[list[Sentence], Field(max_length=MAX_SENTENCES)]


class InWords(BaseModel):
    """Conditions that no expression can say, for a model that writes code.

    Those of a list narrow its rules: the code signals where all of both hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry_long: Sentences = Field(default_factory=list)
    exit_long: Sentences = Field(default_factory=list)
    entry_short: Sentences = Field(default_factory=list)
    exit_short: Sentences = Field(default_factory=list)

    def of(self, rule_list: str) -> tuple[str, ...]:
        """The conditions of a list, as in ``entry_long``."""
        return tuple(getattr(self, rule_list))

    def all(self) -> tuple[str, ...]:
        """The conditions of all lists."""
        return (*self.entry_long, *self.exit_long, *self.entry_short, *self.exit_short)
