"""A strategy that has none of the strategy's code: its attributes, signals and answers as data.

Freqtrade's engine cannot tell it from the strategy. It is what the trusted process simulates, so
that whatever the strategy's code does to the engine, it does to another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from freqtrade.strategy import IStrategy
from pandas import DataFrame

from freqgen.evaluation.callbacks import Replay
from freqgen.evaluation.declared import Declared

_HEAD = '''"""{name} as freqgen's engine simulates it: without the strategy's code."""

from freqgen.evaluation.standin import StandIn, after_fill, answered


class {name}(StandIn):
'''


_NEVER = 'float("inf")'


class StandIn(IStrategy):  # type: ignore[misc]
    """Base of what :func:`write_standin` writes."""

    signals: Mapping[str, DataFrame] = MappingProxyType({})
    replay: Replay | None = None
    changed: Mapping[str, Any] = MappingProxyType({})

    def bot_start(self, **named: Any) -> None:
        """Change the attributes that the strategy changed before the simulation."""
        del named
        for name, value in self.changed.items():
            if name == "minimal_roi":  # the resolver does this for attributes of the class
                value = {int(minutes): ratio for minutes, ratio in value.items()}  # noqa: PLW2901
            setattr(self, name, value)

    def advise_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Leave the candles as they are."""
        del metadata
        return dataframe

    def ft_advise_signals(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Put the strategy's signals beside the candles, which nobody touched."""
        columns = self.signals[metadata["pair"]]
        for name in columns.columns:
            dataframe[name] = columns[name].array
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Never asked for; Freqtrade demands that it is there."""
        del metadata
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Likewise."""
        del metadata
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Likewise."""
        del metadata
        return dataframe


def answered(name: str) -> Callable[..., Any]:
    """A callback that answers what the strategy's own answered."""

    def callback(self: StandIn, **named: Any) -> Any:
        if self.replay is None:
            raise RuntimeError("there are no answers to replay")
        return self.replay.answer(self, name, named)

    callback.__name__ = name
    # Freqtrade copies the trade for every other callback, since that may change it.
    callback.__qualname__ = f"IStrategy.{name}"
    return callback


def after_fill(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Give a callback the argument by which Freqtrade sees that it wants to be asked again."""

    # Freqtrade looks for it among the positional ones.
    def custom_stoploss(  # noqa: PLR0917
        self: StandIn,
        pair: str,
        trade: Any,
        current_time: Any,
        current_rate: float,
        current_profit: float,
        after_fill: bool = False,
        **named: Any,
    ) -> Any:
        del current_rate, current_profit, after_fill, named
        return callback(self, pair=pair, trade=trade, current_time=current_time)

    custom_stoploss.__qualname__ = "IStrategy.custom_stoploss"
    return custom_stoploss


def write_standin(folder: Path, name: str, declared: Declared) -> Path:
    """Write the file of a stand-in, which Freqtrade's resolver loads like any strategy.

    :param name: Name of the class, an identifier.
    :returns: The file.
    """
    lines = [_HEAD.format(name=name)]
    for attribute, value in declared.attributes.items():
        lines.append(f"    {attribute} = {_written(attribute, value)}\n")
    changed = ", ".join(
        f"{attribute!r}: {_written(attribute, value)}"
        for attribute, value in declared.changed.items()
    )
    lines.append(f"    changed = {{{changed}}}\n")
    for callback in declared.callbacks:
        made = f'answered("{callback}")'
        if callback == "custom_stoploss" and declared.after_fill:
            made = f"after_fill({made})"
        lines.append(f"    {callback} = {made}\n")
    file = folder / f"{name}.py"
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _written(attribute: str, value: Any) -> str:
    """A value as Python, of which :class:`Declared` says that it is plain."""
    if attribute == "minimal_roi":
        pairs = (
            f"{minutes!r}: {_NEVER if ratio is None else repr(ratio)}"
            for minutes, ratio in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if attribute == "max_open_trades" and value == -1:
        return _NEVER
    return repr(value)
