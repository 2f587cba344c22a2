"""The single steps: ``design``, ``code``, ``validate``, ``backtest``, ``list-indicators``."""

from __future__ import annotations

import re
import shlex
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import (
    add_brief_arguments,
    add_demo_option,
    check_idea,
    configured_timeframe,
    make_brief,
    read_design,
    read_text,
    run_options,
)
from freqgen.commands.generate import DENIED
from freqgen.commands.options import (
    add_backtest_options,
    add_model_options,
    add_partial_option,
    add_trading_options,
    add_unread_option,
)
from freqgen.commands.output import (
    add_output_options,
    check_output,
    error_data,
    write_output,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freqgen.commands.context import CommandContext
    from freqgen.outcome import BacktestOutcome

GROUP = "Single steps"


def add_commands(subparsers: Any) -> None:
    """Add the verbs."""
    parser = subparsers.add_parser(
        "design", group=GROUP, help="turn an idea into a design that you can edit"
    )
    add_brief_arguments(parser)
    add_trading_options(parser)
    add_unread_option(parser)
    add_model_options(parser, code=False)
    add_output_options(parser, "write the design to this file, and explain it here")
    parser.set_defaults(run=design)

    parser = subparsers.add_parser("code", group=GROUP, help="turn a design into a strategy")
    parser.add_argument("design", metavar="DESIGN", help="a design file; - reads standard input")
    add_output_options(parser, "write the strategy to this file")
    add_model_options(parser, design=False)
    parser.set_defaults(run=code)

    parser = subparsers.add_parser(
        "validate",
        group=GROUP,
        help="check strategy files: read them, then run them in the sandbox",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="strategy files")
    parser.add_argument(
        "-s", "--strategy", metavar="NAME", help="class to check, where a file has several"
    )
    parser.add_argument(
        "--static", action="store_true", help="read the files only; nothing of them is run"
    )
    add_partial_option(parser)
    parser.set_defaults(run=validate)

    parser = subparsers.add_parser(
        "backtest",
        group=GROUP,
        help="run Freqtrade's own backtest of stored strategies and of any strategy file",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME|FILE",
        help="names or ids, as freqgen list shows them; or strategy files",
    )
    parser.add_argument(
        "-s", "--strategy", nargs="+", default=[], metavar="NAME", help="the same, as in Freqtrade"
    )
    add_backtest_options(parser)
    add_demo_option(parser)
    add_partial_option(parser)
    parser.add_argument("--trades", action="store_true", help="list every trade")
    parser.set_defaults(run=backtest)

    parser = subparsers.add_parser(
        "list-indicators", group="Look around", help="show the indicators that a design may use"
    )
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="only those that mention all words"
    )
    parser.set_defaults(run=list_indicators)


def design(args: Namespace, context: CommandContext) -> int:
    """Print a design, or write it to a file and explain it."""
    from freqgen.commands.showing import (
        heading,
        lines,
        say_overridden,
        say_unread,
        show_design,
        show_reading,
    )
    from freqgen.outcome import reading_data

    check_idea(args)
    text = read_text(args.text)
    freqgen = context.freqgen()
    if args.output is not None:
        check_output(args.output, freqgen.workspace.user_data_dir, example="design.json")
    brief = make_brief(freqgen, text, args, context)
    freqgen.check_model(args.design_model or freqgen.settings.design_model)
    freqgen.audit.check()
    result = freqgen.design(brief, model=args.design_model, ignore_unread=args.ignore_unread)
    data = {
        "design": result.design.to_data(),
        **reading_data(result.reading),
        "usage": result.usage.to_dict(),
    }
    timeframe = configured_timeframe(freqgen)
    if timeframe not in {None, result.design.timeframe}:
        context.progress(
            f"the configuration says {timeframe} candles, the design {result.design.timeframe}"
        )
    if args.output is not None:
        write_output(args.output, result.design.to_json(), force=args.force)
        data["file"] = str(Path(args.output).absolute())

    def show(console: Any) -> None:
        if args.output is not None:
            show_design(console, result.checked)
            show_reading(console, result.reading)
            heading(console, "Next")
            model = result.origin if result.design.worded else ""
            coder = ("--code-model", model) if model else ()
            steps = [
                context.command("generate", "--design", args.output, *coder, data=True),
                context.command("code", args.output, *coder) + ", to see the code alone",
            ]
            lines(console, steps)
        else:
            context.write(result.design.to_json())
            for span in result.reading.overridden:
                context.progress(f"not used: {say_overridden(span)}")
            for span in result.reading.unread:
                context.warn(f"not understood: {say_unread(span)}")
            for default in result.reading.defaults:
                context.progress(f"default: {default}")

    context.emit(data, show)
    return 0


def code(args: Namespace, context: CommandContext) -> int:
    """Print the code of a design, or write it to a file."""
    from freqgen.commands.showing import lines, show_findings

    design = read_design(args.design)
    freqgen = context.freqgen()
    if args.output is not None:
        example = f"{design.name}.py"
        check_output(args.output, freqgen.workspace.user_data_dir, example=example)
    freqgen.check_model(args.code_model or freqgen.settings.code_model)
    freqgen.audit.check()
    result = freqgen.code(design, model=args.code_model, run=False)
    data = {
        "class_name": result.draft.class_name,
        "source": result.draft.source,
        "passed": result.report.passed,
        "attempts": len(result.attempts),
        "findings": [finding.to_dict() for finding in result.report.findings],
        "usage": result.usage.to_dict(),
    }
    if args.output is not None:
        write_output(args.output, result.draft.source, force=args.force)
        data["file"] = str(Path(args.output).absolute())

    def show(console: Any) -> None:
        if args.output is not None:
            show_findings(console, result.report)
            lines(console, [f"Written to {args.output}"], mark="")
        else:
            context.write(result.draft.source)
            for finding in result.report.findings:
                context.warn(f"{finding.code} line {finding.line}: {finding.message}")

    context.emit(data, show)
    return 0 if result.report.passed else DENIED


def validate(args: Namespace, context: CommandContext) -> int:
    """Check files; one object for one file, a list under ``files`` for several."""
    from freqgen.commands.showing import say_held
    from freqgen.commands.showing_batch import show_checked

    if not args.static:
        context.check_datadir()
    freqgen = context.freqgen()
    data: list[dict[str, Any]] = []
    checked = freqgen.validate_files(args.files, args.strategy, run=not args.static)
    for file, one in zip(args.files, checked, strict=True):
        # What was found is there for who ends it before the last file.
        context.show(partial(show_checked, file=file, checked=one))
        report, held = one.validation.report, freqgen.held
        ran = held is not None and "behaviour" in report.timings
        data.append(
            {
                "file": file,
                "passed": one.passed,
                "class_name": one.name,
                "findings": [finding.to_dict() for finding in report.findings],
                "timings": dict(report.timings),
                "sandbox": held.to_dict() if held and ran else None,
                "tried_on": one.validation.tried_on.to_dict() if one.validation.tried_on else None,
                "error": error_data(one.error) if one.error else None,
            }
        )
    passed = all(one["passed"] for one in data)

    def show(console: Any) -> None:
        if freqgen.held is not None:
            say_held(console, freqgen.held)

    context.emit(data[0] if len(data) == 1 else {"passed": passed, "files": data}, show)
    return 0 if passed else DENIED


def backtest(args: Namespace, context: CommandContext) -> int:
    """Backtest stored strategies and files, side by side."""
    from freqgen.batch import is_file
    from freqgen.commands.showing import say_held, show_comparison
    from freqgen.commands.showing_batch import show_outcome
    from freqgen.exceptions import UsageError

    names = [*args.names, *args.strategy]
    _check_swallowed(names, args.pairs or ())
    if not names:
        raise UsageError("name a strategy to backtest", hint="freqgen list shows them")
    options = run_options(args)
    context.check_datadir()
    if all(is_file(name) for name in names):
        freqgen = context.freqgen(demo=args.demo)
    else:
        freqgen = context.stored(demo=args.demo)
    market = freqgen.market
    outcomes: list[BacktestOutcome] = []

    for outcome in freqgen.backtest_each(names, options):
        outcomes.append(outcome)
        context.show(partial(show_outcome, outcome=outcome, market=market, trades=args.trades))
    held = freqgen.held
    done = [(outcome, outcome.result) for outcome in outcomes if outcome.result is not None]
    data: dict[str, Any] = {
        "market": market,
        "sandbox": held.to_dict() if held else None,
        "results": [
            {**_where(outcome), **result.to_dict(trade_list=args.trades)}
            for outcome, result in done
        ],
        "refused": [
            {
                **_where(outcome),
                "name": outcome.name,
                "error": error_data(outcome.error) if outcome.error else None,
            }
            for outcome in outcomes
            if not outcome.result
        ],
    }

    def show(console: Any) -> None:
        if len(done) > 1:
            show_comparison(console, [(outcome.label, result) for outcome, result in done])
        if held is not None:
            say_held(console, held)

    context.emit(data, show)
    return 0 if len(done) == len(outcomes) else DENIED


def _check_swallowed(names: Sequence[str], pairs: Sequence[str]) -> None:
    """Refuse strategies that stand behind ``-p``, which takes all that follows for pairs.

    :raises UsageError: If one does.
    """
    from freqgen.exceptions import UsageError

    for word in pairs:
        if word.endswith(".py") or Path(word).is_file():
            raise UsageError(
                f'-p took the file "{word}" for a pair',
                hint=f"put files before -p, as in: freqgen backtest {shlex.quote(word)} "
                "-p BTC/USDT",
            )
    if not names and (swallowed := [word for word in pairs if re.fullmatch(r"\w+(@\d+)?", word)]):
        raise UsageError(
            f'-p took "{swallowed[0]}" for a pair, and there is no strategy left to backtest',
            hint=f"put strategies before -p, as in: freqgen backtest {swallowed[0]} -p BTC/USDT",
        )


def _where(outcome: BacktestOutcome) -> dict[str, Any]:
    """Where a strategy came from, and what validation found in a file."""
    if outcome.record is not None:
        return {"id": outcome.record.id, "revision": outcome.record.revision}
    findings = [finding.to_dict() for finding in outcome.report.findings]
    return {"file": str(outcome.file), "findings": findings}


def list_indicators(args: Namespace, context: CommandContext) -> int:
    """Show the catalogue, or the entries that mention some words."""
    from freqgen.commands.showing import show_indicators

    words = [word.lower() for word in args.words]
    entries = [
        entry
        for entry in context.freqgen().catalogue
        if all(word in f"{entry.name} {entry.title} {entry.group}".lower() for word in words)
    ]
    data = {
        "indicators": [
            {
                "name": entry.name,
                "title": entry.title,
                "group": entry.group,
                "library": entry.library,
                "inputs": list(entry.inputs),
                "sources": list(entry.sources),
                "params": [
                    {
                        "name": p.name,
                        "kind": p.kind,
                        "default": p.default,
                        "low": p.low,
                        "high": p.high,
                        "description": p.description,
                    }
                    for p in entry.params
                ],
                "outputs": [
                    {"name": o.name, "native": o.native, "description": o.description}
                    for o in entry.outputs
                ],
                "cumulative": entry.cumulative,
            }
            for entry in entries
        ]
    }
    context.emit(data, lambda console: show_indicators(console, entries))
    return 0
