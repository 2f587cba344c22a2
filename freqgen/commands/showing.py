"""Results for people, with rich."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from freqgen.commands.context import shown
from freqgen.design.explain import say_indicator, say_risk, say_rules
from freqgen.evaluation.gate import Decision
from freqgen.sandbox.level import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from freqgen.design.checked import CheckedDesign
    from freqgen.design.indicators import Indicator
    from freqgen.evaluation.engine import BacktestResult
    from freqgen.evaluation.paper import PaperReport
    from freqgen.finding import Finding, Report
    from freqgen.generation.provider import Reading, Span
    from freqgen.outcome import GenerationResult
    from freqgen.pipeline import Freqgen
    from freqgen.sandbox.level import Protection
    from freqgen.validation.runner import TriedOn

    Command = Callable[..., str]

_DECIDED = {
    Decision.ALLOW: ("allowed", "bold green"),
    Decision.REVIEW: ("waits for review", "bold yellow"),
    Decision.DENY: ("denied", "bold red"),
}


def heading(console: Console, text: str) -> None:
    """A heading with an empty line before it."""
    console.print(Text(f"\n{text}", style="bold"))


def lines(console: Console, items: Iterable[str], style: str = "", *, mark: str = "  - ") -> None:
    """Items with a dash each; nothing in them is markup."""
    for item in items:
        console.print(Text(f"{mark}{item}", style=style), soft_wrap=True)


def show_name(console: Console, name: str, rest: str) -> None:
    """A name, and what there is to say about it."""
    console.print(Text.assemble((name, "bold"), rest), soft_wrap=True)


def show_design(console: Console, checked: CheckedDesign) -> None:
    """A design in words."""
    design = checked.design
    console.print(
        Text.assemble(
            (design.name, "bold"),
            f" ({design.kind.replace('_', ' ')}, {design.timeframe} candles, "
            f"{'long and short' if design.can_short else 'long only'})",
        )
    )
    if design.hypothesis:
        console.print(Text(f"  {design.hypothesis}", style="italic"), soft_wrap=True)
    for title, rules in say_rules(checked):
        console.print(Text(f"  {title}"))
        lines(console, rules)
    if checked.indicators:
        console.print("  Indicators")
        lines(console, map(say_indicator, checked.indicators))
    console.print("  Risk")
    lines(console, say_risk(design))


def say_unread(span: Span) -> str:
    """Words that were not understood, with the reason where there is one."""
    return f'"{span.text}"' + (f": {span.meaning}" if span.meaning else "")


def say_overridden(span: Span) -> str:
    """Words that were understood and not used, with what is used."""
    return f'"{span.text}": {span.meaning}'


def show_reading(console: Console, reading: Reading) -> None:
    """What became of the words of a brief."""
    if reading.read:
        heading(console, "Understood")
        lines(console, (f'"{span.text}" as {span.meaning}' for span in reading.read))
    if reading.unread:
        heading(console, "Not understood")
        lines(console, map(say_unread, reading.unread), "yellow")
    elif reading.read:
        console.print("  Every word was understood.")
    if reading.overridden:
        heading(console, "Not used, for an option or an answer says otherwise")
        lines(console, map(say_overridden, reading.overridden), "yellow")
    if reading.defaults:
        heading(console, "Added without having been asked for")
        lines(console, reading.defaults, "yellow")


def say_held(console: Console, held: Protection) -> None:
    """What held the strategies that were run."""
    reason = f": {held.reason}" if held.reason else ""
    style = "dim" if held.level in {Level.FULL, Level.STRONG} else "yellow"
    console.print(Text(f"  sandbox: {held.level.value}{reason}", style=style), soft_wrap=True)


def say_tried_on(console: Console, tried: TriedOn | None) -> None:
    """Which candles a strategy was run on, if it was; that they are made up is to be seen."""
    if tried is None:
        return
    made_up = tried.market == "synthetic"
    text = f"tried on {'made-up' if made_up else f'{tried.candles:,} {tried.timeframe}'} candles"
    text += f": {tried.reason}" if tried.reason else f" of {tried.pair}"
    console.print(Text(f"  {text}", style="yellow" if made_up else "dim"), soft_wrap=True)


def show_findings(console: Console, report: Report) -> None:
    """Findings, a row each."""
    show_finding_rows(console, [finding.to_dict() for finding in report.findings])


def show_finding_rows(console: Console, findings: Sequence[Mapping[str, Any]]) -> None:
    """Findings as data, a row each."""
    if not findings:
        console.print("  nothing was found")
    for finding in findings:
        place = f":{finding['line']}" if finding["line"] else ""
        place += f":{finding['column']}" if finding["line"] and finding["column"] else ""
        style = "red" if finding["severity"] == "error" else "yellow"
        console.print(
            Text.assemble(
                (f"  {finding['severity']:<7} {finding['code']}{place} ", style),
                finding["message"],
            ),
            soft_wrap=True,
        )
        if finding["hint"]:
            console.print(Text(f"          {finding['hint']}", style="dim"), soft_wrap=True)


def show_mended(console: Console, mended: Iterable[Finding]) -> None:
    """What freqgen put right in the code that came, a row each."""
    for finding in mended:
        place = f" line {finding.line}" if finding.line else ""
        text = f"  mended by freqgen: {finding.code}{place}: {finding.message}"
        console.print(Text(text, style="dim"), soft_wrap=True)


def percent(value: float | None) -> str:
    """A ratio with two decimals of per cent."""
    return "-" if value is None else f"{value:+.2%}"


def figure(value: float | None, digits: int = 2) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    hours, minutes = divmod(round(seconds / 60), 60)
    days, hours = divmod(hours, 24)
    return (f"{days} d " if days else "") + f"{hours}:{minutes:02d} h"


def show_backtest(
    console: Console,
    result: BacktestResult,
    *,
    market: str,
    label: str = "",
    trades: bool = False,
    report: Report | None = None,
) -> None:
    """A backtest in Freqtrade's terms, with buy-and-hold beside it.

    :param market: ``synthetic`` or ``real``.
    :param label: What was tested, where its name alone does not say which.
    :param report: Findings that are shown already; a warning that is one is not said again.
    """
    heading(console, f"Backtest of {label or result.name} by Freqtrade's own engine")
    show_figures(console, result.to_dict(), market)
    if result.per_exit_reason:
        reasons = ", ".join(f"{row['key']} {row['trades']}" for row in result.per_exit_reason)
        console.print(Text(f"  exits: {reasons}"), soft_wrap=True)
    if result.markets == "assumed":
        console.print(
            "  precision, limits and fee are assumed; "
            "freqgen download-markets stores the exchange's own",
            style="dim",
            soft_wrap=True,
        )
    said = {finding.message for finding in report.findings} if report else set()
    lines(console, (text for text in result.warnings if text not in said), "yellow")
    if trades:
        _show_trades(console, result)


def show_figures(console: Console, values: Mapping[str, Any], market: str | None) -> None:
    """The figures of a backtest, by the names of a result's fields."""
    candles = "SYNTHETIC candles" if market == "synthetic" else "candles"
    pairs = list(values["pairs"])
    more = f" and {len(pairs) - 8} more" if len(pairs) > 8 else ""
    text = (
        f"{values['timeframe']} {candles} of {', '.join(pairs[:8])}{more}, "
        f"{values['backtest_start'][:16]} to {values['backtest_end'][:16]}, "
        f"fee {values['fee']:.2%} per order"
    )
    lines(console, [text], mark="  ")
    if market == "synthetic":
        warning = "Synthetic candles show that the strategy runs, not that it earns."
        lines(console, [warning], "yellow", mark="  ")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    table.add_column("")
    table.add_column("strategy", justify="right")
    table.add_column("buy and hold", justify="right")
    currency, won = values["stake_currency"], values["win_rate"]
    for name, value in (
        ("total profit", percent(values["profit_total"])),
        (f"profit in {currency}", f"{values['profit_total_abs']:+.2f}"),
        (f"final balance in {currency}", figure(values["final_balance"])),
        ("max. drawdown", f"{values['max_drawdown']:.2%}"),
        ("trades", str(values["trades"])),
        ("win rate", "-" if won is None else f"{won:.1%}"),
        ("average duration", _duration(values["avg_duration"])),
        ("profit factor", figure(values["profit_factor"])),
        ("Sharpe", figure(values["sharpe"])),
        ("Sortino", figure(values["sortino"])),
        ("Calmar", figure(values["calmar"])),
    ):
        held = percent(values["market_change"]) if name == "total profit" else ""
        table.add_row(Text(name), value, held)
    console.print(table)


def _show_trades(console: Console, result: BacktestResult) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("pair", "side", "opened", "closed", "entry", "exit", "profit", "exit reason"):
        table.add_column(name, justify="right" if name in {"entry", "exit", "profit"} else "left")
    for trade in result.trade_list:
        table.add_row(
            trade["pair"],
            "short" if trade["is_short"] else "long",
            str(trade["open_date"])[:16],
            str(trade["close_date"])[:16],
            f"{trade['open_rate']:.8g}",
            f"{trade['close_rate']:.8g}",
            percent(trade["profit_ratio"]),
            Text(str(trade["exit_reason"])),
        )
    console.print(table)


def show_comparison(console: Console, results: Sequence[tuple[str, BacktestResult]]) -> None:
    """Several backtests side by side."""
    heading(console, "Side by side")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("strategy", "trades", "profit", "drawdown", "Sharpe", "win rate"):
        table.add_column(name, justify="left" if name == "strategy" else "right")
    for label, result in results:
        table.add_row(
            Text(label),
            str(result.trades),
            percent(result.profit_total),
            f"{result.max_drawdown:.2%}",
            figure(result.sharpe),
            "-" if result.win_rate is None else f"{result.win_rate:.1%}",
        )
    console.print(table)


def show_generation(
    console: Console, result: GenerationResult, freqgen: Freqgen, command: Command
) -> None:
    """What came of a brief.

    :param command: Makes a command line to type next.
    """
    show_design(console, result.designed.checked)
    show_reading(console, result.designed.reading)
    heading(console, "Findings")
    show_findings(console, result.coded.report)
    show_mended(console, result.coded.attempt.mended)
    say_tried_on(console, result.coded.tried_on)
    if freqgen.held is not None:
        say_held(console, freqgen.held)
    if result.backtest is not None:
        report = result.coded.report
        show_backtest(console, result.backtest, market=freqgen.market, report=report)
    heading(console, "Decision")
    decided, style = _DECIDED[result.verdict.decision]
    tries, kept = len(result.coded.attempts), result.coded.attempt.number
    after = f" after {tries} attempts" if tries > 1 else ""
    after += f", of which number {kept} got furthest and is kept" if kept < tries else ""
    console.print(Text.assemble(("  " + decided, style), after))
    for gate in result.verdict.gates:
        mark = ("  passed  ", "green") if gate.passed else ("  failed  ", "red")
        console.print(Text.assemble(mark, f"{gate.name}: {gate.reason}"), soft_wrap=True)
    if unread := result.designed.reading.unread:
        parts = ", ".join(f'"{span.text}"' for span in unread)
        said = f"  but     not all that you asked for is in it; left out: {parts}"
        console.print(Text(said, style="yellow"), soft_wrap=True)
    if result.notes:
        heading(console, "Note")
        lines(console, result.notes, "yellow")
    _show_next(console, result, freqgen, command)


def _show_next(
    console: Console, result: GenerationResult, freqgen: Freqgen, command: Command
) -> None:
    record, name = result.record, result.record.name
    heading(console, "Files")
    lines(console, [f"strategy: {shown(result.path)}"])
    lines(console, [f"record: {record.id} (revision {record.revision} of {name})"])
    if result.backtest is not None and result.backtest.results_file:
        lines(console, [f"backtest: {shown(result.backtest.results_file)}"])
    heading(console, "Next")
    if result.verdict.decision is Decision.ALLOW:
        steps = [command("show", name, "--code"), command("paper", name, data=True)]
    elif result.verdict.decision is Decision.REVIEW:
        # Whoever is asked to read the code is shown it.
        read = ("--code",) if result.designed.design.worded else ()
        steps = [command("show", record.id, *read), command("approve", record.id)]
    else:
        steps = [command("show", record.id, part) for part in ("--findings", "--code")]
    if freqgen.demo:
        steps.append("the same without --demo, on candles of your own")
    lines(console, steps)


def show_indicators(console: Console, entries: Sequence[Indicator]) -> None:
    """The catalogue, by group."""
    groups: dict[str, list[Indicator]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    if not groups:
        console.print("No indicator mentions that; freqgen list-indicators shows all.")
    for group, members in groups.items():
        heading(console, group)
        for entry in members:
            params = ", ".join(f"{p.name}={p.default:g}" for p in entry.params)
            outputs = ""
            if len(entry.outputs) > 1:
                outputs = " -> " + ", ".join(output.name for output in entry.outputs)
            console.print(
                Text.assemble(
                    (f"  {entry.name}", "bold"), f"({params}){outputs}  ", (entry.title, "dim")
                ),
                soft_wrap=True,
            )


def show_paper(console: Console, report: PaperReport) -> None:
    """What a bot did on paper."""
    currency = report.stake_currency
    heading(console, f"{report.name} on paper")
    short = report.seconds < 60
    rows = [
        f"ran for {f'{report.seconds:.0f} s' if short else _duration(report.seconds)}, "
        f"trades opened: {report.opened}, closed: {report.closed}",
        f"profit of the trades closed in this run: {report.profit_abs:+.2f} {currency}",
    ]
    if report.continued:
        rows.append(
            f"since the first run: {report.total_closed} trades closed, "
            f"{report.total_profit_abs:+.2f} {currency}"
        )
    rows += [
        f"still open: {position['pair']} since {position['open_date']}; the next run goes on"
        for position in report.open_positions
    ]
    lines(console, rows)
    if closed := [trade for trade in report.trades if not trade["is_open"]]:
        table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
        for name in ("pair", "opened (UTC)", "closed (UTC)", "profit", currency, "exit"):
            right = name in {"profit", currency}
            table.add_column(name, justify="right" if right else "left", no_wrap=True)
        for trade in closed:
            table.add_row(
                str(trade["pair"]),
                *(trade[key][:16].replace("T", " ") for key in ("open_date", "close_date")),
                percent(trade["profit_ratio"]),
                f"{trade['profit_abs']:+.2f}",
                str(trade["exit_reason"]),
            )
        console.print(table)
    console.print(Text(f"  trades are kept in {shown(report.database)}"), soft_wrap=True)
