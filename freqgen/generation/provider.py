"""Who answers a prompt: language models, and programs that need none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from freqgen.exceptions import ProviderUnavailable, ReplyInvalid, UsageError

if TYPE_CHECKING:
    from freqgen.generation.prompt import CallOptions, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What calls to a provider took. Adds up with ``+``.

    :param calls: Number of calls.
    :param input_tokens: Tokens sent.
    :param output_tokens: Tokens received.
    :param cached_tokens: Those of ``input_tokens`` that the provider had cached.
    :param cost_usd: US dollars, or ``None`` where the price is not known.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cost_usd=None if unknown else (self.cost_usd or 0.0) + (other.cost_usd or 0.0),
        )

    def to_dict(self) -> dict[str, Any]:
        """The usage as the command line's JSON has it."""
        return {
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
            "cost_usd": self.cost_usd,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the brief: ``brief.text[start:end] == text``.

    :param meaning: What it was taken to mean. Of words that were not understood: why not, or
        empty.
    :param blocks: Whether a design without these words is not what was asked for: they were not
        understood and belong to an entry or a stop, or wish for what cannot be.
    """

    start: int
    end: int
    text: str
    meaning: str = ""
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What became of the words of a brief.

    :param read: The parts that were understood, in the order of the text.
    :param unread: The parts that were not.
    :param defaults: What was added without having been asked for, a sentence each.
    :param overridden: The parts that were understood and are not used, because something else
        was said beside the brief; their meaning says what. A provider need not find them: they
        are taken out of ``read`` by what the brief's constraints are.
    """

    read: tuple[Span, ...] = ()
    unread: tuple[Span, ...] = ()
    defaults: tuple[str, ...] = ()
    overridden: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to a prompt.

    :param text: The answer, as the provider gave it.
    :param model: The model that answered, as the provider names it.
    :param reading: What became of the brief's words, where the provider knows it.
    :param stop_reason: Why the answer ends, in the vendor's words, as in ``end_turn`` or
        ``stop``; empty where the provider does not say. An answer that was cut off is no reply
        but a ``ReplyInvalid``; one whose reason is in ``CUT_OFF`` becomes one.
    :param request_id: By which the vendor finds the call again; empty where there is none.
    """

    text: str
    model: str = ""
    usage: Usage = Usage()
    reading: Reading | None = None
    stop_reason: str = ""
    request_id: str = ""


CUT_OFF = frozenset({"length", "max_tokens", "max_output_tokens"})
"""What vendors call the reason of an answer that reached the limit of its length."""

MOST_TOKENS = 1_000_000
"""The highest limit of an answer that can be set."""

_NEARLY = 0.9
"""The share of its limit from which on an answer has reached it; servers count differently."""


def max_tokens_setting(provider: str, value: str = "N") -> str:
    """The setting that limits the answers of a provider, as it is written."""
    return f'"freqgen": {{"providers": {{"{provider}": {{"max_tokens": {value}}}}}}}'


def cut_off(
    provider: str, model: str | None, reply: Reply | None = None, limit: int | None = None
) -> ReplyInvalid:
    """What to raise where an answer was cut off: half a file is none.

    :param reply: What came of it, and the reason that the vendor gave.
    :param limit: The limit that was asked for, in tokens; ``None`` where it is not known.
    """
    tokens = reply.usage.output_tokens if reply else 0
    reason = f' (stop reason "{reply.stop_reason}")' if reply and reply.stop_reason else ""
    name = ModelAddress(provider, model)
    if limit and 0 < tokens < _NEARLY * limit:
        message = f"was cut off after {tokens} tokens, before its limit of {limit}{reason}"
        hint = (
            "the context of the model or of its server is full: give the server a larger one "
            "(Ollama: num_ctx, llama.cpp: --ctx-size), choose a model with a larger one"
        )
    else:
        at = limit or tokens
        message = f"was cut off at {f'{at} tokens' if at else 'its limit of tokens'}{reason}"
        higher = str(min(2 * at, MOST_TOKENS)) if at else "N"
        hint = f"raise the limit: {max_tokens_setting(provider, higher)}"
    return ReplyInvalid(
        f'the answer of "{name}" {message}',
        provider=provider,
        reply=reply,
        hint=f"{hint}; or ask for less: fewer rules make a shorter answer",
    )


class Provider(Protocol):
    """Answers prompts. Registered with ``register_providers``.

    A provider whose vendor decides which models there are, and whose list would have to be asked
    for, has a further attribute, ``any_model = True``. It is then always addressed with a model,
    ``models()`` is not asked, and a model that there is not is for ``answer`` to refuse.

    One that needs a key may have a method ``check(model, options)``, which raises
    ``ProviderUnavailable`` where there is none. It asks nobody, and is called before anything is
    made or paid for.
    """

    @property
    def name(self) -> str:
        """Unique; the part before the colon of ``provider:model``."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether asking again gives the same answer, so that one attempt is all.

        Of code, it compiles: a design that says conditions in words goes to another provider.
        """
        ...

    def models(self) -> Sequence[str]:
        """Names of the models to choose from; empty where there is nothing to choose."""
        ...

    def answer(self, prompt: Prompt, *, model: str | None, options: CallOptions) -> Reply:
        """Answer a prompt.

        :param model: The part after the colon of ``provider:model``, or ``None``.
        :raises ProviderError: If no usable answer came.
        """
        ...


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """``provider:model``, taken apart. The model may be absent."""

    provider: str
    model: str | None = None

    @classmethod
    def parse(cls, text: str) -> ModelAddress:
        """Take ``provider`` or ``provider:model`` apart at the first colon.

        :raises UsageError: If a side of the colon is empty.
        """
        provider, colon, model = text.strip().partition(":")
        if not provider or (colon and not model):
            raise UsageError(
                f'"{text}" is not a model',
                hint='write "provider" or "provider:model", as in "offline" or "compiler"; '
                "freqgen list-plugins shows the providers",
            )
        return cls(provider, model or None)

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else self.provider


def check_model(provider: Provider, model: str | None) -> None:
    """Refuse a model that the provider does not have, without asking anybody.

    :raises ProviderUnavailable: Naming the nearest models that it has; of a provider with
        ``any_model``, only if there is no model at all.
    """
    if getattr(provider, "any_model", False):
        if model is None:
            raise no_model(provider.name)
        return
    models = provider.models()
    if model is None or (models and model in models):
        return
    if not models:
        raise ProviderUnavailable(
            f'the provider "{provider.name}" has no models to choose from, "{model}" was asked for',
            provider=provider.name,
            hint=f'write "{provider.name}" alone',
        )
    raise unknown_model(provider.name, model, models)


def no_model(provider: str) -> ProviderUnavailable:
    """What to raise where a provider needs a model and none is named."""
    return ProviderUnavailable(
        f'the provider "{provider}" needs to be told which model to ask',
        provider=provider,
        hint=f'write it behind a colon, as in "{provider}:MODEL", with a name from the '
        "vendor's list of models",
    )


def unknown_model(provider: str, model: str, models: Sequence[str]) -> ProviderUnavailable:
    """What to raise where a provider has no such model: names the nearest of ``models``."""
    from difflib import get_close_matches

    near = get_close_matches(model, models, n=3, cutoff=0.4) or list(models)[:5]
    return ProviderUnavailable(
        f'the provider "{provider}" has no model "{model}"',
        provider=provider,
        hint=f"the nearest that it lists: {', '.join(near)}; as in {provider}:{near[0]}"
        if near
        else "it lists none",
    )
