"""What a verb is given: the arguments, the plugins, and where to write."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

    from freqgen.pipeline import Freqgen
    from freqgen.plugins import PluginHost
    from freqgen.settings import Workspace

SCHEMA = "freqgen/1"
"""Version of the JSON objects on stdout."""

PIPE_WIDTH = 160
"""Columns that tables may take where stdout is no terminal."""


class CommandContext:
    """One run of a verb. Results go to stdout, everything else to stderr.

    :param args: The parsed arguments, common options included.
    :param host: The plugins.
    :param stdout: Where results go; the process's by default.
    :param stderr: Where progress and warnings go; the process's by default.
    """

    def __init__(
        self,
        args: Namespace,
        host: PluginHost,
        *,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self.args = args
        self.host = host
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
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
        """
        if self._freqgen is None:
            from freqgen.pipeline import Freqgen

            self._freqgen = Freqgen(
                workspace=self.workspace(), host=self.host, progress=self.progress, demo=demo
            )
        return self._freqgen

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
        if self.json:
            self._print_json({"schema": SCHEMA, "ok": True, **data})
        elif isinstance(text, str):
            self.stdout.write(text if text.endswith("\n") else text + "\n")
        else:
            text(self.console)
        self.emitted = True

    def emit_error(self, kind: str, message: str, hint: str) -> None:
        """Print the one object that says what went wrong, unless a result was printed before."""
        if not self.emitted:
            error = {"type": kind, "message": message, "hint": hint}
            self._print_json({"schema": SCHEMA, "ok": False, "error": error})
            self.emitted = True

    def _print_json(self, data: Mapping[str, Any]) -> None:
        text = json.dumps(to_json(data), indent=2, ensure_ascii=False, allow_nan=False)
        self.stdout.write(text + "\n")

    @cached_property
    def console(self) -> Console:
        """Rich's console on stdout."""
        return self._console_on(self.stdout)

    def _console_on(self, stream: TextIO) -> Console:
        from rich.console import Console

        class QuietConsole(Console):
            def on_broken_pipe(self) -> None:
                # Rich's own ends the program with 1, as if something had failed.
                raise BrokenPipeError

        return QuietConsole(
            file=stream,
            no_color=True if getattr(self.args, "no_color", False) else None,
            highlight=False,
            width=None if stream.isatty() else PIPE_WIDTH,
        )

    def progress(self, message: str) -> None:
        """Say on stderr what happens; a line each, dimmed on a terminal."""
        self._say(message, "dim")

    def warn(self, message: str) -> None:
        """Say on stderr what the user should know although it stops nothing."""
        self._say(f"warning: {message}", "yellow")

    def _say(self, message: str, style: str) -> None:
        if self.stderr.isatty():
            from rich.text import Text

            self._console_on(self.stderr).print(Text(message, style=style))
        else:
            self.stderr.write(message + "\n")
            self.stderr.flush()


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
