"""The side that a user wants alone, held against a design.

That there shall be no shorts is a field of a design, ``can_short``. That there shall be no longs
is not one: their rules are taken out of what the provider answered.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from freqgen.design.checked import check_design
from freqgen.design.model import Design
from freqgen.exceptions import BriefError
from freqgen.generation.overridden import without_side

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.design.indicators import Catalogue
    from freqgen.generation.designer import DesignResult

_NAMED = (("indicators", "id"), ("parameters", "name"))
_NAME = re.compile(r"[A-Za-z]\w*")


def only_short(brief: Brief) -> bool:
    """Whether a brief rules out longs."""
    return brief.trading.get("direction") == "short"


def shorts_only(result: DesignResult, catalogue: Catalogue) -> DesignResult:
    """The same design without its rules for longs, and without what only they used.

    :raises BriefError: If it has no rule that enters short.
    """
    return one_side(result, catalogue, "short")


def one_side(result: DesignResult, catalogue: Catalogue, side: str) -> DesignResult:
    """The same design for one side alone, without what only the other one used.

    :param side: ``long`` or ``short``.
    :raises BriefError: If it has no rule that enters it.
    """
    design = result.design
    other = "long" if side == "short" else "short"
    rules = design.to_data()
    if not design.entries(side):
        raise BriefError(
            f"{side}s alone were asked for, and no rule that enters {side} was found",
            hint=_ENTER[side],
        )
    gone_rules = [*design.entries(other), *_exits(design, other)]
    kept_rules = [*design.entries(side), *_exits(design, side)]
    data: dict[str, Any] = {**rules, "can_short": side == "short"}
    if not gone_rules:
        if data == rules:
            return result
        checked = check_design(Design.from_data(data), catalogue)
        return replace(result, checked=checked)
    # What it says of itself was said of a strategy with both sides.
    data |= {f"entry_{other}": [], f"exit_{other}": [], "kind": "other", "hypothesis": ""}
    if design.in_words is not None:
        words = design.in_words.model_dump()
        data["in_words"] = {**words, f"entry_{other}": [], f"exit_{other}": []}
    used = _used(data)
    before = _used(rules)
    # Words may use what no rule does.
    if _worded(design, side):
        before = used
    elif _worded(design, other):
        before = {one[key] for field, key in _NAMED for one in data[field]}
    # What no rule used before was put there by the provider, who is told so by the advice.
    for field, key in _NAMED:
        data[field] = [one for one in data[field] if one[key] in used or one[key] not in before]
    reading = without_side(result.reading, other, gone=gone_rules, kept=kept_rules)
    reading = replace(
        reading,
        defaults=(
            *reading.defaults,
            f"The rules for {other}s were left out, because {other}s were ruled out.",
        ),
    )
    return replace(result, checked=check_design(Design.from_data(data), catalogue), reading=reading)


def _worded(design: Design, side: str) -> bool:
    return any(design.words(f"{move}_{side}") for move in ("entry", "exit"))


def _exits(design: Design, side: str) -> tuple[str, ...]:
    """What exits a side: its rules, and its conditions in words."""
    return (*getattr(design, f"exit_{side}"), *design.words(f"exit_{side}"))


_ENTER = {
    "short": 'say when to go short, as in "Short when RSI(14) is above 70", '
    "or leave --direction out",
    "long": 'say when to buy, as in "Buy when RSI(14) is below 30", or leave --direction out',
}


def _used(data: dict[str, Any]) -> set[str]:
    """Names that the expressions of a design lead to, through sources of indicators too."""
    lists = (data[name] for name in ("entry_long", "exit_long", "entry_short", "exit_short"))
    expressions = [rule for rules in lists for rule in rules]
    expressions += [data["risk"]["target"] or ""]
    used = {name for expression in expressions for name in _NAME.findall(expression)}
    # A source is an earlier indicator, so that one look from the last to the first is enough.
    for indicator in reversed(data["indicators"]):
        if indicator["id"] in used:
            sources = indicator["source"] or ()
            named = (sources,) if isinstance(sources, str) else sources
            # A source may be one output of an indicator, as in bb.lower.
            used |= {source.partition(".")[0] for source in named}
    return used
