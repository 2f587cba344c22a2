"""The command line: arguments to one verb, exceptions to one message and an exit code.

=====  ======================================================================================
 exit  meaning
=====  ======================================================================================
    0  done
    1  a bug, with its traceback
    2  a handled error, of the arguments too: one message that says what to do next
    3  it ran well and the strategy was denied or failed validation, a model gave no design that
       can be used in all attempts, or one of several failed
  130  interrupted; nothing is half-written
=====  ======================================================================================
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import NoReturn

from freqtrade.exceptions import FreqtradeException

from freqgen.commands.context import CommandContext
from freqgen.commands.options import add_common_options, settle
from freqgen.commands.screen import give_up
from freqgen.configuration import disabled_plugins
from freqgen.entry import INTERRUPTED, open_closed_streams
from freqgen.exceptions import (
    AttemptsExhausted,
    FreqgenException,
    UsageError,
)
from freqgen.plugins import PluginHost
from freqgen.printable import on_one_line, printable
from freqgen.verbs import Parser, build_parser

BUG, HANDLED, EXHAUSTED = 1, 2, 3

_DISK_HINTS = {
    errno.ENOSPC: "free some space, or choose another place with --userdir",
    errno.EDQUOT: "free some space, or choose another place with --userdir",
    errno.EROFS: "choose a place that you may write to with --userdir",
    errno.EACCES: "change the permissions, or choose another place with --userdir",
    errno.EPERM: "change the permissions, or choose another place with --userdir",
}


def main(argv: Sequence[str] | None = None, *, prog: str = "freqgen") -> int:
    """Run one command line.

    :param argv: The arguments; those of the process by default.
    :param prog: How the program was called, for messages.
    :returns: The exit code.
    """
    open_closed_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    wants_json = "--json" in arguments[: _end_of_options(arguments)]
    # Until plugins and arguments are known, errors need somewhere to go.
    context = CommandContext(Namespace(json=wants_json), PluginHost(), prog=prog)
    try:
        known = _common_options(arguments)
        if known.version:
            return _flushed(context, _print_versions(context))
        disabled = disabled_plugins(known.config, known.user_data_dir, os.environ)
        host = PluginHost.load(disabled, warn=context.warn)
        _warn_of_unknown(disabled, host, context)
        parser = build_parser(host, prog)
        args = settle(parser.parse_args(arguments))
        context = CommandContext(args, host, prog=prog)
        with _logging(args):
            return _flushed(context, _run_verb(parser, args, context))
    except SystemExit as exc:  # argparse's, after a help text, or that of a plugin's verb
        return _ended(context, prog, exc.code)
    except KeyboardInterrupt as exc:
        message, kept = "interrupted; nothing is half-written", "\n".join(_notes(exc))
        return _report(
            context, prog, code=INTERRUPTED, kind="Interrupted", message=message, hint=kept
        )
    except BrokenPipeError:
        return _reader_left(context)
    except FreqgenException as exc:
        code = EXHAUSTED if isinstance(exc, AttemptsExhausted) else HANDLED
        kind = type(exc).__name__
        return _report(context, prog, code=code, kind=kind, message=exc.message, hint=exc.hint)
    except FreqtradeException as exc:
        return _report(context, prog, kind=type(exc).__name__, message=str(exc))
    except Exception as exc:  # noqa: BLE001  (the last resort of a program)
        if isinstance(exc, OSError) and exc.errno in _DISK_HINTS:
            where = f': "{exc.filename}"' if exc.filename else ""
            return _report(
                context,
                prog,
                kind="OSError",
                message=f"{exc.strerror}{where}",
                hint=_DISK_HINTS[exc.errno],
            )
        return _report_bug(context, prog, exc)


def _notes(exc: BaseException) -> Sequence[str]:
    """What was added to an exception on its way, as where the work so far is kept."""
    notes: Sequence[str] = getattr(exc, "__notes__", ())
    return notes


def run(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line of the process and end it."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows a question mark, not a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    sys.exit(main(argv))


def _warn_of_unknown(disabled: Sequence[str], host: PluginHost, context: CommandContext) -> None:
    """Warn of names in ``disabled_plugins`` that no plugin has."""
    for name in disabled:
        if name not in host.disabled:
            near = get_close_matches(name, host.names, n=1) or host.names
            context.warn(
                f'there is no plugin "{name}" to disable; there is {", ".join(near) or "none"}'
            )


def _end_of_options(arguments: Sequence[str]) -> int:
    return arguments.index("--") if "--" in arguments else len(arguments)


def _common_options(arguments: Sequence[str]) -> Namespace:
    """What is needed before plugins are known: the version asked for, and where settings are."""
    parser = Parser(add_help=False, allow_abbrev=False)
    add_common_options(parser)
    try:
        args, rest = parser.parse_known_args(arguments[: _end_of_options(arguments)])
    except UsageError:
        args, rest = Namespace(), []  # the whole parser will say it better
    args.version = rest[:1] in (["-V"], ["--version"])
    return settle(args)


def _print_versions(context: CommandContext) -> int:
    import platform

    from freqtrade import __version__ as freqtrade_version

    from freqgen import __version__

    versions = {
        "freqgen": __version__,
        "freqtrade": freqtrade_version,
        "python": platform.python_version(),
    }
    lines = [f"{name} {version}" for name, version in versions.items()]
    context.emit({"versions": versions}, "\n".join(lines))
    return 0


def _run_verb(parser: ArgumentParser, args: Namespace, context: CommandContext) -> int:
    if args.version:
        return _print_versions(context)
    if args.verb is None:
        raise UsageError(
            "no verb was given", hint=f"{parser.prog} --help lists the verbs with an example"
        )
    verb: Callable[[Namespace, CommandContext], int] | None = getattr(args, "run", None)
    if verb is None:
        raise UsageError(
            f'the verb "{args.verb}" does nothing',
            hint="its plugin has to call parser.set_defaults(run=function); "
            "freqgen list-plugins shows whether it failed to load",
        )
    try:
        return int(verb(args, context) or 0)
    finally:
        context.close()


def _flushed(context: CommandContext, code: int) -> int:
    """Write out what is buffered, while a reader that has left can still be noticed."""
    context.flush()
    return code


@contextmanager
def _logging(args: Namespace) -> Iterator[None]:
    """Send Python's log to stderr, and to a file if one was asked for, during one run.

    :raises UsageError: If the file cannot be written.
    """
    root = logging.getLogger()
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    if args.logfile:
        try:
            handlers.append(logging.FileHandler(args.logfile, encoding="utf-8"))
        except OSError as exc:
            raise UsageError(
                f'the log file "{printable(args.logfile)}" cannot be written: {exc.strerror}',
                hint="choose another file with --logfile",
            ) from exc
    before = root.level
    root.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(args.verbosity, 2)])
    formatter = _careful_formatter()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    try:
        yield
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _careful_formatter() -> logging.Formatter:
    """Writes lines without secrets: an HTTP client's have addresses, with what is in them."""
    from freqgen.store.redaction import Redactor

    redactor = Redactor.of({})

    class Careful(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return redactor.text(super().format(record))

    return Careful("%(asctime)s %(name)s %(levelname)s %(message)s")


def _ended(context: CommandContext, prog: str, code: object) -> int:
    """The exit code of somebody's ``sys.exit(code)``, which may be a message instead."""
    if isinstance(code, str):
        return _report(context, prog, kind="SystemExit", message=code)
    try:
        return _flushed(context, code if isinstance(code, int) else 0)
    except BrokenPipeError:
        return _reader_left(context)
    except FreqgenException as exc:
        return _report(context, prog, kind=type(exc).__name__, message=exc.message, hint=exc.hint)


def _report(
    context: CommandContext,
    prog: str,
    *,
    code: int = HANDLED,
    kind: str,
    message: str,
    hint: str = "",
) -> int:
    """Say what went wrong, once, on the right stream."""
    message = on_one_line(message)
    try:
        if context.json:
            with suppress(UsageError):  # of stdout that cannot be written; stderr says it
                context.emit_error(kind, message, hint)
        text = f"{prog}: {message}" if code == INTERRUPTED else f"{prog}: error: {message}"
        context.complain(text + "\n" + (f"{hint}\n" if hint else ""))
    except BrokenPipeError:
        return _reader_left(context)
    return code


def _report_bug(context: CommandContext, prog: str, exc: Exception) -> int:
    import traceback

    context.complain("".join(traceback.format_exception(exc)))
    hint = "please report this with the traceback and the command line, without keys or tokens"
    message = f"this is a bug in freqgen or one of its plugins: {type(exc).__name__}: {exc}"
    kind = type(exc).__name__
    return _report(context, prog, code=BUG, kind=kind, message=message, hint=hint)


def _reader_left(context: CommandContext) -> int:
    """End quietly when whoever read stdout has closed it, as ``head`` does."""
    give_up(context.stdout)  # Python flushes stdout once more at exit
    return 0
