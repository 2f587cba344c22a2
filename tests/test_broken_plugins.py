"""What plugins do wrong is theirs by name, and nothing is allowed for want of a judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from freqgen import Decision, Freqgen, Measurement, PluginError, ReplyInvalid, UsageError
from freqgen.brief import Brief
from freqgen.demo import ensure_demo_market
from freqgen.evaluation.gate import GateResult, Verdict
from freqgen.plugins import PluginHost
from freqgen.testing import ScriptedProvider
from tests.test_pipeline import DESIGN, OURS

BRIEF = "Buy when RSI(14) is below 30. Sell when RSI rises above 70. 1h candles, 5% stop loss."


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo market as a data folder."""
    return ensure_demo_market(tmp_path_factory.mktemp("market"))


def plugin(**registers: Callable[[Callable[[object], None]], object]) -> SimpleNamespace:
    """A stranger's plugin with these hooks."""
    from freqgen import hookimpl

    hooks = {name: hookimpl(function) for name, function in registers.items()}
    return SimpleNamespace(plugin_name="stranger", **hooks)


def raising(error: Exception) -> Callable[..., Any]:
    """A function that takes anything and fails."""

    def fail(*arguments: object, **named: object) -> Any:
        raise error

    return fail


def freqgen_with(tmp_path: Path, market: Path, *plugins: object, ours: Any = OURS) -> Freqgen:
    """Freqgen with its own plugins and others."""
    host = PluginHost.load(plugins=[*ours, *plugins], entry_points=False, warn=lambda _: None)
    return Freqgen(userdir=tmp_path / "u", datadir=market, host=host)


def provider(answer: Callable[..., Any]) -> Any:
    return plugin(
        register_providers=lambda register: register(
            SimpleNamespace(
                name="cloud", deterministic=True, models=lambda: ("large",), answer=answer
            )
        )
    )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            provider(raising(ConnectionError("no route"))),
            'the provider "cloud" of plugin "stranger" failed: ConnectionError: no route',
        ),
        (
            provider(lambda prompt, *, model, options: "just text"),
            "it returned 'just text' where a Reply was expected",
        ),
    ],
    ids=["raises", "returns a text"],
)
def test_a_broken_provider_is_named(
    tmp_path: Path, market: Path, broken: object, message: str
) -> None:
    with (
        freqgen_with(tmp_path, market, broken) as freqgen,
        pytest.raises(PluginError) as caught,
    ):
        freqgen.design(BRIEF, model="cloud")
    assert message in str(caught.value)
    assert '"disabled_plugins": ["stranger"]' in caught.value.hint


def judge(result: Callable[[Mapping[str, Measurement]], Any]) -> Any:
    return plugin(
        register_gates=lambda register: register(SimpleNamespace(name="mine", judge=result))
    )


def measure(result: Callable[..., Any]) -> Any:
    return plugin(
        register_evaluators=lambda register: register(SimpleNamespace(name="mine", measure=result))
    )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (judge(raising(KeyError("trades"))), 'the gate "mine" of plugin "stranger" failed'),
        (measure(lambda draft, context: {"x": 1}), "where a Measurement was expected"),
        pytest.param(
            judge(lambda measurements: None),
            "it returned None where a GateResult was expected",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            measure(raising(ZeroDivisionError("oops"))),
            'the evaluator "mine" of plugin "stranger"',
            marks=pytest.mark.soak,
        ),
    ],
    ids=["gate raises", "evaluator returns a dict", "gate returns nothing", "evaluator raises"],
)
def test_a_broken_evaluator_or_gate_is_named_and_nothing_is_stored(
    tmp_path: Path, market: Path, broken: object, message: str
) -> None:
    with freqgen_with(tmp_path, market, broken) as freqgen:
        with pytest.raises(PluginError) as caught:
            freqgen.generate(BRIEF)
        assert message in str(caught.value)
        assert freqgen.existing_store is None


def test_a_broken_prompt_builder_is_named(tmp_path: Path, market: Path) -> None:
    builder = SimpleNamespace(name="mine", step="design", build=raising(ValueError("no words")))
    broken = plugin(register_prompt_builders=lambda register: register(builder))
    with freqgen_with(tmp_path, market, broken) as freqgen:
        freqgen.settings = freqgen.settings.model_copy(update={"prompts": {"design": "mine"}})
        with pytest.raises(PluginError, match='prompt builder "design:mine" of plugin "stranger"'):
            freqgen.design(BRIEF)


@pytest.mark.parametrize(
    ("hook", "decision"),
    [
        pytest.param("register_gates", Decision.REVIEW, marks=pytest.mark.soak),
        pytest.param("register_evaluators", Decision.REVIEW, marks=pytest.mark.soak),
        ("register_validators", Decision.REVIEW),
        ("register_providers", Decision.ALLOW),
    ],
)
def test_without_what_a_failed_judge_would_say_somebody_has_to_look(
    tmp_path: Path, market: Path, hook: str, decision: Decision
) -> None:
    broken = plugin(**{hook: raising(RuntimeError("broken"))})
    with freqgen_with(tmp_path, market, broken) as freqgen:
        result = freqgen.generate(BRIEF)
    assert result.verdict.decision is decision
    if decision is Decision.REVIEW:
        assert (
            'what the failed plugin "stranger" would have said' in result.verdict.gates[-1].reason
        )
        assert "freqgen/drafts" in str(result.path)


@pytest.mark.soak
def test_without_any_gate_somebody_has_to_look(tmp_path: Path, market: Path) -> None:
    ours = [module for module in OURS if module.__name__ != "freqgen_gates"]
    with freqgen_with(tmp_path, market, ours=ours) as freqgen:
        result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.REVIEW
    assert "there is no gate" in result.verdict.gates[-1].reason


def gate(passed: bool, otherwise: Decision) -> GateResult:
    return GateResult(
        name="g", passed=passed, value=None, limit=None, reason="r", otherwise=otherwise
    )


@pytest.mark.parametrize(
    ("asked", "decision"),
    [
        ([], Decision.ALLOW),
        ([Decision.REVIEW], Decision.REVIEW),
        ([Decision.REVIEW, Decision.DENY], Decision.DENY),
        ([Decision.DENY, Decision.REVIEW], Decision.DENY),
    ],
)
def test_the_strictest_gate_decides(asked: list[Decision], decision: Decision) -> None:
    passed = [gate(True, Decision.DENY), gate(True, Decision.REVIEW)]
    assert Verdict.of([*passed, *(gate(False, one) for one in asked)]).decision is decision


def test_a_design_may_come_in_a_fence(tmp_path: Path, market: Path) -> None:
    """A reply written by hand, as models give them: with talk around the JSON."""
    reply = f"Here is the design:\n\n```json\n{json.dumps(DESIGN, indent=2)}\n```\nEnjoy!\n"
    model = ScriptedProvider([reply], name="model")
    scripted = plugin(register_providers=lambda register: register(model))
    with freqgen_with(tmp_path, market, scripted) as freqgen:
        assert freqgen.design("Buy low", model="model").design.name == DESIGN["name"]


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"timeframe": "4h"}, "timeframe: was asked for as 4h and is 1h"),
        ({"max_open_trades": 7}, "risk.max_open_trades: was asked for as 7 and is 3"),
        ({"timeframe": "1h", "stoploss": -0.05}, ""),
    ],
    ids=["timeframe", "risk", "as asked"],
)
def test_what_was_said_beside_the_text_wins(
    tmp_path: Path, market: Path, constraints: dict[str, Any], message: str
) -> None:
    model = ScriptedProvider([json.dumps(DESIGN)], name="model", deterministic=True)
    scripted = plugin(register_providers=lambda register: register(model))
    with freqgen_with(tmp_path, market, scripted) as freqgen:
        brief = Brief.from_text("Buy low", constraints=constraints)
        if not message:
            assert freqgen.design(brief, model="model").design.timeframe == "1h"
            return
        with pytest.raises(ReplyInvalid, match=message):
            freqgen.design(brief, model="model")


@pytest.mark.parametrize("step", ["design_model", "code_model"])
def test_an_unknown_model_is_refused_before_anything_is_asked(
    tmp_path: Path, market: Path, step: str
) -> None:
    model = ScriptedProvider([json.dumps(DESIGN)], name="model")
    scripted = plugin(register_providers=lambda register: register(model))
    with freqgen_with(tmp_path, market, scripted) as freqgen:
        models = {"design_model": "model", "code_model": "compiler", step: "nobody"}
        with pytest.raises(UsageError, match='no provider "nobody"') as caught:
            freqgen.generate("Buy low", **models)
        assert {"offline", "compiler", "model"} <= set(
            caught.value.hint.removeprefix("there is ").split(", ")
        )
    assert model.prompts == []
