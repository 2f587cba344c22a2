"""The providers ``offline`` and ``compiler`` as the pipeline sees them."""

from __future__ import annotations

import ast

import pytest

import freqgen_offline
from freqgen import (
    Brief,
    CallOptions,
    Catalogue,
    Design,
    DesignError,
    Payload,
    Prompt,
    Provider,
    ProviderUnavailable,
    Step,
)
from freqgen_offline.providers import CompilerProvider, OfflineProvider
from tests.plugins.freqgen_offline.briefs import WHOLE


def ask(provider: Provider, step: Step, payload: Payload) -> tuple[str, object]:
    prompt = Prompt(step=step, system="", messages=(), payload=payload)
    reply = provider.answer(prompt, model=None, options=CallOptions())
    assert reply.model == provider.name
    assert reply.usage.calls == 0
    return reply.text, reply.reading


def test_both_are_registered() -> None:
    found: list[Provider] = []
    freqgen_offline.register_providers(found.append)
    assert [p.name for p in found] == ["offline", "compiler"]
    assert all(p.deterministic and not p.models() for p in found)


def test_a_brief_becomes_the_json_of_a_design(catalogue: Catalogue) -> None:
    brief = Brief.from_text(WHOLE[0].text)
    text, reading = ask(OfflineProvider(), Step.DESIGN, Payload(catalogue=catalogue, brief=brief))
    assert Design.from_json(text).entry_long == ["rsi < 30", "close < bb.lower"]
    assert reading is not None


def test_a_design_becomes_its_strategy(catalogue: Catalogue) -> None:
    brief = Brief.from_text(WHOLE[0].text)
    text, _ = ask(OfflineProvider(), Step.DESIGN, Payload(catalogue=catalogue, brief=brief))
    design = Design.from_json(text)
    source, _ = ask(CompilerProvider(), Step.CODE, Payload(catalogue=catalogue, design=design))
    classes = [n.name for n in ast.parse(source).body if isinstance(n, ast.ClassDef)]
    assert classes == [design.name]


def test_a_design_that_does_not_fit_together_is_not_compiled(catalogue: Catalogue) -> None:
    design = Design.from_data(
        {
            "name": "Broken",
            "timeframe": "1h",
            "entry_long": ["moon > 3"],
            "risk": {"stoploss": -0.1},
        }
    )
    with pytest.raises(DesignError, match="moon"):
        ask(CompilerProvider(), Step.CODE, Payload(catalogue=catalogue, design=design))


@pytest.mark.parametrize(
    ("provider", "step", "hint"),
    [
        (OfflineProvider(), Step.CODE, "compiler"),
        (OfflineProvider(), Step.REPAIR, "compiler"),
        (OfflineProvider(), Step.DESIGN, "compiler"),
        (CompilerProvider(), Step.DESIGN, "offline"),
        (CompilerProvider(), Step.REPAIR, "offline"),
        (CompilerProvider(), Step.CODE, "offline"),
    ],
    ids=["offline code", "offline repair", "no brief", "compiler design", "compiler repair",
         "no design"],
)  # fmt: skip
def test_what_they_do_not_answer(
    catalogue: Catalogue, provider: Provider, step: Step, hint: str
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        ask(provider, step, Payload(catalogue=catalogue))
    assert caught.value.provider == provider.name
    assert hint in caught.value.hint
