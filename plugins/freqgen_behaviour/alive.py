"""Why a strategy never enters: which condition holds how often, and which one leaves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source
from freqgen_behaviour.common import full_run, laboratory
from freqgen_behaviour.notes import Condition, Entry, with_notes
from freqgen_behaviour.proposals import Held, contradiction, never, proposal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from freqgen import Design, Draft, Finding, Phase, Run, Specimen, ValidationContext

_SHOWN = 6
"""Most conditions whose counts are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way into a trade, as it was on the candles after the warm-up.

    :param without: On how many candles the others hold together, for each condition.
    """

    entry: Entry
    held: tuple[Held, ...]
    together: int
    without: tuple[int, ...]


class Alive:
    """Tells why a strategy has no entry on all candles that it was tried on."""

    name = "alive"
    codes = ("FG840",)

    @property
    def phase(self) -> Phase:
        """The strategy is run."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self,
        draft: Draft,
        design: Design | None,  # noqa: ARG002  (what the code does is what counts)
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """Count entries, and where there are none, the conditions of the entries."""
        found = full_run(draft, context)
        if found is None:
            return []
        specimen, run = found
        signals = _Signals(specimen, run)
        if signals.enters or not signals.rows:
            return []
        source = Source(draft.source)
        if (finding := _ignored(signals, source, run)) is not None:
            return [finding]
        ways = _ways(draft, specimen, context)
        open_ways = [way for way in ways if way.together]
        if open_ways:
            return [_unset(open_ways[0], signals)]
        if ways:
            return [_empty(ways, signals)]
        line = next((source.line_of(c, run.lines) for c in signals.columns if c in run.lines), None)
        return [
            _finding(
                f"{signals.none} has an entry signal ({signals.tried})",
                "set enter_long to 1 where the strategy shall enter, and see how often the "
                "condition holds",
                line,
            )
        ]

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the code."""
        return _DOCUMENTATION


class _Signals:
    """The entries of a full run after the warm-up, as Freqtrade takes them."""

    columns = ("enter_long", "enter_short")

    def __init__(self, specimen: Specimen, run: Run) -> None:
        assert run.frame is not None  # noqa: S101  (there is no full run without)
        frame = run.frame.iloc[specimen.startup :]
        self.rows = len(frame)
        self.can_short = bool(specimen.attributes.get("can_short"))
        self.long, self.short = (
            self._is_one(frame, "enter_long"),
            self._is_one(frame, "enter_short"),
        )
        against = [self._is_one(frame, "exit_long"), self._is_one(frame, "exit_short")]
        short = self.short & self.can_short
        # Freqtrade ignores an entry beside an exit, or beside an entry to the other side.
        taken = (self.long & ~against[0] & ~short) | (short & ~against[1] & ~self.long)
        self.enters = bool(taken.any())
        self.values = [
            str(value)
            for column in self.columns
            if column in frame.columns
            for value in frame[column].dropna().unique()[:3]
            if value not in (0, 1)
        ]
        made_up = "made-up " if specimen.synthetic else ""
        after = f" after the warm-up of {specimen.startup}" if specimen.startup else ""
        self.none = f"none of {self.rows:,} {made_up}candles of {specimen.pair}{after}"
        others = "real candles" if specimen.synthetic else "other pairs and times"
        self.tried = f"on the one pair that was tried; {others} may differ"

    @staticmethod
    def _is_one(frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
        import numpy as np

        if column not in frame.columns:
            return np.zeros(len(frame), dtype=bool)
        return np.asarray((frame[column] == 1).fillna(False), dtype=bool)


def _finding(message: str, hint: str, line: int | None) -> Finding:
    from freqgen import Finding, Phase, Severity

    return Finding(
        code="FG840",
        severity=Severity.WARNING,
        phase=Phase.BEHAVIOUR,
        message=message,
        hint=hint,
        line=line,
    )


def _ignored(signals: _Signals, source: Source, run: Run) -> Finding | None:
    """Entries that are there and that Freqtrade does not take."""
    if signals.long.any() or (signals.short.any() and signals.can_short):
        count = int((signals.long | signals.short).sum())
        return _finding(
            f"{signals.none} can be entered: all {count:,} entry signals are on candles that have "
            "an exit signal too, or an entry to the other side, and Freqtrade takes neither",
            "add the opposite of the exit's condition to the entry, or make the exit stricter",
            source.line_of("enter_long" if signals.long.any() else "enter_short", run.lines),
        )
    if signals.short.any():
        return _finding(
            f"{signals.none} can be entered: there are {int(signals.short.sum()):,} short entries "
            "and no long ones, and Freqtrade opens no shorts without can_short",
            "write can_short = True and trade futures, or set enter_long",
            source.line_of("enter_short", run.lines),
        )
    if signals.values:
        return _finding(
            f"{signals.none} has an entry signal: Freqtrade acts on 1 alone, and the column has "
            f"the values {', '.join(signals.values)}",
            "set it to 1",
            source.line_of("enter_long", run.lines) or source.line_of("enter_short", run.lines),
        )
    return None


def _ways(draft: Draft, specimen: Specimen, context: ValidationContext) -> list[_Way]:
    """What the conditions of each entry gave; those of which nothing is known are left out."""
    from freqgen import Trial

    noted = with_notes(draft.source)
    if noted is None:
        return []
    (run,) = laboratory(context).run(specimen, [Trial(source=noted.source)])
    if run.notes is None:
        return []
    notes = run.notes.iloc[specimen.startup :]
    ways = []
    for entry in noted.entries:
        held = tuple(one for condition in entry.conditions for one in _held(condition, notes))
        if held and {h.condition for h in held} == {*entry.conditions}:
            ways.append(_way(entry, held))
    return ways


def _held(condition: Condition, notes: pd.DataFrame) -> Iterable[Held]:
    """What one condition gave; several if it was added in a loop."""
    keys = [k for k in notes.columns if k == condition.key or k.startswith(f"{condition.key}.")]
    for key in keys:
        if condition.sign and f"l{key}" in notes.columns:
            left, right = _numbers(notes[f"l{key}"]), _numbers(notes[f"r{key}"])
        else:
            left = right = None
        yield Held(condition=condition, true=_truth(notes[key]), left=left, right=right)


def _truth(column: pd.Series[Any]) -> NDArray[np.bool_]:
    import numpy as np

    # As pandas sees a condition: a missing value is not true.
    return np.asarray(column.astype(object).where(column.notna(), False).astype(bool))


def _numbers(column: pd.Series[Any]) -> NDArray[np.float64] | None:
    import numpy as np
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        return None
    found = pd.to_numeric(column, errors="coerce").astype(float)
    if found.notna().sum() < column.notna().sum():
        return None  # text, or dates
    return np.asarray(found, dtype=float)


def _way(entry: Entry, held: tuple[Held, ...]) -> _Way:
    import numpy as np

    truths = np.array([one.true for one in held])
    without = tuple(int(np.delete(truths, i, axis=0).all(axis=0).sum()) for i in range(len(held)))
    return _Way(entry=entry, held=held, together=int(truths.all(axis=0).sum()), without=without)


def _unset(way: _Way, signals: _Signals) -> Finding:
    return _finding(
        f"{signals.none} has an entry signal, though the conditions of the entry hold together on "
        f"{way.together:,}: a later statement sets the signal back",
        "look for an assignment to the whole column, or for one with 0, after this one",
        way.entry.line,
    )


def _empty(ways: Sequence[_Way], signals: _Signals) -> Finding:
    """Say of the way that is nearest to a signal what closes it."""
    way = max(ways, key=lambda w: (max(w.without), -len(w.held)))
    number = _culprit(way)
    culprit = way.held[number]
    parts = [f"{signals.none} has an entry signal ({signals.tried})"]
    if len(way.held) > 1:
        parts.append(f"alone, {_counts(way.held)}")
    others = "the others" if len(way.held) > 2 else "the other one"
    if not culprit.count:
        because = never(culprit)
        if len(way.held) > 1 and way.without[number]:
            because += f", while {others} hold{'' if len(way.held) > 2 else 's'} on "
            because += f"{way.without[number]:,}"
    elif way.without[number]:
        left = way.without[number]
        because = (
            f"{culprit.text} holds on none of the {left:,} candles"
            if left > 1
            else f"{culprit.text} does not hold on the only candle"
        ) + (f" on which {others} hold{' together' if len(way.held) > 2 else 's'}")
    else:
        because = _gone(way)
    parts.append(because)
    if len(ways) > 1:
        parts.append(f"nor does any of the other {len(ways) - 1} ways in give a signal")
    return _finding(
        "; ".join(parts),
        contradiction(way.held) or proposal(way.held, number),
        culprit.condition.line,
    )


def _culprit(way: _Way) -> int:
    """The condition that empties the set.

    One that never holds; else the one without which most candles are left; else the one with
    which, taken in order, nothing is left.
    """
    import numpy as np

    empty = [i for i, one in enumerate(way.held) if not one.count]
    if empty:
        return max(empty, key=lambda i: way.without[i])
    if max(way.without):
        return max(range(len(way.held)), key=lambda i: way.without[i])
    running = np.ones_like(way.held[0].true)
    for number, one in enumerate(way.held):
        running &= one.true
        if not running.any():
            return number
    return 0


def _gone(way: _Way) -> str:
    """How candles become fewer, condition by condition, where no single one is to blame."""
    import numpy as np

    running = np.ones_like(way.held[0].true)
    steps = []
    for one in way.held:
        running = running & one.true
        steps.append(f"{int(running.sum()):,} with {one.text}")
        if not running.any():
            break
    return f"no single one is to blame: one after the other they leave {', '.join(steps)}"


def _counts(held: Sequence[Held]) -> str:
    shown = [f"{one.text} holds on {one.count:,}" for one in held[:_SHOWN]]
    more = [f"and {len(held) - _SHOWN} more"] if len(held) > _SHOWN else []
    return ", ".join([*shown, *more])


_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    'class S(IStrategy):\n    timeframe = "1h"\n\n'
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)

_DOCUMENTATION = (
    CodeDocumentation(
        code="FG840",
        name=Alive.name,
        title="no candle has an entry signal",
        why="A strategy that never enters looks safe and earns nothing; mostly one condition is "
        "to blame. It is tried on one pair only, and may enter on other pairs and at other times: "
        "a backtest of all of them shows it. Every condition of the entry is counted on the "
        "candles after the warm-up, alone and together with the others; the finding names the one "
        "that leaves nothing, and the hint a threshold, a window or an omission that was computed "
        "to give signals on these candles. Whether those are worth having is for a backtest to "
        "say. Signals that Freqtrade does not take, such as an entry beside an exit, count as "
        "none.",
        severity="warning",
        bad=(
            _HEAD + '        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)\n'
            '        dataframe.loc[dataframe["rsi"] < 1, "enter_long"] = 1\n'
            "        return dataframe\n",
        ),
        good=(
            _HEAD + '        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)\n'
            '        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1\n'
            "        return dataframe\n",
        ),
    ),
)
