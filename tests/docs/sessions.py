"""Runs the ``console`` blocks of pages and compares what they print with what the page says.

A block is a session: lines that begin with ``$`` are typed, the lines below are what came. On the
page, a line that is ``…`` alone stands for any number of lines, and ``…`` within a line for any
text. Results of computations may differ a little between machines: numbers with a point, and those
from 100 on, need only agree within five per cent.

All blocks of a page are one session, in one folder. A block with ``<!-- not run: why -->`` above it
is only checked: the verbs and options in it must exist.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from freqgen.exceptions import UsageError
from freqgen.main import main
from freqgen.sandbox.level import Level, probe
from tests.docs import cli_page
from tests.docs.markdown import Block
from tests.docs.plugins import project
from tests.installation import ROOT

PROMPT = "$ "
CONTINUED = "> "


@dataclass(frozen=True)
class Typed:
    """A command and what it printed, as the page has it."""

    line: str
    expected: str


def typed(block: Block) -> Iterator[Typed]:
    """The commands of a block."""
    for part in re.split(r"^(?=\$ )", block.content, flags=re.MULTILINE)[1:]:
        line, _, rest = part.partition("\n")
        command = line.removeprefix(PROMPT)
        while rest.startswith(CONTINUED):
            more, _, rest = rest.partition("\n")
            command = command.removesuffix("\\") + more.removeprefix(CONTINUED)
        yield Typed(command, rest)


def run(line: str) -> str:
    """Run a command line in the current folder; what it wrote to stdout and stderr."""
    words = shlex.split(line)
    env = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    target = None
    if ">" in words:
        words, (_, target) = words[: words.index(">")], words[words.index(">") :]
    screen = io.StringIO()
    out = io.StringIO() if target else screen
    with patch.dict(os.environ, env), redirect_stdout(out), redirect_stderr(screen):
        _run(words, out)
    if target:
        Path(target).write_text(out.getvalue(), encoding="utf-8")
    return screen.getvalue()


def _run(words: list[str], out: io.StringIO) -> None:
    program, *arguments = words
    if program == "freqgen":
        main(arguments)
    elif words[:2] == ["freqtrade", "gen"]:
        main(arguments[1:], prog="freqtrade gen")
    elif program == "cat":
        out.write("".join(Path(name).read_text(encoding="utf-8") for name in arguments))
    elif words[:2] == ["sed", "-i"]:  # s/this/that/ without any pattern in it
        _, old, new, _ = arguments[1].split(arguments[1][1])
        path = Path(arguments[2])
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    else:
        raise ValueError(f"the tests cannot run {program}")


def check(line: str) -> None:
    """Make sure that a command which is not run could be.

    :raises ValueError: If it could not.
    """
    words = shlex.split(line)
    if words[0] == "freqgen" or words[:2] == ["freqtrade", "gen"]:
        try:
            cli_page.parser().parse_args(words[1 if words[0] == "freqgen" else 2 :])
        except UsageError as exc:
            raise ValueError(f"{line}: {exc}") from exc
    elif words[0] == "freqtrade":
        from freqtrade.commands.arguments import Arguments

        Arguments(words[1:]).get_parsed_arg()
    elif words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), line
    elif Path(words[0]).name == "pip" and words[1] == "install":
        name, _, extras = words[2].rstrip("]").partition("[")
        assert name in {project()["project"]["name"], "."}, line
        known = project()["project"].get("optional-dependencies", {})
        assert {*filter(None, extras.split(","))} <= {*known}, line
    elif words[0] == ".":
        assert words[1:] == [".venv/bin/activate"], line
    elif words[0] not in {"git", "cd", "cp", "python3"}:
        raise ValueError(f"the tests do not know {words[0]}")


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def matches(expected: str, got: str) -> bool:
    """Whether the output is what the page says, ``…`` standing for anything."""
    pattern = ""
    numbers: list[str] = []
    for line in expected.rstrip("\n").splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
            continue
        for piece in re.split(r"(…|\d+(?:\.\d+)?| +)", line.rstrip()):
            if piece == "…":
                pattern += ".*"
            elif _about(piece):
                numbers.append(piece)
                pattern += r"(\d+(?:\.\d+)?)"
            else:  # a number may be a digit longer, and the columns before it wider
                pattern += " +" if piece.startswith("  ") else re.escape(piece)
        pattern += "\n"
    lines = "".join(f"{line.rstrip()}\n" for line in got.rstrip("\n").splitlines())
    found = re.fullmatch(pattern, lines)
    return found is not None and all(
        abs(float(a) - float(b)) <= 0.05 * float(a)
        for a, b in zip(numbers, found.groups(), strict=True)
    )


def _about(piece: str) -> bool:
    """Whether a piece is a number that needs only agree roughly."""
    return bool(_NUMBER.fullmatch(piece)) and ("." in piece or float(piece) >= 100)


@dataclass(frozen=True)
class Begun:
    """What the first command of several pages left behind, so that it need not be run again."""

    line: str
    output: str
    folder: Path


HELD = "sandbox: full"
"""What pages show of a machine that holds strategies; others say something else there."""


@cache
def held_in_full() -> bool:
    """Whether this machine does."""
    return probe().level is Level.FULL


def play(blocks: list[Block], begun: Begun) -> None:
    """Run the blocks of a page as one session, in the current folder, which is empty."""
    for block in blocks:
        for command in typed(block):
            if block.note.startswith("not run:"):
                check(command.line)
                continue
            if command.line == begun.line:
                shutil.copytree(begun.folder, Path.cwd(), dirs_exist_ok=True)
                got = begun.output
            else:
                got = run(command.line)
            if HELD in command.expected and not held_in_full():
                continue
            assert matches(command.expected, got), (
                f"line {block.line}: $ {command.line}\n"
                f"--- the page has\n{command.expected}\n--- it printed\n{got}"
            )
