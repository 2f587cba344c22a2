"""Every question that a run put to a provider, as the store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freqgen.brief import without_halves
from freqgen.exceptions import FreqgenException, ReplyInvalid
from freqgen.generation.attempt import CodeAttempt, Reason
from freqgen.generation.designer import DesignResult
from freqgen.generation.prompt import Prompt, Step
from freqgen.generation.provider import ModelAddress, Reply

if TYPE_CHECKING:
    from freqgen.store.record import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """A question to a provider that brought no answer that can be used.

    :param address: Who was asked, as in ``provider:model``.
    :param seconds: How long it took until that was known.
    """

    prompt: Prompt
    address: str
    error: FreqgenException
    seconds: float

    @property
    def reason(self) -> str:
        """Why a draft was asked for; empty for a design."""
        if self.prompt.step is Step.DESIGN:
            return ""
        if self.prompt.step is Step.REPAIR:
            return Reason.REPAIR
        return Reason.FRESH if self.prompt.payload.failures else Reason.FIRST

    @property
    def reply(self) -> Reply:
        """What came all the same; without a word where nothing did."""
        reply = self.error.reply if isinstance(self.error, ReplyInvalid) else None
        return reply or Reply(text="")


def stored_attempts(
    designed: DesignResult, drafts: Sequence[CodeAttempt], failed: FailedCall | None = None
) -> list[Attempt]:
    """Every question to a provider, as the store keeps it.

    :param failed: The last one, if no usable answer came.
    """
    from freqgen.store.audit import prompt_sha256
    from freqgen.store.record import Attempt

    asked: list[Attempt] = []
    for answer in designed.attempts:
        asked.append(
            Attempt(
                number=len(asked) + 1,
                step=answer.prompt.step,
                prompt_sha256=prompt_sha256(answer.prompt),
                reply=answer.reply,
                seconds=answer.seconds,
                usage=answer.usage,
                error=without_halves("; ".join(answer.problems)),
                provider=ModelAddress.parse(designed.origin).provider,
                model=ModelAddress.parse(designed.origin).model or "",
            )
        )
    for attempt in drafts:
        asked.append(
            Attempt(
                number=len(asked) + 1,
                step=attempt.step,
                prompt_sha256=prompt_sha256(attempt.prompt),
                reply=attempt.reply,
                reason=attempt.reason,
                source=attempt.draft.source if attempt.mended else "",
                findings=[finding.to_dict() for finding in attempt.report.findings],
                mended=[finding.to_dict() for finding in attempt.mended],
                seconds=attempt.seconds,
                usage=attempt.usage,
                provider=ModelAddress.parse(attempt.draft.origin).provider,
                model=ModelAddress.parse(attempt.draft.origin).model or "",
            )
        )
    if failed is not None:
        asked.append(
            Attempt(
                number=len(asked) + 1,
                step=failed.prompt.step,
                reason=failed.reason,
                prompt_sha256=prompt_sha256(failed.prompt),
                reply=without_halves(failed.reply.text),
                seconds=failed.seconds,
                usage=failed.reply.usage,
                error=without_halves(f"{type(failed.error).__name__}: {failed.error.message}"),
                provider=ModelAddress.parse(failed.address).provider,
                model=ModelAddress.parse(failed.address).model or "",
            )
        )
    return asked
