"""How to go on after a draft that was refused: mend it, or write it anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from freqgen.draft import Draft
from freqgen.finding import Finding
from freqgen.generation.attempt import CodeAttempt, Reason
from freqgen.generation.prompt import Failure

_NEAR = 5
"""Lines by which a finding may have moved, and still be the same one."""

_CLASS = re.compile(r"^\s*class\s", re.MULTILINE)


def next_reason(attempts: Sequence[CodeAttempt]) -> Reason:
    """Why the next draft is asked for, after attempts of which none passed.

    Asking the same again gives the same again. A draft is mended as long as that leads
    somewhere: fewer findings, others, or those of a later phase. Where it does not, the next one
    is written anew. ``docs/explanation/repair.md`` has the table.
    """
    if not attempts:
        return Reason.FIRST
    *before, last = attempts
    if any(_same_text(last.draft, one.draft) for one in before):
        return Reason.FRESH
    if last.reason is not Reason.REPAIR:
        return Reason.REPAIR
    if not _CLASS.search(last.draft.source):
        return Reason.FRESH  # a piece of it, or words: nothing is left that could be mended
    asked, found = before[-1].report.blocking, last.report.blocking
    if _phase(found) > _phase(asked):
        return Reason.REPAIR
    stays = len(found) == len(asked) and _stay(before[-1], last)
    return Reason.FRESH if stays or len(found) > len(asked) else Reason.REPAIR


def best_of(attempts: Sequence[CodeAttempt]) -> int:
    """The index of the draft to keep: one that passed, else the one that got furthest.

    That is the one whose errors are of the latest phase, of those the one with the fewest, and
    of equals the last. What is no strategy at all is behind all others.
    """

    def rank(index: int) -> tuple[bool, bool, int, int, int]:
        one = attempts[index]
        blocking = one.report.blocking
        is_class = _CLASS.search(one.draft.source) is not None
        return (one.report.passed, is_class, _phase(blocking), -len(blocking), index)

    return max(range(len(attempts)), key=rank)


def failures(attempts: Iterable[CodeAttempt]) -> tuple[Failure, ...]:
    """What made drafts fail, a code each: what stood in most of them first."""
    found: dict[str, Failure] = {}
    for attempt in attempts:
        for finding in attempt.report.blocking:
            known = found.get(finding.code)
            tries = known.tries if known else ()
            if attempt.number in tries:
                continue  # of several in one draft, the first one stands for all
            found[finding.code] = Failure(
                finding=replace(finding, edits=()),
                tries=(*tries, attempt.number),
                written=_line(attempt.draft, finding),
            )
    return tuple(sorted(found.values(), key=lambda one: -len(one.tries)))


def _phase(blocking: Sequence[Finding]) -> int:
    """How far checking came; an error ends the phases after its own."""
    return max((one.phase.order for one in blocking), default=0)


def _stay(before: CodeAttempt, after: CodeAttempt) -> bool:
    """Whether a finding of ``before`` is in ``after`` still."""
    return any(
        _is_same(one, before.draft, other, after.draft)
        for one in before.report.blocking
        for other in after.report.blocking
    )


def _is_same(one: Finding, draft: Draft, other: Finding, later: Draft) -> bool:
    """Whether two findings are one, in files of which the later may have other lines."""
    if one.code != other.code:
        return False
    if one.line is None or other.line is None:
        return True
    same_line = _line(draft, one) == _line(later, other)
    return same_line or abs(one.line - other.line) <= _NEAR


def _line(draft: Draft, finding: Finding) -> str:
    """The line that a finding is about, without the white space around it."""
    lines = draft.source.split("\n")
    if finding.line is None or not 0 < finding.line <= len(lines):
        return ""
    return lines[finding.line - 1].strip()


def _same_text(one: Draft, other: Draft) -> bool:
    """Whether two files differ in white space and empty lines at most."""
    return _words(one.source) == _words(other.source)


def _words(source: str) -> list[str]:
    return [line.rstrip() for line in source.splitlines() if line.strip()]
