"""The steps that write: ``design`` and ``code``; and ``list-indicators``."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import (
    add_brief_arguments,
    check_idea,
    configured_timeframe,
    make_brief,
    read_design,
    read_text,
)
from freqgen.commands.generate import DENIED
from freqgen.commands.options import (
    add_model_options,
    add_trading_options,
    add_unread_option,
)
from freqgen.commands.output import (
    add_output_options,
    check_output,
    write_output,
)
from freqgen.printable import printable

if TYPE_CHECKING:
    from freqgen.commands.context import CommandContext

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
    from freqgen.commands.showing import lines, show_findings, show_mended
    from freqgen.outcome import drafts_data

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
        "mended": [finding.to_dict() for finding in result.attempt.mended],
        "drafts": drafts_data(result),
        "usage": result.usage.to_dict(),
    }
    if args.output is not None:
        write_output(args.output, result.draft.source, force=args.force)
        data["file"] = str(Path(args.output).absolute())

    def show(console: Any) -> None:
        if args.output is not None:
            show_findings(console, result.report)
            show_mended(console, result.attempt.mended)
            lines(console, [f"Written to {printable(args.output)}"], mark="")
        else:
            context.write(result.draft.source)
            for finding in result.report.findings:
                context.warn(f"{finding.code} line {finding.line}: {finding.message}")

    context.emit(data, show)
    return 0 if result.report.passed else DENIED


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
