"""Writes ``docs/reference/cli.md`` from the parsers of the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence

from freqgen import main as main_module
from freqgen.commands.options import COMMON
from freqgen.verbs import build_parser
from tests.docs.json_fields import ERROR, VERBS, VERSIONS
from tests.docs.json_objects import SHARED, Field
from tests.docs.markdown import table
from tests.docs.plugins import builtin_host
from tests.installation import ROOT

PATH = ROOT / "docs" / "reference" / "cli.md"

HEAD = """\
# Command line

<!-- Written by `make docs` from the parsers; do not edit. -->

```text
freqgen VERB [options]
freqtrade gen VERB [options]
```

Both are the same program. `freqtrade gen` is there wherever freqgen is installed beside Freqtrade;
no file of Freqtrade is changed for it, and `FREQGEN_NO_SUBCOMMAND=1` in the environment switches it
off. Plugins may add verbs, which `freqgen --help` lists with the rest.

Results go to stdout, progress and warnings to stderr: `freqgen design "…" > design.json` writes a
file that has nothing in it but the design. Without a configuration or a user directory, freqgen
says which defaults it uses and creates what it needs; [configuration.md](configuration.md) has the
details. `freqgen generate` without words asks for them, if a person is there: on a terminal, and
neither with `--yes` nor with `--json`. `freqgen --version` shows the versions of freqgen, Freqtrade
and Python.
"""

EXITS = """\
## Exit codes

{codes}
A bot that was stopped with Ctrl-C has done what it was asked to do: 0. Everything else that is
interrupted leaves nothing half-written.

## JSON

With `--json` a verb prints exactly one object on stdout, in UTF-8, whatever happens. The tables
below have its fields; `[]` stands for each entry of a list and `*` for any name. Numbers that JSON
does not have, such as infinity, are null. Fields change their meaning or go away only when the
number in `schema` changes; new ones may come at any time.

{always}
Where `ok` is false, the rest is

{error}
and the exit code is 1, 2 or 130, and 3 for `AttemptsExhausted`. A strategy that was denied or did
not pass is no error: `ok` is true and the exit code is 3. With `--version` the object is

{versions}"""

CODES = {
    0: "done; where something is decided, it was `allow` or `review`, and the output says which",
    main_module.BUG: "a bug in freqgen or a plugin, with its traceback on stderr",
    main_module.HANDLED: "a handled error, of the arguments too: one message that says what to do "
    "next",
    main_module.EXHAUSTED: "it ran well and the strategy was denied or did not pass validation, a "
    "model gave no design that can be used in all attempts, whoever was asked refused its design, "
    "or one of several could not be run",
    main_module.INTERRUPTED: "interrupted; nothing is half-written",
}

ALWAYS = [
    Field("schema", "text", "`freqgen/1`"),
    Field("ok", "boolean", "whether it ran; false only with an error"),
]


def parser() -> argparse.ArgumentParser:
    """freqgen's parser with its own plugins."""
    return build_parser(builtin_host())


def verbs(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parser of every verb, without aliases, in the order of the help."""
    found: dict[str, argparse.ArgumentParser] = {}
    for name, one in subparsers(whole).choices.items():
        if one not in found.values():
            found[name] = one
    listed = re.findall(r"^  ([\w-]+)  ", whole.description or "", re.MULTILINE)
    return {name: found[name] for name in listed}


def subparsers(
    whole: argparse.ArgumentParser,
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Where the verbs hang."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            return action
    raise TypeError("this parser has no verbs")


def page() -> str:
    """The whole page."""
    whole = parser()
    by_name = verbs(whole)
    codes = table(["code", "meaning"], ([str(code), text] for code, text in CODES.items()))
    parts = [
        HEAD,
        "## Verbs\n\n" + _listing(whole),
        "## Common options\n\nBefore or after every verb.\n\n" + _common(),
        EXITS.format(
            codes=codes, always=_fields(ALWAYS), error=_fields(ERROR), versions=_fields(VERSIONS)
        ),
    ]
    aliases: dict[int, list[str]] = {id(one): [] for one in by_name.values()}
    for name, one in subparsers(whole).choices.items():
        if name not in by_name:
            aliases[id(one)].append(name)
    for name, one in by_name.items():
        parts.append(_verb(name, one, aliases[id(one)]))
    parts.append("## Objects within others\n")
    parts += [f"### {name}\n\n{_fields(fields)}" for name, fields in SHARED.items()]
    return "\n".join(parts)


def _listing(whole: argparse.ArgumentParser) -> str:
    rows: list[list[str]] = []
    heading = ""
    for line in (whole.description or "").splitlines():
        verb = re.fullmatch(r"  ([\w-]+)  +(.*)", line)
        if verb:
            rows.append([heading, f"[{verb[1]}](#{verb[1]})", verb[2]])
            heading = ""
        elif line.endswith(":"):
            heading = line.rstrip(":")
    return table(["", "verb", "does"], rows)


def _common() -> str:
    rows = []
    for option in COMMON:
        names = ", ".join(f"`{name}`" for name in option.names)
        metavar = option.keywords.get("metavar")
        rows.append([f"{names} {metavar}" if metavar else names, str(option.keywords["help"])])
    return table(["option", "meaning"], rows)


def _verb(name: str, one: argparse.ArgumentParser, aliases: Sequence[str]) -> str:
    own = list(_own_actions(one))
    values = (_form(action) for action in own if not action.option_strings)
    usage = " ".join(["freqgen", name, *values, "[options]"])
    parts = [f"## {name}\n", one.description or ""]
    if aliases:
        listed = ", ".join(f"`{alias}`" for alias in aliases)
        parts[-1] += f" Also called {listed}, as in Freqtrade."
    parts.append(f"\n```text\n{usage}\n```\n")
    if own:
        parts.append(table(["argument", "meaning"], ([_name(a), _help(a)] for a in own)))
    parts.append("With `--json`, beside `schema` and `ok`:\n")
    parts.append(_fields(VERBS[name]))
    return "\n".join(parts)


def _own_actions(one: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """A verb's own arguments: neither the common options nor ``--help``."""
    common = {name for option in COMMON for name in option.names}
    for action in one._actions:
        if not common & {*action.option_strings} and action.dest != "help":
            yield action


def _form(action: argparse.Action) -> str:
    """A value as the usage shows it."""
    value = str(action.metavar)
    return {"+": f"{value}...", "*": f"[{value}...]", "?": f"[{value}]"}.get(
        str(action.nargs), value
    )


def _name(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar)
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    return f"{names} {action.metavar}" if action.metavar and action.nargs != 0 else names


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%")


def _fields(fields: Sequence[Field]) -> str:
    return table(["field", "kind", "meaning"], map(_row, fields))


def _row(field: Field) -> list[str]:
    kind = field.kind
    if field.of:
        link = f"[{field.of}](#{field.of.replace(' ', '-')})"
        null = " or null" if kind.endswith(" or null") else ""
        kind = f"list of {link}s" if kind == "list" else link + null
    return [f"`{field.path}`", kind, field.meaning]
