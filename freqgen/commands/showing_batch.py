"""What came of several strategies, for people, each as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from freqgen.commands.showing import say_tried_on, show_backtest, show_findings, show_name

if TYPE_CHECKING:
    from rich.console import Console

    from freqgen.exceptions import FreqgenException
    from freqgen.outcome import BacktestOutcome, CheckedFile


def show_checked(console: Console, file: str, checked: CheckedFile) -> None:
    """What the checks found in a file, or why they could not end.

    :param file: As it was named.
    """
    show_name(console, checked.name, f" in {file}")
    if checked.error is not None:
        show_error(console, checked.error)
    else:
        show_findings(console, checked.validation.report)
        say_tried_on(console, checked.validation.tried_on)


def show_error(console: Console, exc: FreqgenException) -> None:
    """What went wrong with one of several strategies."""
    console.print(Text.assemble(("  error   ", "red"), exc.message), soft_wrap=True)
    if exc.hint:
        console.print(Text(f"          {exc.hint}", style="dim"), soft_wrap=True)


def show_outcome(console: Console, outcome: BacktestOutcome, *, market: str, trades: bool) -> None:
    """What came of a strategy that was to be backtested.

    :param market: ``synthetic`` or ``real``.
    """
    if outcome.error is not None:
        rest = f" in {outcome.file}"
        if outcome.record is not None:
            rest = f" revision {outcome.record.revision} ({outcome.record.id})"
        show_name(console, outcome.name, rest)
        if outcome.report.findings:
            show_findings(console, outcome.report)
        show_error(console, outcome.error)
    elif outcome.file is not None:
        show_name(console, outcome.name, f" in {outcome.file}")
        show_findings(console, outcome.report)
    if outcome.result is not None:
        show_backtest(
            console,
            outcome.result,
            label=outcome.label,
            market=market,
            trades=trades,
            report=outcome.report,
        )
