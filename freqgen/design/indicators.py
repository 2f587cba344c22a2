"""The indicator catalogue: what a design may compute, and how Freqtrade code computes it.

An :class:`Indicator` knows its parameters and outputs, how many candles it needs, how to compute
itself for the reference signals and which lines a strategy needs to get the same values.
:func:`builtin_indicators` are all functions of the installed TA-Lib and what it lacks; plugins
add their own, most easily with :func:`function_indicator`.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from freqgen.design.model import CANDLE_COLUMNS
from freqgen.design.warmup import Run, measured_warmup, synthetic_candles
from freqgen.exceptions import DesignError, DuplicateNameError

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Params = Mapping[str, float | int]
"""Parameters of one indicator by name."""

NO_PARAMS: Params = MappingProxyType({})

_KNOWN_AS = MappingProxyType(
    {
        "bb": "BBANDS",
        "bollinger": "BBANDS",
        "bollingerbands": "BBANDS",
        "chandelierexit": "CHANDELIER",
        "fractals": "FRACTAL",
        "heikenashi": "HA",
        "heikinashi": "HA",
        "highest": "MAX",
        "hull": "HMA",
        "hullma": "HMA",
        "ichimokucloud": "ICHIMOKU",
        "keltner": "KC",
        "keltnerchannel": "KC",
        "keltnerchannels": "KC",
        "lowest": "MIN",
        "moneyflow": "MFI",
        "parabolicsar": "SAR",
        "psar": "SAR",
        "rvwap": "ROLLING_VWAP",
        "smma": "RMA",
        "std": "STDDEV",
        "stochastic": "STOCH",
        "stochasticrsi": "STOCHRSI",
        "wilder": "RMA",
        "williamsr": "WILLR",
    }
)
"""Names that people use for entries with another one; in small letters, without separators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One number that an indicator takes."""

    name: str
    kind: Literal["int", "float"]
    default: float | int
    low: float
    high: float
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One series that an indicator gives.

    :param name: The readable name used in rules; ``value`` where there is only one.
    :param native: The library's own name.
    """

    name: str
    native: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorCode:
    """What a strategy's file must contain to have an indicator's columns.

    :param imports: Whole import statements.
    :param helpers: Source of module-level functions, which need ``imports`` and nothing else.
    :param lines: Statements that assign the columns; one that is long has several lines.
    """

    imports: tuple[str, ...]
    helpers: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(ABC):
    """An entry of the catalogue.

    :param name: In capitals, as in ``BBANDS``.
    :param inputs: Candle columns that it always reads.
    :param sources: Default columns of the sources that a design may replace.
    :param cumulative: Whether its values depend on where the candles begin, for ever.
    :param notes: What a user must know besides, in a sentence.
    :param leaps: Whether its values may leap by what was long ago, as a trailing stop's that was
        hit or not; the warm-up is then measured at more candles.
    """

    name: str
    title: str
    group: str
    library: str
    inputs: tuple[str, ...]
    sources: tuple[str, ...]
    params: tuple[Param, ...]
    outputs: tuple[Output, ...]
    cumulative: bool = False
    notes: str = ""
    leaps: bool = False

    def resolve(self, params: Params = NO_PARAMS) -> dict[str, float | int]:
        """Fill in defaults and check.

        :returns: All parameters in the order of :attr:`params`, ints as int, floats as float.
        :raises DesignError: For an unknown name, a value out of range or of the wrong kind, or
            values that do not go together; its ``path`` is the parameter's name.
        """
        names = [param.name for param in self.params]
        for name in params:
            if name not in names:
                raise self._unknown_parameter(name, names)
        values = {
            p.name: _checked(self.name, p, params.get(p.name, p.default)) for p in self.params
        }
        self._check(values)
        return values

    def _unknown_parameter(self, name: str, names: list[str]) -> DesignError:
        if not names:
            return DesignError(f"{self.name} has no parameters", path=name, hint="leave it out")
        near = get_close_matches(name.lower(), names, n=1, cutoff=0.4) or names
        return DesignError(
            f'{self.name} has no parameter "{name}"', path=name, hint=f"use {', '.join(near)}"
        )

    def _check(self, params: Params) -> None:  # noqa: B027  (most have nothing to add)
        """Refuse values that do not go together; by default all do.

        :raises DesignError: Saying which.
        """

    def lookback(self, params: Params = NO_PARAMS) -> int:
        """Return how many of the first rows hold no value in at least one output."""
        return self._lookback(self.resolve(params))

    def warmup(self, params: Params = NO_PARAMS) -> int:
        """Candles of history from which on the value no longer depends on how many there are.

        Measured: the smallest history whose last value agrees with that of a long one within
        1e-4 relative. Cumulative indicators never settle; theirs is one more than the lookback.

        :raises DesignError: If it needs more candles than can be had.
        """
        return _warmup(self, tuple(self.resolve(params).items()))

    def compute(
        self, frame: DataFrame, params: Params = NO_PARAMS, sources: Sequence[str] = ()
    ) -> dict[str, Series]:
        """Compute all outputs.

        :param frame: Candles in the order of time, with the columns of ``sources``.
        :param sources: Columns in place of :attr:`sources`; empty for the default.
        :returns: By name of the output, float64 on the frame's index; missing is NaN, and
            nothing is infinite.
        :raises DesignError: If a column or a source is missing.
        """
        resolved = self.resolve(params)
        columns = self.source_columns(sources)
        for column in (*self.inputs, *columns):
            if column not in frame.columns:
                raise DesignError(
                    f'{self.name} reads the column "{column}", which is not there',
                    hint=f"give it another source than {column}",
                )
        return self._compute(frame, resolved, columns)

    def code(
        self,
        *,
        frame: str = "dataframe",
        columns: Mapping[str, str],
        params: Params = NO_PARAMS,
        sources: Sequence[str] = (),
    ) -> IndicatorCode:
        """Write the lines with which a strategy computes the same.

        :param frame: The variable that holds the dataframe.
        :param columns: Name of each output that is wanted to the column it is assigned to.
        :raises DesignError: For an output or a source that does not exist.
        """
        names = [output.name for output in self.outputs]
        for name in columns:
            if name not in names:
                raise DesignError(
                    f'{self.name} has no output "{name}"', hint=f"use {', '.join(names)}"
                )
        wanted = {name: columns[name] for name in names if name in columns}
        resolved = self.resolve(params)
        return self._code(frame, wanted, resolved, self.source_columns(sources))

    def source_columns(self, sources: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the columns that the sources are read from.

        :param sources: What a design says; empty for the default.
        :raises DesignError: If they are too many or too few, or one without a default is missing.
        """
        if not sources:
            for number, source in enumerate(self.sources):
                if source not in CANDLE_COLUMNS:
                    example = ", ".join([*self.sources[:number], f"<{source}>"])
                    raise DesignError(
                        f"{self.name} needs its source {source}, which has no default",
                        hint=f"give it all its sources: {example}",
                    )
            return self.sources
        if len(sources) == len(self.sources):
            return tuple(sources)
        if not self.sources:
            message = f"{self.name} always reads {', '.join(self.inputs)} and takes no source"
            raise DesignError(message, hint="leave out its source")
        count = len(self.sources)
        raise DesignError(
            f"{self.name} takes {count} source{'s' if count > 1 else ''}, not {len(sources)}",
            hint=f"as in {', '.join(self.sources)}",
        )

    def _run(self, params: Params) -> Run:
        """Compute slices of the synthetic candles, for measuring the warm-up."""
        candles = synthetic_candles()

        def run(start: int, stop: int) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
            values = self._compute(candles.iloc[start:stop], params, self.sources)
            return [values[output.name].to_numpy() for output in self.outputs]

        return run

    @abstractmethod
    def _lookback(self, params: Params) -> int:
        """:meth:`lookback` of resolved parameters."""

    @abstractmethod
    def _compute(
        self, frame: DataFrame, params: Params, sources: tuple[str, ...]
    ) -> dict[str, Series]:
        """:meth:`compute` of resolved parameters and sources."""

    @abstractmethod
    def _code(
        self, frame: str, columns: Mapping[str, str], params: Params, sources: tuple[str, ...]
    ) -> IndicatorCode:
        """:meth:`code` of resolved parameters, sources and columns in order of the outputs."""


@lru_cache(maxsize=4096)
def _warmup(indicator: Indicator, params: tuple[tuple[str, float | int], ...]) -> int:
    resolved = dict(params)
    lookback = indicator.lookback(resolved)
    if indicator.cumulative:
        return lookback + 1
    run = indicator._run(resolved)  # noqa: SLF001  (its own class)
    needed = measured_warmup(run, lookback, dense=indicator.leaps)
    if needed is None:
        values = ", ".join(f"{name}={value:g}" for name, value in params)
        raise DesignError(
            f"{indicator.name}({values}) needs more candles than Freqtrade can load at start",
            hint="choose shorter periods",
        )
    return needed


def _checked(indicator: str, param: Param, value: float) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise DesignError(
            f"{param.name} of {indicator} must be a number, not {value!r}", path=param.name
        )
    if param.kind == "int" and value != int(value):
        raise DesignError(
            f"{param.name} of {indicator} must be a whole number, not {value!r}",
            path=param.name,
            hint=f"use {round(value)}",
        )
    if not param.low <= value <= param.high:
        raise DesignError(
            f"{param.name} of {indicator} must lie between {param.low:g} and {param.high:g}, "
            f"{value:g} does not",
            path=param.name,
            hint=f"the default is {param.default:g}",
        )
    return int(value) if param.kind == "int" else float(value)


class Catalogue:
    """Indicators by name.

    :raises DuplicateNameError: If two have the same name.
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self._entries: dict[str, Indicator] = {}
        for indicator in indicators:
            taken = self._entries.setdefault(indicator.name, indicator)
            if taken is not indicator:
                raise DuplicateNameError(
                    kind="indicator",
                    name=indicator.name,
                    first=taken.library,
                    second=indicator.library,
                )

    def get(self, name: str) -> Indicator:
        """Return an entry.

        :raises DesignError: With up to three nearest names.
        """
        if name in self._entries:
            return self._entries[name]
        known = _KNOWN_AS.get(re.sub(r"[^a-z0-9]", "", name.lower()), "")
        near = [known] if known in self._entries else []
        near += get_close_matches(name.upper(), self._entries, n=3, cutoff=0.5)
        nearest = ", ".join(dict.fromkeys(near[:3]))
        raise DesignError(
            f'there is no indicator "{name}"',
            hint=f"the nearest: {nearest}" if nearest else "freqgen list-indicators lists all",
        )

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._entries))

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries
