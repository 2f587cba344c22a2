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

_NAME = re.compile(r"[A-Za-z]\w*")


def only_short(brief: Brief) -> bool:
    """Whether a brief rules out longs."""
    return brief.trading.get("direction") == "short"


def shorts_only(result: DesignResult, catalogue: Catalogue) -> DesignResult:
    """The same design without its rules for longs, and without what only they used.

    :raises BriefError: If it has no rule that enters short.
    """
    design = result.design
    if not design.entry_short:
        raise BriefError(
            "shorts alone were asked for, and no rule that enters short was found",
            hint='say when to go short, as in "Short when RSI(14) is above 70", '
            "or leave --direction out",
        )
    if not (design.entry_long or design.exit_long):
        return result
    # What it says of itself was said of a strategy with longs.
    gone = {"entry_long": [], "exit_long": [], "kind": "other", "hypothesis": ""}
    data: dict[str, Any] = {**design.to_data(), **gone}
    used = _used(data)
    before = _used(design.to_data())
    # What no rule used before was put there by the provider, who is told so by the advice.
    for field, key in (("indicators", "id"), ("parameters", "name")):
        data[field] = [one for one in data[field] if one[key] in used or one[key] not in before]
    gone_rules = design.entry_long + design.exit_long
    kept_rules = design.entry_short + design.exit_short
    reading = without_side(result.reading, "long", gone=gone_rules, kept=kept_rules)
    reading = replace(
        reading,
        defaults=(
            *reading.defaults,
            "The rules for longs were left out, because longs were ruled out.",
        ),
    )
    return replace(result, checked=check_design(Design.from_data(data), catalogue), reading=reading)


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
