"""From a brief to a design, by a provider, with what is wrong going back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter

from freqgen.brief import Brief
from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.indicators import Catalogue
from freqgen.design.model import Design
from freqgen.exceptions import (
    AttemptsExhausted,
    BriefError,
    DesignError,
    ProviderError,
    ReplyInvalid,
)
from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.generation.json_reply import ENDS_MIDWAY, NoObject, read_object
from freqgen.generation.limits import Excess, excesses
from freqgen.generation.overridden import without_overridden
from freqgen.generation.prompt import CallOptions, Message, Payload, Prompt, PromptBuilder
from freqgen.generation.provider import (
    ModelAddress,
    Provider,
    Reading,
    Reply,
    Usage,
    check_model,
    max_tokens_setting,
)
from freqgen.settings import RiskLimits

Ask = Callable[[Provider, Prompt, str | None, CallOptions], Reply]
"""Puts a prompt to a provider; the pipeline's way to see every reply."""

THE_LOG = "freqgen/audit.jsonl in the user directory"
"""Where the audit log lies, for those who do not say."""

UNUSABLE_DESIGN_CODE = "FG694"
"""Code of what is wrong with a design that a model gave."""

DESIGN_FIELDS = ("risk", "indicators", "can_short", "hypothesis", "in_words")
"""Fields that a design has and nothing in it or else in a reply: an indicator has a timeframe, too,
and its conditions in words stand under the names of its rules."""

_COMPILED = "the code of this design is compiled, and only rules can be"

_LONGEST = 1500
"""Characters of one problem; names that a model chose are in it, of any length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignAttempt:
    """One answer to a brief, and what is wrong with it.

    :param number: From 1.
    :param prompt: What was asked.
    :param reply: The answer as it came.
    :param problems: Why it cannot be used, a sentence each; empty if it can.
    :param seconds: How long the provider took.
    """

    number: int
    prompt: Prompt
    reply: str
    problems: tuple[str, ...]
    seconds: float
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignResult:
    """What stage 1 gave.

    :param checked: The design, known to fit the catalogue.
    :param origin: The provider and model that wrote it; empty for a design that was given.
    :param reading: What became of the brief's words; empty where the provider does not say.
    :param attempts: Every answer, in order; only the last one is a design. Empty for a design
        that was given.
    """

    checked: CheckedDesign
    origin: str = ""
    reading: Reading = field(default_factory=Reading)
    attempts: tuple[DesignAttempt, ...] = ()

    @property
    def design(self) -> Design:
        """The design itself."""
        return self.checked.design

    @property
    def usage(self) -> Usage:
        """What all attempts took."""
        return sum((attempt.usage for attempt in self.attempts), Usage())


@contextmanager
def answers_kept(attempts: Sequence[object], log: str) -> Iterator[None]:
    """Where a call fails after others did not, say where their answers are.

    :param log: The audit log.
    """
    try:
        yield
    except ProviderError as exc:
        if attempts:
            many = f"the {len(attempts)} answers" if attempts[1:] else "the answer"
            verb = "are" if attempts[1:] else "is"
            exc.add_hint(f"{many} before, with tokens and cost, {verb} in {log}")
        raise


def make_design(
    brief: Brief,
    *,
    provider: Provider,
    address: ModelAddress,
    builder: PromptBuilder,
    catalogue: Catalogue,
    ask: Ask,
    limits: RiskLimits,
    max_attempts: int = 1,
    note: Callable[[DesignAttempt], None] = lambda _attempt: None,
    ignore_unread: bool = False,
    rules_only: bool = False,
    log: str = THE_LOG,
) -> DesignResult:
    """Ask a provider for the design of a brief until it gives one, at most ``max_attempts`` times.

    What is wrong with an answer goes back to the provider, in the same conversation. A
    deterministic provider is asked once, since it would only say the same again.

    :param limits: How far the design's risk may go.
    :param note: Called with every attempt as soon as it was judged.
    :param ignore_unread: Whether words that block (:class:`Span`) are left out of the design.
    :param rules_only: Whether a design that says conditions in words is refused.
    :param log: Where every question and answer is, for messages.
    :raises AttemptsExhausted: If no answer is a design that can be used; with the last problems.
    :raises ReplyInvalid: If that of a deterministic provider is none.
    :raises ProviderError: If no answer came.
    :raises BriefError: If the provider found no entry rule in the brief, or did not understand
        words without which it is another strategy.
    :raises DesignError: If the words of the brief ask for more risk than the limits allow, or
        for a name that no strategy can have.
    """
    check_model(provider, address.model)
    payload = Payload(brief=brief, catalogue=catalogue, limits=limits, rules_only=rules_only)
    attempts: list[DesignAttempt] = []
    for number in range(1, (1 if provider.deterministic else max_attempts) + 1):
        prompt = builder.build(payload)
        begin = perf_counter()
        with answers_kept(attempts, log):
            reply = ask(provider, prompt, address.model, CallOptions(temperature=0.7))
        seconds = perf_counter() - begin
        if not ignore_unread:
            _check_read(reply.reading or Reading())
        judged = _judged(reply.text, payload)
        if judged.beyond and provider.deterministic:
            raise judged.beyond[0].error()
        attempt = DesignAttempt(
            number=number,
            prompt=prompt,
            reply=reply.text,
            problems=tuple(map(_told, judged.errors)),
            seconds=seconds,
            usage=reply.usage,
        )
        attempts.append(attempt)
        note(attempt)
        if judged.checked is not None and not judged.errors:
            return DesignResult(
                checked=judged.checked,
                origin=str(address),
                reading=without_overridden(reply.reading or Reading(), brief),
                attempts=tuple(attempts),
            )
        if provider.deterministic:
            raise ReplyInvalid(
                f'"{address}" gave a design that cannot be used: {attempt.problems[0]}',
                provider=provider.name,
                hint="say it in other words, or choose another model with --design-model",
            )
        # An answer without a word would be refused as a turn of a conversation.
        said = Message(role="assistant", text=reply.text if reply.text.strip() else "(nothing)")
        payload = replace(payload, conversation=(*prompt.messages, said), problems=attempt.problems)
    raise _exhausted(attempts, address, [one.setting for one in judged.beyond], log)


def _exhausted(
    attempts: list[DesignAttempt], address: ModelAddress, settings: Sequence[str], log: str
) -> AttemptsExhausted:
    """What is said in the end.

    :param settings: Those whose limits the last design exceeds.
    """
    more = f"allow more in the setting {' and '.join(settings)}, " if settings else ""
    if any(ENDS_MIDWAY in problem for problem in attempts[-1].problems):
        more += f"raise {max_tokens_setting(address.provider)}, "
    times = "1 attempt" if len(attempts) == 1 else f"{len(attempts)} attempts"
    return AttemptsExhausted(
        f'"{address}" gave no design that can be used in {times}; what is wrong with the last '
        f"one: {'; '.join(attempts[-1].problems)}",
        attempts=len(attempts),
        last_report=Report(findings=tuple(map(_finding, attempts[-1].problems))),
        hint=f"{more}say it in other words, choose another model with --design-model, or raise "
        f"the setting freqgen.max_attempts; {log} has every attempt with its reply",
    )


def _finding(problem: str) -> Finding:
    return Finding(
        code=UNUSABLE_DESIGN_CODE,
        severity=Severity.ERROR,
        phase=Phase.STRUCTURE,
        message=problem,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What is in a reply.

    :param checked: The design, if its fields and expressions are right.
    :param errors: All that could be found wrong with it.
    :param beyond: Those of the errors that are about the user's limits.
    """

    checked: CheckedDesign | None = None
    errors: tuple[DesignError, ...] = ()
    beyond: tuple[Excess, ...] = ()


def _judged(text: str, asked: Payload) -> _Judged:
    """Look for a design in a reply, and for what is wrong with it.

    :raises DesignError: If the name that the user asked for is none.
    """
    brief, limits = asked.brief, asked.limits
    assert brief is not None and limits is not None  # noqa: PT018, S101  (make_design gives both)
    try:
        data = read_object(text, DESIGN_FIELDS)
    except NoObject as exc:
        wanted = f"a design as one JSON object was asked for, and {_begin(text)}: {exc}"
        return _Judged(errors=(DesignError(wanted),))
    if brief.name is not None:
        data = {**data, "name": brief.name}
    risk = data.get("risk")
    if "take_profit" in brief.constraints and isinstance(risk, dict) and risk.get("roi"):
        # Two ways to say the same, of which the one beside the words wins.
        data = {**data, "risk": {**risk, "roi": {}}}
    try:
        design = Design.from_data(data, origin="the reply")
    except DesignError as exc:
        if brief.name is not None and exc.path == "name":
            raise  # no model can mend what the user said
        return _Judged(errors=(exc,))
    beyond = excesses(design, limits)
    # A model is told the limit, and not how the user may change it.
    errors = [DesignError(excess.message, path=excess.path) for excess in beyond]
    errors += _constraint_errors(brief, design)
    if asked.rules_only and design.worded:
        errors.append(DesignError(_COMPILED, path="in_words", hint="say it in rules"))
    try:
        checked = check_design(design, asked.catalogue)
    except DesignError as exc:
        return _Judged(errors=(exc, *errors), beyond=beyond)
    return _Judged(checked=checked, errors=tuple(errors), beyond=beyond)


def _check_read(reading: Reading) -> None:
    """Refuse a design that lacks what it was asked for.

    :raises BriefError: Quoting each part of the brief, with the reason where there is one.
    """
    lacking = [span for span in reading.unread if span.blocks]
    if not lacking:
        return
    parts = "; ".join(
        f'"{span.text}"' + (f" ({span.meaning})" if span.meaning else "") for span in lacking
    )
    raise BriefError(
        f"not understood, and without it this is not what you asked for: {parts}",
        hint="say it in other words, or go on without it with --ignore-unread",
    )


def _constraint_errors(brief: Brief, design: Design) -> list[DesignError]:
    """Where a design is not what was asked for beside the text."""
    data = design.to_data()
    fields = {**data["risk"], **data}
    errors = []
    for name, wanted in brief.constraints.items():
        got = fields.get(name)
        if isinstance(wanted, Mapping) and isinstance(got, Mapping):
            got = {key: got.get(key) for key in wanted}
        if got != wanted:
            path = f"risk.{name}" if name in data["risk"] else name
            errors.append(DesignError(f"was asked for as {wanted} and is {got}", path=path))
    return errors


def _told(error: DesignError) -> str:
    """An error as a sentence for whoever wrote the design: where, what, and what would do."""
    told = " ".join("; ".join(filter(None, (str(error), error.hint))).split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _begin(text: str) -> str:
    """How a reply begins, in words."""
    line = " ".join(text.split())
    if not line:
        return "the reply is empty"
    return f'the reply begins "{line[:60]}{"…" if len(line) > 60 else ""}"'
