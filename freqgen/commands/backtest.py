"""``backtest``: Freqtrade's own, of stored strategies and of anybody's files."""

from __future__ import annotations

import re
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import add_demo_option, run_options
from freqgen.commands.generate import DENIED
from freqgen.commands.options import add_backtest_options, add_partial_option
from freqgen.commands.output import error_data
from freqgen.commands.steps import GROUP
from freqgen.printable import command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freqgen.commands.context import CommandContext
    from freqgen.outcome import BacktestOutcome


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
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
                hint=f"put files before -p, as in: freqgen backtest {command_line([word])} "
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
