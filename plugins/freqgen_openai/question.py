"""A question in OpenAI's format, and the easier ones for servers that take less."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import openai

from freqgen import Endpoint, Message, StrictSchema
from freqgen_openai.failures import said

Form = Literal["strict", "json", "words", "text"]
"""How an answer's form is asked for: by schema, in JSON mode, in words alone, or not at all."""

_EASIER: Mapping[Form, Form] = {"strict": "json", "json": "words"}

_ABOUT_FORM = ("response_format", "json_schema", "json_object", "schema", "structured", "grammar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is sent.

    :param form: How JSON is asked for.
    :param limit: The server's name for the limit of an answer.
    :param temperature: Left out where it is ``None``; so is the seed.
    """

    model: str
    turns: tuple[Message, ...]
    system: str
    max_tokens: int
    limit: str
    form: Form = "text"
    schema: Mapping[str, Any] | None = None
    strict: StrictSchema | None = None
    temperature: float | None = None
    seed: int | None = None

    @classmethod
    def of(cls, *, json_schema: Mapping[str, Any] | None, **others: Any) -> Question:
        """A question as it is asked first: with a strict schema, where there is one."""
        if json_schema is None:
            return cls(**others)
        try:
            strict = StrictSchema.of(json_schema)
        except ValueError:
            return cls(form="json", schema=json_schema, **others)
        return cls(form="strict", schema=json_schema, strict=strict, **others)

    def arguments(self) -> dict[str, Any]:
        """What the SDK is to send."""
        system = self.system
        if self.form in {"json", "words"}:
            # Servers in JSON mode want the word in the prompt, and do not know the schema.
            system += (
                "\n\nAnswer with one JSON object and nothing else. It follows this JSON schema:\n"
                + json.dumps(self.schema)
            )
        messages = [
            {"role": one.role, "content": Endpoint.sendable(one.text)} for one in self.turns
        ]
        if system.strip():
            messages.insert(0, {"role": "system", "content": system})
        sent: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            self.limit: self.max_tokens,
        }
        if self.form == "strict" and self.strict is not None:
            named = {"name": "answer", "strict": True, "schema": self.strict.schema}
            sent["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.form == "json":
            sent["response_format"] = {"type": "json_object"}
        if self.temperature is not None:
            sent["temperature"] = self.temperature
        if self.seed is not None:
            sent["seed"] = self.seed
        return sent

    def without_what(self, refusal: openai.APIStatusError) -> Question | None:
        """The question without what the server says that it does not take.

        :returns: ``None`` where it is about something else, or nothing is left to leave out.
        """
        named = refusal.param or ""
        words = f"{named} {said(refusal)}".lower()
        if self.temperature is not None and "temperature" in words:
            return replace(self, temperature=None)
        if self.seed is not None and "seed" in words:
            return replace(self, seed=None)
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            return replace(self, limit="max_completion_tokens")
        if self.form in _EASIER and any(word in words for word in _ABOUT_FORM):
            return replace(self, form=_EASIER[self.form])
        return None

    def restored(self, text: str) -> str:
        """An answer in the form that was asked for first."""
        if self.form == "strict" and self.strict is not None:
            return self.strict.restored(text)
        return text
