"""What a provider is asked, and who words the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.design.indicators import Catalogue
    from freqgen.design.model import Design
    from freqgen.draft import Draft
    from freqgen.finding import Finding
    from freqgen.settings import RiskLimits


class Step(StrEnum):
    """What a provider is asked for."""

    DESIGN = "design"
    """A brief is to become a design, as JSON."""
    CODE = "code"
    """A design is to become a strategy, as Python source."""
    REPAIR = "repair"
    """A draft with findings is to become a better one, as Python source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation.

    :param role: ``user`` or ``assistant``.
    """

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What made drafts fail that were written for the same design.

    :param finding: As it was found last.
    :param tries: The numbers of the drafts that it was found in, from 1.
    :param written: The line of the last of them that it is about; empty for a file as a whole.
    """

    finding: Finding
    tries: tuple[int, ...]
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The same question as data, for providers that need no words.

    :param brief: What the user asked for; present in every step that began with one.
    :param design: The design to be coded, in the steps ``code`` and ``repair``.
    :param draft: The draft to be mended, in the step ``repair``.
    :param findings: What is wrong with it.
    :param mended: What freqgen has put right in it by itself, with the lines it was found in.
    :param failures: In the step ``code``, what made all drafts before fail, where mending them
        led nowhere and a fresh one is wanted. Empty the first time.
    :param catalogue: The indicators that a design may use.
    :param limits: How far a design's risk may go, in the step ``design``.
    :param conversation: In the step ``design``, the turns before this one: the questions, and
        after each the answer that could not be used. Empty the first time.
    :param problems: What is wrong with the last of those answers, a sentence each.
    :param rules_only: In the step ``design``, whether nothing may be said in words, for the code
        will be compiled.
    """

    catalogue: Catalogue
    brief: Brief | None = None
    design: Design | None = None
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    limits: RiskLimits | None = None
    conversation: tuple[Message, ...] = ()
    problems: tuple[str, ...] = ()
    rules_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to a provider.

    :param step: What is asked for.
    :param system: Standing instructions.
    :param messages: The conversation so far; the last one is the user's.
    :param json_schema: JSON schema that the reply must follow, or ``None`` for plain text.
    :param payload: The question as data.
    """

    step: Step
    system: str
    messages: tuple[Message, ...]
    payload: Payload
    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """How a model is to answer, where the provider lets one say so.

    :param temperature: 0 for the likeliest answer; ``None`` leaves it to the provider.
    :param max_tokens: Limit of the reply's length; ``None`` leaves it to the provider.
    :param extra: Options that only this provider knows.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class PromptBuilder(Protocol):
    """Words the question of one step. Registered with ``register_prompt_builders``."""

    @property
    def name(self) -> str:
        """Unique among the builders of its step; chosen in the setting ``prompts``."""
        ...

    @property
    def step(self) -> Step:
        """The step it words."""
        ...

    def build(self, payload: Payload) -> Prompt:
        """Word the question that ``payload`` holds.

        :returns: In the step ``design``, the messages are those of ``payload.conversation`` and
            one more, which says ``payload.problems`` where there are any.
        """
        ...
