"""Freqgen with models of both vendors, whose server is on the loopback and says what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import freqgen_anthropic
import freqgen_openai
from freqgen import Freqgen
from freqgen.plugins import PluginHost
from tests.generation.conftest import OURS
from tests.plugins.freqgen_anthropic.wire import message
from tests.plugins.freqgen_openai.wire import completion
from tests.plugins.vendor_checks import keyed
from tests.plugins.vendor_server import Canned, VendorServer, serving

Vendor = tuple[str, VendorServer]

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
    return json.dumps({"in_words": None, **data, "indicators": indicators, "risk": risk})


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    name = str(request.param)
    keyed(monkeypatch, f"{name.upper()}_API_KEY", f"{name.upper()}_BASE_URL")
    with serving() as server:
        yield name, server


@pytest.fixture
def freqgen(vendor: Vendor, tmp_path: Path, market: Path) -> Iterator[Freqgen]:
    """Freqgen whose designer and coder are a model of the vendor's."""
    name, server = vendor
    plugin, model, _ = VENDORS[name]
    address = server.address + ("/v1" if name == "openai" else "")
    settings = {
        "design_model": f"{name}:{model}",
        "code_model": f"{name}:{model}",
        "providers": {name: {"base_url": address, "max_retries": 0}},
    }
    config = tmp_path / "config.json"
    exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
    config.write_text(json.dumps({"exchange": exchange, "freqgen": settings}))
    host = PluginHost.load(plugins=[*OURS, plugin], entry_points=False)
    with Freqgen(config=[str(config)], userdir=tmp_path / "u", datadir=market, host=host) as one:
        yield one


def says(vendor: Vendor, *replies: str | Canned) -> VendorServer:
    """Let the server answer with these, one after the other."""
    name, server = vendor
    wire = VENDORS[name][2]
    server.will(*(wire(one) if isinstance(one, str) else one for one in replies))
    return server
