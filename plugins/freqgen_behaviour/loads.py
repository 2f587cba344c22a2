"""Whether a strategy loads and runs, gives back what Freqtrade needs, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source, own_columns
from freqgen_behaviour.common import CANDLES, SIGNALS, fits, laboratory, same

if TYPE_CHECKING:
    from freqgen import (
        Design,
        Draft,
        Finding,
        Phase,
        Run,
        ScreenedDraft,
        Specimen,
        ValidationContext,
    )

AHEAD = 37 * 86_400 + 5 * 3_600 + 11 * 60
"""Seconds by which the clock of the second run is ahead: another month, day, hour and minute."""

_KEEP = "return the frame that was given, with columns added and no row left out"


class LoadsAndRuns:
    """Loads a draft as Freqtrade does and runs it twice."""

    name = "runs"
    codes = (
        "FG801",
        "FG802",
        "FG803",
        "FG804",
        "FG805",
        "FG806",
        "FG810",
        "FG811",
        "FG812",
        "FG813",
        "FG814",
        "FG815",
        "FG861",
    )

    @property
    def phase(self) -> Phase:
        """After all static phases."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self,
        draft: Draft,
        design: Design | None,  # noqa: ARG002  (what it was made from does not matter)
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """Say what keeps the draft from running as Freqtrade needs it."""
        from freqgen import Finding, Trial

        lab = laboratory(context)
        specimen = lab.describe(cast("ScreenedDraft", draft))
        if isinstance(specimen, Finding):
            return [specimen]
        if specimen.engine:
            return [_replaces(specimen)]
        trials = [Trial(lines=True), Trial(clock=AHEAD)]
        if specimen.callbacks:
            trials.append(Trial(what="answers"))
        full, later, *answered = lab.run(specimen, trials)
        for run in (full, later, *answered):
            if run.finding is not None:
                return [run.finding]
        if (wrong := _wrong_frame(full)) is not None:
            return [wrong]
        if not fits(later):
            return [_error("FG803", "the second run gives back another frame", _KEEP)]
        changing = unstable(full, later)
        if not changing:
            return []
        (again,) = lab.run(specimen, [Trial()])
        repeated = unstable(full, again) if fits(again) else changing
        return list(_not_the_same(Source(draft.source), full, changing, bool(repeated)))

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the codes."""
        return DOCUMENTATION


def unstable(first: Run, second: Run) -> list[str]:
    """Columns that differ between two runs on the same candles."""
    a, b = first.frame, second.frame
    if a is None or b is None:
        return []
    return [
        column
        for column in own_columns(a.columns)
        if column not in b.columns or not same(a[column], b[column]).all()
    ]


def _wrong_frame(run: Run) -> Finding | None:
    """What is wrong with a frame as a whole, or with a column that Freqtrade reads."""
    frame, candles = run.frame, run.candles
    if frame is None or candles is None:
        return _error("FG803", "no frame is given back", _KEEP)
    columns = list(frame.columns)
    if twice := next((name for name in columns if columns.count(name) > 1), None):
        return _error("FG803", f'there are two columns "{twice}"', "give each a name of its own")
    if lost := [name for name in CANDLES if name not in columns]:
        return _error("FG803", f'the column "{lost[0]}" of the candles is gone', _KEEP)
    if len(frame) != len(candles):
        text = f"{len(frame):,} rows are given back for {len(candles):,} candles"
        return _error("FG803", text, _KEEP)
    for name in CANDLES:
        equal = same(frame[name], candles[name])
        if not equal.all():
            row = int((~equal).argmax())
            return _error(
                "FG804",
                f'the column "{name}" of the candles is changed, first on '
                f"{candles['date'].iloc[row]:%Y-%m-%d %H:%M} from {candles[name].iloc[row]} to "
                f"{frame[name].iloc[row]}: a backtest would fill trades at prices that never were",
                f'keep "{name}" as it is and give what you compute a name of its own',
                run.lines.get(name),
            )
    if not run.numbered:
        return _error(
            "FG803",
            "the rows given back are not numbered as they were given",
            "undo set_index or sort_values with reset_index(drop=True)",
        )
    for name in SIGNALS[:4]:
        if name in columns and frame[name].dtype == object and not _is_signal(frame[name]):
            value = frame[name].dropna().iloc[0]
            return _error(
                "FG803",
                f'the column "{name}" holds {value!r}; Freqtrade trades where it is 1',
                "assign the number 1",
                run.lines.get(name),
            )
    return None


def _is_signal(column: object) -> bool:
    """Whether objects of a column are truths or numbers, with gaps."""
    import pandas as pd

    values = pd.Series(column).dropna()
    return all(isinstance(value, bool | int | float) for value in values)


def _not_the_same(
    source: Source, full: Run, changing: list[str], random: bool
) -> Iterator[Finding]:
    """One finding: the column in which it begins."""
    first = changing[0]
    line = source.line_of(first, full.lines)
    used = any(source.uses(column) for column in changing)
    also = [column for column in changing[1:] if column in SIGNALS]
    follows = f"; {', '.join(also)} {'follow' if len(also) > 1 else 'follows'} it" if also else ""
    if random:
        code, what = "FG805", "is another one in every run on the same candles"
        hint = "leave chance out, or give it a fixed seed"
    else:
        code, what = "FG806", "depends on the clock at which it is computed"
        hint = 'take the time from the column "date" of the candles'
    text = f'the column "{first}" {what}{follows}'
    text += (
        ", so a backtest says nothing of what will be"
        if used
        else "; no signal or callback depends on it"
    )
    yield _finding(code, text, hint, line, blocks=used)


def _replaces(specimen: Specimen) -> Finding:
    names = ", ".join(specimen.engine)
    return _error(
        "FG861",
        f"{names} {'are' if len(specimen.engine) > 1 else 'is'} defined anew, which Freqtrade's "
        "engine decides by",
        "use Freqtrade's callbacks, such as custom_exit or custom_stoploss",
    )


def _error(code: str, message: str, hint: str, line: int | None = None) -> Finding:
    return _finding(code, message, hint, line, blocks=True)


def _finding(code: str, message: str, hint: str, line: int | None, *, blocks: bool) -> Finding:
    from freqgen import Finding, Phase, Severity

    return Finding(
        code=code,
        severity=Severity.ERROR if blocks else Severity.WARNING,
        phase=Phase.BEHAVIOUR,
        message=message,
        hint=hint,
        line=line,
    )


def _said(code: str, title: str, why: str, severity: str = "error") -> CodeDocumentation:
    return CodeDocumentation(code=code, name="runs", title=title, why=why, severity=severity)


DOCUMENTATION = (
    _said(
        "FG801",
        "Freqtrade cannot load the strategy",
        "An import fails, the class is not there, or Freqtrade's own checks refuse it. A bot "
        "would not start.",
    ),
    _said(
        "FG802",
        "the strategy fails with an exception",
        "Raised while it computed its columns or answered a callback. A bot would skip the pair "
        "or the callback and go on.",
    ),
    _said(
        "FG803",
        "the strategy gives back another frame than Freqtrade needs",
        "Rows are missing or in another order, a column is gone or there twice, or a signal is "
        "no number. A bot refuses such a frame; a backtest may take it and be wrong.",
    ),
    _said(
        "FG804",
        "the strategy changes the candles",
        "Freqtrade's backtest fills trades at the prices of the frame that the strategy gives "
        "back. With Heikin-Ashi candles in place of the real ones, for one, it trades at prices "
        "that never were.",
    ),
    _said(
        "FG805",
        "the strategy is another one in every run",
        "Two runs on the same candles differ, so that a backtest shows one draw of many. Columns "
        "that no signal depends on are a warning.",
        "error or warning",
    ),
    _said(
        "FG806",
        "the strategy depends on the clock",
        "With a clock that is ahead, the same candles give other columns. In a backtest all "
        "candles are computed at one moment.",
        "error or warning",
    ),
    _said(
        "FG810",
        "the strategy did not end in time",
        "It was stopped after the time limit of the sandbox.",
    ),
    _said(
        "FG811",
        "the strategy took more memory than its limit",
        "It was stopped by the sandbox.",
    ),
    _said(
        "FG812",
        "the strategy filled the disk",
        "It was stopped by the sandbox; its files are gone.",
    ),
    _said(
        "FG813",
        "the strategy printed without end",
        "It was stopped by the sandbox.",
    ),
    _said(
        "FG814",
        "the strategy ended or crashed its process",
        "It called an exit, or a library that it called crashed. A bot would be gone with it.",
    ),
    _said(
        "FG815",
        "the strategy's process answered what is no answer",
        "What came from the sandbox is no message of freqgen's: the strategy changed the process "
        "that it ran in.",
    ),
    _said(
        "FG860",
        "the strategy and Freqtrade's engine do not agree on what happened",
        "The engine that simulates never sees the strategy's code. What the strategy's own "
        "process saw differs from it, so something in there was changed: the engine, the fees, "
        "the trades, or the strategy's own attributes while it traded. Said by the backtest.",
    ),
    _said(
        "FG861",
        "the strategy replaces methods of Freqtrade's engine",
        "Methods such as ``should_exit`` decide in Freqtrade's place. Its documentation says not "
        "to define them, and freqgen's engine does not ask them.",
    ),
)
"""What the codes of this check, and of a backtest of a file, mean."""
