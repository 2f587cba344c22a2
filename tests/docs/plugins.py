"""The built-in plugins, loaded without having been installed."""

from __future__ import annotations

import tomllib
from importlib import import_module
from typing import Any

import pytest

from freqgen.plugins import PluginHost
from tests.installation import ROOT


def project() -> dict[str, Any]:
    """What ``pyproject.toml`` says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


_load = PluginHost.load


def builtin_host() -> PluginHost:
    """A host with freqgen's own plugins and no others."""
    modules = project()["project"]["entry-points"]["freqgen"].values()
    return _load(plugins=[import_module(name) for name in modules], entry_points=False)


def only_builtin(patch: pytest.MonkeyPatch) -> None:
    """Load freqgen's own plugins alone, whatever is installed beside it."""
    patch.setattr(PluginHost, "load", lambda *_arguments, **_keywords: builtin_host())
