"""A server that speaks Anthropic's format."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugins.vendor_checks import keyed
from tests.plugins.vendor_server import VendorServer, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    """A server, and a key for it."""
    keyed(monkeypatch, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
    with serving() as one:
        yield one
