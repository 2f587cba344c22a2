"""The provider ``openai``: what is sent through the real SDK, and what becomes of the answer."""

from __future__ import annotations

import json

import pytest
from openai.types.chat import ChatCompletion

import freqgen_openai
from freqgen import CallOptions, Design, Provider, ProviderUnavailable, Step, StrictSchema
from freqgen.generation.provider import check_model
from freqgen_openai.address import VENDOR
from freqgen_openai.client import MAX_TOKENS, client_of, usage_of
from freqgen_openai.provider import OpenAIProvider
from freqgen_openai.question import Question
from tests.plugins.freqgen_openai.wire import MODEL, completion, error
from tests.plugins.vendor_checks import (
    SCHEMA,
    STRICT_DESIGN,
    assert_key_only_in_header,
    imported_by,
    prompt,
)
from tests.plugins.vendor_server import VendorServer

PROVIDER = OpenAIProvider()
TURNS = [
    {"role": "system", "content": "Rules of the house."},
    {"role": "user", "content": "One."},
    {"role": "assistant", "content": "Two."},
    {"role": "user", "content": "Three."},
]
STRICT = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": StrictSchema.of(SCHEMA).schema,
    },
}


def at(server: VendorServer, temperature: float | None = 0.3, **options: object) -> CallOptions:
    return CallOptions(temperature=temperature, extra={"base_url": server.address, **options})


def test_it_is_registered_without_its_sdk() -> None:
    found: list[Provider] = []
    freqgen_openai.register_providers(found.append)
    assert [one.name for one in found] == ["openai"]
    assert not {"openai", "pydantic"} & imported_by("freqgen_openai")


def test_a_model_must_be_named() -> None:
    for asked in (
        lambda: check_model(PROVIDER, None),
        lambda: PROVIDER.answer(prompt(Step.CODE), model=None, options=CallOptions()),
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            asked()
        assert '"openai:MODEL"' in caught.value.hint
    check_model(PROVIDER, "any-name")


@pytest.mark.parametrize("step", [Step.CODE, Step.REPAIR])
def test_code_is_asked_for_as_plain_text(server: VendorServer, step: Step) -> None:
    server.will(completion("class A: ..."))
    reply = PROVIDER.answer(prompt(step), model=MODEL, options=at(server))
    assert (reply.text, reply.model) == ("class A: ...", f"{MODEL}-2026-03-17")
    assert (reply.stop_reason, reply.request_id) == ("stop", "req_42")
    (call,) = server.calls
    assert call.path == "/chat/completions"
    assert_key_only_in_header(call)
    assert call.body == {
        "model": MODEL,
        "messages": TURNS,
        "max_tokens": MAX_TOKENS,
        "temperature": 0.3,
    }


@pytest.mark.parametrize(
    ("step", "temperature"), [(Step.DESIGN, 0.7), (Step.CODE, 0.1), (Step.REPAIR, 0.1)]
)
def test_each_step_has_a_temperature(server: VendorServer, step: Step, temperature: float) -> None:
    server.will(completion("{}"))
    PROVIDER.answer(prompt(step), model=MODEL, options=at(server, None))
    assert server.calls[0].body["temperature"] == temperature


def test_a_design_follows_the_schema(server: VendorServer) -> None:
    server.will(completion(json.dumps(STRICT_DESIGN)))
    reply = PROVIDER.answer(prompt(Step.DESIGN), model=MODEL, options=at(server, max_tokens=900))
    body = server.calls[0].body
    assert body["response_format"] == STRICT
    assert body["max_tokens"] == 900
    design = Design.from_json(reply.text)
    assert design.indicators[0].params == {"timeperiod": 14}
    assert design.risk.roi == {"0": 0.05}
    assert design.risk.protections == [{"method": "CooldownPeriod", "stop_duration": 10}]


def test_a_server_that_takes_less_is_asked_for_less(server: VendorServer) -> None:
    """As DeepSeek, which has a JSON mode, or a model that reasons and has no temperature."""
    server.will(
        error(400, "invalid_request_error", "This response_format type is unavailable now"),
        error(400, "unsupported_value", "Only the default (1)", param="temperature"),
        error(400, "bad", "'json_object' is not supported"),
        completion(json.dumps({"name": "A"})),
    )
    reply = PROVIDER.answer(prompt(Step.DESIGN), model=MODEL, options=at(server))
    assert reply.text == '{"name": "A"}'
    bodies = [call.body for call in server.calls]
    formats = [body.get("response_format") for body in bodies]
    assert formats == [STRICT, {"type": "json_object"}, {"type": "json_object"}, None]
    assert ["temperature" in body for body in bodies] == [True, True, False, False]
    assert all(json.dumps(SCHEMA) in body["messages"][0]["content"] for body in bodies[1:])


def test_a_server_that_fails_of_a_schema_is_asked_for_less(server: VendorServer) -> None:
    """As llama-cpp-python's, which answers what it does not know with status 500."""
    told = (
        "1 validation error: {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
        "'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}"
    )
    server.will(error(500, "internal_server_error", told), completion('{"name": "A"}'))
    reply = PROVIDER.answer(prompt(Step.DESIGN), model=MODEL, options=at(server, max_retries=0))
    assert reply.text == '{"name": "A"}'
    formats = [call.body["response_format"] for call in server.calls]
    assert formats == [STRICT, {"type": "json_object"}]


def test_a_schema_without_a_strict_form_is_asked_for_in_json_mode(server: VendorServer) -> None:
    server.will(completion("{}"))
    schema = {"type": "object", "properties": {"a": {"not": {}}}}
    client_of(MODEL, at(server)).ask("Go.", json_schema=schema)
    assert server.calls[0].body["response_format"] == {"type": "json_object"}


def test_the_limit_has_the_name_that_the_server_wants(server: VendorServer) -> None:
    said = "Use 'max_completion_tokens' instead."
    server.will(error(400, "unsupported_parameter", said, param="max_tokens"), completion("x"))
    PROVIDER.answer(prompt(Step.CODE), model=MODEL, options=at(server))
    first, second = (call.body for call in server.calls)
    assert first["max_tokens"] == second["max_completion_tokens"] == MAX_TOKENS
    assert "max_tokens" not in second


def test_openai_itself_gets_the_newer_name() -> None:
    client = freqgen_openai.code_client  # the address decides, and is read without a call
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "sk-1")
        patch.delenv("OPENAI_BASE_URL", raising=False)
        found = client(MODEL)
    assert found.endpoint.address == VENDOR
    assert found.limit == "max_completion_tokens"
    question = Question.of(
        model=MODEL, turns=(), system="", json_schema=None, max_tokens=5, limit=found.limit
    )
    assert question.arguments() == {"model": MODEL, "messages": [], "max_completion_tokens": 5}


def test_usage(server: VendorServer) -> None:
    server.will(completion("x"))
    usage = PROVIDER.answer(prompt(Step.CODE), model=MODEL, options=at(server)).usage
    assert usage.to_dict() == {
        "calls": 1,
        "input_tokens": 2040,
        "output_tokens": 7,
        "cached_tokens": 2000,
        "cost_usd": None,  # nobody knows what a server of one's own costs
    }


@pytest.mark.parametrize(
    ("model", "address", "known"),
    [
        ("gpt-5.4-mini", VENDOR, True),
        ("gpt-of-tomorrow", VENDOR, False),
        ("deepseek-chat", "https://api.deepseek.com", True),
        ("gpt-5.4-mini", "http://localhost:11434/v1", False),
    ],
    ids=["known", "unknown model", "another vendor", "a machine of one's own"],
)
def test_the_price_is_that_of_the_address(model: str, address: str, known: bool) -> None:
    def cost(cached: int) -> float | None:
        usage = {
            "prompt_tokens": 10_000,
            "completion_tokens": 100,
            "total_tokens": 10_100,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        answer = ChatCompletion.model_validate(completion("x", model=model, usage=usage).body)
        return usage_of(answer, address).cost_usd

    uncached, cached = cost(0), cost(9_000)
    if known:
        assert uncached is not None
        assert cached is not None
        assert 0 < cached < uncached < 1
    else:
        assert uncached is cached is None


def test_one_call_gives_a_client_for_code(server: VendorServer) -> None:
    server.will(
        error(400, "unsupported_value", "no seed here", param="seed"), completion("def f(): ...")
    )
    client = freqgen_openai.code_client(MODEL, base_url=server.address, max_tokens=50)
    reply = client.ask("Write f.", system="Be brief.")
    assert reply.text == "def f(): ..."
    first, second = (call.body for call in server.calls)
    assert (first["temperature"], first["seed"], first["max_tokens"]) == (0, 0, 50)
    assert second["temperature"] == 0
    assert "seed" not in second


def test_a_server_of_one_s_own_needs_no_key(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.address}/v1")
    server.will(completion("x"))
    PROVIDER.answer(prompt(Step.CODE, system=""), model="qwen3:8b", options=CallOptions())
    (call,) = server.calls
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == "Bearer none-needed"
    assert call.body["messages"] == TURNS[1:]
