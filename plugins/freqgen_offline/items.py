"""Collects what a brief says of risk and timeframe."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from freqgen import TIMEFRAMES
from freqgen_offline.looking import is_price
from freqgen_offline.meaning import (
    After,
    Bare,
    BarePercentage,
    Column,
    Extreme,
    Item,
    Items,
    Length,
    Operand,
    UnreadableError,
    Use,
)
from freqgen_offline.phrases import Clause
from freqgen_offline.writing import Writer

TRAILING_ATR_PERIOD = 22
_AT_ITS_OWN = {"close": "every close is at the close"}
_AT_NO_LEVEL = (
    'a candle\'s own price is no level to wait for: name one, as in "at the middle Bollinger band" '
    'or "at the 20-day high"'
)
TWICE = "something else was said before"


@dataclass(slots=True)
class Settings:
    """Fields of the design that are no rules, each said once.

    :param found: Field to the item and the clause that set it.
    :param clauses: The clauses that set fields, by their ``id``.
    :param written: Field to its value in JSON, once :meth:`write` has run.
    """

    found: dict[str, tuple[Item, Clause]] = field(default_factory=dict)
    clauses: dict[int, tuple[Clause, tuple[Item, ...]]] = field(default_factory=dict)
    written: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The value of a field, or ``None``."""
        return self.found[name][0].value if name in self.found else None

    def take(self, clause: Clause, list_name: str, *, alone: bool) -> None:
        """Take over what a clause says, unless it contradicts what was said before.

        :param list_name: The list of the statement that the clause stands in.
        :param alone: Whether it follows the verb directly, as in "sell at the middle band".
        """
        items = _items(clause, list_name, alone=alone)
        for item in items:
            said = self.found.get(item.field)
            if item.field == "roi" and said is not None:
                if _steps(said[0]).keys() & _steps(item).keys():
                    clause.why = TWICE
                    return
                continue
            if item.field == "timeframe" and item.value not in TIMEFRAMES.values():
                clause.why = "no such timeframe; there are " + ", ".join(TIMEFRAMES)
                return
            if said is not None and said[0].value != item.value:
                clause.why = TWICE
                return
            other = {"take_profit": "roi", "roi": "take_profit"}.get(item.field)
            if other in self.found and item.value != {}:
                clause.why = TWICE
                return
            if item.field == "target" and isinstance(item.value, Column):
                clause.why = _AT_ITS_OWN.get(item.value.name, _AT_NO_LEVEL)
                return
            if item.field == "target" and not is_price(item.value):  # type: ignore[arg-type]
                clause.why = "a target is a percentage, or a level of the price"
                return
            if item.field == "target" and _is_behind(item.value, list_name):
                clause.why = 'a price is there from the beginning; write "when close is below ..."'
                return
            if item.field == "stop_level" and not is_price(item.value):  # type: ignore[arg-type]
                clause.why = "a stop is a percentage, or a level of the price"
                return
        if not items:
            return
        for item in map(_before_now, items):
            before = self.found.setdefault(item.field, (item, clause))[0]
            if item.field == "roi" and before is not item:
                merged = Item("roi", {**_steps(before), **_steps(item)})
                self.found["roi"] = (merged, clause)
        self.clauses[id(clause)] = (clause, items)

    def operands(self) -> list[Operand]:
        """Operands whose parameters count as written out."""
        found: list[Operand] = []
        for item, _ in self.found.values():
            if isinstance(item.value, tuple):
                found.append(item.value[1])
            if item.field in {"target", "stop_level"}:
                found.append(item.value)  # type: ignore[arg-type]
        return found

    def write(self, writer: Writer) -> None:
        """Write the items, and note at each clause what it means."""
        refused: dict[str, str] = {}
        for name, (item, _) in self.found.items():
            try:
                self.written[name] = self._written(item, writer)
            except UnreadableError as exc:
                refused[name] = str(exc)
        for clause, items in self.clauses.values():
            clause.why = next((refused[i.field] for i in items if i.field in refused), "")
            if not clause.why:
                clause.note = ", ".join(_note(i.field, self.written[i.field]) for i in items)

    def risk(self, writer: Writer) -> dict[str, Any]:
        """The fields of ``risk``, with ids in place; to be called after :meth:`write`."""
        return {
            name: writer.finished(value) if name == "target" else value
            for name, value in self.written.items()
            if name not in {"timeframe", "can_short", "stop_level"} and value != {}
        }

    def mention(self, use: Use) -> str:
        """What an ATR named for itself stands for; empty where no stop uses it."""
        for name, value in self.written.items():
            period = value.get("period") if isinstance(value, dict) else None
            if use.function == "ATR" and (period,) == use.params:
                return f"{name} period {period}"
        return ""

    def _written(self, item: Item, writer: Writer) -> Any:
        value = item.value
        if item.field == "target":
            return writer.operand(value)  # type: ignore[arg-type]
        if item.field == "stop_level":
            return writer.operand(value)  # type: ignore[arg-type]
        if isinstance(value, Length):
            return _duration(value)
        if isinstance(value, tuple):
            return self._multiple(item.field, value[0], value[1], writer)
        if item.field == "timeframe":
            return next(k for k, v in TIMEFRAMES.items() if v == value)
        return value

    def _multiple(self, name: str, factor: Any, use: Use, writer: Writer) -> dict[str, Any]:
        implicit = not use.params and use.length is None
        if name == "trailing" and implicit and "ATR" not in writer.indicators.named:
            period = TRAILING_ATR_PERIOD
            writer.indicators.defaults[
                f"The period of the trailing stop's ATR was not given: {period} is used."
            ] = None
        elif use.length is not None:
            period = writer.candles(use.length, own_unit=True)
        else:
            period = int(writer.indicators.complete("ATR", use.params)[0])
        if not 2 <= period <= 1000:
            raise UnreadableError("a period between 2 and 1000")
        multiple = int(factor) if factor == int(factor) else float(factor)
        return {"multiple": multiple, "period": period}


def _is_behind(level: Any, list_name: str) -> bool:
    """Whether a target is no target: "exit at the 10-candle low" of a long."""
    return isinstance(level, Extreme) and level.highest != (list_name != "exit_short")


def _before_now(item: Item) -> Item:
    """A stop at a high or a low, which is that of the candles before."""
    if item.field == "stop_level" and isinstance(item.value, Extreme):
        return replace(item, value=replace(item.value, before=True))
    return item


def _items(clause: Clause, list_name: str, *, alone: bool) -> tuple[Item, ...]:
    """What a clause sets, given the statement that it stands in."""
    meaning = clause.meaning
    ends = list_name.startswith("exit")
    match meaning:
        case Items(items):
            return items
        case After(length) if ends:
            return (Item("max_holding", length),)
        case BarePercentage(ratio, signed=True) if ends and ratio > 0:
            return (Item("take_profit", float(ratio)),)
        case BarePercentage(ratio, signed=True) if ends and -1 < ratio < 0:
            return (Item("stoploss", float(ratio)),)
        case Bare(operand) if ends and alone:
            return (Item("target", operand),)
        case _:
            return ()


def _steps(item: Item) -> dict[str, float]:
    """The lines of an ROI table: minutes to the profit that is taken."""
    assert isinstance(item.value, dict)  # noqa: S101  (so the grammar makes them)
    return item.value


def _duration(length: Length) -> str | dict[str, int]:
    if length.candles is not None:
        return {"candles": length.candles}
    minutes = length.minutes or 0
    # The unit that was said is kept, so that "24 hours" does not come back as a day.
    for unit, size in (("w", 10080), ("d", 1440), ("h", 60)):
        said = unit in length.text.replace("hourly", "h").lstrip("0123456789 -")[:1]
        if said and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _note(name: str, value: Any) -> str:
    if isinstance(value, dict):
        told = ", ".join(f"{k} {v}" for k, v in value.items())
        return f"{name} {told}"
    return f"{name} {value}"
