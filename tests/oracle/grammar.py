"""Templates of rules, from which :mod:`tests.oracle.designs` makes random ones.

``x`` is a name of a series whose range is unknown, so it is compared with its own past: such
rules fire on some candles and not on others, whatever ``x`` is. ``n`` is a window, ``k`` a few
candles, ``b`` a count, ``z`` a threshold in standard deviations; thresholds are such that a window
with two values only, as informative series have, does not lie on them exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

ANY_SERIES = (
    "{x} > mean({x}, {n})",
    "{x} < mean({x}, {n})",
    "crosses_above({x}, mean({x}, {n}))",
    "crosses_below({x}, mean({x}, {n}))",
    "rising({x}, {k})",
    "falling({x}, {k})",
    "zscore({x}, {n}) > {z}",
    "zscore({x}, {n}) <= -{z}",
    "change({x}, {k}) > 0",
    "{x} >= highest({x}, {n})",
    "{x} == lowest({x}, {n})",
    "{x} > shift(highest({x}, {n}), 1)",
    "{x} < shift(lowest({x}, {n}), 1)",
    "{x} - shift({x}, {k}) > 0.5 * std({x}, {n})",
    "bars_since({x} > shift(highest({x}, {n}), 1)) < {b}",
    "shift({x} > mean({x}, {n}), {k})",
    "lowest({x}, {n}) < {x} < highest({x}, {n})",
    "({x} - lowest({x}, {n})) / (highest({x}, {n}) - lowest({x}, {n})) < 0.25",
    "abs({x} - mean({x}, {n})) > 1.1 * std({x}, {n})",
    "min({x}, shift({x}, {k})) > mean({x}, {n})",
    "max({x}, shift({x}, 1), shift({x}, 2)) < mean({x}, {n})",
    "{x} != shift({x}, {k})",
    "not {x} > mean({x}, {n})",
    "not zscore({x}, {n}) < {z}",
    "not (rising({x}, {k}) or falling({x}, {k}))",
    "not ({x} > mean({x}, {n}) and not {x} != shift({x}, 1))",
    "-{x} * 2 + 1 < -2 * mean({x}, {n}) + 1",
    "not crosses_above({x}, mean({x}, {n})) and {x} > shift({x}, 1)",
    "not shift({x} > mean({x}, {n}), {k})",
    "not lowest({x}, {n}) < {x} <= mean({x}, {n})",
    "not bars_since(crosses_above({x}, mean({x}, {n}))) > {b}",
    "shift({x}, 2) <= shift({x}, 1) <= {x} != mean({x}, {n})",
    "not change({x}, {k}) == 0 and change({x}, {k}) < 0.05",
    "1 / ({x} - shift({x}, {k})) < -0.001 or crosses_below({x}, shift({x}, {k}))",
)

PATTERN = (
    "{x} != 0",
    "{x} == 100 or {x} == -100",
    "bars_since({x} != 0) < {b}",
    "not {x} == 0 or falling(close, {k})",
    "highest(abs({x}), {n}) > 0",
    "{x} > mean({x}, {n}) or {x} < -50",
    "not bars_since({x} < 0) <= {b}",
    "shift({x}, 1) != {x}",
)
"""Candlestick patterns are 0 on most candles, else 100 or -100 (some 200)."""

RUNNING_TOTAL = (
    "change({x}, {k}) > 0",
    "{x} - shift({x}, {k}) > 0",
    "crosses_above({x}, mean({x}, {n}))",
    "crosses_below({x}, mean({x}, {n}))",
    "{x} > mean({x}, {n})",
    "not {x} <= mean({x}, {n})",
    "mean({x}, {n}) < {x} != shift({x}, {k})",
)
"""Only where the unknown level of a running total cancels."""

CLOCK = (
    "hour() >= 8 and hour() < 20",
    "6 <= hour() <= 18",
    "weekday() < 5",
    "weekday() != 6 and not hour() == 0",
    "(hour() + 3) / 2 > 4",
)

JOINED = (
    "{a}",
    "{a} and {b}",
    "{a} or {b}",
    "({a}) and ({b} or {c})",
    "({a}) or ({b}) and not ({c})",
    "not (({a}) and ({b}))",
    "({a} or {b}) and not ({c} and {a})",
    "not (not ({a}) or ({b}) and ({c}))",
)
"""Ways to put atoms together. ``and`` binds more strongly than ``or``; atoms may hold either."""

PARAMETERS = (
    ("int", 2, 30, 12, "bars_since(crosses_above({x}, mean({x}, {n}))) < {p}"),
    ("int", 0, 20, 8, "hour() >= {p}"),
    ("decimal", 0.2, 2.5, 0.8, "zscore({x}, {n}) > {p}"),
    ("decimal", 0.9, 1.1, 0.999, "{x} > {p} * mean({x}, {n})"),
    ("real", -2.5, -0.2, -0.7, "crosses_below(zscore({x}, {n}), {p})"),
    ("real", 0.1, 2.0, 0.6, "abs({x} - mean({x}, {n})) > {p} * std({x}, {n})"),
    ("int", 2, 30, 12, "{x} > mean({x}, {n}) or {p} > 20"),
    ("int", 2, 30, 25, "{p} > 20 or rising({x}, {k})"),
    ("decimal", 0.2, 2.5, 0.8, "not ({p} < 0.5 or {x} > mean({x}, {n}))"),
    ("real", -2.5, -0.2, -0.7, "{p} < 0 and not {p} <= -2 and {x} > mean({x}, {n})"),
    ("int", 0, 20, 8, "({p} == 3 or not {p} >= 9) and hour() >= {p} or {p} * 2 > 30"),
    ("decimal", 0.9, 1.1, 0.999, "0.9 < {p} < 0.95 or {p} > 1.05 or {x} > mean({x}, {n})"),
)
"""Kind, low, high, default, and an atom that uses the parameter ``p``.

Some compare the parameter with a number: that is true, or false, for all candles."""

FACTS = (
    "{p} > {middle} or {a}",
    "{a} or not {p} > {middle}",
    "{p} != {middle} and ({a})",
)
"""Ways to put an atom beside what is the same for all candles."""


def atom(template: str, dice: Random, x: str, **more: str) -> str:
    """Fill in a template."""
    return template.format(
        x=x,
        n=dice.choice((3, 5, 8, 10, 14, 20, 30)),
        k=dice.choice((1, 2, 3)),
        b=dice.choice((3, 5, 10, 24)),
        z=dice.choice(("0.55", "0.8", "1.1", "1.45")),
        **more,
    )
