"""Prices come with a package and from nobody else."""

from __future__ import annotations

import socket

import pytest

from freqgen import call_cost


def test_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_keywords: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    cost = call_cost(
        "claude-sonnet-5", "https://api.anthropic.com", input_tokens=1000, output_tokens=100
    )
    assert cost is not None
    assert 0 < cost < 1


@pytest.mark.parametrize(
    ("model", "address", "cached"),
    [
        ("nobody-knows-it", "https://api.openai.com/v1", 0),
        ("gpt-5.4", "http://localhost:8080/v1", 0),
        ("", "https://api.openai.com/v1", 0),
        ("gpt-5.4", "https://api.openai.com/v1", 2000),
    ],
    ids=["model", "address", "no name", "more cached than sent"],
)
def test_what_is_not_known_has_no_price(model: str, address: str, cached: int) -> None:
    cost = call_cost(model, address, input_tokens=1000, output_tokens=10, cached_tokens=cached)
    assert cost is None
