"""Which words of a brief are not used, because something else was said beside it.

A provider that reads says of each part what it means, and for a field of a design it says the
field and its value, as in ``stoploss -0.02``. Where the brief's constraints say another value, the
part was understood and is not used, which the user is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.generation.provider import Reading, Span

IN_PLACE = ", in whose place "
LEFT_OUT = "left out"
"""How a meaning begins of a part that a provider itself has left out."""

_SAME = {"take_profit": ("roi",)}
"""Fields that are another way to say the one that was given."""


def without_overridden(reading: Reading, brief: Brief) -> Reading:
    """The reading, with the parts that the brief's constraints replace set apart.

    Doing it again, with other constraints, begins with the reading as it was.
    """
    if brief.constraints.get("can_short") is False:
        reading = without_side(reading, "short", left_out=True)
    read: list[Span] = []
    gone: list[Span] = []
    before = [span for span in reading.overridden if IN_PLACE in span.meaning]
    for span in sorted([*reading.read, *before], key=lambda one: one.start):
        meaning = span.meaning.partition(IN_PLACE)[0]
        instead = [_instead(name, told, brief.constraints) for name, told in _settings(meaning)]
        if any(instead):
            told = ", ".join(dict.fromkeys(filter(None, instead)))
            meaning += f"{IN_PLACE}{told} is used"
        used = not instead or not all(instead)
        (read if used else gone).append(replace(span, meaning=meaning))
    kept = [span for span in reading.overridden if IN_PLACE not in span.meaning]
    return replace(
        reading,
        read=tuple(read),
        overridden=tuple(sorted([*kept, *gone], key=lambda one: one.start)),
    )


def without_side(
    reading: Reading,
    side: str,
    *,
    gone: Sequence[str] = (),
    kept: Sequence[str] = (),
    left_out: bool = False,
) -> Reading:
    """The reading, with the parts set apart that belong to a side that is not traded.

    :param side: ``long`` or ``short``.
    :param gone: The rules of that side.
    :param kept: The rules of the other one.
    :param left_out: Whether the provider itself has left out the rules of that side.
    """
    entry, either = f"entry_{side}", {f"entry_{side}", f"exit_{side}"}
    apart = {
        number
        for number, span in enumerate(reading.read)
        if (left_out and span.meaning.startswith(LEFT_OUT))
        or (span.meaning and _within(span.meaning, gone) and not _within(span.meaning, kept))
    }
    for number, span in enumerate(reading.read):
        # "exit after 24 hours" ends the trades of both sides, "cover when" belongs to its rule.
        if span.meaning == entry or (
            set(span.meaning.split(" and ")) <= either and apart & {number - 1, number + 1}
        ):
            apart.add(number)
    why = f"{side}s are not traded"
    moved = [
        replace(one, meaning=why if one.meaning.startswith(LEFT_OUT) else f"{one.meaning}: {why}")
        for number, one in enumerate(reading.read)
        if number in apart
    ]
    return replace(
        reading,
        read=tuple(one for number, one in enumerate(reading.read) if number not in apart),
        overridden=tuple(sorted([*reading.overridden, *moved], key=lambda one: one.start)),
    )


def _within(meaning: str, rules: Sequence[str]) -> bool:
    """Whether a condition is a part of rules, blanks left aside."""
    wanted = "".join(meaning.split())
    return any(wanted in "".join(rule.split()) for rule in rules)


@cache
def _fields() -> frozenset[str]:
    from freqgen.design.risk import Risk

    return frozenset({"timeframe", *Risk.model_fields})


def _settings(meaning: str) -> list[tuple[str, str]]:
    """Fields and values of a meaning; none where it is anything else."""
    names = "|".join(sorted(_fields()))
    parts = re.split(rf", (?=(?:{names}) )", meaning)
    found = [part.partition(" ") for part in parts]
    if all(name in _fields() and value for name, _, value in found):
        return [(name, value) for name, _, value in found]
    return []


def _instead(name: str, told: str, constraints: Mapping[str, Any]) -> str:
    """What was said in place of a field's value; empty where nothing else was."""
    for given in (name, *(one for one, others in _SAME.items() if name in others)):
        if given not in constraints:
            continue
        value = constraints[given]
        if value is None:
            if given == name:
                return f"no {given}"
            continue
        if given != name or not _equal(told, value):
            return f"{given} {_told(value)}"
    return ""


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return f"{value}"


def _equal(told: str, value: Any) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(told) == float(value)
        except ValueError:
            return False
    return told == _told(value)
