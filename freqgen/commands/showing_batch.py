"""What came of several strategies, for people, each as soon as it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from freqgen.commands.showing import (
    heading,
    say_tried_on,
    show_backtest,
    show_findings,
    show_name,
)
from freqgen.finding import Severity
from freqgen.printable import printable

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from freqgen.exceptions import FreqgenException
    from freqgen.finding import Finding
    from freqgen.outcome import BacktestOutcome, CheckedFile


def show_checked(
    console: Console, file: str, checked: CheckedFile, *, written: bool = True
) -> None:
    """What the checks found in a file, or why they could not end.

    :param file: As it was named.
    :param written: Whether what was mended is in the file now.
    """
    show_name(console, checked.name, f" in {printable(file)}")
    if checked.error is not None:
        show_error(console, checked.error)
        return
    for finding in checked.mended:
        place = f":{finding.line}" if finding.line else ""
        done = "mended " if written else "to mend"
        text = Text.assemble((f"  {done} {finding.code}{place} ", "green"), finding.message)
        console.print(text, soft_wrap=True)
    show_diff(console, checked.diff)
    if checked.mended and not checked.validation.report.findings:
        console.print("  nothing else was found")
    else:
        show_findings(console, checked.validation.report)
    silenced = checked.validation.silenced
    if silenced:
        codes = ", ".join(dict.fromkeys(finding.code for finding in silenced))
        text = Text(f"  silenced by comments: {len(silenced)} ({codes})", style="dim")
        console.print(text, soft_wrap=True)
    say_tried_on(console, checked.validation.tried_on)


_DIFF = {"+": "green", "-": "red", "@": "cyan"}


def show_diff(console: Console, diff: str) -> None:
    """A unified diff, as it is, so that it can be applied."""
    segments = [
        Segment(f"{line}\n", console.get_style(_DIFF.get(line[:1], "none")))
        for line in (diff.removesuffix("\n").split("\n") if diff else ())
    ]
    console.print(Segments(segments), soft_wrap=True, end="")  # a text would lose its tabs


def show_summary(
    console: Console,
    done: Sequence[CheckedFile],
    *,
    asked: int,
    others: int,
    fix: str,
    written: bool = True,
) -> None:
    """What came of several files, in a table.

    :param asked: How many there were to check.
    :param others: How many were passed over, as they have no strategy.
    :param fix: The command that mends what can be mended; empty where that was done.
    :param written: Whether what was mended is in the files now.
    """
    findings = [f for one in done for f in one.validation.report.findings]
    errors = sum(1 for f in findings if f.severity is Severity.ERROR)
    fixable = sum(1 for f in findings if f.fixable)
    heading(console, "Summary")
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    rows = [
        ("files", len(done)),
        ("passed", sum(1 for one in done if one.passed)),
        ("errors", errors),
        ("warnings", len(findings) - errors),
        ("silenced by comments", sum(len(one.validation.silenced) for one in done)),
        ("could not be checked", sum(1 for one in done if one.error is not None)),
        ("mended" if written else "to mend with --fix", sum(len(one.mended) for one in done)),
        ("not reached", asked - len(done)),
    ]
    for name, count in rows:
        if count or name in {"files", "passed", "errors", "warnings"}:
            table.add_row(f"  {name}", f"{count:,}")
    console.print(table)
    if findings:
        console.print(_by_code(findings))
    if others:
        console.print(f"  no strategy in {others:,} file{'s' if others > 1 else ''}")
    if fix and fixable:
        console.print(Text(f"  {fixable:,} can be mended: {fix}", style="green"), soft_wrap=True)


_MOST_CODES = 10


def _by_code(findings: Sequence[Finding]) -> Table:
    """The most frequent codes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for name, justify in _COLUMNS:
        table.add_column(name, justify=justify)
    counted = Counter((finding.code, finding.severity) for finding in findings)
    fixable = Counter((finding.code, finding.severity) for finding in findings if finding.fixable)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    for (code, severity), count in ordered[:_MOST_CODES]:
        mends = fixable[code, severity]
        table.add_row(f"  {code}", severity.value, f"{count:,}", f"{mends:,}" if mends else "")
    if len(ordered) > _MOST_CODES:
        rest = sum(count for _, count in ordered[_MOST_CODES:])
        table.add_row("  others", "", f"{rest:,}", "")
    return table


_COLUMNS: tuple[tuple[str, JustifyMethod], ...] = (
    ("  code", "left"),
    ("", "left"),
    ("found", "right"),
    ("fixable", "right"),
)


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
        rest = f" in {printable(outcome.file)}"
        if outcome.record is not None:
            rest = f" revision {outcome.record.revision} ({outcome.record.id})"
        show_name(console, outcome.name, rest)
        if outcome.report.findings:
            show_findings(console, outcome.report)
        show_error(console, outcome.error)
    elif outcome.file is not None:
        show_name(console, outcome.name, f" in {printable(outcome.file)}")
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
