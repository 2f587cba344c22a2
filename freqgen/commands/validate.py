"""``validate``: checks of anybody's strategy files."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from freqgen.commands.generate import DENIED
from freqgen.commands.options import add_partial_option
from freqgen.commands.output import error_data
from freqgen.commands.steps import GROUP

if TYPE_CHECKING:
    from freqgen.commands.context import CommandContext


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
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
