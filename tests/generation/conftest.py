"""Freqgen with models that answer by a script, and a market to test on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import freqgen_behaviour
import freqgen_evaluators
import freqgen_gates
import freqgen_offline
import freqgen_prompts
import freqgen_structure
from freqgen import Freqgen, hookimpl
from freqgen.demo import ensure_demo_market
from freqgen.plugins import PluginHost
from freqgen.testing import ScriptedProvider

OURS = (
    freqgen_behaviour,
    freqgen_offline,
    freqgen_prompts,
    freqgen_structure,
    freqgen_evaluators,
    freqgen_gates,
)
"""All but the type pass, which is slow."""

Made = Callable[..., Freqgen]


class Models:
    """A plugin that registers providers."""

    plugin_name = "models"

    def __init__(self, *providers: ScriptedProvider) -> None:
        self.providers = providers

    @hookimpl
    def register_providers(self, register: Callable[[object], None]) -> None:
        for provider in self.providers:
            register(provider)


def audit_lines(freqgen: Freqgen) -> list[dict[str, Any]]:
    """The audit log."""
    text = freqgen.audit.path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo market as a data folder."""
    return ensure_demo_market(tmp_path_factory.mktemp("market"))


@pytest.fixture
def made(tmp_path: Path, market: Path) -> Iterator[Made]:
    """Makes freqgen with the given providers; ``settings`` become the section ``freqgen``."""
    opened = []

    def make(*providers: ScriptedProvider, **settings: Any) -> Freqgen:
        config = tmp_path / "config.json"
        exchange = {"name": "binance", "pair_whitelist": ["BTC/USDT"]}
        config.write_text(json.dumps({"exchange": exchange, "freqgen": settings}))
        host = PluginHost.load(plugins=[*OURS, Models(*providers)], entry_points=False)
        freqgen = Freqgen(config=[str(config)], userdir=tmp_path / "u", datadir=market, host=host)
        opened.append(freqgen)
        return freqgen

    yield make
    for freqgen in opened:
        freqgen.close()
