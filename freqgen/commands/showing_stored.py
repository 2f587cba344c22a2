"""What is stored, for people, with rich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from freqgen.commands.context import shown
from freqgen.commands.showing import (
    heading,
    lines,
    percent,
    show_design,
    show_figures,
    show_finding_rows,
)
from freqgen.printable import printable
from freqgen.store.files import FileState

if TYPE_CHECKING:
    from rich.console import Console

    from freqgen.pipeline import Freqgen
    from freqgen.store.record import Attempt, Record, StatusChange

PLACES = {
    FileState.CURRENT: "in use",
    FileState.SUPERSEDED: "replaced",
    FileState.EDITED: "edited",
    FileState.MISSING: "missing",
}
"""What lies where the file of a usable strategy belongs, in a word."""


def show_records(
    console: Console, records: Sequence[Record], places: Mapping[str, FileState]
) -> None:
    """Records, a row each.

    :param places: What lies where the file of a record belongs, by id.
    """
    if not records:
        console.print("Nothing is stored yet; freqgen generate makes a strategy.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    names = ("id", "name", "rev.", "status", "file", "created (UTC)", "market", "trades", "profit")
    for name in (*names, "brief"):
        right = name in {"rev.", "trades", "profit"}
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    rows = []
    for record in records:
        measured = record.measurements.get("backtest", {})
        rows.append(
            (
                record.id,
                record.name,
                str(record.revision),
                record.status.value,
                PLACES[places[record.id]] if record.id in places else "",
                record.created.strftime("%Y-%m-%d %H:%M"),
                record.market or "-",
                str(measured.get("trades", "-")),
                percent(measured.get("profit_total")),
            )
        )
    # The brief gives way, so that nothing else is cut short.
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    room = max(console.width - sum(widths) - 2 * len(widths), 10)
    for record, row in zip(records, rows, strict=True):
        brief = " ".join(record.brief.split()) or "(a design)"
        table.add_row(*map(Text, row), Text(brief[: min(room, 60)]))
    console.print(table)


def show_record(
    console: Console,
    record: Record,
    decisions: Sequence[StatusChange],
    freqgen: Freqgen,
    place: FileState | None,
    *,
    attempts: Sequence[Attempt] = (),
) -> None:
    """Everything about one record.

    :param place: What lies where its file belongs, if Freqtrade looks there.
    """
    console.print(
        Text.assemble(
            (record.name, "bold"),
            f" revision {record.revision}, id {record.id}, {record.status.value}",
        )
    )
    file = shown(freqgen.workspace.user_data_dir / record.path)
    if place is not None:
        file += {
            FileState.CURRENT: ", in use",
            FileState.SUPERSEDED: ", which has another revision now; "
            f"freqgen approve {record.name}@{record.revision} puts this one back",
            FileState.EDITED: ", which was edited since freqgen wrote it",
            FileState.MISSING: f", which is missing; freqgen approve {record.id} puts it back",
        }[place]
    tested = "not tested: it was never backtested"
    if record.market:
        tested = (
            f"tested on {record.market.upper() if record.market == 'synthetic' else 'real'} "
            f"candles, {record.timerange}, {record.exchange} {record.trading_mode}"
        )
    lines(
        console,
        [
            f"made {record.created:%Y-%m-%d %H:%M} UTC by freqgen {record.freqgen_version} "
            f"with Freqtrade {record.freqtrade_version}",
            f"designed by {record.design_origin or 'a person'}, "
            f"written by {record.code_origin or 'a person'}",
            f"file: {printable(file)}",
            tested,
        ],
    )
    if record.parent:
        lines(console, [f"revised from {record.parent}"])
    if record.brief:
        heading(console, "Brief")
        console.print(Text(record.brief), soft_wrap=True)
    if record.design is not None:
        from freqgen.design.model import Design

        heading(console, "Design")
        design = Design.from_data(dict(record.design), origin=f"record {record.id}")
        show_design(console, freqgen.check(design))
    heading(console, "Findings")
    show_finding_rows(console, record.findings)
    for name, values in record.measurements.items():
        heading(console, f"Measurements of {name}")
        show_measurement(console, values, record.market)
    heading(console, "Decisions")
    for gate in record.gates:
        lines(console, [f"{gate['name']}: {gate['reason']}"])
    if any(one.error or one.findings or one.mended or one.usage.calls for one in attempts):
        lines(console, map(_say_attempt, attempts))
    for decision in decisions:
        reason = f" ({decision.reason})" if decision.reason else ""
        lines(console, [f"{decision.time:%Y-%m-%d %H:%M} {decision.status.value}{reason}"])


def _say_attempt(attempt: Attempt) -> str:
    """A question to a model, what it took, and what was wrong with the answer."""
    asked = ":".join(filter(None, (attempt.provider, attempt.model)))
    usage = attempt.usage
    took = f"{usage.input_tokens + usage.output_tokens:,} tokens, {attempt.seconds:.1f} s"
    if usage.cost_usd:
        took += f", {usage.cost_usd:.4f} USD"
    blocking = [one for one in attempt.findings if one["severity"] == "error"]
    wrong = attempt.error or _codes(blocking)
    asked_for = "fresh code" if attempt.reason == "fresh" else attempt.step
    said = f"attempt {attempt.number}, {asked_for} by {asked} ({took})"
    said += f": {wrong}" if wrong else ""
    return said + (f"; mended by freqgen: {_codes(attempt.mended)}" if attempt.mended else "")


def _codes(findings: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(one["code"]) for one in findings))


def show_measurement(console: Console, values: Mapping[str, Any], market: str | None) -> None:
    """What an evaluator measured: the figures of a backtest, or each value in a row."""
    if "backtest_start" in values:
        show_figures(console, values, market)
    else:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), show_header=False)
        table.add_column("")
        table.add_column("", justify="right")
        for key, value in values.items():
            if not isinstance(value, list | dict):
                told = f"{value:.6g}" if isinstance(value, float) else str(value)
                table.add_row(Text(str(key)), Text(told))
        console.print(table)
