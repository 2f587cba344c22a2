"""Mends what a model wrote before anybody is asked to, and validates what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from freqgen.draft import Draft
from freqgen.finding import Finding, Phase, Report
from freqgen.generation.attempt import Judged
from freqgen.validation.mending import apply_edits, mend
from freqgen.validation.runner import Validation, compiled_from

if TYPE_CHECKING:
    from freqgen.design.checked import CheckedDesign

_MOST_RUNS = 3
"""Times that a draft is run, where each run shows something that freqgen can put right."""


class Validate(Protocol):
    """Lets all validators look at a draft."""

    def __call__(
        self, draft: Draft, *, run: bool, place: str = "", static: Report | None = None
    ) -> Validation:
        """Validate ``draft``.

        :param run: Whether the phase behaviour is among it.
        :param place: What it is about, for the progress.
        :param static: What the phases before that found in this very draft, if they are done.
        """
        ...


class Judge:
    """Judges the drafts of one design, one after the other.

    What a validator can put right is put right, by all of the static phases first and then by
    what running it shows. Every change is validated as if it were another draft: nothing is
    trusted because freqgen changed it. Code that freqgen's own compiler wrote is left alone to
    the last byte.

    :param checked: What the drafts are made from.
    :param run: Whether they are run.
    :param say: Told what was put right.
    """

    def __init__(
        self,
        checked: CheckedDesign,
        validate: Validate,
        *,
        run: bool,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._checked = checked
        self._validate = validate
        self._run = run
        self._say = say
        self.validations: list[Validation] = []
        """What came of each draft, in order."""

    def __call__(self, draft: Draft) -> Judged:
        """Mend and validate a draft."""
        mended: list[Finding] = []
        if compiled_from(draft, self._checked):
            validation = self._validate(draft, run=self._run)
        else:
            draft, validation, mended = self._mended(draft)
        self.validations.append(validation)
        return Judged(draft=draft, report=validation.report, mended=tuple(mended))

    def _mended(self, draft: Draft) -> tuple[Draft, Validation, list[Finding]]:
        mended: list[Finding] = []
        seen: set[str] = set()
        for runs in range(1, _MOST_RUNS + 1):
            last = _Last(self._validate)
            done = mend(draft, last)
            draft, validation = done.draft, last.validation
            self._tell(done.applied)
            mended += done.applied
            if not self._run or validation.screened is None:
                break
            validation = self._validate(
                draft, run=True, place="running it", static=validation.report
            )
            shown = [one for one in validation.report.findings if one.phase is Phase.BEHAVIOUR]
            source, applied = apply_edits(draft.source, shown)
            seen.add(draft.source)
            if source in seen or runs == _MOST_RUNS:
                break
            self._tell(applied)
            mended += applied
            draft = replace(draft, source=source)
        return draft, validation, mended

    def _tell(self, applied: tuple[Finding, ...]) -> None:
        for one in applied:
            place = f" in line {one.line}" if one.line else ""
            self._say(f"Mended {one.code}{place}: {one.message}")


class _Last:
    """The static phases, of whose answers the last one is kept."""

    def __init__(self, validate: Validate) -> None:
        self._validate = validate
        self.validation = Validation()

    def __call__(self, draft: Draft) -> Report:
        self.validation = self._validate(draft, run=False)
        return self.validation.report
