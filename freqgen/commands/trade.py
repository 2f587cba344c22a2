"""``freqgen paper`` and ``freqgen download-markets``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from freqgen.commands.options import add_partial_option
from freqgen.printable import printable

if TYPE_CHECKING:
    from freqgen.commands.context import CommandContext


def add_commands(subparsers: Any) -> None:
    """Add the verbs."""
    parser = subparsers.add_parser(
        "paper",
        group="Paper trading",
        help="trade on paper with Freqtrade's own bot, until Ctrl-C",
    )
    parser.add_argument("name", metavar="NAME", help="an allowed or approved strategy")
    add_partial_option(parser)
    parser.set_defaults(run=paper)

    parser = subparsers.add_parser(
        "download-markets",
        group="Paper trading",
        help="store the exchange's precisions, limits and fees for backtests without network",
    )
    parser.set_defaults(run=download_markets)


def paper(args: Namespace, context: CommandContext) -> int:
    """Trade on paper, and say what happened."""
    from freqgen.commands.showing import show_paper

    context.check_datadir()
    report = context.stored().paper(args.name)
    context.emit(report.to_dict(), lambda console: show_paper(console, report))
    return 0


def download_markets(args: Namespace, context: CommandContext) -> int:  # noqa: ARG001
    """Store the market table of the configured exchange."""
    path = context.freqgen().download_markets()
    context.emit({"path": str(path)}, f"The market table is stored in {printable(path)}")
    return 0
