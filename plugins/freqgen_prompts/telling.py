"""Says findings in words, with the lines that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from freqgen_prompts.causes import Told, causes

if TYPE_CHECKING:
    from freqgen import Failure, Finding

_AROUND = 1
"""Lines that are shown before and after the one that a finding is about."""

_WIDTH = 110
"""Characters of such a line; of a longer one the part around the column."""

_MOST_FAILURES = 8
_SHORT = 120
_LONG = 700
"""Characters of a message and of a hint; the evidence of a run is shorter."""


def findings_in_words(findings: Iterable[Finding], source: str = "") -> str:
    """Findings in order of cause, each with what to do about it in brackets, and its line.

    :param source: The file that they were found in.
    """
    found = causes(findings, source)
    lines: list[str] = []
    for one in found.told:
        lines.append(f"- {_head(one)}: {_said(one.finding)}")
        lines += _excerpt(one.finding, source)
    if found.others:
        counted = ", ".join(f"{code} {_times(count)}" for code, count in found.others)
        lines.append(f"- not told in detail: {counted}")
    return "\n".join(lines or ["- nothing by name; check the file against the design"])


def mended_in_words(findings: Sequence[Finding]) -> str:
    """What freqgen mended, a line each; empty where that was nothing."""
    lines = []
    for one in dict.fromkeys(findings):
        place = f", line {one.line}" if one.line else ""
        lines.append(f"- {one.code}{place}: {_short(one.message)}")
    more = len(lines) - _MOST_FAILURES
    lines[_MOST_FAILURES:] = [f"- and {more} more"] if more > 0 else []
    return "\n".join(lines)


def failures_in_words(failures: Sequence[Failure]) -> str:
    """What made drafts fail, a line each, and what they had there."""
    lines = []
    for one in failures[:_MOST_FAILURES]:
        found = one.finding
        tries = "try " if len(one.tries) == 1 else "tries "
        tries += _listed(one.tries)
        lines.append(f"- {found.code} in {tries}: {_said(found)}")
        if one.written:
            lines.append(f"  do not write: {_short(one.written)}")
    if others := [one.finding.code for one in failures[_MOST_FAILURES:]]:
        lines.append(f"- and {', '.join(others)}")
    return "\n".join(lines)


def numbered(source: str) -> str:
    """A source with the numbers of its lines, as findings count them."""
    lines = _lines(source)
    width = len(str(len(lines)))
    return "\n".join(f"{n:>{width}} | {line}" for n, line in enumerate(lines, start=1))


def _lines(source: str) -> list[str]:
    """The lines as Python counts them, for which a form feed ends none."""
    lines = source.split("\n")
    return lines if lines[-1] else lines[:-1]


def _head(one: Told) -> str:
    place = ""
    if one.lines:
        place = f", line{'s' if one.lines[1:] else ''} {_listed(one.lines)}"
    return f"{one.finding.code}, {one.finding.severity.value}{place}"


def _listed(numbers: Sequence[int]) -> str:
    *before, last = map(str, numbers)
    return f"{', '.join(before)} and {last}" if before else last


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _said(finding: Finding) -> str:
    """What is wrong, and in brackets what to do about it."""
    hint = f" ({_short(finding.hint, _LONG)})" if finding.hint else ""
    return _short(finding.message, _LONG) + hint


def _short(text: str, length: int = _SHORT) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _excerpt(finding: Finding, source: str) -> list[str]:
    """The lines around a finding, with a mark under its column."""
    lines = _lines(source)
    if finding.line is None or not 0 < finding.line <= len(lines):
        return []
    first = max(finding.line - _AROUND, 1)
    last = min(finding.line + _AROUND, len(lines))
    width = len(str(last))
    # All lines are cut at one place, so that they stay under each other.
    column = (finding.column or 1) - 1
    cut = max(column - _WIDTH // 2, 0) if len(lines[finding.line - 1]) > _WIDTH else 0
    shown = []
    for number in range(first, last + 1):
        text = lines[number - 1]
        part = text[cut : cut + _WIDTH]
        more = "…" if len(text) > cut + _WIDTH else ""
        shown.append(f"    {number:>{width}} | {'…' if cut else ''}{part}{more}".rstrip())
        if number == finding.line and finding.column:
            before = "".join("\t" if c == "\t" else " " for c in text[cut:column])
            shown.append(f"    {'':>{width}} | {' ' if cut else ''}{before}^")
    return shown
