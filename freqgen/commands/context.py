"""What a verb is given: the arguments, the plugins, and where to write."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from freqgen.commands.screen import clean, console_on, give_up, nowhere
from freqgen.exceptions import UsageError
from freqgen.printable import command_line, on_one_line, printable

if TYPE_CHECKING:
    from rich.console import Console

    from freqgen.pipeline import Freqgen
    from freqgen.plugins import PluginHost
    from freqgen.settings import Workspace

SCHEMA = "freqgen/1"
"""Version of the JSON objects on stdout."""


class CommandContext:
    """One run of a verb. Results go to stdout, everything else to stderr.

    :param args: The parsed arguments, common options included.
    :param host: The plugins.
    :param stdout: Where results go; the process's by default.
    :param stderr: Where progress and warnings go; the process's by default.
    :param prog: What the program is called in messages.
    """

    def __init__(
        self,
        args: Namespace,
        host: PluginHost,
        *,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        prog: str = "freqgen",
    ) -> None:
        self.args = args
        self.host = host
        self.prog = prog
        self.stdout = stdout or sys.stdout or nowhere()
        self.stderr = stderr or sys.stderr or nowhere()
        self.json: bool = bool(getattr(args, "json", False))
        self.emitted = False
        self._freqgen: Freqgen | None = None

    @cached_property
    def _workspace(self) -> Workspace:
        from freqgen.settings import load_workspace

        args = self.args
        workspace = load_workspace(
            config=args.config,
            userdir=args.user_data_dir,
            datadir=args.datadir,
            verbosity=args.verbosity,
            logfile=args.logfile,
        )
        for sentence in workspace.defaults:
            self.progress(sentence)
        return workspace

    def workspace(self) -> Workspace:
        """The user's configuration and folders; says on stderr which defaults are used.

        :raises SettingsError: If the configuration cannot be used.
        """
        return self._workspace

    def freqgen(self, *, demo: bool = False) -> Freqgen:
        """The whole way from a brief to a record, with this run's settings and plugins.

        :param demo: Work on the synthetic demo market.
        :raises UsageError: If candles of the user's own were asked for beside ``demo``.
        """
        if self._freqgen is None:
            if demo and self.args.datadir:
                raise UsageError(
                    "--demo and --datadir do not go together",
                    hint="--demo has candles of its own; leave one of the two out",
                )
            from freqgen.pipeline import Freqgen

            workspace = self.workspace()
            listed = workspace.config.get("exchange", {}).get("pair_whitelist")
            if demo and listed and not getattr(self.args, "pairs", None):
                self.progress(
                    "--demo does not use the pair_whitelist of the configuration; "
                    "-p chooses pairs of the demo market"
                )
            self._freqgen = Freqgen(
                workspace=workspace,
                host=self.host,
                progress=self.progress,
                demo=demo,
                accept_partial=bool(getattr(self.args, "accept_partial", False)),
            )
            self._warn_of_unknown_providers(self._freqgen)
        return self._freqgen

    def _warn_of_unknown_providers(self, freqgen: Freqgen) -> None:
        """Warn of names in the setting ``providers`` that no provider has."""
        there = list(self.host.providers())
        for name in freqgen.settings.providers:
            if name not in there:
                near = get_close_matches(name, there, n=1) or there
                self.warn(
                    f'freqgen.providers has settings for "{name}", which is no provider; there is '
                    f"{', '.join(near) or 'none'}"
                )

    def stored(self, *, demo: bool = False) -> Freqgen:
        """The same, for verbs that work with what is stored already.

        :raises UsageError: If the user directory that was asked for is not there.
        """
        named = self.args.user_data_dir
        if named is not None and not Path(named).expanduser().exists():
            raise UsageError(
                f'there is no user directory "{printable(named)}"',
                hint="correct the path after --userdir, or leave it out to use user_data",
            )
        return self.freqgen(demo=demo)

    def check_datadir(self) -> None:
        """Refuse a folder of candles that is not there, for verbs that use candles.

        :raises UsageError: If one was asked for.
        """
        named = getattr(self.args, "datadir", None)
        if named is not None and not Path(named).expanduser().is_dir():
            raise UsageError(
                f'there is no folder "{printable(named)}" with candles',
                hint="correct the path after -d, or leave it out to use data/EXCHANGE in the "
                "user directory",
            )

    def command(self, *words: str, data: bool = False) -> str:
        """A command line to type next, which finds the same files as this one.

        :param words: The verb and its arguments.
        :param data: Whether the verb reads candles.
        """
        said = vars(self.args)
        options = [word for file in said.get("config") or () for word in ("-c", str(file))]
        for option, dest in (("--userdir", "user_data_dir"), ("-d", "datadir")):
            if said.get(dest) and (data or dest != "datadir"):
                options += [option, str(said[dest])]
        return f"{called_as(self.prog)} {command_line([*words, *options])}"

    def close(self) -> None:
        """End what the verb started and has not ended."""
        freqgen, self._freqgen = self._freqgen, None
        if freqgen is not None:
            freqgen.close()

    def emit(self, data: Mapping[str, Any], text: Callable[[Console], None] | str) -> None:
        """Print the result: ``data`` as JSON if ``--json`` was given, else ``text``.

        Call it once. Numbers that JSON does not have (infinity, NaN) become ``null``.

        :param data: The fields of the object; ``schema`` and ``ok`` are added.
        :param text: The same for a person: ready text, or a function that prints it.
        """
        try:
            if self.json:
                self._print_json({"schema": SCHEMA, "ok": True, **data})
            elif isinstance(text, str):
                self.write(text if text.endswith("\n") else text + "\n")
            else:
                text(self.console)
            self.emitted = True
            self.flush()
        except OSError as exc:
            self._lost(exc)

    def show(self, text: Callable[[Console], None]) -> None:
        """Print a part of the result for a person, as soon as it is known; nothing with ``--json``.

        :param text: A function that prints it. :meth:`emit` prints what comes last.
        """
        if self.json:
            return
        try:
            text(self.console)
            self.flush()
        except OSError as exc:
            self._lost(exc)

    def write(self, text: str) -> None:
        """Write text to stdout as it is; on a terminal, without what terminals obey."""
        self.stdout.write(clean(text) if self.stdout.isatty() else text)

    def flush(self) -> None:
        """Write out what is buffered, while it can still be noticed that nobody takes it.

        :raises BrokenPipeError: If the reader has left.
        :raises UsageError: If it cannot be written.
        """
        try:
            self.stdout.flush()
        except OSError as exc:
            self._lost(exc)

    def _lost(self, exc: OSError) -> NoReturn:
        """Say that stdout failed, if that is what failed; then nothing more is written to it."""
        if isinstance(exc, BrokenPipeError) or exc.filename is not None:
            raise exc
        give_up(self.stdout)
        raise UsageError(
            f"standard output cannot be written: {exc.strerror or exc}",
            hint="send the output to another place",
        ) from exc

    def emit_error(self, kind: str, message: str, hint: str) -> None:
        """Print the one object that says what went wrong, unless a result was printed before."""
        if not self.emitted:
            error = {"type": kind, "message": message, "hint": hint}
            self.emitted = True
            try:
                self._print_json({"schema": SCHEMA, "ok": False, "error": error})
                self.flush()
            except OSError as exc:
                self._lost(exc)

    def _print_json(self, data: Mapping[str, Any]) -> None:
        text = json.dumps(to_json(data), indent=2, ensure_ascii=False, allow_nan=False)
        self.stdout.write(text + "\n")

    @cached_property
    def console(self) -> Console:
        """Rich's console on stdout."""
        return self._console_on(self.stdout)

    def _console_on(self, stream: TextIO) -> Console:
        return console_on(stream, no_color=bool(getattr(self.args, "no_color", False)))

    def progress(self, message: str) -> None:
        """Say on stderr what happens; a line each, dimmed on a terminal."""
        self._say(message, "dim")

    def warn(self, message: str) -> None:
        """Say on stderr what the user should know although it stops nothing."""
        self._say(f"warning: {message}", "yellow")

    def _say(self, message: str, style: str) -> None:
        message = on_one_line(message)
        if self.stderr.isatty():
            from rich.text import Text

            self._console_on(self.stderr).print(Text(message, style=style))
        else:
            self.complain(message + "\n")

    def complain(self, text: str) -> None:
        """Write lines to stderr. Where it cannot be written, nobody can be told so.

        :raises BrokenPipeError: If the reader has left.
        """
        try:
            self.stderr.write(clean(text))
            self.stderr.flush()
        except BrokenPipeError:
            raise
        except OSError:
            give_up(self.stderr)


def called_as(prog: str) -> str:
    """How to call the program again from here, as ``freqgen`` need not be found by its name.

    :param prog: Its name, perhaps with a subcommand, as in ``freqtrade gen``.
    """
    name, _, subcommand = prog.partition(" ")
    script = Path(sys.argv[0])
    if script.name == "__main__.py" and script.parent.name == name:
        called = f"{Path(sys.executable).name} -m {name}"
    elif script.name == name and script.exists():
        found = shutil.which(name)
        same = found is not None and Path(found).samefile(script)
        called = name if same else shlex.quote(shown(script))
    else:
        return prog
    return f"{called} {subcommand}".rstrip()


def shown(path: Path | str) -> str:
    """A path, relative to the current folder where it lies below it."""
    path = Path(path)
    try:
        return printable(path.relative_to(Path.cwd()))
    except ValueError:
        return printable(path)


def to_json(value: Any) -> Any:
    """A value made of those that JSON has.

    Mappings and sequences are walked; enums give their value, numbers of NumPy become Python's,
    infinity and NaN become ``None``, and everything else (paths, dates) its text.
    """
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(to_json(key)): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return to_json(value.item())
    return str(value)
