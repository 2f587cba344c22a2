"""Puts findings right whose answer is known, without asking a model."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from freqgen.draft import Draft
from freqgen.finding import Edit, Finding, Report

_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A draft after all that can be put right was.

    :param draft: As it is now; the very draft that was given where nothing could be done.
    :param applied: The findings that were put right, in order; their places are those of the
        text that they were found in.
    :param report: What was found in the draft as it is now.
    """

    draft: Draft
    applied: tuple[Finding, ...]
    report: Report


def mend(draft: Draft, check: Callable[[Draft], Report]) -> Mended:
    """Put right what can be, check again, and go on until nothing more can be.

    One thing put right may show another, as a removed method does whose name in the library is
    new: so it takes several rounds, ten at most. A round that leads back to a text that was
    there before is not taken.

    :param check: Finds what is wrong with a draft, without running it.
    """
    report = check(draft)
    applied: list[Finding] = []
    seen = {draft.source}
    for _ in range(_MOST_ROUNDS):
        source, done = apply_edits(draft.source, report.findings)
        if source in seen:
            break
        seen.add(source)
        draft = replace(draft, source=source)
        applied += done
        report = check(draft)
    return Mended(draft=draft, applied=tuple(applied), report=report)


def apply_edits(source: str, findings: Iterable[Finding]) -> tuple[str, tuple[Finding, ...]]:
    """Make the edits of all findings that do not get into each other's way.

    Of two findings that change the same text in different ways the first one wins; the other
    is for the next round. What would turn a text that parses into one that does not is left
    out, whoever proposed it.

    :returns: The text, and the findings whose edits are in it.
    """
    chosen: list[Finding] = []
    edits: list[Edit] = []
    for finding in findings:
        new = [edit for edit in finding.edits if edit not in edits]
        if finding.edits and not _in_the_way(new, edits):
            chosen.append(finding)
            edits += new
    mended = _applied(source, edits)
    if mended == source or _parses(mended) or not _parses(source):
        return mended, tuple(chosen)
    # Somebody's edit breaks the text: they are made one after the other, without that one.
    kept: list[Finding] = []
    edits = []
    for finding in chosen:
        more = [*edits, *(edit for edit in finding.edits if edit not in edits)]
        if _parses(_applied(source, more)):
            kept.append(finding)
            edits = more
    return _applied(source, edits), tuple(kept)


def _in_the_way(new: Sequence[Edit], made: Sequence[Edit]) -> bool:
    return any(
        (one.start < other.end and other.start < one.end)
        # An insertion has no width: it must not stand within what is replaced.
        or (one.start == one.end and other.start < one.start < other.end)
        or (other.start == other.end and one.start < other.start < one.end)
        for one in new
        for other in made
    )


def _applied(source: str, edits: Sequence[Edit]) -> str:
    """The text after the edits; of those at one place, insertions stand in their order."""
    ordered = sorted(enumerate(edits), key=lambda e: (e[1].start, e[1].end, e[0]))
    parts: list[str] = []
    at = 0
    for _, edit in ordered:
        parts += [source[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, source[at:]])


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
