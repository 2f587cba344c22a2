"""How names of files, and other words of strangers, are written out for people."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

# A line break in a name would begin a line of the output, which a CI system may take for a command.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def printable(name: str | Path | None) -> str:
    """The name of a file on one line: control characters are shown as Python writes them."""
    return _CONTROL.sub(_escaped, str(name or ""))


def on_one_line(text: str) -> str:
    """A message on one line: a line break is a space in it."""
    return _CONTROL.sub(_escaped, _BREAKS.sub(" ", text))


def command_line(words: Iterable[str]) -> str:
    """Words as they are typed in a shell, on one line whatever is in them."""
    return " ".join(map(_typed, words))


def _typed(word: str) -> str:
    if not _CONTROL.search(word):
        return shlex.quote(word)
    # The one kind of quotes in which bash and zsh read escapes.
    word = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{_CONTROL.sub(_escaped, word)}'"


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
