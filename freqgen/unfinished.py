"""What there is of a run that a step ended before anything could be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freqgen.generation.approach import best_of
from freqgen.generation.provider import Usage
from freqgen.outcome import reading_data
from freqgen.questions import FailedCall

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.generation.attempt import CodeAttempt
    from freqgen.generation.designer import DesignResult
    from freqgen.store.record import Record


@dataclass(slots=True, kw_only=True)
class Unfinished:
    """A run on its way from a design to a decision.

    :param brief: The idea; ``None`` where a design was given in its place.
    :param agreed: Whether a person looked at the design and agreed on it.
    :param timings: Seconds per step so far.
    :param coder: Who is to write the code, as in ``provider:model``; empty until that is known.
    :param drafts: Those that were written and checked so far.
    """

    brief: Brief | None
    designed: DesignResult
    agreed: bool
    timings: Mapping[str, float]
    coder: str = ""
    drafts: list[CodeAttempt] = field(default_factory=list)

    @property
    def origins(self) -> list[str]:
        """Who wrote what there is, as in ``provider:model``."""
        return [self.designed.origin, *(draft.draft.origin for draft in self.drafts)]

    def record(self, failed: FailedCall | None) -> Record:
        """The record of it, which nobody judged: a draft.

        :param failed: The call that ended it, if one did.
        """
        from freqgen.store.record import Record

        designed = self.designed
        last = self.drafts[best_of(self.drafts)] if self.drafts else None
        usage = sum((draft.usage for draft in self.drafts), designed.usage)
        return Record(
            name=designed.design.name,
            source=last.draft.source if last else "",
            brief=self.brief.text if self.brief else "",
            constraints={**self.brief.constraints, **self.brief.trading} if self.brief else {},
            reading=reading_data(designed.reading),
            design=designed.design.to_data(),
            design_origin=designed.origin,
            code_origin=last.draft.origin if last else "",
            findings=[one.to_dict() for one in last.report.findings] if last else [],
            usage=usage + (failed.reply.usage if failed else Usage()),
            timings=self.timings,
            attempts=len(self.drafts),
        )
