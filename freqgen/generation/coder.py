"""From a design to code, by a provider, with findings going back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from freqgen.brief import Brief
from freqgen.design.checked import CheckedDesign
from freqgen.draft import Draft
from freqgen.exceptions import ReplyInvalid
from freqgen.finding import Report
from freqgen.generation.designer import Ask
from freqgen.generation.fences import unfenced
from freqgen.generation.prompt import CallOptions, Payload, Prompt, PromptBuilder, Step
from freqgen.generation.provider import ModelAddress, Provider, Usage, check_model


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAttempt:
    """One draft and what validation said of it.

    :param number: From 1.
    :param prompt: What was asked.
    :param reply: The answer as it came.
    :param seconds: How long the provider took.
    """

    number: int
    step: Step
    draft: Draft
    report: Report
    prompt: Prompt
    reply: str
    seconds: float
    usage: Usage


def write_code(
    checked: CheckedDesign,
    *,
    brief: Brief | None,
    provider: Provider,
    address: ModelAddress,
    builders: dict[Step, PromptBuilder],
    validate: Callable[[Draft], Report],
    ask: Ask,
    max_attempts: int,
) -> list[CodeAttempt]:
    """Ask for code until it passes, at most ``max_attempts`` times.

    A deterministic provider is asked once, since it would only say the same again.

    :returns: Every attempt; only the last one may have passed.
    :raises ProviderError: If the provider gives no answer.
    """
    check_model(provider, address.model)
    attempts: list[CodeAttempt] = []
    payload = Payload(brief=brief, design=checked.design, catalogue=checked.catalogue)
    step = Step.CODE
    for number in range(1, (1 if provider.deterministic else max_attempts) + 1):
        prompt = builders[step].build(payload)
        begin = perf_counter()
        reply = ask(provider, prompt, address.model, CallOptions(temperature=0.1))
        seconds = perf_counter() - begin
        if not reply.text.strip():
            raise ReplyInvalid(
                f'"{address}" answered with nothing',
                provider=provider.name,
                hint="try again, or choose another model with --code-model",
            )
        draft = Draft(
            class_name=checked.design.name, source=unfenced(reply.text), origin=str(address)
        )
        report = validate(draft)
        attempts.append(
            CodeAttempt(
                number=number,
                step=step,
                draft=draft,
                report=report,
                prompt=prompt,
                reply=reply.text,
                seconds=seconds,
                usage=reply.usage,
            )
        )
        if report.passed:
            break
        step = Step.REPAIR
        payload = Payload(
            brief=brief,
            design=checked.design,
            catalogue=checked.catalogue,
            draft=draft,
            findings=report.findings,
        )
    return attempts
