"""What is said beside an idea: options for fields of its design, and how it is to be traded."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from typing import Any

from freqgen.exceptions import UsageError

DIRECTIONS = {
    "long": "rules for shorts are left out",
    "short": "rules for longs are left out; futures only",
    "both": "it may go long and short; futures only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOption:
    """An option that is a field of a design's risk.

    :param field: Its name there.
    :param hint: What to write, where the value cannot be meant.
    :param number: Whether it is a number.
    """

    option: str
    field: str
    metavar: str
    help: str
    hint: str
    number: bool = True

    @property
    def dest(self) -> str:
        """Where argparse puts it."""
        return self.option.removeprefix("--").replace("-", "_")


MAX_OPEN_TRADES = RiskOption(
    option="--max-open-trades",
    field="max_open_trades",
    metavar="N",
    help="",  # among the options of backtests, as Freqtrade has it
    hint="write how many trades may be open at the same time, as in --max-open-trades 3",
)
RISK_OPTIONS = (
    RiskOption(
        option="--stoploss",
        field="stoploss",
        metavar="RATIO",
        help="move of the price that ends a trade, as in -0.05 for 5 %%",
        hint="write the largest loss as a move of the price, as in --stoploss -0.05 for 5 %",
    ),
    RiskOption(
        option="--take-profit",
        field="take_profit",
        metavar="RATIO",
        help="move of the price that is taken as profit, as in 0.05 for 5 %%",
        hint="write the profit as a move of the price, as in --take-profit 0.05 for 5 %",
    ),
    RiskOption(
        option="--risk-per-trade",
        field="risk_per_trade",
        metavar="RATIO",
        help="share of the wallet that is lost if the stop is hit, as in 0.01 for 1 %%; "
        "it sets the size of trades",
        hint="write a share of the wallet, as in --risk-per-trade 0.01 for 1 %",
    ),
    RiskOption(
        option="--leverage",
        field="leverage",
        metavar="N",
        help="leverage of trades, from 1 to 125; futures only",
        hint="write a number from 1 to 125, as in --leverage 3, or leave it out",
    ),
    RiskOption(
        option="--max-holding",
        field="max_holding",
        metavar="TIME",
        help="longest time in a trade, as in 90m, 24h, 3d or 1w",
        hint="write minutes, hours, days or weeks, as in --max-holding 24h",
        number=False,
    ),
)


def add_constraint_options(parser: ArgumentParser) -> None:
    """Add the options that are fields of a design. They win over the idea."""
    for one in RISK_OPTIONS:
        parser.add_argument(one.option, metavar=one.metavar, help=one.help)
    parser.add_argument(
        "--direction",
        metavar="SIDE",
        help="; ".join(f"{side}: {meaning}" for side, meaning in DIRECTIONS.items()),
    )


def said(args: Namespace) -> list[str]:
    """The options of :func:`add_constraint_options` that were given, as they are written."""
    options = {one.option: one.dest for one in (*RISK_OPTIONS, MAX_OPEN_TRADES)}
    options["--direction"] = "direction"
    return [option for option, dest in options.items() if getattr(args, dest, None) is not None]


def risk_constraints(args: Namespace) -> dict[str, Any]:
    """The fields of a design that were given, checked; ``can_short`` is that of the direction.

    :raises UsageError: If a value cannot be meant.
    """
    given: dict[str, Any] = {}
    for one in (*RISK_OPTIONS, MAX_OPEN_TRADES):
        text = getattr(args, one.dest, None)
        if text is not None:
            given[one.field] = checked_risk(one, str(text))
    side = direction(args)
    if side is not None:
        given["can_short"] = side != "long"
    return given


def checked_risk(one: RiskOption, text: str) -> float | int | str:
    """The value of a field of the risk, by the bounds that a design has.

    :raises UsageError: If it is none.
    """
    from pydantic import ValidationError

    from freqgen.design.risk import Risk

    value = number(one.option, text, one.hint) if one.number else text.strip()
    try:
        risk = Risk.model_validate({"stoploss": -0.5, one.field: value})
    except ValidationError as exc:
        reason = exc.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        hint = one.hint
        if one.field == "stoploss" and isinstance(value, float) and 0 < value < 1:
            hint = f"a loss is negative: write --stoploss -{value:g}"
        reason = reason.replace("Input should be", "must be")
        raise UsageError(f"{one.option} {text}: {reason}", hint=hint) from None
    result: float | int | str = getattr(risk, one.field)
    return result


def number(option: str, text: str, hint: str) -> float | int:
    """A finite number.

    :raises UsageError: If the text is none.
    """
    text = text.strip()
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    # Not what float() takes besides, such as infinity or 1_000.
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text):
        return float(text)
    raise UsageError(f"{option} {text}: this is no number".lstrip(), hint=hint)


def direction(args: Namespace) -> str | None:
    """The side that was asked for.

    :raises UsageError: If there is no such side.
    """
    side: str | None = getattr(args, "direction", None)
    if side is not None and side not in DIRECTIONS:
        raise UsageError(
            f'"{side}" is no direction', hint="write --direction " + ", ".join(DIRECTIONS)
        )
    return side


def check_pairs(entries: list[str] | None) -> tuple[str, ...]:
    """The pairs after ``-p``, which may be separated by commas too.

    Patterns are left to Freqtrade's rules, which need to know what candles there are.

    :raises UsageError: If one is neither a pair nor can be a pattern for pairs.
    """
    pairs = tuple(pair for entry in entries or () for pair in entry.split(",") if pair)
    for pair in pairs:
        if re.fullmatch(r"\w+", pair) or re.search(r"\s", pair):
            raise UsageError(f'"{pair}" is no pair', hint="pairs are written as in BTC/USDT")
    return pairs


def stake_amount(text: str | None) -> float | str | None:
    """The stake of a trade: a number, or ``unlimited``.

    :raises UsageError: If it is neither.
    """
    if text is None or text == "unlimited":
        return text
    hint = "write an amount of the stake currency, as in --stake-amount 100, or unlimited"
    amount = number("--stake-amount", text, hint)
    if not amount > 0:
        raise UsageError(f"a stake of {amount:g} cannot be meant", hint=hint)
    return float(amount)


def max_open_trades(text: str | None) -> int | None:
    """How many trades a backtest may have open; ``-1`` is no limit, as in Freqtrade.

    :raises UsageError: If it is not a whole number.
    """
    if text is None:
        return None
    if text.strip() == "-1":
        return -1
    return int(checked_risk(MAX_OPEN_TRADES, text))


def budget(args: Namespace) -> dict[str, Any]:
    """Stake and wallet as fields of Freqtrade's configuration; those that were given.

    :raises UsageError: If they cannot be meant, or the stake is larger than the wallet.
    """
    wallet, stake = args.dry_run_wallet, stake_amount(args.stake_amount)
    if wallet is not None and not 0 < wallet < float("inf"):
        raise UsageError("the wallet must hold something", hint="as in --dry-run-wallet 1000")
    if wallet is not None and isinstance(stake, float) and stake > wallet:
        raise UsageError(
            f"the stake of a trade ({stake:g}) is larger than the wallet ({wallet:g})",
            hint="lower --stake-amount or raise --dry-run-wallet",
        )
    given = {"stake_amount": stake, "dry_run_wallet": wallet}
    return {key: value for key, value in given.items() if value is not None}


def trading(args: Namespace) -> dict[str, Any]:
    """What a brief is told of the trading that is no field of a design.

    :raises UsageError: If it cannot be meant.
    """
    given = {"direction": direction(args), "pairs": list(check_pairs(args.pairs)), **budget(args)}
    return {key: value for key, value in given.items() if value}
