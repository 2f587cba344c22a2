"""``validate``: checks of anybody's strategy files, and what mends them."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.commands.generate import DENIED
from freqgen.commands.options import add_partial_option
from freqgen.commands.output import error_data
from freqgen.commands.steps import GROUP

if TYPE_CHECKING:
    from freqgen.checking_files import CheckOptions
    from freqgen.commands.context import CommandContext
    from freqgen.outcome import CheckedFile
    from freqgen.pipeline import Freqgen
    from freqgen.validation.gathering import Gathered


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "validate",
        group=GROUP,
        help="check strategy files: read them, then run them in the sandbox",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE|FOLDER",
        help="strategy files, and folders, of which all strategies are checked",
    )
    parser.add_argument(
        "-s", "--strategy", metavar="NAME", help="class to check, where a file has several"
    )
    parser.add_argument(
        "--static", action="store_true", help="read the files only; nothing of them is run"
    )
    parser.add_argument(
        "--strategies-only",
        action="store_true",
        help="pass over files without a strategy, also where they are named",
    )
    _add_choosing(parser)
    _add_mending(parser)
    parser.add_argument(
        "-j",
        "--jobs",
        type=_jobs,
        metavar="N",
        help="files to read at the same time (default: one a processor)",
    )
    parser.add_argument(
        "--sarif",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write the findings as SARIF 2.1.0 to this file, or in place of the text; "
        "behind the files, or as --sarif=FILE",
    )
    add_partial_option(parser)
    parser.set_defaults(run=validate)


def _add_choosing(parser: ArgumentParser) -> None:
    for name, text in (
        ("--select", "report only these: codes (FG201), beginnings of codes (FG2) or families "
         "(lookahead), with commas"),
        ("--ignore", "do not report these; what keeps a strategy from being run still does"),
    ):  # fmt: skip
        parser.add_argument(name, action="append", default=[], metavar="CODES", help=text)


def _add_mending(parser: ArgumentParser) -> None:
    mending = parser.add_mutually_exclusive_group()
    mending.add_argument(
        "--fix", action="store_true", help="mend what has one right answer, in place, and show it"
    )
    mending.add_argument(
        "--diff",
        action="store_true",
        help="show what --fix would do and write nothing; the exit code is 3 if there is something",
    )


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise ArgumentTypeError(f'"{text}" is no number of jobs, from 1 on')
    return int(text)


def validate(args: Namespace, context: CommandContext) -> int:
    """Check files; one object for one file, a list under ``files`` for several."""
    from freqgen.commands.sarif_output import check_sarif, write_sarif
    from freqgen.commands.showing_batch import show_checked
    from freqgen.validation.gathering import gather

    check_sarif(args)
    if not args.static:
        context.check_datadir()
    freqgen = context.freqgen()
    options = _options(args, freqgen)
    home = freqgen.workspace.home
    gathered = gather(args.files, skip=[home], strategies_only=args.strategies_only)
    several = len(gathered.files) > 1
    if several and args.jobs is None:
        options = _with_jobs(options, len(gathered.files))
    quiet = args.sarif == "-"
    named = {Path(name): name for name in args.files}
    show = partial(show_checked, written=not args.diff)
    done: list[CheckedFile] = []
    data: list[dict[str, Any]] = []
    try:
        for one in freqgen.check_files(gathered.files, options):
            done.append(one)
            file = named.get(one.file, str(one.file))
            data.append({"file": file, **_data(one, freqgen, args)})
            # What was found is there for who ends it before the last file.
            if not quiet:
                context.show(partial(show, file=file, checked=one))
    except KeyboardInterrupt:
        if several and not quiet:
            _summarise(context, done, gathered, args)
        raise
    passed = all(one.passed for one in done)
    if args.sarif is not None:
        text = write_sarif(args.sarif, done, freqgen)
        if quiet:
            context.emit({}, text)
            return _code(passed, done, args)
    if several or gathered.listed:
        _summarise(context, done, gathered, args)
    _emit(context, freqgen, passed, data, gathered)
    return _code(passed, done, args)


def _emit(
    context: CommandContext,
    freqgen: Freqgen,
    passed: bool,
    data: Sequence[dict[str, Any]],
    gathered: Gathered,
) -> None:
    from freqgen.commands.showing import say_held

    def show(console: Any) -> None:
        if freqgen.held is not None:
            say_held(console, freqgen.held)

    if len(data) == 1 and not gathered.listed:
        context.emit(data[0], show)
        return
    others = {"without_strategy": [str(path) for path in gathered.others]}
    context.emit({"passed": passed, "files": data, **(others if gathered.listed else {})}, show)


def _options(args: Namespace, freqgen: Freqgen) -> CheckOptions:
    from freqgen.checking_files import CheckOptions, Fix
    from freqgen.validation.selection import Selection

    return CheckOptions(
        class_name=args.strategy,
        run=not args.static,
        jobs=args.jobs or 1,
        selection=Selection.parse(args.select, args.ignore, freqgen.codes()),
        fix=Fix.APPLY if args.fix else Fix.SHOW if args.diff else Fix.NO,
    )


def _with_jobs(options: CheckOptions, files: int) -> CheckOptions:
    """With as many jobs as there are processors; to start one for a single file does not pay."""
    from dataclasses import replace

    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        processors = os.cpu_count() or 1
    return replace(options, jobs=max(1, min(processors, files // 2)))


def _code(passed: bool, done: Sequence[CheckedFile], args: Namespace) -> int:
    would_change = args.diff and any(one.diff for one in done)
    return 0 if passed and not would_change else DENIED


def _summarise(
    context: CommandContext, done: Sequence[CheckedFile], gathered: Gathered, args: Namespace
) -> None:
    from freqgen.commands.showing_batch import show_summary

    fix = "" if args.fix or args.diff else _fix_command(context, args)
    asked = len(gathered.files)
    others = len(gathered.others)
    context.show(
        partial(show_summary, done=done, asked=asked, others=others, fix=fix, written=not args.diff)
    )


_NAMED = 5
"""Most names that a command to type next repeats."""


def _fix_command(context: CommandContext, args: Namespace) -> str:
    """What to type to mend what the same command found."""
    if len(args.files) > _NAMED:
        return "the same command with --fix"
    words = ["validate", *args.files, "--fix"]
    words += [f"--{name}" for name in ("static", "strategies-only") if _given(args, name)]
    words += [word for name in ("select", "ignore") for one in getattr(args, name)
              for word in (f"--{name}", one)]  # fmt: skip
    words += ["-s", args.strategy] if args.strategy else []
    return context.command(*words, data=not args.static)


def _given(args: Namespace, name: str) -> bool:
    return bool(getattr(args, name.replace("-", "_")))


def _data(one: CheckedFile, freqgen: Freqgen, args: Namespace) -> dict[str, Any]:
    """What came of a file, as JSON has it."""
    validation, held = one.validation, freqgen.held
    report = validation.report
    ran = held is not None and "behaviour" in report.timings
    data = {
        "passed": one.passed,
        "class_name": one.name,
        "findings": [finding.to_dict() for finding in report.findings],
        "silenced": [finding.to_dict() for finding in validation.silenced],
        "timings": dict(report.timings),
        "sandbox": held.to_dict() if held and ran else None,
        "tried_on": validation.tried_on.to_dict() if validation.tried_on else None,
        "error": error_data(one.error) if one.error else None,
    }
    if args.fix or args.diff:
        data["mended"] = [finding.to_dict() for finding in one.mended]
        data["diff"] = one.diff
    return data
