"""Whether the history that a strategy asks for is enough for the values it acts on.

A bot that just started has ``startup_candle_count`` candles before the newest one. What it
computes of the newest candle on these is compared with what all candles give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING

from freqgen_behaviour.causal import look
from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source
from freqgen_behaviour.common import SIGNALS, full_run, laboratory
from freqgen_behaviour.history import Difference, History
from freqgen_behaviour.startup import with_startup

if TYPE_CHECKING:
    from freqgen import (
        CheckedDesign,
        Design,
        Draft,
        Finding,
        Phase,
        Run,
        Specimen,
        ValidationContext,
    )

_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    'class S(IStrategy):\n    timeframe = "1h"\n'
)

_RISK = ("stop_atr", "trailing_atr", "exit_target")
"""Columns that a compiled strategy has for its stops and targets."""


class WarmUp:
    """Compares the newest candle's values on little history with those on all of it."""

    name = "warm-up"
    codes = ("FG825", "FG826")

    @property
    def phase(self) -> Phase:
        """The strategy is run."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self,
        draft: Draft,
        design: Design | None,
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """Try the strategy on the history that it asks for, and on more if that is too little.

        Where that is what its design needs, the indicators of the design are left out: the
        catalogue has measured their counts, and sums are only there where they cancel out.

        :raises DesignError: If the design cannot be computed.
        """
        from freqgen import check_design

        found = full_run(draft, context)
        if found is None:
            return []
        specimen, run = found
        history = History(laboratory(context), specimen, run)
        if not history.possible:
            return []
        wrong = history.differences(specimen.startup)
        if wrong:
            # What knows the future, or is another each time, has a finding of its own.
            seen = look(laboratory(context), specimen, run)
            history = History(laboratory(context), specimen, run, {*seen.leaks} | seen.unsteady)
            wrong = history.differences(specimen.startup)
        if design is not None:
            known = _measured(check_design(design, context.catalogue), specimen.startup)
            wrong = {name: one for name, one in wrong.items() if name not in known}
            wrong = wrong if set(wrong) - {*SIGNALS} or not known else {}
        return _Teller(draft, specimen, run, history).findings(wrong) if wrong else []

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the codes."""
        return _DOCUMENTATION


def _measured(checked: CheckedDesign, startup: int) -> set[str]:
    """Columns whose count is known to be enough."""
    if startup < checked.startup:
        return set()
    return {b.base_column(o) for b in checked.indicators for o in b.columns} | {*_RISK}


class _Teller:
    """Puts what was seen into words."""

    def __init__(self, draft: Draft, specimen: Specimen, run: Run, history: History) -> None:
        self.draft = draft
        self.startup = specimen.startup
        self.run = run
        self.history = history
        self.source = Source(draft.source)

    def findings(self, wrong: Mapping[str, Difference]) -> Iterator[Finding]:
        """What to say of columns that differ with the history that the strategy asks for."""
        history = self.history
        if history.failed(history.most):
            return
        never = set(history.differences(history.most)) & set(wrong)
        some = set(wrong) - never
        uses, explained = self.source.uses, bool(some - {*SIGNALS})
        # A level that alone moves may come closer by luck: it is told from slow ones first.
        never -= {n for n in never if uses(n) and history.cancels_out(n, explained=explained)}
        if not explained and any(uses(n) for n in never):
            some = set()  # signals that follow what no count mends
        slow = {name for name in never if history.shrinks(name)}
        if some:
            yield self._too_few(some, wrong)
        if slow:
            yield self._far_too_few(slow, wrong)
        bound = never - slow
        if bound - {*SIGNALS} or (bound and not slow):
            yield self._frame_bound(bound)

    def _too_few(self, columns: set[str], wrong: Mapping[str, Difference]) -> Finding:
        count = self.history.enough(columns)
        column = self._worst(columns, wrong)
        draft = self.draft
        return self._finding(
            "FG825",
            column,
            f"startup_candle_count of {self.startup} is too small for {column}: computed "
            f"on so much history it is {_shown(wrong[column].short)}, and on all candles "
            f"{_shown(wrong[column].long)}{self._others(columns, column)}",
            f"write startup_candle_count = {count}, the count from which on it is the same",
            with_startup(draft.source, draft.class_name, count),
        )

    def _far_too_few(self, columns: set[str], wrong: Mapping[str, Difference]) -> Finding:
        column = self._worst(columns, wrong)
        most = self.history.most
        at_most = self.history.differences(most)[column]
        return self._finding(
            "FG825",
            column,
            f"startup_candle_count of {self.startup} is far too small for {column}: with so much "
            f"history it is {_shown(wrong[column].short)} where all of it gives "
            f"{_shown(wrong[column].long)}, and {most:,} candles still give "
            f"{_shown(at_most.short)} for {_shown(at_most.long)}{self._others(columns, column)}",
            f"use shorter periods, or a startup_candle_count well above {most}",
        )

    def _frame_bound(self, columns: set[str]) -> Finding:
        most = self.history.most
        differ = self.history.differences(most)
        column = self._worst(columns, differ)
        one = differ[column]
        return self._finding(
            "FG826",
            column,
            f"{column} depends on where the frame begins: the newest candle has "
            f"{_shown(one.long)} with all candles and {_shown(one.short)} with the last "
            f"{most:,}{self._others(columns, column)}. A bot computes it on other candles than a "
            "backtest, and on others again after a restart",
            "use a rolling window, as in .rolling(100).sum() in place of .cumsum(); of OBV, AD "
            "and a VWAP since the beginning, only changes are the same everywhere",
        )

    def _finding(
        self, code: str, column: str, message: str, hint: str, fixed: str | None = None
    ) -> Finding:
        from freqgen import Edit, Finding, Phase, Severity

        return Finding(
            code=code,
            severity=Severity.WARNING,
            phase=Phase.BEHAVIOUR,
            message=message,
            hint=hint,
            line=self.source.line_of(column, self.run.lines),
            edits=(Edit.between(self.draft.source, fixed),) if fixed is not None else (),
        )

    def _worst(self, columns: set[str], differences: Mapping[str, Difference]) -> str:
        """The column to name: one that is used, an indicator, far off, early in the source."""

        def rank(name: str) -> tuple[bool, bool, float, int, str]:
            line = self.source.line_of(name, self.run.lines) or 1_000_000
            unused = not self.source.uses(name)
            return unused, name in SIGNALS, -differences[name].size, line, name

        return min(columns, key=rank)

    def _others(self, columns: set[str], column: str) -> str:
        used = "" if any(map(self.source.uses, columns)) else "; no signal depends on it"
        others = sorted(columns - {column})
        if not others:
            return used
        named = others if len(others) <= 4 else others[:3]
        more = f" and {len(others) - 3} more" if len(others) > 4 else ""
        return f" (likewise {', '.join(named)}{more}){used}"


def _shown(value: float) -> str:
    return "missing" if isnan(value) else f"{value:.6g}"


_DOCUMENTATION = (
    CodeDocumentation(
        code="FG825",
        name=WarmUp.name,
        title="startup_candle_count is too small",
        why="A bot has that many candles before the newest one when it starts, and a backtest "
        "leaves that many out. Averages of the exponential kind (EMA, RSI, ADX, MACD) remember "
        "their beginning for several times their period: on too little history they have other "
        "values, and give other signals, than the backtest promised. The newest candle's values "
        "are computed on that history and on all of it, at three ends, and the smallest "
        "count with which they agree is proposed; writing it is a fix.",
        severity="warning",
        bad=(
            _HEAD + "    startup_candle_count = 14\n\n"
            "    def populate_indicators(self, dataframe, metadata):\n"
            '        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)\n'
            "        return dataframe\n",
        ),
        good=(
            _HEAD + "    startup_candle_count = 140\n\n"
            "    def populate_indicators(self, dataframe, metadata):\n"
            '        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)\n'
            "        return dataframe\n",
        ),
    ),
    CodeDocumentation(
        code="FG826",
        name=WarmUp.name,
        title="a column depends on where the frame begins",
        why="Sums from the first candle on (cumsum, OBV, AD, a VWAP of the whole frame) have "
        "another value in every frame. A backtest begins elsewhere than a bot, and a bot "
        "elsewhere after each restart, so a condition on such a value means something else each "
        "time. Columns that are only moved as a whole, while the signals made of them stay, are "
        "not reported, nor are those that know the future (FG820), such as means and ranks over "
        "all candles.",
        severity="warning",
        bad=(
            _HEAD + "    def populate_indicators(self, dataframe, metadata):\n"
            '        dataframe["traded"] = dataframe["volume"].cumsum()\n'
            "        return dataframe\n",
        ),
        good=(
            _HEAD + "    startup_candle_count = 100\n\n"
            "    def populate_indicators(self, dataframe, metadata):\n"
            '        dataframe["traded"] = dataframe["volume"].rolling(100).sum()\n'
            "        return dataframe\n",
        ),
    ),
)
