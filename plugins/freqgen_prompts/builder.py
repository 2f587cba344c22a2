"""Words prompts with templates.

A prompt is made of ``STEP_system.jinja`` and ``STEP_message.jinja``, or where a design goes back to
its model of ``design_repair_message.jinja``. The catalogue, the rules and
the schema are the same for every brief, so they stand in the system text, which providers can
cache; what differs is in the message.

Whatever a user or a model wrote is data: it goes into templates as a value, never as a template,
and stands between marks that it cannot contain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from freqgen import Message, Prompt, Step, UsageError
from freqgen_prompts.telling import (
    failures_in_words,
    findings_in_words,
    mended_in_words,
    numbered,
)

if TYPE_CHECKING:
    from jinja2 import Environment

    from freqgen import Brief, Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateBuilder:
    """Words one step with the templates of this package."""

    step: Step
    name: str = "default"

    def build(self, payload: Payload) -> Prompt:
        """Word the question that ``payload`` holds.

        :raises UsageError: If the payload lacks what the step is about.
        """
        missing = [field for field in _NEEDS[self.step] if getattr(payload, field) is None]
        if missing:
            raise UsageError(
                f'the prompt of the step "{self.step}" needs a {" and a ".join(missing)}',
                hint="give them in the payload",
            )
        values = _values(self.step, payload)
        message = f"{self.step}_message.jinja"
        if self.step is Step.DESIGN and payload.problems:
            message = "design_repair_message.jinja"
        return Prompt(
            step=self.step,
            system=_render(f"{self.step}_system.jinja", values),
            messages=(*payload.conversation, Message(role="user", text=_render(message, values))),
            payload=payload,
            json_schema=_schema() if self.step is Step.DESIGN else None,
        )


_NEEDS = {
    Step.DESIGN: ("brief",),
    Step.CODE: ("design",),
    Step.REPAIR: ("design", "draft"),
}


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # A prompt is plain text, in which an escaped "<" would be a wrong one.
    environment = Environment(
        loader=PackageLoader("freqgen_prompts"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fenced"] = fenced
    environment.filters["numbered"] = numbered
    return environment


def _render(template: str, values: dict[str, Any]) -> str:
    return _environment().get_template(template).render(values).strip() + "\n"


def _schema() -> dict[str, Any]:
    from freqgen import Design

    return Design.model_json_schema()


def _values(step: Step, payload: Payload) -> dict[str, Any]:
    """What the templates of a step may use."""
    from freqgen import CANDLE_COLUMNS, TIMEFRAMES
    from freqgen_prompts.examples import examples, repair
    from freqgen_prompts.facts import IMPORTS, LOOKAHEAD, SILENT, computed, grouped, outputs_used
    from freqgen_prompts.interface import interface

    values: dict[str, Any] = {"examples": examples(), "mended": repair()}
    if payload.brief is not None:
        values["brief"] = payload.brief.text
        values["constraints"] = _constraints(payload.brief)
    if step is Step.DESIGN:
        values |= {
            "groups": grouped(payload.catalogue),
            "timeframes": ", ".join(TIMEFRAMES),
            "columns": ", ".join(CANDLE_COLUMNS),
            "problems": payload.problems,
            "rules_only": payload.rules_only,
            "limits": _limits(payload),
        }
    if payload.design is not None:
        values |= {
            "design": payload.design.to_json(),
            "worded": bool(payload.design.worded),
            "name": payload.design.name,
            "outputs": outputs_used(payload.design, payload.catalogue),
            "computed": computed(payload.design, payload.catalogue),
            "interface": interface(),
            "imports": IMPORTS,
            "lookahead": LOOKAHEAD,
            "silent": SILENT,
            "failures": failures_in_words(payload.failures),
        }
    if payload.draft is not None:
        source = payload.draft.source
        values |= {
            "source": source,
            "findings": findings_in_words(payload.findings, source),
            "already": mended_in_words(payload.mended),
        }
    return values


def _constraints(brief: Brief) -> str:
    """What was given beside the text, as JSON; empty where there is nothing."""
    given = {**brief.trading, **brief.constraints}
    given |= {"name": brief.name} if brief.name else {}
    return json.dumps(given, indent=2, sort_keys=True, default=str) if given else ""


def _limits(payload: Payload) -> list[str]:
    """How far the risk may go, a line for each field of a design."""
    limits = payload.limits
    if limits is None:
        return []
    return [
        f"stoploss: not below {-limits.max_stoploss:g}",
        f"risk_per_trade: at most {limits.max_risk_per_trade:g}",
        f"max_open_trades: at most {limits.max_open_trades}",
        f"leverage: at most {limits.max_leverage:g}",
    ]


def fenced(text: str, label: str) -> str:
    """A text between two marks that do not occur in it.

    The marks carry a digest of the text, so whoever wrote the text cannot have put one in.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"<{label} {digest}>\n{text.rstrip()}\n</{label} {digest}>"
