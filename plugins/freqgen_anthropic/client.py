"""Asks a model of Anthropic's and reads what comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
from anthropic.types import Message as Answer
from anthropic.types import MessageParam, TextBlockParam

from freqgen import (
    CallOptions,
    Endpoint,
    Message,
    ProviderSettings,
    Reply,
    StrictSchema,
    Usage,
    call_cost,
)
from freqgen_anthropic.address import endpoint_of
from freqgen_anthropic.failures import no_long_waits, translated

if TYPE_CHECKING:
    from anthropic.types import OutputConfigParam

MAX_TOKENS = 16_000
"""Limit of an answer where nothing else is said: several times the longest strategy seen, and few
enough that Anthropic sends it in one piece."""

_NO_SUCH_FORMAT = ("output_config", "output_format", "json_schema", "schema", "structured output")
"""What a refusal is about, if one of these is in it, is the form that was asked for."""


def client_of(model: str, options: CallOptions, provider: str = "anthropic") -> Client:
    """A client with the settings that came with a call.

    :param provider: What messages call it.
    :raises ProviderUnavailable: If there is no key.
    :raises SettingsError: If an option is not one of ``ProviderSettings``.
    """
    settings = ProviderSettings.of(options)
    endpoint = endpoint_of(model, settings, provider)
    return Client(endpoint=endpoint, max_tokens=settings.max_tokens or MAX_TOKENS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Asks one model. Holds no connection: each question opens one and closes it.

    :param endpoint: Whom to ask, with key, address, time-out and retries.
    :param max_tokens: Limit of an answer, in tokens, a model's thinking among them.
    """

    endpoint: Endpoint
    max_tokens: int = MAX_TOKENS

    def ask(
        self,
        messages: str | Sequence[Message],
        *,
        system: str = "",
        json_schema: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Ask, and wait for the whole answer.

        :param messages: The question, or the conversation so far.
        :param system: Standing instructions; Anthropic caches them.
        :param json_schema: What the answer must follow, or ``None`` for plain text.
        :raises ProviderUnavailable: If the model, the key or the server is not there.
        :raises ProviderTransient: If another try may work.
        :raises ReplyInvalid: If the answer is cut off, refused, empty or broken.
        """
        turns = [Message(role="user", text=messages)] if isinstance(messages, str) else messages
        strict = _strict(json_schema)
        with closing(self._connected()) as sdk, translated(self.endpoint, sdk):
            if json_schema is None:
                return self._read(self._create(sdk, turns, system))
            if strict is not None:
                with suppress(_NoSuchFormat):
                    reply = self._create(sdk, turns, system, strict)
                    return self._read(reply, strict)
            # There is no mode for JSON without a schema: the words have to do.
            return self._read(self._create(sdk, turns, system + _in_words(json_schema)))

    def _connected(self) -> anthropic.Anthropic:
        """The SDK's client, without a connection yet.

        :raises ProviderUnavailable: If the address, a proxy or a certificate is none.
        """
        settings = self.endpoint.settings
        try:
            return anthropic.Anthropic(
                # Named, or the SDK would look for other keys in other places.
                api_key=self.endpoint.key,
                base_url=self.endpoint.address,
                timeout=anthropic.Timeout(settings.timeout, connect=min(10.0, settings.timeout)),
                max_retries=settings.max_retries,
                # The same as the SDK's own, but for a destructor that fails, and says so on
                # stderr, where this call does; and it does not read for ever.
                http_client=anthropic.DefaultHttpxClient(event_hooks={"response": [self._bound]}),
                middleware=[no_long_waits],
            )
        except (anthropic.AnthropicError, httpx2.InvalidURL, ValueError, OSError) as exc:
            raise self.endpoint.unusable(exc) from exc

    def _create(
        self,
        sdk: anthropic.Anthropic,
        turns: Sequence[Message],
        system: str,
        strict: StrictSchema | None = None,
    ) -> Answer:
        """Make the call.

        :raises _NoSuchFormat: If it was refused for the schema.
        """
        block: TextBlockParam = {
            "type": "text",
            "text": system,
            "cache_control": {"type": "ephemeral"},
        }
        config: OutputConfigParam | anthropic.Omit = anthropic.omit
        if strict is not None:
            config = {"format": {"type": "json_schema", "schema": strict.schema}}
        try:
            return sdk.messages.create(
                model=self.endpoint.model,
                max_tokens=self.max_tokens,
                # Anthropic refuses a block without text.
                system=[block] if system.strip() else anthropic.omit,
                messages=[_turn(one) for one in turns],
                output_config=config,
            )
        except anthropic.BadRequestError as exc:
            said = str(exc).lower()
            if strict is not None and any(word in said for word in _NO_SUCH_FORMAT):
                raise _NoSuchFormat from exc
            raise

    def _bound(self, response: httpx2.Response) -> None:
        self.endpoint.bound(response, httpx2.ReadTimeout)

    def _read(self, answer: Answer, strict: StrictSchema | None = None) -> Reply:
        """The reply in what came.

        :raises ReplyInvalid: If it is cut off, refused, empty or none.
        """
        # The SDK checks nothing of what comes: fields may be missing or of any type.
        blocks = getattr(answer, "content", None)
        if not isinstance(answer, Answer) or not isinstance(blocks, list):
            raise self.endpoint.unreadable()
        stop = _word(answer, "stop_reason")
        # A model's thinking stands in blocks of its own, which have no text.
        text = self.endpoint.without_key("".join(_word(block, "text") for block in blocks))
        reply = Reply(
            text=strict.restored(text) if strict is not None else text,
            model=_word(answer, "model") or self.endpoint.model,
            usage=usage_of(answer, self.endpoint.address),
            stop_reason=stop,
            request_id=_word(answer, "_request_id"),
        )
        if stop in {"max_tokens", "model_context_window_exceeded"}:
            raise self.endpoint.truncated(self.max_tokens, reply)
        if stop == "refusal":
            raise self.endpoint.refused(_word(answer.stop_details, "explanation"), reply)
        if not text.strip():
            raise self.endpoint.empty(reply)
        return reply


def usage_of(answer: Answer, address: str) -> Usage:
    """What a call took, with the price that is known for this address.

    Anthropic counts what came from its cache, and what went there, beside the other input.
    """
    usage = getattr(answer, "usage", None)
    fresh, read, written, output = (
        _count(usage, name)
        for name in (
            "input_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "output_tokens",
        )
    )
    whole = fresh + read + written
    cost = call_cost(
        _word(answer, "model"),
        address,
        input_tokens=whole,
        output_tokens=output,
        cached_tokens=read,
        written_tokens=written,
    )
    return Usage(
        calls=1,
        input_tokens=whole,
        output_tokens=output,
        cached_tokens=read,
        cost_usd=cost if usage is not None else None,
    )


class _NoSuchFormat(Exception):
    """The model does not take the schema."""


def _strict(schema: Mapping[str, Any] | None) -> StrictSchema | None:
    """The schema in the form that Anthropic holds a model to; ``None`` if it has none."""
    if schema is None:
        return None
    with suppress(ValueError):
        return StrictSchema.of(schema)
    return None


def _in_words(schema: Mapping[str, Any]) -> str:
    return (
        "\n\nAnswer with one JSON object and nothing else. It follows this JSON schema:\n"
        + json.dumps(schema)
    )


def _turn(message: Message) -> MessageParam:
    text = Endpoint.sendable(message.text)
    if message.role == "assistant":
        return {"role": "assistant", "content": text}
    return {"role": "user", "content": text}


def _word(value: object, name: str) -> str:
    """A text of an answer's, empty where it is anything else."""
    found = getattr(value, name, None)
    return found if isinstance(found, str) else ""


def _count(usage: object, name: str) -> int:
    return Endpoint.tokens(getattr(usage, name, None))
