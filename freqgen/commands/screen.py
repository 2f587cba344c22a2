"""Writing to terminals and pipes: what is data stays data, and a lost stream is no bug."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 160
"""Columns that tables may take where stdout is no terminal."""

# Controls but tab and line feed: a terminal obeys them. The last ones turn the direction of
# writing around, so that a text reads as another (https://www.trojansource.codes).
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """A text of strangers, such as the name of a file, without what a terminal obeys."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def nowhere() -> TextIO:
    """A stream that swallows everything, in place of one that was closed."""
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  (until the end)


def give_up(stream: TextIO) -> None:
    """Let what is still to be written to a stream vanish, at the end of the process too."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        if stream is sys.stdout:
            sys.stdout = nowhere()


def console_on(stream: TextIO, *, no_color: bool = False) -> Console:
    """Rich's console on a stream. Markup is for freqgen's own words; data goes in as text."""
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class CarefulConsole(Console):
        def on_broken_pipe(self) -> None:
            # Rich's own ends the program with 1, as if something had failed.
            raise BrokenPipeError

        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                if segment.control or not _CONTROL.search(segment.text):
                    yield segment
                else:
                    yield Segment(clean(segment.text), segment.style)

    return CarefulConsole(
        file=stream,
        no_color=True if no_color else None,
        highlight=False,
        emoji=False,
        width=None if stream.isatty() else PIPE_WIDTH,
    )
