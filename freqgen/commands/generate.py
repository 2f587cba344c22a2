"""``freqgen generate``: the whole way."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import (
    add_brief_arguments,
    add_demo_option,
    constraints,
    read_text,
    run_options,
)
from freqgen.commands.options import (
    add_backtest_options,
    add_model_options,
    add_timeframe_option,
)

if TYPE_CHECKING:
    from freqgen.commands.context import CommandContext

DENIED = 3
"""Exit code: it ran well, and the strategy was denied."""


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "generate",
        group="From words to a strategy",
        help="turn an idea into a strategy: design, code, checks, backtest, decision",
    )
    add_brief_arguments(parser)
    add_timeframe_option(parser)
    add_model_options(parser)
    add_backtest_options(parser)
    add_demo_option(parser)
    parser.set_defaults(run=generate)


def generate(args: Namespace, context: CommandContext) -> int:
    """Go the whole way and show what came of it."""
    options = run_options(args)
    said = constraints(args)
    text = read_text(args.text)
    freqgen = context.freqgen(demo=args.demo)
    brief = freqgen.brief(text, name=args.name, constraints=said)
    result = freqgen.generate(
        brief, options=options, design_model=args.design_model, code_model=args.code_model
    )
    from freqgen.commands.showing import show_generation

    context.emit(result.to_dict(), lambda console: show_generation(console, result, freqgen))
    return DENIED if result.verdict.decision.value == "deny" else 0
