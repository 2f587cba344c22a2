"""Worked examples: an idea, its design, and the code of the design.

Each is three files in ``examples``, of which ``NAME.code.txt`` is what the compiler makes of
``NAME.design.json``. A test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"

NAMES = ("bollinger_reversion", "channel_breakout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One of them.

    :param idea: What a user asked for.
    :param constraints: What was given beside it, as JSON; empty for nothing.
    :param design: JSON, with the fields that matter.
    :param code: Python.
    """

    idea: str
    constraints: str
    design: str
    code: str


@cache
def examples() -> tuple[Example, ...]:
    """All of them, in the order in which prompts show them."""
    return tuple(
        Example(
            idea=_text(f"{name}.idea.txt"),
            constraints=_text(f"{name}.constraints.json"),
            design=_text(f"{name}.design.json"),
            code=_text(f"{name}.code.txt"),
        )
        for name in NAMES
    )


def _text(name: str) -> str:
    file = FOLDER / name
    return file.read_text(encoding="utf-8").rstrip() if file.exists() else ""
