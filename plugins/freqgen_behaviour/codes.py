"""What the reference says of a code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDocumentation:
    """What a code means, for people.

    :param severity: ``error``, ``warning``, or both where it depends.
    :param bad: Code that gives it.
    :param good: The same code, corrected.
    """

    code: str
    name: str
    title: str
    why: str
    severity: str = "error"
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
