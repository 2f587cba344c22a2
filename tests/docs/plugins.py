"""The built-in plugins, loaded without having been installed."""

from __future__ import annotations

import tomllib
from importlib import import_module
from typing import Any

from freqgen.plugins import PluginHost
from tests.installation import ROOT


def project() -> dict[str, Any]:
    """What ``pyproject.toml`` says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def builtin_host() -> PluginHost:
    """A host with freqgen's own plugins and no others."""
    modules = project()["project"]["entry-points"]["freqgen"].values()
    return PluginHost.load(plugins=[import_module(name) for name in modules], entry_points=False)
