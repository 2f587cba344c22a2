"""Which findings a model is told of, and in what order: causes before what follows from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from freqgen import Finding, Phase, Severity

DETAILED = 12
"""As many findings are told with their lines; more would hide the first ones."""

FEW_WARNINGS = 3
"""As many warnings are told although nothing that blocks is at their lines."""

_NOT_OF_CODE = "FG69"
"""How the codes begin of what no file can mend: it was not run, data are missing."""

_FAMILIES = ("FG5", "FG1", "FG3", "FG2", "FG4", "", "FG6")
"""Errors of one phase, by what they are about. Safety comes first, for the rest may go with the
code that is not allowed; the comparison with the design last, since a line that does nothing is
not what the design says either. What other plugins find is before that."""

_NAMED = re.compile(r"[\"'`]([A-Za-z_]\w*)[\"'`]")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to mend.

    :param finding: What was found; the first, where the same stands in several lines.
    :param lines: All lines that it was found in.
    """

    finding: Finding
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What is told.

    :param told: In order of cause.
    :param others: How often each code was found that is not told in detail.
    """

    told: tuple[Told, ...]
    others: tuple[tuple[str, int], ...] = ()


def causes(findings: Iterable[Finding], source: str) -> Causes:
    """Sort findings by cause, and leave out what follows from others.

    What cannot be parsed hides all else, for everything else is a guess then. What is said
    twice, of one line by two phases, is said once.

    :param source: The file that they were found in.
    """
    known = [one for one in findings if not one.code.startswith(_NOT_OF_CODE)]
    errors = [one for one in known if one.severity is Severity.ERROR]
    parse = [one for one in errors if one.phase is Phase.PARSE]
    if parse:
        grouped = _grouped(sorted(parse, key=_place))
        return Causes(told=grouped[:1] if _unreadable(parse) else grouped)
    lines = source.split("\n")
    structure = [one for one in errors if one.phase is Phase.STRUCTURE]
    errors = [one for one in errors if not _follows(one, structure, lines)]
    warnings = [one for one in known if one.severity is not Severity.ERROR]
    near = {one.line for one in errors if one.line is not None}
    explaining = [one for one in warnings if one.line in near]
    rest = [one for one in warnings if one not in explaining]
    groups = _grouped([*sorted(errors, key=_cause), *sorted(explaining, key=_place)])
    few = _grouped(sorted(rest, key=_place))
    if len(few) > FEW_WARNINGS:
        return _capped(groups, rest)
    return _capped((*groups, *few), [])


def _capped(groups: Sequence[Told], more: Iterable[Finding]) -> Causes:
    """The first groups, and the others by number.

    :param more: What is not told in any case.
    """
    left = Counter[str]()
    for one in groups[DETAILED:]:
        left[one.finding.code] += max(len(one.lines), 1)
    left.update(one.code for one in more)
    return Causes(told=tuple(groups[:DETAILED]), others=tuple(sorted(left.items())))


def _unreadable(parse: Sequence[Finding]) -> bool:
    """Whether the file is no Python, of which the parser knows the first place only."""
    return all(one.code == "FG001" for one in parse)


def _grouped(findings: Sequence[Finding]) -> tuple[Told, ...]:
    """Findings that say the same in the same words, together."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.code, one.message, one.hint), []).append(one)
    return tuple(
        Told(
            finding=several[0],
            lines=tuple(dict.fromkeys(one.line for one in several if one.line is not None)),
        )
        for several in groups.values()
    )


def _place(finding: Finding) -> tuple[int, int, int, str]:
    return (finding.phase.order, finding.line or 0, finding.column or 0, finding.code)


def _cause(finding: Finding) -> tuple[int, int, int, int, str]:
    family = finding.code[:3] if finding.code[:3] in _FAMILIES else ""
    order = _FAMILIES.index(family) if finding.phase is Phase.STRUCTURE else 0
    phase, line, column, code = _place(finding)
    return (phase, order, line, column, code)


def _follows(finding: Finding, structure: Sequence[Finding], lines: Sequence[str]) -> bool:
    """Whether what types say is what the structure has said: of that line, or of its name."""
    if finding.phase is not Phase.TYPES or finding.line is None:
        return False
    names = set(_NAMED.findall(finding.message))
    for one in structure:
        if one.line is None:
            continue
        if one.line == finding.line:
            return True
        if names & _bound(lines, one.line):
            return True
    return False


def _bound(lines: Sequence[str], number: int) -> set[str]:
    """The names that a line gives a value."""
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    target, equals, _ = line.partition("=")
    if not equals or target.rstrip().endswith(("!", "<", ">")) or "(" in target or "[" in target:
        return set()
    return set(_WORD.findall(target)) - {"self"}
