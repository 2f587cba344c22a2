"""One draft of a conversation about code, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from freqgen.draft import Draft
from freqgen.finding import Finding, Report
from freqgen.generation.prompt import Prompt, Step
from freqgen.generation.provider import Usage


class Reason(StrEnum):
    """Why a draft was asked for."""

    FIRST = "first"
    """It is the first one."""
    REPAIR = "repair"
    """The draft before was refused, and is to be mended."""
    FRESH = "fresh"
    """Mending led nowhere: it is to be written anew, by what was wrong with those before."""

    @property
    def step(self) -> Step:
        """What is asked for then."""
        return Step.REPAIR if self is Reason.REPAIR else Step.CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What validation made of a draft.

    :param draft: As it is after freqgen mended what it can; else the very draft that was given.
    :param report: What was found in that.
    :param mended: The findings that were put right, with the places that they had.
    """

    draft: Draft
    report: Report
    mended: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAttempt:
    """One draft and what validation said of it.

    :param number: From 1.
    :param reason: Why it was asked for.
    :param draft: As it was judged, after freqgen mended what it can by itself.
    :param mended: What it mended, with the places in the code as it came.
    :param prompt: What was asked.
    :param reply: The answer as it came.
    :param seconds: How long the provider took.
    """

    number: int
    reason: Reason
    draft: Draft
    report: Report
    prompt: Prompt
    reply: str
    seconds: float
    usage: Usage
    mended: tuple[Finding, ...] = ()

    @property
    def step(self) -> Step:
        """What was asked for."""
        return self.reason.step
