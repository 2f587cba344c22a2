"""Whole conversations through both vendors' SDKs, from a brief to a record.

The server on the loopback speaks each vendor's format; the replies are written by hand, made like
those of real models, with faults that they have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import freqgen_anthropic
import freqgen_openai
from freqgen import AttemptsExhausted, Decision, Freqgen
from freqgen.plugins import PluginHost
from tests.generation.conftest import OURS
from tests.generation.test_conversations import BRIEF, DESIGN, changed, code, fenced
from tests.plugins.freqgen_anthropic.wire import message
from tests.plugins.freqgen_openai.wire import completion
from tests.plugins.vendor_checks import KEY, assert_key_only_in_header, keyed
from tests.plugins.vendor_server import Canned, VendorServer, serving

VENDORS: dict[str, tuple[Any, str, Callable[[str], Canned]]] = {
    "anthropic": (freqgen_anthropic, "claude-sonnet-5", message),
    "openai": (freqgen_openai, "gpt-5.4-mini", completion),
}


def strict(data: dict[str, Any]) -> str:
    """A design as a model gives it that a vendor holds to the strict schema."""
    indicators = [
        {
            **spec,
            "params": [{"name": k, "value": v} for k, v in spec["params"].items()],
            "timeframe": None,
            "pair": None,
            "source": None,
        }
        for spec in data["indicators"]
    ]
    risk = {
        "stoploss": None, "take_profit": None, "roi": [], "stop_atr": None, "target": None,
        "trailing": None, "max_holding": None, "risk_per_trade": None, "max_open_trades": 3,
        "leverage": 1, "protections": [], **data["risk"],
    }  # fmt: skip
    return json.dumps({**data, "indicators": indicators, "risk": risk})


@pytest.fixture(params=VENDORS)
def vendor(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, VendorServer]]:
    name = str(request.param)
    keyed(monkeypatch, f"{name.upper()}_API_KEY", f"{name.upper()}_BASE_URL")
    with serving() as server:
        yield name, server


@pytest.fixture
def freqgen(vendor: tuple[str, VendorServer], tmp_path: Path, market: Path) -> Iterator[Freqgen]:
    """Freqgen whose designer and coder are a model of the vendor's."""
    name, server = vendor
    plugin, model, _ = VENDORS[name]
    address = server.address + ("/v1" if name == "openai" else "")
    settings = {
        "design_model": f"{name}:{model}",
        "code_model": f"{name}:{model}",
        "providers": {name: {"base_url": address}},
    }
    config = tmp_path / "config.json"
    exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
    config.write_text(json.dumps({"exchange": exchange, "freqgen": settings}))
    host = PluginHost.load(plugins=[*OURS, plugin], entry_points=False)
    with Freqgen(config=[str(config)], userdir=tmp_path / "u", datadir=market, host=host) as one:
        yield one


def says(vendor: tuple[str, VendorServer], *replies: str) -> VendorServer:
    """Let the server answer with these, one after the other."""
    name, server = vendor
    server.will(*(VENDORS[name][2](reply) for reply in replies))
    return server


def test_right_at_once(vendor: tuple[str, VendorServer], freqgen: Freqgen, tmp_path: Path) -> None:
    server = says(vendor, strict(DESIGN), fenced(code()))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.ALLOW
    assert result.designed.design.to_data()["entry_long"] == DESIGN["entry_long"]
    assert result.coded.draft.source == code()
    assert result.usage.calls == len(server.calls) == 2
    assert result.usage.input_tokens == 2 * 2040
    for call in server.calls:
        assert_key_only_in_header(call)
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(KEY.encode() in data for data in written)


def test_repaired_once(vendor: tuple[str, VendorServer], freqgen: Freqgen) -> None:
    """What is wrong with design and code goes back in the vendor's own format."""
    wrong_code = fenced(code().replace("class DipRecovery", "class DipRecoveryStrategy"))
    wrong = strict(changed(risk={"stoploss": 0.05}))
    server = says(vendor, wrong, strict(DESIGN), wrong_code, fenced(code()))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.ALLOW
    assert [bool(attempt.problems) for attempt in result.designed.attempts] == [True, False]
    assert [attempt.report.passed for attempt in result.coded.attempts] == [False, True]
    again, mended = server.calls[1].text, server.calls[3].text
    assert "a loss is negative: write -0.05" in again
    assert "rename the class to DipRecovery" in mended
    roles = [turn["role"] for turn in server.calls[1].body["messages"] if turn["role"] != "system"]
    assert roles == ["user", "assistant", "user"]


def test_a_design_exhausts_its_attempts(vendor: tuple[str, VendorServer], freqgen: Freqgen) -> None:
    chat = "I'd be happy to help! Which pairs do you trade, and how much may be risked?"
    server = says(vendor, chat, chat, strict(changed(entry_long=["rsx < 30"])))
    with pytest.raises(AttemptsExhausted, match="3 attempts") as caught:
        freqgen.generate(BRIEF)
    assert 'unknown name "rsx"' in str(caught.value)
    assert len(server.calls) == 3


def test_code_exhausts_its_attempts(vendor: tuple[str, VendorServer], freqgen: Freqgen) -> None:
    peek = fenced(code().replace('dataframe["rsi"] < 30', 'dataframe["rsi"].shift(-1) < 30'))
    server = says(vendor, strict(DESIGN), peek, peek, peek)
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.DENY
    assert len(server.calls) == 4
    assert "FG201" in {finding.code for finding in result.coded.report.blocking}
    assert result.path.is_file()
    assert "drafts" in result.path.parts
