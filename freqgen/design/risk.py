"""The limits of a trade, as a design says them."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, field_validator, model_validator

from freqgen.design.protections import MAX_PROTECTIONS
from freqgen.design.shape import TIMEFRAMES, Frozen

MAX_STEPS = 100
"""Far more steps of a table of profits than a person can read."""


class AtrStop(Frozen):
    """A stop at a distance of ``multiple`` times the ATR of the signal candle, fixed."""

    multiple: float = Field(gt=0, le=100)
    period: int = Field(default=14, ge=2, le=1000)


class TrailingRatio(Frozen):
    """A stop that follows the best price at a distance of ``ratio``.

    With ``offset`` it begins once the price has moved that far in the trade's favour.
    """

    ratio: float = Field(gt=0, lt=1)
    offset: float = Field(default=0.0, ge=0, lt=10)

    @model_validator(mode="after")
    def _offset(self) -> TrailingRatio:
        if self.offset and self.offset <= self.ratio:
            raise ValueError("offset must be larger than ratio, or be left out")
        return self


class TrailingAtr(Frozen):
    """A stop ``multiple`` times the ATR away from the best close of the trade."""

    multiple: float = Field(gt=0, le=100)
    period: int = Field(default=14, ge=2, le=1000)


class Candles(Frozen):
    """A length of time in candles of the design's timeframe."""

    candles: int = Field(ge=1, le=100_000)


_DURATION = re.compile(r"([0-9]{1,6})(m|h|d|w)")
_UNIT_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


class Risk(Frozen):
    """Limits of a trade. Ratios are moves of the price: 0.02 is 2 %."""

    stoploss: float = Field(
        gt=-1,
        lt=0,
        description="Move of the price that ends the trade, as in -0.02; the outer limit",
    )
    take_profit: float | None = Field(
        default=None, gt=0, description="Move of the price that is taken as profit, net of fees"
    )
    roi: dict[str, float] = Field(
        default_factory=dict,
        max_length=MAX_STEPS,
        description="Minutes held to profit taken, as in {'0': 0.05}",
    )
    stop_atr: AtrStop | None = None
    target: str | None = Field(
        default=None, description="Expression; a close at or beyond it ends the trade"
    )
    trailing: TrailingRatio | TrailingAtr | None = None
    max_holding: str | Candles | None = Field(
        default=None, description="Longest time in a trade, as in '24h' or {'candles': 12}"
    )
    risk_per_trade: float | None = Field(
        default=None, gt=0, le=1, description="Share of the wallet lost if the initial stop is hit"
    )
    max_open_trades: int = Field(default=3, ge=1, le=10_000)
    leverage: float = Field(default=1.0, ge=1, le=125)
    protections: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=MAX_PROTECTIONS,
        description="Freqtrade's own list of protections",
    )

    @field_validator("roi")
    @classmethod
    def _roi(cls, value: dict[str, float]) -> dict[str, float]:
        for minutes, ratio in value.items():
            if not re.fullmatch("[0-9]{1,9}", minutes):
                raise ValueError(f'"{minutes}" is not a number of minutes')
            if ratio < -1:
                raise ValueError(f"the profit after {minutes} minutes is below -1")
        if len({int(minutes) for minutes in value}) != len(value):
            raise ValueError("the same minute is named twice")
        return value

    @field_validator("max_holding")
    @classmethod
    def _max_holding(cls, value: str | Candles | None) -> str | Candles | None:
        if isinstance(value, str):
            match = _DURATION.fullmatch(value)
            if not match or int(match[1]) == 0:
                raise ValueError(f'"{value}" is no duration such as 90m, 24h, 3d or 1w')
        return value

    @model_validator(mode="after")
    def _one_way_to_take_profit(self) -> Risk:
        if self.take_profit is not None and self.roi:
            raise ValueError("take_profit and roi are two ways to say the same; keep one")
        return self

    def max_holding_minutes(self, timeframe: str) -> int | None:
        """The longest time in a trade, in minutes, or ``None``."""
        if self.max_holding is None:
            return None
        if isinstance(self.max_holding, Candles):
            return self.max_holding.candles * TIMEFRAMES[timeframe]
        match = _DURATION.fullmatch(self.max_holding)
        assert match is not None  # noqa: S101  (checked by the field's validator)
        return int(match[1]) * _UNIT_MINUTES[match[2]]

    def minimal_roi(self) -> dict[str, float]:
        """``take_profit`` or ``roi`` as a table of minutes to ratios of the price."""
        return {"0": self.take_profit} if self.take_profit is not None else dict(self.roi)
