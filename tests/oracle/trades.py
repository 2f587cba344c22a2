"""Every form of risk, with the trades that it must give, computed by hand.

:data:`CASES` is the table. :func:`differences` compares the trades that some strategy made on a
case's market (:func:`tests.oracle.market.run`) with the expected ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .case import STAKE_TOLERANCE, Case, opening
from .cases_exits import EXITS
from .cases_sizing import SIZING
from .cases_stops import STOPS
from .cases_trailing import TRAILING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .market import MadeTrade

CASES: tuple[Case, ...] = (*STOPS, *TRAILING, *EXITS, *SIZING)

TICK = 0.01


def differences(case: Case, made: Sequence[MadeTrade]) -> list[str]:
    """What is not as computed by hand, in words; empty where all is."""
    found = []
    if len(made) != len(case.trades):
        found.append(f"{len(made)} trades instead of {len(case.trades)}")
    for number, (trade, wanted) in enumerate(zip(made, case.trades, strict=False), start=1):
        pairs: list[tuple[str, object, object]] = [
            ("pair", trade.pair.split(":")[0], wanted.pair),
            ("direction", "short" if trade.is_short else "long", case.direction),
            ("opens", trade.opens, opening(wanted.opens)),
            ("closes", trade.closes, opening(wanted.closes)),
            ("reason", trade.reason, wanted.reason),
            ("leverage", trade.leverage, case.leverage),
        ]
        numbers = [
            ("open rate", trade.open_rate, wanted.open_rate, TICK / 10),
            ("close rate", trade.close_rate, wanted.close_rate, TICK / 10),
            ("stake", trade.stake, wanted.stake, wanted.stake * STAKE_TOLERANCE),
            (
                "amount",
                trade.amount,
                wanted.stake * case.leverage / wanted.open_rate,
                wanted.stake * case.leverage / wanted.open_rate * STAKE_TOLERANCE,
            ),
        ]
        found += [
            f"trade {number}: {what} is {value}, not {right}"
            for what, value, right in pairs
            if value != right
        ]
        found += [
            f"trade {number}: {what} is {value}, not {right}"
            for what, value, right, slack in numbers
            if abs(value - right) > slack
        ]
    return found
