"""Fields of a design that a person may change in the interview: how they are asked and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freqgen.commands.constraining import MAX_OPEN_TRADES, RISK_OPTIONS, checked_risk, number
from freqgen.design.risk import Candles
from freqgen.design.shape import TIMEFRAMES
from freqgen.exceptions import UsageError

if TYPE_CHECKING:
    from freqgen.design.model import Design
    from freqgen.settings import RiskLimits

_RISK = {one.field: one for one in (*RISK_OPTIONS, MAX_OPEN_TRADES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A field of a design's risk that can be changed.

    :param choice: What it is called among the choices.
    :param field: Its name, which is that of the option, too.
    :param percent: Whether it is asked for in percent.
    :param needed: Whether a design must have it; else nothing is an answer, too.
    """

    choice: str
    field: str
    question: str
    percent: bool = False
    needed: bool = False


STOP = Edit(
    choice="Change the stop loss",
    field="stoploss",
    question="Stop loss in percent:",
    percent=True,
    needed=True,
)
TARGET = Edit(
    choice="Change the target",
    field="take_profit",
    question="Target in percent, or nothing for none:",
    percent=True,
)
RISK = Edit(
    choice="Change the risk per trade",
    field="risk_per_trade",
    question="Percent of the wallet to lose when the stop is hit, or nothing to leave it open:",
    percent=True,
)
HOLDING = Edit(
    choice="Change the longest time in a trade",
    field="max_holding",
    question="Longest time in a trade, as in 24h or 3d, or nothing for any:",
)
TRADES = Edit(
    choice="Change how many trades may be open",
    field="max_open_trades",
    question="Trades open at the same time:",
    needed=True,
)
EDITS = (STOP, TARGET, RISK, HOLDING, TRADES)


def shown(edit: Edit, design: Design) -> str:
    """The value of a field as it would be answered; empty where there is none."""
    value = getattr(design.risk, edit.field)
    if isinstance(value, Candles):  # the question is for a duration
        minutes = value.candles * TIMEFRAMES[design.timeframe]
        return f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"
    if value is None or not isinstance(value, int | float | str):
        return ""
    return f"{abs(value) * 100:g}" if edit.percent and not isinstance(value, str) else f"{value}"


def answered(edit: Edit, said: str, limits: RiskLimits) -> str | None:
    """An answer as the option of the field has it: ``3`` of a stop loss is ``-0.03``.

    :returns: ``None`` where nothing was said.
    :raises UsageError: If it cannot be meant, or goes beyond the limits of the risk.
    """
    said = said.strip()
    if not said:
        return None
    text = _ratio(edit.field, said) if edit.percent else said
    option = _RISK[edit.field]
    if edit.percent:
        try:
            value = checked_risk(option, text)
        except UsageError:
            raise UsageError(
                f"{said.removesuffix('%').rstrip()} % cannot be meant", hint=_PERCENT
            ) from None
    else:
        try:
            value = checked_risk(option, text)
        except UsageError as exc:
            hint = exc.hint.partition(", as in --")[0]
            raise UsageError(exc.message.removeprefix(f"{option.option} "), hint=hint) from None
    _check_limits(edit.field, value, limits)
    return text


_PERCENT = "write a number such as 2 or 2.5, or nothing"


def _ratio(field: str, said: str) -> str:
    percent = number("", said.removesuffix("%"), _PERCENT)
    ratio = f"{abs(percent) / 100:.10g}"
    if field == "stoploss":
        return f"-{ratio}"
    return f"-{ratio}" if percent < 0 else ratio


def _check_limits(field: str, value: object, limits: RiskLimits) -> None:
    from freqgen.design.risk import Risk
    from freqgen.generation.limits import risk_excesses

    risk = Risk.model_validate({"stoploss": -0.0001, field: value})
    for excess in risk_excesses(risk, limits):
        raise UsageError(excess.message, hint=f"the setting {excess.setting} says so")


def changed(edit: Edit, design: Design, text: str | None) -> dict[str, Any]:
    """A design's data with a field changed.

    :param text: As :func:`answered` gives it; ``None`` takes the field away, if it can be missing.
    """
    data = design.to_data()
    if text is None:
        if not edit.needed:
            data["risk"][edit.field] = None
        return data
    data["risk"][edit.field] = checked_risk(_RISK[edit.field], text)
    if edit is TARGET:
        data["risk"]["roi"] = {}  # another way to say the same
    return data
