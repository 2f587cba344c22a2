"""From a brief to a design, by a provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from freqgen.brief import Brief
from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.indicators import Catalogue
from freqgen.design.model import Design
from freqgen.exceptions import BriefError, DesignError, ReplyInvalid
from freqgen.generation.fences import unfenced
from freqgen.generation.prompt import CallOptions, Payload, Prompt, PromptBuilder
from freqgen.generation.provider import ModelAddress, Provider, Reading, Reply, Usage, check_model

Ask = Callable[[Provider, Prompt, str | None, CallOptions], Reply]
"""Puts a prompt to a provider; the pipeline's way to see every reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignResult:
    """What stage 1 gave.

    :param checked: The design, known to fit the catalogue.
    :param origin: The provider and model that wrote it; empty for a design that was given.
    :param reading: What became of the brief's words; empty where the provider does not say.
    :param prompt: What was asked; ``None`` for a design that was given.
    :param reply: The answer as it came.
    :param seconds: How long the provider took.
    """

    checked: CheckedDesign
    origin: str = ""
    reading: Reading = field(default_factory=Reading)
    usage: Usage = field(default_factory=Usage)
    prompt: Prompt | None = None
    reply: str = ""
    seconds: float = 0.0

    @property
    def design(self) -> Design:
        """The design itself."""
        return self.checked.design


def make_design(
    brief: Brief,
    *,
    provider: Provider,
    address: ModelAddress,
    builder: PromptBuilder,
    catalogue: Catalogue,
    ask: Ask,
    ignore_unread: bool = False,
) -> DesignResult:
    """Ask a provider for the design of a brief.

    :param ignore_unread: Whether words that block (:class:`Span`) are left out of the design.
    :raises ProviderError: If no answer came, or one that is no design.
    :raises BriefError: If the provider found no entry rule in the brief, or did not understand
        words without which it is another strategy.
    """
    check_model(provider, address.model)
    prompt = builder.build(Payload(brief=brief, catalogue=catalogue))
    begin = perf_counter()
    reply = ask(provider, prompt, address.model, CallOptions(temperature=0.7))
    seconds = perf_counter() - begin
    if not ignore_unread:
        _check_read(reply.reading or Reading())
    data = _json_object(unfenced(reply.text), provider.name)
    if brief.name is not None:
        data["name"] = brief.name
    try:
        checked = check_design(Design.from_data(data, origin="the reply"), catalogue)
    except DesignError as exc:
        raise ReplyInvalid(
            f'"{address}" gave a design that cannot be used: {exc}',
            provider=provider.name,
            hint=exc.hint,
        ) from exc
    _check_constraints(brief, checked.design, str(address))
    return DesignResult(
        checked=checked,
        origin=str(address),
        reading=reply.reading or Reading(),
        usage=reply.usage,
        prompt=prompt,
        reply=reply.text,
        seconds=seconds,
    )


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


def _check_constraints(brief: Brief, design: Design, address: str) -> None:
    """Refuse a design that is not what was asked for beside the text.

    :raises ReplyInvalid: Naming the field, what was asked for and what came.
    """
    data = design.to_data()
    fields = {**data["risk"], **data}
    for field_, wanted in brief.constraints.items():
        got = fields.get(field_)
        if isinstance(wanted, Mapping) and isinstance(got, Mapping):
            got = {key: got.get(key) for key in wanted}
        if got != wanted:
            raise ReplyInvalid(
                f'"{address}" was asked for {field_} {wanted} and gave {got}',
                provider=address.partition(":")[0],
                hint="try again, choose another model with --design-model, or say it in the text",
            )


def _json_object(text: str, provider: str) -> dict[str, Any]:
    """The one JSON object of a reply.

    :raises ReplyInvalid: If there is none; says how the reply begins.
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise ReplyInvalid(
            f'"{provider}" was asked for JSON and answered {_begin(text)}',
            provider=provider,
            hint="try again, or choose another model with --design-model",
        ) from exc
    if not isinstance(data, dict):
        raise ReplyInvalid(
            f'"{provider}" was asked for a JSON object and answered {_begin(text)}',
            provider=provider,
            hint="try again, or choose another model with --design-model",
        )
    return data


def _begin(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line[:60]}…"' if len(line) > 60 else f'"{line}"' if line else "nothing"
