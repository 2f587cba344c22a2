"""The hooks of freqgen, which are all of its seams.

A plugin is a module (or any object) with functions of these names, marked with
:data:`hookimpl` and named in the entry-point group ``freqgen`` of its package. A hook may
leave out parameters that it does not need. Every ``register`` takes one object; a name that
is taken raises :class:`~freqgen.exceptions.DuplicateNameError`, which names both owners.

Only pluggy is imported here, so that a plugin costs nothing until it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.design.indicators import Indicator
    from freqgen.evaluation.evaluator import Evaluator
    from freqgen.evaluation.gate import Gate
    from freqgen.generation.prompt import Prompt, PromptBuilder
    from freqgen.generation.provider import Provider, Reply
    from freqgen.settings import Settings
    from freqgen.store.record import Record
    from freqgen.validation.validator import Validator

PROJECT = "freqgen"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_providers(register: Callable[[Provider], None]) -> None:
    """Register language models, or programs that answer a prompt without one."""


@hookspec
def register_prompt_builders(register: Callable[[PromptBuilder], None]) -> None:
    """Register builders that word the prompt of the step ``design``, ``code`` or ``repair``.

    The builder named ``default`` is used unless the setting ``prompts`` names another one.
    """


@hookspec
def register_validators(register: Callable[[Validator], None]) -> None:
    """Register checks of a draft. They run sorted by phase, then by code."""


@hookspec
def register_evaluators(register: Callable[[Evaluator], None]) -> None:
    """Register measurements of a validated draft. They never judge."""


@hookspec
def register_gates(register: Callable[[Gate], None]) -> None:
    """Register judgements of measurements. They never measure."""


@hookspec
def register_indicators(register: Callable[[Indicator], None]) -> None:
    """Register entries of the indicator catalogue."""


@hookspec
def register_commands(subparsers: Any) -> None:
    """Add subcommands.

    :param subparsers: What :meth:`argparse.ArgumentParser.add_subparsers` returned. Parsers
        added to it get freqgen's common options (``-c``, ``--userdir``, ``--json``, …) by
        themselves. Set the default ``run`` of a parser to a function that takes the parsed
        arguments and a :class:`~freqgen.commands.context.CommandContext` and returns the
        exit code.
    """


@hookspec(firstresult=True)
def load_brief(source: str, settings: Settings) -> Brief | None:
    """Turn what the user gave into a brief, or return ``None`` to let others try.

    The first result wins. Where there is none, the source is taken as the text of the idea.
    """


@hookspec
def reply_received(prompt: Prompt, reply: Reply) -> None:
    """See a reply as it came. Must not alter it."""


@hookspec
def record_stored(record: Record) -> None:
    """See a record after it was stored. Must not alter it."""
