"""The prompt builders named ``default``, one a step; their words are Jinja2 templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import PromptBuilder


@hookimpl
def register_prompt_builders(register: Callable[[PromptBuilder], None]) -> None:
    """Register a builder for each step."""
    from freqgen import Step
    from freqgen_prompts.builder import TemplateBuilder

    for step in Step:
        register(TemplateBuilder(step=step))
