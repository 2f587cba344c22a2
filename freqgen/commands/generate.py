"""``freqgen generate``: the whole way."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from functools import partial
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
from freqgen.commands.constraining import said
from freqgen.commands.options import (
    add_backtest_options,
    add_model_options,
    add_partial_option,
    add_unread_option,
)
from freqgen.exceptions import UsageError

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.commands.context import CommandContext
    from freqgen.design.model import Design
    from freqgen.outcome import GenerationResult
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
    add_brief_arguments(parser)
    parser.add_argument(
        "--design",
        metavar="FILE",
        help="go on from a design, as freqgen design writes it, in place of TEXT; "
        "- reads standard input",
    )
    add_unread_option(parser)
    add_model_options(parser)
    add_backtest_options(parser)
    add_demo_option(parser)
    add_partial_option(parser)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="never ask, on a terminal neither; without TEXT or --design it is an error then",
    )
    parser.set_defaults(run=generate)


def generate(args: Namespace, context: CommandContext) -> int:
    """Go the whole way and show what came of it."""
    from freqgen.commands.interview import may_ask

    options = run_options(args)
    context.check_datadir()
    if args.design is None and not args.text and may_ask(args, context):
        return _agreed(args, context)
    read = _design(args) if args.design is not None else _brief(args, context)
    freqgen = context.freqgen(demo=args.demo)
    return _shown(context, freqgen, partial(freqgen.generate, read(freqgen), options=options))


def _agreed(args: Namespace, context: CommandContext) -> int:
    """Ask for the idea, and generate the design that was agreed on."""
    from freqgen.commands.interview import Interview

    check_idea(args, ask=True)
    freqgen = context.freqgen(demo=args.demo)
    # What would fail after the questions fails before them.
    for model, default in (
        (args.design_model, freqgen.settings.design_model),
        (args.code_model, freqgen.settings.code_model),
    ):
        freqgen.check_model(model or default)
    freqgen.audit.check()
    agreed = Interview(args, context, freqgen).agree()
    if agreed is None:
        context.emit({}, "Refused; no code was written and nothing was stored.")
        return DENIED
    brief, designed, options = agreed
    return _shown(
        context, freqgen, partial(freqgen.generate, brief, designed=designed, options=options)
    )


def _shown(
    context: CommandContext, freqgen: Freqgen, generate: Callable[..., GenerationResult]
) -> int:
    """Generate with the models that were asked for, and show what came of it."""
    args = context.args
    result = generate(
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
    check_idea(args)
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
    if given := [*(name for name, value in beside.items() if value), *said(args)]:
        raise UsageError(
            f"--design and {given[0]} do not go together",
            hint="the design file says what to trade and under which name; edit it there",
        )
    design = read_design(args.design)

    def checked(freqgen: Freqgen) -> Design:
        configured_timeframe(freqgen)
        return design

    return checked
