"""Where calls go, and with which key; known without the SDK."""

from __future__ import annotations

from freqgen import Endpoint, ProviderSettings

VENDOR = "https://api.anthropic.com"
"""Anthropic's own address."""


def endpoint_of(model: str, settings: ProviderSettings, provider: str = "anthropic") -> Endpoint:
    """Key and address as the SDK would find them.

    :param provider: What messages call it.
    :raises ProviderUnavailable: If there is no key where one is needed, or it cannot be one.
    """
    return Endpoint.find(
        provider,
        model,
        variable="ANTHROPIC_API_KEY",
        address_variable="ANTHROPIC_BASE_URL",
        default=VENDOR,
        settings=settings,
    )
