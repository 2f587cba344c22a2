"""Who writes the code of a design: the compiler all that rules can say, a model the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from freqgen.design.model import Design
from freqgen.exceptions import DesignError
from freqgen.generation.provider import ModelAddress


def coder_for(
    design: Design,
    *,
    chosen: str | None,
    setting: str,
    designers: Iterable[str],
    writes_rules_only: Callable[[ModelAddress], bool],
) -> ModelAddress:
    """Who is to write the code of a design.

    The setting is for what rules can say. Where a design says conditions in words, and the
    setting names a provider that writes rules only, the model that made the design writes its
    code too: it knows what it meant, and its key was there.

    :param chosen: What the user asked for, this time; it is never replaced by another.
    :param setting: What the user's settings say.
    :param designers: Models to go to, the first that can, as in ``openai:gpt-5``; empty texts
        are left out.
    :param writes_rules_only: Whether a provider can do no more than compile.
    :raises DesignError: If nobody is there who could, with what to do.
    """
    address = ModelAddress.parse(chosen or setting)
    if not design.worded or not writes_rules_only(address):
        return address
    if chosen is None:
        for designer in filter(None, designers):
            other = ModelAddress.parse(designer)
            if not writes_rules_only(other):
                return other
    raise DesignError(
        f'"{address}" compiles rules, and this is said in words: "{design.worded[0]}"',
        path="in_words",
        hint="ask a model for the code with --code-model provider:model, or say it in rules "
        "and leave in_words out",
    )
