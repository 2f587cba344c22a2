"""From a user's configuration to a stored design, through prompts, SDK and a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import freqgen_openai
import freqgen_prompts
from freqgen import Freqgen, ReplyInvalid
from freqgen.testing import make_host
from tests.plugins.freqgen_openai.wire import completion
from tests.plugins.vendor_checks import KEY, STRICT_DESIGN, assert_key_only_in_header
from tests.plugins.vendor_server import VendorServer

BRIEF = "Buy weakness when RSI(14) is below 30, 1h candles."


@pytest.fixture
def freqgen(server: VendorServer, tmp_path: Path) -> Freqgen:
    settings = {
        "design_model": "openai:qwen3:8b",
        "providers": {"openai": {"base_url": f"{server.address}/v1", "max_tokens": 4000}},
    }
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"freqgen": settings}))
    host = make_host(freqgen_openai, freqgen_prompts)
    return Freqgen(config=[str(config)], userdir=tmp_path, host=host)


def test_a_model_designs(freqgen: Freqgen, server: VendorServer, tmp_path: Path) -> None:
    server.will(completion(json.dumps(STRICT_DESIGN)))
    with freqgen:
        result = freqgen.design(freqgen.brief(BRIEF))
    assert result.design.indicators[0].params == {"timeperiod": 14}
    assert result.origin == "openai:qwen3:8b"
    assert result.usage.input_tokens == 2040
    (call,) = server.calls
    assert_key_only_in_header(call)
    body = call.body
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("qwen3:8b", 4000, 0.7)
    assert BRIEF in body["messages"][-1]["content"]
    written = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(BRIEF in text for text in written)
    assert not any(KEY in text for text in written)


def test_half_a_design_is_none(freqgen: Freqgen, server: VendorServer) -> None:
    server.will(completion(json.dumps(STRICT_DESIGN)[:300], finish="length", usage=None))
    with freqgen, pytest.raises(ReplyInvalid, match="cut off at 4000 tokens") as caught:
        freqgen.design(freqgen.brief(BRIEF))
    assert '"max_tokens": 8000' in caught.value.hint
