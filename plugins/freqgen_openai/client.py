"""Asks a model in OpenAI's format and reads what comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import openai
from openai.types.chat import ChatCompletion

from freqgen import (
    CallOptions,
    Endpoint,
    Message,
    ProviderSettings,
    Reply,
    Step,
    Usage,
    call_cost,
)
from freqgen_openai.address import VENDOR, endpoint_of
from freqgen_openai.failures import translated
from freqgen_openai.question import Question

if TYPE_CHECKING:
    from openai.types.chat.chat_completion import Choice

MAX_TOKENS = 16_000
"""Limit of an answer where nothing else is said: several times the longest strategy seen, with
room for models that think first."""

TEMPERATURES = {Step.DESIGN: 0.7, Step.CODE: 0.1, Step.REPAIR: 0.1}
"""Where a call says nothing: ideas may vary, code should not."""


def client_of(
    model: str, options: CallOptions, provider: str = "openai", *, seed: int | None = None
) -> Client:
    """A client with the settings that came with a call.

    :param provider: What messages call it.
    :param seed: For answers that vary less, where the server takes one.
    :raises ProviderUnavailable: If there is no key, and no other address that may need none.
    :raises SettingsError: If an option is not one of ``ProviderSettings``.
    """
    settings = ProviderSettings.of(options)
    endpoint = endpoint_of(model, settings, provider)
    return Client(
        endpoint=endpoint,
        max_tokens=settings.max_tokens or MAX_TOKENS,
        temperature=options.temperature,
        seed=seed,
    )


_NOT_TAKEN = (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError)
"""How servers say that they do not take a field; llama-cpp-python's says 500 to a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Asks one model. Holds no connection: each question opens one and closes it.

    :param endpoint: Whom to ask, with key, address, time-out and retries.
    :param max_tokens: Limit of an answer, in tokens, a model's thinking among them.
    :param temperature: 0 for the likeliest answer; ``None`` leaves it to the server.
    :param seed: For answers that vary less; ``None`` leaves it to the server.
    """

    endpoint: Endpoint
    max_tokens: int = MAX_TOKENS
    temperature: float | None = None
    seed: int | None = None

    def ask(
        self,
        messages: str | Sequence[Message],
        *,
        system: str = "",
        json_schema: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Ask, and wait for the whole answer.

        What a server does not take of the question (a schema, a temperature) is left out or said
        in words, and it is asked again.

        :param messages: The question, or the conversation so far.
        :param system: Standing instructions.
        :param json_schema: What the answer must follow, or ``None`` for plain text.
        :raises ProviderUnavailable: If the model, the key or the server is not there.
        :raises ProviderTransient: If another try may work.
        :raises ReplyInvalid: If the answer is cut off, refused, empty or broken.
        """
        turns = (Message(role="user", text=messages),) if isinstance(messages, str) else messages
        question = Question.of(
            model=self.endpoint.model,
            turns=tuple(turns),
            system=system,
            json_schema=json_schema,
            max_tokens=self.max_tokens,
            limit=self.limit,
            temperature=self.temperature,
            seed=self.seed,
        )
        with closing(self._connected()) as sdk, translated(self.endpoint, sdk):
            while True:
                try:
                    answer = sdk.chat.completions.create(**question.arguments())
                except _NOT_TAKEN as exc:
                    easier = question.without_what(exc)
                    if easier is None:
                        raise
                    question = easier
                else:
                    return self._read(answer, question)

    @property
    def limit(self) -> str:
        """The name of the limit of an answer, as it is asked first.

        OpenAI itself wants the newer one, which servers of others may not know.
        """
        return "max_completion_tokens" if self.endpoint.address == VENDOR else "max_tokens"

    def _connected(self) -> openai.OpenAI:
        """The SDK's client, without a connection yet.

        :raises ProviderUnavailable: If the address, a proxy or a certificate is none.
        """
        settings = self.endpoint.settings
        try:
            return openai.OpenAI(
                api_key=self.endpoint.key,
                base_url=self.endpoint.address,
                timeout=openai.Timeout(settings.timeout, connect=min(10.0, settings.timeout)),
                max_retries=settings.max_retries,
                # The same as the SDK's own, but for a destructor that fails, and says so on
                # stderr, where this call does; and it does not read for ever.
                http_client=openai.DefaultHttpxClient(event_hooks={"response": [self._bound]}),
            )
        except (openai.OpenAIError, httpx2.InvalidURL, ValueError, OSError) as exc:
            raise self.endpoint.unusable(exc) from exc

    def _bound(self, response: httpx2.Response) -> None:
        self.endpoint.bound(response, httpx2.ReadTimeout)

    def _read(self, answer: ChatCompletion, question: Question) -> Reply:
        """The reply in what came.

        :raises ReplyInvalid: If it is cut off, refused, empty or none.
        """
        choice = _choice(answer)
        if choice is None:
            raise self.endpoint.unreadable()
        stop = _word(choice, "finish_reason")
        text = self.endpoint.without_key(_word(choice.message, "content"))
        reply = Reply(
            text=question.restored(text),
            model=_word(answer, "model") or self.endpoint.model,
            usage=usage_of(answer, self.endpoint.address),
            stop_reason=stop,
            request_id=_word(answer, "_request_id") or _word(answer, "id"),
        )
        if stop == "length":
            raise self.endpoint.truncated(self.max_tokens, reply)
        refusal = _word(choice.message, "refusal")
        if refusal or stop == "content_filter":
            why = refusal or "its content filter stopped the answer"
            raise self.endpoint.refused(why, reply)
        if not text.strip():
            raise self.endpoint.empty(reply)
        return reply


def usage_of(answer: ChatCompletion, address: str) -> Usage:
    """What a call took, with the price that is known for this address."""
    usage = getattr(answer, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    sent, received = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    # DeepSeek has a name of its own.
    cached = _count(details, "cached_tokens") or _count(usage, "prompt_cache_hit_tokens")
    cost = call_cost(
        _word(answer, "model"),
        address,
        input_tokens=sent,
        output_tokens=received,
        cached_tokens=cached,
        written_tokens=_count(details, "cache_write_tokens"),
    )
    return Usage(
        calls=1,
        input_tokens=sent,
        output_tokens=received,
        cached_tokens=cached,
        cost_usd=cost if usage is not None else None,
    )


def _choice(answer: object) -> Choice | None:
    """The first choice of an answer, of which the SDK checks nothing."""
    choices = getattr(answer, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if getattr(first, "message", None) is not None else None


def _word(value: object, name: str) -> str:
    """A text of an answer's, empty where it is anything else."""
    found = getattr(value, name, None)
    return found if isinstance(found, str) else ""


def _count(usage: object, name: str) -> int:
    return Endpoint.tokens(getattr(usage, name, None))
