"""The provider itself. Its work is imported when it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from freqgen import no_model

if TYPE_CHECKING:
    from freqgen import CallOptions, Prompt, Reply


@dataclass(frozen=True, slots=True)
class OpenAIProvider:
    """Asks models of OpenAI's, or of any server that speaks OpenAI's format; answers every step."""

    name: str = "openai"
    deterministic: bool = False
    any_model: bool = True

    def models(self) -> tuple[str, ...]:
        """Not known without asking the server: ``any_model`` says that any may be named."""
        return ()

    def check(self, model: str, options: CallOptions) -> None:
        """Refuse what would be refused before a call is made: a key that is missing, or is none.

        :raises ProviderUnavailable: Naming the variable.
        :raises SettingsError: If an option is not one of ``ProviderSettings``.
        """
        from freqgen import ProviderSettings
        from freqgen_openai.address import endpoint_of

        endpoint_of(model, ProviderSettings.of(options), self.name)

    def answer(self, prompt: Prompt, *, model: str | None, options: CallOptions) -> Reply:
        """Let a model answer; where the prompt has a schema, with JSON that follows it.

        :raises ProviderUnavailable: If no model is named, there is no such model, no key, or no
            server.
        :raises ProviderTransient: If another try may work.
        :raises ReplyInvalid: If the answer is cut off, refused, empty or broken.
        """
        if model is None:
            raise no_model(self.name)
        from freqgen_openai.client import TEMPERATURES, client_of

        if options.temperature is None:
            options = replace(options, temperature=TEMPERATURES[prompt.step])
        return client_of(model, options, self.name).ask(
            prompt.messages, system=prompt.system, json_schema=prompt.json_schema
        )
