"""Who answers a prompt: language models, and programs that need none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from freqgen.exceptions import ProviderUnavailable, UsageError

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
    """

    read: tuple[Span, ...] = ()
    unread: tuple[Span, ...] = ()
    defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to a prompt.

    :param text: The answer, as the provider gave it.
    :param model: The model that answered, as the provider names it.
    :param reading: What became of the brief's words, where the provider knows it.
    """

    text: str
    model: str = ""
    usage: Usage = Usage()
    reading: Reading | None = None


class Provider(Protocol):
    """Answers prompts. Registered with ``register_providers``."""

    @property
    def name(self) -> str:
        """Unique; the part before the colon of ``provider:model``."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether asking again gives the same answer, so that one attempt is all."""
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
    """Refuse a model that the provider does not have.

    :raises ProviderUnavailable: Naming the nearest models that it has.
    """
    models = provider.models()
    if model is None or (models and model in models):
        return
    if not models:
        raise ProviderUnavailable(
            f'the provider "{provider.name}" has no models to choose from, "{model}" was asked for',
            provider=provider.name,
            hint=f'write "{provider.name}" alone',
        )
    from difflib import get_close_matches

    near = get_close_matches(model, models, n=3, cutoff=0.4) or list(models)[:5]
    raise ProviderUnavailable(
        f'the provider "{provider.name}" has no model "{model}"',
        provider=provider.name,
        hint="it has " + ", ".join(near),
    )
