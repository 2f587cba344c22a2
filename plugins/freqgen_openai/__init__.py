"""The provider ``openai``: models of OpenAI's, and of servers that speak OpenAI's format.

DeepSeek, Ollama, llama.cpp and many others do; their address is the setting ``base_url``. The key
is read from ``OPENAI_API_KEY``. OpenAI's SDK takes a second to import, so all of it is imported
when a model is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Provider
    from freqgen_openai.client import Client


@hookimpl
def register_providers(register: Callable[[Provider], None]) -> None:
    """Register the provider ``openai``."""
    from freqgen_openai.provider import OpenAIProvider

    register(OpenAIProvider())


def code_client(
    model: str,
    *,
    base_url: str | None = None,
    timeout: float = 300,
    max_retries: int = 2,
    max_tokens: int | None = None,
) -> Client:
    """A client that is tuned for writing code: near-deterministic.

    ::

        reply = code_client("gpt-5.4-mini").ask("Write a function that adds two numbers.")
        print(reply.text, reply.usage.cost_usd)

    It asks with temperature 0 and a fixed seed. Models that take neither (OpenAI's that reason
    first) are asked without, after they said so once, and vary more. No vendor promises that two
    answers to one question are the same.

    :param model: A model of the server's.
    :param base_url: Another address that speaks OpenAI's format; else that of
        ``OPENAI_BASE_URL``, else OpenAI's own.
    :param timeout: Seconds to wait for an answer, at each try.
    :param max_retries: How often a call is tried again that failed in a way that may pass.
    :param max_tokens: Limit of an answer, in tokens; enough for a long strategy where ``None``.
    :raises ProviderUnavailable: If there is no key, and no other address that may need none.
    :raises SettingsError: If an argument has a value that it cannot have.
    """
    from freqgen import CallOptions
    from freqgen_openai.client import client_of

    extra = {"base_url": base_url, "timeout": timeout, "max_retries": max_retries}
    return client_of(model, CallOptions(temperature=0, max_tokens=max_tokens, extra=extra), seed=0)
