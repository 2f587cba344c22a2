"""``freqgen generate``: the whole way."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import (
    add_brief_arguments,
    add_demo_option,
    configured_timeframe,
    constraints,
    make_brief,
    read_design,
    read_text,
    run_options,
)
from freqgen.commands.options import (
    add_backtest_options,
    add_model_options,
    add_partial_option,
    add_timeframe_option,
    add_unread_option,
)
from freqgen.exceptions import UsageError

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.commands.context import CommandContext
    from freqgen.design.model import Design
    from freqgen.pipeline import Freqgen

DENIED = 3
"""Exit code: it ran well, and the strategy was denied."""


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "generate",
        group="From words to a strategy",
        help="turn an idea into a strategy: design, code, checks, backtest, decision",
    )
    add_brief_arguments(parser, optional=True)
    parser.add_argument(
        "--design",
        metavar="FILE",
        help="go on from a design, as freqgen design writes it, in place of TEXT; "
        "- reads standard input",
    )
    add_timeframe_option(parser)
    add_unread_option(parser)
    add_model_options(parser)
    add_backtest_options(parser)
    add_demo_option(parser)
    add_partial_option(parser)
    parser.set_defaults(run=generate)


def generate(args: Namespace, context: CommandContext) -> int:
    """Go the whole way and show what came of it."""
    options = run_options(args)
    context.check_datadir()
    read = _design(args) if args.design is not None else _brief(args, context)
    freqgen = context.freqgen(demo=args.demo)
    result = freqgen.generate(
        read(freqgen),
        options=options,
        design_model=args.design_model,
        code_model=args.code_model,
        ignore_unread=args.ignore_unread,
    )
    from freqgen.commands.showing import show_generation

    def show(console: Any) -> None:
        show_generation(console, result, freqgen, context.command)

    context.emit(result.to_dict(), show)
    return DENIED if result.verdict.decision.value == "deny" else 0


def _brief(args: Namespace, context: CommandContext) -> Callable[[Freqgen], Brief]:
    """Read the idea; what is wrong with it is said before anything is set up."""
    swallowed = [word for word in args.pairs or () if " " in word or "/" not in word]
    if not args.text and swallowed:
        raise UsageError(
            f'-p took "{swallowed[0]}" for a pair, and there is no idea left to work on',
            hint="put the idea before -p, as in: freqgen generate "
            f"{shlex.quote(swallowed[0])} -p BTC/USDT",
        )
    if not args.text:
        raise UsageError(
            "there is no idea to work on",
            hint='freqgen generate "Buy when RSI(14) is below 30. Sell when RSI rises above 70. '
            '1h candles."; or --design FILE',
        )
    constraints(args)
    text = read_text(args.text)
    return lambda freqgen: make_brief(freqgen, text, args, context)


def _design(args: Namespace) -> Callable[[Freqgen], Design]:
    """Read the design that was given in place of the idea."""
    beside = {
        "an idea in words": args.text,
        "--name": args.name,
        "--timeframe": args.timeframe,
        "--design-model": args.design_model,
        "--ignore-unread": args.ignore_unread,
    }
    if said := [name for name, value in beside.items() if value]:
        raise UsageError(
            f"--design and {said[0]} do not go together",
            hint="the design file says what to trade and under which name; edit it there",
        )
    design = read_design(args.design)

    def checked(freqgen: Freqgen) -> Design:
        configured_timeframe(freqgen)
        return design

    return checked
