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
import re
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

from freqtrade.exceptions import FreqtradeException

from freqgen.commands import BUILTIN
from freqgen.commands.context import CommandContext
from freqgen.commands.options import add_common_options, settle
from freqgen.commands.screen import give_up
from freqgen.configuration import disabled_plugins
from freqgen.entry import INTERRUPTED, open_closed_streams
from freqgen.exceptions import (
    AttemptsExhausted,
    DuplicateNameError,
    FreqgenException,
    UsageError,
)
from freqgen.plugins import PluginHost
from freqgen.printable import command_line, on_one_line, printable

BUG, HANDLED, EXHAUSTED = 1, 2, 3

ALIASES = {"backtest": ("backtesting",)}
"""Freqtrade's names for verbs of ours."""

PLUGIN_GROUP = "From plugins"

_INTRO = """\
Turn a trading idea in plain words into a Freqtrade strategy that was checked and backtested."""

_EXAMPLE = """\
example:
  {prog} generate "Buy when RSI(14) is below 30. Sell when RSI rises above 70. 1h candles."

"{prog} VERB --help" explains a verb."""

_DISK_HINTS = {
    errno.ENOSPC: "free some space, or choose another place with --userdir",
    errno.EDQUOT: "free some space, or choose another place with --userdir",
    errno.EROFS: "choose a place that you may write to with --userdir",
    errno.EACCES: "change the permissions, or choose another place with --userdir",
    errno.EPERM: "change the permissions, or choose another place with --userdir",
}


class _Parser(ArgumentParser):
    """A parser that raises what it has to say instead of ending the program."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse all arguments; one that is not known is told the nearest of its verb."""
        parsed, rest = self.parse_known_args(args, namespace)
        if not rest:
            return parsed
        verbs: Any = self._subparsers and self._subparsers._group_actions[0].choices  # noqa: SLF001
        verb = (verbs or {}).get(parsed.verb, self)
        known = list(verb._option_string_actions)  # noqa: SLF001
        word = next((w for w in rest if w.startswith("-")), rest[0])
        near = get_close_matches(word.partition("=")[0], known, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        if os.path.lexists(word):
            meant = f"the file is named as {command_line([f'./{word}'])}; "
        raise UsageError(
            f"unrecognized arguments: {' '.join(rest)}",
            hint=f"{meant}{verb.prog} --help explains the arguments",
        )

    def error(self, message: str) -> NoReturn:
        match = re.search(r"argument VERB: invalid choice: '([^']*)'", message)
        if match:
            known = re.findall(r"[\w-]+", message.partition("(choose from")[2])
            near = get_close_matches(match[1], known, n=1)
            message = f'there is no verb "{match[1]}"'
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(message, hint=f"{hint}{self.prog} --help lists the verbs")
        raise UsageError(message, hint=f"{self.prog} --help explains the arguments")


class Verbs:
    """Where verbs are added: a stand-in for argparse's subparsers, one for each owner.

    :param owner: The plugin that adds verbs here; empty for freqgen itself.
    :param owners: Shared by all: which plugin owns which verb.
    :param groups: Shared by all: verbs with their help, by heading.
    """

    def __init__(
        self,
        subparsers: Any,
        *,
        owner: str = "",
        owners: dict[str, str] | None = None,
        groups: dict[str, dict[str, str]] | None = None,
    ) -> None:
        self._subparsers = subparsers
        self._owner = owner
        self.owners = owners if owners is not None else {}
        self.groups = groups if groups is not None else {}

    def of(self, owner: str) -> Verbs:
        """The same place, for one plugin."""
        return Verbs(self._subparsers, owner=owner, owners=self.owners, groups=self.groups)

    def add_parser(
        self,
        name: str,
        *,
        help: str = "",  # noqa: A002  (argparse's name)
        group: str = "",
        **keywords: Any,
    ) -> ArgumentParser:
        """Add a verb. It gets the common options.

        :param help: What the verb does, in a line.
        :param group: The heading to list it under.
        :param keywords: For :class:`argparse.ArgumentParser`, and ``aliases``.
        :raises DuplicateNameError: If the name is taken.
        """
        aliases = (*keywords.pop("aliases", ()), *ALIASES.get(name, ()))
        for wanted in (name, *aliases):
            if wanted in self._subparsers.choices:
                first = self.owners.get(wanted) or "freqgen"
                raise DuplicateNameError(
                    kind="verb", name=wanted, first=first, second=self._owner or "freqgen"
                )
        keywords.setdefault("description", help[:1].upper() + help[1:] + "." if help else None)
        parser: ArgumentParser = self._subparsers.add_parser(
            name, aliases=aliases, help=help, **keywords
        )
        add_common_options(parser)
        self.owners.update(dict.fromkeys((name, *aliases), self._owner))
        heading = group or (PLUGIN_GROUP if self._owner else "Other")
        self.groups.setdefault(heading, {})[name] = help
        return parser

    def listing(self) -> str:
        """All verbs with a line each, under their headings."""
        width = max((len(name) for verbs in self.groups.values() for name in verbs), default=0)
        blocks = []
        for heading, verbs in self.groups.items():
            lines = [f"  {name:<{width}}  {text}".rstrip() for name, text in verbs.items()]
            blocks.append("\n".join([f"{heading}:", *lines]))
        return "\n\n".join(blocks)


def build_parser(host: PluginHost, prog: str = "freqgen") -> ArgumentParser:
    """The parser with all verbs, those of plugins included."""
    parser = _Parser(
        prog=prog,
        usage=f"{prog} VERB [options]",
        formatter_class=RawDescriptionHelpFormatter,
        epilog=_EXAMPLE.format(prog=prog),
    )
    parser.add_argument(
        "-V",
        "--version",
        action="store_true",
        help="show the versions of freqgen, Freqtrade and Python",
    )
    add_common_options(parser, before_verb=True)
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", prog=prog, help=SUPPRESS)
    verbs = Verbs(subparsers)
    for module in BUILTIN:
        import_module(f"freqgen.commands.{module}").add_commands(verbs)
    host.commands(verbs.of)
    parser.description = f"{_INTRO}\n\n{verbs.listing()}"
    return parser


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
    parser = _Parser(add_help=False, allow_abbrev=False)
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
