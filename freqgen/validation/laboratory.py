"""What validators that run a draft work with: a laboratory, a specimen, and trials of it.

Each trial loads the strategy anew in a sandboxed process that has had no later candle than those
that the trial is made to see. What comes back is the strategy's own word, checked to be data;
comparing the trials is up to the validator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pandas import DataFrame

    from freqgen.draft import ScreenedDraft
    from freqgen.finding import Finding
    from freqgen.sandbox.level import Protection

KINDS = ("describe", "frame", "answers", "time", "lookahead-analysis", "recursive-analysis")
"""What a trial can be; ``describe`` is for :meth:`Laboratory.describe`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of a strategy's code.

    Rows count the candles of the full trial from 0. Candles of other timeframes and pairs follow:
    a trial that is cut has those that had closed by the close of its last row.

    :param what: ``frame``: all columns of the strategy; ``answers``: what its callbacks answer
        in a simulation; ``time``: how long one new candle takes; ``lookahead-analysis`` or
        ``recursive-analysis``: what Freqtrade's own analysis says.
    :param cut: See only the first so many rows.
    :param altered: From this row on, all candles are others.
    :param gaps: Candles are missing here and there, the same in all trials.
    :param last: See only the last so many rows, and so many candles of every other timeframe,
        like a bot that just started.
    :param clock: Seconds by which the strategy's clock is ahead.
    :param lines: Find out which line of the source first assigns each column.
    :param repeat: How often to measure, for ``time``.
    :param source: Another source for this trial, for checks that write notes into it: the
        function ``__freqgen_note__(name, values)`` is there for it, which keeps a column of
        values for ``Run.notes`` and gives them back.
    """

    what: str = "frame"
    cut: int | None = None
    altered: int | None = None
    gaps: bool = False
    last: int | None = None
    clock: int = 0
    lines: bool = False
    repeat: int = 0
    source: str | None = None

    def __post_init__(self) -> None:
        """Refuse what can be no trial.

        :raises ValueError: If so.
        """
        if self.what not in KINDS:
            raise ValueError(f'a trial cannot be "{self.what}"; there are {", ".join(KINDS)}')
        for name in ("cut", "last"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} of a trial is at least 1, not {value}")
        if self.altered is not None and self.altered < 0:
            raise ValueError(f"altered of a trial is a row from 0, not {self.altered}")
        if self.what == "time" and self.repeat < 1:
            raise ValueError("a trial of time is repeated at least once")

    def check(self, rows: int) -> None:
        """Hold it against the candles that there are.

        :raises ValueError: If it counts on more.
        """
        for name in ("cut", "altered"):
            value = getattr(self, name)
            if value is not None and value > rows:
                raise ValueError(f"{name} of a trial is {value}, and there are {rows} candles")

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a trial.

    :param finding: Why there is nothing else, if there is not.
    :param frame: The strategy's columns, a row a candle; names may repeat. Text, and whatever
        is no number, truth or time, is of dtype object.
    :param candles: The candles that it saw.
    :param dtypes: What the columns of ``frame`` were in the strategy, in order.
    :param numbered: Whether its rows were numbered from 0, as the candles' are.
    :param lines: Line of the source by column, as far as it was found.
    :param notes: What the source noted, a column a note.
    :param answers: What callbacks answered, in order: ``call``, ``pair``, ``time`` (opening of
        the candle, milliseconds; 0 for locks), ``trade``, ``kind`` (0 nothing, 1 a truth, 2 a
        number, 3 a text, 4 a number with a text, 5 an exception, 6 a lock, 7 something else),
        ``number``, ``text``.
    :param analysis: What Freqtrade's own analysis said.
    :param seconds: How long each repetition took.
    :param delayed: The share of the time on the clock, from 0 to 1, in which the machine did
        other work in between; the repetitions are slower than they need be where it is large.
    :param costly: Line and seconds of one repetition, the costliest first.
    """

    finding: Finding | None = None
    frame: DataFrame | None = None
    candles: DataFrame | None = None
    dtypes: tuple[str, ...] = ()
    numbered: bool = True
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: DataFrame | None = None
    answers: DataFrame | None = None
    analysis: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seconds: tuple[float, ...] = ()
    delayed: float = 0.0
    costly: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A strategy that Freqtrade loaded, and what it is tried on.

    :param attributes: Its attributes that Freqtrade goes by, as JSON values.
    :param callbacks: Callbacks that it defines.
    :param informative: Pairs and timeframes that it reads beside what it trades.
    :param engine: Methods of Freqtrade's engine that it replaces.
    :param pair: The pair of all trials.
    :param loaded_for: The pair that it was loaded with, in ``informative``.
    :param rows: Candles of the full trial.
    :param synthetic: Whether the candles are made up, for want of the user's own.
    :param reason: Why they are, in words; empty if they are not.
    """

    draft: ScreenedDraft
    attributes: Mapping[str, Any]
    callbacks: tuple[str, ...]
    informative: tuple[tuple[str, str], ...]
    engine: tuple[str, ...]
    pair: str
    loaded_for: str
    timeframe: str
    rows: int
    synthetic: bool
    trading_mode: str
    reason: str = ""

    @property
    def startup(self) -> int:
        """Candles that the strategy needs before its first signal, as it says."""
        return int(self.attributes.get("startup_candle_count", 0))


class Laboratory(Protocol):
    """Runs drafts in the sandbox. Safe to use from several threads."""

    @property
    def protection(self) -> Protection:
        """What holds a strategy on this machine."""
        ...

    def describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        """Load a draft as Freqtrade does; the same question is answered from memory.

        :returns: What it is, or why it cannot be loaded.
        :raises SandboxUnavailable: If nothing would hold it.
        """
        ...

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        """Run trials, some at once; one that was run before is answered from memory.

        :returns: What came of each, in the same order.
        :raises SandboxUnavailable: If nothing would hold it.
        """
        ...

    def candles(self, specimen: Specimen, pair: str, timeframe: str) -> DataFrame:
        """Candles that a full trial sees, gaps filled; without rows where there are none."""
        ...
