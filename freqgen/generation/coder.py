"""From a design to code, by a provider, with findings going back to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from freqgen.brief import Brief
from freqgen.design.checked import CheckedDesign
from freqgen.draft import Draft
from freqgen.exceptions import ReplyInvalid
from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.generation.approach import failures, next_reason
from freqgen.generation.attempt import CodeAttempt, Judged, Reason
from freqgen.generation.designer import THE_LOG, Ask, answers_kept
from freqgen.generation.fences import ends_midway, never_closed, unfenced
from freqgen.generation.prompt import CallOptions, Payload, PromptBuilder, Step
from freqgen.generation.provider import (
    ModelAddress,
    Provider,
    Reply,
    check_model,
    max_tokens_setting,
)

_TEMPERATURES = {Reason.FIRST: 0.1, Reason.REPAIR: 0.1, Reason.FRESH: 0.5}
"""How freely a draft is written; one that is to be another than those before needs more."""


def write_code(
    checked: CheckedDesign,
    *,
    brief: Brief | None,
    provider: Provider,
    address: ModelAddress,
    builders: dict[Step, PromptBuilder],
    judge: Callable[[Draft], Judged],
    ask: Ask,
    max_attempts: int,
    note: Callable[[CodeAttempt], None] = lambda _attempt: None,
    log: str = THE_LOG,
) -> list[CodeAttempt]:
    """Ask for code until it passes, at most ``max_attempts`` times.

    What was found goes back to be mended; where that leads nowhere, the next draft is written
    anew (:mod:`freqgen.generation.approach`). A deterministic provider is asked once, since it
    would only say the same again.

    :param judge: Mends a draft as far as that needs no model, and validates it.
    :param note: Called with every attempt as soon as it was validated.
    :param log: Where every question and answer is, for messages.
    :returns: Every attempt; only the last one may have passed.
    :raises ProviderError: If the provider gives no answer.
    """
    check_model(provider, address.model)
    attempts: list[CodeAttempt] = []
    question = Payload(brief=brief, design=checked.design, catalogue=checked.catalogue)
    for number in range(1, (1 if provider.deterministic else max_attempts) + 1):
        reason = next_reason(attempts)
        prompt = builders[reason.step].build(_asked(question, attempts, reason))
        options = CallOptions(temperature=_TEMPERATURES[reason])
        begin = perf_counter()
        with answers_kept(attempts, log):
            reply = ask(provider, prompt, address.model, options)
        seconds = perf_counter() - begin
        if provider.deterministic and not reply.text.strip():
            raise ReplyInvalid(
                f'"{address}" answered with nothing',
                provider=provider.name,
                hint="try again, or choose another model with --code-model",
            )
        name = checked.design.name
        draft = Draft(class_name=name, source=unfenced(reply.text, name), origin=str(address))
        judged = judge(draft)
        report = _explained(judged.report, judged.draft, reply, provider.name)
        attempts.append(
            CodeAttempt(
                number=number,
                reason=reason,
                draft=judged.draft,
                report=report,
                mended=judged.mended,
                prompt=prompt,
                reply=reply.text,
                seconds=seconds,
                usage=reply.usage,
            )
        )
        note(attempts[-1])
        if report.passed:
            break
    return attempts


def _asked(question: Payload, attempts: Sequence[CodeAttempt], reason: Reason) -> Payload:
    """The question for a draft, with what came of those before."""
    if reason is Reason.FIRST:
        return question
    if reason is Reason.FRESH:
        return replace(question, failures=failures(attempts))
    last = attempts[-1]
    return replace(question, draft=last.draft, findings=last.report.findings, mended=last.mended)


def _explained(report: Report, draft: Draft, reply: Reply, provider: str) -> Report:
    """The findings, and the reason for them where the reply is empty or was cut off.

    A parser stumbles somewhere over half a file, and half a class lacks methods; the reason is
    that the reply ended too early. One that the vendor says was cut off does not come here, it
    is an error. But servers cut off without saying so, and models lose the thread.
    """
    tokens = reply.usage.output_tokens
    after = f", after {tokens} tokens" if tokens else ""
    if not draft.source.strip():
        reason, of = "the reply is empty", _blocks
    elif any(map(_is_syntax, report.findings)) and ends_midway(draft.source):
        reason, of = f"the reply ends in the middle of the file{after}", _is_syntax
    elif not report.passed and never_closed(reply.text):
        reason, of = (
            f"the fence of the reply was never closed, so it may be cut off{after}",
            _blocks,
        )
    else:
        return report
    told = (
        "write the whole file, in fewer words; if replies are always cut off there, raise "
        f"{max_tokens_setting(provider)}, or the context of a server of your own"
    )
    number = next(i for i, one in enumerate(report.findings) if of(one))
    findings = list(report.findings)
    findings[number] = _with_reason(findings[number], reason, told)
    return Report(findings=tuple(findings), timings=report.timings)


def _blocks(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _is_syntax(finding: Finding) -> bool:
    return finding.phase is Phase.PARSE and _blocks(finding)


def _with_reason(finding: Finding, reason: str, told: str) -> Finding:
    hint = "; ".join(part for part in (finding.hint, told) if part)
    return replace(finding, message=f"{reason}: {finding.message}", hint=hint)
