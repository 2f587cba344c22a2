"""Worked examples: an idea, its design, and the code of the design.

Each is three files in ``examples``, of which ``NAME.code.txt`` is what the compiler makes of
``NAME.design.json``. One of them was spoilt to show a repair: ``NAME.wrong.txt``, with what
freqgen's own checks find in it in ``NAME.findings.txt``. Tests say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"

NAMES = ("bollinger_reversion", "channel_breakout")
SPOILT = "bollinger_reversion"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A file with faults, and the same without.

    :param design: What both are made from, as JSON.
    :param wrong: Python, with faults.
    :param findings: What checks find in it, as prompts say it.
    :param right: Python, mended.
    """

    design: str
    wrong: str
    findings: str
    right: str


@cache
def repair() -> Repair:
    """The example of the step ``repair``."""
    return Repair(
        design=_text(f"{SPOILT}.design.json"),
        wrong=_text(f"{SPOILT}.wrong.txt"),
        findings=_text(f"{SPOILT}.findings.txt"),
        right=_text(f"{SPOILT}.code.txt"),
    )


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
