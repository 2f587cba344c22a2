"""The provider ``anthropic``: what is sent through the real SDK, and what becomes of the answer."""

from __future__ import annotations

import inspect
import json

import pytest
from anthropic.resources import Messages
from anthropic.types import Message as Answer

import freqgen_anthropic
from freqgen import CallOptions, Design, Provider, ProviderUnavailable, Step, StrictSchema
from freqgen.generation.provider import check_model
from freqgen_anthropic.client import MAX_TOKENS, usage_of
from freqgen_anthropic.provider import AnthropicProvider
from tests.plugins.freqgen_anthropic.wire import MODEL, error, message
from tests.plugins.vendor_checks import (
    SCHEMA,
    STRICT_DESIGN,
    assert_key_only_in_header,
    imported_by,
    prompt,
)
from tests.plugins.vendor_server import VendorServer

PROVIDER = AnthropicProvider()


def at(server: VendorServer, **options: object) -> CallOptions:
    return CallOptions(temperature=0.1, extra={"base_url": server.address, **options})


def test_it_is_registered_without_its_sdk() -> None:
    found: list[Provider] = []
    freqgen_anthropic.register_providers(found.append)
    assert [one.name for one in found] == ["anthropic"]
    assert not {"anthropic", "pydantic"} & imported_by("freqgen_anthropic")


def test_a_model_must_be_named() -> None:
    for asked in (
        lambda: check_model(PROVIDER, None),
        lambda: PROVIDER.answer(prompt(Step.CODE), model=None, options=CallOptions()),
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            asked()
        assert '"anthropic:MODEL"' in caught.value.hint
    check_model(PROVIDER, "any-name")


@pytest.mark.parametrize("step", [Step.CODE, Step.REPAIR])
def test_code_is_asked_for_as_plain_text(server: VendorServer, step: Step) -> None:
    server.will(message("class A: ..."))
    reply = PROVIDER.answer(prompt(step), model=MODEL, options=at(server))
    assert (reply.text, reply.model) == ("class A: ...", f"{MODEL}-20260901")
    assert (reply.stop_reason, reply.request_id) == ("end_turn", "req_42")
    (call,) = server.calls
    assert call.path == "/v1/messages"
    assert_key_only_in_header(call)
    assert call.body == {
        "model": MODEL,
        "max_tokens": MAX_TOKENS,
        "system": [
            {
                "type": "text",
                "text": "Rules of the house.",
                "cache_control": {"type": "ephemeral"},
            }
        ],
        "messages": [
            {"role": "user", "content": "One."},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three."},
        ],
    }


def test_a_design_follows_the_schema(server: VendorServer) -> None:
    server.will(message(json.dumps(STRICT_DESIGN)))
    reply = PROVIDER.answer(prompt(Step.DESIGN), model=MODEL, options=at(server, max_tokens=900))
    body = server.calls[0].body
    assert body["output_config"] == {
        "format": {"type": "json_schema", "schema": StrictSchema.of(SCHEMA).schema}
    }
    assert body["max_tokens"] == 900
    design = Design.from_json(reply.text)
    assert design.indicators[0].params == {"timeperiod": 14}
    assert design.risk.roi == {"0": 0.05}
    assert design.risk.protections == [{"method": "CooldownPeriod", "stop_duration": 10}]


def test_a_model_without_schemas_is_asked_in_words(server: VendorServer) -> None:
    refusal = error(400, "invalid_request_error", "output_config.format: not with this model")
    server.will(refusal, message(json.dumps({"name": "A"})))
    reply = PROVIDER.answer(prompt(Step.DESIGN), model=MODEL, options=at(server))
    assert reply.text == '{"name": "A"}'
    first, second = (call.body for call in server.calls)
    assert "output_config" in first
    assert "output_config" not in second
    (block,) = second["system"]
    assert block["text"].startswith("Rules of the house.")
    assert json.dumps(SCHEMA) in block["text"]


def test_without_instructions_no_empty_block_is_sent(server: VendorServer) -> None:
    server.will(message("x"))
    PROVIDER.answer(prompt(Step.CODE, system=""), model=MODEL, options=at(server))
    assert "system" not in server.calls[0].body


def test_the_sdk_takes_no_temperature() -> None:
    """Where this fails, a newer SDK takes one again: then the provider should send it."""
    assert "temperature" not in inspect.signature(Messages.create).parameters


def test_usage_counts_the_cache_as_input(server: VendorServer) -> None:
    server.will(message("x"))
    usage = PROVIDER.answer(prompt(Step.CODE), model=MODEL, options=at(server)).usage
    assert usage.to_dict() == {
        "calls": 1,
        "input_tokens": 2040,
        "output_tokens": 7,
        "cached_tokens": 2000,
        "cost_usd": None,  # nobody knows what a server of one's own costs
    }


@pytest.mark.parametrize(
    ("model", "dearer"),
    [("claude-sonnet-5", True), ("claude-of-tomorrow", None)],
    ids=["known", "unknown"],
)
def test_the_price_is_that_of_the_vendor(model: str, dearer: bool | None) -> None:
    def cost(fresh: int, read: int) -> float | None:
        answer = Answer.model_validate(
            message(
                "x",
                model=model,
                usage={
                    "input_tokens": fresh,
                    "cache_read_input_tokens": read,
                    "output_tokens": 100,
                },
            ).body
        )
        return usage_of(answer, "https://api.anthropic.com").cost_usd

    uncached, cached = cost(10_000, 0), cost(0, 10_000)
    if dearer is None:
        assert uncached is cached is None
    else:
        assert uncached is not None
        assert cached is not None
        assert 0 < cached < uncached < 1


def test_one_call_gives_a_client_for_code(server: VendorServer) -> None:
    server.will(message("def f(): ..."))
    client = freqgen_anthropic.code_client(MODEL, base_url=server.address, max_tokens=50)
    reply = client.ask("Write f.", system="Be brief.")
    assert reply.text == "def f(): ..."
    body = server.calls[0].body
    assert body["messages"] == [{"role": "user", "content": "Write f."}]
    assert body["max_tokens"] == 50


def test_the_address_may_come_from_the_variable(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.will(message("x"))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
    assert PROVIDER.answer(prompt(Step.CODE), model=MODEL, options=CallOptions()).text == "x"
