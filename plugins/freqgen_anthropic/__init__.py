"""The provider ``anthropic``: models of Anthropic's, through its SDK.

The key is read from ``ANTHROPIC_API_KEY``. Anthropic's SDK takes a second to import, so all of it
is imported when a model is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Provider
    from freqgen_anthropic.client import Client


@hookimpl
def register_providers(register: Callable[[Provider], None]) -> None:
    """Register the provider ``anthropic``."""
    from freqgen_anthropic.provider import AnthropicProvider

    register(AnthropicProvider())


def code_client(
    model: str,
    *,
    base_url: str | None = None,
    timeout: float = 300,
    max_retries: int = 2,
    max_tokens: int | None = None,
) -> Client:
    """A client that is tuned for writing code.

    ::

        reply = code_client("claude-sonnet-5").ask("Write a function that adds two numbers.")
        print(reply.text, reply.usage.cost_usd)

    Anthropic's interface takes no temperature any more. What makes answers differ and can be
    fixed is fixed: instructions are one constant block, which Anthropic caches, and the length
    is limited. Two answers to one question may differ all the same.

    :param model: A model of Anthropic's.
    :param base_url: Another address that speaks Anthropic's format; else that of
        ``ANTHROPIC_BASE_URL``, else Anthropic's own.
    :param timeout: Seconds to wait for an answer, at each try.
    :param max_retries: How often a call is tried again that failed in a way that may pass.
    :param max_tokens: Limit of an answer, in tokens; enough for a long strategy where ``None``.
    :raises ProviderUnavailable: If there is no key.
    :raises SettingsError: If an argument has a value that it cannot have.
    """
    from freqgen import CallOptions
    from freqgen_anthropic.client import client_of

    extra = {"base_url": base_url, "timeout": timeout, "max_retries": max_retries}
    return client_of(model, CallOptions(max_tokens=max_tokens, extra=extra))
