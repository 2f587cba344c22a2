"""The grammar of the command line: the verbs of freqgen and of plugins, and what they share."""

from __future__ import annotations

import os
import re
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

from freqgen.commands import BUILTIN
from freqgen.commands.options import add_common_options
from freqgen.exceptions import DuplicateNameError, UsageError
from freqgen.plugins import PluginHost
from freqgen.printable import command_line

ALIASES = {"backtest": ("backtesting",)}
"""Freqtrade's names for verbs of ours."""

PLUGIN_GROUP = "From plugins"

_INTRO = """\
Turn a trading idea in plain words into a Freqtrade strategy that was checked and backtested."""

_EXAMPLE = """\
example:
  {prog} generate "Buy when RSI(14) is below 30. Sell when RSI rises above 70. 1h candles."

"{prog} VERB --help" explains a verb."""


class Parser(ArgumentParser):
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
        """Raise what is wrong; a verb that is not there is told the nearest one."""
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
    parser = Parser(
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
